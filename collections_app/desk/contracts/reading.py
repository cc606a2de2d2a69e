"""One contract as a page: what was agreed as sentences, what is missing, prices, goods, and what it made due."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.desk import wording
from collections_app.desk.contracts import clause as clauses
from collections_app.desk.contracts import consignment, title
from collections_app.desk.contracts.batches import Batches, batches
from collections_app.desk.contracts.clause import ClauseText
from collections_app.desk.contracts.rest import CALLS, Rest, callable_rests
from collections_app.desk.derivation import Derivation, derivations
from collections_app.desk.places import place_of
from common import clock
from common.templatetags import ui
from contracts import execution, pricing, terms
from contracts import wording as agreed
from contracts.basis import Basis
from contracts.models import Contract, Method, PriceLine, Shipment
from contracts.parameters import NotComputable
from contracts.services import readings
from receivables.models import DueItem, Invoice
from staff.models import Role, User

CHANGES = (Role.MANAGER, Role.FINANCE, Role.ADMIN)  # who drafts, executes, activates and ends contracts
ASKS = (Role.REP, Role.MANAGER, Role.FINANCE, Role.ADMIN)  # who plans a shipment under one
MOST_DUE = 30  # open due amounts; the list has all of them
MOST_SHIPMENTS = 8


@dataclass(frozen=True, slots=True)
class PriceRow:
    product: str
    code: str
    unit: str
    price: Decimal
    tier: str
    valid: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    name: str
    number: str
    url: str
    state: str
    is_held: bool
    asked_on: date
    delivered_on: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Paper:
    """The contract's file, with the hash that proves it unchanged."""

    name: str
    sha256: str
    stored_on: date
    url: str


@dataclass(frozen=True, slots=True)
class Executed:
    """How the contract was executed and the terms accepted; `lacks` says what is missing for credit."""

    how: str
    who: str
    terms: str
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deeds:
    """What this person may do with the contract as it stands."""

    change: bool = False  # a draft
    activate: bool = False
    end: bool = False
    make_good: bool = False  # execute, accept the terms
    attach: bool = False
    read: bool = False  # a marked clause that somebody else has written
    state_clause: bool = False  # of consigned goods, where an active contract has none
    register: bool = False  # the retained title, where its place keeps a register
    price: bool = False
    ask: bool = False


@dataclass(frozen=True, slots=True)
class ContractPage:
    contract: Contract
    method: str
    valid: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]  # of the law, and of what makes no due date
    example: tuple[str, ...]
    clause: ClauseText | None
    consignment_clause: ClauseText | None
    executed: Executed
    prices: list[PriceRow]
    has_tiers: bool
    batches: Batches | None
    due: list[Derivation]
    due_more_url: str
    rests: list[Rest]  # of which this person may call what is not due yet
    shipments: list[ShipmentRow]
    shipments_url: str
    paper: Paper | None
    register: str  # where retained title has to stand at the customer's place; empty where it need not
    registered: str
    deeds: Deeds


def contract_page(contract: Contract, *, user: User, as_of: date) -> ContractPage:
    """The contract comes with its customer."""
    place = place_of(contract.customer)
    items = DueItem.objects.open().filter(invoice__shipment__contract=contract)
    due = derivations(items.order_by(F("due_date").asc(nulls_last=True), "pk")[:MOST_DUE], user=user)
    goods = Shipment.objects.filter(contract=contract)
    prices = list(contract.price_lines.select_related("product"))
    return ContractPage(
        contract=contract,
        method=wording.settlement(contract.method, contract.parameters),
        valid=wording.period(contract.starts_on, contract.ends_before),
        sentences=tuple(_sentences(contract, place)),
        warnings=tuple(_warnings(contract, place, as_of)),
        example=tuple(_example(contract, as_of)),
        clause=clauses.settlement(contract),
        consignment_clause=clauses.consignment(contract),
        executed=_executed(contract, place),
        prices=_prices(prices, as_of),
        has_tiers=any(line.credit_days is not None for line in prices),
        batches=batches(contract, as_of=as_of),
        due=due,
        due_more_url=_more(contract) if len(due) == MOST_DUE else "",
        rests=callable_rests(Invoice.objects.filter(shipment__contract=contract), as_of=as_of)
        if contract.rest_callable and user.role in CALLS
        else [],
        shipments=[_shipment(row) for row in goods.order_by("-asked_on", "-pk")[:MOST_SHIPMENTS]],
        shipments_url=f"{reverse('desk:shipments')}?contract={contract.pk}",
        paper=_paper(contract),
        register=title.register(contract, place),
        registered=title.registered(contract),
        deeds=_deeds(contract, user, place, as_of),
    )


