"""One shipment: its lines beside the agreed prices, what the gate says now, its way, and what may be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from collections_app.desk.contracts import consignment
from collections_app.desk.credit.offers import OfferTable, table_of
from collections_app.desk.history import Event
from collections_app.desk.holds import causes
from collections_app.desk.holds.causes import CauseRow
from collections_app.desk.places import place_of
from collections_app.desk.shipments.way import way
from collections_app.gate import keeping, queries, splitting
from collections_app.gate.keeping import Kept
from collections_app.gate.models import CauseChoices, Hold
from collections_app.gate.splitting import Offer
from common import money
from common.templatetags import ui
from contracts import execution
from contracts import queries as agreements
from contracts.models import Contract, Count, CountLine, Method, PriceLine, Shipment, ShipmentLine
from receivables.models import Invoice
from staff.models import Role, User

HANDLES = (Role.REP, Role.MANAGER, Role.FINANCE, Role.ADMIN)
DECIDES = (Role.MANAGER, Role.FINANCE, Role.ADMIN)
OF_CREDIT = (CauseChoices.LIMIT, CauseChoices.RAMP, CauseChoices.INSURER)  # a smaller batch may do


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line, and the price agreed for its day; `note` says what differs."""

    product: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    agreed: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class CountRow:
    """Of a consigned line by the latest count: the four figures and what they come to."""

    product: str
    unit: str
    delivered: Decimal
    sold: Decimal
    returned: Decimal
    on_hand: Decimal
    lost: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Deeds:
    """What this person may do with the shipment as it stands."""

    release: bool = False
    decide: bool = False  # override, and where it is held keep
    keep: bool = False
    deliver: bool = False
    file_proof: bool = False
    invoice: bool = False
    take_back: bool = False
    cancel: bool = False
    count: bool = False
    book_counted: bool = False

    @property
    def any_of_the_goods(self) -> bool:
        return self.file_proof or self.take_back or self.cancel


@dataclass(frozen=True, slots=True)
class ShipmentPage:
    shipment: Shipment
    lines: list[LineRow]
    has_agreed: bool  # a contract stands beside the prices
    discrepancies: int  # lines at another price than the agreed one: the gate keeps them
    may_leave: bool
    holds: list[CauseRow]
    observed: list[CauseRow]
    override: str
    kept: Kept | None
    way: list[Event]
    counts: list[CountRow]
    counted_on: date | None
    to_be_counted: str  # by which day consigned goods are to be counted again
    title: str  # whose the goods are until they are paid
    offer: OfferTable | None  # what fits instead of a bare no
    deeds: Deeds


@dataclass(frozen=True, slots=True)
class Read:
    """The page, with the rows that its forms are made of."""

    page: ShipmentPage
    lines: list[ShipmentLine]
    offer: Offer | None
    last_count: Count | None
    last_lines: dict[int, CountLine]


def shipment_page(shipment: Shipment, *, user: User, as_of: date) -> Read:
    """The gate is asked anew, and nothing is changed. The shipment comes with customer, contract, release, proof."""
    lines = list(shipment.lines.select_related("product").order_by("pk"))
    rows = _lines(shipment, lines)
    waits = shipment.state in Shipment.WAITS
    answer = queries.answers([shipment], as_of=as_of)[shipment.pk] if waits else None
    since = {(hold.cause, hold.currency): hold.since_on for hold in _noted(shipment)} if answer else {}
    said = causes.of_answer(answer, shipment, since=since, as_of=as_of) if answer else []
    is_too_large = answer is not None and any(cause.cause in OF_CREDIT for cause in answer.holds)
    offers = splitting.offers(shipment.customer, [shipment], as_of=as_of) if is_too_large else []
    offer = offers[0] if offers else None
    count = Count.objects.filter(shipment=shipment).order_by("-counted_on").first()
    counted = {line.line_id: line for line in count.lines.all()} if count else {}
    page = ShipmentPage(
        shipment=shipment,
        lines=rows,
        has_agreed=shipment.contract is not None,
        discrepancies=sum(bool(row.unit_price) and row.agreed not in (None, row.unit_price) for row in rows),
        may_leave=answer is not None and answer.may_leave,
        holds=[row for row in said if not row.is_observed],
        observed=[row for row in said if row.is_observed],
        override=answer.override if answer else "",
        kept=keeping.kept([shipment.pk]).get(shipment.pk),
        way=way(shipment),
        counts=_counts(lines, counted),
        counted_on=count.counted_on if count else None,
        to_be_counted=consignment.to_be_counted(shipment, counted_on=count.counted_on if count else None, as_of=as_of),
        title=_title(shipment),
        offer=table_of(offer) if offer else None,
        deeds=_deeds(shipment, user, is_kept=answer is not None and bool(answer.holds), has_count=count is not None),
    )
    return Read(page, lines, offer, count, counted)


