"""Everything open at the end of a day as one SQL statement: due items, booked charges, credit notes, unapplied money.

Columns: kind, key, customer_id, currency, due_date, agreed_due_date, amount, standing, disputed. Credit is negative.
"""

from collections.abc import Sequence
from datetime import date

from collections_app.policy.thresholds import Policy
from collections_app.standings import statement
from collections_app.standings.statement import Statement
from receivables.buckets import CHARGES

CREDIT_STANDING = "credit"
UNAPPLIED_STANDING = "unapplied"

ITEMS = """
    SELECT 'due item' AS kind, due_item_id AS key, customer_id, currency, due_date, agreed_due_date,
        open_amount AS amount, standing, disputed_amount AS disputed FROM ({classified}) items"""

# What was left at the end of the day is what is left now and what has gone since, as with due items. Only rows that
# came later are read, summed once and joined: looked up row by row, SQLite takes the index of a key that is mostly
# empty (the credit note of an allocation) for useless, and reads the whole table again for every row. Asked for keys
# above zero, which they all are, it reads that index.
SINCE = "LEFT JOIN (SELECT key, SUM(amount) AS amount FROM ({gone}) gone GROUP BY key) since ON since.key = s.id"
GONE = """
        SELECT {end} AS key, {sign}amount AS amount FROM {table} WHERE {end} > 0 AND ({later}){of}"""

# A charge stands outside until the company's ledger has it; money on it is then still unapplied there.
# Most is on no charge at all: that is asked before the charge is looked up.
ON_NO_BOOKED_CHARGE = """charge_id > 0 AND EXISTS (SELECT 1 FROM receivables_charge c
            WHERE c.id = charge_id AND (c.booked_on IS NULL OR c.booked_on > %(as_of)s))"""

CHARGES_THEN = (
    """
    SELECT 'charge' AS kind, key, customer_id, currency, claimed_on AS due_date, claimed_on AS agreed_due_date,
        rest AS amount, '"""
    + CHARGES
    + """' AS standing, 0 AS disputed FROM (
        SELECT s.id AS key, s.customer_id, s.currency, s.claimed_on,
            ROUND(s.open_amount + COALESCE(since.amount, 0), 3) AS rest
        FROM receivables_charge s {since} WHERE s.reverses_id IS NULL AND s.booked_on <= %(as_of)s{of}
    ) charges WHERE rest > 0"""
)

CREDIT = (
    """
    SELECT 'credit note', key, customer_id, currency, due_date, due_date, -rest, '"""
    + CREDIT_STANDING
    + """', 0 FROM (
        SELECT s.id AS key, s.customer_id, s.currency, s.due_date,
            ROUND(s.unapplied_amount + COALESCE(since.amount, 0), 3) AS rest
        FROM receivables_creditnote s {since} WHERE s.reverses_id IS NULL AND s.issued_on <= %(as_of)s{of}
    ) notes WHERE rest > 0"""
)

MONEY = (
    """
    SELECT 'payment', key, customer_id, currency, CAST(NULL AS date), CAST(NULL AS date), -rest, '"""
    + UNAPPLIED_STANDING
    + """', 0 FROM (
        SELECT s.id AS key, s.customer_id, s.currency,
            ROUND(s.unapplied_amount + COALESCE(since.amount, 0), 3) AS rest
        FROM receivables_payment s {since} WHERE s.reverses_id IS NULL AND s.counts_on <= %(as_of)s{of}
    ) payments WHERE rest > 0"""
)


def open_then(
    *, as_of: date, policy: Policy, known_on: date | None = None, customers: Sequence[int] | None = None
) -> Statement:
    """Every open line at the end of the day, of everybody or of these customers."""
    items = statement.classified(
        as_of=as_of,
        thresholds=policy.thresholds,
        segments=policy.thresholds_by_segment(),
        known_on=known_on,
        customers=customers,
    )
    others = others_then(known=known_on is not None, customers=customers)
    return Statement(f"{ITEMS.format(classified=items.sql)} UNION ALL {others}", items.params)


def others_then(*, known: bool, customers: Sequence[int] | None = None) -> str:
    """Booked charges, free credit notes and unapplied money at the end of %(as_of)s; with `known` by what had been
    entered before %(known_until)s. Of everybody, or of the customers %(customer_0)s, %(customer_1)s and so on.
    """
    few = None if customers is None else ", ".join(f"%(customer_{place})s" for place in range(len(customers)))
    several = (
        (CHARGES_THEN, "receivables_charge", "charge_id", "claimed_on"),
        (CREDIT, "receivables_creditnote", "credit_note_id", "issued_on"),
        (MONEY, "receivables_payment", "payment_id", "counts_on"),
    )
    return " UNION ALL ".join(
        select.format(since=_since(table, end, day, known=known, few=few), of=_of(known=known, few=few))
        for select, table, end, day in several
    )


def _since(table: str, end: str, day: str, *, known: bool, few: str | None) -> str:
    """What has gone after the day from each row of a table: allocated, refunded, taken back by its reversal."""
    entered = " OR entered_at >= %(known_until)s" if known else ""
    applied = f"applies_on > %(as_of)s{entered}"
    if table != "receivables_charge":
        applied += f" OR {ON_NO_BOOKED_CHARGE}"
    own = "" if few is None else f" AND {end} IN (SELECT id FROM {table} WHERE customer_id IN ({few}))"
    own_rows = "" if few is None else f" AND customer_id IN ({few})"  # a reversal is its row's customer's
    parts = [
        {"table": "receivables_allocation", "end": end, "sign": "", "later": applied, "of": own},
        {"table": table, "end": "reverses_id", "sign": "-", "later": f"{day} > %(as_of)s{entered}", "of": own_rows},
    ]
    if table != "receivables_charge":
        refunded = f"paid_on > %(as_of)s{entered}"
        parts.append({"table": "receivables_refund", "end": end, "sign": "", "later": refunded, "of": own})
    return SINCE.format(gone=" UNION ALL".join(GONE.format(**part) for part in parts))


def _of(*, known: bool, few: str | None) -> str:
    entered = " AND s.entered_at < %(known_until)s" if known else ""
    return entered + ("" if few is None else f" AND s.customer_id IN ({few})")
