"""The numbers behind the standings, the letters, the gate and the plan: data, with the defaults of the product.

What each key may be stands in `policy.keys`, what it means in `policy.words` and `docs/policy.md`; a test names
whatever is missing in one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


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
    order_minutes: int = 15  # longer, where the customer is about to order again
    paper_minutes: int = 10  # longer, where invoices or a reconciliation are gone through
    left_out_from: str = "100"  # worth from which somebody left out is named with a reason
    starts_at: int = 9 * 60  # minutes after midnight
    ends_at: int = 17 * 60 + 30
    announce_from: str = "500"  # base currency: planned collections of so much are confirmed by a call
    announce_days: int = 3  # working days ahead from which they are
    far_minutes: int = 45  # a way of so many minutes is far: unconfirmed, the visit is worth less


@dataclass(frozen=True, slots=True)
class Worth:
    """How likely a visit brings what it asks for, by standing and days late, and what moves that. Factors are text.

    A chance may be written as it is, falling with the days; `visits.worth` never lets it fall inside a standing.
    """

    chance_unpaid: str = "0.50"
    bands_overdue: tuple[int, ...] = (8, 31)  # days late at which the next chance begins
    chance_overdue: tuple[str, ...] = ("0.50", "0.54", "0.58")
    bands_quasi_bad: tuple[int, ...] = (90, 120)
    chance_quasi_bad: tuple[str, ...] = ("0.42", "0.46", "0.48")
    bands_bad: tuple[int, ...] = (270, 365)
    chance_bad: tuple[str, ...] = ("0.18", "0.20", "0.20")
    chance_dormant: str = "0.04"
    urgency_unpaid: str = "1"  # what a week of waiting would lose
    urgency_overdue: str = "1.05"
    urgency_quasi_bad: str = "1.15"
    urgency_bad: str = "1.1"
    urgency_dormant: str = "1"
    promise_today: str = "1.6"
    settlement_day: str = "1.25"  # as the customer states it
    payout_day: str = "1.15"  # as it was learned
    other_day: str = "0.9"  # pay-out days were learned, and this is none
    promises_kept: str = "0.2"  # so much up with all promises kept, down with all broken
    warning_mild: str = "1.1"
    warning_severe: str = "1.25"
    term_bands: tuple[int, ...] = (30, 60)  # days agreed at which the next factor begins
    term_factors: tuple[str, ...] = ("1", "0.97", "0.95")
    large_from: str = "10000"  # base currency
    large_share: str = "0.9"  # what of an item lies above counts so
    kind_instalment: str = "1.05"
    kind_consigned: str = "0.95"
    kind_uncontracted: str = "0.9"
    procedure_step: str = "0.97"  # each step of the customer's procedure
    papers: str = "0.95"  # something has to be with the customer first
    unconfirmed: str = "0.7"
    coming_within: int = 14  # days ahead; 0: nothing that is not due counts
    coming_share: str = "0.1"
    sure: str = "0.95"  # no visit is worth more than this share of what it asks for


@dataclass(frozen=True, slots=True)
class Travel:
    """How long a way takes where no map server tells. Each part has its speed, so that the longer is never faster."""

    circuity: str = "1.3"  # a street is so many times as long as the crow flies
    bands: tuple[int, ...] = (5, 20)  # kilometres at which the next speed begins
    speeds: tuple[int, ...] = (22, 38, 60)  # km/h: up to the first of them, between the two, beyond
    parking_minutes: int = 4  # at every place that is driven to


@dataclass(frozen=True, slots=True)
class Gate:
    """What keeps goods here. Amounts are in the currency of the shipment, days are calendar days."""

    late_from: int = 15  # days late from which nothing more leaves
    tolerance: str = "0.00"  # may stay open of an earlier batch
    automatic: bool = True  # money that settles every cause releases the batch at once
    provisional: str = "0.00"  # field cash up to so much per rep opens the gate before finance has verified it


@dataclass(frozen=True, slots=True)
class Credit:
    """How credit grows and when somebody looks first. Amounts are in base currency."""

    ramp_start: str = "500"  # a new customer may owe so much
    ramp_steps: int = 6  # settlements on time until the whole limit is open
    new_for: int = 365  # days from the first invoice in which a customer counts as new
    first_order_from: str = "2000"  # a first order of so much is checked
    slow_after: int = 45  # days after which a consigned batch that has sold less than half is slow
    limit_ends_within: int = 30  # days before the end of an insured limit in which somebody is told


@dataclass(frozen=True, slots=True)
class Ladder:
    """When each rung of the supply ladder may be proposed: days late of the oldest item, and what is late at least."""

    late_from: tuple[int, ...] = (15, 25, 35, 45, 75, 120)
    minimum: str = "100"  # base currency
    batch_share: str = "0.5"  # of the usual batch, on the first rung
    best_sellers: int = 3  # products withheld on the third


@dataclass(frozen=True, slots=True)
class Approvals:
    """How much one person's word is enough for."""

    manager_up_to: str = "5000"  # base currency; more is for finance or an admin


