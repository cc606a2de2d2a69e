"""Who is worth a visit on a day, for how much and why: what is asked, what is known, put together per customer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from collections_app.policy.thresholds import Policy
from collections_app.visits import asking, commitments, payout_days, permitted, worth
from collections_app.visits.asking import Owed, Sums
from collections_app.visits.chances import Learned
from collections_app.visits.commitments import Owing, Why
from collections_app.visits.profiles import Profile
from collections_app.visits.route import Because, Window
from collections_app.visits.wanted import Wanting
from collections_app.visits.worth import Asked, Circumstances, Weights, Worth
from common import days
from common.money import ZERO

REASONS = 3
RESTOCK_NEAR = 3  # days around the expected restock in which a visit settles and takes an order


@dataclass(frozen=True, slots=True)
class Money:
    """The base currency, and what one unit of each currency is worth in it; one without a rate is missing."""

    base: str
    rates: Mapping[str, Decimal]

    def in_base(self, amount: Decimal, currency: str) -> Decimal:
        return ZERO if currency not in self.rates else amount * self.rates[currency]


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for every customer of a round. `weights` by segment; the general ones under ""."""

    rules: Policy
    weights: Mapping[str, Weights]
    calendar: str

    def weights_of(self, segment: str) -> Weights:
        return self.weights.get(segment) or self.weights[""]


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of a customer: its live warnings, how it has paid, whether the way there is far."""

    segment: str = ""
    warning: str = ""
    chances: Learned | None = None
    is_far: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A customer to visit or to name on a day: everything a stop stores but its place in the day."""

    customer: int
    currency: str
    sums: Sums
    worth: Worth
    why: Why | None  # what makes it a commitment
    is_asked_for: bool  # by the customer: his appointment, his promise, a call that he confirmed
    permission: permitted.Permission
    minutes: int  # length of the visit
    reasons: tuple[dict[str, Any], ...]
    asked_amount: Decimal  # all that is asked for, in the base currency
    card: dict[str, Any] = field(default_factory=dict)
    phone: str = ""

    @property
    def is_commitment(self) -> bool:
        return self.why is not None


def prepare(
    profile: Profile,
    items: Sequence[Owed],
    *,
    on: date,
    exchange: Money,
    setting: Setting,
    known: Known,
    owing: Sequence[Owing],
    wish: Wanting,
) -> Prepared | None:
    """One stop of a customer, in the currency that is worth most; None where there is nothing to ask for."""
    asked = _asked(items)
    if not asked:
        return None
    day = _day(profile, on, setting, owing)
    why = commitments.why_on(day, is_pinned=wish.is_pinned, has_appointment=wish.has_appointment)
    permission = _permission(profile, on, setting, wish, is_chosen=day.is_promised or wish.has_appointment)
    circumstances, weights = _circumstances(profile, on, known, permission, wish), setting.weights_of(known.segment)
    ahead = on + timedelta(days=setting.rules.for_segment(known.segment).worth.coming_within)
    values = {
        currency: worth.worth_of(
            [*_parts(rows, exchange), *_coming(items, currency, on, ahead, exchange)],
            circumstances,
            weights=weights,
            currency=exchange.base,
        )
        for currency, rows in asked.items()
    }
    currency = max(sorted(values), key=lambda code: (values[code].amount, _total(asked[code])))
    others = [code for code in sorted(asked) if code != currency]
    value = values[currency].plus(worth.OTHER_CURRENCIES, sum((values[code].amount for code in others), ZERO))
    facts = {
        "broken": profile.broken,
        "settles": profile.stated.settlement_days[0] if permission.is_settlement_day else "",
    }
    spoken = speak(items, currency, why=facts)
    no_rate = [code for code in sorted(asked) if code not in exchange.rates]
    told = {"why": facts, "commitment": why.value if why else "", "no_rate": no_rate}
    return Prepared(
        customer=profile.customer,
        currency=currency,
        sums=asking.sums(items, currency),
        worth=value,
        why=why,
        is_asked_for=day.is_promised or wish.has_appointment or wish.is_confirmed,
        permission=permission,
        minutes=_minutes(profile, setting.rules, on),
        reasons=spoken.reasons,
        asked_amount=sum((exchange.in_base(_total(rows), code) for code, rows in asked.items()), ZERO),
        card=profile.card | spoken.card | told,
        phone=profile.phone,
    )


def _day(profile: Profile, on: date, setting: Setting, owing: Sequence[Owing]) -> commitments.Owed:
    """What the day owes, after what its rules do to the days on which something is owed."""

    def permits(day: date, *, chosen: bool) -> bool:
        closed = permitted.on_day(day, profile.stated, country=setting.calendar, is_commitment=chosen).closed
        return not closed and days.is_working_day(day, setting.calendar)

    near = [one for one in owing if on - timedelta(days=commitments.LOOKING) < one.on <= on]
    return commitments.owed_on(
        on,
        near,
        permits=lambda day: permits(day, chosen=False),
        permits_chosen=lambda day: permits(day, chosen=True),
    )


def _permission(
    profile: Profile, on: date, setting: Setting, wish: Wanting, *, is_chosen: bool
) -> permitted.Permission:
    """An appointment is an hour that the customer has named: it stands in the place of his usual ones."""
    found = permitted.on_day(on, profile.stated, country=setting.calendar, is_commitment=is_chosen)
    is_shut = found.closed and found.closed != Because.NOT_A_PAYMENT_DAY and not found.by_hours
    if wish.begins is None or is_shut:
        return found
    minutes = _minutes(profile, setting.rules, on)
    named = Window(wish.begins.opens, wish.begins.closes + minutes)
    return permitted.Permission((named,), is_settlement_day=found.is_settlement_day)


