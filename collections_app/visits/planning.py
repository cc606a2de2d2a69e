"""The input of a round, read at once and hashed: which reps work on which days, and who is worth a visit on each.

A round is one rep's day, or several days, or a team that visits some customers together. The same input gives the same
plan. What keeps a customer from being planned although something is asked for is said as a reason.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from collections_app.cases import warning_queries
from collections_app.cases.models import EarlyWarning, Promise
from collections_app.policy import queries as policy
from collections_app.policy.thresholds import Policy
from collections_app.standings.models import Standing
from collections_app.visits import asking, chance_services, obstacles, profiles, travel, wanted, whose, worth
from collections_app.visits.asking import Owed
from collections_app.visits.candidates import Known, Money, Prepared, Setting, prepare
from collections_app.visits.commitments import Owing
from collections_app.visits.frames import Frame, frames
from collections_app.visits.models import Plan, Stop
from collections_app.visits.obstacles import Obstacles
from collections_app.visits.profiles import Profile
from collections_app.visits.route import Place
from collections_app.visits.solver.solve import Effort
from collections_app.visits.travel import Way
from collections_app.visits.wanted import Wanted
from collections_app.visits.whose import Who
from collections_app.visits.worth import Weights
from common import clock, days
from common.columns import MoneySum
from common.money import ZERO
from customers import queries as owing
from customers.models import Condition, Customer
from receivables.models import DueItem, Rate
from staff.models import Business, User

Reason = dict[str, Any]
MOST = 400  # customers looked at for a round; whoever owes most comes first


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer with something to ask for: on which days, how, who may go there, and what keeps us away on some."""

    customer: int
    reps: Mapping[date, frozenset[int]]
    days: Mapping[date, Prepared]
    reasons: Mapping[date, Reason] = field(default_factory=dict)  # why it is not planned on the day

    @property
    def free_days(self) -> dict[date, Prepared]:
        """Those on which nothing keeps us away."""
        return {day: one for day, one in self.days.items() if day not in self.reasons}


