"""What a sum of money settles where nobody named it: due before not due, cost, interest, principal, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum

from common.money import ZERO


class Kind(IntEnum):
    """In the order in which the law of many places settles them."""

    COST = 0
    INTEREST = 1
    PRINCIPAL = 2


@dataclass(frozen=True, slots=True)
class Owed:
    """A due item or charge as far as allocation needs it. `open_amount` in the currency of the money."""

    key: int
    due_date: date | None
    issued_on: date
    open_amount: Decimal
    kind: Kind = Kind.PRINCIPAL


@dataclass(frozen=True, slots=True)
class Line:
    key: int
    amount: Decimal
    kind: Kind = Kind.PRINCIPAL


def oldest_first(
    amount: Decimal, owed: Sequence[Owed], *, on: date, charges_first: bool = True
) -> tuple[list[Line], Decimal]:
    """Lines that use up the amount, and what is left over (unapplied).

    Due before not due; of what is due, cost before interest before principal (or the reverse, where the contract or
    the law of the place says so); then the oldest due date, then the oldest invoice. No due date comes last.
    """
    lines: list[Line] = []
    left = amount
    for item in sorted(owed, key=lambda item: _rank(item, on, charges_first)):
        if left <= ZERO:
            break
        part = min(left, item.open_amount)
        if part > ZERO:
            lines.append(Line(item.key, part, item.kind))
            left -= part
    return lines, left


def _rank(item: Owed, on: date, charges_first: bool) -> tuple[bool, bool, int, date, date, int]:
    due_date = item.due_date or date.max
    kind = int(item.kind) if charges_first else -int(item.kind)
    return (item.due_date is None, due_date > on, kind, due_date, item.issued_on, item.key)
