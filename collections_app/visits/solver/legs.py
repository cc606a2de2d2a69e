"""The legs of a search over some visits and shifts, and how each of them looks."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from pyvrp.stop import MaxIterations, StoppingCriterion

from collections_app.visits.solver import sweep
from collections_app.visits.solver.combine import Pool
from collections_app.visits.solver.exchange import tidied
from collections_app.visits.solver.model import MAX_PRIZE, Model, Ride
from collections_app.visits.solver.options import Choices
from collections_app.visits.solver.search import Settings, leg
from collections_app.visits.solver.sweep import Sweep
from collections_app.visits.solver.tour import Tour

if TYPE_CHECKING:
    from collections_app.visits.solver.solve import Effort

SWEEPS = (
    sweep.Settings(spread=0.1, near=40),
    sweep.Settings(spread=0.3, near=30),
    sweep.Settings(spread=0.2, near=60),
    sweep.Settings(spread=0.1, near=30),
    sweep.Settings(spread=0.3, near=40),
)
SEARCHES = (
    Settings(neighbours=25, waiting_counts=True),
    Settings(neighbours=50),
    Settings(neighbours=15, waiting_counts=True),
    Settings(neighbours=25),
    Settings(neighbours=50, waiting_counts=True),
    Settings(neighbours=15),
)
GUIDE = Fraction(1, 2)  # ordinary visits that a working day of travel costs at least, in the search
PASS = 50  # iterations of the engine that take as long as one shift built anew


def search(
    choices: Choices,
    visits: Sequence[int],
    shifts: Sequence[int],
    best: list[Tour],
    effort: "Effort",
    until: Callable[[], StoppingCriterion] | None,
) -> list[Tour]:
    """The best tours of these shifts, from the best ones known on; never worse than those."""
    model = Model(choices, visits, shifts)
    if model.is_empty:
        return best
    pool, cost = Pool(model), rate(choices, visits, shifts)
    iterations = effort.iterations * len(shifts) // effort.legs
    for at in range(effort.legs):
        turn, is_search = divmod(at, 2)
        rides = model.as_rides(best)
        pool.add(rides)
        seed = effort.seed + at
        if is_search:
            stop = until() if until else MaxIterations(iterations)
            pool.add(_searched(model, rides, cost, seed, stop, SEARCHES[turn % len(SEARCHES)]))
        else:
            stop = until() if until else MaxIterations(passes(iterations, len(shifts)))
            settings = SWEEPS[turn % len(SWEEPS)]
            pool.add(Sweep(model, settings.near).run(rides, seed=seed, until=stop, spread=settings.spread))
        better = pool.best(sum(tour.points for tour in best))
        if better is not None:
            without = [Tour(choices, shift) for shift in shifts if shift not in model.used]
            best = tidied(choices, [*model.tours(better), *without], visits)
    return best


def passes(iterations: int, shifts: int) -> int:
    """How many passes of a sweep take as long as so many iterations; a pass builds half of the shifts anew, or one."""
    return max(1, 2 * iterations // (PASS * (shifts + 1)))


def _searched(
    model: Model, rides: list[Ride], cost: Fraction, seed: int, until: StoppingCriterion, settings: Settings
) -> list[Ride]:
    data = model.data(cost, waiting_counts=settings.waiting_counts)
    start = model.solution(data, rides) if rides else None
    met = leg(data, start, seed=seed, until=until, settings=settings)
    return [ride for solution in met for ride in model.rides(solution)]


def rate(choices: Choices, visits: Sequence[int], shifts: Sequence[int]) -> Fraction:
    """The points of a second in the search: what it truly costs, or more.

    Where travel costs next to nothing the search would not see which of two rounds leaves room for one more: a
    working day of it then costs `GUIDE` ordinary visits. And no prize may be larger than the search can bear.
    """
    brings = [max(option.points for option in choices.of_visit[visit]) for visit in visits if choices.of_visit[visit]]
    bonuses = (choices.bonus * choices.visits[visit].is_commitment for visit in visits)
    plain = [points - bonus for points, bonus in zip(brings, bonuses, strict=False)]
    day = max((choices.clocks[shift].ends - choices.clocks[shift].starts for shift in shifts), default=0)
    guide = GUIDE * sum(plain) / max(len(plain), 1) / max(day, 1)
    return max(Fraction(choices.per_second), guide, Fraction(max(brings, default=0), MAX_PRIZE), Fraction(1, 1000))
