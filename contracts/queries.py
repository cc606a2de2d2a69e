"""Reading what was agreed: prices of a day, lines that differ from them, and consigned goods not sold yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common import money
from contracts import consigned, pricing, terms
from contracts.models import Contract, Count, Method, PriceLine, Product, Shipment, ShipmentLine


def agreed_price(contract: Contract, product: Product, on: date, credit_days: int | None = None) -> Decimal | None:
    """The unit price agreed for a day, and for so many days of credit where tiers were agreed; None: no price."""
    return pricing.price(contract.price_lines.filter(product=product), on=on, credit_days=credit_days)


def agreed_lines(lines: Sequence[PriceLine], on: date) -> list[PriceLine]:
    """Of a contract's lines of one product those at whose price its terms let it be sold on a day."""
    return pricing.agreed(lines, on=on, credit_days=_credit_days(lines, on))


def price_beside(stated: Decimal, lines: Sequence[PriceLine], on: date) -> Decimal | None:
    """The same price where a contract's lines of a product have it, else the one from which it differs."""
    return pricing.beside(stated, lines, on=on, credit_days=_credit_days(lines, on))


def _credit_days(lines: Sequence[PriceLine], on: date) -> int | None:
    """Which tier applies, the terms of the contract tell. Without tiers there is nothing to choose."""
    tier = next((line for line in lines if line.credit_days is not None), None)
    return terms.credit_days(tier.contract.method, tier.contract.parameters, on) if tier is not None else None


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A line whose price is not the contract's; without an agreed price there is no difference to state."""

    line: ShipmentLine
    product: Product
    agreed: Decimal | None
    stated: Decimal
    difference: Decimal | None  # in money: above zero, the customer is asked for more than was agreed
    currency: str


def discrepancies(shipment: Shipment) -> list[Discrepancy]:
    """What to clear up before anything is sent. Without a contract there is nothing from which a price could differ."""
    return differing([shipment])


def differing(shipments: Iterable[Shipment]) -> list[Discrepancy]:
    """The same for many shipments in two statements, in the order of their lines."""
    under = {shipment.pk: shipment for shipment in shipments if shipment.contract_id is not None}
    if not under:
        return []
    lines = list(ShipmentLine.objects.filter(shipment__in=under).select_related("product").order_by("pk"))
    contracts = {shipment.contract_id for shipment in under.values()}
    agreed: dict[tuple[int, int], list[PriceLine]] = defaultdict(list)
    prices = PriceLine.objects.filter(contract__in=contracts, product__in={line.product_id for line in lines})
    for price in prices.select_related("contract"):
        agreed[price.contract_id, price.product_id].append(price)
    found = []
    for line in lines:
        shipment = under[line.shipment_id]
        own = agreed[shipment.contract_id or 0, line.product_id]
        found += _differs(line, shipment, price_beside(line.unit_price, own, shipment.asked_on))
    return found


def _differs(line: ShipmentLine, shipment: Shipment, agreed: Decimal | None) -> list[Discrepancy]:
    if agreed == line.unit_price:
        return []
    difference = None
    if agreed is not None:
        difference = line.amount - money.rounded(line.quantity * agreed, shipment.currency)
    return [Discrepancy(line, line.product, agreed, line.unit_price, difference, shipment.currency)]


@dataclass(frozen=True, slots=True)
class Unsold:
    """Consigned goods of a line that are still ours, at the line's price."""

    line: ShipmentLine
    product: Product
    quantity: Decimal
    amount: Decimal
    currency: str


def unsold(shipment: Shipment, as_of: date) -> list[Unsold]:
    """What is stock at the customer's by the latest count; before the first count that is everything.

    Where the contract says so, the rest is bought on the last day and is stock no more.
    """
    if not _is_stock(shipment, as_of):
        return []
    count = Count.objects.filter(shipment=shipment, counted_on__lte=as_of).order_by("-counted_on").first()
    on_hand = dict(count.lines.values_list("line", "on_hand")) if count else {}
    found = []
    for line in shipment.lines.select_related("product").order_by("pk"):
        quantity = on_hand.get(line.pk, line.quantity)
        if quantity:
            amount = money.rounded(quantity * line.unit_price, shipment.currency)
            found.append(Unsold(line, line.product, quantity, amount, shipment.currency))
    return found


def _is_stock(shipment: Shipment, as_of: date) -> bool:
    contract, delivered_on = shipment.contract, shipment.delivered_on
    if contract is None or contract.method != Method.CONSIGNMENT or delivered_on is None or as_of < delivered_on:
        return False
    if shipment.returned_on is not None and shipment.returned_on <= as_of:
        return False
    return not is_rest_bought(contract, delivered_on, as_of)


def is_rest_bought(contract: Contract, delivered_on: date, on: date) -> bool:
    """Has the last day of consigned goods come, under a contract by which the customer then buys what is left?"""
    if contract.consignment_rest != Contract.Rest.BOUGHT:
        return False
    return on >= consigned.last_day(delivered_on, int(contract.parameters["max_days"]))
