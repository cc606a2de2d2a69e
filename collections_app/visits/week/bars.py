"""The hours of a stop as a bar: the working day, the window in it, the visit in the window. Pure; minutes in."""

from dataclasses import dataclass
from decimal import Decimal

ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the bar: where it begins and how wide it is, between 0 and 1."""

    begins: Decimal
    width: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    window: Span
    visit: Span | None


def bar_of(*, day: tuple[int, int], window: tuple[int, int] | None, visit: tuple[int, int] | None) -> Bar | None:
    """Minutes after midnight. Without a window any time of the day is one; what lies outside the day is cut off."""
    begins, ends = day
    if ends <= begins:
        return None
    whole = _span(begins, ends, day)
    return Bar(_span(*window, day) if window else whole, _span(*visit, day) if visit else None)


def _span(start: int, end: int, day: tuple[int, int]) -> Span:
    left, right = _share(start, day), _share(end, day)
    return Span(left, max(right - left, ZERO))


def _share(minute: int, day: tuple[int, int]) -> Decimal:
    begins, ends = day
    return min(max(Decimal(minute - begins) / (ends - begins), ZERO), ONE)
