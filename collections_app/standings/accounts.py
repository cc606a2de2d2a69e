"""The balance of single accounts: what is open on them, less unapplied money and free credit in their name.

Money of a payer settles items of other accounts. So an account's balance is read from its open lines and never from
its documents: billed less received is right for a payer and all its accounts together, and for none of them alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from collections_app.policy import queries as policy
from collections_app.standings import lines
from common import money


@dataclass(frozen=True, slots=True)
class Balance:
    """Of one customer in one currency; `credit` is below zero, and the balance is open + credit."""

    customer: int
    currency: str
    open: Decimal
    credit: Decimal

    @property
    def amount(self) -> Decimal:
        return self.open + self.credit


def balances(*, as_of: date, customers: Sequence[int]) -> list[Balance]:
    """By customer and currency, at the end of a day. Accounts with nothing open are left out."""
    if not customers:
        return []
    found = lines.open_then(as_of=as_of, policy=policy.in_force(as_of), customers=customers)
    sql = f"""SELECT customer_id, currency, SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END),
            SUM(CASE WHEN amount < 0 THEN amount ELSE 0 END)
        FROM ({found.sql}) l GROUP BY customer_id, currency ORDER BY customer_id, currency"""
    with connection.cursor() as cursor:
        cursor.execute(sql, found.params)
        rows = cursor.fetchall()
    return [
        Balance(customer, currency, *(money.stored(Decimal(str(amount))) for amount in amounts))
        for customer, currency, *amounts in rows
    ]
