"""Amounts that are stored beside the rows from which they follow: I1, I2, I5.

A sum is worked out once for the whole table and joined, never looked up row by row; what is computed is rounded to
three places before it is compared, because SQLite keeps decimals as floats. Reversals are summed too, though a row has
one at most: where hardly any are there, SQLite takes their index for useless and reads the table once for every row.
"""

from collections.abc import Iterator
from itertools import chain

from collections_app.books.invariants import Invariant, looked
from common import broken_rows
from common.broken_rows import amount
from receivables import minor_units
from receivables.models import Charge, CreditNote, DueItem, Payment, WriteOff

SUMS = "SELECT {end}, SUM(amount) AS amount FROM {table} WHERE {end} IS NOT NULL GROUP BY {end}"
ALLOCATED = SUMS.replace("{table}", "receivables_allocation")
REFUNDED = SUMS.replace("{table}", "receivables_refund")

GIVEN = """
    SELECT id, unapplied_amount, rest FROM (
        SELECT s.id, s.unapplied_amount, ROUND(COALESCE(used.amount, 0), 3) AS used,
            ROUND(s.amount + COALESCE(back.amount, 0) - COALESCE(used.amount, 0) - COALESCE(paid_out.amount, 0), 3)
                AS rest
        FROM {table} s
        LEFT JOIN ({back}) back ON back.reverses_id = s.id
        LEFT JOIN ({used}) used ON used.{end} = s.id
        LEFT JOIN ({paid_out}) paid_out ON paid_out.{end} = s.id
        WHERE s.reverses_id IS NULL
    ) sources WHERE rest <> ROUND(unapplied_amount, 3) OR rest < 0 OR used < 0"""

GIVEN_UP = f"""
    SELECT w.id, w.amount, taken.amount AS taken FROM receivables_writeoff w
    LEFT JOIN ({ALLOCATED.format(end="write_off_id")}) taken ON taken.write_off_id = w.id
    WHERE ROUND(COALESCE(taken.amount, 0), 3) NOT BETWEEN 0 AND ROUND(w.amount, 3)"""  # noqa: S608  our own names

ITEMS = f"""
    SELECT * FROM (
        SELECT di.id, di.open_amount, ROUND(di.amount - COALESCE(settled.amount, 0), 3), di.claim_amount, claims.amount,
            ROUND(di.amount - COALESCE(settled.amount, 0), 3) <> ROUND(di.open_amount, 3)
                OR (di.settled_on IS NULL) = (ROUND(di.open_amount, 3) = 0) AS is_untrue,
            ROUND(di.claim_amount, 3) <> ROUND(COALESCE(claims.amount, 0), 3) AS is_claim_untrue
        FROM receivables_dueitem di
        LEFT JOIN ({ALLOCATED.format(end="due_item_id")}) settled ON settled.due_item_id = di.id
        LEFT JOIN (
            SELECT a.due_item_id, SUM(a.amount) AS amount FROM receivables_allocation a
            JOIN receivables_writeoff w ON w.id = a.write_off_id
            WHERE a.due_item_id IS NOT NULL AND w.keeps_claim AND w.claim_waived_on IS NULL GROUP BY a.due_item_id
        ) claims ON claims.due_item_id = di.id
    ) items WHERE is_untrue OR is_claim_untrue"""  # noqa: S608  our own names

INVOICES = """
    SELECT i.id, i.amount, parts.amount AS parts FROM receivables_invoice i
    LEFT JOIN (SELECT invoice_id, SUM(amount) AS amount FROM receivables_dueitem GROUP BY invoice_id) parts
        ON parts.invoice_id = i.id
    WHERE parts.amount IS NULL OR ROUND(parts.amount, 3) <> ROUND(i.amount, 3)"""

CHARGES = f"""
    SELECT id, open_amount, rest FROM (
        SELECT s.id, s.open_amount, ROUND(s.amount + COALESCE(back.amount, 0) - COALESCE(paid.amount, 0), 3) AS rest
        FROM receivables_charge s
        LEFT JOIN ({SUMS.format(end="reverses_id", table="receivables_charge")}) back ON back.reverses_id = s.id
        LEFT JOIN ({ALLOCATED.format(end="charge_id")}) paid ON paid.charge_id = s.id
        WHERE s.reverses_id IS NULL
    ) charges WHERE rest <> ROUND(open_amount, 3)"""  # noqa: S608  our own names


def payments_cover_their_allocations() -> Invariant:
    """I1: no payment or credit note gives more than it has, and its unapplied amount is what is left."""
    checked = WriteOff.objects.count() + sum(
        model._default_manager.filter(reverses=None).count() for model in (Payment, CreditNote)
    )
    broken = chain(_given(Payment, "payment"), _given(CreditNote, "credit_note"), _given_up())
    return looked("I1 allocations within their payment", checked, broken)


def _given(model: type[Payment] | type[CreditNote], source: str) -> Iterator[str]:
    end = f"{source}_id"
    table, used, paid_out = model._meta.db_table, ALLOCATED.format(end=end), REFUNDED.format(end=end)
    back = SUMS.format(end="reverses_id", table=table)
    found = GIVEN.format(table=table, end=end, back=back, used=used, paid_out=paid_out)
    for key, unapplied, rest in broken_rows.rows(found):
        yield f"{source} {key}: {amount(unapplied)} stored as unapplied, {amount(rest)} by its rows"


def _given_up() -> Iterator[str]:
    for key, granted, taken in broken_rows.rows(GIVEN_UP):
        yield f"write-off {key}: {amount(granted)} granted, {amount(taken)} taken"


def open_amounts_follow_from_rows() -> Invariant:
    """I2: open amount = amount − allocations, and the items of an invoice add up to it."""
    checked = DueItem.objects.count() + Charge.objects.filter(reverses=None).count()
    return looked("I2 open amounts recomputed", checked, chain(_items(), _invoices(), _charges()))


def _items() -> Iterator[str]:
    for key, opened, rest, claim, claimed, is_untrue, is_claim_untrue in broken_rows.rows(ITEMS):
        if is_untrue:
            yield f"due item {key}: {amount(opened)} stored as open, {amount(rest)} by its rows"
        if is_claim_untrue:
            yield f"due item {key}: {amount(claim)} stored as claim, {amount(claimed)} by its rows"


def _invoices() -> Iterator[str]:
    for key, billed, parts in broken_rows.rows(INVOICES):
        total = None if parts is None else amount(parts)
        yield f"invoice {key}: {amount(billed)} billed, its due items sum to {total}"


def _charges() -> Iterator[str]:
    for key, opened, rest in broken_rows.rows(CHARGES):
        yield f"charge {key}: {amount(opened)} stored as open, {amount(rest)} by its rows"


def amounts_fit_their_currency() -> Invariant:
    """I5: no amount of any column has more decimals than its currency."""
    checked = sum(model._default_manager.count() for model in minor_units.CURRENCY)
    return looked("I5 amounts fit their currency", checked, minor_units.too_fine())
