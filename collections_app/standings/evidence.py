"""What the rules are told about one due item on any day: dated rows in, the `Facts` of a day out. Pure.

The rows are those of one question (`as_of`, `known_on`): what happened later, or was not known then, is not among
them. An end that was fixed beforehand (of an override, a warning) is, so that a day to come can be asked about too.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter

from collections_app.policy.thresholds import Thresholds
from collections_app.standings.rules import Decision, Facts, Standing, standing_of
from common.days import ONE_DAY
from common.money import ZERO

INSOLVENT, CLOSED, IN_COURT, HANDED_OVER, ASSIGNED = "insolvent", "closed", "in court", "handed over", "assigned"
FAILED = (INSOLVENT, CLOSED, IN_COURT)  # what makes every item of the customer bad


@dataclass(frozen=True, slots=True)
class Movement:
    """A day on which the customer itself moved, and the row that says so."""

    on: date
    kind: str
    key: int


@dataclass(frozen=True, slots=True)
class Ran:
    """A condition of the customer, until a day (exclusive) where it ended."""

    kind: str
    starts_on: date
    ends_before: date | None
    reference: str = ""
    key: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken promise, by the day it was broken."""

    on: date
    key: int


@dataclass(frozen=True, slots=True)
class Severe:
    """A severe warning, from the day on which it counts fully until it expires or was dismissed (exclusive)."""

    counts_from: date
    ends_before: date
    key: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a balance confirmation."""

    on: date
    is_refused: bool
    key: int


@dataclass(frozen=True, slots=True)
class Decided:
    """An override of this item, until a day (exclusive)."""

    standing: Standing
    starts_on: date
    ends_before: date
    key: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that decides about one due item. `due_dates`, `applied` and `movements` in the order of their days."""

    issued_on: date
    amount: Decimal
    agreed_due_date: date | None
    due_dates: tuple[tuple[date, date | None], ...] = ()  # from which day on which due date was in force
    applied: tuple[tuple[date, Decimal], ...] = ()
    movements: tuple[Movement, ...] = ()
    conditions: tuple[Ran, ...] = ()
    broken: tuple[Broken, ...] = ()
    severe: tuple[Severe, ...] = ()
    answers: tuple[Answered, ...] = ()
    overrides: tuple[Decided, ...] = ()

    def open_on(self, day: date) -> Decimal:
        """What was open at the end of the day."""
        if day < self.issued_on:
            return ZERO
        return self.amount - sum((amount for on, amount in self.applied if on <= day), ZERO)

    def due_on(self, day: date) -> date | None:
        """The due date in force on the day."""
        moved = [due for since, due in self.due_dates if since <= day]
        return moved[-1] if moved else self.agreed_due_date

    def last_movement(self, day: date) -> Movement | None:
        """Looked up, not searched for: a large customer has ten thousand of them, and every item asks many times."""
        end = bisect_right(self.movements, day, key=attrgetter("on"))
        if not end:
            return None
        first = bisect_left(self.movements, self.movements[end - 1].on, key=attrgetter("on"))
        return max(self.movements[first:end], key=attrgetter("kind", "key"))

    def running(self, day: date) -> list[Ran]:
        return [
            row
            for row in self.conditions
            if row.starts_on <= day and (row.ends_before is None or row.ends_before > day)
        ]

    def broken_within(self, day: date, thresholds: Thresholds) -> list[Broken]:
        first = day - timedelta(days=thresholds.broken_within)
        return [row for row in self.broken if first < row.on <= day]

    def severe_on(self, day: date) -> list[Severe]:
        return [row for row in self.severe if row.counts_from <= day < row.ends_before]

    def last_answer(self, day: date) -> Answered | None:
        rows = [row for row in self.answers if row.on <= day]
        return max(rows, key=lambda row: (row.on, row.key), default=None)

    def override_on(self, day: date) -> Decided | None:
        rows = [row for row in self.overrides if row.starts_on <= day < row.ends_before]
        return max(rows, key=lambda row: row.key, default=None)

    def facts_on(self, day: date, thresholds: Thresholds) -> Facts:
        kinds = {row.kind for row in self.running(day)}
        movement, answer, decided = self.last_movement(day), self.last_answer(day), self.override_on(day)
        return Facts(
            due_date=self.due_on(day),
            last_movement_on=movement.on if movement else None,
            is_insolvent=INSOLVENT in kinds,
            is_closed=CLOSED in kinds,
            is_in_court=IN_COURT in kinds,
            is_handed_over=HANDED_OVER in kinds,
            broken_promises=len(self.broken_within(day, thresholds)),
            has_severe_warning=bool(self.severe_on(day)),
            has_refused_balance=answer is not None and answer.is_refused,
            override=decided.standing if decided else None,
        )

    def decided_on(self, day: date, thresholds: Thresholds) -> Decision | None:
        """The standing of the day; none where nothing was open."""
        if self.open_on(day) <= ZERO:
            return None
        return standing_of(self.facts_on(day, thresholds), as_of=day, thresholds=thresholds)

    def edges_after(self, day: date, thresholds: Thresholds) -> list[date]:
        """The days to come on which time alone can change the standing, in order."""
        return sorted({edge for edge in self._edges(thresholds) if edge > day})

    def since(self, day: date, thresholds: Thresholds) -> date:
        """The first day of the unbroken time in which the item has had the standing of this day."""
        found = self.decided_on(day, thresholds)
        if found is None:
            return day
        for edge in sorted({edge for edge in self._edges(thresholds) if edge <= day}, reverse=True):
            before = self.decided_on(edge - ONE_DAY, thresholds)
            if before is None or before.standing != found.standing:
                return edge
        return day

    def _edges(self, thresholds: Thresholds) -> Iterable[date]:
        """Every day on which the standing may be another than on the day before."""
        yield self.issued_on
        yield from (on for on, _amount in self.applied)
        for since, _due in self.due_dates:
            yield since
        for due in {self.agreed_due_date, *(due for _since, due in self.due_dates)}:
            if due is not None:
                yield from (due + timedelta(days=late) for late in (1, thresholds.quasi_bad, thresholds.bad))
        yield from self._silences(thresholds)
        for condition in self.conditions:
            yield from (on for on in (condition.starts_on, condition.ends_before) if on is not None)
        for broken in self.broken:
            yield from (broken.on, broken.on + timedelta(days=thresholds.broken_within))
        for warned in self.severe:
            yield from (warned.counts_from, warned.ends_before)
        yield from (answer.on for answer in self.answers)
        for row in self.overrides:
            yield from (row.starts_on, row.ends_before)

    def _silences(self, thresholds: Thresholds) -> Iterable[date]:
        """A claim falls asleep so long after a movement that no other followed, and wakes with the next. A large
        customer has ten thousand movements and few silences: they are leapt over, each time to the last one awake.
        """
        yield from (moved.on for moved in self.movements[:1])
        at = 0
        while at < len(self.movements):
            on = self.movements[at].on
            asleep = on + timedelta(days=thresholds.dormant)
            last = bisect_left(self.movements, asleep, key=attrgetter("on")) - 1
            if self.movements[last].on > on:
                at = last
                continue
            yield asleep
            yield from (moved.on for moved in self.movements[last + 1 : last + 2])
            at = last + 1
