"""What customers owe from the documents alone, without a stored open amount: the proof of the ageing from outside."""

from datetime import date
from decimal import Decimal

from django.db import connection

from common import broken_rows

BILLED = """
    SELECT customer_id, currency, amount FROM receivables_invoice WHERE issued_on <= %(as_of)s
    UNION ALL SELECT customer_id, currency, amount FROM receivables_charge
        WHERE reverses_id IS NULL AND booked_on <= %(as_of)s
    UNION ALL SELECT back.customer_id, back.currency, back.amount FROM receivables_charge back
        JOIN receivables_charge s ON s.id = back.reverses_id
        WHERE back.claimed_on <= %(as_of)s AND s.booked_on <= %(as_of)s"""

RECEIVED = """
    SELECT customer_id, currency, -amount FROM receivables_creditnote WHERE issued_on <= %(as_of)s
    UNION ALL SELECT customer_id, currency, -amount FROM receivables_payment WHERE counts_on <= %(as_of)s
    UNION ALL SELECT s.customer_id, s.currency, r.amount FROM receivables_refund r
        JOIN receivables_payment s ON s.id = r.payment_id WHERE r.paid_on <= %(as_of)s
    UNION ALL SELECT s.customer_id, s.currency, r.amount FROM receivables_refund r
        JOIN receivables_creditnote s ON s.id = r.credit_note_id WHERE r.paid_on <= %(as_of)s"""

# Off the account that was billed, and off what the payer has left; what is given up has no payer.
SETTLED = """
    SELECT s.customer_id, s.currency, -a.amount FROM receivables_allocation a
        JOIN receivables_dueitem s ON s.id = a.due_item_id WHERE a.applies_on <= %(as_of)s
    UNION ALL SELECT s.customer_id, s.currency, -a.amount FROM receivables_allocation a
        JOIN receivables_charge s ON s.id = a.charge_id
        WHERE a.applies_on <= %(as_of)s AND s.booked_on <= %(as_of)s
    UNION ALL SELECT s.customer_id, s.currency, a.amount FROM receivables_allocation a
        JOIN receivables_payment s ON s.id = a.payment_id LEFT JOIN receivables_charge c ON c.id = a.charge_id
        WHERE a.applies_on <= %(as_of)s AND (a.due_item_id IS NOT NULL OR c.booked_on <= %(as_of)s)
    UNION ALL SELECT s.customer_id, s.currency, a.amount FROM receivables_allocation a
        JOIN receivables_creditnote s ON s.id = a.credit_note_id LEFT JOIN receivables_charge c ON c.id = a.charge_id
        WHERE a.applies_on <= %(as_of)s AND (a.due_item_id IS NOT NULL OR c.booked_on <= %(as_of)s)"""

#: Customer, currency and amount of everything that is billed, received, given back and settled until a day.
DOCUMENTS = f"{BILLED} UNION ALL {RECEIVED} UNION ALL {SETTLED}"


def by_currency(as_of: date) -> dict[str, Decimal]:
    """What is owed at the end of a day by the documents; a currency in which nothing is owed is left out."""
    total = f"SELECT currency, SUM(amount) FROM ({DOCUMENTS}) documents GROUP BY currency"  # noqa: S608  our own words
    with connection.cursor() as cursor:
        cursor.execute(total, {"as_of": as_of})
        found = {currency: broken_rows.amount(total) for currency, total in cursor.fetchall()}
    return {currency: amount for currency, amount in found.items() if amount}
