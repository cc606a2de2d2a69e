"""Doors of the desk: the board, the rows behind it, customers, invoices, health."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collections_app.cases import warning_queries as warnings
from collections_app.cases.warnings import SEES
from collections_app.desk import board as boards
from collections_app.desk import board_file, history, invoice, lists, position, rows, search
from collections_app.desk import customer as customers
from collections_app.desk import health as health_queries
from collections_app.desk.contracts.reading import CHANGES as DRAFTS
from collections_app.desk.facts import reading as facts
from collections_app.desk.facts.forms import WhyForm
from collections_app.desk.filters import CustomersFilter, InvoicesFilter
from collections_app.desk.forms import BoardFilter, RowsFilter, bounds_asked, day_asked
from collections_app.desk.freshness import freshness
from collections_app.desk.navigation import ACTS, DESK, OFFICE
from collections_app.desk.scope import Scope
from collections_app.desk.tables import CustomersTable, InvoicesTable, ReceivablesTable
from collections_app.policy import queries as policy
from common import clock
from common.lists import EXPORTS, answer, as_file, exports
from customers.models import Customer
from receivables import queries as ledger
from receivables.models import Invoice
from receivables.more_time.pages import ASKS
from staff.access import only_for, person
from staff.models import Role

HOMES = {Role.REP: "visits:today", Role.FINANCE: "desk:ageing"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page on which a day of this role begins."""
    user = person(request)
    for name in (HOMES.get(Role(user.role), "desk:ageing"), "desk:receivables"):
        try:
            return redirect(reverse(name))
        except NoReverseMatch:
            continue
    raise PermissionDenied


@require_safe
@only_for(*DESK)
def ageing(request: HttpRequest) -> HttpResponse:
    user = person(request)
    night, today = position.last_night(), clock.business_today()
    form = BoardFilter(
        request.GET, user=user, night=night.business_date if night else today, today=today, base=ledger.base_currency()
    )
    scope = form.scope()
    reading = position.reading_of(scope)
    bounds = bounds_asked(request.GET, policy.in_force(scope.as_of).buckets)
    kind = request.GET.get("export", "")
    if kind in EXPORTS and not form.errors:
        groups = position.groups(scope, user=user, bounds=bounds, reading=reading)
        blocks = board_file.blocks(groups, bounds=bounds)
        return as_file(kind, blocks, form=form, name="ageing", as_of=scope.as_of)
    month_ago = boards.compared_day(scope.as_of)
    found = boards.board(scope, user=user, bounds=bounds, reading=reading, month_ago=month_ago)
    page = {
        "board": found,
        "form": form,
        "freshness": freshness(
            scope, reading=reading, last=night, today=today, user=user, address=lambda other: other.board_url
        ),
        "clear_url": request.path if scope.is_filtered or scope.currency else "",
        "rows_url": scope.rows_url,
        "migration_url": _migration_url(month_ago, scope.as_of),
        "exports": exports(request),
        "waiting": rows.waiting(user, scope),
    }
    return render(request, "desk/ageing.html", page, status=422 if form.errors else 200)


def _migration_url(first: date | None, last: date) -> str:
    days = {"from_day": first.isoformat(), "to_day": last.isoformat()} if first else {}
    return f"{reverse('desk:migration')}{'?' if days else ''}{urlencode(days)}"


@require_safe
def receivables(request: HttpRequest) -> HttpResponse:
    """The rows behind a figure, with the same total on top."""
    user = person(request)
    night, today = position.last_night(), clock.business_today()
    shown = night.business_date if night else today
    day = day_asked(request.GET, today if request.GET.get("now") else shown)
    bounds = bounds_asked(request.GET, policy.in_force(day).buckets)
    form = RowsFilter(
        request.GET,
        user=user,
        night=shown,
        today=today,
        base=ledger.base_currency(),
        bounds=bounds,
    )
    scope: Scope = form.scope()
    reading = position.reading_of(scope)
    context = {
        "totals": rows.totals(scope, user=user, bounds=bounds, reading=reading),
        "freshness": freshness(
            scope, reading=reading, last=night, today=today, user=user, address=lambda other: other.rows_url
        ),
        "looked_into": rows.looked_into(scope),
        "clear_url": request.path if any(request.GET.get(name) for name in form.fields) else "",
        "board_url": scope.board_url if user.role in DESK else "",
    }
    found = position.rows(scope, user=user, bounds=bounds, reading=reading)
    return answer(
        request,
        table=ReceivablesTable(found, as_of=scope.as_of),
        form=form,
        template="desk/receivables.html",
        name="receivables",
        title=_("Receivables"),
        as_of=scope.as_of,
        tie=("what", "key"),
        context=context,
    )


