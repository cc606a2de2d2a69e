"""A planning problem and its plan, in plain values.

There is one clock for all shifts: whole seconds, 0 = 00:00 of the first day of the horizon. Ways are seconds and
metres between places, places are rows of the matrix, worth and cost are in the base currency.

The value of a plan is the worth of the visits in it less the seconds of travel, the way home included, at
`cost_per_minute`. Waiting and visiting cost nothing: the working time is paid anyway, and what the card of a stop says
(worth less the way there) adds up to the plan. A commitment counts more than everything that is none; one that cannot
be kept is left out and never spoils the plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from common import money
from common.money import ZERO

ShiftKey = tuple[int, int]  # the rep, and the day of the horizon (0 = the first)


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts` on, until `ends`."""

    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Shift:
    """The working time of a rep on a day.

    In a break nobody visits and nobody drives: a way that is not finished goes on after it, so that the rep has all
    of the break. Without a place to start from or to end at, the first or the last way costs nothing.
    """

    key: ShiftKey
    starts: int
    ends: int
    starts_from: int | None = None
    ends_at: int | None = None
    breaks: tuple[Span, ...] = ()
    max_visits: int | None = None

    @property
    def rep(self) -> int:
        return self.key[0]


@dataclass(frozen=True, slots=True)
class Window:
    """A visit starts from `opens` on and ends by `closes`; then it is worth so much, before travel."""

    opens: int
    closes: int
    worth: Decimal


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody to visit once, in one of the windows, on one of `shifts` (None: whoever of the team has time).

    `amount` is what is open: plans are compared with lists sorted by it. A commitment is a promise due, a due day,
    an appointment or a stop that somebody has pinned.
    """

    key: int
    place: int
    seconds: int
    windows: tuple[Window, ...]
    is_commitment: bool = False
    shifts: frozenset[ShiftKey] | None = None
    amount: Decimal = ZERO

    @property
    def worth(self) -> Decimal:
        """At its best; zero where there is no window at all."""
        return max((window.worth for window in self.windows), default=ZERO)

    def locked(self, shift: ShiftKey, starts: int, later: int = 0) -> "Visit":
        """The same visit, fixed to its shift and its start, or to so many seconds after it."""
        window = Window(starts, starts + later + self.seconds, self.worth)
        return replace(self, windows=(window,), is_commitment=True, shifts=frozenset({shift}))


@dataclass(frozen=True, slots=True)
class Matrix:
    """Seconds and metres from each place (row) to each (column); nothing from a place to itself."""

    seconds: Sequence[Sequence[int]]
    metres: Sequence[Sequence[int]]

    def __post_init__(self) -> None:
        for rows in (self.seconds, self.metres):
            if len(rows) != len(self.seconds) or any(len(row) != len(rows) for row in rows):
                raise ValueError("a matrix of ways has a row and a column for each place")
            if any(way < 0 for row in rows for way in row) or any(row[at] for at, row in enumerate(rows)):
                raise ValueError("no way is shorter than nothing, and none leads from a place to itself")

    def __len__(self) -> int:
        return len(self.seconds)


@dataclass(frozen=True)
class Problem:
    """Everything a plan follows from; shifts and visits in any order give the same plan."""

    shifts: tuple[Shift, ...]
    visits: tuple[Visit, ...]
    matrix: Matrix
    cost_per_minute: Decimal = ZERO

    def __post_init__(self) -> None:
        for keys in ([shift.key for shift in self.shifts], [visit.key for visit in self.visits]):
            if len(set(keys)) != len(keys):
                raise ValueError("each shift and each visit is named once")

    @cached_property
    def visit_of(self) -> dict[int, Visit]:
        return {visit.key: visit for visit in self.visits}

    @cached_property
    def shift_of(self) -> dict[ShiftKey, Shift]:
        return {shift.key: shift for shift in self.shifts}

    def cost(self, seconds: int) -> Decimal:
        """What so much travel costs, in the base currency, to three places."""
        return money.stored(self.cost_per_minute * seconds / 60)


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of a plan. `arrive` may be before `start`: the rep waits. `seconds` and `metres` are the way there."""

    key: int
    arrive: int
    start: int
    leave: int
    seconds: int
    metres: int
    worth: Decimal


@dataclass(frozen=True, slots=True)
class Round:
    """The stops of one shift in order; `sets_out` is in time for the first, `home_at` after the way home."""

    shift: ShiftKey
    sets_out: int
    home_at: int
    stops: tuple[Stop, ...] = ()
    seconds_home: int = 0
    metres_home: int = 0

    @property
    def travel(self) -> int:
        """Seconds on the road, the way home included."""
        return sum(stop.seconds for stop in self.stops) + self.seconds_home


@dataclass(frozen=True, slots=True)
class Plan:
    """A round for each shift, in the order of their keys, and who is in none. `found_by` names the way it was found."""

    rounds: tuple[Round, ...]
    left_out: tuple[int, ...]
    value: Decimal
    commitments: int
    found_by: str = ""

    @property
    def visited(self) -> tuple[int, ...]:
        return tuple(stop.key for one in self.rounds for stop in one.stops)

    @property
    def worth(self) -> Decimal:
        """What the visits bring, before travel."""
        return sum((stop.worth for one in self.rounds for stop in one.stops), ZERO)


def plan_of(problem: Problem, rounds: Sequence[Round], found_by: str = "") -> Plan:
    """The plan that these rounds are, with its value."""
    worth = sum((stop.worth for one in rounds for stop in one.stops), ZERO)
    visited = {stop.key for one in rounds for stop in one.stops}
    return Plan(
        rounds=tuple(sorted(rounds, key=lambda one: one.shift)),
        left_out=tuple(sorted(visit.key for visit in problem.visits if visit.key not in visited)),
        value=worth - problem.cost(sum(one.travel for one in rounds)),
        commitments=sum(1 for key in visited if problem.visit_of[key].is_commitment),
        found_by=found_by,
    )
