"""Goods that wait at the gate for a stop's customer. Read live: money of this morning may have let them go."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from collections_app.gate import words
from collections_app.gate.models import Hold
from collections_app.gate.queries import cause_of, holding
from contracts.models import Shipment

IS_HELD = Exists(
    Hold.objects.filter(
        customer=OuterRef("customer"), cleared_at=None, is_observed=False, shipment__state=Shipment.State.HELD
    )
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The oldest batch on hold, and the way out of its cause; of several causes the first, and how many more hold."""

    batch: int | None
    number: str
    way_out: str
    url: str


def waiting(customer: int) -> Waiting | None:
    """One statement."""
    noted = holding([customer]).get(customer, [])
    holds = [hold for hold in noted if hold.shipment.state == Shipment.State.HELD]  # planned goods are not asked for
    if not holds:
        return None
    shipment = holds[0].shipment
    page, first = reverse("desk:shipment", args=[shipment.pk]), cause_of(holds[0])
    more = sum(hold.shipment_id == shipment.pk for hold in holds) - 1
    way_out = f"{first.sentence} {words.more_causes(more)}" if more else first.way_out
    return Waiting(shipment.batch, shipment.number, way_out, page)
