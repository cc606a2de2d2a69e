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

# A charge stands outside until the company's ledger has it; money on it is then still unapplied there.
CHARGES_THEN = (
    """
    SELECT 'charge' AS kind, key, customer_id, currency, claimed_on AS due_date, claimed_on AS agreed_due_date,
        rest AS amount, '"""
    + CHARGES
    + """' AS standing, 0 AS disputed FROM (
        SELECT s.id AS key, s.customer_id, s.currency, s.claimed_on, ROUND(s.amount - COALESCE((
                SELECT SUM(a.amount) FROM receivables_allocation a
                WHERE a.charge_id = s.id AND a.applies_on <= %(as_of)s{a_known}), 0)
            + COALESCE((SELECT SUM(v.amount) FROM receivables_charge v
                WHERE v.reverses_id = s.id AND v.claimed_on <= %(as_of)s{v_known}), 0), 3) AS rest
        FROM receivables_charge s WHERE s.reverses_id IS NULL AND s.booked_on <= %(as_of)s{s_known}
    ) charges WHERE rest > 0"""
)

# What is left of a source of credit on the day: less what was allocated and refunded, none where it was reversed.
REST = """ROUND(s.amount + COALESCE((
        SELECT SUM(v.amount) FROM {table} v
        WHERE v.reverses_id = s.id AND v.{day} <= %(as_of)s{v_known}), 0)
    - COALESCE((SELECT SUM(a.amount) FROM receivables_allocation a
        LEFT JOIN receivables_charge c ON c.id = a.charge_id
        WHERE a.{source} = s.id AND a.applies_on <= %(as_of)s{a_known}
            AND (a.charge_id IS NULL OR c.booked_on <= %(as_of)s)), 0)
    - COALESCE((SELECT SUM(r.amount) FROM receivables_refund r
        WHERE r.{source} = s.id AND r.paid_on <= %(as_of)s{r_known}), 0), 3)"""

CREDIT = """
    SELECT 'credit note', key, customer_id, currency, due_date, due_date, -rest, '{standing}', 0 FROM (
        SELECT s.id AS key, s.customer_id, s.currency, s.due_date, {rest} AS rest
        FROM receivables_creditnote s WHERE s.reverses_id IS NULL AND s.issued_on <= %(as_of)s{s_known}
    ) notes WHERE rest > 0"""

UNAPPLIED = """
    SELECT 'payment', key, customer_id, currency, {no_day}, {no_day}, -rest, '{standing}', 0 FROM (
        SELECT s.id AS key, s.customer_id, s.currency, {rest} AS rest
        FROM receivables_payment s WHERE s.reverses_id IS NULL AND s.counts_on <= %(as_of)s{s_known}
    ) payments WHERE rest > 0"""


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
    of = ""
    if customers is not None:
        of = f" AND s.customer_id IN ({', '.join(f'%(customer_{place})s' for place in range(len(customers)))})"
    others = others_then(known=known_on is not None, of=of)
    return Statement(f"{ITEMS.format(classified=items.sql)} UNION ALL {others}", items.params)


def others_then(*, known: bool, of: str = "") -> str:
    """Booked charges, free credit notes and unapplied money at the end of %(as_of)s; with `known` by what had been
    entered before %(known_until)s. `of` limits it to some customers, as a condition on `s.customer_id`.
    """
    note = REST.format(table="receivables_creditnote", day="issued_on", source="credit_note_id", **_MARKS)
    money = REST.format(table="receivables_payment", day="counts_on", source="payment_id", **_MARKS)
    others = [
        CHARGES_THEN,
        CREDIT.replace("{rest}", note).replace("{standing}", CREDIT_STANDING),
        UNAPPLIED.replace("{rest}", money)
        .replace("{standing}", UNAPPLIED_STANDING)
        .replace("{no_day}", "CAST(NULL AS date)"),
    ]
    return " UNION ALL ".join(_known(one, known=known).replace("{of}", of) for one in others)


_MARKS = {name: f"{{{name}}}" for name in ("v_known", "a_known", "r_known")}


def _known(sql: str, *, known: bool) -> str:
    """Leave out rows entered later, where the question is what was known then."""
    for alias in ("a", "r", "s", "v"):
        condition = f" AND {alias}.entered_at < %(known_until)s" if known else ""
        sql = sql.replace(f"{{{alias}_known}}", condition + ("{of}" if alias == "s" else ""))
    return sql
