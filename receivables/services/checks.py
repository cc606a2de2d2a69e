"""What every verb of money asks first, and what it says when the answer is no."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from common import clock, money
from common.money import ZERO
from common.refusals import Refused, WrongDay
from common.templatetags import ui
from receivables import reversals
from receivables.models import Charge, CreditNote, DueItem, Invoice, Payment, PaymentMethod
from staff.models import BankAccount


class NotAnAmount(Refused):
    """Zero, below zero, too large, or finer than the currency's minor unit."""


class NotAMethod(Refused):
    """No way in which customers pay."""


class NoAccount(Refused):
    """The business has no bank account in this currency."""


class OverAllocated(Refused):
    """More than the item still owes."""


class NothingLeft(Refused):
    """More than the payment has left."""


def nothing_left(left: Decimal, currency: str) -> NothingLeft:
    """The refusal of more than a payment still has."""
    if left <= ZERO:
        return NothingLeft(_("Nothing of the payment is left."))
    return NothingLeft(_("Only %(left)s of the payment is left.") % {"left": ui.money_text(left, currency)})


class ForeignItem(Refused):
    """The due item is another customer's, or in another currency."""


class NotYet(WrongDay):
    """A day in the future."""


class TooEarly(WrongDay):
    """A day before the thing itself was there."""


class OutOfReach(WrongDay):
    """A day that cannot be meant: in another century, or after what it was before."""


class AlreadyDone(Refused):
    """Reversed, verified or refused before."""


class NotPermitted(Refused):
    """Somebody else has to do this."""


class NoReason(Refused):
    """A correction without a reason."""


def check_amount(amount: Decimal, currency: str) -> None:
    if not amount.is_finite() or amount <= ZERO or amount >= money.LIMIT:
        raise NotAnAmount(_("An amount is above zero and below a million million."))
    if not money.is_known(currency):
        raise NotAnAmount(_("%(currency)s is not a currency code; expected one like EUR.") % {"currency": currency})
    if not money.is_exact(amount, currency):
        raise NotAnAmount(
            _("%(amount)s has more decimals than %(currency)s allows.") % {"amount": amount, "currency": currency}
        )


def check_account(currency: str) -> None:
    if not BankAccount.objects.filter(currency=currency).exists():
        raise NoAccount(
            _("There is no bank account in %(currency)s. Add one, or check the currency.") % {"currency": currency}
        )


def check_method(method: str) -> None:
    """One of the ways in which customers pay; opening entries and exchanges are made by verbs of their own."""
    if method not in PaymentMethod.values:
        raise NotAMethod(_("Choose how the money came: one of the listed methods."))


def check_day(on: date, *, not_before: date | None = None) -> None:
    """A day that has come and, for a correction, not one before the thing that it corrects."""
    if on > clock.business_today():
        raise NotYet(_("%(day)s is in the future. Enter the day on which it happened.") % {"day": ui.day(on)}, on)
    if not_before is not None and on < not_before:
        raise TooEarly(
            _("%(day)s is before %(first)s, the day it counts from. Choose that day or a later one.")
            % {"day": ui.day(on), "first": ui.day(not_before)},
            on,
        )


def check_free(on: date, row: Payment | CreditNote | Charge) -> None:
    """Until something of it was taken back it was in use: it cannot go another way on a day before that."""
    came_back = reversals.last(row)
    if came_back is not None:
        check_day(on, not_before=came_back)


def check_reason(because: str) -> str:
    if not because.strip():
        raise NoReason(_("Say why: a correction is kept with its reason."))
    return because.strip()


def open_items(customers: Iterable[int], currency: str, only: Iterable[int] | None = None) -> dict[int, DueItem]:
    """The due items that money of these customers can settle: open ones, and written-off ones with a living claim.

    `only` of these keys: a customer may have ten thousand, of which a verb names a few.
    """
    rows = DueItem.objects.filter(customer__in=list(customers), currency=currency).select_related("invoice")
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    return {item.pk: item for item in (rows.filter(open_amount__gt=0) | rows.filter(claim_amount__gt=0))}


def open_charges(customers: Iterable[int], currency: str) -> dict[int, Charge]:
    rows = Charge.objects.filter(customer__in=list(customers), currency=currency, open_amount__gt=0)
    return {charge.pk: charge for charge in rows.select_related("due_item__invoice")}


def check_part(target: DueItem | Charge | None, amount: Decimal, *, invoice: Invoice | None = None) -> None:
    """May this much of the item or charge be settled? A claim that was written off may be paid as well."""
    if target is None:
        raise ForeignItem(_("That item is settled, another customer's, or in another currency."))
    check_amount(amount, target.currency)
    owed = target.open_amount + (target.claim_amount if isinstance(target, DueItem) else ZERO)
    if amount > owed:
        raise OverAllocated(
            _("%(invoice)s owes only %(open)s.")
            % {"invoice": invoice.number if invoice else target, "open": ui.money_text(owed, target.currency)}
        )
