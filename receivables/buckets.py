"""Ageing buckets: which one a due date falls into on a day. Bounds are days late, inclusive."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

NOT_DUE = "not due"
NO_DUE_DATE = "no due date"
CREDIT_NOTES = "credit notes"
CHARGES = "charges"  # those that the company's ledger has
UNAPPLIED = "unapplied"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Items due in (`due_after`, `due_until`]; an open end is None."""

    name: str
    due_after: date | None
    due_until: date | None


def names(bounds: tuple[int, ...]) -> tuple[str, ...]:
    """For bounds 30, 60: not due, 1-30, 31-60, 61+, no due date."""
    edges = zip((0, *bounds), bounds, strict=False)
    return (NOT_DUE, *(f"{low + 1}-{high}" for low, high in edges), f"{bounds[-1] + 1}+", NO_DUE_DATE)


def bucket_of(due_date: date | None, *, as_of: date, bounds: tuple[int, ...]) -> str:
    """The due day itself is not late."""
    if due_date is None:
        return NO_DUE_DATE
    days_late = (as_of - due_date).days
    if days_late <= 0:
        return NOT_DUE
    low = 0
    for high in bounds:
        if days_late <= high:
            return f"{low + 1}-{high}"
        low = high
    return f"{low + 1}+"


def buckets(*, as_of: date, bounds: tuple[int, ...]) -> list[Bucket]:
    """The buckets as ranges of due dates, so that a table is compared with dates and never computes them."""
    _checked(bounds)
    found = [Bucket(NOT_DUE, as_of - timedelta(days=1), None)]
    low = 0
    for high in bounds:
        due_after = as_of - timedelta(days=high + 1)
        found.append(Bucket(f"{low + 1}-{high}", due_after, as_of - timedelta(days=low + 1)))
        low = high
    found.append(Bucket(f"{low + 1}+", None, as_of - timedelta(days=low + 1)))
    return found


def parse(text: str) -> tuple[int, ...]:
    """Bounds such as "30,60,90". Raises ValueError unless they are whole, above zero and rising."""
    return _checked(tuple(int(part) for part in text.split(",")))


def _checked(bounds: tuple[int, ...]) -> tuple[int, ...]:
    if not bounds or bounds[0] < 1 or any(later <= earlier for earlier, later in pairwise(bounds)):
        raise ValueError("Bucket bounds are whole days, above zero and rising, for example 30,60,90.")
    return bounds
