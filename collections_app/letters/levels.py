"""Which dunning level a due item stands at, and by which day a letter asks to be paid. Days are calendar days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from collections_app.policy.thresholds import Dunning
from common import days
from common.money import ZERO

MOST_LINES = 500  # rows that a letter prints; what is beyond stands in one line with its sum


@dataclass(frozen=True, slots=True)
class Earlier:
    """A letter that has named a due item: its level, its day, and the last day to pay that it set."""

    level: int
    cycle: int
    sent_on: date
    pay_by: date
    reference: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What dunning does about a due item on a day: `level` is what it stands at, `moves` whether a letter takes it up.

    `waits_until` is the last day of a notice that is still running, or of the days before the next level.
    """

    level: int
    cycle: int
    moves: bool
    last: Earlier | None = None
    waits_until: date | None = None


def days_late(due_date: date, as_of: date) -> int:
    """The due day itself is still on time, so the day after it is one day late."""
    return max((as_of - due_date).days, 0)


def next_step(
    *, due_date: date, as_of: date, earlier: Sequence[Earlier], settled_since: bool, policy: Dunning
) -> NextStep:
    """One level at a time: up only after the last letter went out, its notice ended, and the item is late enough.

    After an outage this is the one level that follows the last letter, never two letters in a burst. An item that
    was settled and came back starts again at the first level, in a new cycle.
    """
    cycle = max((letter.cycle for letter in earlier), default=1)
    if earlier and settled_since:
        earlier, cycle = (), cycle + 1
    in_cycle = [letter for letter in earlier if letter.cycle == cycle]
    last = max(in_cycle, key=lambda letter: letter.level, default=None)
    reached = last.level if last else 0
    top = len(policy.level_from)
    if reached >= top:
        return NextStep(level=reached, cycle=cycle, moves=False, last=last)
    if last is not None and last.pay_by >= as_of:
        return NextStep(level=reached, cycle=cycle, moves=False, last=last, waits_until=last.pay_by)
    late_from = due_date + timedelta(days=policy.level_from[reached])
    if as_of < late_from:
        return NextStep(level=reached, cycle=cycle, moves=False, last=last, waits_until=late_from - timedelta(days=1))
    return NextStep(level=reached + 1, cycle=cycle, moves=True, last=last)


def was_settled_since(amount: Decimal, allocations: Sequence[tuple[datetime, Decimal]], since: datetime) -> bool:
    """Was the item paid in full at some moment after `since`? Allocations in the order in which they were entered."""
    covered = ZERO
    for entered_at, part in allocations:
        covered += part
        if covered >= amount and entered_at > since:
            return True
    return False


def pay_by(*, as_of: date, policy: Dunning, calendar: str) -> date:
    """The last day on which the money may arrive, itself included: a day on which banks of the calendar work."""
    return days.roll(as_of + timedelta(days=policy.notice), calendar)


def review_on(*, pay_by: date, calendar: str) -> date:
    """The working day after the last day to pay: the first on which the business looks again."""
    return days.roll(pay_by + days.ONE_DAY, calendar)


def is_too_small(total: Decimal, policy: Dunning) -> bool:
    return total < Decimal(policy.minimum)