@dataclass(frozen=True, slots=True)
class Effort:
    """What is done about a customer whose worst standing is this one."""

    rhythm: int = 0  # days from one contact to the next; 0: none is planned beyond the due day
    channel: str = "visit"  # visit, call, letter, or a look at the file
    visitor: str = "rep"  # who does it
    approver: str = "manager"  # the lowest role that decides: more time, overrides, limits, rungs

    @property
    def is_visit_by_rep(self) -> bool:
        return self.channel == "visit" and self.visitor == "rep"


@dataclass(frozen=True, slots=True)
class Efforts:
    """The effort of each standing."""

    unpaid: Effort = Effort()
    overdue: Effort = Effort(rhythm=14)
    quasi_bad: Effort = Effort(rhythm=7)
    bad: Effort = Effort(rhythm=30, channel="letter", visitor="manager")
    dormant: Effort = Effort(rhythm=90, channel="look", visitor="manager")

    def of(self, standing: str) -> Effort:
        """By the standing's code, e.g. "quasi-bad"."""
        effort: Effort = getattr(self, standing.replace("-", "_"))
        return effort


@dataclass(frozen=True, slots=True)
class Conduct:
    """How often and when we may begin a contact. Statutory notices and calls the customer asked for are free."""

    contacts_per_week: int = 3  # begun by us, per customer
    quiet_sunday: bool = True
    quiet_holidays: bool = True  # those of the business's calendar


Own = Mapping[str, Mapping[str, Any]]  # a segment's own values: section, key, value


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything in force on a day. `segments` holds what differs for the customers of a segment."""

    thresholds: Thresholds = Thresholds()
    efforts: Efforts = Efforts()
    dunning: Dunning = Dunning()
    planning: Planning = Planning()
    worth: Worth = Worth()
    travel: Travel = Travel()
    conduct: Conduct = Conduct()
    gate: Gate = Gate()
    credit: Credit = Credit()
    ladder: Ladder = Ladder()
    approvals: Approvals = Approvals()
    buckets: tuple[int, ...] = (30, 60, 90, 180)
    segments: Mapping[str, Own] = field(default_factory=dict)

    def for_segment(self, name: str) -> "Policy":
        """The policy of the customers of a segment: its own values, and the general ones for the rest."""
        found = replace(self, segments={})
        for section, values in self.segments.get(name, {}).items():
            found = found.having(section, **values)
        return found

    def thresholds_by_segment(self) -> dict[str, Thresholds]:
        """The segments whose thresholds are not the general ones."""
        own = {name: self.for_segment(name).thresholds for name in self.segments}
        return {name: thresholds for name, thresholds in own.items() if thresholds != self.thresholds}

    def section(self, name: str) -> Any:
        """A section by its name, "efforts.bad" included; the policy itself for the keys that stand in none."""
        found: Any = self
        for part in name.split(".") if name else ():
            found = getattr(found, part)
        return found

    def having(self, section: str, **values: Any) -> "Policy":
        """The same policy with other values in a section."""
        if not section:
            return replace(self, **values)
        outer, _, inner = section.partition(".")
        part = getattr(self, outer)
        changed = replace(part, **({inner: replace(getattr(part, inner), **values)} if inner else values))
        return replace(self, **{outer: changed})
