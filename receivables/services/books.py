"""Booking a whole book at once: what was billed, and the money that settled it, each on its own day."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from audit.services import Actor
from common import clock
from common.money import ZERO
from customers import services as customers
from receivables import book, ledger
from receivables.models import CreditNote, DueItem, Invoice, Payment, Refund
from receivables.services import prepayments


@transaction.atomic
def record_book(*, rows: book.Book, on: date, by: Actor) -> None:
    """A whole book at once: what was billed, and the money that settled it, each on its own day.

    The rows were checked by the caller, who also writes the trail (one entry a file). What bills an order is settled
    with the money that waits for it.
    """
    keys = {row.customer for row in rows.invoices} | {row.customer for row in rows.credit_notes}
    invoices = {i.pk: i for i in Invoice.objects.filter(pk__in=[row.key for row in rows.settled_invoices])}
    notes = {n.pk: n for n in CreditNote.objects.filter(pk__in=[row.key for row in rows.settled_credit_notes])}
    customers.lock(keys | {i.customer_id for i in invoices.values()} | {n.customer_id for n in notes.values()})
    now = clock.now()
    entries = [_entry(row) for row in rows.invoices]
    received = [_received(row, entry) for row, entry in zip(rows.invoices, entries, strict=True)]
    received += _settling(rows.settled_invoices)
    credit_notes = [_credit_note(row) for row in rows.credit_notes]
    refunds = [
        (note, Refund(amount=row.refunded_amount or note.amount, paid_on=row.refunded_on, entered_at=now))
        for row, note in zip(rows.credit_notes, credit_notes, strict=True)
        if row.refunded_on
    ]
    for row in rows.settled_credit_notes:
        note = CreditNote.objects.get(pk=row.key)
        used = note.unapplied_amount if row.amount is None else min(row.amount, note.unapplied_amount)
        if used:
            refunds.append((note, Refund(amount=used, paid_on=row.on, entered_at=now)))
    ledger.enter(
        entries=entries,
        money=[one for several in received for one in several],
        credit_notes=credit_notes,
        refunds=refunds,
        on=on,
        by=by,
    )
    prepayments.settle_billed(invoices=[entry.invoice for entry in entries], on=on, by=by)


def _entry(row: book.NewInvoice) -> ledger.Entry:
    invoice = Invoice(
        customer_id=row.customer,
        number=row.number,
        amount=row.amount,
        currency=row.currency,
        issued_on=row.issued_on,
        entered_at=clock.now(),
        shipment_id=row.shipment,
        vat_amount=row.vat_amount,
        segment=row.segment,
        terms_text=row.terms_text,
        made_here=row.made_here,
    )
    items = [
        DueItem(
            position=position,
            agreed_due_date=part.due_date,
            due_date=part.due_date,
            amount=part.amount,
            discount_until=part.discount_until,
            discount_share=part.discount_share,
        )
        for position, part in enumerate(row.parts, start=1)
    ]
    return ledger.Entry(invoice=invoice, due_items=items)


def _received(row: book.NewInvoice, entry: ledger.Entry) -> list[ledger.Money]:
    """The file's payments on an invoice settle its due items in their order."""
    left = [item.amount for item in entry.due_items]
    received = []
    for paid in row.paid:
        rest = paid.amount
        lines = []
        for place, item in enumerate(entry.due_items):
            part = min(rest, left[place])
            if part > ZERO:
                left[place] -= part
                rest -= part
                lines.append((item, part))
        received.append(ledger.Money(_payment(row.customer, row.currency, paid, row.number), lines))
    return received


def _settling(rows: Sequence[book.Settled]) -> list[list[ledger.Money]]:
    days = {row.key: row.on for row in rows}
    left = {row.key: row.amount for row in rows if row.amount is not None}
    received = []
    for item in DueItem.objects.filter(invoice__in=days, open_amount__gt=0).select_related("invoice").order_by("pk"):
        amount = min(left.get(item.invoice_id, item.open_amount), item.open_amount)
        if amount == ZERO:
            continue
        if item.invoice_id in left:
            left[item.invoice_id] -= amount
        paid = book.Paid(amount=amount, on=days[item.invoice_id])
        payment = _payment(item.customer_id, item.currency, paid, item.invoice.number)
        received.append([ledger.Money(payment, [(item, amount)])])
    return received


def _payment(customer: int, currency: str, paid: book.Paid, number: str) -> Payment:
    return Payment(
        customer_id=customer,
        method=paid.method,
        reference=paid.reference or number,
        amount=paid.amount,
        currency=currency,
        received_on=paid.on,
        counts_on=paid.on,
        entered_at=clock.now(),
        reported_by_ledger=paid.reported_by_ledger,
    )


def _credit_note(row: book.NewCreditNote) -> CreditNote:
    return CreditNote(
        customer_id=row.customer,
        number=row.number,
        amount=row.amount,
        currency=row.currency,
        issued_on=row.issued_on,
        due_date=row.due_date,
        entered_at=clock.now(),
        segment=row.segment,
        reported_by_ledger=True,
    )
