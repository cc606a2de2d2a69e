"""May this batch leave? Every cause that keeps it, with its ground and the way out. Pure: facts in, causes out.

Money causes compare verified money only: neither provisional cash nor paper in hand lowers what is open, unless the
facts already hold what policy lets provisional cash do. Prepaid goods are kept by nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from common.money import ZERO


class Cause(StrEnum):
    SETTLEMENT = "settlement"
    LIMIT = "limit"
    LATE = "late"
    WARNING = "warning"
    EXECUTION = "execution"
    RAMP = "ramp"
    INSURER = "insurer"
    LADDER = "ladder"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Batch:
    """An earlier batch of the contract that is not settled: what is open on it less what is disputed."""

    shipment: int
    number: str
    invoice: str  # empty: delivered and not invoiced yet
    open: Decimal


@dataclass(frozen=True, slots=True)
class LateItem:
    invoice: str
    open: Decimal
    currency: str
    days_late: int


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """A limit and what stands against it, in base currency; the batch itself is not in `exposure`.

    `exposure` None: a currency without a stated rate (`missing_rate`) stands against it.
    """

    limit: Decimal
    exposure: Decimal | None
    currency: str
    missing_rate: str = ""
    of_group: str = ""  # the name of the group whose limit it is
    insurer: str = ""
    ended_on: date | None = None  # an insured limit that is over
    overdue_extension: int | None = None  # days by which an extension exceeds what the insurer allows
    notify_missed: str = ""  # the invoice of which the insurer should have been told


@dataclass(frozen=True, slots=True)
class RampFacts:
    """How much of its limit a new customer has earned, in base currency."""

    allowed: Decimal
    exposure: Decimal | None
    currency: str
    settled_on_time: int
    steps: int
    missing_rate: str = ""  # a currency without a rate that stands against it
    check_waits: bool = False  # a first order that somebody must look at
    check_refused: bool = False


@dataclass(frozen=True, slots=True)
class Mispriced:
    """A product of the batch with its unit price and the one that the contract has."""

    product: str
    stated: Decimal
    agreed: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the gate knows about a batch on a day. Amounts without a currency of their own are in the batch's."""

    amount: Decimal
    amount_in_base: Decimal | None
    currency: str
    method: str
    clause: str = ""
    share: Decimal = Decimal(1)  # in advance: what must be here before the batch leaves
    prepaid: Decimal = ZERO  # verified money for this very order
    open_batches: int = 1  # two deliveries: so many may be open at once
    earlier: Sequence[Batch] = ()  # unsettled, oldest first
    unreceipted: str = ""  # cash on delivery: a hand-over that has neither receipt nor returned goods
    late: Sequence[LateItem] = ()  # undisputed, oldest first
    lost_because: str = ""  # insolvent, closed, in court, handed over
    severe_warnings: Sequence[str] = ()  # kinds of those that count fully
    is_executed: bool = True
    has_accepted_terms: bool = True
    cure_by: date | None = None  # taken over without a contract: until then it is only marked
    has_contract: bool = True
    limits: Sequence[LimitFacts] = ()
    ramp: RampFacts | None = None
    rung: int = 0  # of the supply ladder
    over_rung: str = ""  # what of the batch the rung does not allow
    mispriced: Sequence[Mispriced] = ()  # lines at another price than the agreed one


@dataclass(frozen=True, slots=True)
class Thresholds:
    late_from: int
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Held:
    """One cause. `amount` of money settles it, on the documents named in `facts`; None: money does not."""

    cause: Cause
    kind: str  # which sentence says it
    amount: Decimal | None = None
    currency: str = ""
    facts: dict[str, str] = field(default_factory=dict)


