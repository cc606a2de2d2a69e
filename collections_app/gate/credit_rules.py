"""How much credit a customer has, has earned and uses. Pure: sums and days in, figures with their reasons out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from common import money
from common.money import ZERO

LARGEST = 10  # debtors of a concentration
POINTS = 10_000  # the index of Herfindahl and Hirschman: all with one debtor
Sums = Mapping[str, Decimal]  # by currency
Rates = Mapping[str, Decimal]  # one unit in base currency


class Part(StrEnum):
    """What counts against a limit. Neither provisional cash nor paper in hand lowers any of it."""

    OPEN = "open"  # due items
    ON_THE_WAY = "on the way"  # released or delivered, not invoiced yet
    CONSIGNED = "consigned"  # delivered on consignment, not sold yet


@dataclass(frozen=True, slots=True)
class ExposurePart:
    """One part: its sum per currency, and in base currency (None: a currency of it has no rate)."""

    part: Part
    sums: tuple[tuple[str, Decimal], ...]
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """The parts add up to the total exactly: each sum of a currency is rounded once."""

    parts: tuple[ExposurePart, ...]
    missing: tuple[str, ...]  # currencies without a stated rate

    @property
    def total(self) -> Decimal | None:
        if self.missing:
            return None
        return sum((part.amount for part in self.parts if part.amount is not None), ZERO)


def exposure(sums: Mapping[Part, Sums], rates: Rates, base: str) -> Exposure:
    """What stands against a limit, in base currency."""
    parts = []
    missing: set[str] = set()
    for part in Part:
        found = sorted((currency, amount) for currency, amount in sums.get(part, {}).items() if amount)
        unrated = [currency for currency, _amount in found if currency not in rates]
        missing |= set(unrated)
        converted = [money.rounded(amount * rates[currency], base) for currency, amount in found if currency in rates]
        parts.append(ExposurePart(part, tuple(found), None if unrated else sum(converted, ZERO)))
    return Exposure(tuple(parts), tuple(sorted(missing)))


def together(several: Iterable[Mapping[Part, Sums]]) -> dict[Part, dict[str, Decimal]]:
    """The sums of several accounts as one: of a payer and those it pays for, of a group."""
    found: dict[Part, dict[str, Decimal]] = {part: {} for part in Part}
    for sums in several:
        for part, by_currency in sums.items():
            for currency, amount in by_currency.items():
                found[part][currency] = found[part].get(currency, ZERO) + amount
    return found


def is_exceeded(exposure: Decimal, limit: Decimal) -> bool:
    """Exactly at the limit is within it."""
    return exposure > limit


def used(exposure: Decimal | None, limit: Decimal | None) -> Decimal | None:
    """The share of a limit that is used, 1 at the limit; undefined without a rate, and of a limit of nothing."""
    if exposure is None or not limit:
        return None
    return exposure / limit


# New customers


@dataclass(frozen=True, slots=True)
class Step:
    """What is allowed after so many settlements on time."""

    settled: int
    allowed: Decimal
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Ramp:
    """The credit of a new customer grows with what it settles on time. Amounts are in base currency."""

    start: Decimal
    granted: Decimal | None  # None: no limit is stated, and each settlement adds the first step once more
    settled: int
    needed: int  # settlements on time until the whole limit is open
    base: str
    allowed: Decimal

    @property
    def steps(self) -> tuple[Step, ...]:
        """As they are drawn; without a stated limit there is no last one: so many, and the next."""
        last = max(self.needed, 0) if self.granted is not None else self.settled + 1
        drawn = range(max(0, last - max(self.needed, 1)), last + 1)
        return tuple(Step(count, self.after(count), count <= self.settled) for count in drawn)

    def after(self, settled: int) -> Decimal:
        return _allowed(self.start, self.granted, settled, self.needed, self.base)


def is_new(*, first_invoice_on: date | None, as_of: date, new_for: int) -> bool:
    """So many days from its first invoice on a customer counts as new; without an invoice it always does."""
    return first_invoice_on is None or as_of < first_invoice_on + timedelta(days=new_for)


def ramp(*, start: Decimal, granted: Decimal | None, settled: int, needed: int, base: str) -> Ramp:
    return Ramp(start, granted, settled, needed, base, _allowed(start, granted, settled, needed, base))


def _allowed(start: Decimal, granted: Decimal | None, settled: int, needed: int, base: str) -> Decimal:
    """start + (granted − start) × settled ÷ needed; without a stated limit start × (1 + settled)."""
    if granted is None:
        return money.rounded(start * (1 + settled), base)
    first = min(start, granted)
    share = Decimal(min(settled, needed)) / needed if needed > 0 else Decimal(1)
    return money.rounded(first + (granted - first) * share, base)


class Doubt(StrEnum):
    """Why a first order is looked at before it leaves."""

    LARGE = "large"
    UNQUESTIONING = "unquestioning"


def doubt_about(*, amount_in_base: Decimal | None, without_questions: bool, first_order_from: Decimal) -> Doubt | None:
    """A first order that is suspiciously large, or came too easily. Without a rate its size cannot be told."""
    if amount_in_base is not None and amount_in_base >= first_order_from:
        return Doubt.LARGE
    return Doubt.UNQUESTIONING if without_questions else None


# Insured limits


@dataclass(frozen=True, slots=True)
class InsuredTerms:
    """What the insurer asks: until when he covers, how long an extension may be, and when he must be told."""

    ends_before: date
    largest_extension_days: int | None
    notify_after_days: int | None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open due item under the cover. `latest_on`: the due date in force, or the last part of its plan."""

    customer: int
    invoice: str
    agreed_due_date: date | None
    due_date: date | None
    latest_on: date | None
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """What is wrong with the cover on a day; nothing set: it holds."""

    ended_on: date | None = None  # its last day
    over_extension: int | None = None  # days by which an extension is longer than allowed
    not_told: str = ""  # the first invoice of which the insurer should have been told


