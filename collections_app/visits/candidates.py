"""Who is worth a visit on a day, for how much and why: what is asked, what is known, put together per customer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from collections_app.visits import asking, permitted, worth
from collections_app.visits.asking import Owed, Sums
from collections_app.visits.profiles import Profile
from collections_app.visits.route import Candidate
from collections_app.visits.worth import Asked, Worth
from common.money import ZERO

REASONS = 3


@dataclass(frozen=True, slots=True)
class Money:
    """The base currency, and what one unit of each currency is worth in it; one without a rate is missing."""

    base: str
    rates: Mapping[str, Decimal]

    def in_base(self, amount: Decimal, currency: str) -> Decimal:
        return ZERO if currency not in self.rates else amount * self.rates[currency]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A customer to visit or to name: everything a stop stores but its place in the day."""

    customer: int
    currency: str
    sums: Sums
    worth: Worth
    is_commitment: bool
    permission: permitted.Permission
    reasons: tuple[dict[str, Any], ...]
    card: dict[str, Any] = field(default_factory=dict)
    phone: str = ""

    def as_candidate(self, profile: Profile) -> Candidate:
        return Candidate(
            key=self.customer,
            worth=self.worth.amount,
            place=profile.place,
            is_commitment=self.is_commitment,
            windows=self.permission.windows,
            closed=self.permission.closed,
        )


def prepare(
    profile: Profile, items: Sequence[Owed], *, on: date, exchange: Money, country: str = ""
) -> Prepared | None:
    """One stop of a customer, in the currency that is worth most; None where there is nothing to ask for."""
    asked = _asked(items)
    if not asked:
        return None
    is_commitment = any(row.promised_today or row.due_date == on for rows in asked.values() for row in rows)
    permission = permitted.on_day(on, profile.stated, country=country, is_commitment=is_commitment)
    values = {
        currency: _worth(rows, profile, exchange, settles=permission.is_settlement_day)
        for currency, rows in asked.items()
    }
    currency = max(sorted(values), key=lambda code: (values[code].amount, sum(r.ask_amount for r in asked[code])))
    others = [code for code in sorted(asked) if code != currency]
    value = values[currency].plus(worth.OTHER_CURRENCIES, sum((values[code].amount for code in others), ZERO))
    why = {
        "broken": profile.broken,
        "settles": profile.stated.settlement_days[0] if permission.is_settlement_day else "",
    }
    spoken = speak(items, currency, why=why)
    return Prepared(
        customer=profile.customer,
        currency=currency,
        sums=asking.sums(items, currency),
        worth=value,
        is_commitment=is_commitment,
        permission=permission,
        reasons=spoken.reasons,
        card=profile.card
        | spoken.card
        | {"why": why, "no_rate": [code for code in sorted(asked) if code not in exchange.rates]},
        phone=profile.phone,
    )


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


def _worth(rows: Sequence[Owed], profile: Profile, exchange: Money, *, settles: bool) -> Worth:
    parts = []
    for row in rows:
        for amount, promised in ((row.promised_today, True), (row.ask_amount - row.promised_today, False)):
            if amount > ZERO:
                parts.append(
                    Asked(exchange.in_base(amount, row.currency), row.standing, row.days_late, promised_today=promised)
                )
    return worth.worth_of(parts, currency=exchange.base, settlement_day=settles, kept=profile.kept, made=profile.made)


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