def causes(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    """Every cause that keeps the batch, in the order of the catalogue, once per currency; none: it may leave."""
    if is_prepaid(facts):
        return []
    found = [rule(facts, thresholds, as_of) for rule in CATALOGUE]
    return [held for several in found for held in several]


def is_prepaid(facts: Facts) -> bool:
    """Verified money for this order covers the whole batch: nothing keeps it."""
    return facts.prepaid >= facts.amount > ZERO


def _settlement(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    match facts.method:
        case "in_advance":
            return _in_advance(facts)
        case "two_deliveries":
            return _two_deliveries(facts, thresholds)
        case "cash_on_delivery" if facts.unreceipted:
            return [Held(Cause.SETTLEMENT, "no receipt", facts={"shipment": facts.unreceipted})]
    return []


def _in_advance(facts: Facts) -> list[Held]:
    missing = facts.amount * facts.share - facts.prepaid
    if missing <= ZERO:
        return []
    return [Held(Cause.SETTLEMENT, "not prepaid", missing, facts.currency)]


def _two_deliveries(facts: Facts, thresholds: Thresholds) -> list[Held]:
    """Batch n waits while any batch up to n - k is open beyond the tolerance."""
    unsettled = [batch for batch in facts.earlier if batch.open > thresholds.tolerance]
    over = len(unsettled) - facts.open_batches + 1
    if over <= 0:
        return []
    waited_for = unsettled[:over]
    return [
        Held(
            Cause.SETTLEMENT,
            "earlier batch",
            sum((batch.open for batch in waited_for), ZERO),
            facts.currency,
            {"documents": ", ".join(batch.invoice or batch.number for batch in waited_for)},
        )
    ]


def _limit(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    """The tightest of the limits that the customer and its group have."""
    found = [held for limit in facts.limits if not limit.insurer for held in _above(Cause.LIMIT, limit, facts)]
    return sorted(found, key=lambda held: (held.amount is not None, -(held.amount or ZERO)))[:1]


def _above(cause: Cause, limit: LimitFacts, facts: Facts) -> list[Held]:
    named = {
        "limit": str(limit.limit), "currency": limit.currency, "of": limit.of_group, "insurer": limit.insurer
    }  # fmt: skip
    if limit.exposure is None or facts.amount_in_base is None:
        return [Held(cause, "no rate", None, limit.currency, named | {"missing": limit.missing_rate or facts.currency})]
    above = limit.exposure + facts.amount_in_base - limit.limit
    if above <= ZERO:
        return []
    return [Held(cause, "above limit", above, limit.currency, named | {"exposure": str(limit.exposure)})]


def _late(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    late = [item for item in facts.late if item.days_late >= thresholds.late_from]
    found = []
    for currency in dict.fromkeys(item.currency for item in late):
        own = [item for item in late if item.currency == currency]
        found.append(
            Held(
                Cause.LATE,
                "late",
                sum((item.open for item in own), ZERO),
                currency,
                {"documents": ", ".join(dict.fromkeys(item.invoice for item in own)), "days": str(own[0].days_late)},
            )
        )
    return found


def _warning(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    """Whoever is lost is not warned of any more; else all severe warnings are one cause."""
    if facts.lost_because:
        return [Held(Cause.WARNING, facts.lost_because)]
    if facts.severe_warnings:
        return [Held(Cause.WARNING, "severe warning", facts={"kinds": ", ".join(facts.severe_warnings)})]
    return []


def _execution(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    """Not executed: no credit until cured. Without a contract the customer has until a day to sign one."""
    if not facts.has_contract:
        if facts.cure_by is not None and as_of <= facts.cure_by:
            return []
        return [Held(Cause.EXECUTION, "no contract")]
    if not facts.is_executed:
        return [Held(Cause.EXECUTION, "not executed")]
    return [] if facts.has_accepted_terms else [Held(Cause.EXECUTION, "terms not accepted")]


def _ramp(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    ramp = facts.ramp
    if ramp is None:
        return []
    if ramp.check_refused:
        return [Held(Cause.RAMP, "check refused")]
    if ramp.check_waits:
        return [Held(Cause.RAMP, "check waits")]
    named = {
        "settled": str(ramp.settled_on_time),
        "steps": str(ramp.steps),
        "limit": str(ramp.allowed),
        "currency": ramp.currency,
    }
    if ramp.exposure is None or facts.amount_in_base is None:
        return [
            Held(Cause.RAMP, "no rate", None, ramp.currency, named | {"missing": ramp.missing_rate or facts.currency})
        ]
    above = ramp.exposure + facts.amount_in_base - ramp.allowed
    return [Held(Cause.RAMP, "above ramp", above, ramp.currency, named)] if above > ZERO else []


def _insurer(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    found: list[Held] = []
    for limit in facts.limits:
        if not limit.insurer:
            continue
        if limit.ended_on is not None:
            found.append(
                Held(Cause.INSURER, "ended", facts={"insurer": limit.insurer, "day": limit.ended_on.isoformat()})
            )
        elif limit.notify_missed:
            found.append(
                Held(Cause.INSURER, "not told", facts={"insurer": limit.insurer, "documents": limit.notify_missed})
            )
        elif limit.overdue_extension:
            days = str(limit.overdue_extension)
            found.append(Held(Cause.INSURER, "extension too long", facts={"insurer": limit.insurer, "days": days}))
        else:
            found.extend(_above(Cause.INSURER, limit, facts))
    return found[:1]


def _ladder(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    if not facts.over_rung:
        return []
    return [Held(Cause.LADDER, facts.over_rung, facts={"rung": str(facts.rung)})]


def _price(facts: Facts, thresholds: Thresholds, as_of: date) -> list[Held]:
    """The first line speaks; of the others it is said that there are more."""
    if not facts.mispriced:
        return []
    first = facts.mispriced[0]
    said = {
        "product": first.product,
        "stated": str(first.stated),
        "agreed": str(first.agreed),
        "currency": facts.currency,
        "lines": str(len(facts.mispriced)),
    }
    return [Held(Cause.PRICE, "price differs", facts=said)]


Rule = Callable[[Facts, Thresholds, date], list[Held]]
CATALOGUE: tuple[Rule, ...] = (_settlement, _limit, _late, _warning, _execution, _ramp, _insurer, _ladder, _price)
