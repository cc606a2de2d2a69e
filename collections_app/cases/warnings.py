"""Verbs of early warnings: the night computes them from the book, people see and second them, somebody dismisses.

A warning that comes, grows or goes leaves a mark. One that still holds lasts longer and moves nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from math import cos, radians
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.cases import services as cases
from collections_app.cases import warning_facts
from collections_app.cases import warning_rules as rules
from collections_app.cases.models import EarlyWarning, ToDo
from collections_app.cases.warning_watch import BOOK, ORDER, Finding, Kind, Severity, Watch
from common import clock, days, distance
from common.refusals import Refused
from common.templatetags import ui
from customers import services as customers
from customers.models import Customer, Site
from staff.models import Role, User

AT_ONCE = 2_000  # customers that are looked at together
IN_A_STATEMENT = 500
METRES = 300  # of a demolition, unless somebody says otherwise
FARTHEST = 5_000
SEEN_AGAIN = timedelta(days=30)  # a second sighting in so many days is a second source
HANDOVER = timedelta(days=14)  # for new contact, handover and signed confirmation when a key contact leaves
SEES = (Role.REP, Role.MANAGER)  # who is at the customer, and who answers for that
PLACED = (Site.Precision.EXACT, Site.Precision.STREET)  # known well enough to be inside a circle
# What can be seen in the field, and how serious it is.
SIGHTINGS = {
    Kind.CLOSING: Severity.SEVERE,
    Kind.MOVING: Severity.MARKED,
    Kind.DEMOLITION: Severity.SEVERE,
    Kind.STAFF_LEAVING: Severity.SLIGHT,
    Kind.DUMPING: Severity.SEVERE,
}


class NotASighting(Refused):
    """Something that nobody can see, or too far around."""


class NotYours(Refused):
    """The person may not do this to the warning."""


class AlreadyOver(Refused):
    """Dismissed, confirmed or expired before."""


# Computed


def compute(*, as_of: date, by: Actor, customers: Iterable[int] | None = None, watch: Watch | None = None) -> int:
    """Look at the book as of a day, of all customers or these: new warnings, and live ones that last longer.

    One piece of customers is one transaction. Run again for the day it finds nothing to do. Returns the rows changed.
    """
    watch = watch or Watch()
    peers = warning_facts.peers(as_of=as_of)
    pieces = warning_facts.ranges(customers, AT_ONCE)
    return sum(_look_at(piece, as_of=as_of, watch=watch, peers=peers, by=by) for piece in pieces)


def pieces() -> list[int]:
    """The night's pieces: the first customer of each."""
    _peers.cache_clear()
    return [piece.first for piece in warning_facts.ranges(None, AT_ONCE)]


def compute_piece(*, as_of: date, first: int, by: Actor) -> int:
    """One of these pieces, by its first customer; nothing where customers have come or gone since it was listed."""
    found = [piece for piece in warning_facts.ranges(None, AT_ONCE) if piece.first == first]
    peers = _peers(as_of)
    return sum(_look_at(piece, as_of=as_of, watch=Watch(), peers=peers, by=by) for piece in found)


@lru_cache(maxsize=1)
def _peers(as_of: date) -> warning_facts.Peers:
    """Asked for once in all pieces of a night: every invoice of the book is read for it. Listing them forgets it."""
    return warning_facts.peers(as_of=as_of)


@transaction.atomic
def _look_at(some: warning_facts.Range, *, as_of: date, watch: Watch, peers: warning_facts.Peers, by: Actor) -> int:
    found = {
        key: rows
        for key, facts in warning_facts.facts(some, as_of=as_of, watch=watch, peers=peers).items()
        if (rows := rules.findings(facts, watch))
    }
    for key, finding in _handovers_missed(some, as_of):
        found.setdefault(key, []).append(finding)
    changed = 0
    keys = sorted(found)
    customers.lock(keys)
    for start in range(0, len(keys), IN_A_STATEMENT):
        piece = {key: found[key] for key in keys[start : start + IN_A_STATEMENT]}
        changed += _write(piece, as_of=as_of, watch=watch, by=by)
    return changed


