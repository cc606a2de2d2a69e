"""Held batches as rows: what keeps each, what has been paid of it, what it is worth, and what was decided so far."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.cases.models import Excuse
from collections_app.desk import wording
from collections_app.desk.holds import causes
from collections_app.desk.holds.causes import CauseRow
from collections_app.gate import keeping
from collections_app.gate.keeping import Kept
from collections_app.gate.models import CauseChoices, Hold
from collections_app.gate.queries import cause_of, holding
from common.money import ZERO
from common.templatetags import ui
from contracts.models import Shipment
from receivables.models import DueItem
from staff.models import User

WITH_DOCUMENTS = (CauseChoices.SETTLEMENT, CauseChoices.LATE)
Paid = tuple[Decimal, Decimal, str]  # paid, of how much, currency


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A shipment with the causes of one kind: those that keep it, or those that would."""

    key: int
    once: str  # a one-time key for the form on its card
    customer: str
    code: str
    customer_url: str
    rep: str
    what: str
    number: str
    url: str
    amount: Decimal  # the goods that wait
    currency: str
    since: date
    causes: tuple[CauseRow, ...]
    why: str
    way_out: str
    paid: Decimal | None
    paid_of: Decimal | None
    paid_currency: str
    said: str  # the customer's last answer
    kept: Kept | None
    is_undecided: bool


def held(found: QuerySet[Shipment], *, is_observed: bool, as_of: date) -> list[HeldRow]:
    """Six statements at any size."""
    shipments = list(found.select_related("customer__owner", "contract").order_by("asked_on", "pk"))
    keys = [shipment.pk for shipment in shipments]
    holds: dict[int, list[Hold]] = defaultdict(list)
    for hold in Hold.objects.filter(shipment__in=keys, cleared_at=None, is_observed=is_observed).order_by("pk"):
        holds[hold.shipment_id].append(hold)
    known = _Known(
        paid=_paid(holds, as_of),
        said=_said({shipment.customer_id for shipment in shipments}),
        kept=keeping.kept(keys),
        undecided=keeping.undecided(keys),
    )
    return [_row(shipment, holds[shipment.pk], known, as_of) for shipment in shipments if holds[shipment.pk]]


@dataclass(frozen=True, slots=True)
class _Known:
    paid: dict[int, Paid]
    said: dict[int, Excuse]
    kept: dict[int, Kept]
    undecided: set[int]


def _row(shipment: Shipment, holds: Sequence[Hold], known: _Known, as_of: date) -> HeldRow:
    rows = causes.of_holds(holds, shipment, as_of=as_of)
    customer = shipment.customer
    paid, paid_of, paid_currency = known.paid.get(shipment.pk, (None, None, ""))
    excuse = known.said.get(shipment.customer_id)
    return HeldRow(
        key=shipment.pk,
        once=uuid4().hex,
        customer=customer.name,
        code=customer.code,
        customer_url=reverse("desk:customer", args=[customer.code]),
        rep=str(customer.owner) if customer.owner else "",
        what=wording.delivery(shipment),
        number=shipment.number,
        url=reverse("desk:shipment", args=[shipment.pk]),
        amount=shipment.amount,
        currency=shipment.currency,
        since=min(hold.since_on for hold in holds),
        causes=tuple(rows),
        why=" ".join(row.sentence for row in rows),
        way_out=" ".join(row.way_out for row in rows),
        paid=paid,
        paid_of=paid_of,
        paid_currency=paid_currency,
        said=_("%(what)s, said on %(day)s") % {"what": excuse.get_kind_display(), "day": ui.day(excuse.said_on)}
        if excuse
        else "",
        kept=known.kept.get(shipment.pk),
        is_undecided=shipment.pk in known.undecided,
    )


def _paid(holds: dict[int, list[Hold]], as_of: date) -> dict[int, Paid]:
    """By shipment: what has come in on the documents that the first such cause names, of how much."""
    named: dict[int, tuple[Hold, list[str]]] = {}
    for key, rows in holds.items():
        for hold in rows:
            names = cause_of(hold).facts.get("documents", "")
            if hold.cause in WITH_DOCUMENTS and names:
                named.setdefault(key, (hold, names.split(", ")))
    customers = {hold.customer_id for hold, _documents in named.values()}
    numbers = {number for _hold, documents in named.values() for number in documents}
    items: dict[tuple[int, str], list[DueItem]] = defaultdict(list)
    for item in DueItem.objects.filter(customer__in=customers, invoice__number__in=numbers).select_related("invoice"):
        items[item.customer_id, item.invoice.number].append(item)
    found = {}
    for key, (hold, documents) in named.items():
        own = [item for number in documents for item in items[hold.customer_id, number]]
        counted = [item for item in own if item.currency == hold.currency and _counts(item, hold, as_of)]
        amount = sum((item.amount for item in counted), ZERO)
        if amount:
            found[key] = (sum((item.amount - item.open_amount for item in counted), ZERO), amount, hold.currency)
    return found


def _counts(item: DueItem, hold: Hold, as_of: date) -> bool:
    """Of an invoice that is late in part, the late part."""
    return hold.cause != CauseChoices.LATE or (item.due_date is not None and item.due_date < as_of)


def _said(customers: Iterable[int]) -> dict[int, Excuse]:
    """By customer: the last excuse."""
    latest = Excuse.objects.filter(customer__in=set(customers)).values("customer").annotate(last=Max("pk"))
    return {row.customer_id: row for row in Excuse.objects.filter(pk__in=latest.values("last"))}


def waiting_for(user: User) -> list[QuerySet[Shipment]]:
    """Held shipments on which nobody has decided, of those that this person may see."""
    return [keeping.undecided_of(user)]


def badges(customers: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """By customer: what waits at the gate, as a sentence and the page of its shipment. One statement."""
    found: dict[int, list[tuple[str, str]]] = {}
    for key, holds in holding(customers).items():
        of_shipment: dict[int, list[Hold]] = defaultdict(list)
        for hold in holds:
            of_shipment[hold.shipment_id].append(hold)
        found[key] = [
            (causes.waits(own), reverse("desk:shipment", args=[shipment])) for shipment, own in of_shipment.items()
        ]
    return found
