"""Deciding that a held batch stays: nothing moves, and whoever looks next sees that somebody has looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from audit import services as audit
from audit.models import Entry
from collections_app.gate.models import Hold
from common.refusals import Refused
from contracts.models import Shipment
from customers import services as customers
from staff.models import User

KEPT = "gate.kept"


class NotHeld(Refused):
    """Only what is on hold can stay on hold."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Who looked at a held batch and left it there, and why."""

    by: str
    at: datetime
    reason: str


@transaction.atomic
def keep(*, shipment: Shipment, reason: str, by: User) -> None:
    """The batch stays on hold. It waits for a decision again as soon as another cause keeps it."""
    customers.lock([shipment.customer_id])
    row = Shipment.objects.get(pk=shipment.pk)
    if row.state != Shipment.State.HELD:
        raise NotHeld(_("Shipment %(number)s is not on hold any more. Nothing was changed.") % {"number": row.number})
    audit.record(verb=KEPT, subject=row, by=by, after={"reason": reason.strip()})


def kept(shipments: Iterable[int]) -> dict[int, Kept]:
    """By shipment: the last time somebody decided that it stays. One statement."""
    keys = [str(key) for key in shipments]
    label = Shipment._meta.label_lower
    rows = Entry.objects.filter(verb=KEPT, subject_type=label, subject_key__in=keys).order_by("pk")
    return {int(row.subject_key): Kept(row.actor_name, row.at, row.after.get("reason", "")) for row in rows}


def undecided(shipments: Iterable[int]) -> set[int]:
    """Which of these shipments are held by a cause that nobody has looked at yet. Two statements."""
    holds = Hold.objects.filter(
        shipment__in=list(shipments), shipment__state=Shipment.State.HELD, cleared_at=None, is_observed=False
    )
    newest: dict[int, datetime] = {}
    for key, entered_at in holds.values_list("shipment", "entered_at"):
        newest[key] = max(entered_at, newest.get(key, entered_at))
    looked_at = kept(newest)
    return {key for key, at in newest.items() if key not in looked_at or looked_at[key].at < at}


def undecided_of(user: User) -> QuerySet[Shipment]:
    """The same for all that this person may see, as rows to count beside others."""
    label = Shipment._meta.label_lower
    looked_at = Entry.objects.filter(
        verb=KEPT, subject_type=label, subject_key=Cast(OuterRef("shipment"), CharField())
    ).order_by("-pk")
    holds = Hold.objects.filter(cleared_at=None, is_observed=False).annotate(
        looked_at=Subquery(looked_at.values("at")[:1])
    )
    new = holds.filter(Q(looked_at=None) | Q(looked_at__lt=F("entered_at")))
    return Shipment.objects.visible_to(user).filter(state=Shipment.State.HELD, pk__in=new.values("shipment"))
