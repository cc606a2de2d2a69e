"""Why a payment is short, and what a rule may close: the cash discount in time and its tax, small differences."""

from datetime import date
from decimal import Decimal

from common import money
from common.money import ZERO

#: The customer keeps these, and the price of the goods stays what it was: no tax is inside.
WITHOUT_TAX = frozenset({"tax withheld", "bank charge", "rounding", "waived"})


def discount_agreed(amount: Decimal, *, share: Decimal | None, currency: str) -> Decimal:
    """The cash discount that the terms give on a due item of this amount, if it is paid in time."""
    return ZERO if share is None else money.rounded(amount * share, currency)


def discount_allowed(
    amount: Decimal, *, share: Decimal | None, until: date | None, paid_on: date, currency: str
) -> Decimal:
    """The same on the day of payment: the last day still counts, later there is none."""
    if until is None or paid_on > until:
        return ZERO
    return discount_agreed(amount, share=share, currency=currency)


def tax_inside(
    part: Decimal,
    code: str,
    *,
    invoice_amount: Decimal,
    invoice_vat: Decimal | None,
    currency: str,
    before: Decimal = ZERO,
    tax_before: Decimal = ZERO,
) -> Decimal:
    """The tax that falls with a part of an invoice given up for this reason, in the invoice's own proportion.

    A discount lowers the taxable amount, so its tax has to be corrected with it (in the EU: Directive 2006/112/EC,
    article 90, by the national act). Zero where the tax is not known. `before` is what was given up of this invoice
    until now, and the tax in it: the taxes of all parts add up to the tax of their sum.
    """
    if not invoice_vat or code in WITHOUT_TAX:
        return ZERO
    together = money.rounded((before + part) * invoice_vat / invoice_amount, currency)
    return min(max(together - tax_before, ZERO), part)
