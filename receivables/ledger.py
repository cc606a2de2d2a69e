"""The one writer of open and unapplied amounts. Used by `receivables.services` alone.

Amounts are computed in Python under the customers' locks and written as values, because SQLite would compute
them as floats. Every public function here is the end of a verb and calls the port exactly once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Max

from audit.services import Actor
from common import clock
from common.money import ZERO
from receivables import consequences
from receivables.models import Allocation, CreditNote, DueItem, Invoice, Payment, Refund

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """A new invoice and its due items, which add up to it."""

    invoice: Invoice
    due_items: Sequence[DueItem]


@dataclass(frozen=True, slots=True)
class Money:
    """A new payment and what it settles: due items that are here already or come in the same book."""

    payment: Payment
    lines: Sequence[tuple[DueItem, Decimal]] = field(default_factory=tuple)


def post(
    *,
    source: Payment | CreditNote,
    lines: Sequence[tuple[DueItem, Decimal]],
    applies_on: date,
    by: Actor,
) -> list[Allocation]:
    """Settle due items from a payment or credit note. Rows were read under the lock; amounts are checked there."""
    allocations = Allocation.objects.bulk_create(
        [_allocation(source, item, amount, applies_on) for item, amount in lines], batch_size=BATCH
    )
    for item, amount in lines:
        item.open_amount -= amount
        source.unapplied_amount -= amount
    _write_items([item for item, _ in lines])
    source.save(update_fields=["unapplied_amount"])
    customers = {source.customer_id, *(item.customer_id for item, _ in lines)}
    consequences.follow(customers=sorted(customers), on=applies_on, by=by)
    return allocations


def take_back(*, allocations: Sequence[Allocation], on: date, by: Actor, payment: Payment | None = None) -> None:
    """Reverse allocations by negative rows; with a payment, reverse that payment as well."""
    now = clock.now()
    Allocation.objects.bulk_create(
        [
            Allocation(
                due_item_id=row.due_item_id,
                payment_id=row.payment_id,
                credit_note_id=row.credit_note_id,
                amount=-row.amount,
                applies_on=on,
                entered_at=now,
                reverses=row,
            )
            for row in allocations
        ],
        batch_size=BATCH,
    )
    for row in allocations:
        row.due_item.open_amount += row.amount
        source = row.payment or row.credit_note
        if source is not None:
            source.unapplied_amount += row.amount
            source.save(update_fields=["unapplied_amount"])
    _write_items([row.due_item for row in allocations])
    customers = {row.due_item.customer_id for row in allocations}
    if payment is not None:
        Payment.objects.filter(pk=payment.pk).update(unapplied_amount=ZERO)
        Payment.objects.create(
            customer_id=payment.customer_id,
            method=payment.method,
            reference=payment.reference,
            amount=-payment.amount,
            currency=payment.currency,
            received_on=on,
            counts_on=on,
            entered_at=now,
            reverses=payment,
            unapplied_amount=ZERO,
        )
        customers.add(payment.customer_id)
    consequences.follow(customers=sorted(customers), on=on, by=by)


def receive(*, payment: Payment, lines: Sequence[tuple[DueItem, Decimal]], by: Actor) -> list[Allocation]:
    """Book a payment and settle due items with it."""
    payment.unapplied_amount = payment.amount
    payment.save(force_insert=True)
    return post(source=payment, lines=lines, applies_on=payment.counts_on, by=by)


def enter(
    *,
    entries: Sequence[Entry],
    money: Sequence[Money],
    credit_notes: Sequence[CreditNote],
    refunds: Sequence[tuple[CreditNote, Refund]],
    on: date,
    by: Actor,
) -> None:
    """A whole book in bulk statements: invoices, credit notes, and the money that settled them.

    Items and credit notes that `money` and `refunds` name may be new or here already (and then locked).
    """
    known = [item for row in money for item, _ in row.lines if item.pk]
    known_notes = [note for note, _ in refunds if note.pk]
    _insert_invoices(entries)
    for row in money:
        for item, amount in row.lines:
            item.open_amount -= amount
            item.settled_on = max(item.settled_on or row.payment.counts_on, row.payment.counts_on)
        row.payment.unapplied_amount = row.payment.amount - sum((amount for _, amount in row.lines), ZERO)
    new = [item for entry in entries for item in entry.due_items]
    for item in new:
        item.settled_on = item.settled_on if item.open_amount == ZERO else None
    DueItem.objects.bulk_create(new, batch_size=BATCH)
    _write_items(known)
    _insert_money(money)
    _insert_credit(credit_notes, refunds, known_notes)

    customers = {entry.invoice.customer_id for entry in entries}
    customers |= {row.payment.customer_id for row in money}
    customers |= {note.customer_id for note in credit_notes} | {note.customer_id for note in known_notes}
    consequences.follow(customers=sorted(customers), on=on, by=by)


def _insert_invoices(entries: Sequence[Entry]) -> None:
    Invoice.objects.bulk_create([entry.invoice for entry in entries], batch_size=BATCH)
    for entry in entries:
        for item in entry.due_items:
            item.invoice = entry.invoice
            item.customer_id = entry.invoice.customer_id
            item.currency = entry.invoice.currency
            item.open_amount = item.amount


def _insert_money(money: Sequence[Money]) -> None:
    Payment.objects.bulk_create([row.payment for row in money], batch_size=BATCH)
    Allocation.objects.bulk_create(
        [_allocation(row.payment, item, amount, row.payment.counts_on) for row in money for item, amount in row.lines],
        batch_size=BATCH,
    )


def _insert_credit(
    credit_notes: Sequence[CreditNote],
    refunds: Sequence[tuple[CreditNote, Refund]],
    known: Sequence[CreditNote],
) -> None:
    for note in credit_notes:
        note.unapplied_amount = note.amount
    for note, refund in refunds:
        note.unapplied_amount -= refund.amount
    CreditNote.objects.bulk_create(credit_notes, batch_size=BATCH)
    CreditNote.objects.bulk_update(known, ["unapplied_amount"], batch_size=200)
    for note, refund in refunds:
        refund.credit_note = note  # the key is known only now
    Refund.objects.bulk_create([refund for _, refund in refunds], batch_size=BATCH)


def _allocation(source: Payment | CreditNote, item: DueItem, amount: Decimal, applies_on: date) -> Allocation:
    return Allocation(
        due_item=item,
        payment=source if isinstance(source, Payment) else None,
        credit_note=source if isinstance(source, CreditNote) else None,
        amount=amount,
        applies_on=applies_on,
        entered_at=clock.now(),
    )


def _write_items(items: Sequence[DueItem]) -> None:
    """Store the open amounts; a settled item is settled on the latest day on which anything applied to it."""
    rows = list({item.pk: item for item in items}.values())
    latest = dict(
        Allocation.objects.filter(due_item__in=[item.pk for item in rows if item.open_amount == ZERO])
        .values_list("due_item")
        .annotate(latest=Max("applies_on"))
    )
    for item in rows:
        days = [day for day in (latest.get(item.pk), item.settled_on) if day]
        item.settled_on = max(days, default=None) if item.open_amount == ZERO else None
    DueItem.objects.bulk_update(rows, ["open_amount", "settled_on"], batch_size=200)
