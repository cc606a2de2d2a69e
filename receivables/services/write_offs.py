"""Giving up an amount: asked by one person, decided by another; the claim of a bad debt survives."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from common.columns import sum_or_zero
from common.money import ZERO
from customers import services as customers
from receivables import ledger, short_pay
from receivables.models import Charge, Code, CreditNote, DueItem, Payment, WriteOff
from receivables.services import checks, going_back


class NotACode(checks.Refused):
    """A reason that is none of the list."""


@transaction.atomic
def ask_write_off(
    *,
    target: DueItem | Charge,
    amount: Decimal,
    code: str,
    because: str,
    on: date,
    by: Actor,
    vat_amount: Decimal | None = None,
    source: Payment | CreditNote | None = None,
) -> WriteOff:
    """Ask that an open amount be given up. Nothing changes until a second person grants it.

    Bad debt keeps its claim; every other code gives the amount up for good. `vat_amount` is the tax inside; left
    out, it is the invoice's share. `source` is the money that came short: what it is asked for goes back with it.
    """
    because = checks.check_reason(because)
    if code not in Code.values:
        raise NotACode(_("Choose why it is given up: one of the listed reasons."))
    checks.check_day(on)
    customers.lock([target.customer_id])
    target = type(target).objects.get(pk=target.pk)
    checks.check_amount(amount, target.currency)
    if amount > target.open_amount:
        raise checks.OverAllocated(_("More than is open cannot be written off. Lower the amount."))
    same = {"due_item": target.pk} if isinstance(target, DueItem) else {"charge": target.pk}
    if WriteOff.objects.filter(**same, state=WriteOff.State.ASKED, code=code).exists():
        raise checks.AlreadyDone(_("A write-off of this item with this reason waits for a decision already."))
    row = _row(target, amount, code, source=source, on=on, by=by)
    if vat_amount is not None:
        _check_tax(vat_amount, amount, target.currency)
        row.vat_amount = vat_amount
    row.because = because[:200]
    row.save(force_insert=True)
    audit.record(verb="receivables.write_off_asked", subject=row, by=by, after={"amount": amount, "code": code})
    return row


@transaction.atomic
def grant_write_off(*, write_off: WriteOff, on: date, by: Actor) -> WriteOff:
    """Decide for it: from this day on the amount is no longer open. Never by the person who asked."""
    customers.lock([write_off.customer_id])
    row = _waiting(write_off, by)
    checks.check_day(on, not_before=row.asked_on)
    target = _target(row)
    if row.amount > target.open_amount:
        raise checks.OverAllocated(
            _("Less is open now than was asked to be written off. Decline it, and ask for what is left.")
        )
    return _grant(row, target, on=on, by=by, approved_by=by.get_username())


@transaction.atomic
def decline_write_off(*, write_off: WriteOff, on: date, by: Actor, because: str) -> None:
    """Decide against it: the amount stays open."""
    because = checks.check_reason(because)
    customers.lock([write_off.customer_id])
    row = _waiting(write_off, by)
    checks.check_day(on, not_before=row.asked_on)
    WriteOff.objects.filter(pk=row.pk).update(
        state=WriteOff.State.DECLINED, approved_by=by.get_username(), decided_on=on, decided_at=clock.now()
    )
    audit.record(verb="receivables.write_off_declined", subject=row, by=by, after={"because": because})


@transaction.atomic
def reverse_write_off(*, write_off: WriteOff, on: date, by: Actor, because: str) -> None:
    """It should not have been written off: what still is comes back as open from this day."""
    because = checks.check_reason(because)
    customers.lock([write_off.customer_id])
    row = WriteOff.objects.get(pk=write_off.pk)
    if row.state != WriteOff.State.GRANTED:
        raise checks.AlreadyDone(_("Only a granted write-off can be reversed; this one is not."))
    checks.check_day(on, not_before=row.decided_on)
    with ledger.posting(on=on, by=by) as book:
        going_back.reverse(book, row, by=by, because=because)


def give_up(
    book: ledger.Posting,
    *,
    target: DueItem | Charge,
    amount: Decimal,
    code: str,
    rule: str,
    on: date,
    by: Actor,
    source: Payment | CreditNote | None = None,
) -> WriteOff:
    """Close an amount by rule (discount in time, tolerance) inside a verb that holds the lock."""
    target = book.hold(target)
    row = _row(target, amount, code, source=source, on=on, by=by)
    row.by_rule, row.state = rule, WriteOff.State.GRANTED
    row.decided_on, row.decided_at = on, clock.now()
    row.save(force_insert=True)
    book.post(row, [(target, amount)], applies_on=on)
    return row


def _grant(row: WriteOff, target: DueItem | Charge, *, on: date, by: Actor, approved_by: str) -> WriteOff:
    row.state, row.approved_by = WriteOff.State.GRANTED, approved_by
    row.decided_on, row.decided_at = on, clock.now()
    row.save(update_fields=["state", "approved_by", "decided_on", "decided_at"])
    with ledger.posting(on=on, by=by) as book:
        book.post(row, [(target, row.amount)], applies_on=on)
    audit.record(verb="receivables.write_off_granted", subject=row, by=by, after={"amount": row.amount})
    return row


def _waiting(write_off: WriteOff, by: Actor) -> WriteOff:
    row = WriteOff.objects.get(pk=write_off.pk)
    if row.state != WriteOff.State.ASKED:
        raise checks.AlreadyDone(_("This write-off is decided already."))
    if by.get_username() == row.asked_by:
        raise checks.NotPermitted(_("Whoever asks for a write-off does not decide it. A second person has to."))
    return row


def _target(row: WriteOff) -> DueItem | Charge:
    if row.charge_id is not None:
        return Charge.objects.get(pk=row.charge_id)
    return DueItem.objects.select_related("invoice").get(write_offs=row)


def _row(
    target: DueItem | Charge,
    amount: Decimal,
    code: str,
    *,
    source: Payment | CreditNote | None,
    on: date,
    by: Actor,
) -> WriteOff:
    return WriteOff(
        customer_id=target.customer_id,
        due_item=target if isinstance(target, DueItem) else None,
        charge=target if isinstance(target, Charge) else None,
        payment=source if isinstance(source, Payment) else None,
        credit_note=source if isinstance(source, CreditNote) else None,
        code=code,
        amount=amount,
        vat_amount=_tax_inside(target, amount, code),
        currency=target.currency,
        keeps_claim=code == Code.BAD_DEBT and isinstance(target, DueItem),
        asked_by=by.get_username(),
        asked_on=on,
        entered_at=clock.now(),
    )


def _check_tax(vat_amount: Decimal, amount: Decimal, currency: str) -> None:
    if not vat_amount.is_finite() or not ZERO <= vat_amount <= amount:
        raise checks.NotAnAmount(_("The tax is inside the amount: zero or more, and no more than the amount itself."))
    if vat_amount:
        checks.check_amount(vat_amount, currency)


def _tax_inside(target: DueItem | Charge, amount: Decimal, code: str) -> Decimal:
    """A charge bears no tax; an item has its invoice's share."""
    if isinstance(target, Charge):
        return ZERO
    earlier = WriteOff.objects.filter(
        due_item__invoice=target.invoice_id, state__in=(WriteOff.State.ASKED, WriteOff.State.GRANTED)
    ).exclude(code__in=short_pay.WITHOUT_TAX)
    sums = earlier.aggregate(amount=sum_or_zero("amount"), tax=sum_or_zero("vat_amount"))
    return short_pay.tax_inside(
        amount,
        code,
        invoice_amount=target.invoice.amount,
        invoice_vat=target.invoice.vat_amount,
        currency=target.currency,
        before=sums["amount"],
        tax_before=sums["tax"],
    )
