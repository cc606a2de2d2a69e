"""What customers owe from the documents alone, without a stored open amount: the proof of the ageing from outside."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from common.columns import MoneySum
from common.money import ZERO
from receivables.models import Allocation, Charge, CreditNote, Invoice, Payment, Refund

Part = tuple[QuerySet[Any], str, int]  # rows, the path to whose they are, and whether they add or take off


def by_documents(as_of: date) -> dict[tuple[str, str], Decimal]:
    """By customer's code and currency at the end of a day: billed − credited − received + refunded, and what money of
    one customer has settled for another.
    """
    found: dict[tuple[str, str], Decimal] = {}
    for rows, path, sign in (*_documents(as_of), *_settled(as_of)):
        names = (f"{path}customer__code", f"{path}currency")
        for code, currency, total in rows.order_by().values_list(*names).annotate(total=MoneySum("amount")):
            found[code, currency] = found.get((code, currency), ZERO) + sign * total
    return {name: amount for name, amount in found.items() if amount}


def _documents(as_of: date) -> tuple[Part, ...]:
    return (
        (Invoice.objects.filter(issued_on__lte=as_of), "", 1),
        (Charge.objects.filter(reverses=None, booked_on__lte=as_of), "", 1),
        (Charge.objects.filter(claimed_on__lte=as_of, reverses__booked_on__lte=as_of), "", 1),
        (CreditNote.objects.filter(issued_on__lte=as_of), "", -1),
        (Payment.objects.filter(counts_on__lte=as_of), "", -1),
        (Refund.objects.filter(paid_on__lte=as_of, payment__isnull=False), "payment__", 1),
        (Refund.objects.filter(paid_on__lte=as_of, credit_note__isnull=False), "credit_note__", 1),
    )


def _settled(as_of: date) -> list[Part]:
    """Off the account that was billed, and off what the payer has left; what is given up has no payer."""
    rows = Allocation.objects.filter(applies_on__lte=as_of)
    parts: list[Part] = []
    for some, path in (
        (rows.filter(due_item__isnull=False), "due_item__"),
        (rows.filter(charge__booked_on__lte=as_of), "charge__"),
    ):
        parts.append((some, path, -1))
        parts.append((some.filter(payment__isnull=False), "payment__", 1))
        parts.append((some.filter(credit_note__isnull=False), "credit_note__", 1))
    return parts
