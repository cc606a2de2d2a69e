"""Where a due amount comes from: contract, shipment, invoice, the rule that made its day, and what was paid on it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.desk import wording
from collections_app.desk.places import our_place
from common.templatetags import ui
from contracts import consigned, terms
from contracts import wording as agreed
from contracts.basis import Basis
from contracts.models import Contract, Count, Method
from contracts.parameters import NotComputable, Parameters
from contracts.terms import Due
from receivables.models import Allocation, DueDateChange, DueItem
from staff.models import Role, User

STATUTORY = "statutory"


@dataclass(frozen=True, slots=True)
class Applied:
    """Money or credit on a due item, from a day; a reversal is negative."""

    applies_on: date
    source: str
    url: str
    amount: Decimal
    is_reversal: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain; what else is known of it stands in `remarks`."""

    label: str
    text: str
    url: str = ""
    remarks: tuple[str, ...] = ()
    paper_url: str = ""  # the signed paper


@dataclass(frozen=True, slots=True)
class Derivation:
    """A due amount with the chain that led to it, and the payments that lead on to what is open."""

    key: int
    invoice: str
    due_date: date | None
    amount: Decimal
    open: Decimal
    currency: str
    steps: tuple[Step, ...]
    applied: tuple[Applied, ...]


def derivations(found: QuerySet[DueItem], *, user: User) -> list[Derivation]:
    """In the order of the query set. Five statements at any size. Pages of money are linked for who may open them."""
    items = list(found.select_related("invoice__customer", "invoice__shipment__contract", "invoice__shipment__proof"))
    keys = [item.pk for item in items]
    moves: dict[int, list[DueDateChange]] = defaultdict(list)
    for change in DueDateChange.objects.filter(due_item__in=keys).order_by("applies_on", "pk"):
        moves[change.due_item_id].append(change)
    paid: dict[int, list[Allocation]] = defaultdict(list)
    rows = Allocation.objects.filter(due_item__in=keys).select_related("payment", "credit_note", "write_off")
    for row in rows.order_by("applies_on", "pk"):
        paid[row.due_item_id or 0].append(row)
    counts: dict[int, list[date]] = defaultdict(list)
    consigned_goods = Q(shipment__invoices__due_items__in=keys, shipment__contract__method=Method.CONSIGNMENT)
    for shipment, day in (
        Count.objects.filter(consigned_goods).order_by("counted_on").values_list("shipment", "counted_on").distinct()
    ):
        counts[shipment].append(day)
    place = our_place()
    links = user.role != Role.REP
    return [
        _derivation(item, _Known(moves[item.pk], [applied(row, links=links) for row in paid[item.pk]], counts, place))
        for item in items
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    moves: list[DueDateChange]
    applied: list[Applied]
    counts: Mapping[int, list[date]]  # by shipment: the days on which consigned goods were counted
    place: str


def _derivation(item: DueItem, known: _Known) -> Derivation:
    return Derivation(
        key=item.pk,
        invoice=item.invoice.number,
        due_date=item.due_date,
        amount=item.amount,
        open=item.open_amount,
        currency=item.currency,
        steps=tuple(_steps(item, known)),
        applied=tuple(known.applied),
    )


def _steps(item: DueItem, known: _Known) -> Iterable[Step]:
    invoice, shipment = item.invoice, item.invoice.shipment
    contract = shipment.contract if shipment else None
    if contract is None:
        yield Step(_("Contract"), _("No contract: the terms of the invoice hold."))
    else:
        url = reverse("desk:contract", args=[contract.pk])
        method = wording.settlement(contract.method, contract.parameters)
        yield Step(_("Contract"), contract.number, url, (method,))
    if shipment is not None:
        proof = getattr(shipment, "proof", None)
        remarks = [_("Delivered on %(day)s") % {"day": ui.day(shipment.delivered_on)}] if shipment.delivered_on else []
        if proof is not None:
            remarks.append(_("Signed for by %(name)s") % {"name": proof.signed_by})
        has_paper = proof is not None and proof.document_id is not None
        yield Step(
            _("Shipment"),
            wording.delivery(shipment),
            reverse("desk:shipment", args=[shipment.pk]),
            tuple(remarks),
            reverse("desk:proof-file", args=[shipment.pk]) if has_paper else "",
        )
    sums = {"amount": ui.money_text(invoice.amount, invoice.currency), "day": ui.day(invoice.issued_on)}
    billed = _("%(amount)s, issued on %(day)s") % sums
    yield Step(_("Invoice"), invoice.number, reverse("desk:invoice", args=[invoice.pk]), (billed,))
    sentence, remarks = rule_of(item, known.moves, counted=known.counts, place=known.place)
    yield Step(_("Rule"), sentence, "", (*remarks, *(_moved(change) for change in known.moves)))


def _moved(change: DueDateChange) -> str:
    facts = {"since": ui.day(change.applies_on), "day": ui.day(change.due_date), "because": change.because}
    return _("From %(since)s on due on %(day)s: %(because)s") % facts


def applied(row: Allocation, *, links: bool) -> Applied:
    """An allocation in words, and the page of the money behind it."""
    url = ""
    if row.write_off is not None:
        source = _("Write-off: %(code)s") % {"code": row.write_off.get_code_display()}
        url = reverse("receivables:write-off", args=[row.write_off.pk])
    elif row.payment is not None:
        source = _("%(method)s %(reference)s") % {
            "method": row.payment.get_method_display(),
            "reference": row.payment.reference,
        }
        url = reverse("receivables:payment", args=[row.payment.pk])
    else:
        source = _("Credit note %(number)s") % {"number": row.credit_note.number if row.credit_note else ""}
        url = reverse("receivables:credit-note", args=[row.credit_note.pk]) if row.credit_note else ""
    return Applied(row.applies_on, source.strip(), url if links else "", row.amount, row.reverses_id is not None)


# The rule


def rule_of(
    item: DueItem, moves: Iterable[DueDateChange], *, counted: Mapping[int, list[date]], place: str
) -> tuple[str, list[str]]:
    """The sentence of the rule that made the day, and what else holds. A day that no rule explains is the invoice's."""
    invoice, shipment = item.invoice, item.invoice.shipment
    basis = Basis(invoice.issued_on, shipment.delivered_on if shipment else None, invoice.issued_on)
    if invoice.terms_text == STATUTORY:
        return agreed.statutory(basis, invoice.customer.country or place), []
    contract = shipment.contract if shipment else None
    if shipment is None or contract is None or not contract.method:
        return _as_billed(item), []
    parameters = _as_it_came(contract, item, basis, counted.get(shipment.pk, []))
    try:
        dues = terms.schedule(contract.method, parameters, basis)
    except NotComputable:
        return _as_billed(item), []
    days = {day for day in (item.agreed_due_date, item.due_date, *(move.due_date for move in moves)) if day}
    if not days:
        return _("After the delivery, which has not been yet"), []
    found = _made(dues, days, item.position)
    if found is None:
        return _as_billed(item), _otherwise(dues)
    part, due = found
    return agreed.derivation(contract.method, parameters, basis, due, part), agreed.remarks(due)


def _made(dues: list[Due], days: set[date], position: int) -> tuple[int, Due] | None:
    """The part of the schedule that the item is: that of its place, else the first that falls on its day."""
    fits = [(part, due) for part, due in enumerate(dues, start=1) if due.due_on in days]
    return next((pair for pair in fits if pair[0] == position), fits[0] if fits else None)


def _as_it_came(contract: Contract, item: DueItem, basis: Basis, counted: list[date]) -> Parameters:
    """The contract's parameters with what happened since: the next delivery asked for, the goods counted."""
    parameters, agreed_on = contract.parameters, item.agreed_due_date
    if contract.method == Method.TWO_DELIVERIES and agreed_on is not None:
        latest = basis.delivery.toordinal() + int(parameters.get("max_days", 0))
        if agreed_on.toordinal() < latest:
            return {**parameters, "next_asked_on": agreed_on}
    if contract.method == Method.CONSIGNMENT:
        before = [day for day in counted if day <= item.invoice.issued_on]
        if before:
            last_on = consigned.last_day(basis.delivery, int(parameters["max_days"]))
            is_bought = contract.consignment_rest == Contract.Rest.BOUGHT
            day = min(before[-1], last_on) if is_bought else before[-1]
            return {**parameters, "rest": "returned", "counted": [{"on": day, "share": "1"}]}
    return parameters


def _as_billed(item: DueItem) -> str:
    terms_text = item.invoice.terms_text
    if not terms_text or terms_text in Method.values:
        return _("As the invoice says")
    return _("As the invoice says: %(terms)s") % {"terms": terms_text}


def _otherwise(dues: list[Due]) -> list[str]:
    """What the contract would have made of it; the invoice counts."""
    [first, *others] = dues
    if others or first.due_on is None:
        return []
    return [_("By the contract it would be due on %(day)s.") % {"day": ui.day(first.due_on)}]
