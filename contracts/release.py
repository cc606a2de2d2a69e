"""The one place where a shipment becomes released. Called by `collections_app.gate.services` and nobody else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.models import Release, Shipment


def write(
    shipments: Sequence[Shipment], *, kind: str, state: str, by: str, at: datetime, answer: dict[str, Any]
) -> list[Shipment]:
    """Store new shipments together with the release that let each of them leave."""
    releases = Release.objects.bulk_create(
        [Release(kind=kind, answer=answer, by=by, at=at) for _ in shipments], batch_size=1000
    )
    for shipment, release in zip(shipments, releases, strict=True):
        shipment.release = release
        shipment.state = state
    return Shipment.objects.bulk_create(shipments, batch_size=1000)
