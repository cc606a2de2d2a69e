"""Money that arrives, what it settles, and taking it back: never by edit or delete, always by a second row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, days
from common.money import ZERO
from common.templatetags import ui
from customers import queries as families
from customers import services as customers
from customers.models import Customer
from receivables import allocation, ledger, queries
from receivables.allocation import Kind
from receivables.models import Allocation, Charge, CreditNote, DueItem, Payment, PaymentMethod, Receipt, Refund
from receivables.services import cash_limits, checks, claims, going_back, prepayments

Lines = Sequence[tuple[int, Decimal]]
Targets = list[tuple[DueItem | Charge, Decimal]]
CHARGE_KINDS = {Charge.Kind.INTEREST: Kind.INTEREST}  # the other kinds are cost


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
    lines: Lines | None = None,
    charges: Lines = (),
    receipt: Receipt | None = None,
    instructed_on: date | None = None,
    expected_on: date | None = None,
    named: Sequence[str] = (),
    reported_by_ledger: bool = False,
) -> Payment:
    """Book money that has arrived. Without `lines` (of due items) it settles by the contract's order, else by the
    law of the place; what is left is unapplied. Lines may name items of accounts of the same payer or group.
    Under the number of an order that is billed already, what is left settles its invoice.

    `named` are the numbers of the invoices in the payer's list, kept for matching what is left. Refuses an amount
    that is no amount, a day in the future, days in the wrong order, and lines that do not fit.
    """
    checks.check_amount(amount, currency)
    checks.check_account(currency)
    checks.check_method(method)
    checks.check_day(received_on)
    _check_announced(instructed_on, expected_on, received_on=received_on)
    has_lines = lines is not None or bool(charges)
    reach = families.family(customer) if has_lines else families.pays_for(customer)
    customers.lock(reach)
    claimed = checks.open_charges(reach, currency)
    if has_lines:
        items = checks.open_items(reach, currency, only=[key for key, _ in lines or ()])
        wanted = parts_of(items, lines or (), claimed, charges, amount)
    else:
        first = queries.charges_first(customer, received_on)
        wanted = _in_order(reach, currency, claimed, amount, received_on, charges_first=first)
    if method == PaymentMethod.CASH and receipt is None and not reported_by_ledger:
        on_items = [(target, part) for target, part in wanted if isinstance(target, DueItem)]
        cash_limits.check(customer, amount, currency, on_items, on=received_on)
    payment = Payment(
        customer=customer,
        method=method,
        reference=reference,
        named="\n".join(named),
        amount=amount,
        currency=currency,
        instructed_on=instructed_on,
        expected_on=expected_on,
        received_on=received_on,
        counts_on=received_on,
        entered_at=clock.now(),
        receipt=receipt,
        reported_by_ledger=reported_by_ledger,
    )
    with ledger.posting(on=received_on, by=by) as book:
        claims.release(book, wanted)
        book.receive(payment, wanted)
    prepayments.settle_with(payment, on=received_on, by=by)
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


def _check_announced(instructed_on: date | None, expected_on: date | None, *, received_on: date) -> None:
    """The customer tells his bank first; then the money is expected, and comes."""
    for day in (instructed_on, expected_on):
        if day is not None and not days.FIRST <= day <= days.LAST:
            raise checks.OutOfReach(_("No book reaches %(day)s. Check the year.") % {"day": ui.day(day)}, day)
    if instructed_on is not None and instructed_on > received_on:
        raise checks.OutOfReach(
            _("%(day)s is after the money came. Enter the day on which the customer told the bank.")
            % {"day": ui.day(instructed_on)},
            instructed_on,
        )
    if instructed_on is not None and expected_on is not None and instructed_on > expected_on:
        raise checks.TooEarly(
            _("%(day)s is before the customer told the bank. Correct one of the two days.")
            % {"day": ui.day(expected_on)},
            expected_on,
        )


def _in_order(
    reach: Sequence[int],
    currency: str,
    claimed: Mapping[int, Charge],
    amount: Decimal,
    on: date,
    *,
    charges_first: bool,
) -> Targets:
    rows = DueItem.objects.filter(customer__in=reach, currency=currency, open_amount__gt=0)
    owed = [allocation.Owed(*row) for row in rows.values_list("pk", "due_date", "invoice__issued_on", "open_amount")]
    owed += [
        allocation.Owed(
            c.pk, c.claimed_on, c.claimed_on, c.open_amount, CHARGE_KINDS.get(Charge.Kind(c.kind), Kind.COST)
        )
        for c in claimed.values()
    ]
    lines, _left = allocation.oldest_first(amount, owed, on=on, charges_first=charges_first)
    items = checks.open_items(reach, currency, only=[line.key for line in lines if line.kind == Kind.PRINCIPAL])
    return [(items[line.key] if line.kind == Kind.PRINCIPAL else claimed[line.key], line.amount) for line in lines]


def parts_of(
    items: Mapping[int, DueItem], lines: Lines, claimed: Mapping[int, Charge], charges: Lines, left: Decimal
) -> Targets:
    """The items and charges of these keys with what they get; refuses more than they owe, or than is left."""
    wanted: Targets = []
    named: list[tuple[DueItem | Charge | None, Decimal]] = [(items.get(key), amount) for key, amount in lines]
    named += [(claimed.get(key), amount) for key, amount in charges]
    seen: dict[tuple[type, int], Decimal] = {}
    for target, amount in named:
        key = (type(target), target.pk if target else 0)
        before = seen.get(key, ZERO)
        checks.check_part(target, before + amount, invoice=target.invoice if isinstance(target, DueItem) else None)
        checks.check_amount(amount, target.currency)  # type: ignore[union-attr]
        if amount > left:
            raise checks.nothing_left(left, target.currency)  # type: ignore[union-attr]
        left -= amount
        seen[key] = before + amount
        wanted.append((target, amount))  # type: ignore[arg-type]
    return wanted


@transaction.atomic
def allocate(
    *, source: Payment | CreditNote, lines: Lines, on: date, by: Actor, charges: Lines = ()
) -> list[Allocation]:
    """Settle due items and charges of the same payer or group, in the same currency, from money that is here."""
    with settling(source, lines=lines, charges=charges, on=on, by=by) as opened:
        pass
    return opened.rows


@dataclass(frozen=True, slots=True)
class Opened:
    """A posting in which money has just been allocated, and the items that were named."""

    book: ledger.Posting
    items: Mapping[int, DueItem]
    rows: list[Allocation]


@contextmanager
def settling(
    source: Payment | CreditNote, *, lines: Lines, charges: Lines, on: date, by: Actor, more: Iterable[int] = ()
) -> Iterator[Opened]:
    """Allocate, and book in the same posting what goes with it, on these items and `more`. Must run in the verb's
    transaction.
    """
    checks.check_day(on, not_before=_starts(source))
    reach = families.family(source.customer)
    customers.lock(reach)
    source = type(source).objects.get(pk=source.pk)
    items = checks.open_items(reach, source.currency, only={*(key for key, _ in lines), *more})
    claimed = checks.open_charges(reach, source.currency)
    wanted = parts_of(items, lines, claimed, charges, source.unapplied_amount)
    with ledger.posting(on=on, by=by) as book:
        claims.release(book, wanted)
        rows = book.post(source, wanted, applies_on=on)
        yield Opened(book, items, rows)
    audit.record(verb="receivables.allocated", subject=source, by=by, after={"items": len(rows)})


@transaction.atomic
def take_back(*, allocation: Allocation, on: date, by: Actor, because: str) -> None:
    """Undo one allocation: its money is unapplied again and its item open, from this day on.

    With it goes what was given up of the item for its sake: a discount in time, a difference within the tolerance.
    """
    because = checks.check_reason(because)
    source = allocation.payment or allocation.credit_note
    if source is None:
        raise checks.ForeignItem(_("This is a write-off; reverse the write-off itself."))
    checks.check_day(on, not_before=allocation.applies_on)
    customers.lock(families.family(source.customer))
    rows = going_back.live(Allocation.objects.filter(pk=allocation.pk))
    if not rows:
        raise checks.AlreadyDone(_("This allocation is taken back already."))
    with ledger.posting(on=on, by=by) as book:
        going_back.take_back(book, rows, by=by, because=because)
    audit.record(
        verb="receivables.taken_back",
        subject=source,
        by=by,
        after={"because": because, "on": on, "amount": allocation.amount},
    )


@transaction.atomic
def reverse_payment(*, payment: Payment, on: date, by: Actor, because: str) -> None:
    """The money did not stay (bounced, booked by mistake): everything it settled is open again from this day."""
    customers.lock(families.family(payment.customer))
    if hasattr(payment, "exchange"):
        raise checks.AlreadyDone(_("This money was exchanged; reverse the exchange."))
    reverse(payment, on=on, by=by, because=because)


@transaction.atomic
def reverse_credit_note(*, note: CreditNote, on: date, by: Actor, because: str) -> None:
    """A credit note that should not have been: everything it settled is open again from this day."""
    customers.lock(families.family(note.customer))
    reverse(note, on=on, by=by, because=because)


def reverse(source: Payment | CreditNote, *, on: date, by: Actor, because: str) -> None:
    """The one way back of money and credit, and of all that was given up for its sake; the caller holds the lock."""
    because = checks.check_reason(because)
    checks.check_day(on, not_before=_starts(source))
    source = type(source).objects.get(pk=source.pk)
    column = "payment" if isinstance(source, Payment) else "credit_note"
    if source.reverses_id or type(source).objects.filter(reverses=source).exists():
        raise checks.AlreadyDone(
            _("This payment is reversed already.") if column == "payment" else _("It is reversed already.")
        )
    if source.refunds.filter(reverses=None, reversed_by=None).exists():
        raise checks.AlreadyDone(_("A refund was paid from this payment; reverse the refund first."))
    checks.check_free(on, source)
    rows = going_back.live(Allocation.objects.filter(**{column: source}))
    with ledger.posting(on=on, by=by) as book:
        book.hold(source)
        going_back.take_back(book, rows, by=by, because=because)
        going_back.end_with_money(book, source, by=by, because=because)
        book.cancel(source, on=on)
    audit.record(verb="receivables.reversed", subject=source, by=by, after={"because": because, "on": on})


@transaction.atomic
def refund(*, source: Payment | CreditNote, amount: Decimal, paid_on: date, by: Actor, because: str) -> Refund:
    """Give unapplied money or free credit back to the customer."""
    because = checks.check_reason(because)
    checks.check_amount(amount, source.currency)
    checks.check_day(paid_on, not_before=_starts(source))
    customers.lock([source.customer_id])
    source = type(source).objects.get(pk=source.pk)
    if amount > source.unapplied_amount:
        raise checks.nothing_left(source.unapplied_amount, source.currency)
    checks.check_free(paid_on, source)
    row = Refund(
        payment=source if isinstance(source, Payment) else None,
        credit_note=source if isinstance(source, CreditNote) else None,
        amount=amount,
        paid_on=paid_on,
        entered_at=clock.now(),
    )
    with ledger.posting(on=paid_on, by=by) as book:
        book.refund(row, source)
    audit.record(verb="receivables.refunded", subject=source, by=by, after={"amount": amount, "because": because})
    return row


@transaction.atomic
def reverse_refund(*, refund: Refund, on: date, by: Actor, because: str) -> None:
    """The refund did not go out: its money is unapplied again."""
    because = checks.check_reason(because)
    source = refund.payment or refund.credit_note
    checks.check_day(on, not_before=refund.paid_on)
    customers.lock([source.customer_id])  # type: ignore[union-attr]
    if refund.reverses_id or Refund.objects.filter(reverses=refund).exists():
        raise checks.AlreadyDone(_("This refund is reversed already."))
    if hasattr(refund, "exchange"):
        raise checks.AlreadyDone(_("This money was exchanged; reverse the exchange."))
    give_back(refund, on=on, by=by)
    audit.record(verb="receivables.refund_reversed", subject=refund, by=by, after={"because": because, "on": on})


def give_back(refund: Refund, *, on: date, by: Actor) -> None:
    """A negative refund; the caller holds the lock and has checked."""
    source: Payment | CreditNote = (
        CreditNote.objects.get(refunds=refund) if refund.payment_id is None else Payment.objects.get(refunds=refund)
    )
    row = Refund(
        payment_id=refund.payment_id,
        credit_note_id=refund.credit_note_id,
        amount=-refund.amount,
        paid_on=on,
        entered_at=clock.now(),
        reverses=refund,
    )
    with ledger.posting(on=on, by=by) as book:
        book.refund(row, source)


def _starts(source: Payment | CreditNote) -> date:
    return source.counts_on if isinstance(source, Payment) else source.issued_on
