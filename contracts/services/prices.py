"""The agreed prices of a contract: each product and tier has one price on a day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.refusals import Refused
from common.templatetags import ui
from contracts import pricing
from contracts.models import Contract, PriceLine, Product
from contracts.services import checks
from customers import services as customers

PLACES = 6  # unit prices are finer than money


class NotAPrice(Refused):
    """Below zero, finer than six decimals, of nothing known, or one of two for the same days."""


@transaction.atomic
def set_price(
    *,
    contract: Contract,
    product: Product,
    unit_price: Decimal,
    starts_on: date,
    by: Actor,
    credit_days: int | None = None,
) -> PriceLine:
    """From this day on the product has this price; the open-ended one before it ends there.

    In a draft the price of the same day is written anew; once agreed it stays. A product that is not stored yet comes
    with its first price.
    """
    customers.lock([contract.customer_id])
    row = Contract.objects.get(pk=contract.pk)
    if row.state == Contract.State.ENDED:
        raise checks.NotInState(
            _("Contract %(number)s has ended. Its prices stay as they are.") % {"number": row.number}
        )
    if product._state.adding:  # new, with its first price
        product.save(force_insert=True)
        audit.record(verb="contracts.product_added", subject=product, by=by, after={"name": product.name})
    line = PriceLine(contract=row, product=product, unit_price=unit_price, credit_days=credit_days, starts_on=starts_on)
    others = list(PriceLine.objects.filter(contract=row, product=product, credit_days=credit_days))
    same_day = next((other for other in others if other.starts_on == starts_on), None)
    if same_day is not None and row.state == Contract.State.DRAFT:
        line.pk, line.ends_before = same_day.pk, same_day.ends_before
        others.remove(same_day)
    closed = [other for other in others if other.ends_before is None and other.starts_on < starts_on]
    for other in closed:
        other.ends_before = starts_on
    check_lines([*others, line], row.currency)
    replaced = same_day or next(iter(closed), None)
    for other in closed:
        other.save(update_fields=["ends_before"])
    line.save()
    audit.record(
        verb="contracts.price_set",
        subject=row,
        by=by,
        before={"unit_price": replaced.unit_price if replaced else None},
        after={"product": product.code, "unit_price": unit_price, "from": starts_on, "credit_days": credit_days},
    )
    return line


def check_lines(lines: Sequence[PriceLine], currency: str) -> None:
    """Each is a price of a known product, and no two count on the same day."""
    for line in lines:
        if line.product_id is None:
            raise NotAPrice(_("A price belongs to a known product. Add the product first."))
        if not checks.fits(line.unit_price, PLACES) or line.unit_price < 0:
            raise NotAPrice(
                _("%(product)s: a price is zero or more, with at most six decimals; %(price)s is not.")
                % {"product": line.product, "price": line.unit_price}
            )
        if line.ends_before is not None and line.ends_before <= line.starts_on:
            raise NotAPrice(
                _("%(product)s: the price from %(day)s would end before it starts. Correct one of the two days.")
                % {"product": line.product, "day": ui.day(line.starts_on)}
            )
    both = pricing.overlap(lines)
    if both is not None:
        raise NotAPrice(_told(*both, currency))


def _told(first: PriceLine, second: PriceLine, currency: str) -> str:
    facts = {
        "product": first.product,
        "days": first.credit_days,
        "first": ui.price(first.unit_price, currency),
        "first_day": ui.day(first.starts_on),
        "second": ui.price(second.unit_price, currency),
        "second_day": ui.day(second.starts_on),
    }
    if first.credit_days is None:
        return (
            _(
                "%(product)s has two prices for the same days: %(first)s from %(first_day)s and %(second)s from "
                "%(second_day)s. End one before the other starts."
            )
            % facts
        )
    return (
        _(
            "%(product)s has two prices for the same days in the tier of credit days %(days)s: %(first)s from "
            "%(first_day)s and %(second)s from %(second_day)s. End one before the other starts."
        )
        % facts
    )
