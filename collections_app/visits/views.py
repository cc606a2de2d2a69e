"""The rep's pages: Today, a stop, what happened there, the receipt."""

import secrets
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collections_app.cases import warning_queries as warnings
from collections_app.cases.warnings import SEES
from collections_app.visits import pages, queries, services
from collections_app.visits.asked import day_of, rep_of
from collections_app.visits.comparing.page import others_of
from collections_app.visits.forms import FORMS, OutcomeForm, initial
from collections_app.visits.models import Outcome, Stop, StopQuerySet
from collections_app.visits.plans.menu import menu_of
from collections_app.visits.reps import day_of as reps_day
from collections_app.visits.tables import RepsTable, StopsTable, of_day, of_reps
from common import clock
from common.lists import exports, file_of
from common.refusals import Refused
from receivables.models import Receipt
from staff.access import only_for, person
from staff.models import Role, User

READERS = (Role.REP, Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_safe
@only_for(*READERS)
def today(request: HttpRequest) -> HttpResponse:
    on, business_today, rep = day_of(request), clock.business_today(), rep_of(request)
    if rep is None:
        reps = User.objects.visible_to(person(request)).reps().order_by("first_name", "last_name", "pk")
        rows = reps_day(reps, on=on)
        if file := file_of(request, (_("Reps"), RepsTable(of_reps(rows))), name="reps", as_of=on):
            return file
        return render(request, "visits/reps.html", {"rows": rows, "on": on, "exports": exports(request)})
    page = queries.today(rep=rep, on=on, user=person(request), today=business_today, or_next="date" not in request.GET)
    if file := file_of(request, (page.rep_name, StopsTable(of_day(page))), name="visits", as_of=page.on):
        return file
    return render(request, "visits/today.html", {"page": page, "exports": () if page.is_own else exports(request)})


@require_safe
@only_for(*READERS)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    found = _stop(request, pk)
    user, today = person(request), clock.business_today()
    seen_url = f"{reverse('desk:seen', args=[found.customer.code])}?{urlencode({'stop': found.pk})}"
    page = {
        "page": pages.stop_page(found, user=user, today=today),
        "warnings": warnings.of_customer(found.customer_id, as_of=today),
        "seen_url": seen_url if user.role in SEES else "",
        "change": menu_of(found, user=user, today=today),
        "compare_with": others_of(found),
        "stop_key": found.pk,
    }
    return render(request, "visits/stop.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.REP)
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Two steps without script: the choice is a link (`?kind=`), its form the second step."""
    on = clock.business_today()
    found = _stops(request).filter(pk=pk).first()
    if found is None:
        return _gone(request, on)
    entries = Outcome.objects.in_force().filter(stop=found).select_related("stop", "receipt", "promise")
    known = entries.order_by("-pk").first()
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    form_class = FORMS.get(kind)
    figures = pages.figures(found, on=on, corrects=known)
    if request.method == "POST" and form_class is not None:
        form = form_class(request.POST, figures=figures, on=on)
        if form.is_valid():
            saved = _save(request, form, found, kind, known, on)
            if saved is not None:
                return _answer(request, saved)
        return _outcome_page(request, found, kind, form, known, status=422)
    if form_class is None:
        return _outcome_page(request, found, "", None, known)
    fresh = initial(figures, kind, secrets.token_urlsafe(18))
    return _outcome_page(request, found, kind, form_class(figures=figures, on=on, initial=fresh), known)


def _save(
    request: HttpRequest, form: OutcomeForm, found: Stop, kind: str, known: Outcome | None, on: date
) -> Outcome | None:
    correcting = request.POST.get("corrects", "")
    corrects = known if known is not None and correcting == str(known.pk) else None
    try:
        return services.record_outcome(
            stop=found,
            kind=kind,
            key=form.cleaned_data["key"],
            by=person(request),
            on=on,
            told=form.told(),
            corrects=corrects,
        )
    except Refused as refusal:
        form.add_refusal(refusal)
        return None


def _answer(request: HttpRequest, saved: Outcome) -> HttpResponse:
    if saved.receipt is not None:
        return redirect("visits:receipt", pk=saved.receipt.pk)
    messages.success(
        request,
        _("%(customer)s: %(outcome)s.")
        % {"customer": saved.stop.customer.name, "outcome": queries.outcome_text(saved)},
    )
    return redirect("visits:today")


def _gone(request: HttpRequest, on: date) -> HttpResponse:
    """The day was planned again without the visit. What was typed is shown again: nobody has to recall it."""
    form_class = FORMS.get(request.POST.get("kind", ""))
    if form_class is None:
        raise Http404
    page = {"on": on, "lines": pages.typed(form_class.base_fields, request.POST)}
    return render(request, "visits/outcome_gone.html", page, status=404)


def _outcome_page(
    request: HttpRequest, found: Stop, kind: str, form: OutcomeForm | None, known: Outcome | None, status: int = 200
) -> HttpResponse:
    address = reverse("visits:outcome", args=[found.pk])
    page = pages.outcome_page(found, kind=kind, address=address, known=known)
    return render(request, "visits/outcome.html", {"page": page, "form": form}, status=status)


@require_safe
@only_for(*READERS)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Receipt.objects.visible_to(person(request)).select_related("customer", "rep"), pk=pk)
    return render(request, "visits/receipt.html", {"page": pages.receipt_page(found)})


def _stop(request: HttpRequest, pk: int) -> Stop:
    return get_object_or_404(_stops(request), pk=pk)


def _stops(request: HttpRequest) -> StopQuerySet:
    return Stop.objects.visible_to(person(request)).select_related("plan__rep", "customer")
