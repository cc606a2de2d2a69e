"""Why somebody is in no round of a plan, and what it would cost to put him in.

The figures of `why` come from the plan as it is: the best place for the customer, with as many stops taken out beside
it as it needs. `forced` plans anew with the customer as a commitment, which takes as long as the plan did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from collections_app.visits.solver.exchange import Exchange, best_for
from collections_app.visits.solver.options import Choices, Option, choices
from collections_app.visits.solver.problem import Plan, Problem, Round, Visit
from collections_app.visits.solver.solve import Effort, solve
from collections_app.visits.solver.tour import Tour, tour_of
from common import money
from common.money import ZERO

USUAL = Effort()


class Because(StrEnum):
    NOBODY_WORKS = "nobody works"  # no shift on which the customer may be visited
    WINDOW_CLOSED = "window closed"  # no window inside a shift, or none that can be reached in time
    TOO_FAR = "too far"  # the way costs more than the visit is worth
    SHIFT_FULL = "shift full"  # others bring more for the same time
    COMMITMENTS_COLLIDE = "commitments collide"  # a commitment that only other commitments could make room for


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`loss` is what the plan would lose with this visit in it, in the base currency (None: it cannot be made);
    `seconds` the way it would add, `instead_of` whose visits it would take."""

    key: int
    worth: Decimal
    because: Because
    is_commitment: bool
    loss: Decimal | None = None
    seconds: int = 0
    instead_of: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Forced:
    """The plan with the customer in it, and what it loses; no plan where he cannot be visited at all."""

    loss: Decimal | None
    plan: Plan | None


def why(problem: Problem, plan: Plan) -> tuple[LeftOut, ...]:
    """A reason for everybody in no round, in the order of `plan.left_out`."""
    ready = choices(problem)
    found = {tour.shift: tour for tour in (_tour(ready, one) for one in plan.rounds)}
    by_key = {visit.key: at for at, visit in enumerate(ready.visits)}
    return tuple(_why(ready, found, by_key[key]) for key in plan.left_out)


def forced(problem: Problem, plan: Plan, key: int, *, effort: Effort = USUAL) -> Forced:
    """What it costs to visit this customer: the plan is made anew with the visit as a commitment."""
    must = replace(problem.visit_of[key], is_commitment=True)
    others = tuple(visit for visit in problem.visits if visit.key != key)
    before = {one.shift: [stop.key for stop in one.stops] for one in plan.rounds}
    made = solve(replace(problem, visits=(*others, must)), effort=effort, before=before)
    if key not in made.visited:
        return Forced(None, None)
    return Forced(max(plan.value - made.value, ZERO), made)


def _tour(ready: Choices, one: Round) -> Tour:
    """The round as it was planned."""
    shift = next(at for at, shift in enumerate(ready.shifts) if shift.key == one.shift)
    at_key = {visit.key: at for at, visit in enumerate(ready.visits)}
    options = []
    for stop in one.stops:
        of_visit = ready.of_visit[at_key[stop.key]]
        options.append(
            next(
                option
                for option in of_visit
                if option.shift == shift
                and option.opens <= stop.start - option.pause <= option.latest
                and option.worth == stop.worth
            )
        )
    tour = tour_of(ready, shift, options)
    if tour is None:
        raise ValueError(f"shift {one.shift} is not a round of this problem")
    return tour


def _why(ready: Choices, found: Mapping[int, Tour], at: int) -> LeftOut:
    visit, options = ready.visits[at], ready.of_visit[at]
    plain = LeftOut(visit.key, visit.worth, Because.WINDOW_CLOSED, visit.is_commitment)
    works = [shift for shift in ready.shifts if visit.shifts is None or shift.key in visit.shifts]
    if not any(shift.starts < shift.ends for shift in works):
        return replace(plain, because=Because.NOBODY_WORKS)
    if visit.windows and visit.worth <= ZERO and not visit.is_commitment:
        return replace(plain, because=Because.TOO_FAR)
    best = best_for(found, options)
    if best is None:
        full = any(ready.shifts[option.shift].max_visits == 0 for option in options)
        return replace(plain, because=Because.SHIFT_FULL if full else Because.WINDOW_CLOSED)
    gone = found[best.option.shift].options[best.first : best.after]
    return replace(
        plain,
        because=_because(ready, visit, best, gone),
        loss=max(_loss(ready, best, gone, found[best.option.shift]), ZERO),
        seconds=best.detour,
        instead_of=tuple(ready.visits[option.visit].key for option in gone),
    )


def _because(ready: Choices, visit: Visit, best: Exchange, gone: Sequence[Option]) -> Because:
    if visit.is_commitment and any(ready.visits[option.visit].is_commitment for option in gone):
        return Because.COMMITMENTS_COLLIDE
    pays = best.option.points > best.detour * ready.per_second
    return Because.SHIFT_FULL if gone and pays else Because.TOO_FAR


def _loss(ready: Choices, best: Exchange, gone: Sequence[Option], tour: Tour) -> Decimal:
    made = tour_of(ready, tour.shift, [*tour.options[: best.first], best.option, *tour.options[best.after :]])
    travel = made.travel if made is not None else tour.travel
    lost = sum((option.worth for option in gone), ZERO) - best.option.worth
    return money.stored(lost + ready.problem.cost_per_minute * (travel - tour.travel) / 60)