def _more(contract: Contract) -> str:
    return f"{reverse('desk:customer', args=[contract.customer.code])}#owes"


# What was agreed


def _sentences(contract: Contract, place: str) -> Iterable[str]:
    if contract.method in GATE:
        yield GATE[contract.method](contract)
    if discount := contract.parameters.get("discount"):
        yield _discount(discount)
    if stated := contract.parameters.get("holidays"):
        yield _moved(stated)
    if contract.title != Contract.Title.NONE or not contract.consigned_title:  # else the clause says whose they are
        yield title.sentence(contract, place)
    yield _interest(contract.interest_clause)
    yield FIRST[contract.charges_first]()
    if contract.rest_callable:
        yield _("A missed part makes the rest callable by recorded notice.")
    if contract.benefits_while_current:
        yield _("Rebates are given only while nothing is late.")
    if contract.method == Method.CONSIGNMENT:
        yield from consignment.sentences(contract)


def _two_deliveries(contract: Contract) -> str:
    count = int(contract.parameters.get("open_batches", 1))
    return ngettext(
        "The next batch leaves when the batch before it is settled.",
        "A batch leaves when no more than %(left)s of the batches before it are open.",
        count,
    ) % {"left": count - 1}


GATE: dict[str, Callable[[Contract], str]] = {
    Method.IN_ADVANCE: lambda contract: _("Goods leave when verified money for the order covers the share."),
    Method.CASH_ON_DELIVERY: lambda contract: _("Goods are handed over against a recorded receipt, or come back."),
    Method.TWO_DELIVERIES: _two_deliveries,
    Method.CONSIGNMENT: lambda contract: _("What a count finds sold is due; the rest is still ours."),
}
FIRST: dict[bool | None, Callable[[], str]] = {
    None: lambda: _("Money settles charges or goods first as the law of the place has it."),
    True: lambda: _("Money settles charges and interest first."),
    False: lambda: _("Money settles the goods first."),
}


def _discount(stated: Mapping[str, Any]) -> str:
    days = int(stated["days"])
    words = ngettext(
        "%(share)s less if paid within %(days)s day.", "%(share)s less if paid within %(days)s days.", days
    )
    return words % {"share": ui.percent(Decimal(str(stated["share"]))), "days": days}


def _moved(stated: Mapping[str, Any]) -> str:
    if stated.get("roll") == "back":
        return _("A due date on a day off moves to the working day before (%(country)s).") % stated
    return _("A due date on a day off moves to the next working day (%(country)s).") % stated


def _interest(regime: str) -> str:
    kind, _colon, of = regime.partition(":")
    if kind == "contract":
        return _("Late amounts bear %(rate)s per cent a year by the contract.") % {"rate": of}
    if kind == "eu":
        return _("Late amounts bear the statutory rate of %(country)s.") % {"country": of}
    return _("No interest was agreed.")


def _warnings(contract: Contract, place: str, as_of: date) -> Iterable[str]:
    """No day follows from the terms, or one later than the law allows."""
    if not contract.method:
        yield _("No settlement method yet: no due date follows from this contract.")
        return
    basis = Basis(as_of, as_of, as_of)
    try:
        dues = terms.schedule(contract.method, contract.parameters, basis)
    except NotComputable as why:
        yield _("No due date follows from these terms: %(why)s.") % {"why": why}
        return
    if lacking := consignment.lacks(contract):
        yield lacking
    for found in terms.above_maximum(contract.method, contract.parameters, dues, basis, place):
        yield " ".join(agreed.above_maximum(found))


