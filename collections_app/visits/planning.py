"""The input of a rep's day, read at once and hashed, and the route that follows from it."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q, QuerySet

from collections_app.cases.models import Promise
from collections_app.policy import queries as policy
from collections_app.policy.thresholds import Planning, Policy
from collections_app.standings.models import Standing
from collections_app.visits import asking, profiles, route
from collections_app.visits.candidates import Money, Prepared, prepare
from collections_app.visits.models import Plan, Stop
from collections_app.visits.profiles import Profile
from collections_app.visits.route import Because, Day, Place, Route
from common import days
from common.money import ZERO
from customers import queries as owing
from customers.models import Condition, Customer, Ownership
from receivables.models import DueItem, Rate
from staff.models import Business, User


@dataclass(frozen=True, slots=True)
class DayInput:
    """Everything a plan follows from; the same input gives the same plan."""

    base: str
    day: Day
    left_out_from: Decimal
    prepared: tuple[Prepared, ...]
    profiles: dict[int, Profile]

    @property
    def digest(self) -> str:
        plain: list[Any] = [asdict(self.day), str(self.left_out_from), self.base]
        plain += [[asdict(row), str(self.profiles[row.customer].place)] for row in self.prepared]
        return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """Somebody left out and worth naming."""

    prepared: Prepared
    reason: dict[str, Any]


def read(*, on: date, rep: User, plan: Plan | None) -> DayInput:
    """Owned customers with something late, due or promised for the day, whom this plan has not dealt with yet."""
    rules = policy.in_force(on).planning
    business = Business.objects.first() or Business()
    kept = _dealt_with(plan)
    done = {stop.customer_id for stop in kept}
    customers = [] if not days.is_working_day(on, business.calendar) else _customers(on, rep, done)
    owed = asking.owed(on=on, customers=[row.pk for row in customers])
    asked = [row for row in customers if any(item.ask_amount > ZERO for item in owed.get(row.pk, ()))]
    known = profiles.profiles(on=on, customers=asked)
    exchange = money_on(on, business.base_currency)
    prepared = [
        prepare(known[row.pk], owed[row.pk], on=on, exchange=exchange, country=business.calendar) for row in asked
    ]
    return DayInput(
        base=business.base_currency,
        day=_day(rules, rep, business, kept),
        left_out_from=Decimal(rules.left_out_from),
        prepared=tuple(row for row in prepared if row is not None),
        profiles=known,
    )


def route_of(found: DayInput) -> Route:
    """Who has no rate and no commitment is not ranked: nobody knows what the visit is worth."""
    candidates = [row.as_candidate(found.profiles[row.customer]) for row in found.prepared]
    return route.plan_route(candidates, found.day)


def named(found: DayInput, planned: Route) -> list[LeftOutRow]:
    """Those left out who are worth more than the policy's threshold, committed, or without a position."""
    by_key = {row.customer: row for row in found.prepared}
    rows = []
    for out in planned.left_out:
        row = by_key[out.key]
        because = Because.NO_RATE if row.card["no_rate"] and row.worth.amount <= ZERO else out.because
        if row.worth.amount >= found.left_out_from or row.is_commitment or because in _ALWAYS:
            rows.append(LeftOutRow(row, _reason(found, row, because, out.minutes)))
    return rows


_ALWAYS = (Because.NO_POSITION, Because.NO_RATE)


def _reason(found: DayInput, row: Prepared, because: Because, minutes: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"because": because.value}
    if because is Because.TOO_FAR:
        facts |= {"minutes": minutes, "amount": str(row.worth.amount), "currency": found.base}
    if because is Because.NO_RATE:
        facts |= {"currency": ", ".join(row.card["no_rate"])}
    if because is Because.NOT_A_PAYMENT_DAY:
        facts |= {"rule": found.profiles[row.customer].stated.settlement_days[0]}
    return facts


def money_on(on: date, base: str) -> Money:
    """The newest stated rate not after the day, per currency."""
    newest = dict(Rate.objects.filter(on__lte=on).values_list("currency").annotate(newest=Max("on")))
    stated = Rate.objects.filter(currency__in=newest, on__in=set(newest.values())).order_by("pk")
    rates = {rate.currency: rate.rate for rate in stated if newest[rate.currency] == rate.on}
    return Money(base=base, rates=rates | {base: Decimal(1)})


def _customers(on: date, rep: User, done: set[int]) -> list[Customer]:
    gone = Condition.objects.filter(owing.runs(on), kind__in=(*owing.IN_OTHER_HANDS, Condition.Kind.CLOSED))
    owned = Ownership.objects.on(on).filter(rep=rep).values("customer")
    found = list(
        Customer.objects.filter(pk__in=owned)
        .exclude(pk__in=gone.values("customer"))
        .exclude(pk__in=done)
        .filter(_with_something(on))
        .order_by("pk")
    )
    expected = set(_promised(on).values_list("customer", flat=True))
    others = _of_others([row for row in found if row.pk not in expected], policy.in_force(on))
    return [row for row in found if row.pk not in others]


def _of_others(customers: Sequence[Customer], rules: Policy) -> set[int]:
    """Those whose worst standing calls for something else than a visit by their rep: a manager, a letter, a look."""
    of_customer: dict[int, set[str]] = defaultdict(set)
    standings = Standing.objects.filter(customer__in=customers).values_list("customer", "standing").distinct()
    for key, standing in standings.order_by():
        of_customer[key].add(standing)
    efforts = {segment: rules.for_segment(segment).efforts for segment in {row.segment for row in customers}}
    return {
        row.pk
        for row in customers
        if of_customer[row.pk] and not efforts[row.segment].of(_worst(of_customer[row.pk])).is_visit_by_rep
    }


def _worst(standings: set[str]) -> str:
    return next(standing for standing in asking.WORST_FIRST if standing in standings)


def _with_something(on: date) -> Q:
    """Customers with an open item that is due, or with a promise for the day."""
    due = DueItem.objects.open().filter(due_date__lte=on).values("customer")
    return Q(pk__in=due) | Q(pk__in=_promised(on).values("customer"))


def _promised(on: date) -> QuerySet[Promise]:
    return Promise.objects.filter(state=Promise.State.OPEN, promised_on=on)


def _dealt_with(plan: Plan | None) -> list[Stop]:
    if plan is None:
        return []
    states = (Stop.State.DONE, Stop.State.SKIPPED)
    return list(plan.stops.filter(state__in=states).order_by("position"))


def _day(rules: Planning, rep: User, business: Business, kept: Sequence[Stop]) -> Day:
    """The rest of the working time: after the last visit that was made, and from there."""
    made = [stop for stop in kept if stop.state == Stop.State.DONE]
    home = _place(rep.latitude, rep.longitude) or _place(business.latitude, business.longitude)
    starts_at = rules.starts_at
    if made:
        last = max(made, key=lambda stop: (stop.leave_at or time.min, stop.position))
        where = last.card.get("place") or []
        home = _place(*(Decimal(part) for part in where)) if where else home
        starts_at = max(starts_at, minutes_of(last.leave_at or time.min))
    return Day(starts_at, rules.ends_at, home, Decimal(rules.cost_per_minute), rules.visit_minutes)


def _place(latitude: Decimal | None, longitude: Decimal | None) -> Place | None:
    return None if latitude is None or longitude is None else Place(latitude, longitude)


def minutes_of(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def time_at(minute: int) -> time:
    return time(minute // 60, minute % 60)
