"""Doors of early warnings: the list, one of them, what was seen at a customer, its second source, its dismissal."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import DateField, Exists, OuterRef, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collections_app.cases import warning_queries as queries
from collections_app.cases import warnings
from collections_app.cases.models import EarlyWarning
from collections_app.cases.warnings import SEES
from collections_app.desk import lists
from collections_app.desk.warnings.forms import KINDS, DismissForm, NoteForm, SecondForm, SeenForm
from collections_app.desk.warnings.tables import WarningsFilter, WarningsTable
from common import clock
from common.forms import add_refusal
from common.lists import answer
from common.refusals import Refused
from customers.models import Customer
from receivables import queries as ledger
from receivables.models import DueItem
from receivables.once import once
from staff.access import only_for, person
from staff.models import Role


@require_safe
def early_warnings(request: HttpRequest) -> HttpResponse:
    user, today, base = person(request), clock.business_today(), ledger.base_currency()
    rates = ledger.rates_on(today, base=base)
    seen = queries.with_weight(EarlyWarning.objects.visible_to(user), as_of=today)
    found = WarningsFilter(request.GET, queryset=_with_open(seen, rates, today), user=user, as_of=today)
    return answer(
        request,
        table=WarningsTable(found.qs, base=base),
        form=found.form,
        template="desk/warnings.html",
        name="warnings",
        title=_("Early warnings"),
        as_of=today,
        context={"base": base, "rates": [(code, stated) for code, stated in sorted(rates.items()) if code != base]},
    )


def _with_open(found: QuerySet[EarlyWarning], rates: Any, as_of: date) -> QuerySet[EarlyWarning]:
    """With what the customer owes in base currency, as the list of customers tells it."""
    items = DueItem.objects.filter(customer=OuterRef("customer_id"), open_amount__gt=0).order_by()
    return found.select_related("customer__owner").annotate(
        as_of=Value(as_of, output_field=DateField()),
        unrated=Exists(items.exclude(currency__in=list(rates))),
        open=lists.in_base(items, rates),
    )


@require_safe
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _warning(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*SEES)
def seen(request: HttpRequest, code: str) -> HttpResponse:
    """Two taps: this page, and the kind. Words to it come afterwards, if at all."""
    customer = get_object_or_404(Customer.objects.visible_to(person(request)).select_related("owner"), code=code)
    form = SeenForm(request.POST or None, initial={"stop": request.GET.get("stop", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            rows = warnings.see(
                customer=customer, kind=said["kind"], metres=said["metres"], on=clock.business_today(),
                by=person(request),
            )  # fmt: skip
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _noted(rows))
            back = f"?{urlencode({'stop': said['stop']})}" if said["stop"] else ""
            return redirect(reverse("desk:warning", args=[rows[0].pk]) + back)
    page = {"form": form, "customer": customer, "kinds": KINDS.items(), "back_url": _back(request, customer)}
    return render(request, "desk/seen.html", page, status=422 if form.is_bound else 200)


def _noted(rows: list[EarlyWarning]) -> str:
    first = rows[0]
    if first.seconded_on is not None:
        return _("Noted. It has a second source now and counts fully.")
    if len(rows) > 1:
        others = len(rows) - 1
        return ngettext(
            "Noted, for this customer and %(others)s other nearby.",
            "Noted, for this customer and %(others)s others nearby.",
            others,
        ) % {"others": others}
    return _("Noted: %(kind)s.") % {"kind": first.get_kind_display()}


def _back(request: HttpRequest, customer: Customer) -> str:
    """To the stop where the rep stands, else to the customer."""
    stop = request.POST.get("stop") or request.GET.get("stop", "")
    if stop.isascii() and stop.isdecimal() and len(stop) < 10:
        return reverse("visits:stop", args=[int(stop)])
    return reverse("desk:customer", args=[customer.code])


@require_POST
@only_for(*SEES)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _warning(request, pk), NoteForm(request.POST)

    def deed() -> str:
        warnings.add_note(warning=row, note=form.cleaned_data["note"], by=person(request))
        return _("The note is kept.")

    return _answer(request, row, form, "cases.warning_noted", deed, "note_form")


@require_POST
@only_for(Role.MANAGER)
def second(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _warning(request, pk), SecondForm(request.POST)

    def deed() -> str:
        warnings.second(warning=row, on=clock.business_today(), by=person(request))
        return _("Confirmed. It counts fully from now on.")

    return _answer(request, row, form, "cases.warning_seconded", deed, "second_form")


@require_POST
@only_for(*SEES)
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _warning(request, pk), DismissForm(request.POST)

    def deed() -> str:
        because = form.cleaned_data["because"]
        warnings.dismiss(warning=row, because=because, on=clock.business_today(), by=person(request))
        return _("Dismissed. The reason is kept.")

    return _answer(request, row, form, "cases.warning_dismissed", deed, "dismiss_form")


def _warning(request: HttpRequest, pk: int) -> EarlyWarning:
    found = EarlyWarning.objects.visible_to(person(request)).select_related("customer__owner")
    return get_object_or_404(found, pk=pk)


def _answer(request: HttpRequest, row: EarlyWarning, form: Any, verb: str, deed: Any, name: str) -> HttpResponse:
    if form.is_valid() and once(request, form, verb, deed):
        return redirect("desk:warning", pk=row.pk)
    return _page(request, EarlyWarning.objects.select_related("customer__owner").get(pk=row.pk), **{name: form})


def _page(request: HttpRequest, row: EarlyWarning, **refused: Any) -> HttpResponse:
    """The warning as it stands now, with the form that was refused. Whoever would only be refused gets no form."""
    user, today = person(request), clock.business_today()
    [told] = queries.rows([row], as_of=today)
    lives = row.dismissed_on is None and row.expires_on > today
    is_own = row.entered_by == user.get_username()
    is_manager = user.role == Role.MANAGER
    is_todays = is_own and row.reported_on == today
    alone = row.source == EarlyWarning.Source.FIELD and row.seconded_on is None
    forms: dict[str, Any] = {}
    if lives and is_own and user.role in SEES:
        forms["note_form"] = NoteForm(initial={"note": row.note})
    if lives and is_manager and not is_own and alone:
        forms["second_form"] = SecondForm()
    if lives and (is_manager or is_todays) and user.role in SEES:
        forms["dismiss_form"] = DismissForm()
    page = {
        "row": told,
        "customer": row.customer,
        "history": queries.history(row),
        "lives": lives,
        "as_of": today,
        "back_url": _back(request, row.customer),
        "refused": next(iter(refused.values()), None),
        **forms,
        **refused,
    }
    return render(request, "desk/warning.html", page, status=422 if refused else 200)
