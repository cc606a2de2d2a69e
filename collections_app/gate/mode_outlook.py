"""What a cause holds, observes, or would hold if it were on: counted before anybody switches it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collections_app.gate import facts, rules
from collections_app.gate.models import Hold
from collections_app.policy import queries as policies
from contracts.models import Shipment


@dataclass(frozen=True, slots=True)
class Kept:
    """A waiting shipment that a cause keeps, would keep, or would keep if it were on."""

    shipment: int
    segment: str
    currency: str
    amount: Decimal


def noted() -> dict[str, set[Kept]]:
    """By cause, as the gate noted it last: what is on or observed. One statement."""
    rows = Hold.objects.filter(cleared_at=None, shipment__state__in=Shipment.WAITS)
    found: dict[str, set[Kept]] = defaultdict(set)
    columns = ("cause", "shipment", "customer__segment", "shipment__currency", "shipment__amount")
    for cause, *shipment in rows.values_list(*columns):
        found[cause].add(Kept(*shipment))
    return found


def looked_into(causes: Collection[str], *, as_of: date) -> dict[str, set[Kept]]:
    """The same for causes that are off, and of which nothing is noted: asked now, customer by customer."""
    policy = policies.in_force(as_of)
    thresholds = rules.Thresholds(policy.gate.late_from, Decimal(policy.gate.tolerance))
    found: dict[str, set[Kept]] = defaultdict(set)
    for waiting in _by_customer():
        known = facts.facts_of(waiting, as_of=as_of, policy=policy)
        for shipment in waiting:
            kept = Kept(shipment.pk, shipment.customer.segment, shipment.currency, shipment.amount)
            for held in rules.causes(known[shipment.pk], thresholds, as_of):
                if held.cause in causes:
                    found[held.cause.value].add(kept)
    return found


def _by_customer() -> Iterable[list[Shipment]]:
    rows = Shipment.objects.filter(state__in=Shipment.WAITS).select_related("contract", "customer")
    grouped: dict[int, list[Shipment]] = defaultdict(list)
    for shipment in rows.order_by("customer", "asked_on", "pk"):
        grouped[shipment.customer_id].append(shipment)
    return grouped.values()
