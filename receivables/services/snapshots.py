"""Following the company's ledger: its list explained by money here, its larger amounts taken over."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.money import ZERO
from customers import queries as families
from customers import services as customers
from receivables import book, ledger
from receivables.models import (
    Allocation,
    CreditNote,
    DueItem,
    Invoice,
    Paper,
    Payment,
    Receipt,
    Refund,
)
from receivables.services import checks, going_back, known, papers, payments, receipts


class NothingReported(checks.Refused):
    """The ledger never reported the money that lowered this amount; it was booked here."""


@transaction.atomic
def explain_falls(*, rows: book.Explained, by: Actor) -> None:
    """Money in hand that the ledger has becomes payments; unapplied money settles on the list's day."""
    for money in rows.in_hand:
        book_in_hand(money=money, on=rows.on, by=by)
    for payment, invoice, amount in rows.applied:
        source = Payment.objects.select_related("customer").get(pk=payment)
        lines = _over(DueItem.objects.filter(invoice=invoice, open_amount__gt=0), amount)
        payments.allocate(source=source, lines=[(item.pk, part) for item, part in lines], on=rows.on, by=by)


@transaction.atomic
def book_in_hand(*, money: book.InHand, on: date, by: Actor) -> Payment:
    """A receipt is money of its own day, a paper of the list's. The journal does not tell the ledger what it told us,
    and a control total of a day before the list did not have it yet.
    """
    how = {"by": by, "reported_by_ledger": True}
    if money.receipt is not None:
        receipt = Receipt.objects.select_related("customer").get(pk=money.receipt)
        made = receipts.verify_receipt(receipt=receipt, lines=_lines(receipt, money.over), **how)  # type: ignore[arg-type]
    else:
        paper = Paper.objects.select_related("customer").get(pk=money.paper or 0)
        made = papers.honour_paper(paper=paper, on=on, lines=_lines(paper, money.over), **how)  # type: ignore[arg-type]
    known.keep([f"payment {made.pk}"], on=on)
    return made


@transaction.atomic
def put_in_question(*, receipts: Mapping[int, str], papers: Mapping[int, str]) -> None:
    """Exactly this money in hand may be what the ledger's list has settled of an invoice, whose number is given."""
    models: tuple[tuple[type[Receipt] | type[Paper], Mapping[int, str]], ...] = ((Receipt, receipts), (Paper, papers))
    for model, asked in models:
        model.objects.exclude(in_question="").exclude(pk__in=asked).update(in_question="")
        for key, number in asked.items():
            model.objects.filter(pk=key).exclude(in_question=number).update(in_question=number)


def _lines(money: Receipt | Paper, over: Mapping[int, Decimal]) -> list[tuple[int, Decimal]]:
    """What it settles: of invoices that have fallen no more than the fall, its own items first; of others as meant."""
    meant = {line.due_item_id: line.due_item.invoice_id for line in money.lines.select_related("due_item")}
    left: dict[int, Decimal] = dict(over)
    lines: dict[int, Decimal] = {}
    for key, still in receipts.still_open([(line.due_item_id, line.amount) for line in money.lines.order_by("pk")]):
        invoice = meant[key]
        part = min(still, left.get(invoice, still))
        if invoice in left:
            left[invoice] -= part
        if part > ZERO:
            lines[key] = part
    for invoice, amount in left.items():
        items = list(DueItem.objects.filter(invoice=invoice, open_amount__gt=0))
        for item in items:
            item.open_amount -= lines.get(item.pk, ZERO)
        for item, part in _over(items, amount):
            lines[item.pk] = lines.get(item.pk, ZERO) + part
    return list(lines.items())


@transaction.atomic
def reopen_invoice(*, invoice: Invoice, amount: Decimal, on: date, by: Actor, because: str) -> Decimal:
    """The ledger has more open: take back what it reported as paid, the latest first, up to this amount.

    A payment that is taken back whole is reversed; of one that stays in part, the rest settles on, and what is
    taken back is given back. Returns how much is open again.
    """
    because = checks.check_reason(because)
    checks.check_amount(amount, invoice.currency)
    checks.check_day(on)
    customers.lock(families.family(invoice.customer))
    rows = Allocation.objects.filter(
        due_item__invoice=invoice, payment__reported_by_ledger=True, reverses=None, reversed_by=None
    )
    left = amount
    with ledger.posting(on=on, by=by) as posting:
        for row in rows.select_related("due_item__invoice", "payment").order_by("-applies_on", "-pk"):
            if left > ZERO and row.payment is not None and row.due_item is not None:
                ends = posting.hold(row.payment), posting.hold(row.due_item)
                left -= _take_back(posting, row, *ends, min(row.amount, left), by=by, because=because)
    if left == amount:
        raise NothingReported(
            _(
                "The ledger never reported money on %(number)s, so there is nothing of its own to take back. "
                "Reverse the payment that was booked here, or keep our value."
            )
            % {"number": invoice.number}
        )
    audit.record(
        verb="receivables.reopened", subject=invoice, by=by, after={"amount": amount - left, "because": because}
    )
    return amount - left


