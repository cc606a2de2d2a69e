"""What the rules of warnings look at and say: kinds, thresholds, the facts of a customer on a day, a finding.

Days are calendar days, amounts stand in the currency beside them and are never mixed; a period is thirty days, the
newest one ends with the day that is looked at.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

PERIOD = 30  # days of a period of purchases
YEAR = 12  # periods
PERIODS = 26  # two years, and the neighbours of the season
ZERO = Decimal(0)

Evidence = dict[str, str | int]


class Kind(StrEnum):
    """Computed ones first; the last five are seen by somebody."""

    OFF_SEASON = "off season"
    SUDDEN_DROP = "sudden drop"
    DRIFTING = "drifting"
    ASKS_FOR_TIME = "asks for time"
    PAYS_IN_PARTS = "pays in parts"
    UNANSWERED = "unanswered"
    FIRST_ORDER = "first order"
    CLOSING = "closing"
    MOVING = "moving"
    DEMOLITION = "demolition"
    STAFF_LEAVING = "staff leaving"
    DUMPING = "dumping"


class Severity(StrEnum):
    SLIGHT = "slight"
    MARKED = "marked"
    SEVERE = "severe"


BOOK, FIELD = "book", "field"  # sources: computed, seen by a rep
ORDER = (Severity.SLIGHT, Severity.MARKED, Severity.SEVERE)


@dataclass(frozen=True, slots=True)
class Watch:
    """From when a sign is one. Shares are of the customer's own past; days are calendar days."""

    # large purchases off season
    off_season_times: Decimal = Decimal("3")  # of the largest period of the year before
    off_season_severe: Decimal = Decimal("5")
    off_season_orders: int = 4  # purchases in the year before, at least
    off_season_active: int = 3  # periods of that year with purchases, at least
    # purchases dropped
    drop_to: Decimal = Decimal("0.02")  # of what the same customer bought in such a time
    drop_to_late: Decimal = Decimal("0.4")  # the same, while something is late beyond the customer's usual and ...
    drop_silent: float = 0.1  # ... it does not answer (the chance of that), or has asked for time
    drop_active_late: int = 6  # periods of the year before with purchases, at least, for that
    drop_periods: tuple[int, ...] = (2, 3, 4)  # looked at together: the first of them in which ...
    drop_expected: int = 8  # ... so many orders would have come as usual
    drop_active: int = 9  # periods of the year before with purchases, at least
    usual_least: int = 8  # items that make a usual delay
    # a payer drifts late
    drift_until: int = 40  # the middle of the earlier delays: who was always later does not drift
    drift_memory: int = 800  # days that are looked back at: two years, and the same season in them
    drift_recent: int = 90  # of them the newest, in which the change is looked for ...
    drift_longest: int = 180  # ... or so many, until there are ...
    drift_items: int = 4  # ... so many items
    drift_least: int = 8  # earlier items
    drift_spread: float = 4.0  # days that the delays of anybody may differ
    drift_slack: float = 1.0  # spreads by which later is not yet worse
    drift_clip: float = 2.5  # spreads that one item can count at most: one outlier is no drift
    drift_alarm: float = 5.0  # spreads that must add up
    drift_late: int = 2  # items, at least
    drift_days: int = 10  # and so many days later than before, in the middle of the last three
    drift_marked: int = 14
    drift_severe: int = 40
    # a lesser drift, while nobody answers or orders get smaller
    second_days: int = 4  # days later than before, in the middle of the last three
    second_until: int = 60  # as `drift_until`: somebody slower can still be seen to change
    second_chance: float = 0.3  # that nobody answers by chance, where the drift itself is full
    silent_alarm: float = 2.5  # spreads that must add up ...
    silent_chance: float = 0.1  # ... where that chance is so small
    smaller_alarm: float = 3.0  # spreads that must add up, where ...
    smaller_to: Decimal = Decimal("0.6")  # ... the size of an order is so small a share of the usual
    smaller_periods: int = 2  # the newest, in which orders are smaller
    smaller_now: int = 2  # orders in them, at least
    smaller_orders: int = 6  # orders in the year before, at least
    # asks for more time
    asked_times: int = 2
    asked_within: int = 120
    asked_severe: int = 4
    asked_lately: int = 60  # once in so many days is enough for somebody who pays in parts and ...
    asked_alarm: float = 0.5  # ... drifts by so many spreads ...
    asked_days: int = 2  # ... and days
    # pays in parts
    parts_times: int = 3
    parts_within: int = 90
    parts_share: float = 0.3  # of the items that were paid at all in these days
    parts_before: float = 0.05  # at most, in the year before
    parts_least: int = 6  # items paid in the year before
    # does not answer
    unanswered_times: int = 3
    unanswered_chance: float = 0.02  # that so many would fail anyway, by the customer's own past
    unanswered_known: int = 5  # earlier calls and visits that make a past
    unanswered_days: int = 7  # between the first and the last of them
    unanswered_recent: int = 30  # the last one is not older
    new_items: int = 3  # due by now, at most: somebody new
    new_late: int = 15  # days that one of them is late
    new_times: int = 2  # calls and visits that reached nobody
    # suspicious first order
    first_within: int = 45  # days since the first order
    first_times: Decimal = Decimal("2")  # of the usual first order of such customers
    first_times_at_limit: Decimal = Decimal("1.2")  # the same, where the limit is nearly used up:
    first_of_limit: Decimal = Decimal("0.7")  # so much of it
    first_severe: Decimal = Decimal("5")
    first_peers: int = 10  # first orders that make a usual one
    first_known: int = 180  # days that the book reaches back before the order: else it may not be the first
    # how long a warning lasts after the last night on which its sign was there
    lasts: dict[Kind, int] = field(
        default_factory=lambda: {
            Kind.OFF_SEASON: 90, Kind.SUDDEN_DROP: 60, Kind.DRIFTING: 60, Kind.ASKS_FOR_TIME: 90,
            Kind.PAYS_IN_PARTS: 60, Kind.UNANSWERED: 30, Kind.FIRST_ORDER: 90, Kind.CLOSING: 180, Kind.MOVING: 180,
            Kind.DEMOLITION: 180, Kind.STAFF_LEAVING: 90, Kind.DUMPING: 90,
        }
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purchases:
    """What was billed in one currency: sums and numbers of invoices by period, the newest first."""

    currency: str
    sums: tuple[Decimal, ...]
    orders: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A due item: when it was agreed to be paid, and when it was; None while it is open."""

    due_on: date
    settled_on: date | None


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """The first goods on credit, all of the first thirty days, beside what others of the channel begin with."""

    on: date
    amount: Decimal
    currency: str
    usual: Decimal
    peers: int
    limit: Decimal | None  # in the same currency
    known_since: date  # the first day of the book


@dataclass(frozen=True, slots=True)
class Facts:
    """One customer on one day."""

    as_of: date
    purchases: tuple[Purchases, ...] = ()
    due: tuple[Due, ...] = ()  # due by now, by the day they were due
    in_parts: tuple[date, ...] = ()  # the first payment of an item that left a rest open; contested items left out
    asked: tuple[date, ...] = ()  # when more time was asked for
    unreached: tuple[date, ...] = ()  # calls and visits since anything was last heard of the customer
    contacts: int = 0  # calls and visits in the year before the first of those
    reached: int = 0  # of them
    first: FirstOrder | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    severity: Severity
    evidence: Evidence
