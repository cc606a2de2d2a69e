"""The one writer of open, unapplied and claim amounts. Used by `receivables.services` alone.

Amounts are computed in Python under the customers' locks and written as values, because SQLite would compute
them as floats. A verb opens one `Posting`; on leaving it the amounts are written and the port is called, once.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, count
from typing import TypeVar

from django.db.models import Max

from audit.services import Actor
from common import bulk, clock
from common.money import ZERO
from receivables import consequences, reversals
from receivables.models import Allocation, Charge, CreditNote, DueItem, Invoice, Payment, Refund, WriteOff

BATCH = 1000
Target = DueItem | Charge
Source = Payment | CreditNote | WriteOff
Row = TypeVar("Row", bound=DueItem | Charge | Payment | CreditNote | WriteOff)


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


class Posting:
    """What one verb writes. Rows were read under the lock; each row is held once, however often it is named."""

    def __init__(self, *, on: date) -> None:
        self.on = on
        self.now = clock.now()
        self.customers: set[int] = set()
        self._held: dict[tuple[type, int], DueItem | Charge | Payment | CreditNote | WriteOff] = {}

    def hold(self, row: Row) -> Row:
        """The one object of this row in the verb."""
        held = self._held.setdefault((type(row), row.pk), row)
        self.customers.add(row.customer_id)
        return held  # type: ignore[return-value]

    def receive(self, payment: Payment, lines: Sequence[tuple[Target, Decimal]] = ()) -> list[Allocation]:
        """Book a payment and settle with it."""
        payment.unapplied_amount = payment.amount
        payment.save(force_insert=True)
        return self.post(self.hold(payment), lines, applies_on=payment.counts_on)

    def post(self, source: Source, lines: Sequence[tuple[Target, Decimal]], *, applies_on: date) -> list[Allocation]:
        """Settle due items and charges. An allocation counts from the day on which both of its ends are there, and
        after whatever was taken back of them."""
        source = self.hold(source)
        came_back = reversals.latest([source, *(target for target, _ in lines)])
        rows = []
        for target, amount in lines:
            held: Target = self.hold(target)
            on = _not_before(came_back, applies_on, source, held)
            rows.append(_allocation(source, held, amount, on, self.now))
            held.open_amount -= amount
            _use(source, held, amount)
        return Allocation.objects.bulk_create(rows, batch_size=BATCH)

    def take_back(self, allocations: Sequence[Allocation], *, on: date) -> None:
        """Reverse allocations by negative rows, each not before the day on which it applied."""
        back = []
        for row in allocations:
            target, source = _ends(row)
            target, source = self.hold(target), self.hold(source)
            reversal = _allocation(source, target, -row.amount, max(on, row.applies_on), self.now)
            reversal.reverses = row
            back.append(reversal)
            target.open_amount += row.amount
            _use(source, target, -row.amount)
        Allocation.objects.bulk_create(back, batch_size=BATCH)

    def cancel(self, source: Payment | CreditNote, *, on: date) -> None:
        """A second row takes the whole amount back; nothing of it may be allocated or refunded any more."""
        source = self.hold(source)
        source.unapplied_amount = ZERO
        values = {
            "customer_id": source.customer_id,
            "amount": -source.amount,
            "currency": source.currency,
            "entered_at": self.now,
            "reverses": source,
            "unapplied_amount": ZERO,
            "reported_by_ledger": source.reported_by_ledger,
        }
        if isinstance(source, Payment):
            Payment.objects.create(
                **values, method=source.method, reference=source.reference, received_on=on, counts_on=on
            )
        else:
            number = _number_of_reversal(source)
            CreditNote.objects.create(**values, number=number, invoice_id=source.invoice_id, issued_on=on)

    def credit(self, note: CreditNote) -> None:
        note.unapplied_amount = note.amount
        note.save(force_insert=True)
        self.hold(note)

    def refund(self, refund: Refund, source: Payment | CreditNote) -> None:
        """Money given back; a negative refund is its reversal."""
        refund.save(force_insert=True)
        self.hold(source).unapplied_amount -= refund.amount

    def claim(self, charge: Charge) -> None:
        charge.open_amount = charge.amount
        charge.save(force_insert=True)
        self.hold(charge)

    def unclaim(self, charge: Charge, *, on: date) -> None:
        """A second row takes a charge back that was claimed wrongly; nothing settles it any more."""
        charge = self.hold(charge)
        charge.open_amount = ZERO
        charge.settled_on = on
        Charge.objects.create(
            due_item_id=charge.due_item_id,
            customer_id=charge.customer_id,
            kind=charge.kind,
            amount=-charge.amount,
            currency=charge.currency,
            open_amount=ZERO,
            basis=charge.basis,
            claimed_on=on,
            entered_at=self.now,
            reverses=charge,
        )

    def waive_claim(self, item: DueItem) -> None:
        """Nothing outlives the write-offs of this item any more; whoever calls notes the day on them."""
        self.hold(item).claim_amount = ZERO

    def write(self) -> None:
        """Store the amounts of every row that is held."""
        rows = [self._held[key] for key in sorted(self._held, key=lambda key: key[1])]
        _write_items([row for row in rows if isinstance(row, DueItem)])
        _write_charges([row for row in rows if isinstance(row, Charge)])
        payments = [row for row in rows if isinstance(row, Payment)]
        notes = [row for row in rows if isinstance(row, CreditNote)]
        bulk.write(payments, ["unapplied_amount"])
        bulk.write(notes, ["unapplied_amount"])


@contextmanager
def posting(*, on: date, by: Actor) -> Iterator[Posting]:
    """Everything that one verb books, and at its end what must follow. Must run in the verb's transaction."""
    opened = Posting(on=on)
    yield opened
    opened.write()
    consequences.follow(customers=sorted(opened.customers), on=on, by=by)


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
    came_back = reversals.latest([*known, *known_notes])
    _insert_invoices(entries)
    for row in money:
        for item, amount in row.lines:
            item.open_amount -= amount
            applied_on = _not_before(came_back, max(row.payment.counts_on, item.invoice.issued_on), item)
            item.settled_on = max(item.settled_on or applied_on, applied_on)
        row.payment.unapplied_amount = row.payment.amount - sum((amount for _, amount in row.lines), ZERO)
    new = [item for entry in entries for item in entry.due_items]
    for item in new:
        item.settled_on = item.settled_on if item.open_amount == ZERO else None
    DueItem.objects.bulk_create(new, batch_size=BATCH)
    _write_items(known)
    _insert_money(money, came_back)
    for note, refund in refunds:
        refund.paid_on = _not_before(came_back, refund.paid_on, note)
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


