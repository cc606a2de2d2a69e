"""Which visits a day owes, and what happens where rules collide. Pure; days are local.

A promise is for a day that the customer chose himself, so his settlement days do not keep us away on it; a due day is
ours, so they do. A taboo, an absence and a day off keep us away from both: then a call goes out on the last permitted
day before, and the visit on the first one after. The due date itself never moves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LOOKING = 31  # days in which a permitted one is looked for, either way
Permits = Callable[[date], bool]


class Why(StrEnum):
    """What makes a visit a commitment, strongest first."""

    APPOINTMENT = "appointment"
    PINNED = "pinned"
    PROMISE = "promise"
    DUE = "due day"


@dataclass(frozen=True, slots=True)
class Owing:
    """A day on which something is to be fetched. `chosen`: by the customer (a promise)."""

    on: date
    chosen: bool


def visit_day(wanted: date, permits: Permits) -> date | None:
    """The wanted day, or the first permitted one after it; None where a month has none."""
    return _first(wanted, permits, step=1)


def call_day(wanted: date, permits: Permits) -> date | None:
    """Where the wanted day is not permitted: the last permitted one before it, for a call. Else nobody need call.

    Settlement days say when a customer pays, not when he may be called: `permits` knows nothing of them.
    """
    return None if permits(wanted) else _first(wanted - timedelta(days=1), permits, step=-1)


@dataclass(frozen=True, slots=True)
class Owed:
    """What falls on a day once it has moved to where the customer permits it."""

    is_promised: bool = False
    is_due: bool = False


def owed_on(day: date, owing: Sequence[Owing], *, permits: Permits, permits_chosen: Permits) -> Owed:
    """`permits` knows settlement days, `permits_chosen` not."""
    return Owed(
        is_promised=any(one.chosen and visit_day(one.on, permits_chosen) == day for one in owing),
        is_due=any(not one.chosen and visit_day(one.on, permits) == day for one in owing),
    )


def why_on(owed: Owed, *, is_pinned: bool = False, has_appointment: bool = False) -> Why | None:
    """What makes the day a commitment, the strongest; None: nothing does."""
    if has_appointment:
        return Why.APPOINTMENT
    if is_pinned:
        return Why.PINNED
    if owed.is_promised:
        return Why.PROMISE
    return Why.DUE if owed.is_due else None


def _first(start: date, permits: Permits, *, step: int) -> date | None:
    candidates = (start + timedelta(days=step * away) for away in range(LOOKING))
    return next((day for day in candidates if permits(day)), None)