def _take_back(
    posting: ledger.Posting,
    row: Allocation,
    payment: Payment,
    item: DueItem,
    part: Decimal,
    *,
    by: Actor,
    because: str,
) -> Decimal:
    """What is open again: the part, and what was given up of the item for the sake of this payment."""
    before, on = item.open_amount, max(posting.on, row.applies_on)
    going_back.take_back_alone(posting, [row], by=by, because=because)
    if row.amount > part:
        posting.post(payment, [(item, row.amount - part)], applies_on=on)
    if payment.unapplied_amount == payment.amount:
        going_back.end_with_money(posting, payment, by=by, because=because)
        posting.cancel(payment, on=on)
    else:
        posting.refund(Refund(payment=payment, amount=part, paid_on=on, entered_at=posting.now), payment)
    return item.open_amount - before


@transaction.atomic
def move_money(*, source: Invoice, target: Invoice, amount: Decimal, on: date, by: Actor, because: str) -> None:
    """The ledger has money that was booked here on another invoice: it is taken back here and settles there."""
    because = checks.check_reason(because)
    checks.check_amount(amount, source.currency)
    checks.check_day(on)
    customers.lock(families.family(source.customer) + families.family(target.customer))
    rows = Allocation.objects.filter(due_item__invoice=source, write_off=None, reverses=None, reversed_by=None)
    ours = rows.exclude(payment__reported_by_ledger=True)
    items = {item.pk: item for item in DueItem.objects.filter(invoice=target).select_related("invoice")}
    left = amount
    moved: list[Payment | CreditNote] = []
    with ledger.posting(on=on, by=by) as posting:
        for row in ours.select_related("due_item__invoice", "payment", "credit_note").order_by("-applies_on", "-pk"):
            money = row.payment or row.credit_note
            part = min(row.amount, left)
            if part <= ZERO or money is None or row.due_item is None:
                break
            left -= part
            day = max(on, row.applies_on)
            going_back.take_back_alone(posting, [row], by=by, because=because)
            if row.amount > part:
                posting.post(money, [(row.due_item, row.amount - part)], applies_on=day)
            held = [posting.hold(item) for item in items.values()]
            posting.post(money, _over(held, part), applies_on=day)
            moved.append(money)
        if left > ZERO:
            raise checks.OverAllocated(
                _("Less than that was booked on %(number)s here. Allocate the payment on its own page.")
                % {"number": source.number}
            )
    known.note_sources(moved, on=on)
    audit.record(
        verb="receivables.moved",
        subject=source,
        by=by,
        after={"amount": amount, "to": target.number, "because": because},
    )


def _over(items: Iterable[DueItem], amount: Decimal) -> list[tuple[DueItem, Decimal]]:
    """The amount over open items in their order; refuses more than they owe."""
    lines = []
    for item in sorted(items, key=lambda one: one.position):
        part = min(amount, item.open_amount)
        if part > ZERO:
            lines.append((item, part))
            amount -= part
    if amount > ZERO:
        raise checks.OverAllocated(_("That invoice owes less by now. Keep our value, or allocate the payment."))
    return lines


@transaction.atomic
def reopen_credit_note(*, note: CreditNote, amount: Decimal, on: date, by: Actor, because: str) -> Decimal:
    """The ledger has more of a credit note open: its refunds are taken back, the latest first, up to this amount."""
    because = checks.check_reason(because)
    checks.check_amount(amount, note.currency)
    checks.check_day(on)
    customers.lock([note.customer_id])
    note = CreditNote.objects.get(pk=note.pk)
    left = amount
    with ledger.posting(on=on, by=by) as posting:
        held = posting.hold(note)
        for row in note.refunds.filter(reverses=None, reversed_by=None).order_by("-paid_on", "-pk"):
            back = min(row.amount, left)
            if back <= ZERO:
                break
            left -= back
            day = max(on, row.paid_on)
            values = {"credit_note": held, "paid_on": day, "entered_at": posting.now}
            posting.refund(Refund(**values, amount=-row.amount, reverses=row), held)
            if row.amount > back:
                posting.refund(Refund(**values, amount=row.amount - back), held)
    if left == amount:
        raise NothingReported(
            _("Nothing of %(number)s was given back; it settles items here. Take that back, or keep our value.")
            % {"number": note.number}
        )
    audit.record(verb="receivables.reopened", subject=note, by=by, after={"amount": amount - left, "because": because})
    return amount - left
