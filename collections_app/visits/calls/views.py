"""Doors of the calls ahead: the list, one call, what came of it, and taking that back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collections_app.visits import announcing
from collections_app.visits.announcing import CALLS
from collections_app.visits.calls import reading
from collections_app.visits.calls.forms import AnswerForm, TakeBackForm
from collections_app.visits.calls.tables import CallsFilter, CallsTable, CoverageTable
from collections_app.visits.models import Announced
from common import clock
from common.lists import answer, file_of
from receivables.once import once
from staff.access import only_for, person


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    user, today = person(request), clock.business_today()
    found = CallsFilter(request.GET, queryset=reading.visible_to(user), user=user, as_of=today)
    table = CallsTable(found.qs, user=user, as_of=today)
    covered = reading.coverage(user=user, as_of=today)
    named = ((_("Calls ahead"), table), (_("Coverage"), CoverageTable(covered)))
    if found.form.is_valid() and (file := file_of(request, *named, name="calls", as_of=today, form=found.form)):
        return file
    return answer(
        request,
        table=table,
        form=found.form,
        template="visits/calls.html",
        name="calls",
        title=_("Calls ahead"),
        as_of=today,
        context={"coverage": CoverageTable(covered) if covered else None, "together": reading.together(covered)},
    )


@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _call(request, pk))


@require_POST
@only_for(*CALLS)
def answer_call(request: HttpRequest, pk: int) -> HttpResponse:
    row = _call(request, pk)
    form = AnswerForm(request.POST, currency=row.currency)

    def deed() -> str:
        said = form.cleaned_data
        announcing.answer(
            announced=row,
            state=said["state"],
            said_amount=said["said_amount"],
            said_at=said["said_at"],
            note=said["note"],
            by=person(request),
            on=clock.business_today(),
        )
        return _("%(customer)s: noted.") % {"customer": row.customer.name}

    if form.is_valid() and once(request, form, "visits.call_answered", deed):
        return redirect("visits:calls")
    return _page(request, row, answer_form=form)


@require_POST
@only_for(*CALLS)
def take_back_call(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _call(request, pk), TakeBackForm(request.POST)

    def deed() -> str:
        announcing.take_back(announced=row, by=person(request), on=clock.business_today())
        return _("%(customer)s: to be called again.") % {"customer": row.customer.name}

    if form.is_valid() and once(request, form, "visits.call_taken_back", deed):
        return redirect("visits:call", pk=row.pk)
    return _page(request, row, take_back_form=form)


def _call(request: HttpRequest, pk: int) -> Announced:
    return get_object_or_404(reading.visible_to(person(request)), pk=pk)


def _page(request: HttpRequest, row: Announced, **refused: Any) -> HttpResponse:
    """The call as it stands now, with the form that was refused. Whoever would only be refused gets no form."""
    [told] = reading.rows([row], as_of=clock.business_today(), user=person(request))
    forms: dict[str, Any] = {}
    if told.may_answer:
        forms["answer_form"] = AnswerForm(currency=row.currency)
    if told.may_take_back:
        forms["take_back_form"] = TakeBackForm()
    page = {"row": told, "refused": next(iter(refused.values()), None), **forms, **refused}
    return render(request, "visits/call.html", page, status=422 if refused else 200)