def _handovers_missed(some: warning_facts.Range, as_of: date) -> list[tuple[int, Finding]]:
    """A key contact left, and what was to be done by a day is not."""
    open_then = Q(done_on=None) | Q(done_on__gt=as_of)
    rows = ToDo.objects.filter(
        some.of(), open_then, because=ToDo.Because.NEW_CONTACT, opened_on__lte=as_of, due_on__lt=as_of
    )
    return [
        (key, Finding(Kind.STAFF_LEAVING, Severity.MARKED, {"since": since.isoformat(), "due": due.isoformat()}))
        for key, since, due in rows.order_by("pk").values_list("customer", "opened_on", "due_on")
    ]


def _write(found: dict[int, list[Finding]], *, as_of: date, watch: Watch, by: Actor) -> int:
    """New ones, grown ones, and later ends; the customers are locked."""
    live: dict[tuple[int, str], list[EarlyWarning]] = {}
    stored = EarlyWarning.objects.filter(customer__in=list(found), source=BOOK, expires_on__gt=as_of)
    for row in stored.order_by("reported_on", "pk"):
        live.setdefault((row.customer_id, row.kind), []).append(row)
    new: list[EarlyWarning] = []
    grown: list[EarlyWarning] = []
    longer: dict[date, list[int]] = {}
    for key, findings in found.items():
        for finding in findings:
            ends = as_of + timedelta(watch.lasts[finding.kind])
            known = live.get((key, finding.kind), [])
            if any(row.dismissed_on is not None or row.reported_on > as_of for row in known):
                continue  # said to be none until it would have ended; or the book was looked at on a later day before
            before = known[-1] if known else None
            if before is not None and _is_worse(finding, before, as_of):
                grown.append(before)
                before = None
            if before is None:
                new.append(_computed(key, finding, as_of=as_of, ends=ends, by=by))
            elif before.expires_on < ends:
                longer.setdefault(ends, []).append(before.pk)
    EarlyWarning.objects.filter(pk__in=[row.pk for row in grown]).update(expires_on=as_of)
    made = EarlyWarning.objects.bulk_create(new, batch_size=IN_A_STATEMENT)
    for ends, keys in sorted(longer.items()):
        EarlyWarning.objects.filter(pk__in=keys).update(expires_on=ends)
    customers.mark({row.customer_id for row in made}, because="warning", on=as_of)
    audit.record_many(
        verb="cases.warned", subjects=made, by=by,
        after=[{"kind": row.kind, "severity": row.severity, **row.evidence} for row in made],
    )  # fmt: skip
    return len(made) + sum(len(keys) for keys in longer.values())


def _computed(key: int, finding: Finding, *, as_of: date, ends: date, by: Actor) -> EarlyWarning:
    return EarlyWarning(
        customer_id=key, kind=finding.kind.value, source=BOOK, severity=finding.severity.value,
        reported_on=as_of, expires_on=ends, evidence=finding.evidence, entered_at=clock.now(),
        entered_by=by.get_username(),
    )  # fmt: skip


def _is_worse(finding: Finding, before: EarlyWarning, as_of: date) -> bool:
    """Worse than on an earlier day: then it is a new warning, and the lesser one ends. On its own day it stays."""
    is_later = before.reported_on < as_of
    return is_later and ORDER.index(finding.severity) > ORDER.index(Severity(before.severity))


# Seen by somebody


@transaction.atomic
def see(
    *, customer: Customer, kind: str, on: date, by: User, note: str = "", metres: int | None = None
) -> list[EarlyWarning]:
    """Somebody saw something at the customer. The first row is the customer's own; a demolition has one for every
    customer in the circle.

    Of the same kind seen by somebody else in the last thirty days it is the second source and no new warning; seen
    by the same person it is known already. What a manager enters was told to us, and counts at once.
    """
    if kind not in {one.value for one in SIGHTINGS}:
        raise NotASighting(_("Choose what was seen from the list."))
    if by.role not in SEES:
        raise NotYours(_("The rep of the customer or a manager enters what was seen."))
    keys = _around(customer, METRES if metres is None else metres) if kind == Kind.DEMOLITION else [customer.pk]
    before = _known([customer.pk], kind, on).get(customer.pk)
    if before is not None:
        return _again(before, on=on, by=by)
    customers.lock(keys)
    known = _known(keys, kind, on)
    if customer.pk in known:  # a moment ago, while we waited
        return _again(known[customer.pk], on=on, by=by)
    _check_dismissed(customer, kind, on, by)
    made = [
        _seen(key, Kind(kind), on=on, by=by, note=note, evidence=_circle(kind, customer, metres, len(keys)))
        for key in keys
        if key not in known and (key == customer.pk or not _is_taken(key, kind, on, by))
    ]
    sighting = uuid4().hex if kind == Kind.DEMOLITION else ""
    for row in made:
        row.sighting = sighting
    made = EarlyWarning.objects.bulk_create(made)
    customers.mark([row.customer_id for row in made], because="warning", on=on)
    audit.record_many(
        verb="cases.warning_seen", subjects=made, by=by,
        after=[{"kind": kind, "severity": row.severity, "sighting": sighting} for row in made],
    )  # fmt: skip
    if kind == Kind.STAFF_LEAVING:
        cases.open_to_do(
            customer=customer, because=ToDo.Because.NEW_CONTACT, about="", due_on=on + HANDOVER, on=on, by=by,
            owner=customer.owner,
        )  # fmt: skip
    return made


