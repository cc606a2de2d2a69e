"""More time to pay: what it costs, when it may be given, and whether it was kept.

An extension is a plan of one part. The day of a part is still on time: it is missed at its end, void from the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from common import money
from common.days import ONE_DAY
from common.money import ZERO

YEAR = 365
FEWEST_PARTS = 2  # a plan of one part is an extension
LONGEST = timedelta(days=3650)  # as the terms of a contract: what is put off for longer is given up


@dataclass(frozen=True, slots=True)
class Part:
    """An amount and the day by which it is to be paid."""

    due_on: date
    amount: Decimal


def cost(items: Iterable[Part], parts: Iterable[Part], *, yearly_share: Decimal, currency: str) -> Decimal:
    """What waiting costs us: every amount for the days from its due date in force to the day on which it now comes.

    Both sides add up to the same amount, so that the days between them are amount times day, once over each.
    """
    amount_days = sum((part.amount * part.due_on.toordinal() for part in parts), ZERO)
    amount_days -= sum((item.amount * item.due_on.toordinal() for item in items), ZERO)
    return money.rounded(max(ZERO, amount_days) * yearly_share / YEAR, currency)


# May it be given?


class Why(StrEnum):
    """Why more time is not given; worded by the service."""

    NOT_OPEN = "not open"
    NO_DUE_DATE = "no due date"
    NOT_LATER = "not later"
    PASSED = "passed"
    TOO_FAR = "too far"
    TOO_FEW_PARTS = "too few parts"
    OUT_OF_ORDER = "out of order"
    OTHER_SUM = "other sum"


def why_no_extension(*, open_amount: Decimal, due_date: date | None, until: date, on: date) -> Why | None:
    """An open item with a due date gets a later one, which has not passed on the day it is asked for or granted."""
    if open_amount <= ZERO:
        return Why.NOT_OPEN
    if due_date is None:
        return Why.NO_DUE_DATE
    if until <= due_date:
        return Why.NOT_LATER
    if until < on:
        return Why.PASSED
    return Why.TOO_FAR if until - on > LONGEST else None


def why_no_plan(*, open_amounts: Sequence[tuple[Decimal, date | None]], parts: Sequence[Part], on: date) -> Why | None:
    """Open items with due dates are paid in parts on ascending days, none of them past; the parts are the whole."""
    if not open_amounts or any(amount <= ZERO for amount, _due in open_amounts):
        return Why.NOT_OPEN
    if any(due is None for _amount, due in open_amounts):
        return Why.NO_DUE_DATE
    if len(parts) < FEWEST_PARTS or any(part.amount <= ZERO for part in parts):
        return Why.TOO_FEW_PARTS
    days = [part.due_on for part in parts]
    if days[0] < on:
        return Why.PASSED
    if days != sorted(set(days)):
        return Why.OUT_OF_ORDER
    if days[-1] - on > LONGEST:
        return Why.TOO_FAR
    if sum((part.amount for part in parts), ZERO) != sum((amount for amount, _due in open_amounts), ZERO):
        return Why.OTHER_SUM
    return None


def may_have_more(granted_this_year: int, *, allowed: int) -> bool:
    """A customer gets more time so many times in a calendar year; extensions and plans count alike."""
    return granted_this_year < allowed


# Was it kept?


class Outcome(StrEnum):
    RUNS = "runs"
    KEPT = "kept"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Fate:
    """How it stands. `on` is the day it was kept, or from which it is void; while it runs, the day since which the
    part at `place` is the next unpaid one. Of a missed one `place` is the part that was missed."""

    outcome: Outcome
    on: date
    place: int


def fate_of(
    *,
    parts: Sequence[Part],
    granted_on: date,
    paid: Iterable[tuple[date, Decimal]],
    as_of: date,
    covered: Iterable[tuple[date, Decimal]] = (),
) -> Fate:
    """Follow the money, in the order of the plan, from the grant to the end of a day.

    `paid` are amounts on its items by the day they count, negative where taken back. A part is missed at the end of a
    day, its own or a later one, on which less has come than is due by then; money that bounced counts no more.
    What was given in time and is not money yet (`covered`) lets nothing be missed, and pays for nothing.
    """
    moves = [(max(day, granted_on), amount) for day, amount in paid if day <= as_of]
    given = list(covered)
    place, since = 0, granted_on
    for day in sorted({granted_on, *(day for day, _amount in moves), *(part.due_on for part in parts)}):
        if day > as_of:
            break
        came = _until(moves, day)
        now_at = _next_place(parts, came)
        if now_at == len(parts):
            return Fate(Outcome.KEPT, day, place)
        if now_at != place:
            place, since = now_at, day
        due = sum((part.amount for part in parts if part.due_on <= day), ZERO)
        if day < as_of and came + _until(given, day) < due:
            return Fate(Outcome.MISSED, day + ONE_DAY, place)
    return Fate(Outcome.RUNS, since, place)


def _until(rows: Iterable[tuple[date, Decimal]], day: date) -> Decimal:
    return sum((amount for moved_on, amount in rows if moved_on <= day), ZERO)


def _next_place(parts: Sequence[Part], came: Decimal) -> int:
    """The first part for which not enough has come; behind the last one where all is paid."""
    wanted = ZERO
    for place, part in enumerate(parts):
        wanted += part.amount
        if came < wanted:
            return place
    return len(parts)