def _minutes(profile: Profile, rules: Policy, on: date) -> int:
    """Length of the visit: longer where a restock is expected (settle, then order) and where papers are handled."""
    planning = rules.planning
    restock = profile.learned.restock_on.value
    more = planning.order_minutes if restock and abs((restock - on).days) <= RESTOCK_NEAR else 0
    return planning.visit_minutes + more + (planning.paper_minutes if profile.prerequisites else 0)


def _circumstances(
    profile: Profile, on: date, known: Known, permission: permitted.Permission, wish: Wanting
) -> Circumstances:
    payout = profile.learned.payout.value
    return Circumstances(
        settlement_day=permission.is_settlement_day,
        payout_day=_is_payout(payout, on) if payout and payout.rules else None,
        kept=profile.kept,
        made=profile.made,
        steps=len(profile.steps),
        needs_papers=bool(profile.prerequisites),
        warning=known.warning,
        learned=known.chances,
        unconfirmed=wish.is_unsure and known.is_far,
    )


def _is_payout(payout: payout_days.Payout, on: date) -> bool:
    return payout_days.next_day(payout, on - timedelta(days=1)) == on


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a stop says that rests on amounts; it changes with them when money or a promise comes in."""

    reasons: tuple[dict[str, Any], ...]
    card: dict[str, Any]


def speak(items: Sequence[Owed], currency: str, *, why: Mapping[str, Any]) -> Spoken:
    """Why now, the first sentence, and what is asked for in other currencies.

    `why` is what is known besides the amounts; a stop keeps it in its card.
    """
    asked = _asked(items)
    others = [(code, _total(asked[code])) for code in sorted(asked) if code != currency]
    return Spoken(
        reasons=tuple(_reasons(asked[currency], why, others)),
        card={
            "say": _say(asked[currency]),
            "others": [{"currency": code, "amount": str(amount)} for code, amount in others],
        },
    )


def _asked(items: Sequence[Owed]) -> dict[str, list[Owed]]:
    """By currency: the items that are asked for."""
    asked: dict[str, list[Owed]] = defaultdict(list)
    for item in items:
        if item.ask_amount > ZERO:
            asked[item.currency].append(item)
    return asked


def _total(rows: Sequence[Owed]) -> Decimal:
    return sum((row.ask_amount for row in rows), ZERO)


def _parts(rows: Sequence[Owed], exchange: Money) -> list[Asked]:
    """What is asked for, what is promised for the day apart."""
    parts = []
    for row in rows:
        for amount, promised in ((row.promised_today, True), (row.ask_amount - row.promised_today, False)):
            if amount > ZERO:
                parts.append(_part(row, amount, exchange, promised_today=promised))
    return parts


def _coming(items: Sequence[Owed], currency: str, on: date, ahead: date, exchange: Money) -> list[Asked]:
    """What of the same currency falls due soon: a visit brings some of it forward."""
    return [
        _part(item, item.left_amount - item.ask_amount, exchange, is_coming=True)
        for item in items
        if item.due_date is not None
        and on < item.due_date <= ahead
        and item.currency == currency
        and item.left_amount > item.ask_amount
    ]


def _part(row: Owed, amount: Decimal, exchange: Money, **facts: bool) -> Asked:
    term = (row.due_date - row.issued_on).days if row.due_date else None
    return Asked(
        exchange.in_base(amount, row.currency), row.standing, row.days_late, term_days=term, kind=row.kind, **facts
    )


def _reasons(
    rows: Sequence[Owed], why: Mapping[str, Any], others: Sequence[tuple[str, Decimal]]
) -> list[dict[str, Any]]:
    """Facts with figures, strongest first; three at most, and another currency is always named."""
    found: list[dict[str, Any]] = []
    promised = sum((row.promised_today for row in rows), ZERO)
    if promised:
        found.append({"because": "promised today", "amount": str(promised), "currency": rows[0].currency})
    oldest = max(rows, key=lambda row: (row.days_late, row.ask_amount, -row.key))
    if oldest.days_late:
        found.append({"because": "late", "days": oldest.days_late, **_named(oldest)})
    elif any(row.due_date for row in rows if not row.promised_today):
        found.append({"because": "due today", **_named(oldest)})
    if why.get("broken", 0) > 1:
        found.append({"because": "broken promises", "count": why["broken"]})
    if why.get("settles"):
        found.append({"because": "settlement day", "rule": why["settles"]})
    late = [row for row in rows if row.days_late]
    if len(late) > 1:
        amount = str(sum((row.ask_amount for row in late), ZERO))
        found.append({"because": "several late", "count": len(late), "amount": amount, "currency": rows[0].currency})
    also = [{"because": "also in", "currency": code, "amount": str(amount)} for code, amount in others]
    return [*found[: max(REASONS - len(also), 1)], *also]


def _named(row: Owed) -> dict[str, Any]:
    return {"batch": row.batch, "invoice": row.invoice}


def _say(rows: Sequence[Owed]) -> dict[str, Any]:
    """What the first sentence rests on: the contract and the batches or invoices asked for."""
    oldest = rows[0]
    same = [row for row in rows if row.contract == oldest.contract]
    return {
        "contract": oldest.contract,
        "batches": sorted({row.batch for row in same if row.batch is not None}),
        "invoices": [row.invoice for row in rows],
        "whole": len(same) == len(rows) and all(row.batch is not None for row in rows),
    }