def _known(keys: Sequence[int], kind: str, on: date) -> dict[int, EarlyWarning]:
    """What was seen of this kind before and lives, by customer."""
    rows = EarlyWarning.objects.filter(
        customer__in=keys, kind=kind, dismissed_on=None, reported_on__lte=on, expires_on__gt=on
    ).exclude(source=BOOK)
    return {row.customer_id: row for row in rows.order_by("reported_on", "pk")}


def _again(row: EarlyWarning, *, on: date, by: User) -> list[EarlyWarning]:
    """Seen before: by somebody else it is the second source of everything that this sighting flagged."""
    is_other = row.entered_by != by.get_username()
    if is_other and row.seconded_on is None and on - row.reported_on <= SEEN_AGAIN:
        _second(row, on=on, by=by)
        row.refresh_from_db()
    return [row]


def _check_dismissed(customer: Customer, kind: str, on: date, by: User) -> None:
    """The same day has one of a kind and source; one that was dismissed on it is not entered over."""
    row = EarlyWarning.objects.filter(customer=customer, kind=kind, source=_source(by), reported_on=on).first()
    if row is not None:
        raise AlreadyOver(
            _("This was seen and dismissed today: %(because)s Enter it tomorrow, or tell the manager.")
            % {"because": row.dismissed_because}
        )


def _is_taken(key: int, kind: str, on: date, by: User) -> bool:
    return EarlyWarning.objects.filter(customer=key, kind=kind, source=_source(by), reported_on=on).exists()


def _source(by: User) -> str:
    return EarlyWarning.Source.DESK if by.role == Role.MANAGER else EarlyWarning.Source.FIELD


def _seen(key: int, kind: Kind, *, on: date, by: User, note: str, evidence: dict[str, str | int]) -> EarlyWarning:
    return EarlyWarning(
        customer_id=key, kind=kind.value, source=_source(by), severity=SIGHTINGS[kind].value, reported_on=on,
        expires_on=on + timedelta(Watch().lasts[kind]), evidence=evidence, note=note.strip()[:300],
        entered_at=clock.now(), entered_by=by.get_username(),
    )  # fmt: skip


def _circle(kind: str, customer: Customer, metres: int | None, number: int) -> dict[str, str | int]:
    if kind != Kind.DEMOLITION:
        return {}
    return {"metres": METRES if metres is None else metres, "customers": number}


def _around(customer: Customer, metres: int) -> list[int]:
    """The customer, and everybody with a site in the circle around its own. Without a position it is alone."""
    if not 0 < metres <= FARTHEST:
        raise NotASighting(
            _("The circle is from 1 to %(most)s metres. Choose another.") % {"most": ui.number(FARTHEST)}
        )
    site = customer.sites.filter(precision__in=PLACED, latitude__isnull=False).order_by("-pays_here", "pk").first()
    if site is None or site.latitude is None or site.longitude is None:
        return [customer.pk]
    north = Decimal(metres / 111_000 * 1.01)
    east = Decimal(metres / (111_000 * max(0.01, cos(radians(float(site.latitude))))) * 1.01)
    box = Site.objects.filter(
        precision__in=PLACED,
        latitude__range=(site.latitude - north, site.latitude + north),
        longitude__range=(site.longitude - east, site.longitude + east),
        customer__closed_on=None,
    )
    near = {
        key
        for key, latitude, longitude in box.values_list("customer", "latitude", "longitude")
        if latitude is not None
        and longitude is not None
        and distance.as_the_crow_flies(site.latitude, site.longitude, latitude, longitude) <= metres
    }
    return [customer.pk, *sorted(near - {customer.pk})]


