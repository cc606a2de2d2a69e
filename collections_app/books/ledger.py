"""Whose money settled what, and whether the whole adds up: I3, I4."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from collections_app.books.invariants import Invariant, looked
from collections_app.policy import queries as policy
from collections_app.standings import lines, stated
from collections_app.standings import queries as standings
from common import broken_rows
from common.broken_rows import amount
from common.money import ZERO
from customers import queries as families
from receivables import balances, buckets
from receivables.models import Allocation, FxDifference

#: Of each customer and currency, what the ageing says and what the documents say; where neither knows it, nothing.
APART = """
    SELECT c.code, apart.currency, apart.aged, apart.billed FROM (
        SELECT customer_id, currency, SUM(aged) AS aged, SUM(billed) AS billed FROM (
            SELECT customer_id, currency, amount AS aged, CAST(NULL AS numeric) AS billed FROM ({aged}) aged
            UNION ALL SELECT customer_id, currency, NULL, amount FROM ({billed}) billed
        ) both_sides GROUP BY customer_id, currency
    ) apart JOIN customers_customer c ON c.id = apart.customer_id
    WHERE ROUND(COALESCE(apart.aged, 0), 3) <> ROUND(COALESCE(apart.billed, 0), 3)"""


def allocations_stay_in_the_family() -> Invariant:
    """I3: money settles items of its own customer, of its payer's accounts or group, and in its own currency."""
    ends = [(source, target) for target in ("due_item", "charge") for source in ("payment", "credit_note", "write_off")]
    broken = chain(*(_strays(source, target) for source, target in ends), _exchanged_into_itself())
    return looked("I3 same customer and currency", Allocation.objects.count(), broken)


def _strays(source: str, target: str) -> Iterator[str]:
    rows = Allocation.objects.filter(**{f"{source}__isnull": False, f"{target}__isnull": False})
    other_currency = rows.exclude(**{f"{source}__currency": F(f"{target}__currency")})
    for (key,) in broken_rows.of(other_currency.values_list("pk")):
        yield f"allocation {key}: two currencies"
    yield from _strangers(rows, source, target)


def _exchanged_into_itself() -> Iterator[str]:
    changed = FxDifference.objects.filter(refund__payment__currency=F("into__currency"))
    for (key,) in broken_rows.of(changed.values_list("pk")):
        yield f"exchange {key}: into its own currency"


def _strangers(rows: QuerySet[Allocation], source: str, target: str) -> Iterator[str]:
    """Allocations between two customers who have neither a payer, now or once, nor a group in common."""
    apart = (
        rows.exclude(**{f"{source}__customer": F(f"{target}__customer")})
        .alias(pays=_payer(source), owes=_payer(target))
        .exclude(pays=F("owes"))
        .exclude(**{f"{source}__customer__group": F(f"{target}__customer__group")})
    )
    found = broken_rows.of(apart.values_list("pk", f"{source}__customer", f"{target}__customer"))
    while some := list(islice(found, broken_rows.AT_ONCE)):
        payers: dict[int, set[int]] = {}
        for payer, account in families.paid_for_ever({customer for _key, *two in some for customer in two}):
            payers.setdefault(account, {account}).add(payer)
        for key, payer, owing in some:
            if not payers.get(payer, {payer}) & payers.get(owing, {owing}):
                yield f"allocation {key}: money of customer {payer} settles what customer {owing} owes"


def _payer(end: str) -> Coalesce:
    return Coalesce(f"{end}__customer__payer", f"{end}__customer")


def everything_adds_up(as_of: date, totals: stated.Looked) -> Invariant:
    """I4: Σ open − unapplied − free credits = ageing total = control total, altogether and of each customer, and every
    item is in one bucket.
    """
    report = standings.ageing(as_of=as_of, by=("bucket", "currency"))
    aged = {total.currency: total.amount for total in report.totals if total.amount}
    known = set(buckets.names((30, 60, 90))) | {buckets.CHARGES, buckets.UNAPPLIED, buckets.CREDIT_NOTES}
    broken = chain(
        _differing(aged, balances.by_currency(as_of)),
        _customers_differing(as_of),
        totals.broken,
        (f"unknown bucket {row.bucket}" for row in report.rows if row.bucket not in known),
    )
    return looked("I4 ageing ties to the ledger", sum(total.count for total in report.totals), broken)


def _differing(aged: Mapping[str, Decimal], billed: Mapping[str, Decimal]) -> Iterator[str]:
    for currency in sorted(aged.keys() | billed.keys()):
        ours, ledger = aged.get(currency, ZERO), billed.get(currency, ZERO)
        if ours != ledger:
            yield f"{currency}: ageing {ours}, ledger {ledger}"


def _customers_differing(as_of: date) -> Iterator[str]:
    open_then = lines.open_then(as_of=as_of, policy=policy.in_force(as_of))
    sql = APART.format(aged=open_then.sql, billed=balances.DOCUMENTS)
    params: dict[str, Any] = {**open_then.params, "as_of": as_of}
    for code, currency, aged, billed in broken_rows.rows(sql, params):
        yield f"{code} {currency}: ageing {amount(aged) or ZERO}, ledger {amount(billed) or ZERO}"
