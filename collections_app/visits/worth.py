"""What a visit is worth: the cash it is expected to bring, less the minutes of travel, as terms that add up.

All amounts are in the base currency, days late are calendar days. A term is the step that one factor adds or takes, in
a fixed order, so the terms sum to the worth to the cent. Worth never falls when an amount rises, nor when an item grows
later inside its standing: the chances of a standing are cumulative maxima, everything else only multiplies.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from collections_app.policy import thresholds as policy
from collections_app.visits.chances import Learned, Table
from common import money
from common.money import ZERO

ONE = Decimal(1)
STEPS = 5  # of a procedure count at most
INVOICE, INSTALMENT, CONSIGNED, UNCONTRACTED = "invoice", "instalment", "consigned", "uncontracted"
MILD, SEVERE = "mild", "severe"

ASKED = "asked"
COMING = "coming"
CHANCE = "chance"
LEARNED = "learned"
URGENCY = "urgency"
PROMISE = "promise today"
SETTLEMENT = "settlement day"
PAYOUT = "payout day"
WORD_KEPT = "promises kept"
WARNING = "warning"
TERM = "term"
AMOUNT_AND_KIND = "amount and kind"
PROCEDURE = "procedure"
UNCONFIRMED = "unconfirmed"
OTHER_CURRENCIES = "other currencies"
TRAVEL = "travel"


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of what is asked for. Days late are 0 on the due day itself; `term_days` is what was agreed, if known.

    What is `is_coming` is open, not asked for yet and falls due soon.
    """

    amount: Decimal
    standing: str
    days_late: int
    promised_today: bool = False
    is_coming: bool = False
    term_days: int | None = None
    kind: str = INVOICE


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of the customer and the day."""

    settlement_day: bool = False  # as it states it
    payout_day: bool | None = None  # as it was learned; None: nothing was learned
    kept: int = 0  # promises
    made: int = 0
    steps: int = 0  # of its payment procedure
    needs_papers: bool = False  # an invoice or a reconciliation has to be there first
    warning: str = ""  # the severest one that is live: "", MILD, SEVERE
    learned: Learned | None = None  # how it has paid before
    unconfirmed: bool = False  # a far trip, and the call ahead found nobody or was told no


NOTHING_KNOWN = Circumstances()


@dataclass(frozen=True, slots=True)
class Weights:
    """The section `worth` of a policy, ready to count with."""

    table: Table
    urgency: Mapping[str, Decimal]
    promise_today: Decimal
    settlement_day: Decimal
    payout_day: Decimal
    other_day: Decimal
    promises_kept: Decimal
    warning: Mapping[str, Decimal]
    term_bands: tuple[int, ...]
    term_factors: tuple[Decimal, ...]
    large_from: Decimal
    large_share: Decimal
    kind: Mapping[str, Decimal]
    procedure_step: Decimal
    papers: Decimal
    unconfirmed: Decimal
    coming_share: Decimal
    sure: Decimal

    @classmethod
    def of(cls, said: policy.Worth) -> "Weights":
        number = Decimal
        return cls(
            table=_table(said),
            urgency={
                standing: number(getattr(said, f"urgency_{standing.replace('-', '_')}")) for standing in _STANDINGS
            },
            promise_today=number(said.promise_today),
            settlement_day=number(said.settlement_day),
            payout_day=number(said.payout_day),
            other_day=number(said.other_day),
            promises_kept=number(said.promises_kept),
            warning={MILD: number(said.warning_mild), SEVERE: number(said.warning_severe)},
            term_bands=said.term_bands,
            term_factors=tuple(map(number, said.term_factors)),
            large_from=number(said.large_from),
            large_share=number(said.large_share),
            kind={
                INSTALMENT: number(said.kind_instalment),
                CONSIGNED: number(said.kind_consigned),
                UNCONTRACTED: number(said.kind_uncontracted),
            },
            procedure_step=number(said.procedure_step),
            papers=number(said.papers),
            unconfirmed=number(said.unconfirmed),
            coming_share=number(said.coming_share),
            sure=number(said.sure),
        )

    def chance(self, standing: str, days_late: int) -> Decimal:
        """How likely a visit brings the money, by standing and days late; never falls with the days."""
        return self.table.chance(standing, days_late)


_STANDINGS = ("unpaid", "overdue", "quasi-bad", "bad", "dormant")


def _table(said: policy.Worth) -> Table:
    def banded(bands: tuple[int, ...], chances: tuple[str, ...]) -> tuple[tuple[int, Decimal], ...]:
        return tuple(zip((0, *bands), map(Decimal, chances), strict=True))

    return Table.of(
        {
            "unpaid": ((0, Decimal(said.chance_unpaid)),),
            "overdue": banded(said.bands_overdue, said.chance_overdue),
            "quasi-bad": banded(said.bands_quasi_bad, said.chance_quasi_bad),
            "bad": banded(said.bands_bad, said.chance_bad),
            "dormant": ((0, Decimal(said.chance_dormant)),),
        }
    )


USUAL = Weights.of(policy.Worth())


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


def worth_of(
    asked: Sequence[Asked],
    circumstances: Circumstances = NOTHING_KNOWN,
    *,
    weights: Weights = USUAL,
    currency: str,
) -> Worth:
    """The worth of asking for these parts on one visit, before travel. `currency` is the base currency.

    A part counts with its amount (what is coming: with a share of it) times chance and factors, and from the chance
    on with no more than the sure share of it.
    """
    terms, before = [], ZERO
    for name, parts in _steps(asked, circumstances, weights):
        upto = money.rounded(sum(parts, ZERO), currency)
        if upto != before:
            terms.append(Term(name, upto - before))
        before = upto
    return Worth(tuple(terms))


def less_travel(worth: Worth, *, minutes: int, cost_per_minute: Decimal, currency: str) -> Worth:
    """The worth after the way there. Minutes of travel and parking; the cost is in the base currency."""
    return worth.plus(TRAVEL, -money.rounded(minutes * cost_per_minute, currency))


def reliability(kept: int, made: int, spread: Decimal = USUAL.promises_kept) -> Decimal:
    """Between 1 less and 1 plus the spread: the share of promises kept, drawn to the middle while few are known."""
    return 1 - spread + 2 * spread * Decimal(kept + 2) / Decimal(made + 4)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A part on its way through the factors: what of its amount counts, and at which share."""

    part: Asked
    amount: Decimal
    share: Decimal = ONE


