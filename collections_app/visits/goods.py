"""Goods that wait at the gate for a stop's customer. Read live: money of this morning may have let them go."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from collections_app.gate.models import Hold
from collections_app.gate.queries import cause_of, holding

IS_HELD = Exists(Hold.objects.filter(customer=OuterRef("customer"), cleared_at=None, is_observed=False))


@dataclass(frozen=True, slots=True)
class Waiting:
    """The oldest batch on hold, and the nearest way out of its first cause."""

    batch: int | None
    number: str
    way_out: str
    url: str


def waiting(customer: int) -> Waiting | None:
    """One statement."""
    holds = holding([customer]).get(customer)
    if not holds:
        return None
    shipment = holds[0].shipment
    page = reverse("desk:shipment", args=[shipment.pk])
    return Waiting(shipment.batch, shipment.number, cause_of(holds[0]).way_out, page)
