"""Doors of what is to do about customers: the list, and what is done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collections_app.cases import services
from collections_app.cases.models import ToDo
from collections_app.desk.navigation import ACTS
from collections_app.desk.to_do.tables import ToDosFilter, ToDosTable
from common import clock
from common.lists import answer
from staff import queries as people
from staff.access import only_for, person


@require_safe
def to_dos(request: HttpRequest) -> HttpResponse:
    seen = ToDo.objects.visible_to(person(request)).select_related("customer", "owner")
    found = ToDosFilter(request.GET, queryset=seen)
    return answer(
        request,
        table=ToDosTable(found.qs),
        form=found.form,
        template="desk/to_dos.html",
        name="to-do",
        title=_("To do"),
        as_of=clock.business_today(),
    )


@require_safe
def to_do(request: HttpRequest, pk: int) -> HttpResponse:
    row = _to_do(request, pk)
    page = {
        "row": row,
        "done_by": people.names([row.done_by])[row.done_by] if row.done_by else "",
        "is_late": row.done_on is None and row.due_on < clock.business_today(),
        "may_act": row.done_on is None and person(request).role in ACTS,
    }
    return render(request, "desk/to_do.html", page)


@require_POST
@only_for(*ACTS)
def done(request: HttpRequest, pk: int) -> HttpResponse:
    row = _to_do(request, pk)
    closed = services.close_to_do(
        customer=row.customer, because=row.because, about=row.about, on=clock.business_today(), by=person(request)
    )
    messages.success(request, _("Done.") if closed else _("It was done before; nothing was changed."))
    return redirect("desk:to-dos")


def _to_do(request: HttpRequest, pk: int) -> ToDo:
    seen = ToDo.objects.visible_to(person(request)).select_related("customer", "owner")
    return get_object_or_404(seen, pk=pk)