def _steps(asked: Sequence[Asked], known: Circumstances, weights: Weights) -> Iterator[tuple[str, list[Decimal]]]:
    """What the parts come to after each factor, by the name of the factor that was applied last."""
    now = [row for row in asked if not row.is_coming]
    yield ASKED, [row.amount for row in now]
    counted = [_Counted(row, row.amount * (weights.coming_share if row.is_coming else 1)) for row in asked]
    yield COMING, [row.amount for row in counted]
    for name, chance in _CHANCES:
        counted = [replace(row, share=chance(row.part, known, weights)) for row in counted]
        yield name, [row.amount * min(row.share, weights.sure) for row in counted]
    for name, factor in _FACTORS:
        counted = [replace(row, share=row.share * factor(row.part, known, weights)) for row in counted]
        if name == AMOUNT_AND_KIND:
            counted = [replace(row, amount=row.amount - _too_large(row.part, weights)) for row in counted]
        yield name, [row.amount * min(row.share, weights.sure) for row in counted]


def _too_large(part: Asked, weights: Weights) -> Decimal:
    """What of an amount does not count because it is large; more still counts more."""
    above = max(part.amount - weights.large_from, ZERO) * (1 - weights.large_share)
    return above * (weights.coming_share if part.is_coming else 1)


def _chance(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    return weights.chance(part.standing, part.days_late)


def _learned(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    """In the place of the table's chance: what was learned, where anything was."""
    if known.learned is None:
        return _chance(part, known, weights)
    return known.learned.chance(part.standing, part.days_late, table=weights.table)


def _urgency(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    return weights.urgency.get(part.standing, ONE)


def _promise(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    return weights.promise_today if part.promised_today else ONE


def _settlement(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    return weights.settlement_day if known.settlement_day else ONE


def _payout(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    """What the customer states about its days goes before what was learned of them."""
    if known.payout_day is None or known.settlement_day:
        return ONE
    return weights.payout_day if known.payout_day else weights.other_day


def _word_kept(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    return reliability(known.kept, known.made, weights.promises_kept)


def _warning(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    return weights.warning.get(known.warning, ONE)


def _term(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    if part.term_days is None:
        return ONE
    return weights.term_factors[sum(part.term_days > bound for bound in weights.term_bands)]


def _kind(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    return weights.kind.get(part.kind, ONE)


def _procedure(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    steps = weights.procedure_step ** min(max(known.steps, 0), STEPS)
    return steps * (weights.papers if known.needs_papers else 1)


def _unconfirmed(part: Asked, known: Circumstances, weights: Weights) -> Decimal:
    return weights.unconfirmed if known.unconfirmed else ONE


_Factor = Callable[[Asked, Circumstances, Weights], Decimal]
_CHANCES: tuple[tuple[str, _Factor], ...] = ((CHANCE, _chance), (LEARNED, _learned))
_FACTORS: tuple[tuple[str, _Factor], ...] = (
    (URGENCY, _urgency),
    (PROMISE, _promise),
    (SETTLEMENT, _settlement),
    (PAYOUT, _payout),
    (WORD_KEPT, _word_kept),
    (WARNING, _warning),
    (TERM, _term),
    (AMOUNT_AND_KIND, _kind),
    (PROCEDURE, _procedure),
    (UNCONFIRMED, _unconfirmed),
)
TERMS = (ASKED, COMING, *(name for name, _step in (*_CHANCES, *_FACTORS)), OTHER_CURRENCIES, TRAVEL)  # in order