def _noted(shipment: Shipment) -> list[Hold]:
    return list(Hold.objects.filter(shipment=shipment, cleared_at=None))


def _lines(shipment: Shipment, lines: list[ShipmentLine]) -> list[LineRow]:
    prices = list(shipment.contract.price_lines.all()) if shipment.contract else []
    return [_line(line, shipment, prices) for line in lines]


def _line(line: ShipmentLine, shipment: Shipment, prices: list[PriceLine]) -> LineRow:
    own = [price for price in prices if price.product_id == line.product_id]
    agreed = agreements.price_beside(line.unit_price, own, shipment.asked_on)
    note = ""
    if shipment.contract is not None and agreed is None:
        note = _("no price is agreed for that day")
    elif agreed is not None and agreed != line.unit_price:
        off = line.amount - money.rounded(line.quantity * agreed, shipment.currency)
        facts = {"amount": ui.money_text(abs(off), shipment.currency)}
        note = _("%(amount)s more than agreed") % facts if off > 0 else _("%(amount)s less than agreed") % facts
    return LineRow(
        line.product.name, line.product.unit, line.quantity, line.unit_price, line.amount, agreed, note
    )  # fmt: skip


def _counts(lines: list[ShipmentLine], counted: Mapping[int, CountLine]) -> list[CountRow]:
    return [
        CountRow(
            line.product.name, line.product.unit, row.delivered, row.sold, row.returned, row.on_hand, row.lost,
            row.sold + row.returned + row.on_hand + row.lost,
        )
        for line in lines
        if (row := counted.get(line.pk))
    ]  # fmt: skip


def _title(shipment: Shipment) -> str:
    """Are these goods still ours until they are paid?"""
    contract = shipment.contract
    if contract is not None and contract.method == Method.CONSIGNMENT and contract.consigned_title:
        return str(contract.get_consigned_title_display())
    if contract is None or contract.title == Contract.Title.NONE:
        return ""
    holds, why = execution.title_holds(
        contract.title,
        contract.title_agreed_on,
        shipment.delivered_on,
        contract.title_registered_on,
        place_of(shipment.customer),
    )
    return str(contract.get_title_display()) if holds else TITLE_FAILS[why]()


TITLE_FAILS: dict[str, Any] = {
    "agreed after delivery": lambda: _("The retention of title was agreed after the delivery and does not hold."),
    "not registered": lambda: _("The retention of title is not registered and does not hold against others."),
    "not agreed": lambda: _("No retention of title"),
}


def _deeds(shipment: Shipment, user: User, *, is_kept: bool, has_count: bool) -> Deeds:
    state, contract = shipment.state, shipment.contract
    handles, decides, bills = user.role in HANDLES, user.role in DECIDES, user.role == Role.FINANCE
    waits = state in Shipment.WAITS
    has_left = state in (Shipment.State.RELEASED, Shipment.State.DELIVERED)
    delivered = state == Shipment.State.DELIVERED
    method = contract.method if contract else ""
    consigned = method == Method.CONSIGNMENT
    proof = getattr(shipment, "proof", None)
    billable = has_left or (waits and method == Method.IN_ADVANCE)
    return Deeds(
        release=waits and decides,
        decide=waits and decides and is_kept,
        keep=state == Shipment.State.HELD and decides,
        deliver=handles and state == Shipment.State.RELEASED,
        file_proof=handles and delivered and (proof is None or proof.document_id is None),
        invoice=bills and billable and not consigned and not Invoice.objects.filter(shipment=shipment).exists(),
        take_back=handles and has_left,
        cancel=handles and waits,
        count=handles and consigned and delivered,
        book_counted=bills and consigned and delivered and has_count,
    )
