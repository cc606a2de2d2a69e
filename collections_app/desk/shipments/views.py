"""Doors of shipments: the board, one shipment, and every verb that moves it. The gate decides what may leave."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collections_app.desk import wording
from collections_app.desk.holds.forms import DecisionForm
from collections_app.desk.shipments import board, reading
from collections_app.desk.shipments.forms import (
    CountForm,
    DeliverForm,
    GoForm,
    InvoiceForm,
    PartForm,
    ProofForm,
    ShipmentsFilter,
    TakeBackForm,
)
from collections_app.desk.shipments.reading import DECIDES, HANDLES, Read
from collections_app.desk.shipments.tables import ShipmentsTable
from collections_app.gate import keeping
from collections_app.gate import services as gate
from collections_app.gate.queries import Answer
from common import clock, scans
from common.lists import answer
from common.templatetags import ui
from contracts import services as contracts
from contracts.models import Count, Method, Proof, Shipment
from receivables import services as receivables
from receivables.once import once
from staff.access import only_for, person
from staff.models import Role


@require_safe
def shipments(request: HttpRequest) -> HttpResponse:
    user, today = person(request), clock.business_today()
    found = ShipmentsFilter(request.GET, queryset=board.shipments(user), user=user, as_of=today)
    shown = request.GET.get("show", "")
    sections = [
        {
            "label": label,
            "count": count,
            "url": f"{reverse('desk:shipments')}?{urlencode({'show': name})}",
            "is_current": name == shown,
        }
        for name, label, count in board.counts(user, as_of=today)
    ]
    return answer(
        request,
        table=ShipmentsTable(found.qs, as_of=today),
        form=found.form,
        template="desk/shipments.html",
        name="shipments",
        title=_("Shipments"),
        as_of=today,
        context={
            "sections": sections,
            "is_filtered": set(request.GET) - {"page", "sort"},
            "is_sorted": "sort" in request.GET,
        },
    )


@require_safe
def shipment(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _shipment(request, pk))


@require_safe
def proof_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed paper, handed over as a file."""
    proof = Proof.objects.filter(shipment=_shipment(request, pk)).select_related("document").first()
    if proof is None or proof.document is None:
        raise Http404(pk)
    return scans.as_download(proof.document)


# The gate


@require_POST
@only_for(*DECIDES)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _shipment(request, pk), GoForm(request.POST)

    def deed() -> str:
        return _answered(row, gate.release(shipment=row, on=clock.business_today(), by=person(request)))

    return _done(request, row, "release", form, "gate.release_asked", deed)


@require_POST
@only_for(*DECIDES)
def release_part(request: HttpRequest, pk: int) -> HttpResponse:
    row = _shipment(request, pk)
    lines = list(row.lines.select_related("product").order_by("pk"))
    form = PartForm(request.POST, lines=lines)

    def deed() -> str:
        given = gate.release_part(shipment=row, keep=form.keep, on=clock.business_today(), by=person(request))
        return _answered(row, given)

    return _done(request, row, "part", form, "gate.part_released", deed)


@require_POST
@only_for(*DECIDES)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep, release or override, from the list of holds or the shipment's page; a refusal is shown on the latter."""
    row = _shipment(request, pk)
    form = DecisionForm(request.POST, shipment=row)

    def deed() -> str:
        said, user, today = form.cleaned_data, person(request), clock.business_today()
        if said["decision"] == DecisionForm.KEEP:
            keeping.keep(shipment=row, reason=said["reason"], by=user)
            return _("%(what)s of %(customer)s stays on hold.") % _named(row)
        if said["decision"] == DecisionForm.OVERRIDE:
            gate.override(shipment=row, reason=said["reason"], ends_before=form.ends_before, on=today, by=user)
            return _("%(what)s of %(customer)s leaves against the gate.") % _named(row)
        return _answered(row, gate.release(shipment=row, on=today, by=user))

    if form.is_valid() and once(request, form, "gate.decided", deed):
        return redirect("desk:holds") if form.cleaned_data["back"] else redirect("desk:shipment", pk=row.pk)
    return _page(request, row, status=422, decide=form, refused=form)


def _named(row: Shipment) -> dict[str, str]:
    return {"what": wording.delivery(row), "customer": row.customer.name}


def _answered(row: Shipment, given: Answer) -> str:
    """What the gate said: it went, or what keeps it and what lets it go."""
    if given.may_leave:
        return _("%(what)s of %(customer)s is released.") % _named(row)
    said = " ".join(f"{cause.sentence} {cause.way_out}" for cause in given.holds)
    return _("%(what)s of %(customer)s stays on hold. %(why)s") % {**_named(row), "why": said}


# On its way


@require_POST
@only_for(*HANDLES)
def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    row = _shipment(request, pk)
    form = DeliverForm(request.POST, request.FILES, shipment=row, needs_receipt=_is_cash_on_delivery(row))

    def deed() -> str:
        said = form.cleaned_data
        gate.deliver(
            shipment=row,
            on=said["on"],
            signed_by=said["signed_by"],
            document=scans.store(said["file"]) if said["file"] else None,
            receipt=said.get("receipt"),
            by=person(request),
        )
        return _("Shipment %(number)s is delivered.") % {"number": row.number}

    return _done(request, row, "deliver", form, "contracts.shipment_delivered", deed)


@require_POST
@only_for(*HANDLES)
def file_proof(request: HttpRequest, pk: int) -> HttpResponse:
    row = _shipment(request, pk)
    form = ProofForm(request.POST, request.FILES, shipment=row)

    def deed() -> str:
        said = form.cleaned_data
        contracts.file_proof(
            shipment=row,
            signed_by=said["signed_by"],
            signed_on=said["on"],
            document=scans.store(said["file"]),
            by=person(request),
        )
        return _("The proof of delivery of %(number)s is filed.") % {"number": row.number}

    return _done(request, row, "proof", form, "contracts.proof_filed", deed)


