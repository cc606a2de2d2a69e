"""Field money: provisional until finance verifies or refuses it. The item stays open, the amount is not asked for."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, money, numbers
from common.money import ZERO
from customers import services as customers
from customers.models import Customer
from receivables.models import DueItem, Payment, Receipt, ReceiptLine
from receivables.services import checks, payments
from staff.models import User


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
    """Take money in the field. Its number is the next of this rep and device, and final."""
    known = Receipt.objects.filter(key=key).first()
    if known is not None:
        return known
    checks.check_amount(amount, currency)
    checks.check_day(received_on)
    customers.lock([customer.pk])
    wanted = parts(customer, currency, lines, amount)
    [position] = numbers.take(series_of(rep.pk, device))
    receipt = Receipt.objects.create(
        number=number_of(rep.pk, device, position),
        position=position,
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


def series_of(rep: int, device: str) -> str:
    return f"receipt {rep} {device}"[:40]


def number_of(rep: int, device: str, position: int) -> str:
    """R7-0012 on the web; a device has its name in the number."""
    place = "" if device == "web" else f"-{device}"
    return f"R{rep}{place}-{position:04d}"[:30]


def parts(
    customer: Customer, currency: str, lines: Sequence[tuple[int, Decimal]], left: Decimal
) -> list[tuple[DueItem, Decimal]]:
    """The due items that money not yet booked is meant for; no more than each owes, no more than there is."""
    items = checks.open_items([customer.pk], currency)
    wanted = []
    for key, amount in lines:
        item = items.get(key)
        checks.check_part(item, amount, invoice=item.invoice if item else None)
        if amount > left:
            raise checks.NothingLeft(
                _("Only %(left)s of the payment is left.") % {"left": money.as_text(left, currency)}
            )
        left -= amount
        wanted.append((item, amount))
    return wanted  # type: ignore[return-value]


@transaction.atomic
def verify_receipt(*, receipt: Receipt, by: Actor, reported_by_ledger: bool = False) -> Payment:
    """Finance has the money: the receipt becomes a payment that counts on the day it was received."""
    customers.lock([receipt.customer_id])
    decide(receipt, Receipt.State.VERIFIED, by)
    payment = payments.record_payment(
        customer=receipt.customer,
        amount=receipt.amount,
        currency=receipt.currency,
        method=receipt.method,
        received_on=receipt.received_on,
        reference=receipt.number,
        lines=still_open([(line.due_item_id, line.amount) for line in receipt.lines.order_by("pk")]),
        receipt=receipt,
        reported_by_ledger=reported_by_ledger,
        by=by,
    )
    audit.record(verb="receivables.receipt_verified", subject=receipt, by=by)
    return payment


def still_open(lines: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """What can still be settled of the parts that were meant; the rest of the money stays unapplied."""
    keys = [key for key, _ in lines]
    open_now = dict(DueItem.objects.filter(pk__in=keys, open_amount__gt=0).values_list("pk", "open_amount"))
    return [(key, min(amount, open_now[key])) for key, amount in lines if open_now.get(key, ZERO) > ZERO]


@transaction.atomic
def refuse_receipt(*, receipt: Receipt, because: str, by: Actor) -> None:
    """The money is not there: the covered amount is asked for again."""
    customers.lock([receipt.customer_id])
    decide(receipt, Receipt.State.REFUSED, by)
    customers.mark([receipt.customer_id], because="receipt refused", on=receipt.received_on)
    audit.record(verb="receivables.receipt_refused", subject=receipt, by=by, after={"because": because})


def decide(receipt: Receipt, state: str, by: Actor) -> None:
    """Move a provisional receipt to its end, once."""
    moved = Receipt.objects.filter(pk=receipt.pk, state=Receipt.State.PROVISIONAL).update(
        state=state, decided_at=clock.now(), decided_by=by.get_username()
    )
    if not moved:
        raise checks.AlreadyDone(_("Receipt %(number)s is decided already.") % {"number": receipt.number})
