"""Which of some reps may visit a customer on a day, and whose visit another plan has already."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from collections_app.visits.models import Plan, Stop
from collections_app.visits.wanted import Wanted
from customers.models import Customer, Ownership
from staff.models import Absence, User

WEEK = timedelta(days=7)  # nobody is planned twice in it, but for what is owed on a day
Who = dict[int, dict[date, frozenset[int]]]  # by customer and day


def who(on: Sequence[date], reps: Sequence[User], wishes: Wanted, stops: Sequence[Stop]) -> Who:
    """Its owner of that day, his deputy while he is away, the whole team of a pool, or the one for whom somebody has
    pinned it. Nobody on a day on which it was visited. Four statements at any number of days.
    """
    here = {rep.pk for rep in reps}
    found: dict[int, dict[date, frozenset[int]]] = defaultdict(dict)
    visiting = _visiting(on, here)
    owned = Ownership.objects.filter(Q(ends_before=None) | Q(ends_before__gt=on[0]), starts_on__lte=on[-1])
    owned = owned.filter(rep__in={owner for owner, _day in visiting})
    for customer, owner, starts_on, ends_before in owned.values_list("customer", "rep", "starts_on", "ends_before"):
        for day in on:
            if starts_on <= day and (ends_before is None or day < ends_before):
                found[customer][day] = found[customer].get(day, frozenset()) | visiting[owner, day]
    teams: dict[int, set[int]] = defaultdict(set)
    for rep in reps:
        if rep.team_id is not None:
            teams[rep.team_id].add(rep.pk)
    pooled = dict(Customer.objects.filter(pool__in=teams).values_list("pk", "pool"))
    taken = _taken(pooled, on, reps)
    for customer, team in pooled.items():
        found[customer] = {day: frozenset(teams[team]) for day in on if (customer, day) not in taken}
    for (customer, day), rep_key in wishes.reps.items():
        found[customer][day] = frozenset({rep_key} & here)
    for stop in stops:
        if stop.state == Stop.State.DONE and stop.customer_id in found:
            found[stop.customer_id].pop(stop.plan.on, None)
    kept = {key: {day: some for day, some in of_day.items() if some} for key, of_day in found.items()}
    return {key: of_day for key, of_day in kept.items() if of_day}


def _visiting(on: Sequence[date], here: Collection[int]) -> dict[tuple[int, date], frozenset[int]]:
    """By owner and day: he himself, and who of these stands in for him on that very day."""
    found = {(rep, day): frozenset({rep}) for rep in here for day in on}
    away = Absence.objects.filter(deputy__in=here, starts_on__lte=on[-1], ends_before__gt=on[0])
    for rep, deputy, starts_on, ends_before in away.values_list("rep", "deputy", "starts_on", "ends_before"):
        for day in on:
            deputies = {deputy} if starts_on <= day < ends_before else set()
            found[rep, day] = found.get((rep, day), frozenset()) | deputies
    return found


def _taken(pooled: Collection[int], on: Sequence[date], reps: Sequence[User]) -> set[tuple[int, date]]:
    """Pooled customers, and the day, whom somebody else's plan has already."""
    others = Stop.objects.filter(plan__on__in=on, customer__in=pooled).exclude(plan__rep__in=reps)
    others = others.filter(state__in=(Stop.State.PLANNED, Stop.State.DONE))
    return set(others.values_list("customer", "plan__on"))


def planned_elsewhere(
    customers: Collection[int], on: Sequence[date], plans: Collection[Plan], *, today: date, locked: Collection[Stop]
) -> Mapping[tuple[int, date], dict[str, Any]]:
    """By customer and day: on which other day within a week a plan that is not made now visits him, of whatever rep.

    What a day before today has left undone keeps nobody away, and a locked stop stays where it is.
    """
    stay = {(stop.customer_id, stop.plan.on) for stop in locked}
    since = max(min(today, on[0]), on[0] - WEEK + timedelta(days=1))
    others = Stop.objects.filter(customer__in=customers, state=Stop.State.PLANNED, plan__on__gte=since)
    others = others.filter(plan__on__lt=on[-1] + WEEK).exclude(plan__in=plans)
    found: dict[tuple[int, date], dict[str, Any]] = {}
    for customer, other in others.order_by("plan__on", "pk").values_list("customer", "plan__on"):
        for day in on:
            if day != other and abs(day - other) < WEEK and (customer, day) not in stay:
                found.setdefault((customer, day), {"because": "planned on", "on": other.isoformat()})
    return found
