"""When each visit can be made: every window on every shift, on a clock that runs only while the rep works.

Breaks are taken out of a shift's clock. So a way that a break interrupts takes no special care: on the working clock
it is as long as the matrix says, and a visit that would lie across a break is no option. Days stay apart, because the
working clock of a shift begins with the shift.

Worth is kept in points, exact whole numbers in which a second of travel costs `per_second`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from collections_app.visits.solver.problem import Problem, Shift, Span, Visit


@dataclass(frozen=True, slots=True)
class Option:
    """A visit on a shift, starting between `opens` and `latest` on the shift's working clock.

    `visit` and `shift` are places in the `Choices`, `pause` the seconds of break before it. `points` tells what it
    brings, with the bonus of a commitment.
    """

    visit: int
    shift: int
    place: int
    seconds: int
    opens: int
    latest: int
    pause: int
    worth: Decimal
    points: int


@dataclass(frozen=True, slots=True)
class Clock:
    """The working clock of a shift: runs from the shift's start and stands still in breaks."""

    starts: int
    ends: int
    breaks: tuple[Span, ...]

    def segments(self) -> list[tuple[Span, int]]:
        """The stretches of work in real time, each with the seconds of break before it."""
        found, begins, paused = [], self.starts, 0
        for pause in self.breaks:
            found.append((Span(begins, pause.starts), paused))
            begins, paused = pause.ends, paused + pause.ends - pause.starts
        found.append((Span(begins, self.ends + paused), paused))
        return [(span, pause) for span, pause in found if span.starts <= span.ends]

    def on_arrival(self, worked: int) -> int:
        """The real second at which so much is worked: a way that ends when a break begins has ended before it."""
        at = worked
        for pause in self.breaks:
            if at > pause.starts:
                at += pause.ends - pause.starts
        return at

    def on_departure(self, worked: int) -> int:
        """The real second from which the next work is done: whoever is free when a break begins leaves after it."""
        at = worked
        for pause in self.breaks:
            if at >= pause.starts:
                at += pause.ends - pause.starts
        return at


@dataclass(frozen=True)
class Choices:
    """A problem made ready: shifts and visits in the order of their keys, ways with a place that is nowhere."""

    problem: Problem
    shifts: tuple[Shift, ...]
    visits: tuple[Visit, ...]
    clocks: tuple[Clock, ...]
    of_visit: tuple[tuple[Option, ...], ...]
    seconds: tuple[tuple[int, ...], ...]
    metres: tuple[tuple[int, ...], ...]
    per_second: int
    bonus: int

    @property
    def nowhere(self) -> int:
        return len(self.seconds) - 1

    def start_of(self, shift: int) -> int:
        place = self.shifts[shift].starts_from
        return self.nowhere if place is None else place

    def end_of(self, shift: int) -> int:
        place = self.shifts[shift].ends_at
        return self.nowhere if place is None else place


def choices(problem: Problem) -> Choices:
    shifts = tuple(sorted(problem.shifts, key=lambda shift: shift.key))
    visits = tuple(sorted(problem.visits, key=lambda visit: visit.key))
    clocks = tuple(_clock(shift) for shift in shifts)
    scale = _scale(problem)
    per_second = int(problem.cost_per_minute * scale)
    bonus = _bonus(visits, clocks, scale, per_second)
    return Choices(
        problem=problem,
        shifts=shifts,
        visits=visits,
        clocks=clocks,
        of_visit=tuple(
            tuple(_options(visit, at, shifts, clocks, scale, bonus if visit.is_commitment else 0))
            for at, visit in enumerate(visits)
        ),
        seconds=_with_nowhere(problem.matrix.seconds),
        metres=_with_nowhere(problem.matrix.metres),
        per_second=per_second,
        bonus=bonus,
    )


def _clock(shift: Shift) -> Clock:
    """Breaks clipped to the shift, those that touch joined; a shift that ends before it starts has no time at all."""
    breaks: list[Span] = []
    for pause in sorted(shift.breaks, key=lambda pause: (pause.starts, pause.ends)):
        starts, ends = max(pause.starts, shift.starts), min(pause.ends, shift.ends)
        if starts >= ends:
            continue
        if breaks and starts <= breaks[-1].ends:
            breaks[-1] = Span(breaks[-1].starts, max(ends, breaks[-1].ends))
        else:
            breaks.append(Span(starts, ends))
    paused = sum(pause.ends - pause.starts for pause in breaks)
    return Clock(shift.starts, shift.ends - paused, tuple(breaks))


def _scale(problem: Problem) -> int:
    """Whole numbers hold every worth and the cost of a second: the places after the point, times sixty."""
    amounts = [window.worth for visit in problem.visits for window in visit.windows]
    return 10 ** max(0, *(-_exponent(amount) for amount in [*amounts, problem.cost_per_minute]))


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError("worth and cost are numbers")
    return exponent


def _bonus(visits: Sequence[Visit], clocks: Sequence[Clock], scale: int, per_second: int) -> int:
    """More than all other worth that the shifts could hold, and more than all travel in them, in points.

    A shift holds no more than its time filled with those who bring most for a second of visiting.
    """
    working = sum(max(clock.ends - clock.starts, 0) for clock in clocks)
    left, held = working, 0
    best = [(_points(visit.worth, scale), visit.seconds) for visit in visits if visit.worth > 0]
    for points, seconds in sorted(best, key=lambda one: (-one[0] / max(one[1], 1), one)):
        held += points
        left -= seconds
        if left < 0:
            break
    return held + working * per_second + 60


def _options(
    visit: Visit, at: int, shifts: Sequence[Shift], clocks: Sequence[Clock], scale: int, bonus: int
) -> list[Option]:
    found = {}
    for place, (shift, clock) in enumerate(zip(shifts, clocks, strict=True)):
        if visit.shifts is not None and shift.key not in visit.shifts:
            continue
        for window in visit.windows:
            points = _points(window.worth, scale) + bonus
            if points <= 0 or window.closes <= shift.starts or window.opens >= shift.ends:
                continue
            for work, pause in clock.segments():
                opens = max(window.opens, work.starts)
                # What takes no time ends before a break begins, else it could stand behind one that comes after it.
                latest = min(window.closes, work.ends - (not visit.seconds)) - visit.seconds
                if opens <= latest:
                    between = (opens - pause, latest - pause, pause)
                    option = Option(at, place, visit.place, visit.seconds, *between, window.worth, points)
                    found[option] = option
    return list(found)


def _points(worth: Decimal, scale: int) -> int:
    return int(worth * scale) * 60


def _with_nowhere(rows: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    return (*((*row, 0) for row in rows), (0,) * (len(rows) + 1))
