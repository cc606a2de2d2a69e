"""What a visit is worth: the cash it is expected to bring, less the minutes of travel, as terms that add up.

All amounts are in the base currency. A term is the step that one factor adds or takes, in a fixed order, so the
terms sum to the worth to the cent. Worth never falls when an amount rises, nor when an item grows later inside
its standing: the chances of a standing are cumulative maxima, and factors only multiply.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from common import money
from common.money import ZERO

# Days late from which a chance holds, per standing. The older inside a standing, the less a week may be lost.
CHANCES: dict[str, tuple[tuple[int, Decimal], ...]] = {
    "unpaid": ((0, Decimal("0.50")),),
    "overdue": ((0, Decimal("0.50")), (8, Decimal("0.54")), (31, Decimal("0.58"))),
    "quasi-bad": ((0, Decimal("0.42")), (90, Decimal("0.46")), (120, Decimal("0.48"))),
    "bad": ((0, Decimal("0.18")), (270, Decimal("0.20"))),
    "dormant": ((0, Decimal("0.04")),),
}
PROMISE_TODAY = Decimal("1.6")
SETTLEMENT_DAY = Decimal("1.25")
SURE = Decimal("0.95")  # no visit is worth more than this share of what is asked

ASKED = "asked"
CHANCE = "chance"
PROMISE = "promise today"
SETTLEMENT = "settlement day"
WORD_KEPT = "promises kept"
OTHER_CURRENCIES = "other currencies"
TRAVEL = "travel"


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of what is asked for. `amount` in the base currency; days late 0 on the due day itself."""

    amount: Decimal
    standing: str
    days_late: int
    promised_today: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One named step of the worth, in the base currency."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Worth:
    terms: tuple[Term, ...]

    @property
    def amount(self) -> Decimal:
        return sum((term.amount for term in self.terms), ZERO)

    def plus(self, name: str, amount: Decimal) -> "Worth":
        return Worth((*self.terms, Term(name, amount))) if amount else self


def chance(standing: str, days_late: int) -> Decimal:
    """How likely a visit brings the money, by standing and days late; never falls with the days."""
    steps = CHANCES.get(standing, CHANCES["bad"])
    highest = accumulate((share for _, share in steps), max)
    return [share for (start, _), share in zip(steps, highest, strict=True) if start <= max(days_late, 0)][-1]


def reliability(kept: int, made: int) -> Decimal:
    """Between 0.8 and 1.2: the share of promises kept, drawn to the middle while few are known."""
    return Decimal("0.8") + Decimal("0.4") * Decimal(kept + 2) / Decimal(made + 4)


def worth_of(
    asked: Sequence[Asked], *, currency: str, settlement_day: bool = False, kept: int = 0, made: int = 0
) -> Worth:
    """The worth of asking for these parts on one visit, before travel. `currency` is the base currency."""
    word = reliability(kept, made)
    steps = [
        (ASKED, [part.amount for part in asked]),
        (CHANCE, [part.amount * _sure(_chance(part)) for part in asked]),
        (PROMISE, [part.amount * _sure(_with_promise(part)) for part in asked]),
        (SETTLEMENT, [part.amount * _sure(_on_day(part, settlement_day)) for part in asked]),
        (WORD_KEPT, [part.amount * _sure(_on_day(part, settlement_day) * word) for part in asked]),
    ]
    terms, before = [], ZERO
    for name, parts in steps:
        upto = money.rounded(sum(parts, ZERO), currency)
        if upto != before:
            terms.append(Term(name, upto - before))
        before = upto
    return Worth(tuple(terms))


def less_travel(worth: Worth, *, minutes: int, cost_per_minute: Decimal, currency: str) -> Worth:
    """The worth after the way there. Minutes of travel and parking; the cost is in the base currency."""
    return worth.plus(TRAVEL, -money.rounded(minutes * cost_per_minute, currency))


def _chance(part: Asked) -> Decimal:
    return chance(part.standing, part.days_late)


def _with_promise(part: Asked) -> Decimal:
    return _chance(part) * (PROMISE_TODAY if part.promised_today else 1)


def _on_day(part: Asked, settlement_day: bool) -> Decimal:
    return _with_promise(part) * (SETTLEMENT_DAY if settlement_day else 1)


def _sure(share: Decimal) -> Decimal:
    return min(share, SURE)
