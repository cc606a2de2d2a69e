"""Asking for a step of the supply ladder that leaves out rungs: another person approves it by taking the step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.models import Entry
from collections_app.gate.models import LadderStep
from common import clock
from customers.models import Customer
from staff.models import User

ASKED = "gate.ladder_asked"
HOLDS_FOR = timedelta(days=30)  # later whoever wants the step asks for it anew


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants the customer on a rung, from which one, and on what ground."""

    by: str
    name: str
    at: datetime
    rung: int
    because: str
    clause: str


def asked(customers: Iterable[int] | None) -> dict[int, Asked]:
    """By customer (None: of all): the newest request that waits. A step, up or down, answers what was asked before."""
    label = Customer._meta.label_lower
    rows = Entry.objects.filter(verb=ASKED, subject_type=label, at__gt=clock.now() - HOLDS_FOR)
    if customers is not None:
        rows = rows.filter(subject_key__in=[str(key) for key in customers])
    found = {int(row.subject_key): row for row in rows.order_by("pk")}
    if not found:
        return {}
    steps: dict[int, LadderStep] = {}
    for step in LadderStep.objects.filter(customer__in=found).order_by("pk"):
        steps[step.customer_id] = step
    return {key: _asked(row) for key, row in found.items() if _waits(row, steps.get(key))}


def waiting_for(user: User) -> list[Customer]:
    """Whose step waits for this person: those it may see, of which somebody else asked."""
    keys = [key for key, one in asked(None).items() if one.by != user.get_username()]
    return list(Customer.objects.visible_to(user).filter(pk__in=keys).order_by("name", "pk")) if keys else []


def _waits(row: Entry, last: LadderStep | None) -> bool:
    standing = last.rung if last is not None and last.left_on is None else 0
    is_answered = last is not None and last.entered_at > row.at
    return not is_answered and int(row.before.get("rung", 0)) == standing


def _asked(row: Entry) -> Asked:
    said = row.after
    return Asked(row.actor_key, row.actor_name, row.at, int(said["rung"]), said["because"], said["clause"])


def of(customer: Customer, rung: int) -> Asked | None:
    """The request that waits for this very rung."""
    found = asked([customer.pk]).get(customer.pk)
    return found if found is not None and found.rung == rung else None
