"""Field money: provisional until finance verifies or refuses it. The item stays open, the amount is not asked for."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, numbers
from common.models import Series
from common.money import ZERO
from customers import queries as families
from customers import services as customers
from customers.models import Customer
from receivables import cash_rules
from receivables.models import DueItem, HandIn, Paper, Payment, PaymentMethod, Receipt, ReceiptLine, VoidNumber
from receivables.services import cash_limits, checks, covered, payments
from staff.models import User


class NotANumber(checks.Refused):
    """A receipt number that is used, void, or none of its series."""


class HandedIn(checks.Refused):
    """The receipt's cash is on its way to the bank."""


class InQuestion(checks.Refused):
    """The ledger's list has something settled, maybe by this money; a person decides that first."""


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
    position: int | None = None,
    note: str = "",
    sure: bool = False,
) -> Receipt:
    """Take money in the field. Its number is the next of this rep and device, and final.

    A device that was without a signal hands in the `position` it gave itself; a used or void one is refused.
    Refuses cash above what the country allows for one deal, and, unless the giver is `sure`, money over amounts that
    money in hand covers already.
    """
    checks.check_amount(amount, currency)
    checks.check_account(currency)
    checks.check_method(method)
    checks.check_day(received_on)
    _check_device(device)
    customers.lock([customer.pk])
    known = Receipt.objects.filter(key=key).first()
    if known is not None:
        if (known.customer_id, known.rep_id, known.amount, known.currency) != (customer.pk, rep.pk, amount, currency):
            raise checks.AlreadyDone(
                _("This form gave receipt %(number)s before. Open the page again for another receipt.")
                % {"number": known.number}
            )
        return known
    wanted = parts(customer, currency, lines, amount)
    if not sure:
        covered.check_room(customer, currency, amount, wanted)
    if method == PaymentMethod.CASH:
        cash_limits.check(customer, amount, currency, wanted, on=received_on)
    position = _take_position(rep, device, position)
    receipt = Receipt.objects.create(
        number=cash_rules.number_of(rep.pk, device, position),
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


# Numbers


@transaction.atomic
def void_number(*, rep: User, position: int, because: str, by: Actor, device: str = "web") -> VoidNumber:
    """A number that was spoiled: it is kept with its reason and never used again."""
    because = checks.check_reason(because)
    _check_device(device)
    _hold(rep, device, position)
    made = VoidNumber.objects.create(
        rep=rep,
        device=device,
        position=position,
        because=because,
        voided_by=by.get_username(),
        entered_at=clock.now(),
    )
    audit.record(
        verb="receivables.number_voided",
        subject=made,
        by=by,
        after={"number": cash_rules.number_of(rep.pk, device, position), "because": because},
    )
    return made


def _take_position(rep: User, device: str, position: int | None) -> int:
    if position is None:
        [position] = numbers.take(cash_rules.series_of(rep.pk, device))
        return position
    _hold(rep, device, position)
    return position


def _hold(rep: User, device: str, position: int) -> None:
    """Lock the series and raise it to the position, which must be neither used nor void."""
    number = cash_rules.number_of(rep.pk, device, max(position, 0))
    series = cash_rules.series_of(rep.pk, device)
    last = Series.objects.filter(name=series, year=0).values_list("last", flat=True).first() or 0
    if position < 1 or position > last + cash_rules.AHEAD:
        raise NotANumber(
            _("%(number)s is not a number of this series: its last one is %(last)s. Check the number.")
            % {"number": number, "last": cash_rules.number_of(rep.pk, device, last)}
        )
    numbers.raise_to(series, position)
    if Receipt.objects.filter(rep=rep, device=device, position=position).exists():
        raise NotANumber(
            _("Receipt %(number)s was given already. A given receipt is refused by finance instead.")
            % {"number": number}
        )
    if VoidNumber.objects.filter(rep=rep, device=device, position=position).exists():
        raise NotANumber(_("Number %(number)s is void. It stays void; use the next number.") % {"number": number})


def _check_device(device: str) -> None:
    if not cash_rules.is_device(device):
        raise NotANumber(_("A device has a name of at most 12 letters and digits; its numbers carry it."))


def parts(
    customer: Customer, currency: str, lines: Sequence[tuple[int, Decimal]], left: Decimal
) -> list[tuple[DueItem, Decimal]]:
    """The due items that money not yet booked is meant for; no more than each owes, no more than there is."""
    items = checks.open_items([customer.pk], currency, only=[key for key, _ in lines])
    wanted: dict[int, Decimal] = {}
    for key, amount in lines:
        item = items.get(key)
        checks.check_part(item, amount, invoice=item.invoice if item else None)
        checks.check_part(item, wanted.get(key, ZERO) + amount, invoice=item.invoice if item else None)
        if amount > left:
            raise checks.nothing_left(left, currency)
        left -= amount
        wanted[key] = wanted.get(key, ZERO) + amount
    return [(items[key], amount) for key, amount in wanted.items()]


# What finance decides


@transaction.atomic
def verify_receipt(
    *, receipt: Receipt, by: Actor, lines: payments.Lines | None = None, reported_by_ledger: bool = False
) -> Payment:
    """Finance has the money: the receipt becomes a payment that counts on the day it was received.

    It settles what it was meant for, or these `lines`. Refused while the ledger's list may show this very money.
    """
    customers.lock(families.family(receipt.customer))
    if not reported_by_ledger:
        check_not_in_question(Receipt.objects.get(pk=receipt.pk))
    decide(receipt, Receipt.State.VERIFIED, by)
    if lines is None:
        lines = still_open([(line.due_item_id, line.amount) for line in receipt.lines.order_by("pk")])
    payment = payments.record_payment(
        customer=receipt.customer,
        amount=receipt.amount,
        currency=receipt.currency,
        method=receipt.method,
        received_on=receipt.received_on,
        reference=receipt.number,
        lines=lines,
        receipt=receipt,
        reported_by_ledger=reported_by_ledger,
        by=by,
    )
    audit.record(verb="receivables.receipt_verified", subject=receipt, by=by)
    return payment


def check_not_in_question(money: Receipt | Paper) -> None:
    """Booked before a person has decided, the same money would come a second time."""
    if money.in_question:
        facts = {"invoice": money.in_question, "number": money.number}
        raise InQuestion(
            _(
                "The ledger's list shows money on invoice %(invoice)s that may be %(number)s. Decide that first, "
                "under Imports, Differences."
            )
            % facts
        )


def still_open(lines: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """What can still be settled of the parts that were meant; the rest of the money stays unapplied."""
    keys = [key for key, _ in lines]
    open_now = dict(DueItem.objects.filter(pk__in=keys, open_amount__gt=0).values_list("pk", "open_amount"))
    return [(key, min(amount, open_now[key])) for key, amount in lines if open_now.get(key, ZERO) > ZERO]


@transaction.atomic
def refuse_receipt(*, receipt: Receipt, because: str, by: Actor) -> None:
    """The money is not there: the covered amount is asked for again. Cash that was handed in is counted there."""
    because = checks.check_reason(because)
    customers.lock([receipt.customer_id])
    handed_in = HandIn.objects.filter(receipts=receipt).first()
    if handed_in is not None and receipt.method == PaymentMethod.CASH:
        raise HandedIn(
            _("The cash of receipt %(number)s was handed in with slip %(slip)s. Send the hand-in back first.")
            % {"number": receipt.number, "slip": handed_in.slip_number}
        )
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
