"""Why a payment is short, and what a rule may close: the cash discount in time and its tax, small differences."""

from datetime import date
from decimal import Decimal

from common import money
from common.money import ZERO


def discount_allowed(
    amount: Decimal, *, share: Decimal | None, until: date | None, paid_on: date, currency: str
) -> Decimal:
    """The cash discount that the terms give on a due item of this amount; the last day still counts. Else zero."""
    if share is None or until is None or paid_on > until:
        return ZERO
    return money.rounded(amount * share, currency)


def vat_share(part: Decimal, *, invoice_amount: Decimal, invoice_vat: Decimal | None, currency: str) -> Decimal:
    """The tax inside a part of an invoice, in the invoice's own proportion. Zero where the tax is not known.

    A discount lowers the taxable amount, so its tax has to be corrected with it (in the EU: Directive 2006/112/EC,
    article 90, by the national act).
    """
    if not invoice_vat:
        return ZERO
    return money.rounded(part * invoice_vat / invoice_amount, currency)
