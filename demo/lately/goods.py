"""Goods on consignment: batches on the shelves of shops, counted and not billed yet; one of them sells slowly."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from collections_app.gate import services as gate
from contracts import services as contracts
from contracts.models import Contract, Method, PriceLine, Shipment, ShipmentLine
from demo.lately.shelf import Shelf

#: Days since the delivery, and the share that the last count found sold.
BATCHES = ((70, Decimal("0.2")), (34, Decimal("0.7")), (20, Decimal("0.5")))


def consign(shelf: Shelf) -> None:
    for place, (days, sold) in enumerate(BATCHES):
        for customer in shelf.customers(1, contracts__method=Method.CONSIGNMENT, contracts__state="active"):
            with transaction.atomic():
                shipment = _delivered(shelf, customer.contracts.get(method=Method.CONSIGNMENT), days, place)
                _count(shelf, shipment, sold)


def _delivered(shelf: Shelf, contract: Contract, days: int, place: int) -> Shipment:
    """Taken over by the gate, as every delivery of the past."""
    on = shelf.ago(days)
    prices = list(PriceLine.objects.filter(contract=contract).order_by("pk")[:2])
    lines = [
        ShipmentLine(
            product_id=price.product_id, quantity=Decimal(48), unit_price=price.unit_price, amount=_worth(price)
        )
        for price in prices
    ]
    [shipment] = gate.take_over(
        shipments=[
            Shipment(
                customer=contract.customer,
                contract=contract,
                number=f"DN-{on.year}-K{place:03d}",
                asked_on=on - timedelta(3),
                delivered_on=on,
                currency=contract.currency,
                amount=sum((line.amount for line in lines), Decimal(0)),
            )
        ],
        by=shelf.finance,
    )
    for line in lines:
        line.shipment = shipment
    ShipmentLine.objects.bulk_create(lines)
    return shipment


def _worth(price: PriceLine) -> Decimal:
    return (price.unit_price * 48).quantize(Decimal("0.01"))


def _count(shelf: Shelf, shipment: Shipment, share: Decimal) -> None:
    told = []
    for line in shipment.lines.order_by("pk"):
        sold = Decimal(int(line.quantity * share))
        told.append((line.pk, sold, Decimal(0), line.quantity - sold, Decimal(0)))
    contact = shipment.customer.contacts.order_by("pk").first()
    contracts.record_count(
        shipment=shipment, counted_on=shelf.ago(4), counted_by=contact.name if contact else "", lines=told,
        by=shipment.customer.owner or shelf.finance,
    )  # fmt: skip


DEEDS = (consign,)
