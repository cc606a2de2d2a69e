"""One leg of the search: PyVRP's iterated local search, with settings for visits that may be left out."""

from dataclasses import dataclass
from statistics import median

from pyvrp import (
    CostEvaluator,
    IteratedLocalSearch,
    IteratedLocalSearchParams,
    PenaltyManager,
    PenaltyParams,
    ProblemData,
    RandomNumberGenerator,
    Solution,
)
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)
from pyvrp.stop import StoppingCriterion

from collections_app.visits.solver.model import MAX_PENALTY

EVERY = 20  # iterations: so often the present solution is remembered


@dataclass(frozen=True, slots=True)
class Settings:
    """How a leg searches. What differs from the engine's own settings was measured: docs/decisions/016.

    `waiting_counts`: seconds of the whole round cost, not those of travel alone.
    """

    neighbours: int = 50
    perturbations: int = 25
    waiting_counts: bool = False
    history: int = 50
    restart: int = 20_000


class _Seen(IteratedLocalSearchCallbacks):
    """Possible solutions met on the way."""

    def __init__(self) -> None:
        self.count = 0
        self.solutions: list[Solution] = []

    def on_iteration(
        self, current: Solution, candidate: Solution, best: Solution, cost_evaluator: CostEvaluator
    ) -> None:
        self.count += 1
        if self.count % EVERY == 0 and current.is_feasible():
            self.solutions.append(current)

    def on_best(self, best: Solution) -> None:
        self.solutions.append(best)


def leg(
    data: ProblemData, start: Solution | None, *, seed: int, until: StoppingCriterion, settings: Settings
) -> list[Solution]:
    """Possible solutions that were met from `start` on (None: from a random one), the best one last."""
    dice = RandomNumberGenerator(seed=seed)
    near = compute_neighbours(data, NeighbourhoodParams(num_neighbours=settings.neighbours))
    search = LocalSearch(data, dice, near, PerturbationManager(PerturbationParams(1, settings.perturbations)))
    for operator in OPERATORS:
        if operator.supports(data):
            search.add_operator(operator(data))
    first = _first_penalty(data)
    penalties = PenaltyManager(
        ([first] * data.num_load_dimensions, first, first), PenaltyParams(max_penalty=MAX_PENALTY)
    )
    if start is None:
        start = search(Solution.make_random(data, dice), penalties.max_cost_evaluator(), exhaustive=True)
    seen = _Seen()
    algorithm = IteratedLocalSearch(
        data,
        penalties,
        search,
        start,
        IteratedLocalSearchParams(
            num_iters_no_improvement=settings.restart, history_length=settings.history, callbacks=seen
        ),
    )
    best = algorithm.run(until, collect_stats=False).best
    return [*seen.solutions, best]


def _first_penalty(data: ProblemData) -> float:
    """A thousandth of a working day too late outweighs an ordinary visit: nearly always possible, seldom stuck."""
    day = max(kind.tw_late - kind.tw_early for kind in data.vehicle_types())
    return max(1.0, 1000 * median(client.prize for client in data.clients()) / max(day, 1))
