"""Money that came for an order before there was a bill: it settles the invoice of that order.

The gate lets the goods go on it, so nobody asks for the same money a second time once they are billed.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from audit import services as audit
from audit.services import Actor
from common.money import ZERO
from receivables import allocation, ledger, short_pay
from receivables.models import Allocation, DueItem, Invoice, Payment

AT_ONCE = 400
Key = tuple[int, str, str]  # customer, number of the order, currency


def settle_billed(*, invoices: Sequence[Invoice], on: date, by: Actor) -> None:
    """Allocate what is unapplied under the number of the shipment that each invoice bills, the oldest money first.

    The caller holds the lock. An invoice on which the ledger itself has shown money is left to a person: it may be
    this very money.
    """
    billed = [invoice.pk for invoice in invoices if invoice.shipment_id is not None]
    for start in range(0, len(billed), AT_ONCE):
        _settle(_not_paid_elsewhere(billed[start : start + AT_ONCE]), on=on, by=by)


def settle_with(payment: Payment, *, on: date, by: Actor) -> None:
    """The same where the bill was there first: a pro forma invoice, and then money under the number of its order."""
    if not payment.unapplied_amount or not payment.reference or payment.reported_by_ledger:
        return
    billed = Invoice.objects.filter(
        customer=payment.customer_id, currency=payment.currency, shipment__number=payment.reference
    )
    if found := list(billed.order_by("pk")):
        settle_billed(invoices=found, on=on, by=by)
        payment.refresh_from_db(fields=["unapplied_amount"])


def _not_paid_elsewhere(keys: Sequence[int]) -> QuerySet[Invoice]:
    reported = Allocation.objects.filter(
        due_item__invoice=OuterRef("pk"), payment__reported_by_ledger=True, reverses=None, reversed_by=None
    )
    return Invoice.objects.filter(~Exists(reported), pk__in=keys)


def _settle(invoices: QuerySet[Invoice], *, on: date, by: Actor) -> None:
    numbers = dict(invoices.order_by("pk").values_list("pk", "shipment__number"))
    waiting = Payment.objects.filter(
        customer__in=invoices.order_by().values("customer"), reference__in=set(numbers.values()), unapplied_amount__gt=0
    )
    payments = list(waiting.order_by("counts_on", "pk"))
    if not payments:
        return
    open_items: dict[Key, list[DueItem]] = defaultdict(list)
    rows = DueItem.objects.open().filter(invoice__in=numbers).select_related("invoice").order_by("invoice", "position")
    for item in rows:
        open_items[item.customer_id, numbers[item.invoice_id], item.currency].append(item)
    pairs = [(one, open_items[one.customer_id, one.reference, one.currency]) for one in payments]
    pairs = [(payment, items) for payment, items in pairs if items and not _keeps_discount(payment, items)]
    if not pairs:
        return
    with ledger.posting(on=on, by=by) as book:
        for payment, items in pairs:
            _allocate(book, payment, items, by)


def _keeps_discount(payment: Payment, items: Sequence[DueItem]) -> bool:
    """Less a cash discount in time the money is all that is open: it is proposed to a person so, in one deed."""
    kept = sum((_discount(item, payment.received_on) for item in items), ZERO)
    return kept > ZERO and payment.unapplied_amount == sum((item.open_amount for item in items), ZERO) - kept


def _discount(item: DueItem, paid_on: date) -> Decimal:
    if item.open_amount != item.amount:
        return ZERO
    return short_pay.discount_allowed(
        item.amount, share=item.discount_share, until=item.discount_until, paid_on=paid_on, currency=item.currency
    )


def _allocate(book: ledger.Posting, payment: Payment, items: Sequence[DueItem], by: Actor) -> None:
    """By the rule for money that names no due item; an allocation counts from the day on which both ends are there."""
    day = max(payment.counts_on, *(item.invoice.issued_on for item in items))
    owed = [
        allocation.Owed(item.pk, item.due_date, item.invoice.issued_on, item.open_amount)
        for item in items
        if item.open_amount > ZERO
    ]
    by_key = {item.pk: item for item in items}
    lines, _left = allocation.oldest_first(payment.unapplied_amount, owed, on=day)
    if not lines:
        return
    rows = book.post(payment, [(by_key[line.key], line.amount) for line in lines], applies_on=payment.counts_on)
    audit.record(
        verb="receivables.allocated",
        subject=payment,
        by=by,
        after={"items": len(rows), "order": payment.reference, "amount": sum((row.amount for row in rows), ZERO)},
    )
