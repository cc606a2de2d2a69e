"""Settling with a word on what is missing: a rule closes it, or a second person is asked to."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.money import ZERO
from common.templatetags import ui
from receivables import ledger, short_pay
from receivables.models import Code, CreditNote, DueItem, Payment, WriteOff
from receivables.services import checks, payments, write_offs
from staff.models import BankAccount

Short = tuple[int, Decimal, str]  # due item, amount, code
BY_RULE = (Code.DISCOUNT, Code.ROUNDING)
NO_SHORT_PAY = (Code.BAD_DEBT, Code.WAIVED)  # decisions about a debt, not reasons of a payer


class NotByRule(checks.Refused):
    """More than the terms or the tolerance allow without a second person."""


@transaction.atomic
def settle(
    *,
    source: Payment | CreditNote,
    lines: payments.Lines,
    on: date,
    by: Actor,
    shorts: Sequence[Short] = (),
    charges: payments.Lines = (),
    because: str = "",
) -> list[WriteOff]:
    """Allocate, and say of every short item why: a cash discount in time and a difference within the tolerance close
    it by rule, with the tax inside them; every other code leaves the rest open and asks a second person to give it up.
    """
    for _key, _amount, code in shorts:
        _check_code(code)
    more = [key for key, _amount, _code in shorts]
    with payments.settling(source, lines=lines, charges=charges, on=on, by=by, more=more) as opened:
        given = [
            _close(opened.book, source, _owed(opened.items.get(key), amount), amount, code, by)
            for key, amount, code in shorts
            if code in BY_RULE
        ]
    for key, amount, code in shorts:
        if code not in BY_RULE:
            asked = write_offs.ask_write_off(
                target=_owed(opened.items.get(key), amount),
                amount=amount,
                code=code,
                because=because or str(Code(code).label),
                on=on,
                by=by,
                source=source,
            )
            given.append(asked)
    for row in given:
        audit.record(verb="receivables.short", subject=row, by=by, after={"code": row.code, "amount": row.amount})
    return given


def _check_code(code: str) -> None:
    if code not in Code.values or code in NO_SHORT_PAY:
        raise NotByRule(_("Choose why the payment is short: one of the listed reasons."))


def _close(
    book: ledger.Posting, source: Payment | CreditNote, item: DueItem, amount: Decimal, code: str, by: Actor
) -> WriteOff:
    limit, rule = _allowed(source, item, code)
    if amount > limit:
        raise NotByRule(
            _("By rule %(limit)s of %(invoice)s can be closed. Choose another code; a second person decides then.")
            % {"limit": ui.written(limit, item.currency, symbol=True), "invoice": item.invoice.number}
        )
    if amount != item.open_amount:
        raise NotByRule(
            _("A rule closes the item; %(open)s of %(invoice)s would be left. Allocate more, or choose another code.")
            % {"open": ui.money_text(item.open_amount - amount, item.currency), "invoice": item.invoice.number}
        )
    return write_offs.give_up(
        book,
        target=item,
        amount=amount,
        code=code,
        rule=rule,
        on=book.on,
        by=by,
        source=source,
    )


def _allowed(source: Payment | CreditNote, item: DueItem, code: str) -> tuple[Decimal, str]:
    """How much the rule may close, and its name for the row."""
    taken = WriteOff.objects.filter(due_item=item, code=code, state=WriteOff.State.GRANTED)
    before = sum((row.amount for row in taken), ZERO)
    if code == Code.ROUNDING:
        found = BankAccount.objects.filter(currency=item.currency).values_list("tolerance", flat=True).first()
        limit, rule = found or ZERO, f"tolerance in {item.currency}"
    else:
        rule = f"cash discount until {item.discount_until}"
        limit = short_pay.discount_allowed(
            item.amount,
            share=item.discount_share,
            until=item.discount_until,
            paid_on=source.received_on if isinstance(source, Payment) else source.issued_on,
            currency=item.currency,
        )
    return max(limit - before, ZERO), rule


def _owed(item: DueItem | None, amount: Decimal) -> DueItem:
    if item is None or amount > item.open_amount:
        raise checks.OverAllocated(_("The missing amount is more than the item still owes. Lower it."))
    checks.check_amount(amount, item.currency)
    return item