@transaction.atomic
def add_note(*, warning: EarlyWarning, note: str, by: User) -> None:
    """Words to what was seen, by who saw it; the same words for everybody in the circle."""
    if warning.entered_by != by.get_username():
        raise NotYours(_("Whoever entered it adds the note."))
    rows = _together(warning)
    customers.lock(row.customer_id for row in rows)
    for row in rows:
        EarlyWarning.objects.filter(pk=row.pk).update(note=note.strip()[:300])
    audit.record_many(
        verb="cases.warning_noted", subjects=rows, by=by, before=[{"note": row.note} for row in rows],
        after=[{"note": note.strip()[:300]}] * len(rows),
    )  # fmt: skip


def _together(warning: EarlyWarning) -> list[EarlyWarning]:
    """All of one sighting, as they are now."""
    of = {"sighting": warning.sighting} if warning.sighting else {"pk": warning.pk}
    return list(EarlyWarning.objects.filter(**of).order_by("pk"))


@transaction.atomic
def second(*, warning: EarlyWarning, on: date, by: User) -> None:
    """A manager confirms what somebody else saw: from now on it counts fully."""
    if by.role != Role.MANAGER or warning.entered_by == by.get_username():
        raise NotYours(_("A manager confirms what somebody else has seen."))
    row = EarlyWarning.objects.get(pk=warning.pk)
    _check_lives(row, on)
    if row.source == BOOK or row.seconded_on is not None:
        raise AlreadyOver(_("It counts fully already. Nothing was changed."))
    _second(row, on=on, by=by)


def _second(warning: EarlyWarning, *, on: date, by: User) -> None:
    """The whole sighting has its second source: all rows of it that live and have none yet."""
    customers.lock(row.customer_id for row in _together(warning))
    rows = [
        row
        for row in _together(warning)
        if row.seconded_on is None and row.dismissed_on is None and row.expires_on > on
    ]
    EarlyWarning.objects.filter(pk__in=[row.pk for row in rows], seconded_on=None).update(
        seconded_on=on, seconded_at=clock.now(), seconded_by=by.get_username()
    )
    customers.mark([row.customer_id for row in rows], because="warning seconded", on=on)
    audit.record_many(verb="cases.warning_seconded", subjects=rows, by=by, after=[{"on": on}] * len(rows))


@transaction.atomic
def dismiss(*, warning: EarlyWarning, because: str, on: date, by: User) -> None:
    """It is none, for a reason: by a manager or, of a sighting on its very day, by who entered it.

    Until it would have ended, the book does not bring it up again.
    """
    own = warning.entered_by == by.get_username() and warning.reported_on == on and warning.source != BOOK
    if by.role != Role.MANAGER and not own:
        raise NotYours(_("A manager dismisses a warning; who entered one may take it back on the same day."))
    if not because.strip():
        raise NotYours(_("Say why it is no sign of trouble."))
    customers.lock([warning.customer_id])
    row = EarlyWarning.objects.get(pk=warning.pk)
    _check_lives(row, on)
    row.dismissed_on, row.dismissed_at, row.dismissed_by = on, clock.now(), by.get_username()
    row.dismissed_because = because.strip()[:300]
    row.save(update_fields=["dismissed_on", "dismissed_at", "dismissed_by", "dismissed_because"])
    customers.mark([row.customer_id], because="warning dismissed", on=on)
    audit.record(verb="cases.warning_dismissed", subject=row, by=by, after={"because": row.dismissed_because})


def _check_lives(row: EarlyWarning, on: date) -> None:
    if row.dismissed_on is not None:
        raise AlreadyOver(_("It was dismissed on %(day)s. Nothing was changed.") % {"day": ui.day(row.dismissed_on)})
    if row.expires_on <= on:
        last = row.expires_on - days.ONE_DAY
        raise AlreadyOver(_("It has expired; its last day was %(day)s.") % {"day": ui.day(last)})
