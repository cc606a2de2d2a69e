"""Are stored plans right? Read again from the rows and from what is known of customers and reps, in words what is not.

Nothing here is shared with the planner: rules of days and hours are asked again for each stop.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q

from collections_app.policy import queries as policy
from collections_app.visits import permitted, profiles
from collections_app.visits.frames import Frame, frames, minutes_of
from collections_app.visits.models import Appointment, Plan, Stop, Wish
from collections_app.visits.profiles import Profile
from common.money import ZERO
from customers.models import Customer, Ownership
from staff.models import Absence, Business, User

ROUNDING = 1  # minute: stored times are whole minutes, the solver's are seconds
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
    business = Business.objects.first() or Business()
    reps = list(User.objects.filter(pk__in=[plan.rep_id for plan in plans]))
    working = frames(reps, [on], rules=policy.in_force(on), business=business)
    customers = list(Customer.objects.filter(pk__in=[stop.customer_id for _plan, some in rounds for stop in some]))
    known = profiles.profiles(on=on, customers=customers)
    named = set(Appointment.objects.filter(on=on, cancelled_at=None).values_list("customer", flat=True))
    skipped = set(Wish.objects.filter(on=on, kind=Wish.Kind.SKIP).values_list("customer", flat=True))
    may = _may_visit(on, reps, customers)
    for plan, stops in rounds:
        frame = working[plan.rep_id, on]
        for before, stop in zip([None, *stops], stops, strict=False):
            where = f"{plan.rep.username} {on.isoformat()} stop {stop.position}, {stop.customer.code}"
            wrong = [
                *_in_time(stop, before, frame),
                *_permitted(stop, on, known[stop.customer_id], business.calendar, has_hour=stop.customer_id in named),
                *_sums(stop),
            ]
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


def _permitted(stop: Stop, on: date, known: Profile, calendar: str, *, has_hour: bool) -> Iterator[str]:
    if stop.state == Stop.State.DONE or stop.start_at is None or stop.leave_at is None:
        return
    chosen = stop.card.get("commitment") in ("promise", "appointment")
    said = permitted.on_day(on, known.stated, country=calendar, is_commitment=chosen)
    if said.closed:
        yield f"is not visited on this day ({said.closed})"
    start, leave = minutes_of(stop.start_at), minutes_of(stop.leave_at)
    spans = said.windows
    if spans and not has_hour and not any(one.opens <= start and leave <= one.closes for one in spans):
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
