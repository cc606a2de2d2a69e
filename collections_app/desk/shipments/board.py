"""The shipment board: which shipments stand where, as conditions that counts, filter and list share."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from collections_app.gate.models import Hold
from common import clock
from common.days import ONE_DAY
from contracts.models import Method, Proof, Release, Shipment
from receivables.models import DueItem, Invoice
from staff.models import User

State = Shipment.State
# What waits comes before what has left: held goods and then planned ones, the oldest first; of the rest the newest.
ORDER = (State.HELD, State.PLANNED, State.RELEASED, State.DELIVERED, State.RETURNED, State.CANCELLED)


def _held(**of: Any) -> Exists:
    return Exists(Hold.objects.filter(shipment=OuterRef("pk"), cleared_at=None, **of))


def _billed(**of: Any) -> Exists:
    return Exists(Invoice.objects.filter(shipment=OuterRef("pk"), **of))


def _without_proof(as_of: date) -> Q:
    """Delivered, nobody's signature on file, and not paid: then the paper may still be needed."""
    proven = Exists(Proof.objects.filter(shipment=OuterRef("pk"), document__isnull=False))
    owed = Exists(DueItem.objects.open().filter(invoice__shipment=OuterRef("pk")))
    return Q(state=State.DELIVERED) & ~Q(proven) & (Q(owed) | ~Q(_billed()))


def _not_invoiced(as_of: date) -> Q:
    """Consigned goods are billed as they are counted, and are no oversight."""
    consigned = Q(contract__method=Method.CONSIGNMENT)
    return Q(state=State.DELIVERED) & ~consigned & ~Q(_billed())


def _released_on(day: date) -> Q:
    within = Q(release__at__gte=clock.end_of(day - ONE_DAY), release__at__lt=clock.end_of(day))
    return within & ~Q(release__kind=Release.Kind.TAKEN_OVER)


Condition = Callable[[date], Q]
SECTIONS: dict[str, tuple[Any, Condition]] = {
    "planned": (_("Planned"), lambda as_of: Q(state=State.PLANNED)),
    "held": (_("Held"), lambda as_of: Q(state=State.HELD)),
    "observed": (
        _("Would be held"),
        lambda as_of: Q(state__in=Shipment.WAITS) & Q(_held(is_observed=True)) & ~Q(_held(is_observed=False)),
    ),
    "released": (_("Released today"), _released_on),
    "no-proof": (_("Delivered without proof"), _without_proof),
    "not-invoiced": (_("Delivered, not invoiced"), _not_invoiced),
}
STATES: dict[str, tuple[Any, Condition]] = {
    "on-the-way": (_("On the way"), lambda as_of: Q(state=State.RELEASED)),
    "delivered": (_("Delivered"), lambda as_of: Q(state=State.DELIVERED)),
    "returned": (_("Returned"), lambda as_of: Q(state=State.RETURNED)),
    "cancelled": (_("Cancelled"), lambda as_of: Q(state=State.CANCELLED)),
}
CHOICES = [(name, label) for name, (label, _condition) in (SECTIONS | STATES).items()]


def shipments(user: User) -> QuerySet[Shipment]:
    """What this person may see, with everything that a row of the list shows: two statements more for its page."""
    ranks = [When(state=state, then=Value(place)) for place, state in enumerate(ORDER)]
    waits = Q(state__in=Shipment.WAITS)
    left_on = Coalesce("returned_on", "delivered_on", "asked_on")
    open_holds = Hold.objects.filter(cleared_at=None).order_by("is_observed", "pk")
    return (
        Shipment.objects.visible_to(user)
        .select_related("customer", "contract", "proof")
        .annotate(
            rank=Case(*ranks, default=Value(len(ORDER)), output_field=IntegerField()),
            waits_since=Case(When(waits, then="asked_on")),
            left_on=Case(When(~waits, then=left_on)),
        )
        .prefetch_related(Prefetch("holds", queryset=open_holds, to_attr="open_holds"), "invoices")
    )


def narrowed(found: QuerySet[Shipment], section: str, *, as_of: date) -> QuerySet[Shipment]:
    _label, condition = (SECTIONS | STATES)[section]
    return found.filter(condition(as_of))


def counts(user: User, *, as_of: date) -> list[tuple[str, Any, int]]:
    """Of each section of the board: its name, its label and how many shipments stand there. One statement."""
    wanted = {f"s{place}": Count("pk", filter=of(as_of)) for place, (_label, of) in enumerate(SECTIONS.values())}
    found = Shipment.objects.visible_to(user).aggregate(**wanted)
    return [(name, label, found[f"s{place}"]) for place, (name, (label, _of)) in enumerate(SECTIONS.items())]
