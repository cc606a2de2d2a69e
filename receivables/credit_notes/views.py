"""Doors of credit notes: their list, and a new one. The page of one is that of money: it settles as money does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from common.lists import answer
from receivables import services
from receivables.clearing.filters import CreditNotesFilter
from receivables.clearing.forms import CreditNoteForm
from receivables.clearing.tables import CreditNotesTable
from receivables.models import CreditNote
from receivables.once import once
from staff.access import only_for, person
from staff.models import Role

READS = (Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_safe
@only_for(*READS)
def credit_notes(request: HttpRequest) -> HttpResponse:
    seen = CreditNote.objects.visible_to(person(request)).filter(reverses=None).select_related("customer", "invoice")
    found = CreditNotesFilter(request.GET, queryset=seen)
    return answer(
        request,
        table=CreditNotesTable(found.qs),
        form=found.form,
        template="receivables/credit_notes.html",
        name="credit-notes",
        title=_("Credit notes"),
        as_of=clock.business_today(),
        context={"may_act": person(request).role == Role.FINANCE},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.FINANCE)
def record_credit_note(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = CreditNoteForm(user=person(request), initial={"customer": request.GET.get("customer", "")})
        return render(request, "receivables/record_credit_note.html", {"form": form})
    form = CreditNoteForm(request.POST, user=person(request))

    def deed() -> str:
        note = services.record_credit_note(by=person(request), **form.said)
        return _("Credit note %(number)s is booked.") % {"number": note.number}

    if form.is_valid() and once(request, form, "receivables.credited", deed):
        return redirect("receivables:credit-notes")
    return render(request, "receivables/record_credit_note.html", {"form": form}, status=422)
