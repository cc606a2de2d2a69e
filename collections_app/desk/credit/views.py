"""Doors of credit: who uses how much of which limit, and what is decided about one customer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collections_app.desk.credit import reading
from collections_app.desk.credit.forms import CheckForm, CreditFilter, LimitForm, ToldForm
from collections_app.desk.credit.page import credit_page, to_tell
from collections_app.desk.credit.tables import CreditTable
from collections_app.desk.navigation import DESK
from collections_app.gate import credit_services
from collections_app.gate.credit_services import DECIDES
from collections_app.gate.models import CreditCheck
from common import clock
from common.lists import answer
from common.refusals import Refused
from common.templatetags import ui
from customers.models import Customer
from receivables import queries as ledger
from receivables.models import Invoice
from staff.access import only_for, person


@require_safe
@only_for(*DESK)
def credit_list(request: HttpRequest) -> HttpResponse:
    user, today, base = person(request), clock.business_today(), ledger.base_currency()
    rates = ledger.rates_on(today, base=base)
    found = CreditFilter(request.GET, queryset=Customer.objects.visible_to(user), user=user, as_of=today)
    asked = found.form.cleaned_data if found.form.is_valid() else {}
    is_narrowed = any(asked.get(name) for name in ("q", "rep", "region"))
    lines = reading.lines(found.qs, everybody=user.sees_everything and not is_narrowed, as_of=today)
    if asked.get("over"):
        lines = [line for line in lines if line.is_over == (asked["over"] == "1")]
    return answer(
        request,
        table=CreditTable(lines, base=base),
        form=found.form,
        template="desk/credit.html",
        name="credit",
        title=_("Credit of customers"),
        as_of=today,
        context={
            "base": base,
            "rates": [(code, stated) for code, stated in sorted(rates.items()) if code != base],
            "totals": reading.totals(lines),
            "by_rep": reading.by_rep(lines),
            "by_region": reading.by_region(lines),
            "here": _narrowed_by(request),
        },
    )


def _narrowed_by(request: HttpRequest) -> dict[str, str]:
    """The address of the list with the other filters kept, to which a rep or a region is added."""
    found = {}
    for name in ("rep", "region"):
        query = request.GET.copy()
        for gone in (name, "page", "sort"):
            query.pop(gone, None)
        found[name] = f"?{query.urlencode()}&{name}=" if query else f"?{name}="
    return found


@require_safe
def credit_of(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, _customer(request, code))


@require_POST
@only_for(*DECIDES)
def grant_limit(request: HttpRequest, code: str) -> HttpResponse:
    customer = _customer(request, code)
    form = LimitForm(request.POST, customer=customer)
    if form.is_valid():
        try:
            limit = credit_services.grant_limit(**form.values(), on=clock.business_today(), by=person(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = {"amount": ui.money_text(limit.amount, limit.currency), "day": ui.day(limit.starts_on)}
            messages.success(request, _("From %(day)s on the limit is %(amount)s.") % said)
            return redirect("desk:credit-of", code=customer.code)
    return _page(request, customer, limit_form=form, status=422)


@require_POST
@only_for(*DECIDES)
def told_insurer(request: HttpRequest, code: str) -> HttpResponse:
    customer = _customer(request, code)
    form = ToldForm(request.POST, invoices=to_tell(customer, clock.business_today()))
    if form.is_valid():
        invoice = get_object_or_404(Invoice, customer=customer, number=form.cleaned_data["invoice"])
        try:
            done = credit_services.told_insurer(
                customer=customer, invoice=invoice, on=form.cleaned_data["on"], by=person(request)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = {"number": invoice.number, "day": ui.day(done.done_on)}
            messages.success(request, _("The insurer was told of invoice %(number)s on %(day)s.") % said)
            return redirect("desk:credit-of", code=customer.code)
    return _page(request, customer, told_form=form, status=422)


@require_POST
@only_for(*DECIDES)
def decide_check(request: HttpRequest, pk: int) -> HttpResponse:
    seen = CreditCheck.objects.visible_to(person(request)).select_related("shipment")
    check = get_object_or_404(seen, pk=pk)
    customer = _customer(request, check.customer.code)
    form = CheckForm(request.POST, check=check)
    if form.is_valid():
        try:
            credit_services.decide_check(
                check=check, **form.cleaned_data, on=clock.business_today(), by=person(request)
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The check of order %(number)s is decided.") % {"number": check.shipment.number}
            )
            return redirect("desk:credit-of", code=customer.code)
    return _page(request, customer, check_form=(check.pk, form), status=422)


def _customer(request: HttpRequest, code: str) -> Customer:
    seen = Customer.objects.visible_to(person(request)).select_related("group", "payer", "owner")
    return get_object_or_404(seen, code=code)


def _page(
    request: HttpRequest,
    customer: Customer,
    *,
    limit_form: LimitForm | None = None,
    told_form: ToldForm | None = None,
    check_form: tuple[int, CheckForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.business_today()
    found = credit_page(customer, as_of=today)
    may_decide = person(request).role in DECIDES
    sent = dict([check_form] if check_form else [])
    waits = [row for row in found.checks if may_decide and not row.check.answer]
    decided_meanwhile = set(sent) - {row.check.pk for row in waits}
    page: dict[str, Any] = {
        "page": found,
        "as_of": today,
        "may_decide": may_decide,
        "refused": next((sent[key] for key in decided_meanwhile), None),
        "waiting_checks": [(row, sent.get(row.check.pk) or CheckForm(check=row.check)) for row in waits],
    }
    if may_decide:
        page["limit_form"] = limit_form or LimitForm(customer=customer)
        page["told_form"] = told_form or ToldForm(invoices=found.to_tell)
    return render(request, "desk/credit_of.html", page, status=status)
