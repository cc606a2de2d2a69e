"""The legs of a search over some visits and shifts, and how each of them looks."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from pyvrp.stop import MaxIterations

from collections_app.visits.solver.combine import Pool
from collections_app.visits.solver.model import MAX_PRIZE, Model
from collections_app.visits.solver.options import Choices
from collections_app.visits.solver.search import Settings, Until, leg
from collections_app.visits.solver.tour import Tour

if TYPE_CHECKING:
    from collections_app.visits.solver.solve import Effort

COLD = Settings(neighbours=50)
SEEDED = Settings(neighbours=15)
LATER = (Settings(neighbours=25), Settings(neighbours=50), Settings(neighbours=15))


def search(
    choices: Choices,
    visits: Sequence[int],
    shifts: Sequence[int],
    best: list[Tour],
    effort: "Effort",
    until: Callable[[], Until] | None,
) -> list[Tour]:
    """The best tours of these shifts, from the best ones known on; never worse than those."""
    model = Model(choices, visits, shifts)
    if model.is_empty:
        return best
    known, pool = sum(tour.points for tour in best), Pool(model)
    iterations = effort.iterations * len(shifts) // effort.legs
    for at, settings in enumerate(_settings(effort.legs)):
        data = model.data(rate(choices, visits, shifts), waiting_counts=settings.waiting_counts)
        _found, met = leg(
            data,
            model.solution(data, best) if at else None,
            seed=effort.seed + at,
            until=until() if until else MaxIterations(iterations),
            settings=settings,
        )
        for solution in met:
            pool.add(model.rides(solution))
        better = pool.best(known)
        if better is not None:
            best = model.tours(better)
            known = sum(tour.points for tour in best)
    without = {tour.shift for tour in best}
    return [*best, *(Tour(choices, shift) for shift in shifts if shift not in without)]


def _settings(legs: int) -> Iterator[Settings]:
    for at in range(legs):
        yield (COLD, SEEDED)[at] if at < 2 else LATER[(at - 2) % len(LATER)]


def rate(choices: Choices, visits: Sequence[int], shifts: Sequence[int]) -> Fraction:
    """The points of a second in the search: what it truly costs, or more.

    Where travel costs next to nothing the search would not see which of two rounds leaves room for one more: a
    working day of it then costs `GUIDE` ordinary visits. And no prize may be larger than the search can bear.
    """
    brings = [max(option.points for option in choices.of_visit[visit]) for visit in visits if choices.of_visit[visit]]
    plain = [points - choices.bonus * choices.visits[visit].is_commitment for points, visit in zip(brings, visits)]
    day = max((choices.clocks[shift].ends - choices.clocks[shift].starts for shift in shifts), default=0)
    guide = GUIDE * sum(plain) / max(len(plain), 1) / max(day, 1)
    return max(Fraction(choices.per_second), guide, Fraction(max(brings, default=0), MAX_PRIZE), Fraction(1, 1000))


GUIDE = Fraction(1, 2)
