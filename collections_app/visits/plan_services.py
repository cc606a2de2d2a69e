"""Making plans: read what is to be asked for, let the solver order it, check what it says, store it.

What is read may be outdated when it is stored: the customers are locked then, and their stops made to ask for what is
left. So no lock is held while the solver thinks.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max

from audit import services as audit
from audit.services import Actor
from collections_app.visits import planning, rounds, settled
from collections_app.visits.frames import time_at
from collections_app.visits.models import LeftOut, Plan, Stop
from collections_app.visits.planning import RoundInput
from collections_app.visits.rounds import DayPlan
from collections_app.visits.solver.solve import Effort
from collections_app.visits.worth import less_travel
from common import clock
from common.money import ZERO
from customers import services as customers
from customers.models import Customer
from staff.models import User

USUAL = Effort()
_PLANNED = [field.name for field in Stop._meta.concrete_fields if field.name not in {"id", "plan", "customer"}]


def plan_day(*, on: date, rep: User, by: Actor, not_before: time | None = None) -> Plan:
    """A rep's stops of a day, in order. The same input leaves the plan as it is; stops that are done stay.

    Times are local, worth is in the base currency. Run again with other facts it replaces what is still planned;
    `not_before` is the local time before which he cannot set out any more.
    """
    [plan] = plan_round(on=[on], reps=[rep], by=by, not_before=not_before)
    return plan


def plan_round(
    *,
    on: Sequence[date],
    reps: Sequence[User],
    by: Actor,
    not_before: time | None = None,
    effort: Effort = USUAL,
) -> list[Plan]:
    """The plans of these reps for these days, made as one: who is pooled is visited by whoever is nearest, and nobody
    twice. Idempotent by the hash of its input.
    """
    plans = list(Plan.objects.filter(rep__in=reps, on__in=on).order_by("on", "rep"))
    found = planning.read(on=on, reps=reps, plans=plans, not_before=not_before)
    digest = found.digest(effort)
    if len(plans) == len(reps) * len(on) and all(plan.input_hash == digest for plan in plans):
        return plans
    solved = rounds.solve(found, effort=effort, now=clock.now())
    return [_store(found, day, digest, by, effort) for day in solved]


@transaction.atomic
def _store(found: RoundInput, day: DayPlan, digest: str, by: Actor, effort: Effort) -> Plan:
    rep, on = day.frame.rep, day.frame.on
    old = Stop.objects.filter(plan__rep=rep, plan__on=on).values_list("customer", flat=True)
    customers.lock({*old, *(visit.prepared.customer for visit in day.visits)})
    plan = Plan.objects.select_for_update().filter(rep=rep, on=on).first() or Plan(rep_id=rep, on=on)
    stops = [_stop(visit, place, found) for place, visit in enumerate(day.visits, start=1)]
    was_approved = plan.state == Plan.State.APPROVED
    plan.input_hash, plan.made_at, plan.seed, plan.iterations = digest, clock.now(), effort.seed, effort.iterations
    plan.value = sum((stop.worth for stop in stops), ZERO)
    plan.frame = day.as_stored
    plan.state, plan.approved_by, plan.approved_at = Plan.State.PROPOSED, "", None
    plan.save()
    _replace(plan, stops, day.left_out)
    settled.cancel_settled(customers=[stop.customer_id for stop in stops], on=on)
    audit.record(
        verb="visits.planned",
        subject=plan,
        by=by,
        after={"rep": rep, "on": on, "stops": len(stops), "was_approved": was_approved},
    )
    return plan


def _stop(visit: rounds.Planned, place: int, found: RoundInput) -> Stop:
    row = visit.prepared
    worth = less_travel(
        row.worth,
        minutes=visit.travel_minutes,
        cost_per_minute=Decimal(found.rules.planning.cost_per_minute),
        currency=found.base,
    )
    return Stop(
        customer_id=row.customer,
        position=place,
        arrive_at=time_at(visit.arrive),
        start_at=time_at(visit.start),
        leave_at=time_at(visit.leave),
        opens_at=time_at(visit.window[0]) if visit.window else None,
        closes_at=time_at(visit.window[1]) if visit.window else None,
        travel_minutes=visit.travel_minutes,
        kilometres=Decimal(visit.metres) / 1000,
        currency=row.currency,
        ask_amount=row.sums.ask_amount,
        late_amount=row.sums.late_amount,
        total_amount=row.sums.total_amount,
        standing=row.sums.standing,
        worth=worth.amount,
        terms=[{"term": term.name, "amount": str(term.amount)} for term in worth.terms],
        reasons=list(row.reasons),
        card=row.card,
        is_commitment=row.is_commitment,
        is_locked=visit.is_locked,
        state=Stop.State.PLANNED,
    )


def _replace(plan: Plan, stops: Sequence[Stop], left_out: Sequence[rounds.Out]) -> None:
    """Planned stops make room; done, skipped and cancelled ones stay, unless their customer is planned anew.

    Whoever stays keeps the row of the stop: a rep may have it open, with a form half filled in.
    """
    anew = [stop.customer_id for stop in stops]
    may_change = plan.stops.filter(outcomes=None).exclude(state=Stop.State.DONE)
    may_change.filter(state=Stop.State.PLANNED).exclude(customer__in=anew).delete()
    known = dict(may_change.filter(customer__in=anew).values_list("customer", "pk"))
    after = plan.stops.exclude(pk__in=known.values()).aggregate(last=Max("position"))["last"] or 0
    for stop in stops:
        stop.pk, stop.plan, stop.position = known.get(stop.customer_id), plan, after + stop.position
    _step_aside(plan, known.values(), beyond=after + len(stops))
    Stop.objects.bulk_update([stop for stop in stops if stop.pk], _PLANNED, batch_size=200)
    Stop.objects.bulk_create([stop for stop in stops if not stop.pk], batch_size=500)
    plan.left_out.all().delete()
    LeftOut.objects.bulk_create(
        [
            LeftOut(
                plan=plan,
                customer_id=row.prepared.customer,
                worth=row.prepared.worth.amount,
                reason=row.reason,
                phone=row.prepared.phone,
            )
            for row in left_out
        ],
        batch_size=500,
    )


def _step_aside(plan: Plan, stops: Iterable[int], *, beyond: int) -> None:
    """Behind every old and new position: a place is taken once, also while the rows change one after the other."""
    last = plan.stops.aggregate(last=Max("position"))["last"] or 0
    Stop.objects.filter(pk__in=list(stops)).update(position=F("position") + max(last, beyond))


def grouped(reps: Iterable[User]) -> list[list[User]]:
    """Who of these is planned together: the reps of a team that visits some customers in common, else each alone."""
    pooled = set(Customer.objects.filter(pool__isnull=False).values_list("pool", flat=True).distinct())
    found: dict[tuple[int, int], list[User]] = defaultdict(list)
    for rep in reps:
        found[(0, rep.team_id) if rep.team_id in pooled else (1, rep.pk)].append(rep)
    return sorted(found.values(), key=lambda some: some[0].pk)
