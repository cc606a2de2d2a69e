"""Doors of control totals: what the general ledger says, beside what we have, and why they differ."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from collections_app.desk import tied
from collections_app.desk.control_totals.forms import TotalForm, TotalsFileForm, TotalsFilter
from collections_app.desk.control_totals.tables import TotalsTable
from common import clock, days
from common.forms import add_refusal
from common.lists import answer
from common.refusals import Refused
from common.templatetags import ui
from receivables import services
from receivables.models import ControlTotal
from staff.access import only_for, person
from staff.models import Role

READS = (Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_safe
@only_for(*READS)
def control_totals(request: HttpRequest) -> HttpResponse:
    return _page(request, TotalForm(), TotalsFileForm())


@require_POST
@only_for(Role.FINANCE)
def state(request: HttpRequest) -> HttpResponse:
    form = TotalForm(request.POST)
    if form.is_valid():
        try:
            total = services.state_total(**form.cleaned_data, by=person(request), source=_("typed"))
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            said = {"amount": ui.money_text(total.amount, total.currency), "day": ui.day(total.on)}
            messages.success(request, _("The control total of %(day)s is %(amount)s.") % said)
            return _to_day(total.on)
    return _page(request, form, TotalsFileForm(), status=422)


@require_POST
@only_for(Role.FINANCE)
def import_totals(request: HttpRequest) -> HttpResponse:
    form = TotalsFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            done = services.import_totals(content=file.read(), source=f"CSV {file.name}", by=person(request))
        except services.NotAControlTotal as refusal:
            for sentence in [str(refusal), *refusal.problems[1:20]]:
                form.add_error(None, sentence)
        else:
            stored = done.added + done.changed
            said = ngettext(
                "%(count)s control total stored; %(changed)s corrected, %(unchanged)s known already.",
                "%(count)s control totals stored; %(changed)s corrected, %(unchanged)s known already.",
                stored,
            ) % {"count": stored, "changed": done.changed, "unchanged": done.unchanged}
            messages.success(request, said)
            return redirect("desk:control-totals")
    return _page(request, TotalForm(), form, status=422)


def _to_day(on: date) -> HttpResponse:
    return redirect(f"{reverse('desk:control-totals')}?on={on.isoformat()}")


def _page(request: HttpRequest, form: TotalForm, file_form: TotalsFileForm, status: int = 200) -> HttpResponse:
    found = TotalsFilter(request.GET, queryset=ControlTotal.objects.all())
    on = _day(found)
    page = answer(
        request,
        table=TotalsTable(found.qs),
        form=found.form,
        template="desk/control_totals.html",
        name="control-totals",
        title=_("Control totals"),
        as_of=on,
        context={
            "ties": tied.rows(on),
            "state_form": form,
            "file_form": file_form,
            "may_state": person(request).role == Role.FINANCE,
        },
    )
    page.status_code = max(page.status_code, status)
    return page


def _day(found: TotalsFilter) -> date:
    """The day that was asked for, else the last one with a stated total, else today."""
    today = clock.business_today()
    asked = found.form.cleaned_data.get("on") if found.form.is_valid() else None
    if asked is not None and days.FIRST <= asked <= today:
        return asked
    return ControlTotal.objects.filter(on__lte=today).order_by("-on").values_list("on", flat=True).first() or today
