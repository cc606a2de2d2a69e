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


def let_go(shipment: Shipment, *, kind: str, by: str, at: datetime, answer: dict[str, Any]) -> bool:
    """Release a waiting shipment; False where somebody else was faster. The caller holds the customer's lock."""
    release = Release.objects.create(kind=kind, answer=answer, by=by, at=at)
    waiting = Shipment.objects.filter(pk=shipment.pk, state__in=Shipment.WAITS, release=None)
    if not waiting.update(state=Shipment.State.RELEASED, release=release):
        release.delete()
        return False
    shipment.state, shipment.release = Shipment.State.RELEASED, release
    return True


def hold_back(shipment: Shipment) -> None:
    """A planned shipment waits at the gate."""
    Shipment.objects.filter(pk=shipment.pk, state=Shipment.State.PLANNED).update(state=Shipment.State.HELD)
    shipment.state = Shipment.State.HELD