@require_POST
@only_for(*HANDLES)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _shipment(request, pk), TakeBackForm(request.POST)

    def deed() -> str:
        gate.take_back(shipment=row, on=form.cleaned_data["on"], by=person(request))
        return _("The goods of %(number)s are here again.") % {"number": row.number}

    return _done(request, row, "take_back", form, "contracts.goods_taken_back", deed)


@require_POST
@only_for(*HANDLES)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _shipment(request, pk), GoForm(request.POST)

    def deed() -> str:
        gate.cancel(shipment=row, on=clock.business_today(), by=person(request))
        return _("Shipment %(number)s is cancelled.") % {"number": row.number}

    return _done(request, row, "cancel", form, "contracts.shipment_cancelled", deed)


# Counted and billed


@require_POST
@only_for(*HANDLES)
def record_count(request: HttpRequest, pk: int) -> HttpResponse:
    row = _shipment(request, pk)
    form = CountForm(request.POST, lines=list(row.lines.select_related("product").order_by("pk")))

    def deed() -> str:
        said = form.cleaned_data
        contracts.record_count(
            shipment=row, counted_on=said["on"], counted_by=said["counted_by"], lines=form.told, by=person(request)
        )
        return _("The count of %(day)s is recorded.") % {"day": ui.day(said["on"])}

    return _done(request, row, "count", form, "contracts.counted", deed)


@require_POST
@only_for(Role.FINANCE)
def book_counted(request: HttpRequest, pk: int) -> HttpResponse:
    row = _shipment(request, pk)
    form = InvoiceForm(request.POST, shipment=row, has_tax=False)
    count = Count.objects.filter(shipment=row).order_by("-counted_on").first()

    def deed() -> str:
        said = form.cleaned_data
        if count is None:
            raise contracts.NotACount(_("Nothing was counted yet. Record a count first."))
        made = receivables.book_counted_sales(
            count=count, number=said["number"], issued_on=said["issued_on"], by=person(request)
        )
        if made is None:
            return _("Everything that was counted as sold is billed already. Nothing was booked.")
        facts = {"number": made.number, "amount": ui.money_text(made.amount, made.currency)}
        return _("Invoice %(number)s over %(amount)s is booked for what was sold.") % facts

    return _done(request, row, "book", form, "receivables.counted_sales_invoiced", deed)


@require_POST
@only_for(Role.FINANCE)
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    row = _shipment(request, pk)
    form = InvoiceForm(request.POST, shipment=row)

    def deed() -> str:
        said = form.cleaned_data
        made = receivables.invoice_shipment(
            shipment=row,
            number=said["number"],
            issued_on=said["issued_on"],
            vat_amount=said["vat_amount"],
            by=person(request),
        )
        days = sorted(item.due_date for item in made.due_items.all() if item.due_date)
        facts = {"number": made.number, "days": ", ".join(map(ui.day, days))}
        if not days:
            return _("Invoice %(number)s is booked.") % facts
        return _("Invoice %(number)s is booked, due on %(days)s.") % facts

    return _done(request, row, "invoice", form, "receivables.shipment_invoiced", deed)


# The page


def _done(
    request: HttpRequest, row: Shipment, name: str, form: forms.Form, verb: str, deed: Callable[[], str]
) -> HttpResponse:
    if form.is_valid() and once(request, form, verb, deed):
        return redirect("desk:shipment", pk=row.pk)
    return _page(request, row, status=422, refused=form, **{name: form})


def _shipment(request: HttpRequest, pk: int) -> Shipment:
    seen = Shipment.objects.visible_to(person(request)).select_related(
        "customer__owner", "contract", "release", "proof", "split_from", "site"
    )
    return get_object_or_404(seen, pk=pk)


def _page(request: HttpRequest, row: Shipment, *, status: int = 200, **sent: Any) -> HttpResponse:
    """With a form for each thing that may be done; what was sent and refused stands in the place of its form."""
    today = clock.business_today()
    read = reading.shipment_page(row, user=person(request), as_of=today)
    page = {"page": read.page, "as_of": today, "release": GoForm(), "cancel": GoForm(), **_forms(row, read)}
    return render(request, "desk/shipment.html", page | sent, status=status)


def _forms(row: Shipment, read: Read) -> dict[str, forms.Form]:
    deeds = read.page.deeds
    found: dict[str, forms.Form] = {}
    if deeds.decide:
        found["decide"] = DecisionForm(shipment=row)
    if deeds.release and read.offer is not None and read.offer.proposal.now is not None:
        found["part"] = PartForm(lines=read.lines, quantities=read.offer.proposal.now.quantities)
    if deeds.deliver:
        found["deliver"] = DeliverForm(shipment=row, needs_receipt=_is_cash_on_delivery(row))
    if deeds.file_proof:
        found["proof"] = ProofForm(shipment=row)
    if deeds.take_back:
        found["take_back"] = TakeBackForm()
    if deeds.invoice:
        found["invoice"] = InvoiceForm(shipment=row)
    if deeds.count:
        found["count"] = CountForm(lines=read.lines, last=read.last_lines)
    if deeds.book_counted:
        found["book"] = InvoiceForm(shipment=row, has_tax=False)
    return found


def _is_cash_on_delivery(row: Shipment) -> bool:
    return row.contract is not None and row.contract.method == Method.CASH_ON_DELIVERY
