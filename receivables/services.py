"""Verbs of what is owed: booking books, payments and receipts, allocating, reversing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, money, numbers
from common.money import ZERO
from common.refusals import Refused
from customers import services as customers
from customers.models import Customer
from receivables import allocation, book, ledger
from receivables.models import (
    Allocation,
    CreditNote,
    DueItem,
    Invoice,
    Payment,
    Receipt,
    ReceiptLine,
    Refund,
)
from staff.models import BankAccount, User


class NotAnAmount(Refused):
    """Zero, below zero, too large, or finer than the currency's minor unit."""


class NoAccount(Refused):
    """The business has no bank account in this currency."""


class OverAllocated(Refused):
    """More than the item still owes."""


class NothingLeft(Refused):
    """More than the payment has left."""


class ForeignItem(Refused):
    """The due item is another customer's, or in another currency."""


class NotYet(Refused):
    """A day in the future."""


class AlreadyDone(Refused):
    """Reversed, verified or refused before."""


@transaction.atomic
def record_book(*, rows: book.Book, on: date, by: Actor) -> None:
    """A whole book at once: what was billed, and the money that settled it, each on its own day.

    The rows were checked by the caller, who also writes the trail (one entry a file).
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


def _entry(row: book.NewInvoice) -> ledger.Entry:
    invoice = Invoice(
        customer_id=row.customer,
        number=row.number,
        amount=row.amount,
        currency=row.currency,
        issued_on=row.issued_on,
        entered_at=clock.now(),
        shipment_id=row.shipment,
        segment=row.segment,
        terms_text=row.terms_text,
    )
    items = [
        DueItem(position=position, agreed_due_date=part.due_date, due_date=part.due_date, amount=part.amount)
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
    )


@transaction.atomic
def record_payment(
    *,
    customer: Customer,
    amount: Decimal,
    currency: str,
    method: str,
    received_on: date,
    by: Actor,
    reference: str = "",
    lines: Sequence[tuple[int, Decimal]] | None = None,
    receipt: Receipt | None = None,
) -> Payment:
    """Book money that has arrived. Without `lines` it settles due items oldest first; what is left is unapplied.

    Refuses an amount that is no amount, a day in the future, and lines that do not fit.
    """
    check_amount(amount, currency)
    if not BankAccount.objects.filter(currency=currency).exists():
        raise NoAccount(
            _("There is no bank account in %(currency)s. Add one, or check the currency.") % {"currency": currency}
        )
    if received_on > clock.business_today():
        raise NotYet(_("%(day)s is in the future. Enter the day on which the money arrived.") % {"day": received_on})
    customers.lock([customer.pk])
    items = {
        item.pk: item
        for item in DueItem.objects.filter(customer=customer, currency=currency, open_amount__gt=0).select_related(
            "invoice"
        )
    }
    wanted = _oldest_first(items, amount, received_on) if lines is None else _named(items, lines, amount)
    payment = Payment(
        customer=customer,
        method=method,
        reference=reference,
        amount=amount,
        currency=currency,
        received_on=received_on,
        counts_on=received_on,
        entered_at=clock.now(),
        receipt=receipt,
    )
    ledger.receive(payment=payment, lines=wanted, by=by)
    audit.record(
        verb="receivables.received",
        subject=payment,
        by=by,
        after={
            "amount": amount,
            "currency": currency,
            "items": len(wanted),
            "unapplied": payment.unapplied_amount,
        },
    )
    return payment


def check_amount(amount: Decimal, currency: str) -> None:
    if not amount.is_finite() or amount <= ZERO or amount >= money.LIMIT:
        raise NotAnAmount(_("An amount is above zero and below a million million."))
    if not money.is_known(currency):
        raise NotAnAmount(_("%(currency)s is not a currency code; expected one like EUR.") % {"currency": currency})
    if not money.is_exact(amount, currency):
        raise NotAnAmount(
            _("%(amount)s has more decimals than %(currency)s allows.") % {"amount": amount, "currency": currency}
        )


def _oldest_first(items: dict[int, DueItem], amount: Decimal, on: date) -> list[tuple[DueItem, Decimal]]:
    owed = [allocation.Owed(i.pk, i.due_date, i.invoice.issued_on, i.open_amount) for i in items.values()]
    lines, _left = allocation.oldest_first(amount, owed, on=on)
    return [(items[line.key], line.amount) for line in lines]


def _named(
    items: dict[int, DueItem], lines: Sequence[tuple[int, Decimal]], left: Decimal
) -> list[tuple[DueItem, Decimal]]:
    wanted = []
    for key, amount in lines:
        item = items.get(key)
        if item is None:
            raise ForeignItem(_("That item is settled, another customer's, or in another currency."))
        check_amount(amount, item.currency)
        if amount > item.open_amount:
            raise OverAllocated(
                _("%(invoice)s owes only %(open)s.")
                % {"invoice": item.invoice.number, "open": money.as_text(item.open_amount, item.currency)}
            )
        if amount > left:
            raise NothingLeft(_("Only %(left)s of the payment is left.") % {"left": money.as_text(left, item.currency)})
        left -= amount
        wanted.append((item, amount))
    return wanted


@transaction.atomic
def allocate(
    *, source: Payment | CreditNote, lines: Sequence[tuple[int, Decimal]], on: date, by: Actor
) -> list[Allocation]:
    """Settle due items of the same customer and currency from a payment or credit note."""
    customers.lock([source.customer_id])
    source = type(source).objects.get(pk=source.pk)
    items = {
        item.pk: item
        for item in DueItem.objects.filter(
            customer_id=source.customer_id, currency=source.currency, open_amount__gt=0
        ).select_related("invoice")
    }
    wanted = _named(items, lines, source.unapplied_amount)
    rows = ledger.post(source=source, lines=wanted, applies_on=on, by=by)
    audit.record(verb="receivables.allocated", subject=source, by=by, after={"items": len(rows)})
    return rows


@transaction.atomic
def reverse_payment(*, payment: Payment, on: date, by: Actor, because: str) -> None:
    """The money did not stay (bounced, booked by mistake): everything it settled is open again from this day."""
    customers.lock([payment.customer_id])
    payment = Payment.objects.get(pk=payment.pk)
    if payment.reverses_id or Payment.objects.filter(reverses=payment).exists():
        raise AlreadyDone(_("This payment is reversed already."))
    if payment.refunds.exists():
        raise AlreadyDone(_("A refund was paid from this payment; reverse the refund first."))
    rows = list(
        Allocation.objects.filter(payment=payment, reverses=None, reversed_by=None)
        .select_related("due_item", "payment", "credit_note")
        .order_by("pk")
    )
    for row in rows:
        row.payment = payment
    ledger.take_back(allocations=rows, on=on, by=by, payment=payment)
    audit.record(verb="receivables.reversed", subject=payment, by=by, after={"because": because, "on": on})


@transaction.atomic
def record_receipt(
    *,
    customer: Customer,
    rep: User,
    method: str,
    amount: Decimal,
    currency: str,
    lines: Sequence[tuple[int, Decimal]],
    received_on: date,
    key: str,
    device: str = "web",
    note: str = "",
) -> Receipt:
    """Field money: provisional, so the items stay open in the ledger, but the covered amount is not asked for again."""
    known = Receipt.objects.filter(key=key).first()
    if known is not None:
        return known
    check_amount(amount, currency)
    customers.lock([customer.pk])
    items = {
        item.pk: item
        for item in DueItem.objects.filter(customer=customer, currency=currency, open_amount__gt=0).select_related(
            "invoice"
        )
    }
    wanted = _named(items, lines, amount)
    [number] = numbers.take(f"receipt {rep.pk} {device}")
    receipt = Receipt.objects.create(
        number=f"R{rep.pk}-{number:04d}",
        customer=customer,
        rep=rep,
        device=device,
        method=method,
        amount=amount,
        currency=currency,
        received_on=received_on,
        entered_at=clock.now(),
        key=key,
        note=note,
    )
    ReceiptLine.objects.bulk_create([ReceiptLine(receipt=receipt, due_item=item, amount=part) for item, part in wanted])
    customers.mark([customer.pk], because="receipt", on=received_on)
    audit.record(
        verb="receivables.receipt_given",
        subject=receipt,
        by=rep,
        after={"amount": amount, "currency": currency},
    )
    return receipt


@transaction.atomic
def verify_receipt(*, receipt: Receipt, by: Actor) -> Payment:
    """Finance has the money: the receipt becomes a payment that counts on the day it was received."""
    customers.lock([receipt.customer_id])
    _decide(receipt, Receipt.State.VERIFIED, by)
    open_now = dict(DueItem.objects.filter(receipt_lines__receipt=receipt).values_list("pk", "open_amount"))
    lines = [
        (line.due_item_id, min(line.amount, open_now[line.due_item_id]))
        for line in receipt.lines.order_by("pk")
        if open_now[line.due_item_id] > ZERO
    ]
    payment = record_payment(
        customer=receipt.customer,
        amount=receipt.amount,
        currency=receipt.currency,
        method=receipt.method,
        received_on=receipt.received_on,
        reference=receipt.number,
        lines=lines,
        receipt=receipt,
        by=by,
    )
    audit.record(verb="receivables.receipt_verified", subject=receipt, by=by)
    return payment


@transaction.atomic
def refuse_receipt(*, receipt: Receipt, because: str, by: Actor) -> None:
    """The money is not there: the covered amount is asked for again."""
    customers.lock([receipt.customer_id])
    _decide(receipt, Receipt.State.REFUSED, by)
    customers.mark([receipt.customer_id], because="receipt refused", on=receipt.received_on)
    audit.record(verb="receivables.receipt_refused", subject=receipt, by=by, after={"because": because})


def _decide(receipt: Receipt, state: str, by: Actor) -> None:
    moved = Receipt.objects.filter(pk=receipt.pk, state=Receipt.State.PROVISIONAL).update(
        state=state, decided_at=clock.now(), decided_by=by.get_username()
    )
    if not moved:
        raise AlreadyDone(_("Receipt %(number)s is decided already.") % {"number": receipt.number})
