"""Doors of holds: what waits for a decision, what would be held, and how the gate is set."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collections_app.desk.holds import reading, settings
from collections_app.desk.holds.forms import HoldsFilter, ModeForm
from collections_app.desk.holds.tables import HoldsTable, ObservedTable
from collections_app.desk.navigation import DESK
from collections_app.gate import modes
from collections_app.gate.models import CauseChoices, ModeChoices
from common import clock
from common.lists import answer
from common.templatetags import ui
from contracts.models import Shipment
from receivables.once import once
from staff.access import only_for, person
from staff.models import Role

DECIDES = (Role.MANAGER, Role.FINANCE, Role.ADMIN)
SETS = (Role.MANAGER, Role.ADMIN)


@require_safe
def holds(request: HttpRequest) -> HttpResponse:
    """Held batches, oldest first, each with what was paid and what may be decided."""
    return _list(request, is_observed=False)


@require_safe
def observed(request: HttpRequest) -> HttpResponse:
    """What the gate would hold if its observed causes were on."""
    return _list(request, is_observed=True)


def _list(request: HttpRequest, *, is_observed: bool) -> HttpResponse:
    user, today = person(request), clock.business_today()
    seen = Shipment.objects.visible_to(user)
    found = HoldsFilter(request.GET, queryset=seen, user=user, as_of=today, is_observed=is_observed)
    rows = reading.held(found.qs, is_observed=is_observed, as_of=today)
    table = ObservedTable(rows) if is_observed else HoldsTable(rows)
    return answer(
        request,
        table=table,
        form=found.form,
        template="desk/observed_holds.html" if is_observed else "desk/holds.html",
        name="observed-holds" if is_observed else "holds",
        title=_("Observed: would hold") if is_observed else _("Holds"),
        as_of=today,
        context={
            "may_decide": user.role in DECIDES,
            "may_see_settings": user.role in DESK,
            "undecided": sum(row.is_undecided for row in rows),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*DESK)
def gate_settings(request: HttpRequest) -> HttpResponse:
    """Each cause off, observed or on, per segment and from a day; with what it would hold before it does."""
    user, today = person(request), clock.business_today()
    named = settings.segments()
    form = ModeForm(segments=named)
    if request.method == "POST":
        if user.role not in SETS:
            raise PermissionDenied
        form = ModeForm(request.POST, segments=named)
        if form.is_valid() and once(request, form, "gate.mode_set", lambda: _set(request, form)):
            return redirect("desk:gate-settings")
    page: dict[str, Any] = {
        "rows": settings.rows(as_of=today, look=request.GET.getlist("look")),
        "form": form,
        "may_set": user.role in SETS,
        "as_of": today,
    }
    return render(request, "desk/gate_settings.html", page, status=422 if form.errors else 200)


def _set(request: HttpRequest, form: ModeForm) -> str:
    said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
    row = modes.set_mode(**said, on=clock.business_today(), by=person(request))
    facts = {
        "cause": CauseChoices(row.cause).label,
        "mode": ModeChoices(row.mode).label,
        "day": ui.day(row.starts_on),
        "segment": row.segment,
    }
    if row.segment:
        return _("%(cause)s, segment %(segment)s: %(mode)s from %(day)s on.") % facts
    return _("%(cause)s: %(mode)s from %(day)s on.") % facts