def _insert_money(money: Sequence[Money], came_back: Mapping[reversals.Key, date]) -> None:
    now = clock.now()
    Payment.objects.bulk_create([row.payment for row in money], batch_size=BATCH)
    Allocation.objects.bulk_create(
        [
            _allocation(row.payment, item, amount, _not_before(came_back, row.payment.counts_on, item), now)
            for row in money
            for item, amount in row.lines
        ],
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
    bulk.write(known, ["unapplied_amount"])
    for note, refund in refunds:
        refund.credit_note = note  # the key is known only now
    Refund.objects.bulk_create([refund for _, refund in refunds], batch_size=BATCH)


def _number_of_reversal(note: CreditNote) -> str:
    """The note's own number and a cross, shortened to what the column holds; with a count where that is taken."""
    taken = CreditNote.objects.filter(customer=note.customer_id)
    endings = chain([" ×"], (f" ×{place}" for place in count(2)))
    numbers = (note.number[: CreditNote.LONGEST_NUMBER - len(ending)] + ending for ending in endings)
    return next(number for number in numbers if not taken.filter(number=number).exists())


def _not_before(came_back: Mapping[reversals.Key, date], on: date, *rows: Source | Target) -> date:
    return max([on, *(came_back[type(row), row.pk] for row in rows if (type(row), row.pk) in came_back)])


def _use(source: Source, target: Target, amount: Decimal) -> None:
    """Take an amount out of what the source has left; a write-off leaves its claim on the item instead."""
    if not isinstance(source, WriteOff):
        source.unapplied_amount -= amount
    elif source.keeps_claim and source.claim_waived_on is None and isinstance(target, DueItem):
        target.claim_amount += amount


def _ends(row: Allocation) -> tuple[Target, Source]:
    target = row.due_item or row.charge
    source = row.payment or row.credit_note or row.write_off
    if target is None or source is None:
        raise TypeError(f"allocation {row.pk} has lost an end")  # the database's constraints forbid it
    return target, source


def _allocation(source: Source, target: Target, amount: Decimal, applies_on: date, now: datetime) -> Allocation:
    return Allocation(
        due_item=target if isinstance(target, DueItem) else None,
        charge=target if isinstance(target, Charge) else None,
        payment=source if isinstance(source, Payment) else None,
        credit_note=source if isinstance(source, CreditNote) else None,
        write_off=source if isinstance(source, WriteOff) else None,
        amount=amount,
        applies_on=max(applies_on, _starts(source), _starts(target)),
        entered_at=now,
    )


def _starts(row: Source | Target) -> date:
    """The day from which the row is in the ledger."""
    if isinstance(row, DueItem):
        return row.invoice.issued_on
    if isinstance(row, Charge):
        return row.claimed_on
    if isinstance(row, Payment):
        return row.counts_on
    if isinstance(row, CreditNote):
        return row.issued_on
    return row.decided_on or row.asked_on


def _write_items(items: Sequence[DueItem]) -> None:
    """Store the open amounts; a settled item is settled on the latest day on which anything applied to it."""
    rows = list({item.pk: item for item in items}.values())
    settled = [item.pk for item in rows if item.open_amount == ZERO]
    latest = _latest("due_item", settled)
    for item in rows:
        item.settled_on = _settled_on(item, latest.get(item.pk))
    bulk.write(rows, ["open_amount", "claim_amount", "settled_on"])


def _write_charges(charges: Sequence[Charge]) -> None:
    settled = [charge.pk for charge in charges if charge.open_amount == ZERO]
    latest = _latest("charge", settled)
    for charge in charges:
        charge.settled_on = _settled_on(charge, latest.get(charge.pk))
    bulk.write(charges, ["open_amount", "settled_on"])


def _latest(column: str, keys: Sequence[int]) -> dict[int, date]:
    rows = Allocation.objects.filter(**{f"{column}__in": keys}).order_by()
    return dict(rows.values_list(column).annotate(latest=Max("applies_on")))


def _settled_on(target: Target, latest: date | None) -> date | None:
    if target.open_amount != ZERO:
        return None
    return max((day for day in (latest, target.settled_on) if day), default=None)
