"""Cheques and bills in hand: not chased before maturity, money only when honoured, everything back when not."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from common.money import ZERO
from common.templatetags import ui
from customers import queries as families
from customers import services as customers
from customers.models import Customer
from receivables import allocation
from receivables.models import Charge, Paper, PaperLine, Payment, PaymentMethod, Receipt
from receivables.services import charges, checks, covered, payments, receipts

LONGEST = timedelta(days=3653)
CHEQUES = {Paper.Kind.CHEQUE, Paper.Kind.POST_DATED}


class NotAPaper(checks.Refused):
    """What makes a cheque or bill is missing, or does not fit its receipt."""


@transaction.atomic
def take_paper(
    *,
    customer: Customer,
    kind: str,
    number: str,
    drawer: str,
    amount: Decimal,
    currency: str,
    received_on: date,
    matures_on: date,
    lines: Sequence[tuple[int, Decimal]] | None,
    by: Actor,
    acceptor: str = "",
    bank: str = "",
    receipt: Receipt | None = None,
) -> Paper:
    """Keep a cheque or bill. The amounts it is meant for stay open, and are not asked for while it is in hand.

    Without `lines` it is meant for the oldest items, as far as no other paper and no receipt is.
    With a `receipt` it is the paper of that provisional receipt, which is decided by it.
    """
    checks.check_amount(amount, currency)
    checks.check_account(currency)
    checks.check_day(received_on)
    number, drawer = number.strip(), drawer.strip()
    if kind not in Paper.Kind.values or not number or not drawer:
        raise NotAPaper(_("A paper has a kind, a number and a drawer. Read them from the paper."))
    if matures_on < received_on:
        raise checks.TooEarly(_("A paper matures on the day it is received or later. Check the maturity."), matures_on)
    if matures_on > received_on + LONGEST:
        raise NotAPaper(_("%(day)s is more than ten years ahead. Check the maturity.") % {"day": ui.day(matures_on)})
    customers.lock([customer.pk])
    if Paper.objects.filter(customer=customer, kind=kind, number=number).exists():
        raise checks.AlreadyDone(_("Paper %(number)s of this customer is here already.") % {"number": number})
    if lines is None:
        lines = _oldest_uncovered(customer, currency, amount, received_on)
    wanted = receipts.parts(customer, currency, lines, amount)
    if receipt is not None:
        _check_receipt(receipt, customer, amount, currency)
        receipts.check_not_in_question(Receipt.objects.get(pk=receipt.pk))
        receipts.decide(receipt, Receipt.State.VERIFIED, by)
    paper = Paper.objects.create(
        customer=customer,
        kind=kind,
        number=number,
        drawer=drawer,
        acceptor=acceptor,
        bank=bank,
        amount=amount,
        currency=currency,
        received_on=received_on,
        matures_on=matures_on,
        entered_at=clock.now(),
        receipt=receipt,
    )
    PaperLine.objects.bulk_create([PaperLine(paper=paper, due_item=item, amount=part) for item, part in wanted])
    customers.mark([customer.pk], because="paper", on=received_on)
    audit.record(verb="receivables.paper_taken", subject=paper, by=by, after={"amount": amount, "currency": currency})
    return paper


def _oldest_uncovered(customer: Customer, currency: str, amount: Decimal, on: date) -> list[tuple[int, Decimal]]:
    items = checks.open_items([customer.pk], currency)
    in_hand = covered.by_item(items)
    owed = [
        allocation.Owed(key, item.due_date, item.invoice.issued_on, max(item.open_amount - in_hand[key], ZERO))
        for key, item in items.items()
    ]
    lines, _left = allocation.oldest_first(amount, owed, on=on)
    return [(line.key, line.amount) for line in lines]


@transaction.atomic
def keep_receipt(
    *,
    receipt: Receipt,
    kind: str,
    number: str,
    drawer: str,
    matures_on: date,
    by: Actor,
    acceptor: str = "",
    bank: str = "",
) -> Paper:
    """The cheque or bill of a rep's provisional receipt becomes paper in hand, over what is still open of its lines."""
    customers.lock([receipt.customer_id])
    return take_paper(
        customer=receipt.customer,
        kind=kind,
        number=number,
        drawer=drawer,
        acceptor=acceptor,
        bank=bank,
        amount=receipt.amount,
        currency=receipt.currency,
        received_on=receipt.received_on,
        matures_on=matures_on,
        lines=receipts.still_open([(line.due_item_id, line.amount) for line in receipt.lines.order_by("pk")]),
        receipt=receipt,
        by=by,
    )


