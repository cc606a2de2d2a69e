"""The week of a rep: what is planned on each day, who pays that day and is not planned, what falls due or is promised,
which appointments there are, and who did not fit. A fixed number of statements at any size.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from collections_app.cases.models import Promise
from collections_app.policy import queries as policy
from collections_app.visits import permitted
from collections_app.visits.day.reading import Round
from collections_app.visits.frames import Frame, frames
from collections_app.visits.models import Appointment, LeftOut, Plan, Stop
from common.columns import MoneySum
from common.money import ZERO
from customers import queries as owing
from customers.models import Condition, Customer, Habit
from receivables.models import DueItem
from staff.models import Business, User

WEEK = 7
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Owes:
    """What a customer owes on a day, in one currency. `rule` is the settlement day that makes it one."""

    customer: int
    name: str
    code: str
    currency: str
    amount: Decimal
    is_planned: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A column of the week."""

    frame: Frame
    round: Round
    settling: tuple[Owes, ...] = ()  # whose settlement day it is, who owe something, and whom nobody visits that day
    due: tuple[Owes, ...] = ()
    promised: tuple[Owes, ...] = ()
    appointments: tuple[Appointment, ...] = ()

    @property
    def on(self) -> date:
        return self.frame.on


@dataclass(frozen=True, slots=True)
class Week:
    rep: User
    base: str
    days: tuple[Day, ...]

    @property
    def first(self) -> date:
        return self.days[0].on

    @property
    def last(self) -> date:
        return self.days[-1].on


@dataclass(frozen=True, slots=True)
class _Known:
    """What the columns are made of, read at once; by day, or by customer."""

    plans: Mapping[date, Plan]
    stops: Mapping[date, list[Stop]]
    out: Mapping[date, list[LeftOut]]
    appointments: Mapping[date, list[Appointment]]
    due: Mapping[date, list[Owes]]
    promised: Mapping[date, list[Owes]]
    late: list[Owes]  # from before the week, of those who have settlement days
    rules: Mapping[int, list[str]]
    calendar: str
    coming: list[tuple[date, Owes]]  # what falls due in the week, with its day


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def read(*, rep: User, on: date, user: User) -> Week:
    """The week in which the day lies, as this person may see it; a weekend only where something is on it."""
    business = Business.objects.first() or Business()
    monday = monday_of(on)
    wanted = [monday + timedelta(days=number) for number in range(WEEK)]
    working = frames([rep], wanted, rules=policy.in_force(monday), business=business)
    known = _known(rep, user, wanted, business.calendar)
    found = [_day(rep, working[rep.pk, day], known) for day in wanted]
    return Week(rep, business.base_currency, tuple(day for day in found if _is_shown(day)))


def _is_shown(day: Day) -> bool:
    return day.on.weekday() < SATURDAY or not day.frame.off or bool(day.round.stops) or bool(day.appointments)


def _day(rep: User, frame: Frame, known: _Known) -> Day:
    day, plan = frame.on, known.plans.get(frame.on)
    stops = known.stops.get(day, [])
    named = {stop.customer_id for stop in stops}
    out = [row for row in known.out.get(day, []) if row.customer_id not in named]
    planned = {stop.customer_id for stop in stops if stop.state in (Stop.State.PLANNED, Stop.State.DONE)}
    return Day(
        frame=frame,
        round=Round(rep, day, plan, tuple(stops), tuple(out)),
        settling=() if frame.off else tuple(_settling(day, planned, known)),
        due=tuple(_marked(known.due.get(day, ()), planned)),
        promised=tuple(_marked(known.promised.get(day, ()), planned)),
        appointments=tuple(known.appointments.get(day, ())),
    )