def cover(terms: InsuredTerms, items: Sequence[OpenItem], as_of: date) -> Cover:
    """Ended, an extension too long, a notification day missed: each may be true at once."""
    return Cover(
        ended_on=terms.ends_before - timedelta(days=1) if terms.ends_before <= as_of else None,
        over_extension=_over_extension(terms, items),
        not_told=next((item.invoice for item, day in to_tell(terms, items) if day < as_of), ""),
    )


def _over_extension(terms: InsuredTerms, items: Sequence[OpenItem]) -> int | None:
    if terms.largest_extension_days is None:
        return None
    extended = [
        (item.latest_on - item.agreed_due_date).days - terms.largest_extension_days
        for item in items
        if item.latest_on is not None and item.agreed_due_date is not None
    ]
    longest = max(extended, default=0)
    return longest if longest > 0 else None


def to_tell(terms: InsuredTerms, items: Sequence[OpenItem]) -> list[tuple[OpenItem, date]]:
    """Of what the insurer has not been told, with the last day on which it is in time; the most pressing first."""
    if terms.notify_after_days is None:
        return []
    within = timedelta(days=terms.notify_after_days)
    waits = [(item, item.due_date + within) for item in items if item.due_date is not None and not item.is_told]
    return sorted(waits, key=lambda row: (row[1], row[0].invoice))


# Concentration


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much of a book hangs on few debtors. Both figures are undefined where nothing is owed."""

    debtors: int
    total: Decimal
    largest_share: Decimal | None  # of the ten largest
    index: Decimal | None  # of Herfindahl and Hirschman: near 0 many small ones, 10,000 a single one


def concentration(exposures: Iterable[Decimal]) -> Concentration:
    """Of the exposures of single debtors, in one currency."""
    owed = sorted((amount for amount in exposures if amount > ZERO), reverse=True)
    total = sum(owed, ZERO)
    if not total:
        return Concentration(0, ZERO, None, None)
    squares = sum(((amount / total) ** 2 for amount in owed), ZERO) * POINTS
    return Concentration(
        debtors=len(owed),
        total=total,
        largest_share=sum(owed[:LARGEST], ZERO) / total,
        index=money.whole(squares),
    )
