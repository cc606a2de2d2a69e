"""Doors of the letters: the dunning run in three steps, the letters sent, and each letter's stored bytes."""

import logging
from datetime import date
from typing import Any

import django_tables2 as tables
from celery import current_app
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from kombu.exceptions import OperationalError

from collections_app.letters import pages, queries, services
from collections_app.letters.filters import LettersFilter
from collections_app.letters.forms import DayForm, IssueForm
from collections_app.letters.models import Letter, Run
from collections_app.letters.tables import LeftOutTable, LettersTable, ProposalTable
from common import clock, pdf, submissions
from common.lists import answer, exports, file_of
from common.refusals import Refused
from staff.access import only_for, person
from staff.models import Role

log = logging.getLogger(__name__)

READS = (Role.FINANCE, Role.AUDITOR, Role.ADMIN)
WRITES = (Role.FINANCE,)
PER_PAGE = 50
PRINT = "collections_app.letters.tasks.render_run"  # a message by its name: no door imports another
EXPIRES = 600  # seconds; then the schedule has printed what waits


@require_safe
@only_for(*READS)
def dunning(request: HttpRequest) -> HttpResponse:
    """Step one: one row per letter, and what is left out with its reason."""
    today = clock.business_today()
    form = DayForm({"as_of": today} | request.GET.dict())
    as_of = form.day(today)
    proposed = _proposal(request, as_of)
    blocks = (_("Letters proposed"), proposed["table"]), (_("Left out"), proposed["left_out_table"])
    if not form.errors and (file := file_of(request, *blocks, name="dunning", as_of=as_of, form=form)):
        return file
    page = {"form": form, "may_issue": _may_issue(request), "runs": pages.last_runs(), **proposed}
    page["exports"] = exports(request)
    return render(request, "letters/dunning.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*WRITES)
def review(request: HttpRequest) -> HttpResponse:
    """Step two, the last look before numbers are given away; its button is step three."""
    if request.method == "POST":
        return _issue(request)
    day = DayForm(request.GET).day(clock.business_today())
    return _review(request, day)


@require_safe
@only_for(*READS)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the run is printed. A plain page: loading it again shows the progress."""
    found = get_object_or_404(Run.objects.visible_to(person(request)), pk=pk)
    listed = queries.list_of(person(request)).filter(run=found)
    left_out = found.left_out.select_related("customer").order_by("pk")
    table = LettersTable(listed, prefix="letters-")
    left_out_table = LeftOutTable([_left_out(row) for row in left_out], prefix="left-")
    for one in (table, left_out_table):
        tables.RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(one)
    blocks = (_("Letters"), table), (_("Left out"), left_out_table)
    if file := file_of(request, *blocks, name=f"run-{found.pk}", as_of=found.as_of):
        return file
    page = {
        "exports": exports(request),
        "run": pages.progress(found),
        "table": table,
        "left_out_table": left_out_table,
        "can_print": pdf.is_possible(),
    }
    return render(request, "letters/run.html", page)


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    found = LettersFilter(request.GET, queryset=queries.list_of(person(request)))
    return answer(
        request,
        table=LettersTable(found.qs),
        form=found.form,
        template="letters/letters.html",
        name="letters",
        title=_("Letters"),
        as_of=clock.business_today(),
    )


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored bytes, never a new print; `?inline=1` opens them beside the page."""
    seen = Letter.objects.visible_to(person(request)).defer("frozen").select_related("document")
    found = get_object_or_404(seen, pk=pk)
    if found.document is None:
        messages.info(request, _("Letter %(letter)s waits to be printed. Try again in a minute.") % {"letter": found})
        return redirect("letters:letters")
    answered = HttpResponse(bytes(found.document.content), content_type="application/pdf")
    way = "inline" if request.GET.get("inline") else "attachment"
    answered.headers["Content-Disposition"] = f'{way}; filename="{found.document.name}"'
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered


def _issue(request: HttpRequest) -> HttpResponse:
    form = IssueForm(request.POST)
    if not form.is_valid():
        return _review(request, clock.business_today(), refused=_("The form is incomplete. Look again, then issue."))
    as_of, key = form.cleaned_data["as_of"], form.cleaned_data["key"]
    known = submissions.result_of(key)
    if known is not None:
        return redirect("letters:run", known)
    try:
        issued = services.issue(as_of=as_of, by=person(request), key=key, reviewed=form.cleaned_data["letters"])
    except IntegrityError:  # the same form, sent twice at once: the other one did it
        known = submissions.result_of(key)
        return redirect("letters:run", known) if known else redirect("letters:dunning")
    except Refused as refusal:
        return _review(request, as_of, refused=str(refusal))
    if issued is None:
        messages.info(request, _("Nothing was issued: every letter of this day is out already."))
        return redirect("letters:dunning")
    _ring(issued)
    return redirect("letters:run", issued.pk)


def _ring(issued: Run) -> None:
    """Printing follows in the background; a broker that does not answer is made good by the schedule."""
    try:
        current_app.send_task(PRINT, args=[issued.pk], expires=EXPIRES)
    except (OperationalError, OSError):
        log.warning("The broker did not take run %s; the schedule prints it.", issued.pk)


def _review(request: HttpRequest, as_of: date, *, refused: str = "") -> HttpResponse:
    """The review of what would go out now, with what was refused a moment ago."""
    page = _proposal(request, as_of)
    page |= {"form": IssueForm.fresh(as_of=as_of, letters=page["letters"]), "refused": refused}
    return render(request, "letters/review.html", page, status=422 if refused else 200)


def _proposal(request: HttpRequest, as_of: date) -> dict[str, Any]:
    proposal = queries.proposal(as_of=as_of)
    table = ProposalTable(pages.rows(proposal), prefix="letters-")
    left_out_table = LeftOutTable(list(proposal.left_out), prefix="left-")
    for one in (table, left_out_table):
        tables.RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(one)
    return {
        "as_of": as_of,
        "letters": len(proposal.letters),
        "left_out": len(proposal.left_out),
        "totals": pages.totals(proposal),
        "table": table,
        "left_out_table": left_out_table,
        "can_print": pdf.is_possible(),
    }


def _left_out(row: Any) -> queries.LeftOutRow:
    return queries.LeftOutRow(
        customer_id=row.customer_id,
        customer_code=row.customer.code,
        customer_name=row.customer.name,
        currency=row.currency,
        amount=row.amount,
        reason=row.reason,
        returns_on=row.returns_on,
    )


def _may_issue(request: HttpRequest) -> bool:
    return getattr(request.user, "role", None) in WRITES
