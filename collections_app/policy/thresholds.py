"""The numbers behind the standings and the first plan: data, with the defaults of the product."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Days after the due date, and the counts that move a standing. Days are calendar days."""

    quasi_bad: int = 60  # days late from which an item is quasi-bad
    bad: int = 180  # days late from which it is bad
    dormant: int = 365  # days without a movement of the customer
    broken_promises: int = 2  # so many ...
    broken_within: int = 180  # ... in so many days make a late item quasi-bad
    grace_cash: int = 0  # working days after a promised day, cash
    grace_other: int = 2  # working days after a promised day, other methods
    promise_within: int = 90  # a promise is for a day at most so many days ahead


@dataclass(frozen=True, slots=True)
class Dunning:
    """When a letter goes out, and what it says. Days are calendar days."""

    level_from: tuple[int, ...] = (1, 21, 45)  # days late from which level 1, 2, 3 may be sent
    notice: int = 10  # days between a letter and the day by which to pay
    minimum: str = "5.00"  # below this, in the letter's currency, no letter


@dataclass(frozen=True, slots=True)
class Planning:
    """The first visit plan: worth per visit and minutes of a day."""

    cost_per_minute: str = "0.60"  # base currency
    visit_minutes: int = 25
    left_out_from: str = "100"  # worth from which somebody left out is named with a reason
    starts_at: int = 9 * 60  # minutes after midnight
    ends_at: int = 17 * 60 + 30


@dataclass(frozen=True, slots=True)
class Policy:
    thresholds: Thresholds = Thresholds()
    dunning: Dunning = Dunning()
    planning: Planning = Planning()
    buckets: tuple[int, ...] = (30, 60, 90, 180)
