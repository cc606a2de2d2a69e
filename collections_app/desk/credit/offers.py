"""A proposal for an order that is too large, as a table: what of each line leaves when, and after which payments."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from collections_app.gate import splitting
from collections_app.gate.split_rules import Expected, Portion
from collections_app.gate.splitting import Offer
from common.money import ZERO
from common.templatetags import ui
from contracts.models import Shipment
from customers.models import Customer


@dataclass(frozen=True, slots=True)
class OfferRow:
    product: str
    unit: str
    cells: list[tuple[str, Decimal]]  # heading and quantity, in the order of the headings


@dataclass(frozen=True, slots=True)
class OfferTable:
    number: str
    headings: list[str]
    rows: list[OfferRow]
    reasons: list[str]  # what fits, and which payments make room for what


def offer_tables(customer: Customer, *, as_of: date) -> list[OfferTable]:
    """Of every waiting shipment that the customer's credit has no room for."""
    waits = Shipment.objects.filter(customer=customer, state__in=Shipment.WAITS).select_related("contract")
    found = splitting.offers(customer, list(waits.order_by("asked_on", "pk")), as_of=as_of)
    return [table_of(offer) for offer in found]


def table_of(offer: Offer) -> OfferTable:
    shipment, proposal = offer.shipment, offer.proposal
    columns = [(_("Ordered"), tuple(line.quantity for line in offer.lines))]
    if proposal.now is not None:
        columns.append((_("Now"), proposal.now.quantities))
    columns += [(ui.day(portion.on), portion.quantities) for portion in proposal.later]
    if any(proposal.rest):
        columns.append((_("Without a day"), proposal.rest))
    return OfferTable(
        number=shipment.number,
        headings=[heading for heading, _quantities in columns],
        rows=[
            OfferRow(
                product=line.product.name,
                unit=line.product.unit,
                cells=[(heading, quantities[place]) for heading, quantities in columns],
            )
            for place, line in enumerate(offer.lines)
        ],
        reasons=_reasons(offer),
    )


def _reasons(offer: Offer) -> list[str]:
    currency, proposal = offer.shipment.currency, offer.proposal
    said = {"amount": ui.money_text(offer.shipment.amount, currency), "room": ui.money_text(abs(offer.room), currency)}
    found = [
        _("The order comes to %(amount)s; there is room for %(room)s.") % said
        if offer.room >= ZERO
        else _("The order comes to %(amount)s; %(room)s must be paid before there is any room.") % said
    ]
    if proposal.now is not None:
        found.append(_("Now: goods for %(amount)s.") % {"amount": ui.money_text(proposal.now.amount, currency)})
    found += [_reason(portion, currency) for portion in proposal.later]
    if proposal.lacking:
        found.append(
            _("For a unit of the rest %(amount)s more must become free: by an earlier payment, or a higher limit.")
            % {"amount": ui.money_text(proposal.lacking, currency)}
        )
    return found


def _reason(portion: Portion, currency: str) -> str:
    return _("%(day)s: goods for %(amount)s, after payment of %(payments)s.") % {
        "day": ui.day(portion.on),
        "amount": ui.money_text(portion.amount, currency),
        "payments": ", ".join(_payment(one, currency) for one in portion.after),
    }


def _payment(one: Expected, currency: str) -> str:
    amount = ui.money_text(one.amount, currency)
    if one.goods_of is None:
        return _("%(amount)s on %(document)s") % {"amount": amount, "document": one.document}
    return _("%(amount)s for the goods of %(day)s") % {"amount": amount, "day": ui.day(one.goods_of)}