@require_safe
def customer_list(request: HttpRequest) -> HttpResponse:
    """Where the search box leads as well: the whole number of one document opens its page."""
    user, today = person(request), clock.business_today()
    page = search.page_of(request.GET["q"], user=user) if set(request.GET) == {"q"} else ""
    if page:
        return redirect(page)
    base = ledger.base_currency()
    rates = ledger.rates_on(today, base=base)
    found = CustomersFilter(
        request.GET, queryset=lists.customers(user=user, as_of=today, rates=rates), user=user, as_of=today
    )
    return answer(
        request,
        table=CustomersTable(found.qs, base=base),
        form=found.form,
        template="desk/customers.html",
        name="customers",
        title=_("Customers"),
        as_of=today,
        context={"base": base, "rates": [(code, stated) for code, stated in sorted(rates.items()) if code != base]},
    )


@require_safe
def customer(request: HttpRequest, code: str) -> HttpResponse:
    user, today = person(request), clock.business_today()
    seen = Customer.objects.visible_to(user).select_related("owner", "group", "payer")
    found = get_object_or_404(seen, code=code)
    kind = request.GET.get("kind", "")
    number = request.GET.get("page", "1")
    page: dict[str, Any] = {
        "page": customers.customer_page(found, as_of=today, opens_money=user.role in DESK),
        "history": history.history(
            found, kind=kind if kind in history.KINDS else "", page=max(1, int(number)) if number.isdecimal() else 1
        ),
        "kinds": [(name, label) for name, (label, _read) in history.KINDS.items()],
        "as_of": today,
        "record_url": f"{reverse('receivables:record-payment')}?{urlencode({'customer': found.code})}"
        if user.role == Role.FINANCE
        else "",
        "draft_url": f"{reverse('desk:new-contract')}?{urlencode({'customer': found.code})}"
        if user.role in DRAFTS
        else "",
        "facts": facts.facts_panel(found, user=user),
        "warnings": warnings.of_customer(found.pk, as_of=today),
        "seen_url": reverse("desk:seen", args=[found.code]) if user.role in SEES else "",
        "payer_url": reverse("desk:payer", args=[found.code]) if user.role in OFFICE else "",
        "place_url": reverse("desk:place", args=[found.code]) if user.role in ACTS else "",
    }
    return render(request, "desk/customer.html", page)


@require_safe
def invoice_list(request: HttpRequest) -> HttpResponse:
    user, today = person(request), clock.business_today()
    found = InvoicesFilter(request.GET, queryset=lists.invoices(user=user), user=user, as_of=today)
    return answer(
        request,
        table=InvoicesTable(found.qs),
        form=found.form,
        template="desk/invoices.html",
        name="invoices",
        title=_("Invoices"),
        as_of=today,
    )


@require_safe
def invoice_page(request: HttpRequest, pk: int) -> HttpResponse:
    seen = Invoice.objects.visible_to(person(request)).select_related(
        "customer", "shipment__contract", "shipment__site", "shipment__proof"
    )
    found = get_object_or_404(seen, pk=pk)
    today = clock.business_today()
    explained = facts.explained_items(found, user=person(request), as_of=today)
    told = {row.key: row.told for row in explained}
    why = WhyForm(request.GET) if "as_of" in request.GET else WhyForm(initial={"as_of": today})
    day = why.cleaned_data["as_of"] if why.is_valid() else today
    page = {
        "why": why,
        "why_of": day if day != today else None,
        "page": invoice.invoice_page(found, user=person(request), as_of=today, told=told),
        "explained": explained if day == today else facts.explained_items(found, user=person(request), as_of=day),
        "confirm_url": reverse("desk:record-confirmation", args=[found.customer.code])
        if person(request).role in facts.ENTERS
        else "",
        "as_of": today,
        "may_act": person(request).role == Role.FINANCE,
        "may_ask_time": person(request).role in ASKS,
    }
    return render(request, "desk/invoice.html", page)


@require_safe
@only_for(*DESK)
def health(request: HttpRequest) -> HttpResponse:
    """Did the night run, did the books tie, is anything waiting?"""
    return render(request, "desk/health.html", {"health": health_queries.health(today=clock.business_today())})
