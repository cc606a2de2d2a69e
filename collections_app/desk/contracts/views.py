"""Doors of contracts: the list, one contract with what it made due, drafts, and what makes a contract good."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collections_app.desk.contracts import lists, terms_fields
from collections_app.desk.contracts.clause import ReadForm
from collections_app.desk.contracts.consignment import StateClauseForm
from collections_app.desk.contracts.forms import (
    AcceptForm,
    AttachForm,
    ContractForm,
    ContractsFilter,
    CustomerForm,
    EndForm,
    ExecuteForm,
    GoForm,
    PriceForm,
    RegisterForm,
)
from collections_app.desk.contracts.order import OrderForm
from collections_app.desk.contracts.reading import ASKS, CHANGES, contract_page
from collections_app.desk.contracts.rest import CALLS, CallForm, callable_rests
from collections_app.desk.contracts.tables import ContractsTable
from collections_app.gate import services as gate
from common import clock, scans
from common.lists import answer
from common.templatetags import ui
from contracts import services
from contracts.models import Contract, Method, Shipment
from customers.models import Customer
from receivables import services as receivables
from receivables.models import Invoice
from receivables.once import once
from staff.access import only_for, person


@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    user, today = person(request), clock.business_today()
    found = ContractsFilter(request.GET, queryset=lists.contracts(user), user=user, as_of=today)
    return answer(
        request,
        table=ContractsTable(found.qs),
        form=found.form,
        template="desk/contracts.html",
        name="contracts",
        title=_("Contracts"),
        as_of=today,
        context={"may_draft": user.role in CHANGES},
    )


@require_safe
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _contract(request, pk))


@require_safe
def contract_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed paper, handed over as a file."""
    found = _contract(request, pk)
    if found.document is None:
        raise Http404(pk)
    return scans.as_download(found.document)


# Drafts


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*CHANGES)
def new_contract(request: HttpRequest) -> HttpResponse:
    """Step one: whose it is, and how it is settled. Step two: what was agreed."""
    user = person(request)
    code = request.GET.get("customer", "").strip()
    if not code:
        return render(request, "desk/new_contract.html", {"choose": CustomerForm(user=user)})
    choose = CustomerForm({"customer": code}, user=user)
    if not choose.is_valid():
        return render(request, "desk/new_contract.html", {"choose": choose}, status=422)
    customer, method = choose.cleaned_data["customer"], request.GET.get("method", "")
    page = {"customer": customer, "methods": _methods(request.path, method, customer=code)}
    if method not in Method.values:
        return render(request, "desk/new_contract.html", page)
    form = ContractForm(request.POST if request.method == "POST" else None, customer=customer, method=method)
    made: list[Contract] = []

    def deed() -> str:
        made[:] = [services.draft(contract=Contract(customer=customer, **form.values), by=person(request))]
        return _("Contract %(number)s is drafted. Add its prices, then activate it.") % {"number": made[0].number}

    if form.is_valid() and once(request, form, "contracts.drafted", deed):
        return redirect("desk:contract", pk=made[0].pk if made else _known(customer, form))
    return render(request, "desk/new_contract.html", page | {"form": form}, status=422 if form.errors else 200)


def _known(customer: Customer, form: ContractForm) -> int:
    """The same form was sent before: its draft is here."""
    return get_object_or_404(Contract, customer=customer, number=form.cleaned_data["number"].strip()).pk


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*CHANGES)
def edit_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """Other terms for a draft; with `?method=` another settlement."""
    row = _contract(request, pk)
    if request.method != "POST" and row.state != Contract.State.DRAFT:
        return redirect("desk:contract", pk=row.pk)
    asked = request.GET.get("method", "")
    method = asked if asked in Method.values else row.method
    page: dict[str, Any] = {
        "contract": row, "customer": row.customer, "methods": _methods(request.path, method), "method": method
    }  # fmt: skip
    if not method:
        return render(request, "desk/edit_contract.html", page)
    sent = request.POST if request.method == "POST" else None
    form = ContractForm(sent, customer=row.customer, method=method, contract=row)

    def deed() -> str:
        services.change_draft(contract=row, by=person(request), **form.values)
        return _("The draft %(number)s is changed.") % {"number": form.cleaned_data["number"]}

    if form.is_valid() and once(request, form, "contracts.changed", deed):
        return redirect("desk:contract", pk=row.pk)
    return render(request, "desk/edit_contract.html", page | {"form": form}, status=422 if form.errors else 200)


