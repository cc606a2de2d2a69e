"""Customers who were taken over without a contract: their deliveries go on, and there is a day by which it is cured."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from audit.services import Actor
from collections_app.cases import to_dos
from collections_app.cases.models import ToDo
from contracts.models import Contract
from customers import services as customers
from customers.models import Customer
from receivables.models import DueItem

DAYS = 90  # to agree on a contract
NO_CONTRACT = ToDo.Because.NO_CONTRACT


@transaction.atomic
def mark_without_contract(*, as_of: date, by: Actor, days: int = DAYS) -> int:
    """Whoever owes something and has no active contract gets a to-do with the day by which there must be one; whoever
    has one now is done with it. Run twice for a day it changes nothing more. Returns how many rows it changed.

    A to-do that is open keeps its day: a day that moves on every night would never come. The night calls it before it
    looks at what is held, because the gate lets goods go until that day.
    """
    active = Contract.objects.filter(customer=OuterRef("pk"), state=Contract.State.ACTIVE)
    has_contract = Exists(active.filter(Q(ends_before=None) | Q(ends_before__gt=as_of)))
    has_to_do = Exists(ToDo.objects.filter(customer=OuterRef("pk"), because=NO_CONTRACT, done_on=None))
    owes = Exists(DueItem.objects.open().filter(customer=OuterRef("pk")))
    lacking = Customer.objects.filter(~has_contract, ~has_to_do, owes)
    cured = Customer.objects.filter(has_contract, has_to_do)
    _lock([*lacking.values_list("pk", flat=True), *cured.values_list("pk", flat=True)])
    # Asked again under the lock: a contract may have become active in between.
    done = list(cured.values_list("pk", flat=True))
    left = list(lacking.values_list("pk", flat=True))
    closed = to_dos.close_for(done, because=NO_CONTRACT, on=as_of, by=by)
    return closed + to_dos.open_for(left, because=NO_CONTRACT, due_on=as_of + timedelta(days), on=as_of, by=by)


def _lock(keys: list[int]) -> None:
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), to_dos.AT_ONCE):
        customers.lock(ordered[start : start + to_dos.AT_ONCE])
