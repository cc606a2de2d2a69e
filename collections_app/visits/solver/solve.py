"""A problem in, the best plan found out: never worse than the lists people would make, and checked before it leaves.

The search goes in legs, each from the best plan so far: in turn a sweep, which builds whole rounds along the day and
needs no plan to start from, and a search, which changes a plan here and there. After each leg the best plan is put
together from all rides met so far. On a small number of iterations this finds far more than one long search.

The same problem with the same effort gives the same plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collections_app.visits.solver import checker, exchange, naive, parts
from collections_app.visits.solver.options import Choices, choices
from collections_app.visits.solver.parts import Part
from collections_app.visits.solver.problem import Plan, Problem, ShiftKey, plan_of
from collections_app.visits.solver.tour import Tour

if TYPE_CHECKING:
    from pyvrp.stop import StoppingCriterion


class Impossible(Exception):
    """A plan that cannot be driven: a defect of the planner, never of what it was given."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search. `iterations` are those of each shift, over all legs; none means the lists alone.

    `kept` is how many customers for each shift the search looks at (None: all).
    """

    iterations: int = 2_000
    legs: int = 4
    kept: int | None = 60
    seed: int = 0


THOROUGH = Effort(iterations=20_000, legs=12, kept=None)  # for seconds, not parts of one


def solve(
    problem: Problem,
    *,
    effort: Effort = Effort(),
    before: Mapping[ShiftKey, Sequence[int]] | None = None,
    until: Callable[[], "StoppingCriterion"] | None = None,
) -> Plan:
    """The plan of all shifts.

    `before` is an earlier plan, by shift the customers in order: the new plan is no worse than what still holds of it.
    `until` says when a leg ends, instead of a number of iterations: for whoever measures time.
    """
    ready = choices(problem)
    lists = _lists(ready, before or {})
    found = []
    for part in parts.parts(ready):
        known = [[made[shift] for shift in part.shifts] for made in lists]
        best = exchange.tidied(ready, _best(known))
        found += exchange.tidied(ready, _searched(ready, part, best, effort, until))
    plan = plan_of(problem, [tour.as_round() for tour in found])
    if wrong := checker.violations(problem, plan):
        raise Impossible("; ".join(wrong))
    return plan


def _lists(ready: Choices, before: Mapping[ShiftKey, Sequence[int]]) -> list[list[Tour]]:
    """What people would do, and what still holds of the earlier plan."""
    amounts, worths = naive.by_amount(ready), naive.by_worth(ready)
    return [
        naive.again(ready, before),
        naive.walk(ready, amounts),
        naive.insert(ready, amounts),
        naive.insert(ready, worths),
        naive.fill(ready),
        naive.fill(ready, rank=naive.squared),
    ]


def _searched(
    ready: Choices, part: Part, best: list[Tour], effort: Effort, until: Callable[[], "StoppingCriterion"] | None
) -> list[Tour]:
    if not part.visits or (not effort.iterations and until is None):
        return best
    from collections_app.visits.solver import legs  # the engine is heavy, and needed only where there is a choice

    found = []
    for piece in parts.bearable(ready, part, best):
        visits = parts.promising(ready, piece, effort.kept)
        known = [tour for tour in best if tour.shift in piece.shifts]
        found += legs.search(ready, visits, piece.shifts, known, effort, until)
    return _best([found, best])


def _best(candidates: Sequence[list[Tour]]) -> list[Tour]:
    return max(candidates, key=lambda some: sum(tour.points for tour in some))