def _methods(path: str, current: str, **query: str) -> list[dict[str, Any]]:
    """The methods as links: choosing one is a step that needs no script."""
    return [
        {
            "url": f"{path}?{urlencode({**query, 'method': method.value})}",
            "label": method.label,
            "hint": terms_fields.HINTS[method],
            "is_current": method.value == current,
        }
        for method in Method
    ]


# What makes it good


@require_POST
@only_for(*CHANGES)
def execute(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _contract(request, pk), ExecuteForm(request.POST, auto_id="execute_%s")

    def deed() -> str:
        said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        services.execute(contract=row, by=person(request), **said)
        return _("The execution of %(number)s is noted.") % {"number": row.number}

    return _done(request, row, "execute", form, "contracts.executed", deed)


@require_POST
@only_for(*CHANGES)
def accept_terms(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _contract(request, pk), AcceptForm(request.POST, auto_id="accept_%s")

    def deed() -> str:
        said = form.cleaned_data
        services.accept_terms(contract=row, accepted_by=said["accepted_by"], on=said["on"], by=person(request))
        return _("The terms of %(number)s are accepted.") % {"number": row.number}

    return _done(request, row, "accept", form, "contracts.terms_accepted", deed)


@require_POST
@only_for(*CHANGES)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _contract(request, pk), GoForm(request.POST)

    def deed() -> str:
        services.activate(contract=row, on=clock.business_today(), by=person(request))
        return _("Contract %(number)s is active.") % {"number": row.number}

    return _done(request, row, "activate", form, "contracts.activated", deed)


@require_POST
@only_for(*CHANGES)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _contract(request, pk), EndForm(request.POST, auto_id="end_%s")

    def deed() -> str:
        ended = services.end(contract=row, on=form.cleaned_data["on"], by=person(request))
        facts = {"number": ended.number, "day": ui.day(form.cleaned_data["on"])}
        return _("Contract %(number)s ends; its last day is %(day)s.") % facts

    return _done(request, row, "end", form, "contracts.ended", deed)


@require_POST
@only_for(*CHANGES)
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _contract(request, pk), AttachForm(request.POST, files=request.FILES)

    def deed() -> str:
        document = scans.store(form.cleaned_data["file"])
        services.attach(contract=row, document=document, by=person(request))
        return _("%(name)s is filed.") % {"name": document.name}

    return _done(request, row, "attach", form, "contracts.filed", deed)


@require_POST
@only_for(*CHANGES)
def register_title(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _contract(request, pk), RegisterForm(request.POST, auto_id="register_%s")

    def deed() -> str:
        said = form.cleaned_data
        services.register_title(contract=row, reference=said["reference"], on=said["on"], by=person(request))
        facts = {"number": row.number, "day": ui.day(said["on"])}
        return _("The retention of title of %(number)s is registered since %(day)s.") % facts

    return _done(request, row, "register", form, "contracts.title_registered", deed)


@require_POST
@only_for(*CHANGES)
def state_clause(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _contract(request, pk), StateClauseForm(request.POST, auto_id="clause_%s")

    def deed() -> str:
        services.state_clause(contract=row, on=clock.business_today(), by=person(request), **form.values)
        return _("The consignment clause of %(number)s is on record.") % {"number": row.number}

    return _done(request, row, "state_clause", form, "contracts.consignment_stated", deed)


@require_POST
@only_for(*CHANGES)
def read_clause(request: HttpRequest, pk: int) -> HttpResponse:
    is_beside = request.POST.get("is_beside") == "True"
    row, form = _contract(request, pk), _read_form(request.POST, is_beside=is_beside)

    def deed() -> str:
        services.read_clause(
            contract=row, is_beside=is_beside, grounds=form.cleaned_data["grounds"], by=person(request)
        )
        return _("The clause is read; its wording no longer stands in the way of contract %(number)s.") % {
            "number": row.number
        }

    return _done(request, row, "read_beside" if is_beside else "read", form, "contracts.clause_read", deed)


def _read_form(sent: Any = None, *, is_beside: bool) -> ReadForm:
    """Each marked clause of the page has its own."""
    name = "read_beside" if is_beside else "read"
    return ReadForm(sent, auto_id=f"{name}_%s", initial={"is_beside": is_beside})


@require_POST
@only_for(*CHANGES)
def set_price(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _contract(request, pk), PriceForm(request.POST, auto_id="price_%s")

    def deed() -> str:
        said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        line = services.set_price(contract=row, by=person(request), **said)
        facts = {
            "product": line.product,
            "price": ui.price(line.unit_price, row.currency),
            "unit": line.product.unit,
            "day": ui.day(line.starts_on),
        }
        return _("%(product)s: %(price)s per %(unit)s from %(day)s on.") % facts

    return _done(request, row, "price", form, "contracts.price_set", deed)


# Calling the rest


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*CALLS)
def call_rest(request: HttpRequest, pk: int) -> HttpResponse:
    """A part was missed: what the notice would bring forward is read before anything is moved."""
    today = clock.business_today()
    seen = Invoice.objects.visible_to(person(request)).select_related("customer", "shipment__contract")
    row = get_object_or_404(seen, pk=pk)
    found = callable_rests(seen.filter(pk=pk), as_of=today)
    form = CallForm(request.POST if request.method == "POST" else None)

    def deed() -> str:
        said = form.cleaned_data
        moved = receivables.call_rest(
            invoice=row, notice_on=said["on"], due_on=said["due_on"], reference=said["reference"], by=person(request)
        )
        facts = {"number": row.number, "day": ui.day(said["due_on"]), "count": len(moved)}
        return (
            ngettext(
                "%(count)s part of invoice %(number)s is due on %(day)s by the notice.",
                "%(count)s parts of invoice %(number)s are due on %(day)s by the notice.",
                len(moved),
            )
            % facts
        )

    if form.is_valid() and once(request, form, "receivables.rest_called", deed):
        return redirect("desk:invoice", pk=row.pk)
    page = {"invoice": row, "rest": found[0] if found else None, "form": form, "as_of": today}
    return render(request, "desk/call_rest.html", page, status=422 if form.errors else 200)


# Asking for goods


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*ASKS)
def plan_shipment(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer asks for the next delivery. The gate is asked at once, and what falls due by it falls due."""
    row = _contract(request, pk)
    today = clock.business_today()
    form = OrderForm(request.POST if request.method == "POST" else None, contract=row, on=today)
    made: list[Shipment] = []

    def deed() -> str:
        made[:] = [gate.ask_next(contract=row, lines=form.lines, by=person(request), **form.values)]
        return _("Shipment %(number)s is planned.") % {"number": made[0].number}

    if form.is_valid() and once(request, form, "gate.asked_next", deed):
        return redirect("desk:shipment", pk=made[0].pk) if made else redirect("desk:contract", pk=row.pk)
    page = {"contract": row, "form": form, "may_ask": contract_page(row, user=person(request), as_of=today).deeds.ask}
    return render(request, "desk/plan_shipment.html", page, status=422 if form.errors else 200)


# The page


def _done(
    request: HttpRequest, row: Contract, name: str, form: forms.Form, verb: str, deed: Callable[[], str]
) -> HttpResponse:
    if form.is_valid() and once(request, form, verb, deed):
        return redirect("desk:contract", pk=row.pk)
    return _page(request, row, status=422, refused=form, **{name: form})


def _contract(request: HttpRequest, pk: int) -> Contract:
    seen = Contract.objects.visible_to(person(request)).select_related("customer", "document")
    return get_object_or_404(seen.defer("document__content"), pk=pk)


def _page(request: HttpRequest, row: Contract, *, status: int = 200, **sent: Any) -> HttpResponse:
    today = clock.business_today()
    found = contract_page(row, user=person(request), as_of=today)
    page = {
        "page": found,
        "as_of": today,
        "activate": GoForm(),
        "execute": ExecuteForm(auto_id="execute_%s"),
        "accept": AcceptForm(auto_id="accept_%s"),
        "end": EndForm(auto_id="end_%s"),
        "attach": AttachForm(auto_id="attach_%s"),
        "register": RegisterForm(auto_id="register_%s"),
        "price": PriceForm(auto_id="price_%s"),
        "state_clause": StateClauseForm(auto_id="clause_%s"),
        "read": _read_form(is_beside=False),
        "read_beside": _read_form(is_beside=True),
        "ask_url": reverse("desk:plan-shipment", args=[row.pk]),
    }
    return render(request, "desk/contract.html", page | sent, status=status)
