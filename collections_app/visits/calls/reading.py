"""The calls ahead as rows: whom to call before which visit, about what, and how many were answered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.policy import queries as policies
from collections_app.visits import asking, profiles
from collections_app.visits.announcing import CALLS, REACHED, TO_BE_CALLED
from collections_app.visits.announcing_words import QUIET
from collections_app.visits.asking import Owed
from collections_app.visits.conduct import may_contact
from collections_app.visits.contacts import begun
from collections_app.visits.models import Announced
from common import clock, money
from common.money import ZERO
from common.templatetags.ui import money_text
from customers.models import Customer
from staff import queries as people
from staff.models import Business, User

LOOKING_BACK = timedelta(days=28)


def visible_to(user: User) -> QuerySet[Announced]:
    """Of the customers that the person may see."""
    found = Announced.objects.select_related("customer__owner")
    return found if user.sees_everything else found.filter(customer__in=Customer.objects.visible_to(user))


def calls_to_make(user: User) -> list[QuerySet[Announced]]:
    """For the count beside the link: nobody was reached yet, and the visit is still to come."""
    return [visible_to(user).filter(state__in=TO_BE_CALLED, on__gt=clock.business_today())]


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call. Amounts in `currency`; `why_not` says why it is not to be made now."""

    key: int
    url: str
    on: date
    customer: str
    code: str
    customer_url: str
    rep: str
    phone: str
    call_url: str
    currency: str
    amount: Decimal
    standing: str
    reason: str
    state: str
    state_words: str
    said_amount: Decimal | None
    said_at: time | None
    note: str
    answered_on: date | None
    answered_by: str
    why_not: str
    is_to_be_called: bool
    may_answer: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What all rows of a page rest on."""

    as_of: date
    user: User
    owed: dict[tuple[int, date], list[Owed]]
    phones: dict[int, str]
    contacts: dict[int, int]
    names: dict[str, str]
    calendar: str
    rules: Any


def rows(found: Iterable[Announced], *, as_of: date, user: User) -> list[CallRow]:
    """As the book stands now. The number of statements grows with the days of the calls, not with the calls."""
    calls = list(found)
    by_day: dict[date, set[int]] = defaultdict(set)
    for row in calls:
        by_day[row.on].add(row.customer_id)
    owed = {
        (key, on): items for on, keys in by_day.items() for key, items in asking.owed(on=on, customers=keys).items()
    }
    customers = {row.customer_id: row.customer for row in calls}
    known = _Known(
        as_of=as_of,
        user=user,
        owed=owed,
        phones={key: one.phone for key, one in profiles.profiles(on=as_of, customers=list(customers.values())).items()},
        contacts=begun(on=as_of, customers=list(customers)),
        names=people.names(row.answered_by for row in calls),
        calendar=Business.objects.values_list("calendar", flat=True).first() or "",
        rules=policies.in_force(as_of).conduct,
    )
    return [_row(row, known) for row in calls]


def _row(row: Announced, known: _Known) -> CallRow:
    items = [item for item in known.owed.get((row.customer_id, row.on), []) if item.currency == row.currency]
    waits = row.state in TO_BE_CALLED and row.on >= known.as_of
    quiet = may_contact(known.contacts.get(row.customer_id, 0), known.as_of, calendar=known.calendar, rules=known.rules)
    acts = known.user.role in CALLS
    phone = known.phones.get(row.customer_id, "")
    is_own_of_today = row.answered_on == known.as_of and row.answered_by == known.user.get_username()
    return CallRow(
        key=row.pk,
        url=reverse("visits:call", args=[row.pk]),
        on=row.on,
        customer=row.customer.name,
        code=row.customer.code,
        customer_url=reverse("desk:customer", args=[row.customer.code]),
        rep=str(row.customer.owner or ""),
        phone=phone,
        call_url=_tel(phone) if waits and not quiet else "",
        currency=row.currency,
        amount=row.amount,
        standing=asking.sums(items, row.currency).standing,
        reason=_reason(items, row),
        state=row.state,
        state_words=str(row.get_state_display()),
        said_amount=row.said_amount,
        said_at=row.said_at,
        note=row.note,
        answered_on=row.answered_on,
        answered_by=known.names.get(row.answered_by, ""),
        why_not=str(QUIET[quiet]) if waits and quiet else "",
        is_to_be_called=waits,
        may_answer=waits and acts and not quiet,
        may_take_back=acts and is_own_of_today,
    )


def _tel(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return f"tel:{digits}" if digits else ""


def _reason(items: Sequence[Owed], row: Announced) -> str:
    """What makes the visit: a promise, what falls due, what is late, each with its figure."""
    asked = [item for item in items if item.ask_amount > ZERO]
    promised = sum((item.promised_today for item in asked), ZERO)
    due = sum((item.ask_amount - item.promised_today for item in asked if not item.days_late), ZERO)
    late = max((item.days_late for item in asked), default=0)
    said = []
    if promised:
        said.append(_("%(amount)s promised") % {"amount": money_text(promised, row.currency)})
    if due:
        said.append(_("%(amount)s falls due") % {"amount": money_text(due, row.currency)})
    if late:
        said.append(ngettext("%(days)s day late by then", "%(days)s days late by then", late) % {"days": late})
    return " · ".join(said) or _("Nothing is asked for on that day any more")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one rep, or of all: planned collections that were large enough, called, and answered by the customer."""

    rep: str
    planned: int
    called: int
    answered: int

    @property
    def percent(self) -> int | None:
        """Whole per cent; None where nothing was planned."""
        return int(money.whole(Decimal(100 * self.answered) / self.planned)) if self.planned else None


def coverage(*, user: User, as_of: date) -> list[Coverage]:
    """By rep, of visits of the four weeks up to this day. One statement."""
    found = visible_to(user).filter(on__gt=as_of - LOOKING_BACK, on__lte=as_of).exclude(state=Announced.State.DROPPED)
    counted = (
        found.order_by()
        .values("customer__owner")
        .annotate(
            planned=Count("pk"),
            called=Count("pk", filter=~Q(state=Announced.State.OPEN)),
            answered=Count("pk", filter=Q(state__in=REACHED)),
        )
        .values_list("customer__owner", "planned", "called", "answered")
    )
    of_rep = {key: figures for key, *figures in counted}
    reps = {rep.pk: str(rep) for rep in User.objects.filter(pk__in=[key for key in of_rep if key])}
    named = [Coverage(reps.get(key, ""), *figures) for key, figures in of_rep.items()]
    return sorted(named, key=lambda row: (not row.rep, row.rep))


def together(parts: Sequence[Coverage]) -> Coverage:
    return Coverage("", *(sum(getattr(part, name) for part in parts) for name in ("planned", "called", "answered")))
