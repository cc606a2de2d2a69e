"""What a rep should know of a customer before asking: who pays, where, when, what was said and promised before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from collections_app.cases.models import Excuse, Promise
from collections_app.visits import learned as learned_habits
from collections_app.visits import permitted
from collections_app.visits.permitted import Absence, Signatory, Stated
from collections_app.visits.rhythm import Learned
from collections_app.visits.route import Place
from customers.models import Contact, Customer, CustomerAbsence, Habit, Site
from customers.queries import Prerequisite

LOOKING_BACK = timedelta(days=180)
SIGN = (Contact.Kind.SIGNATORY, Contact.Kind.OWNER, Contact.Kind.FINANCE, Contact.Kind.LEGAL)


@dataclass(frozen=True, slots=True)
class Profile:
    """Facts of one customer as known on a day; `card` holds those that only the page needs, as plain values.

    `steps` are those of its payment procedure in order: on which days (empty: nobody knows), and what happens then.
    """

    customer: int
    name: str
    place: Place | None = None
    stated: Stated = field(default_factory=Stated)
    learned: Learned = field(default_factory=Learned)
    prerequisites: tuple[Prerequisite, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    kept: int = 0
    made: int = 0
    broken: int = 0
    phone: str = ""
    card: dict[str, Any] = field(default_factory=dict)


def _lately(column: str, on: date) -> Q:
    """In the same days in which the rule of broken promises counts them."""
    return Q(**{f"{column}__gt": on - LOOKING_BACK, f"{column}__lte": on})


def profiles(*, on: date, customers: Sequence[Customer]) -> dict[int, Profile]:
    """By customer. Seven queries at any size."""
    keys = [customer.pk for customer in customers]
    people = _grouped(Contact.objects.filter(customer__in=keys).order_by("pk"), on)
    habits = _by_customer(Habit.objects.filter(customer__in=keys).order_by("position", "pk"))
    # The site that pays is visited, else the first one whose position is known.
    sites = _by_customer(Site.objects.filter(customer__in=keys).order_by("-pays_here", "pk"))
    promises = _by_customer(
        Promise.objects.filter(_lately("made_on", on) | _lately("settled_on", on), customer__in=keys, made_on__lte=on)
        .exclude(state=Promise.State.WITHDRAWN)
        .order_by("made_on", "pk")
    )
    absences = _by_customer(CustomerAbsence.objects.filter(customer__in=keys, ends_before__gt=on).order_by("pk"))
    excuses, learned = _last_excuses(keys, on), learned_habits.known(keys)
    return {
        row.pk: _profile(
            row,
            _Known(
                on, people[row.pk], habits[row.pk], sites[row.pk], promises[row.pk], absences[row.pk],
                excuses.get(row.pk), learned.get(row.pk, Learned()),
            ),
        )
        for row in customers
    }  # fmt: skip


def _by_customer(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return found


def _grouped(contacts: Iterable[Contact], on: date) -> dict[int, list[Contact]]:
    """Without those who left."""
    return _by_customer(row for row in contacts if row.left_on is None or row.left_on > on)


def _last_excuses(keys: list[int], on: date) -> dict[int, Excuse]:
    latest = (
        Excuse.objects.filter(customer__in=keys, said_on__lte=on)
        .values("customer")
        .annotate(last=Max("pk"))
        .values("last")
    )
    return {row.customer_id: row for row in Excuse.objects.filter(pk__in=latest)}


@dataclass(frozen=True, slots=True)
class _Known:
    on: date
    people: list[Contact]
    habits: list[Habit]
    sites: list[Site]
    promises: list[Promise]
    absences: list[CustomerAbsence]
    excuse: Excuse | None
    learned: Learned


def _profile(customer: Customer, known: _Known) -> Profile:
    sites, promises, excuse = known.sites, known.promises, known.excuse
    site = next((row for row in sites if row.latitude is not None), sites[0] if sites else None)
    said: dict[str, list[str]] = defaultdict(list)
    for habit in known.habits:
        said[habit.kind].append(habit.rule)
    kept = sum(row.state == Promise.State.KEPT for row in promises)
    broken = sum(row.state == Promise.State.BROKEN for row in promises)
    who = _who(known)
    phone = next((row.phone for row in (*who, *known.people) if row.phone), "")
    hours = tuple(said[Habit.Kind.HOURS])
    card = {
        "who": [_person(row) for row in who],
        "hours": list(hours or _hours_of(who)),
        "settlement_days": list(said[Habit.Kind.SETTLEMENT_DAY]),
        "method": said[Habit.Kind.METHOD][0] if said[Habit.Kind.METHOD] else "",
        "papers": [*said[Habit.Kind.INVOICE_TYPE], *said[Habit.Kind.RECONCILIATION]],
        "place": [str(site.latitude), str(site.longitude)] if site and site.latitude is not None else [],
        "address": ", ".join(part for part in (site.street, site.city) if part) if site else "",
        "excuse": {"kind": excuse.kind, "note": excuse.note, "on": excuse.said_on.isoformat()} if excuse else {},
        "promises": _promised(promises, kept, broken),
        "phone": phone,
    }
    return Profile(
        customer=customer.pk,
        name=customer.name,
        place=Place(site.latitude, site.longitude)
        if site and site.latitude is not None and site.longitude is not None
        else None,
        stated=_stated(said, hours, site, known),
        learned=known.learned,
        prerequisites=tuple(Prerequisite.of(row) for row in known.habits if row.days_before is not None),
        steps=tuple((row.rule, row.note) for row in known.habits if row.kind == Habit.Kind.STEP),
        kept=kept,
        made=kept + broken,
        broken=broken,
        phone=phone,
        card=card,
    )


def _stated(said: Mapping[str, list[str]], hours: tuple[str, ...], site: Site | None, known: _Known) -> Stated:
    away: dict[int | None, list[Absence]] = defaultdict(list)
    for row in known.absences:
        away[row.contact_id].append(Absence(row.starts_on, row.ends_before))
    return Stated(
        hours=hours,
        settlement_days=tuple(said[Habit.Kind.SETTLEMENT_DAY]),
        taboos=tuple(said[Habit.Kind.TABOO]),
        opens_at=site.opens_at if site else None,
        closes_at=site.closes_at if site else None,
        open_days=permitted.weekdays(site.open_days) if site else frozenset(),
        absences=tuple(away[None]),
        signatories=tuple(
            Signatory(permitted.weekdays(row.in_days), row.in_from, row.in_until, tuple(away[row.pk]))
            for row in _signing(known.people)
        ),
    )


def _signing(people: list[Contact]) -> list[Contact]:
    """Everybody of the first role that may sign a payment: any one of them will do."""
    roles = sorted({row.role for row in people if row.role in SIGN}, key=lambda role: SIGN.index(Contact.Kind(role)))
    return [row for row in people if roles and row.role == roles[0]]


def _who(known: _Known) -> list[Contact]:
    """Who signs a payment first, and is there that day; the decision maker beside, where that is somebody else."""
    away = {row.contact_id for row in known.absences if row.starts_on <= known.on < row.ends_before}
    ranked = sorted(
        (row for row in known.people if row.role in SIGN),
        key=lambda row: (SIGN.index(Contact.Kind(row.role)), row.pk in away),
    )
    decides = [row for row in known.people if row.role == Contact.Kind.DECISION_MAKER][:1]
    return ranked[:1] + decides


def _hours_of(who: list[Contact]) -> tuple[str, ...]:
    """What the card says where the customer has stated no hours: when its signatory is in."""
    if not who or not (who[0].in_from or who[0].in_until):
        return ()
    start, end = who[0].in_from or time.min, who[0].in_until or time(23, 59)
    return (f"{start:%H:%M}-{end:%H:%M}",)


def _person(row: Contact) -> dict[str, str]:
    return {
        "name": row.name,
        "role": row.role,
        "from": row.in_from.strftime("%H:%M") if row.in_from else "",
        "until": row.in_until.strftime("%H:%M") if row.in_until else "",
    }


def _promised(promises: list[Promise], kept: int, broken: int) -> dict[str, Any]:
    if not promises:
        return {}
    last = promises[-1]
    return {
        "kept": kept,
        "made": kept + broken,
        "last": {
            "amount": str(Decimal(last.amount)),
            "currency": last.currency,
            "on": last.promised_on.isoformat(),
            "made_on": last.made_on.isoformat(),
        },
    }
