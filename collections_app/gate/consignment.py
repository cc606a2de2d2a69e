"""Consigned goods that sell slowly: somebody helps the customer to sell them, instead of asking for money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from audit.services import NIGHT
from collections_app.cases import services as cases
from collections_app.cases.models import ToDo
from collections_app.policy import queries as policies
from contracts import consigned
from contracts.models import Count, CountLine, Method, Shipment, ShipmentLine

DUE_WITHIN = timedelta(days=7)
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a consigned batch is sold by its latest count, in units over all of its lines."""

    shipment: Shipment
    delivered: Decimal
    sold: Decimal
    on_hand: Decimal


def batches(*, as_of: date) -> QuerySet[Shipment]:
    """Consigned batches that were delivered and have not come back."""
    return Shipment.objects.filter(
        contract__method=Method.CONSIGNMENT, state=Shipment.State.DELIVERED, delivered_on__lte=as_of
    ).order_by("pk")


def standings(shipments: Sequence[Shipment], *, as_of: date) -> Iterator[Standing]:
    """By the latest count not after the day; before the first count everything is on hand. Three queries."""
    keys = [shipment.pk for shipment in shipments]
    seen = Count.objects.filter(shipment__in=keys, counted_on__lte=as_of).order_by("counted_on")
    latest = dict(seen.values_list("shipment", "pk"))
    counted: dict[int, list[CountLine]] = {}
    for line in CountLine.objects.filter(count__in=latest.values()).select_related("count"):
        counted.setdefault(line.count.shipment_id, []).append(line)
    delivered: dict[int, Decimal] = dict.fromkeys(keys, Decimal(0))
    for key, quantity in ShipmentLine.objects.filter(shipment__in=keys).values_list("shipment", "quantity"):
        delivered[key] += quantity
    for shipment in shipments:
        lines = counted.get(shipment.pk)
        sold = sum((line.sold for line in lines or ()), Decimal(0))
        on_hand = sum((line.on_hand for line in lines), Decimal(0)) if lines else delivered[shipment.pk]
        yield Standing(shipment, delivered[shipment.pk], sold, on_hand)


def help_to_sell(*, as_of: date) -> int:
    """The night's step: a task for each slow batch, and none any more for one that is not. Returns the new ones."""
    slow_after = policies.in_force(as_of).credit.slow_after
    waiting = ToDo.objects.filter(because=ToDo.Because.SLOW_BATCH, done_on=None)
    known = set(waiting.values_list("about", flat=True))
    slow: set[str] = set()
    opened = 0
    delivered = batches(as_of=as_of).select_related("customer__owner")
    last = 0
    while found := list(delivered.filter(pk__gt=last)[:BATCH]):
        last = found[-1].pk
        for one in standings(found, as_of=as_of):
            if not _is_slow(one, as_of, slow_after):
                continue
            slow.add(one.shipment.number)
            if one.shipment.number not in known:
                _open(one.shipment, as_of)
                opened += 1
    for done in waiting.exclude(about__in=slow).select_related("customer"):
        cases.close_to_do(customer=done.customer, because=done.because, about=done.about, on=as_of, by=NIGHT)
    return opened


def _is_slow(one: Standing, as_of: date, slow_after: int) -> bool:
    if one.shipment.delivered_on is None:
        return False
    days = (as_of - one.shipment.delivered_on).days
    return consigned.is_slow(
        delivered=one.delivered, sold=one.sold, on_hand=one.on_hand, days=days, slow_after=slow_after
    )


def _open(shipment: Shipment, as_of: date) -> None:
    cases.open_to_do(
        customer=shipment.customer,
        because=ToDo.Because.SLOW_BATCH,
        about=shipment.number,
        due_on=as_of + DUE_WITHIN,
        on=as_of,
        by=NIGHT,
        owner=shipment.customer.owner,
    )
