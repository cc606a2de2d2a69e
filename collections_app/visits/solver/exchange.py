"""Somebody in no tour for some stops in a row that are: what that gains, and plans in which no such gain is left.

Seen from one tour: whoever comes in stands between the stops before and after those that go, so the starts the tour
knows already say whether that is possible.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from collections_app.visits.solver import naive
from collections_app.visits.solver.options import Choices, Option
from collections_app.visits.solver.tour import Tour, tour_of


@dataclass(frozen=True, slots=True)
class Exchange:
    """`option` for the stops from `first` until before `after` (none where they are the same).

    `gain` is in points, `detour` the seconds that `option` adds to the tour without those stops.
    """

    option: Option
    first: int
    after: int
    gain: int
    detour: int


def exchanges(tour: Tour, option: Option) -> Iterator[Exchange]:
    """All that are possible; each for the fewest stops in a row from its first on and for every longer row."""
    choices, options = tour.choices, tour.options
    ways, clock, count = choices.seconds, choices.clocks[tour.shift], len(options)
    most = choices.shifts[tour.shift].max_visits
    for first in range(count + 1):
        here = options[first - 1].place if first else tour.start
        free = tour.earliest[first - 1] + options[first - 1].seconds if first else clock.starts
        there = ways[here][option.place]
        starts = max(free + there, option.opens)
        if starts > option.latest:
            break
        lost, road = 0, 0
        for after in range(first, count + 1):
            if after > first:
                lost += options[after - 1].points
                road += ways[options[after - 2].place if after - 1 > first else here][options[after - 1].place]
            place, latest = (options[after].place, tour.latest[after]) if after < count else (tour.end, clock.ends)
            if most is not None and count - (after - first) >= most:
                continue
            onward = ways[option.place][place]
            if starts + option.seconds + onward > latest:
                continue
            last = options[after - 1].place if after > first else here
            before = road + ways[last][place] if count else 0
            remains = 0 if after - first == count else ways[here][place]
            gain = option.points - lost - (there + onward - before) * choices.per_second
            yield Exchange(option, first, after, gain, there + onward - remains)


def best_for(tours: Mapping[int, Tour], options: Sequence[Option]) -> Exchange | None:
    """The exchange that gains most, and of those the one for the fewest stops; `tours` by shift."""
    found = [
        exchange for option in options if option.shift in tours for exchange in exchanges(tours[option.shift], option)
    ]
    return max(found, key=lambda one: (one.gain, one.first - one.after, -one.option.shift, -one.first), default=None)


def tidied(choices: Choices, some: Sequence[Tour], among: Sequence[int] | None = None) -> list[Tour]:
    """The tours without stops that do not pay their detour, with whoever (of those `among`) fits and pays, and without
    an exchange that gains: then a commitment is left out only where others, or the hours, leave it no place."""
    found = {tour.shift: tour for tour in some}
    while True:
        paying = [_paying(tour) for tour in found.values()]
        found = {tour.shift: tour for tour in naive.fill(choices, paying, among=among)}
        if not _exchanged(choices, found, range(len(choices.visits)) if among is None else among):
            return [found[shift] for shift in sorted(found)]


def _paying(tour: Tour) -> Tour:
    for at in range(len(tour.options) - 1, -1, -1):
        less = tour.without(at)
        if less is not None and less.points > tour.points:
            tour = less
    return tour


def _exchanged(choices: Choices, found: dict[int, Tour], among: Sequence[int]) -> bool:
    """One exchange for everybody left out, where it gains; True where there was any."""
    placed = {option.visit for tour in found.values() for option in tour.options}
    left = [at for at in among if choices.of_visit[at] and at not in placed]
    left.sort(key=lambda at: (-max(option.points for option in choices.of_visit[at]), at))
    any_gained = False
    for at in left:
        exchange = best_for(found, choices.of_visit[at])
        if exchange is not None and exchange.gain > 0:
            shift = exchange.option.shift
            old = found[shift].options
            made = tour_of(choices, shift, [*old[: exchange.first], exchange.option, *old[exchange.after :]])
            if made is not None:
                found[shift], any_gained = made, True
    return any_gained
