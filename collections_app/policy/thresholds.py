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
    left_out_from: str = "100"  # worth from which somebody left out is named with a reason
    starts_at: int = 9 * 60  # minutes after midnight
    ends_at: int = 17 * 60 + 30


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
class Effort:
    """What is done about a customer whose worst standing is this one."""

    rhythm: int = 0  # days from one contact to the next; 0: none is planned beyond the due day
    channel: str = "visit"  # visit, call, letter, or a look at the file
    visitor: str = "rep"  # who does it
    approver: str = "manager"  # who decides what goes beyond it

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
    conduct: Conduct = Conduct()
    gate: Gate = Gate()
    credit: Credit = Credit()
    ladder: Ladder = Ladder()
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