def _example(contract: Contract, as_of: date) -> Iterable[str]:
    """What the terms make of goods that are delivered and billed today."""
    basis = Basis(as_of, as_of, as_of)
    try:
        dues = terms.schedule(contract.method, contract.parameters, basis)
    except NotComputable:
        return
    for part, due in enumerate(dues, start=1):
        facts = {
            "day": ui.day(due.due_on) if due.due_on else _("no day yet"),
            "share": ui.percent(due.share),
            "rule": agreed.derivation(contract.method, contract.parameters, basis, due, part),
        }
        whole = _("%(day)s: %(rule)s.") if due.share == 1 else _("%(share)s on %(day)s: %(rule)s.")
        yield " ".join([whole % facts, *agreed.remarks(due)])


def _executed(contract: Contract, place: str) -> Executed:
    is_executed = execution.is_executed(contract.execution, has_authority=contract.has_authority, place=place)
    who = ""
    if contract.signed_by:
        day = ui.day(contract.signed_on) if contract.signed_on else _("day not known")
        facts = {"name": contract.signed_by, "day": day}
        who = _("%(name)s, %(day)s") % facts
        if not contract.has_authority:
            who = _("%(name)s, %(day)s, without authority to bind the customer") % facts
    accepted = _("Nobody of the customer has accepted the terms yet.")
    if contract.terms_accepted_on:
        facts = {"name": contract.terms_accepted_by, "day": ui.day(contract.terms_accepted_on)}
        accepted = _("Accepted by %(name)s on %(day)s.") % facts
    lacks: list[str] = []
    if not is_executed:
        asked = (
            _("Here a contract needs the unit's contract seal or unit seal.")
            if place in execution.SEALED
            else _("Here a contract needs the signature of an authorised signatory or an e-signature.")
        )
        lacks.append(_("The contract is not executed: no credit until it is. %(asked)s") % {"asked": asked})
    if not contract.terms_accepted_on:
        lacks.append(_("The terms are not accepted: nothing is released before they are."))
    is_in_force = contract.state == Contract.State.ACTIVE  # a draft still has time, an ended one has none left
    return Executed(str(contract.get_execution_display()), who, accepted, tuple(lacks) if is_in_force else ())


# Prices, goods, file


def _prices(lines: list[PriceLine], as_of: date) -> list[PriceRow]:
    ordered = sorted(lines, key=lambda line: (line.product.name, line.credit_days or -1, line.starts_on, line.pk))
    return [
        PriceRow(
            product=line.product.name,
            code=line.product.code,
            unit=line.product.unit,
            price=line.unit_price,
            tier=_tier(line.credit_days),
            valid=wording.period(line.starts_on, line.ends_before),
            is_current=pricing.holds_on(line, as_of),
        )
        for line in ordered
    ]


def _tier(days: int | None) -> str:
    if days is None:
        return _("the contract's own terms")
    return ngettext("paid within %(days)s day", "paid within %(days)s days", days) % {"days": days}


def _shipment(row: Shipment) -> ShipmentRow:
    return ShipmentRow(
        name=wording.delivery(row),
        number=row.number,
        url=reverse("desk:shipment", args=[row.pk]),
        state=str(row.get_state_display()),
        is_held=row.state == Shipment.State.HELD,
        asked_on=row.asked_on,
        delivered_on=row.delivered_on,
        amount=row.amount,
    )


def _paper(contract: Contract) -> Paper | None:
    if contract.document is None:
        return None
    url = reverse("desk:contract-file", args=[contract.pk])
    return Paper(contract.document.name, contract.document.sha256, clock.business_day(contract.document.stored_at), url)


def _deeds(contract: Contract, user: User, place: str, as_of: date) -> Deeds:
    changes = user.role in CHANGES
    is_draft, is_active = contract.state == Contract.State.DRAFT, contract.state == Contract.State.ACTIVE
    is_over = contract.ends_before is not None and contract.ends_before <= as_of
    return Deeds(
        change=changes and is_draft,
        activate=changes and is_draft,
        end=changes and is_active,
        make_good=changes and (is_draft or is_active),
        attach=changes,
        read=changes and is_draft and not readings.has_written(contract, user),
        state_clause=changes and is_active and bool(consignment.lacks(contract)),
        register=changes and not is_draft and bool(title.register(contract, place)),
        price=changes and (is_draft or is_active),
        ask=user.role in ASKS and is_active and not is_over,
    )