@dataclass(frozen=True, slots=True)
class RoundInput:
    """Everything a plan follows from. `kept` are the stops that are done, by rep and day; `locked` keep their time."""

    base: str
    rules: Policy
    days: tuple[date, ...]
    frames: Mapping[tuple[int, date], Frame]
    candidates: tuple[Candidate, ...]
    profiles: Mapping[int, Profile]
    kept: Mapping[tuple[int, date], tuple[Stop, ...]]
    locked: tuple[Stop, ...]
    before: Mapping[tuple[int, date], tuple[int, ...]]  # whom the plan before visited, in its order
    not_before: int = 0  # minute of the first day before which nobody sets out any more

    def digest(self, effort: Effort) -> str:
        """Of all that the plan follows from, the effort included; which plan it had before is no part of it."""
        plain: list[Any] = [
            asdict(self.rules.planning),
            asdict(self.rules.travel),
            self.base,
            self.not_before,
            asdict(effort),
        ]
        plain += [[str(key), asdict(frame)] for key, frame in sorted(self.frames.items())]
        for row in self.candidates:
            profile = self.profiles[row.customer]
            plain.append([row.customer, str(profile.place)])
            plain += [
                [str(day), sorted(row.reps[day]), row.reasons.get(day, {}), asdict(found)]
                for day, found in sorted(row.days.items())
            ]
        plain += [[stop.pk, stop.plan.rep_id, str(stop.plan.on), str(stop.start_at)] for stop in self.locked]
        plain += [[str(key), [stop.pk for stop in stops]] for key, stops in sorted(self.kept.items())]
        return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def read(
    *, on: Sequence[date], reps: Sequence[User], plans: Collection[Plan], not_before: time | None = None
) -> RoundInput:
    """Customers with something late, due or promised on one of the days, whom these plans have not dealt with yet."""
    rules = policy.in_force(on[0])
    business = Business.objects.first() or Business()
    working = frames(reps, on, rules=rules, business=business)
    stops = list(Stop.objects.filter(plan__in=plans).select_related("plan").order_by("plan__on", "position"))
    kept = _kept(stops)
    today = clock.business_today()
    wishes = wanted.read(on=on, customers=None, today=today, calendar=business.calendar)
    who = {} if all(frame.off for frame in working.values()) else whose.who(on, reps, wishes, stops)
    promised = _promised_days(who, on[-1])
    customers = _customers(on, who, rules, promised=set(promised), wished=wishes.expected)
    found = profiles.profiles(on=on[0], customers=customers)
    setting = Setting(rules, _weights(rules), business.calendar)
    keys = [row.pk for row in customers]
    locked = tuple(stop for stop in stops if stop.is_locked and stop.state == Stop.State.PLANNED)
    facts = _Facts(
        owed={day: asking.owed(on=day, customers=keys) for day in on},
        exchange={day: money_on(day, business.base_currency) for day in on},
        known=_known(customers, found, on[0], setting, working),
        promised=promised,
        wishes=wishes,
        elsewhere=whose.planned_elsewhere(keys, on, plans, today=today, locked=locked),
    )
    candidates = _candidates(customers, who, found, facts, setting)
    return RoundInput(
        base=business.base_currency,
        rules=rules,
        days=tuple(on),
        frames=working,
        candidates=tuple(candidates),
        profiles=found,
        kept=kept,
        locked=locked,
        before=_before(reps, on, stops),
        not_before=0 if not_before is None else not_before.hour * 60 + not_before.minute,
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is read of all customers of a round at once; what differs by day under the day."""

    owed: Mapping[date, Mapping[int, Sequence[Owed]]]
    exchange: Mapping[date, Money]
    known: Mapping[int, Known]
    promised: Mapping[int, Sequence[date]]
    wishes: Wanted
    elsewhere: Mapping[tuple[int, date], Reason]


def _candidates(
    customers: Sequence[Customer],
    who: Who,
    found: Mapping[int, Profile],
    facts: _Facts,
    setting: Setting,
) -> list[Candidate]:
    keys = [row.pk for row in customers]
    away = {
        day: obstacles.read(on=day, customers=keys, rules=setting.rules, calendar=setting.calendar)
        for day in sorted(facts.owed)
    }
    rows = []
    for row in customers:
        days_of = {day: _prepared(found[row.pk], day, facts, setting) for day in away if day in who[row.pk]}
        prepared = {day: one for day, one in days_of.items() if one is not None}
        if prepared:
            said = {day: _why_not(one, day, facts, away[day]) for day, one in prepared.items()}
            reasons = {day: reason for day, reason in said.items() if reason}
            rows.append(Candidate(row.pk, who[row.pk], prepared, reasons))
    return rows


def _why_not(one: Prepared, day: date, facts: _Facts, away: Obstacles) -> Reason:
    """What keeps us away on the day. Whoever is planned on another day of the week is visited then, and on this one
    only where something is owed on it.
    """
    reason = facts.wishes.skip(one.customer, day)
    reason = reason or away.why_not(one.customer, is_commitment=one.is_commitment, is_asked_for=one.is_asked_for)
    return reason or ({} if one.is_commitment else facts.elsewhere.get((one.customer, day), {}))


def _prepared(profile: Profile, day: date, facts: _Facts, setting: Setting) -> Prepared | None:
    items = facts.owed[day].get(profile.customer, [])
    owes = [Owing(item.due_date, chosen=False) for item in items if item.due_date and item.ask_amount > ZERO]
    return prepare(
        profile,
        items,
        on=day,
        exchange=facts.exchange[day],
        setting=setting,
        known=facts.known[profile.customer],
        owing=[*owes, *(Owing(then, chosen=True) for then in facts.promised.get(profile.customer, ()))],
        wish=facts.wishes.of(profile.customer, day),
    )


def _weights(rules: Policy) -> dict[str, Weights]:
    """The general ones under "", and those of the segments that have their own."""
    return {name: Weights.of(rules.for_segment(name).worth) for name in ("", *rules.segments)}


def _promised_days(customers: Collection[int], until: date) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    promises = Promise.objects.filter(state=Promise.State.OPEN, promised_on__lte=until, customer__in=customers)
    for key, on in promises.values_list("customer", "promised_on"):
        found[key].append(on)
    return found


def _known(
    customers: Sequence[Customer],
    found: Mapping[int, Profile],
    on: date,
    setting: Setting,
    working: Mapping[tuple[int, date], Frame],
) -> dict[int, Known]:
    """Warnings, learned chances, and who lives far from where the reps set out."""
    keys = [row.pk for row in customers]
    warned: dict[int, str] = {}
    live = EarlyWarning.objects.filter(warning_queries.live(on), customer__in=keys)
    for key, severity in live.values_list("customer", "severity").order_by("pk"):
        is_severe = severity == EarlyWarning.Severity.SEVERE or warned.get(key) == worth.SEVERE
        warned[key] = worth.SEVERE if is_severe else worth.MILD
    learned = chance_services.learned_of(on=on, customers=keys)
    way, starts = Way.of(setting.rules.travel), {frame.start for frame in working.values() if frame.start}
    return {
        row.pk: Known(
            segment=row.segment,
            warning=warned.get(row.pk, ""),
            chances=learned.get(row.pk),
            is_far=_is_far(found[row.pk].place, starts, way, setting.rules.planning.far_minutes),
        )
        for row in customers
    }


def _is_far(place: Place | None, starts: Collection[Place], way: Way, minutes: int) -> bool:
    if place is None or not starts:
        return False
    nearest = min(travel.metres_between(start, place, way) for start in starts)
    return travel.seconds_for(nearest, way) >= minutes * 60


def _base() -> str:
    return Business.objects.values_list("base_currency", flat=True).first() or Business().base_currency


def money_on(on: date, base: str) -> Money:
    """The newest stated rate not after the day, per currency."""
    newest = dict(Rate.objects.filter(on__lte=on).values_list("currency").annotate(newest=Max("on")))
    stated = Rate.objects.filter(currency__in=newest, on__in=set(newest.values())).order_by("pk")
    rates = {rate.currency: rate.rate for rate in stated if newest[rate.currency] == rate.on}
    return Money(base=base, rates=rates | {base: Decimal(1)})


# Which customers


def _customers(
    on: Sequence[date], who: Collection[int], rules: Policy, *, promised: set[int], wished: set[int]
) -> list[Customer]:
    """With something open by then, in our hands, and in a standing that calls for a visit by a rep, or expecting us."""
    expected = promised | wished
    gone = Condition.objects.filter(owing.runs(on[0]), kind__in=(*owing.IN_OTHER_HANDS, Condition.Kind.CLOSED))
    wanted = (_with_something(who, on[-1]) | promised) - set(
        gone.filter(customer__in=who).values_list("customer", flat=True)
    )
    found = list(Customer.objects.filter(pk__in=wanted).order_by("pk"))
    others = _of_others([row for row in found if row.pk not in expected], rules)
    kept = [row for row in found if row.pk not in others]
    largest = _largest([row.pk for row in kept if row.pk not in expected], on)
    return [row for row in kept if row.pk in expected or row.pk in largest]


def _largest(customers: Sequence[int], on: Sequence[date]) -> set[int]:
    """Of a rep with very many, those who owe most, and whose due day it is: nobody drives to the others anyway, and a
    plan takes the same time and memory in a book of any size.
    """
    if len(customers) <= MOST:
        return set(customers)
    due = DueItem.objects.open().filter(customer__in=customers, due_date__lte=on[-1]).order_by()
    today = set(due.filter(due_date__gte=on[0]).values_list("customer", flat=True))
    exchange = money_on(on[0], _base())
    owed: dict[int, Decimal] = defaultdict(Decimal)
    for customer, currency, amount in due.values_list("customer", "currency").annotate(total=MoneySum("open_amount")):
        owed[customer] += exchange.in_base(amount, currency)
    ranked = sorted(customers, key=lambda key: (key not in today, -owed[key], key))
    return set(ranked[:MOST])


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


def _with_something(customers: Collection[int], on: date) -> set[int]:
    """Those with an open item that is due by then. Asked of these customers, never of the book."""
    due = DueItem.objects.open().filter(customer__in=customers, due_date__lte=on).order_by()
    return set(due.values_list("customer", flat=True).distinct())


# What the plans hold already


def _kept(stops: Sequence[Stop]) -> dict[tuple[int, date], tuple[Stop, ...]]:
    found: dict[tuple[int, date], list[Stop]] = defaultdict(list)
    for stop in stops:
        if stop.state == Stop.State.DONE:
            found[stop.plan.rep_id, stop.plan.on].append(stop)
    return {key: tuple(rows) for key, rows in found.items()}


def _before(reps: Sequence[User], on: Sequence[date], stops: Sequence[Stop]) -> dict[tuple[int, date], tuple[int, ...]]:
    """The order of the plan that is there, else of the rep's last round: the new plan must not fall behind it."""
    found: dict[tuple[int, date], list[int]] = defaultdict(list)
    for stop in stops:
        found[stop.plan.rep_id, stop.plan.on].append(stop.customer_id)
    fresh = [rep for rep in reps if not any((rep.pk, day) in found for day in on)]
    last = Plan.objects.filter(rep__in=fresh, on__lt=on[0]).values("rep").annotate(last=Max("on"))
    newest = Q(pk__in=[])
    for row in last:
        newest |= Q(plan__rep=row["rep"], plan__on=row["last"])
    for rep, customer in (
        Stop.objects.filter(newest).order_by("position").values_list("plan__rep", "customer") if fresh else ()
    ):
        found[rep, on[0]].append(customer)
    return {key: tuple(rows) for key, rows in found.items()}


def working_days(first: date, count: int, calendar: str) -> list[date]:
    """So many working days of the business from a day on: the day itself where it is one."""
    found = [days.roll(first, calendar)]
    while len(found) < count:
        found.append(days.roll(found[-1] + days.ONE_DAY, calendar))
    return found
