"""Goods on consignment: sold + returned + on hand + lost = delivered, always; how often that is counted. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

NEVER_FALL = ("sold", "returned", "lost")  # totals since the delivery; only what is on hand goes down


class Unsaid(StrEnum):
    """What a consignment clause leaves open, so that nobody could hold the other side to it."""

    COUNT = "count"  # how often the goods are counted
    COUNTER = "counter"  # by whom
    TITLE = "title"  # whose they are meanwhile
    TOO_LATE = "too late"  # the first count would come after the goods had to go back


def unsaid(*, count_every: int | None, counter: str, title: str, max_days: int) -> list[Unsaid]:
    """`max_days` is how long the goods may stay; a count on the last day is still in time."""
    found = []
    if count_every is None:
        found.append(Unsaid.COUNT)
    elif count_every > max_days:
        found.append(Unsaid.TOO_LATE)
    if not counter:
        found.append(Unsaid.COUNTER)
    if not title:
        found.append(Unsaid.TITLE)
    return found


def next_count(*, delivered_on: date, counted_on: date | None, count_every: int, max_days: int) -> date | None:
    """By which day a batch is to be counted: so many days after its last count, or after its delivery, and on the last
    day at the latest. None: it was counted on that day, and what was left is no stock any more."""
    last_on = last_day(delivered_on, max_days)
    if counted_on is not None and counted_on >= last_on:
        return None
    return min((counted_on or delivered_on) + timedelta(count_every), last_on)


@dataclass(frozen=True, slots=True)
class Counted:
    """What had become of a line's goods by a day."""

    sold: Decimal
    returned: Decimal
    on_hand: Decimal
    lost: Decimal

    @property
    def total(self) -> Decimal:
        return self.sold + self.returned + self.on_hand + self.lost


def fell(earlier: Counted, later: Counted) -> str:
    """The first total that is smaller in the later count; empty where none is."""
    return next((name for name in NEVER_FALL if getattr(later, name) < getattr(earlier, name)), "")


def last_day(delivered_on: date, max_days: int) -> date:
    """What is not sold by then comes back, or is bought on that day."""
    return delivered_on + timedelta(max_days)


def to_bill(counted: Counted, *, is_bought: bool) -> Decimal:
    """The quantity the customer owes by a count; `is_bought`: the last day has come and the rest is his."""
    return counted.sold + counted.on_hand if is_bought else counted.sold


def is_slow(*, delivered: Decimal, sold: Decimal, on_hand: Decimal, days: int, slow_after: int) -> bool:
    """So many days after delivery less than half of it is sold and some of it still lies there."""
    return days >= slow_after and on_hand > 0 and sold * 2 < delivered
