"""Are stored plans right? Read again from the rows and from what is known of customers and reps, in words what is not.

Nothing here is shared with the planner: rules of days and hours are asked again for each stop.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from collections_app.cases.models import Promise
from collections_app.policy import queries as policy
from collections_app.policy.thresholds import Planning
from collections_app.visits import permitted, profiles
from collections_app.visits.conduct import may_contact
from collections_app.visits.contacts import begun
from collections_app.visits.frames import Frame, frames, minutes_of
from collections_app.visits.models import Announced, Appointment, Plan, Stop, Wish
from collections_app.visits.profiles import Profile
from common.money import ZERO
from customers.models import Customer, Ownership
from staff.models import Absence, Business, User

ROUNDING = 1  # minute: stored times are whole minutes, the solver's are seconds
EARLY_OR_LATE = 15  # minutes around an hour that was said on the telephone
MOVED = timedelta(days=31)  # a promise so long ago may have waited for the first day that is permitted
SETTLED = (Stop.State.CANCELLED, Stop.State.SKIPPED)


def violations(plans: Collection[Plan]) -> list[str]:
    """Of these plans, each with the rep and day where it is; empty where everything holds."""
    stops = list(
        Stop.objects.filter(plan__in=plans)
        .exclude(state__in=SETTLED)
        .select_related("plan__rep", "customer")
        .order_by("plan__on", "plan__rep", "position")
    )
    by_plan: dict[int, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_plan[stop.plan_id].append(stop)
    found = list(_twice(stops))
    for on in sorted({plan.on for plan in plans}):
        of_day = [plan for plan in plans if plan.on == on]
        found += _of_day(on, of_day, [(plan, by_plan[plan.pk]) for plan in of_day])
    return found


def _of_day(on: date, plans: Sequence[Plan], rounds: Sequence[tuple[Plan, list[Stop]]]) -> Iterator[str]:
    business, rules = Business.objects.first() or Business(), policy.in_force(on)
    reps = list(User.objects.filter(pk__in=[plan.rep_id for plan in plans]))
    working = frames(reps, [on], rules=rules, business=business)
    customers = list(Customer.objects.filter(pk__in=[stop.customer_id for _plan, some in rounds for stop in some]))
    known = profiles.profiles(on=on, customers=customers)
    keys = [row.pk for row in customers]
    asked = _asked_for(on, keys)
    contacts = begun(on=on, customers=keys)
    skipped = set(Wish.objects.filter(on=on, kind=Wish.Kind.SKIP).values_list("customer", flat=True))
    may = _may_visit(on, reps, customers)
    for plan, stops in rounds:
        frame = working[plan.rep_id, on]
        for before, stop in zip([None, *stops], stops, strict=False):
            where = f"{plan.rep.username} {on.isoformat()} stop {stop.position}, {stop.customer.code}"
            wrong = [
                *_in_time(stop, before, frame),
                *_in_business_hours(stop, rules.planning),
                *_permitted(stop, on, known[stop.customer_id], business.calendar, asked),
                *_sums(stop),
            ]
            if stop.state == Stop.State.PLANNED and stop.customer_id not in asked.customers:
                number = contacts.get(stop.customer_id, 0)
                unwelcome = may_contact(number, on, calendar=business.calendar, rules=rules.conduct)
                wrong += [f"is not approached by us then ({unwelcome})"] if unwelcome else []
            if plan.rep_id not in may[stop.customer_id]:
                wrong.append("is not visited by this rep")
            if stop.customer_id in skipped and stop.state == Stop.State.PLANNED:
                wrong.append("was not to be visited")
            yield from (f"{where}: {one}" for one in wrong)


def _twice(stops: Sequence[Stop]) -> Iterator[str]:
    seen: dict[tuple[int, date], Stop] = {}
    for stop in stops:
        first = seen.setdefault((stop.customer_id, stop.plan.on), stop)
        if first is not stop:
            yield f"{stop.customer.code} {stop.plan.on.isoformat()}: planned for {first.plan.rep} and {stop.plan.rep}"


def _in_time(stop: Stop, before: Stop | None, frame: Frame) -> Iterator[str]:
    if stop.state == Stop.State.DONE or stop.arrive_at is None or stop.start_at is None or stop.leave_at is None:
        return
    arrive, start, leave = map(minutes_of, (stop.arrive_at, stop.start_at, stop.leave_at))
    if frame.off:
        yield f"nobody works then ({frame.off})"
    if not arrive <= start <= leave:
        yield "the visit starts before the rep is there"
    if start < frame.starts_at or leave > frame.ends_at:
        yield "is outside of the working time"
    if any(start < lunch.closes and leave > lunch.opens for lunch in frame.lunches):
        yield "is planned into the lunch"
    if (
        before is not None
        and before.leave_at is not None
        and minutes_of(before.leave_at) + stop.travel_minutes > arrive + 1
    ):
        yield "cannot be reached so early"


def _in_business_hours(stop: Stop, rules: Planning) -> Iterator[str]:
    if stop.state == Stop.State.DONE or stop.start_at is None or stop.leave_at is None:
        return
    if minutes_of(stop.start_at) < rules.starts_at or minutes_of(stop.leave_at) > rules.ends_at:
        yield "is outside of business hours"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who wants us on a day: the minutes in which the visit has to begin where an hour was named, and who promised."""

    begins: Mapping[int, tuple[int, int]]
    promised: frozenset[int]
    confirmed: frozenset[int]

    @property
    def customers(self) -> frozenset[int]:
        return self.promised | self.confirmed | frozenset(self.begins)


