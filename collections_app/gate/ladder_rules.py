"""The supply ladder for customers in breach: which rung may follow, what it keeps back, when it is left. Pure.

One rung at a time, each only while something undisputed is late. The rungs add up: on the third the batches are still
small and gifts stay here. From the fourth on nothing leaves on credit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from statistics import median

from collections_app.policy.thresholds import Ladder
from common import money
from common.money import ZERO

WINDOW = 180  # days whose deliveries tell what the customer takes
MONTHS = 6  # in the window
TELLING = 6  # batches of which the usual one is the median ...
FEWEST = 3  # ... once so many are known
MARGIN = Decimal("0.25")  # of the price of goods, until somebody states the customer's own


class Rung(IntEnum):
    SMALLER_BATCHES = 1
    NO_NEW_BENEFITS = 2
    BEST_SELLERS_WITHHELD = 3
    NO_SUPPLY = 4
    RETURN_OF_GOODS = 5
    COURT_FILE = 6


TOP = max(Rung)


# Which rung may follow


@dataclass(frozen=True, slots=True)
class Breach:
    """What a customer owes late that nothing speaks for: no dispute, running promise, unverified receipt or paper."""

    days_late: int = 0  # of the oldest of it
    late: Decimal = ZERO  # in base currency; what has no rate is not in it
    missing: tuple[str, ...] = ()  # currencies without a rate


@dataclass(frozen=True, slots=True)
class Footing:
    """Where a customer stands; `notice_until` is the last day that the letter of this rung gave."""

    rung: int = 0
    notice_until: date | None = None


class Lack(StrEnum):
    LOST = "lost"  # the claim is with the court, an administrator or an agency
    NOT_LATE = "not late enough"
    TOO_LITTLE = "too little"
    NO_RATE = "no rate"
    NOTICE_RUNS = "notice runs"
    NO_NOTICE = "no notice before"
    NO_TITLE = "no title"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A precondition that is not met, with the values that its sentence needs."""

    kind: Lack
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy says about the ladder; the minimum is in base currency, the notice in days."""

    late_from: Sequence[int]
    minimum: Decimal
    notice: int


def next_rung(standing: int) -> int:
    """The rung above, or 0: there is none."""
    return standing + 1 if standing < TOP else 0


def skipped(rung: int, standing: int) -> list[int]:
    """The rungs that a step would leave out; that needs an approval of its own."""
    return list(range(standing + 1, rung))


def lacking(
    rung: int,
    *,
    breach: Breach,
    footing: Footing,
    terms: Terms,
    as_of: date,
    lost_because: str = "",
    may_fetch_goods: bool = False,
) -> list[Lacking]:
    """Every precondition of a rung that is not met; none: it may be proposed.

    The time that the last letter gave is always kept, also where rungs are skipped: the customer was told so.
    """
    if lost_because:
        return [Lacking(Lack.LOST, {"because": lost_because})]
    found = []
    needed = terms.late_from[rung - 1]
    if breach.days_late < needed:
        found.append(Lacking(Lack.NOT_LATE, {"days": str(breach.days_late), "needed": str(needed)}))
    if breach.late < terms.minimum:
        kind = Lack.NO_RATE if breach.missing else Lack.TOO_LITTLE
        facts = {"late": str(breach.late), "minimum": str(terms.minimum), "missing": ", ".join(breach.missing)}
        found.append(Lacking(kind, facts))
    if footing.notice_until is not None and as_of <= footing.notice_until:
        found.append(Lacking(Lack.NOTICE_RUNS, {"day": footing.notice_until.isoformat()}))
    if rung == Rung.COURT_FILE and footing.notice_until is None:
        found.append(Lacking(Lack.NO_NOTICE))
    if rung == Rung.RETURN_OF_GOODS and not may_fetch_goods:
        found.append(Lacking(Lack.NO_TITLE))
    return found


def pay_by(on: date, notice: int) -> date:
    """The last day of the time that a letter gives."""
    return on + timedelta(days=notice)


def is_over(left: Iterable[Decimal]) -> bool:
    """Is nothing late any more, disputed amounts left out? Then the ladder is left, whatever the rung."""
    return not any(amount > ZERO for amount in left)


# What a rung keeps back


@dataclass(frozen=True, slots=True)
class Line:
    product: int
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Batch:
    """A shipment: its amount, and its lines where they are known."""

    amount: Decimal
    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Usual:
    """What a customer takes: the largest batch that the first rung allows (None: too few are known), and its
    best-sellers."""

    largest: Decimal | None = None
    best_sellers: frozenset[int] = frozenset()


def largest(amounts: Sequence[Decimal], *, share: Decimal, currency: str) -> Decimal | None:
    """A share of the usual batch; `amounts` are those of the last deliveries, the newest first."""
    if len(amounts) < FEWEST:
        return None
    return money.rounded(share * median(amounts[:TELLING]), currency)


def best_sellers(delivered: Mapping[int, Decimal], most: int) -> frozenset[int]:
    """The products of which most was delivered, by quantity; of equals the older product."""
    ranked = sorted(delivered, key=lambda product: (-delivered[product], product))
    return frozenset(ranked[:most])


def over(rung: int, batch: Batch, usual: Usual) -> str:
    """What of a batch a rung does not allow, by the name that the gate has for it; the strictest first."""
    if rung >= Rung.NO_SUPPLY:
        return "no supply"
    if rung >= Rung.BEST_SELLERS_WITHHELD and any(line.product in usual.best_sellers for line in batch.lines):
        return "best-sellers"
    if rung >= Rung.NO_NEW_BENEFITS and any(line.unit_price == ZERO for line in batch.lines):
        return "benefits"
    if rung >= Rung.SMALLER_BATCHES and usual.largest is not None and batch.amount > usual.largest:
        return "batch too large"
    return ""


def may_leave(rung: int, batch: Batch, usual: Usual) -> Decimal:
    """What of a batch could still leave on this rung, as a smaller one."""
    if rung >= Rung.NO_SUPPLY:
        return ZERO
    left = batch.amount
    if rung >= Rung.BEST_SELLERS_WITHHELD:
        left -= sum((line.amount for line in batch.lines if line.product in usual.best_sellers), ZERO)
    if rung >= Rung.SMALLER_BATCHES and usual.largest is not None:
        left = min(left, usual.largest)
    return left


def kept_back(rung: int, batches: Iterable[tuple[Batch, Usual]]) -> Decimal:
    """What a rung would have kept back of past batches, all of one currency."""
    return sum((batch.amount - may_leave(rung, batch, usual) for batch, usual in batches), ZERO)


def a_month(kept: Decimal, currency: str) -> Decimal:
    """Of what is kept back in the window."""
    return money.rounded(kept / MONTHS, currency)


def lost_margin(kept_a_month: Decimal, margin: Decimal, currency: str) -> Decimal:
    """What not selling so much costs us a month."""
    return money.rounded(kept_a_month * margin, currency)


def terms_of(ladder: Ladder, *, notice: int) -> Terms:
    return Terms(ladder.late_from, Decimal(ladder.minimum), notice)
