"""Agreed prices: which one counts on a day and for so many days of credit. Pure."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Protocol, TypeVar


class Line(Protocol):
    """The price of a product for a time; `credit_days` is its tier, None the price of the contract's own terms."""

    product_id: int
    unit_price: Decimal
    credit_days: int | None
    starts_on: date
    ends_before: date | None


Priced = TypeVar("Priced", bound=Line)


def price(lines: Iterable[Line], *, on: date, credit_days: int | None = None) -> Decimal | None:
    """The unit price among the lines of one product: of the shortest tier that gives as much credit as is asked for,
    else the plain one. None: nothing was agreed for that day."""
    valid = [line for line in lines if holds_on(line, on)]
    if credit_days is not None:
        tiers = [(line.credit_days, line) for line in valid if line.credit_days is not None]
        enough = [(days, line.unit_price) for days, line in tiers if days >= credit_days]
        if enough:
            return min(enough)[1]
    return next((line.unit_price for line in valid if line.credit_days is None), None)


def agreed(lines: Iterable[Priced], *, on: date, credit_days: int | None) -> list[Priced]:
    """The lines of one product at whose price goods may be sold on a day under terms of so many days: that of the
    contract's own terms, and the shortest tier that gives as much. Empty: nothing was agreed.

    Nobody is asked for the dearer price of a longer credit than he has.
    """
    valid = [line for line in lines if holds_on(line, on)]
    own = [line for line in valid if line.credit_days is None][:1]
    enough = [
        (line.credit_days, line)
        for line in valid
        if line.credit_days is not None and credit_days is not None and line.credit_days >= credit_days
    ]
    if not enough:
        return own
    days, tier = min(enough, key=lambda one: one[0])
    is_dearer = days != credit_days and any(tier.unit_price > line.unit_price for line in own)
    return own if is_dearer else [*own, tier]


def beside(stated: Decimal, lines: Iterable[Line], *, on: date, credit_days: int | None) -> Decimal | None:
    """The agreed price that stands beside a stated one: the same where it was agreed, else the one it differs from.
    None: nothing was agreed for that day."""
    prices = [line.unit_price for line in agreed(lines, on=on, credit_days=credit_days)]
    return stated if stated in prices else next(iter(prices), None)


def holds_on(line: Line, on: date) -> bool:
    return line.starts_on <= on and (line.ends_before is None or on < line.ends_before)


def overlap(lines: Iterable[Priced]) -> tuple[Priced, Priced] | None:
    """Two lines of the same product and tier that both count on some day, the earlier first."""
    ordered = sorted(lines, key=lambda line: (line.product_id, _tier(line), line.starts_on))
    for first, second in pairwise(ordered):
        is_same = (first.product_id, _tier(first)) == (second.product_id, _tier(second))
        if is_same and (first.ends_before is None or first.ends_before > second.starts_on):
            return first, second
    return None


def _tier(line: Line) -> int:
    return -1 if line.credit_days is None else line.credit_days
