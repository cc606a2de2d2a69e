"""Doors of write-offs and charges: asked on an invoice, decided by a second person, taken back."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.lists import answer
from common.templatetags import ui
from receivables import services
from receivables.clearing.filters import ChargesFilter, NamedFilter, WriteOffsFilter
from receivables.clearing.forms import ChargeForm, DatedForm, ReasonForm, WaiveForm, WriteOffForm
from receivables.clearing.tables import ChargesTable, ClaimsTable, WriteOffsTable
from receivables.models import Charge, DueItem, WriteOff
from receivables.once import once
from staff import queries as people
from staff.access import only_for, person
from staff.models import Role

READS = (Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)
DECIDES = (Role.MANAGER, Role.FINANCE)


class ClaimsFilter(NamedFilter):
    number = "invoice__number"

    class Meta:
        model = DueItem
        fields: list[str] = []


@require_safe
@only_for(*READS)
def write_offs(request: HttpRequest) -> HttpResponse:
    """Requests that wait, unless another state is asked for."""
    asked = request.GET.copy()
    asked.setdefault("state", WriteOff.State.ASKED)
    seen = WriteOff.objects.visible_to(person(request)).select_related("customer", "due_item__invoice")
    found = WriteOffsFilter(asked, queryset=seen)
    return answer(
        request,
        table=WriteOffsTable(found.qs),
        form=found.form,
        template="receivables/write_offs.html",
        name="write-offs",
        title=_("Write-offs"),
        as_of=clock.business_today(),
    )


@require_safe
@only_for(*READS)
def claims(request: HttpRequest) -> HttpResponse:
    seen = DueItem.objects.visible_to(person(request)).filter(claim_amount__gt=0)
    found = ClaimsFilter(request.GET, queryset=seen.select_related("customer", "invoice"))
    return answer(
        request,
        table=ClaimsTable(found.qs, may_waive=person(request).role in DECIDES),
        form=found.form,
        template="receivables/claims.html",
        name="dormant-claims",
        title=_("Dormant claims"),
        as_of=clock.business_today(),
    )


@require_safe
@only_for(*READS)
def write_off(request: HttpRequest, pk: int) -> HttpResponse:
    return _write_off_page(request, _write_off(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.FINANCE)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to give up an open amount of a due item."""
    item = _item(request, pk)
    form = WriteOffForm(_sent(request), currency=item.currency, left=item.open_amount)

    def deed() -> str:
        said = form.cleaned_data
        services.ask_write_off(
            target=item,
            amount=said["amount"],
            code=said["code"],
            because=said["because"],
            on=said["on"],
            by=person(request),
        )
        return _("The write-off waits for a second person.")

    if form.is_valid() and once(request, form, "receivables.write_off_asked", deed):
        return redirect("receivables:write-offs")
    return _ask_page(request, item, form, _("Ask for a write-off"), _("Ask"))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.FINANCE)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Claim interest, a fixed sum or a fee on a late due item."""
    item = _item(request, pk)
    form = ChargeForm(_sent(request), currency=item.currency)

    def deed() -> str:
        said = form.cleaned_data
        services.claim(
            due_item=item,
            kind=said["kind"],
            amount=said["amount"],
            basis=said["basis"],
            on=said["on"],
            by=person(request),
        )
        return _("The charge is claimed. It stands outside the ageing until the company's ledger has it.")

    if form.is_valid() and once(request, form, "receivables.claimed", deed):
        return redirect("receivables:charges")
    return _ask_page(request, item, form, _("Claim a charge"), _("Claim"))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*DECIDES)
def waive_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the claim of a write-off go for good."""
    item, form = _item(request, pk), ReasonForm(_sent(request))

    def deed() -> str:
        said = form.cleaned_data
        amount = services.waive_claim(due_item=item, because=said["because"], on=said["on"], by=person(request))
        return _("The claim of %(amount)s is waived.") % {"amount": ui.money_text(amount, item.currency)}

    if form.is_valid() and once(request, form, "receivables.claim_waived", deed):
        return redirect("receivables:claims")
    claimed = ui.money_text(item.claim_amount, item.currency)
    return _ask_page(request, item, form, _("Waive the claim of %(amount)s") % {"amount": claimed}, _("Waive"))


@require_POST
@only_for(*DECIDES)
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    row = _write_off(request, pk)
    return _decide(
        request,
        row,
        "grant",
        DatedForm(request.POST, auto_id="grant_%s"),
        lambda said: services.grant_write_off(write_off=row, on=said["on"], by=person(request)),
        _("The write-off is granted."),
    )


@require_POST
@only_for(*DECIDES)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    row = _write_off(request, pk)
    return _decide(
        request,
        row,
        "decline",
        ReasonForm(request.POST, auto_id="decline_%s"),
        lambda said: services.decline_write_off(
            write_off=row, on=said["on"], by=person(request), because=said["because"]
        ),
        _("The write-off is declined; the amount stays open."),
    )


