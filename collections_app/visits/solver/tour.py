"""The visits of one shift in order, and where one more fits.

All times are on the shift's working clock. `earliest` and `latest` are the starts between which each visit keeps all
others possible, so that a place for one more is found without walking the tour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from collections_app.visits.solver.options import Choices, Option
from collections_app.visits.solver.problem import Round, Stop


@dataclass(frozen=True, slots=True)
class Fit:
    """An option in a tour, before the visit that stands at `position` now: seconds more on the road."""

    option: Option
    position: int
    detour: int
    delay: int  # seconds by which the rest of the tour moves, waiting before it taken off


class Tour:
    __slots__ = ("choices", "earliest", "end", "latest", "options", "shift", "start")

    def __init__(self, choices: Choices, shift: int) -> None:
        self.choices = choices
        self.shift = shift
        self.start, self.end = choices.start_of(shift), choices.end_of(shift)
        self.options: list[Option] = []
        self.earliest: list[int] = []
        self.latest: list[int] = []

    def copy(self) -> "Tour":
        other = Tour(self.choices, self.shift)
        other.options, other.earliest, other.latest = list(self.options), list(self.earliest), list(self.latest)
        return other

    @property
    def travel(self) -> int:
        ways, here, total = self.choices.seconds, self.start, 0
        for option in self.options:
            total += ways[here][option.place]
            here = option.place
        return total + (ways[here][self.end] if self.options else 0)

    @property
    def points(self) -> int:
        return sum(option.points for option in self.options) - self.travel * self.choices.per_second

    @property
    def is_full(self) -> bool:
        most = self.choices.shifts[self.shift].max_visits
        return most is not None and len(self.options) >= most

    def fits(self, option: Option) -> list[Fit]:
        """Every position at which the option fits."""
        clock, ways = self.choices.clocks[self.shift], self.choices.seconds
        found: list[Fit] = []
        if self.is_full:
            return found
        here, free = self.start, clock.starts
        for position in range(len(self.options) + 1):
            if free > option.latest:
                break
            there = ways[here][option.place]
            starts = max(free + there, option.opens)
            if position < len(self.options):
                following = self.options[position]
                place, latest, before = following.place, self.latest[position], self.earliest[position]
                opens = following.opens
            else:
                place, latest, opens = self.end, clock.ends, clock.starts
                before = free + (ways[here][self.end] if self.options else 0)
            onward = ways[option.place][place]
            arrives = starts + option.seconds + onward
            if starts <= option.latest and arrives <= latest:
                between = ways[here][place] if self.options else 0
                found.append(Fit(option, position, there + onward - between, max(arrives, opens) - before))
            if position < len(self.options):
                here, free = place, before + following.seconds
        return found

    def insert(self, option: Option, position: int) -> None:
        self.options.insert(position, option)
        self.retime()

    def without(self, first: int, last: int | None = None) -> "Tour | None":
        """The tour without one stop, or without those from `first` to `last`; None where the rest is not possible."""
        after = first + 1 if last is None else last + 1
        return tour_of(self.choices, self.shift, [*self.options[:first], *self.options[after:]])

    def retime(self) -> bool:
        """Work the starts out anew; False where the order is not possible."""
        clock, ways = self.choices.clocks[self.shift], self.choices.seconds
        here, free = self.start, clock.starts
        self.earliest = []
        for option in self.options:
            starts = max(free + ways[here][option.place], option.opens)
            self.earliest.append(starts)
            here, free = option.place, starts + option.seconds
        place, last = self.end, clock.ends
        self.latest = [0] * len(self.options)
        for at in range(len(self.options) - 1, -1, -1):
            option = self.options[at]
            last = min(option.latest, last - ways[option.place][place] - option.seconds)
            self.latest[at] = last
            place = option.place
        return all(early <= late for early, late in zip(self.earliest, self.latest, strict=True))

    def as_round(self) -> Round:
        """In real time. The rep sets out so late that he does not wait before the first door."""
        choices, clock = self.choices, self.choices.clocks[self.shift]
        key = choices.shifts[self.shift].key
        if not self.options:
            return Round(key, clock.starts, clock.starts)
        first = self.earliest[0] + self.options[0].pause
        way = choices.seconds[self.start][self.options[0].place]
        sets_out = clock.on_departure(self.earliest[0] - way) if way else first
        here, free, left, stops = self.start, self.earliest[0] - way, sets_out, []
        for option, starts in zip(self.options, self.earliest, strict=True):
            way = choices.seconds[here][option.place]
            start = starts + option.pause
            stops.append(
                Stop(
                    key=choices.visits[option.visit].key,
                    arrive=max(clock.on_arrival(free + way), left),
                    start=start,
                    leave=start + option.seconds,
                    seconds=way,
                    metres=choices.metres[here][option.place],
                    worth=option.worth,
                )
            )
            here, free, left = option.place, starts + option.seconds, stops[-1].leave
        home = choices.seconds[here][self.end]
        return Round(
            shift=key,
            sets_out=sets_out,
            home_at=max(clock.on_arrival(free + home), left),
            stops=tuple(stops),
            seconds_home=home,
            metres_home=choices.metres[here][self.end],
        )


def tours(choices: Choices) -> list[Tour]:
    return [Tour(choices, shift) for shift in range(len(choices.shifts))]


def tour_of(choices: Choices, shift: int, options: Sequence[Option]) -> Tour | None:
    """The options in this order; None where that is not possible."""
    tour = Tour(choices, shift)
    tour.options = list(options)
    most = choices.shifts[shift].max_visits
    if most is not None and len(options) > most:
        return None
    return tour if tour.retime() else None