def _asked_for(on: date, customers: Collection[int]) -> _Asked:
    """An appointment goes before an hour that was said on the telephone. A promise may have moved here from a day on
    which nobody was to come.
    """
    begins: dict[int, tuple[int, int]] = {}
    calls = Announced.objects.filter(on=on, customer__in=customers)
    agreed = calls.filter(state__in=(Announced.State.CONFIRMED, Announced.State.DIFFERS))
    for customer, said_at in agreed.values_list("customer", "said_at"):
        if said_at is not None:
            begins[customer] = (minutes_of(said_at) - EARLY_OR_LATE, minutes_of(said_at) + EARLY_OR_LATE)
    made = Appointment.objects.filter(on=on, cancelled_at=None, customer__in=customers)
    for customer, starts_at, ends_at in made.values_list("customer", "starts_at", "ends_at"):
        begins[customer] = (minutes_of(starts_at), minutes_of(ends_at))
    promises = Promise.objects.filter(customer__in=customers, promised_on__lte=on, promised_on__gt=on - MOVED)
    promises = promises.filter(state=Promise.State.OPEN)
    confirmed = calls.filter(state=Announced.State.CONFIRMED)
    return _Asked(
        begins,
        frozenset(promises.values_list("customer", flat=True)),
        frozenset(confirmed.values_list("customer", flat=True)),
    )


def _permitted(stop: Stop, on: date, known: Profile, calendar: str, asked: _Asked) -> Iterator[str]:
    if stop.state == Stop.State.DONE or stop.start_at is None or stop.leave_at is None:
        return
    key, begins = stop.customer_id, asked.begins.get(stop.customer_id)
    said = permitted.on_day(
        on, known.stated, country=calendar, is_commitment=key in asked.promised or begins is not None
    )
    if said.closed and not (said.by_hours and begins):
        yield f"is not visited on this day ({said.closed})"
    start, leave = minutes_of(stop.start_at), minutes_of(stop.leave_at)
    if begins is not None:
        if not stop.is_locked and not begins[0] <= start <= begins[1]:
            yield "is not visited at the hour that was agreed"
    elif said.windows and not any(one.opens <= start and leave <= one.closes for one in said.windows):
        yield "is outside of the customer's hours"


def _sums(stop: Stop) -> Iterator[str]:
    if sum((Decimal(term["amount"]) for term in stop.terms), ZERO) != stop.worth:
        yield "its terms do not add up to its worth"


def _may_visit(on: date, reps: Sequence[User], customers: Sequence[Customer]) -> dict[int, set[int]]:
    """By customer: its owner of the day and his deputy, the team of a pool, or who was named for the day."""
    found: dict[int, set[int]] = defaultdict(set)
    keys = [row.pk for row in customers]
    deputies: dict[int, set[int]] = defaultdict(set)
    for rep, deputy in Absence.objects.on(on).exclude(deputy=None).values_list("rep", "deputy"):
        deputies[rep].add(deputy)
    for customer, owner in Ownership.objects.on(on).filter(customer__in=keys).values_list("customer", "rep"):
        found[customer] |= {owner} | deputies[owner]
    for row in customers:
        if row.pool_id is not None:
            found[row.pk] |= {rep.pk for rep in reps if rep.team_id == row.pool_id}
    named = Wish.objects.filter(Q(rep__isnull=False), customer__in=keys, on=on, kind=Wish.Kind.PIN)
    for customer, rep in named.values_list("customer", "rep"):
        found[customer] = {rep}
    return found