@require_POST
@only_for(*DECIDES)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    row = _write_off(request, pk)
    return _decide(
        request,
        row,
        "take_back",
        ReasonForm(request.POST, auto_id="take_back_%s"),
        lambda said: services.reverse_write_off(
            write_off=row, on=said["on"], by=person(request), because=said["because"]
        ),
        _("The write-off is taken back; the amount is open again."),
    )


@require_safe
@only_for(*READS)
def charges(request: HttpRequest) -> HttpResponse:
    seen = Charge.objects.visible_to(person(request)).filter(reverses=None)
    found = ChargesFilter(request.GET, queryset=seen.select_related("customer", "due_item__invoice"))
    return answer(
        request,
        table=ChargesTable(found.qs),
        form=found.form,
        template="receivables/charges.html",
        name="charges",
        title=_("Charges"),
        as_of=clock.business_today(),
    )


@require_safe
@only_for(*READS)
def charge(request: HttpRequest, pk: int) -> HttpResponse:
    return _charge_page(request, _charge(request, pk))


@require_POST
@only_for(Role.FINANCE)
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    row = _charge(request, pk)
    form = WaiveForm(request.POST, auto_id="waive_%s", currency=row.currency)

    def deed() -> str:
        said = form.cleaned_data
        services.waive(charge=row, amount=said["amount"], because=said["because"], on=said["on"], by=person(request))
        return _("The charge is waived.")

    if form.is_valid() and once(request, form, "receivables.waived", deed):
        return redirect("receivables:charge", pk=pk)
    return _charge_page(request, row, waive=form, status=422)


@require_POST
@only_for(Role.FINANCE)
def reverse_charge(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _charge(request, pk), ReasonForm(request.POST, auto_id="take_back_%s")

    def deed() -> str:
        said = form.cleaned_data
        services.reverse_charge(charge=row, because=said["because"], on=said["on"], by=person(request))
        return _("The charge is taken back.")

    if form.is_valid() and once(request, form, "receivables.charge_reversed", deed):
        return redirect("receivables:charge", pk=pk)
    return _charge_page(request, row, take_back=form, status=422)


def _decide(
    request: HttpRequest, row: WriteOff, name: str, form: forms.Form, act: Callable[[Any], Any], said: str
) -> HttpResponse:
    def deed() -> str:
        act(form.cleaned_data)
        return said

    if form.is_valid() and once(request, form, "receivables.write_off_decided", deed):
        return redirect("receivables:write-off", pk=row.pk)
    return _write_off_page(request, row, status=422, refused=form, **{name: form})


def _write_off_page(request: HttpRequest, row: WriteOff, *, status: int = 200, **shown: Any) -> HttpResponse:
    user = person(request)
    decides = user.role in DECIDES
    due = row.due_item.due_date if row.due_item else None
    page = {
        "row": row,
        "names": people.names([row.asked_by, row.approved_by]),
        "days_late": max((clock.business_today() - due).days, 0) if due else 0,
        "is_own": user.get_username() == row.asked_by,
        "may_decide": decides and row.state == WriteOff.State.ASKED and user.get_username() != row.asked_by,
        "may_take_back": decides and row.state == WriteOff.State.GRANTED,
        "grant": DatedForm(auto_id="grant_%s"),
        "decline": ReasonForm(auto_id="decline_%s"),
        "take_back": ReasonForm(auto_id="take_back_%s"),
    }
    return render(request, "receivables/write_off.html", page | shown, status=status)


def _charge_page(request: HttpRequest, row: Charge, *, status: int = 200, **shown: Any) -> HttpResponse:
    is_live = row.reverses_id is None and not hasattr(row, "reversed_by")
    page = {
        "row": row,
        "allocations": row.allocations.select_related("payment", "credit_note", "write_off").order_by("pk"),
        "may_act": person(request).role == Role.FINANCE and is_live,
        "is_live": is_live,
        "waive": WaiveForm(auto_id="waive_%s", currency=row.currency, left=row.open_amount),
        "take_back": ReasonForm(auto_id="take_back_%s"),
    }
    return render(request, "receivables/charge.html", page | shown, status=status)


def _ask_page(request: HttpRequest, item: DueItem, form: forms.Form, title: str, submit: str) -> HttpResponse:
    page = {"item": item, "form": form, "title": title, "submit": submit}
    return render(request, "receivables/ask.html", page, status=422 if form.errors else 200)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _item(request: HttpRequest, pk: int) -> DueItem:
    seen = DueItem.objects.visible_to(person(request)).select_related("invoice", "customer")
    return get_object_or_404(seen, pk=pk)


def _write_off(request: HttpRequest, pk: int) -> WriteOff:
    seen = WriteOff.objects.visible_to(person(request)).select_related(
        "customer", "due_item__invoice", "charge", "payment", "credit_note"
    )
    return get_object_or_404(seen, pk=pk)


def _charge(request: HttpRequest, pk: int) -> Charge:
    seen = Charge.objects.visible_to(person(request)).select_related("customer", "due_item__invoice", "reversed_by")
    return get_object_or_404(seen, pk=pk)