def _check_receipt(receipt: Receipt, customer: Customer, amount: Decimal, currency: str) -> None:
    if receipt.method not in (PaymentMethod.CHEQUE, PaymentMethod.BILL):
        raise NotAPaper(
            _("Receipt %(number)s is not of a cheque or bill. Verify or refuse it.") % {"number": receipt.number}
        )
    if (receipt.customer_id, receipt.amount, receipt.currency) != (customer.pk, amount, currency):
        raise NotAPaper(
            _("The paper of receipt %(number)s has the receipt's customer and amount. Check both.")
            % {"number": receipt.number}
        )


@transaction.atomic
def present_paper(*, paper: Paper, on: date, by: Actor) -> None:
    """Given to the bank for collection."""
    customers.lock([paper.customer_id])
    checks.check_day(on, not_before=paper.received_on)
    moved = Paper.objects.filter(pk=paper.pk, state=Paper.State.IN_HAND).update(
        state=Paper.State.PRESENTED, presented_on=on
    )
    if not moved:
        raise checks.AlreadyDone(_("This paper is not in hand any more."))
    audit.record(verb="receivables.paper_presented", subject=paper, by=by, after={"on": on})


@transaction.atomic
def honour_paper(
    *, paper: Paper, on: date, by: Actor, lines: payments.Lines | None = None, reported_by_ledger: bool = False
) -> Payment:
    """The bank paid: it is money from this day, and settles what it was meant for, or these `lines`.

    Refused while the ledger's list may show this very money.
    """
    customers.lock(families.family(paper.customer))
    paper = _waiting(paper)
    if not reported_by_ledger:
        receipts.check_not_in_question(paper)
    if lines is None:
        lines = receipts.still_open([(line.due_item_id, line.amount) for line in paper.lines.order_by("pk")])
    checks.check_day(on, not_before=paper.received_on)
    payment = payments.record_payment(
        customer=paper.customer,
        amount=paper.amount,
        currency=paper.currency,
        method=PaymentMethod.CHEQUE if paper.kind in CHEQUES else PaymentMethod.BILL,
        received_on=on,
        expected_on=paper.matures_on,
        reference=paper.number,
        lines=lines,
        reported_by_ledger=reported_by_ledger,
        by=by,
    )
    Paper.objects.filter(pk=paper.pk).update(state=Paper.State.HONOURED, decided_on=on, payment=payment)
    audit.record(verb="receivables.paper_honoured", subject=paper, by=by, after={"on": on})
    return payment


@transaction.atomic
def dishonour_paper(
    *, paper: Paper, on: date, by: Actor, because: str, fee: Decimal = ZERO, basis: str = ""
) -> Charge | None:
    """The bank did not pay, or took the money back: everything is open and asked for again from this day.

    The bank's fee becomes a charge on the oldest late item that the paper was meant for.
    """
    because = checks.check_reason(because)
    customers.lock(families.family(paper.customer))
    paper = Paper.objects.get(pk=paper.pk)
    checks.check_day(on, not_before=paper.received_on)
    if paper.state not in (*Paper.WAITS, Paper.State.HONOURED):
        raise checks.AlreadyDone(_("This paper is dishonoured or given back already."))
    if paper.payment is not None:
        payments.reverse(paper.payment, on=on, by=by, because=because)
    Paper.objects.filter(pk=paper.pk).update(state=Paper.State.DISHONOURED, decided_on=on)
    charge = _fee(paper, fee, basis, on, by) if fee else None
    customers.mark([paper.customer_id], because="paper dishonoured", on=on)
    audit.record(verb="receivables.paper_dishonoured", subject=paper, by=by, after={"on": on, "because": because})
    return charge


@transaction.atomic
def return_paper(*, paper: Paper, on: date, by: Actor, because: str) -> None:
    """Given back to the customer: its amounts are asked for again."""
    because = checks.check_reason(because)
    customers.lock([paper.customer_id])
    paper = _waiting(paper)
    checks.check_day(on, not_before=paper.received_on)
    Paper.objects.filter(pk=paper.pk).update(state=Paper.State.RETURNED, decided_on=on)
    customers.mark([paper.customer_id], because="paper given back", on=on)
    audit.record(verb="receivables.paper_returned", subject=paper, by=by, after={"on": on, "because": because})


def _waiting(paper: Paper) -> Paper:
    paper = Paper.objects.select_related("customer").get(pk=paper.pk)
    if paper.state not in Paper.WAITS:
        raise checks.AlreadyDone(_("This paper is decided already."))
    return paper


def _fee(paper: Paper, fee: Decimal, basis: str, on: date, by: Actor) -> Charge:
    late = paper.lines.filter(due_item__due_date__lt=on).order_by("due_item__due_date", "pk").first()
    if late is None:
        raise charges.NoBasis(_("None of the items of this paper is late on that day; the fee cannot be claimed."))
    return charges.claim(due_item=late.due_item, kind=Charge.Kind.FEE, amount=fee, basis=basis, on=on, by=by)