def _known(rep: User, user: User, wanted: Sequence[date], calendar: str) -> _Known:
    span = (wanted[0], wanted[-1])
    plans = Plan.objects.visible_to(user).filter(rep=rep, on__range=span)
    stops = Stop.objects.filter(plan__in=plans).select_related("customer", "plan").order_by("plan__on", "position")
    out = LeftOut.objects.filter(plan__in=plans).select_related("customer", "plan").order_by("-worth", "pk")
    customers = _customers(rep, user, wanted[0])
    promises = Promise.objects.filter(
        customer__in=customers, state=Promise.State.OPEN, promised_on__range=span
    ).select_related("customer")
    times = Appointment.objects.filter(customer__in=customers, on__range=span, cancelled_at=None)
    items = DueItem.objects.open().filter(customer__in=customers).order_by()
    settling = Habit.objects.filter(customer__in=customers, kind=Habit.Kind.SETTLEMENT_DAY).order_by("pk")
    coming = _summed(items.filter(due_date__range=span), "due_date")
    return _Known(
        plans={plan.on: plan for plan in plans},
        stops=_by_day((stop.plan.on, stop) for stop in stops),
        out=_by_day((row.plan.on, row) for row in out),
        appointments=_by_day(
            (row.on, row) for row in times.select_related("customer").order_by("on", "starts_at", "pk")
        ),
        due=_by_day(coming),
        promised=_by_day(
            (row.promised_on, _owes(row.customer, row.currency, row.amount))
            for row in promises.order_by("-amount", "pk")
        ),
        late=[
            row for _day, row in _summed(items.filter(due_date__lt=wanted[0], customer__in=settling.values("customer")))
        ],
        rules=_rules(settling),
        calendar=calendar,
        coming=coming,
    )


def _customers(rep: User, user: User, on: date) -> QuerySet[Customer]:
    """Those whom the rep visits, as far as the reader sees them, without those in other hands."""
    gone = Condition.objects.filter(owing.runs(on), kind__in=(*owing.IN_OTHER_HANDS, Condition.Kind.CLOSED))
    seen = Customer.objects.visible_to(rep).exclude(pk__in=gone.values("customer"))
    return seen if user.pk == rep.pk else seen.filter(pk__in=Customer.objects.visible_to(user).values("pk"))


def _summed(items: QuerySet[DueItem], *by: str) -> list[tuple[Any, Owes]]:
    """What is open by customer and currency, the largest first; of each day where `by` names it."""
    found = []
    fields = ("customer", "customer__name", "customer__code", "currency", *by)
    for row in items.values(*fields).annotate(total=MoneySum("open_amount")):
        customer, name, code, currency, *day = (row[one] for one in fields)
        found.append((day[0] if day else None, Owes(customer, name, code, currency, row["total"])))
    return sorted(found, key=lambda pair: (-pair[1].amount, pair[1].name, pair[1].customer))


def _owes(customer: Customer, currency: str, amount: Decimal) -> Owes:
    return Owes(customer.pk, customer.name, customer.code, currency, amount)


def _by_day(rows: Iterable[tuple[date, Any]]) -> dict[date, list[Any]]:
    found: dict[date, list[Any]] = defaultdict(list)
    for day, row in rows:
        found[day].append(row)
    return found


def _rules(settling: QuerySet[Habit]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for customer, rule in settling.values_list("customer", "rule"):
        found[customer].append(rule)
    return found


def _marked(rows: Iterable[Owes], planned: set[int]) -> list[Owes]:
    return [replace(row, is_planned=row.customer in planned) for row in rows]


def _settling(day: date, planned: set[int], known: _Known) -> list[Owes]:
    """Whoever settles on that day with everything that is late or due by then, and is in no stop of it."""
    rules = {
        customer: rule
        for customer, stated in known.rules.items()
        if customer not in planned
        and (rule := next((one for one in stated if permitted.falls_on(one, day, known.calendar)), ""))
    }
    sums: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    named: dict[int, Owes] = {}
    by_then = [row for then, row in known.coming if then <= day]
    for row in (*known.late, *by_then):
        if row.customer in rules:
            sums[row.customer, row.currency] += row.amount
            named[row.customer] = row
    rows = [
        Owes(key, named[key].name, named[key].code, currency, amount, rule=rules[key])
        for (key, currency), amount in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row.amount, row.name, row.customer, row.currency))
