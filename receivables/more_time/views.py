"""Doors of more time: extensions and instalment plans, asked for, and decided by a second person."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.days import next_month
from common.lists import answer
from customers.models import Customer
from receivables import services
from receivables.models import DueItem, Extension, InstalmentPlan
from receivables.more_time import pages
from receivables.more_time.filters import MoreTimeFilter
from receivables.more_time.forms import DeclineForm, ExtensionForm, GrantForm, PlanForm, prefilled
from receivables.more_time.pages import ASKS, DECIDES, Row
from receivables.more_time.tables import MoreTimeTable
from receivables.once import once
from staff.access import only_for, person
from staff.models import Role

READS = (Role.REP, Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_safe
@only_for(*READS)
def more_time(request: HttpRequest) -> HttpResponse:
    """Both kinds in one list, what waits first."""
    user = person(request)
    extensions = MoreTimeFilter(request.GET, queryset=Extension.objects.visible_to(user), user=user)
    plans = MoreTimeFilter(request.GET, queryset=InstalmentPlan.objects.visible_to(user), user=user)
    return answer(
        request,
        table=MoreTimeTable(pages.lines(extensions.qs, plans.qs)),
        form=extensions.form,
        template="receivables/more_time.html",
        name="extensions-and-plans",
        title=_("Extensions and plans"),
        as_of=clock.business_today(),
        context={"may_ask": user.role in ASKS},
    )


@require_safe
@only_for(*READS)
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _extension(request, pk))


@require_safe
@only_for(*READS)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _plan(request, pk))


# Asking


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*ASKS)
def ask_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a due item may be paid later."""
    seen = DueItem.objects.visible_to(person(request)).select_related("invoice", "customer")
    item = get_object_or_404(seen, pk=pk)
    form = ExtensionForm(request.POST if request.method == "POST" else None, item=item, on=_today())

    def deed() -> str:
        said = form.cleaned_data
        services.ask_extension(
            due_item=item, until=said["until"], because=said["because"], on=_today(), by=person(request)
        )
        return _("The extension waits for a second person.")

    if form.is_valid() and once(request, form, "receivables.extension_asked", deed):
        return redirect("receivables:more-time")
    page = {"item": item, "form": form, "title": _("Ask for an extension"), "submit": _("Ask")}
    return render(request, "receivables/ask.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*ASKS)
def ask_plan(request: HttpRequest) -> HttpResponse:
    """First the customer, then its open items and the parts: `divide` fills them in, `ask` asks."""
    code = request.GET.get("customer", "").strip()
    if not code:
        return render(request, "receivables/ask_plan.html", {}, status=422 if request.method == "POST" else 200)
    customer = get_object_or_404(Customer.objects.visible_to(person(request)), code=code)
    items = pages.open_items(customer)
    codes = pages.currencies(items)
    asked = request.GET.get("currency", "")
    currency = asked if asked in codes else next(iter(codes), "")
    rows = [item for item in items if item.currency == currency]
    page = {"customer": customer, "currency": currency, "currencies": codes}
    if request.method != "POST":
        first_on = next_month(_today())
        return _plan_page(request, page, _plan_form(rows, currency, prefilled(rows, currency, first_on)))
    form = PlanForm(request.POST, items=rows, currency=currency)
    if request.POST.get("step") == "divide":
        divides = form.may_divide()
        return _plan_page(request, page, _plan_form(rows, currency, form.divided()) if divides else form)
    return _asked(request, page, form, customer)


def _asked(request: HttpRequest, page: dict[str, Any], form: PlanForm, customer: Customer) -> HttpResponse:
    def deed() -> str:
        services.ask_plan(
            customer=customer,
            currency=form.currency,
            items=[item.pk for item in form.chosen],
            parts=form.parts,
            because=form.cleaned_data["because"],
            on=_today(),
            by=person(request),
        )
        return _("The instalment plan waits for a second person.")

    if form.is_valid() and once(request, form, "receivables.plan_asked", deed):
        return redirect("receivables:more-time")
    return _plan_page(request, page, form)


def _plan_form(items: list[DueItem], currency: str, initial: dict[str, Any]) -> PlanForm:
    return PlanForm(items=items, currency=currency, initial=initial)


def _plan_page(request: HttpRequest, page: dict[str, Any], form: PlanForm) -> HttpResponse:
    return render(request, "receivables/ask_plan.html", page | {"form": form}, status=422 if form.errors else 200)


# Deciding


@require_POST
@only_for(*DECIDES)
def grant_extension(request: HttpRequest, pk: int) -> HttpResponse:
    row = _extension(request, pk)
    return _decide(
        request,
        row,
        "grant",
        GrantForm(request.POST),
        lambda said: services.grant_extension(extension=row, on=_today(), by=person(request)),
        _("The extension is granted; the later date is in force."),
    )


@require_POST
@only_for(*DECIDES)
def decline_extension(request: HttpRequest, pk: int) -> HttpResponse:
    row = _extension(request, pk)
    return _decide(
        request,
        row,
        "decline",
        DeclineForm(request.POST, auto_id="decline_%s"),
        lambda said: services.decline_extension(
            extension=row, on=_today(), by=person(request), because=said["because"]
        ),
        _("The extension is declined; the due date stays."),
    )


@require_POST
@only_for(*DECIDES)
def grant_plan(request: HttpRequest, pk: int) -> HttpResponse:
    row = _plan(request, pk)
    return _decide(
        request,
        row,
        "grant",
        GrantForm(request.POST),
        lambda said: services.grant_plan(plan=row, on=_today(), by=person(request)),
        _("The instalment plan is granted; its items are due with the first part."),
    )


@require_POST
@only_for(*DECIDES)
def decline_plan(request: HttpRequest, pk: int) -> HttpResponse:
    row = _plan(request, pk)
    return _decide(
        request,
        row,
        "decline",
        DeclineForm(request.POST, auto_id="decline_%s"),
        lambda said: services.decline_plan(plan=row, on=_today(), by=person(request), because=said["because"]),
        _("The instalment plan is declined; the due dates stay."),
    )


def _decide(
    request: HttpRequest, row: Row, name: str, form: forms.Form, act: Callable[[Any], Any], said: str
) -> HttpResponse:
    def deed() -> str:
        act(form.cleaned_data)
        return said

    if form.is_valid() and once(request, form, "receivables.more_time_decided", deed):
        return redirect(pages.url_of(row))
    return _page(request, row, status=422, refused=form, **{name: form})


def _page(request: HttpRequest, row: Row, *, status: int = 200, **shown: Any) -> HttpResponse:
    found = pages.page_of(row, as_of=_today())
    page = {
        "row": row,
        "page": found,
        "rights": pages.rights_of(person(request), row, found, on=_today()),
        "grant": GrantForm(),
        "decline": DeclineForm(auto_id="decline_%s"),
        "grant_url": pages.deed_url(row, "grant"),
        "decline_url": pages.deed_url(row, "decline"),
    }
    template = "receivables/extension.html" if isinstance(row, Extension) else "receivables/plan.html"
    return render(request, template, page | shown, status=status)


def _extension(request: HttpRequest, pk: int) -> Extension:
    seen = Extension.objects.visible_to(person(request)).select_related("customer", "due_item__invoice")
    return get_object_or_404(seen, pk=pk)


def _plan(request: HttpRequest, pk: int) -> InstalmentPlan:
    return get_object_or_404(InstalmentPlan.objects.visible_to(person(request)).select_related("customer"), pk=pk)


def _today() -> date:
    return clock.business_today()
