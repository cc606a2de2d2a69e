"""Goods on consignment: sold + returned + on hand + lost = delivered, always. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

NEVER_FALL = ("sold", "returned", "lost")  # totals since the delivery; only what is on hand goes down


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
