"""Which due items a sum of money settles: what the payer named, else due before not due, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.money import ZERO


@dataclass(frozen=True, slots=True)
class Owed:
    """A due item as far as allocation needs it. `open_amount` in the currency of the money."""

    key: int
    due_date: date | None
    issued_on: date
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    key: int
    amount: Decimal


def oldest_first(amount: Decimal, owed: Sequence[Owed], *, on: date) -> tuple[list[Line], Decimal]:
    """Lines that use up the amount, and what is left over (unapplied).

    Due before not due, then the oldest due date, then the oldest invoice; items without a due date come last.
    """
    lines: list[Line] = []
    left = amount
    for item in sorted(owed, key=lambda item: _rank(item, on)):
        if left <= ZERO:
            break
        part = min(left, item.open_amount)
        if part > ZERO:
            lines.append(Line(item.key, part))
            left -= part
    return lines, left


def _rank(item: Owed, on: date) -> tuple[bool, bool, date, date, int]:
    due_date = item.due_date or date.max
    return (item.due_date is None, due_date > on, due_date, item.issued_on, item.key)
