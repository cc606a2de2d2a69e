"""Two deliveries, one settlement, as a row of batches with the gate between them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.desk import wording
from collections_app.desk.tables import days_words
from collections_app.gate import queries as gate
from collections_app.gate.models import CauseChoices
from collections_app.policy import queries as policies
from common import clock
from common.money import ZERO
from common.templatetags import ui
from contracts.models import Contract, Method, Shipment
from receivables.models import DueItem, Invoice

SHOWN = 4  # batches: the newest, with the next one always among them; so many stand beside each other on a desk
LEFT = (Shipment.State.RELEASED, Shipment.State.DELIVERED)


@dataclass(frozen=True, slots=True)
class Gate:
    """What stands in front of a batch: open, or closed until something is settled."""

    is_open: bool
    text: str


@dataclass(frozen=True, slots=True)
class Batch:
    """`tone` chooses the look: settled, open, late or waits (also for goods that nobody has asked for yet)."""

    name: str
    url: str
    tone: str
    state: str
    when: str
    amount: Decimal
    open: Decimal
    currency: str
    invoices: tuple[tuple[str, str], ...]  # number and page
    gate: Gate | None  # in front of it; the first batches pass without one


@dataclass(frozen=True, slots=True)
class Batches:
    key: int  # of the contract
    rows: list[Batch]
    earlier: int  # that are not drawn
    earlier_open: int  # of them not settled
    earlier_url: str
    open: Decimal
    currency: str
    may_be_open: int


@dataclass(frozen=True, slots=True)
class _Left:
    """A batch that has left, with what is open on it."""

    shipment: Shipment
    invoices: list[Invoice]
    open: Decimal
    due: date | None


def batches(contract: Contract, *, as_of: date) -> Batches | None:
    """None where the contract is settled in another way."""
    if contract.method != Method.TWO_DELIVERIES:
        return None
    rows = list(
        Shipment.objects.filter(contract=contract, state__in=(*LEFT, *Shipment.WAITS))
        .select_related("release", "contract", "customer")
        .order_by("batch", "asked_on", "pk")
    )
    left = _left([row for row in rows if row.state in LEFT])
    waiting = [row for row in rows if row.state in Shipment.WAITS]
    unsettled = [one for one in left if one.open > ZERO]
    skipped = min(len(left), max(0, len(rows) + (not waiting) - SHOWN))
    may_be_open = int(contract.parameters.get("open_batches", 1))
    drawn = [
        _gone(one, contract, has_gate=place >= may_be_open, as_of=as_of) for place, one in enumerate(left)
    ][skipped:]  # fmt: skip
    drawn += _waiting(waiting, contract, as_of)
    if not waiting:
        drawn.append(_next(unsettled, may_be_open, contract, as_of))
    return Batches(
        key=contract.pk,
        rows=drawn,
        earlier=skipped,
        earlier_open=sum(one.open > ZERO for one in left[:skipped]),
        earlier_url=f"{reverse('desk:shipments')}?contract={contract.pk}",
        open=sum((one.open for one in unsettled), ZERO),
        currency=contract.currency,
        may_be_open=may_be_open,
    )


def _left(shipments: Sequence[Shipment]) -> list[_Left]:
    invoices: dict[int, list[Invoice]] = defaultdict(list)
    for invoice in Invoice.objects.filter(shipment__in=shipments).order_by("pk"):
        invoices[invoice.shipment_id or 0].append(invoice)
    items: dict[int, list[DueItem]] = defaultdict(list)
    for item in DueItem.objects.open().filter(invoice__shipment__in=shipments).select_related("invoice"):
        items[item.invoice.shipment_id or 0].append(item)
    found = []
    for shipment in shipments:
        own, billed = items[shipment.pk], invoices[shipment.pk]
        open_amount = sum((item.open_amount for item in own), ZERO) if billed else shipment.amount
        due = min((item.due_date for item in own if item.due_date), default=None)
        found.append(_Left(shipment, billed, open_amount, due))
    return found


def _gone(one: _Left, contract: Contract, *, has_gate: bool, as_of: date) -> Batch:
    shipment = one.shipment
    tone, when = _tone(one, as_of)
    passed = ui.day(clock.business_day(shipment.release.at)) if shipment.release and not _is_old(shipment) else ""
    return Batch(
        name=wording.delivery(shipment),
        url=reverse("desk:shipment", args=[shipment.pk]),
        tone=tone,
        state=_("Delivered on %(day)s") % {"day": ui.day(shipment.delivered_on)}
        if shipment.delivered_on
        else _("On the way"),
        when=when,
        amount=shipment.amount,
        open=one.open,
        currency=contract.currency,
        invoices=tuple((invoice.number, reverse("desk:invoice", args=[invoice.pk])) for invoice in one.invoices),
        gate=Gate(True, _("Passed on %(day)s") % {"day": passed} if passed else _("Passed")) if has_gate else None,
    )


def _is_old(shipment: Shipment) -> bool:
    """Taken over: it passed before the gate was kept here."""
    return shipment.release is not None and shipment.release.kind == "taken over"


def _tone(one: _Left, as_of: date) -> tuple[str, str]:
    if one.open <= ZERO:
        return "settled", _("Settled")
    if not one.invoices:
        return "open", _("Not invoiced yet")
    if one.due is None:
        return "open", _("No due date yet")
    late = (as_of - one.due).days
    return ("late" if late > 0 else "open"), days_words(late)


def _waiting(waiting: Sequence[Shipment], contract: Contract, as_of: date) -> list[Batch]:
    """What waits, with what the gate says of its settlement now."""
    answers = gate.answers(waiting, as_of=as_of) if waiting else {}
    found = []
    for shipment in waiting:
        settling = [cause for cause in answers[shipment.pk].causes if cause.cause == CauseChoices.SETTLEMENT]
        text = settling[0].way_out if settling else _("Nothing to settle before it")
        if settling and settling[0].is_observed:
            text = _("Observed only: %(text)s") % {"text": text}
        found.append(
            Batch(
                name=wording.delivery(shipment),
                url=reverse("desk:shipment", args=[shipment.pk]),
                tone="waits",
                state=str(shipment.get_state_display()),
                when=_("Asked for on %(day)s") % {"day": ui.day(shipment.asked_on)},
                amount=shipment.amount,
                open=ZERO,
                currency=contract.currency,
                invoices=(),
                gate=Gate(not settling, text),
            )
        )
    return found


def _next(unsettled: Sequence[_Left], may_be_open: int, contract: Contract, as_of: date) -> Batch:
    """Nothing is asked for: what would stand in front of the next batch."""
    tolerance = Decimal(policies.in_force(as_of).gate.tolerance)
    counted = [one for one in unsettled if one.open > tolerance]
    waited_for = counted[: max(0, len(counted) - may_be_open + 1)]
    text = _("Nothing to settle before it")
    if waited_for:
        names = [", ".join(row.number for row in one.invoices) or one.shipment.number for one in waited_for]
        amount = ui.money_text(sum((one.open for one in waited_for), ZERO), contract.currency)
        text = _("%(amount)s on %(documents)s settles it.") % {"amount": amount, "documents": ", ".join(names)}
    return Batch(
        name=_("Next batch"),
        url="",
        tone="waits",
        state=_("Not asked for yet"),
        when="",
        amount=ZERO,
        open=ZERO,
        currency=contract.currency,
        invoices=(),
        gate=Gate(not waited_for, text),
    )
