"""Taking over a whole book of agreements and deliveries at once. The rows were checked by whoever read the file."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from audit import services as audit
from audit.services import Actor
from common import bulk
from contracts.models import Contract, PriceLine, Product, Proof, Shipment, ShipmentLine
from contracts.services.consignment import CLAUSE
from contracts.services.contract import check_can_be_active
from customers import services as customers

BATCH = 1000


@transaction.atomic
def record_products(*, products: Sequence[Product]) -> dict[str, Product]:
    """Products that nobody here knew, by code."""
    return {product.code: product for product in Product.objects.bulk_create(products, batch_size=BATCH)}


@transaction.atomic
def record_contracts(*, contracts: Sequence[Contract], on: date, by: Actor) -> None:
    """Contracts in the state in which they are elsewhere; an active one has a computable due date, as ever."""
    terms = {
        (one.method, repr(one.parameters), one.starts_on, one.settlement_text, one.language, *_clause(one)): one
        for one in contracts
        if one.state == Contract.State.ACTIVE
    }
    for contract in terms.values():  # whole books share some
        check_can_be_active(contract)
    stored = Contract.objects.bulk_create(contracts, batch_size=BATCH)
    customers.mark({contract.customer_id for contract in stored}, because="contract", on=on)
    audit.record_many(
        verb="contracts.agreed",
        subjects=stored,
        by=by,
        after=[{"number": one.number, "state": one.state, "method": one.method} for one in stored],
    )


def _clause(contract: Contract) -> list[object]:
    return [getattr(contract, name) for name in CLAUSE]


@transaction.atomic
def record_prices(*, new: Sequence[PriceLine], changed: Sequence[tuple[PriceLine, PriceLine]], by: Actor) -> None:
    """New price lines, and those that are here with another end or, in a draft, another price: (before, now)."""
    bulk.write([now for _before, now in changed], ["unit_price", "ends_before"])
    PriceLine.objects.bulk_create(new, batch_size=BATCH)
    audit.record_many(
        verb="contracts.price_changed",
        subjects=[now for _before, now in changed],
        by=by,
        before=[{"unit_price": one.unit_price, "ends_before": one.ends_before} for one, _now in changed],
        after=[{"unit_price": one.unit_price, "ends_before": one.ends_before} for _before, one in changed],
    )


@transaction.atomic
def record_planned(*, shipments: Sequence[Shipment], by: Actor) -> list[Shipment]:
    """Goods that were asked for elsewhere and have not left: they wait for the gate like any that are planned here."""
    planned = Shipment.objects.bulk_create(shipments, batch_size=BATCH)
    audit.record_many(
        verb="contracts.shipment_planned",
        subjects=planned,
        by=by,
        after=[
            {"number": one.number, "amount": one.amount, "currency": one.currency, "asked_on": one.asked_on}
            for one in planned
        ],
    )
    return planned


@transaction.atomic
def record_goods(*, lines: Sequence[ShipmentLine], proofs: Sequence[Proof]) -> None:
    """What is in shipments that were planned or taken over, and who signed for them."""
    ShipmentLine.objects.bulk_create(lines, batch_size=BATCH)
    Proof.objects.bulk_create(proofs, batch_size=BATCH)
