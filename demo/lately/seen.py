"""What the reps saw on their rounds of the last weeks, what a manager made of it, and what the book says by itself."""

from datetime import timedelta

from django.db import transaction

from audit.services import COMMAND
from collections_app.cases import warnings
from collections_app.cases.models import EarlyWarning
from collections_app.cases.warning_watch import Kind
from customers.models import Customer
from demo.lately.shelf import Shelf


@transaction.atomic
def see(shelf: Shelf) -> None:
    """Shutters down (seen once), a sale of everything (seen, and confirmed), a bookkeeper who leaves, a moving van."""
    days_ago = {Kind.CLOSING: 3, Kind.DUMPING: 9, Kind.STAFF_LEAVING: 6, Kind.MOVING: 12}
    notes = {
        Kind.CLOSING: "Shutters down at noon, post on the floor.",
        Kind.DUMPING: "Everything at half price, also our cases.",
        Kind.STAFF_LEAVING: "The bookkeeper leaves at the end of the month.",
        Kind.MOVING: "A sign at the door: we move to the market hall.",
    }
    for (kind, ago), customer in zip(days_ago.items(), shelf.customers(len(days_ago)), strict=False):
        [row] = _seen(shelf, customer, kind, ago=ago, note=notes[kind])
        if kind is Kind.DUMPING:
            warnings.second(warning=row, on=shelf.ago(ago - 1), by=shelf.manager)
        if kind is Kind.MOVING:
            because = "Moves two doors on and keeps its lease; confirmed by its landlord."
            warnings.dismiss(warning=row, because=because, on=shelf.ago(ago - 2), by=shelf.manager)


@transaction.atomic
def demolish(shelf: Shelf) -> None:
    """A block comes down: everybody nearby is flagged by one sighting."""
    for customer in shelf.customers(1, country="ES"):
        _seen(shelf, customer, Kind.DEMOLITION, ago=5, note="Fence and notice of the town: works from next month.")


def _seen(shelf: Shelf, customer: Customer, kind: Kind, *, ago: int, note: str) -> list[EarlyWarning]:
    by = customer.owner or shelf.manager
    return warnings.see(customer=customer, kind=kind.value, on=shelf.ago(ago), by=by, note=note)


def compute(shelf: Shelf) -> None:
    """The nights of the last week, as they would have found it."""
    for ago in (7, 0):
        warnings.compute(as_of=shelf.as_of - timedelta(ago), by=COMMAND)


DEEDS = (see, demolish, compute)
