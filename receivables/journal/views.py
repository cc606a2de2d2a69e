"""Doors of the journal: its batches, one batch with its file, taking one back, and the accounts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.lists import answer, exports, file_of
from common.refusals import Refused
from receivables import queries, services
from receivables.journal.forms import AccountForm, ExportForm, ReverseForm
from receivables.journal.tables import AccountsTable, BatchesFilter, BatchesTable, RowsFilter, RowsTable, state_of
from receivables.journal.words import KINDS, account_choices
from receivables.journal_rules import SAMPLE_CHART
from receivables.models import JournalBatch, LedgerAccount
from staff import queries as people
from staff.access import only_for, person
from staff.models import Role

READS = (Role.FINANCE, Role.AUDITOR, Role.ADMIN)
MAPS = (Role.FINANCE, Role.ADMIN)


@require_safe
@only_for(*READS)
def journal(request: HttpRequest) -> HttpResponse:
    return _journal_page(request, ExportForm())


@require_POST
@only_for(Role.FINANCE)
def export(request: HttpRequest) -> HttpResponse:
    form = ExportForm(request.POST)
    if form.is_valid():
        try:
            made = services.export_journal(up_to=form.cleaned_data["up_to"], by=person(request))
        except Refused as refusal:
            form.add_error("up_to", str(refusal))
        else:
            if made is None:
                messages.info(request, _("The ledger has everything of these days already; no batch was made."))
                return redirect("receivables:journal")
            messages.success(
                request, _("Batch %(number)s is ready. Take its file to the ledger.") % {"number": made.number}
            )
            return redirect("receivables:batch", pk=made.pk)
    return _journal_page(request, form, status=422)


@require_safe
@only_for(*READS)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    return _batch_page(request, pk, ReverseForm())


@require_POST
@only_for(Role.FINANCE)
def reverse_batch(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(JournalBatch, pk=pk), ReverseForm(request.POST)
    if form.is_valid():
        try:
            back = services.reverse_journal(batch=found, because=form.cleaned_data["because"], by=person(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("Batch %(back)s takes batch %(number)s back. Take its file to the ledger as well.")
                % {"back": back.number, "number": found.number},
            )
            return redirect("receivables:batch", pk=back.pk)
    return _batch_page(request, pk, form, status=422)


@require_safe
@only_for(*READS)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they were made, whenever it is fetched."""
    found = get_object_or_404(JournalBatch.objects.select_related("document"), pk=pk)
    if found.document is None:
        raise Http404
    return HttpResponse(
        bytes(found.document.content),
        content_type=found.document.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{found.document.name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*READS)
def accounts(request: HttpRequest) -> HttpResponse:
    form, status = AccountForm(), 200
    may_map = person(request).role in MAPS
    if request.method == "POST":
        if not may_map:
            raise PermissionDenied
        form, status = AccountForm(request.POST), 422
        if form.is_valid():
            try:
                services.map_account(**form.cleaned_data, by=person(request))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved. It holds from the next batch on."))
                return redirect("receivables:accounts")
    lines, title = _account_lines(), _("Accounts of the journal")
    table = AccountsTable(_by_currency(lines))
    if file := file_of(request, (title, table), name="journal-accounts", as_of=clock.business_today()):
        return file
    page = {"lines": lines, "form": form, "may_map": may_map, "exports": exports(request)}
    return render(request, "receivables/accounts.html", page, status=status)


def _account_lines() -> list[dict[str, Any]]:
    """Every kind with the number of the sample chart, the general one and those of single currencies."""
    mapped: dict[str, dict[str, str]] = {}
    for row in LedgerAccount.objects.order_by("kind", "currency"):
        mapped.setdefault(row.kind, {})[row.currency] = row.number
    return [
        {
            "words": words,
            "number": mapped.get(kind, {}).get("") or SAMPLE_CHART[kind],
            "is_sample": "" not in mapped.get(kind, {}),
            "others": [(code, number) for code, number in mapped.get(kind, {}).items() if code],
        }
        for kind, words in account_choices()
    ]


def _by_currency(lines: list[dict[str, Any]]) -> list[dict[str, object]]:
    """A row for each number: the one of all currencies, then those of single ones."""
    return [
        {"words": line["words"], "currency": code, "number": number, "is_sample": line["is_sample"] and not code}
        for line in lines
        for code, number in [("", line["number"]), *line["others"]]
    ]


def _journal_page(request: HttpRequest, form: ExportForm, status: int = 200) -> HttpResponse:
    rows = JournalBatch.objects.select_related("reverses", "reversed_by").annotate(count=Count("rows"))
    found = BatchesFilter(request.GET, queryset=rows)
    page = answer(
        request,
        table=BatchesTable(found.qs),
        form=found.form,
        template="receivables/journal.html",
        name="journal",
        title=_("Journal"),
        as_of=clock.business_today(),
        context={"export_form": form, "may_export": person(request).role == Role.FINANCE},
    )
    page.status_code = max(page.status_code, status)
    return page


def _batch_page(request: HttpRequest, pk: int, form: ReverseForm, status: int = 200) -> HttpResponse:
    found = get_object_or_404(JournalBatch.objects.select_related("reverses", "reversed_by"), pk=pk)
    rows = RowsFilter(request.GET, queryset=found.rows.all())
    page = answer(
        request,
        table=RowsTable(rows.qs),
        form=rows.form,
        template="receivables/batch.html",
        name=f"journal-{found.number}",
        title=_("Batch %(number)s of the journal") % {"number": found.number},
        as_of=found.up_to,
        context={
            "batch": found,
            "made_by": people.names([found.made_by])[found.made_by],
            "state": state_of(found),
            "totals": [(KINDS[total.kind], total) for total in queries.journal_totals(found)],
            "reverse_form": form,
            "may_reverse": person(request).role == Role.FINANCE
            and found.reverses is None
            and not hasattr(found, "reversed_by"),
        },
    )
    page.status_code = max(page.status_code, status)
    return page
