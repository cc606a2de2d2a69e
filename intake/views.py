"""Pages of files coming in: the list, the upload, the preview, the decision, the result, what differs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.lists import answer
from common.refusals import Refused
from intake import deciding, pages, refused_rows, services, shipped
from intake.filters import DifferencesFilter, FilesFilter
from intake.forms import ConfirmForm, UploadForm
from intake.models import Difference, File
from intake.tables import DifferencesTable, FileTable
from staff import queries as people
from staff.access import only_for, person
from staff.models import Role

READERS = (Role.FINANCE, Role.ADMIN, Role.AUDITOR)
WRITERS = (Role.FINANCE, Role.ADMIN)


@only_for(*READERS)
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    found = FilesFilter(request.GET, queryset=File.objects.visible_to(person(request)).defer("content"))
    return answer(
        request,
        table=FileTable(found.qs),
        form=found.form,
        template="intake/files.html",
        name="imports",
        title=_("Imports"),
        as_of=clock.business_today(),
        context={
            "may_import": _may_import(request),
            "to_decide": Difference.objects.visible_to(person(request)).open().count(),
        },
    )


@only_for(*READERS)
@require_safe
def differences(request: HttpRequest) -> HttpResponse:
    """What waits for a decision is shown unless a state is asked for."""
    seen = Difference.objects.visible_to(person(request)).select_related("customer", "other", "receipt", "paper")
    asked = request.GET.copy()
    if "state" not in asked:
        asked["state"] = Difference.State.OPEN
    found = DifferencesFilter(asked, queryset=seen)
    return answer(
        request,
        table=DifferencesTable(found.qs),
        form=found.form,
        template="intake/differences.html",
        name="differences",
        title=_("Differences to the ledger"),
        as_of=clock.business_today(),
    )


@only_for(*READERS)
@require_safe
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    seen = Difference.objects.visible_to(person(request)).select_related(
        "customer", "file", "invoice", "other", "receipt", "paper"
    )
    found = get_object_or_404(seen, pk=pk)
    page = {"difference": found, "ours": pages.ours(found), "theirs": pages.theirs(found)}
    page["decided_by"] = people.names([found.decided_by])[found.decided_by]
    page["fallen"] = pages.fallen(found)
    page["may_decide"] = _may_import(request) and found.state == Difference.State.OPEN
    return render(request, "intake/difference.html", page)


@only_for(*WRITERS)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, lambda found: deciding.accept(difference=found, by=person(request)))


@only_for(*WRITERS)
@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, lambda found: deciding.keep(difference=found, by=person(request)))


def _decided(request: HttpRequest, pk: int, deed: Callable[[Difference], str]) -> HttpResponse:
    seen = Difference.objects.visible_to(person(request)).select_related(
        "customer", "due_item", "invoice", "other", "receipt", "paper"
    )
    found = get_object_or_404(seen, pk=pk)
    try:
        messages.success(request, deed(found))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("intake:difference", pk)
    return redirect("intake:differences")


@only_for(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["file"]
        try:
            file = services.upload(
                content=chosen.read(),
                name=chosen.name,
                profile=shipped.by_name(form.cleaned_data["profile"], kind=form.cleaned_data["kind"]),
                as_of=form.cleaned_data["as_of"],
                on=clock.business_today(),
                by=person(request),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if file.state == File.State.STORED:
                messages.info(request, _("This file was imported already; nothing changed."))
            return redirect("intake:file", file.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "intake/upload.html", {"form": form}, status=status)


@only_for(*READERS)
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(File.objects.visible_to(person(request)).defer("content"), pk=pk)
    return _page(request, found)


@only_for(*WRITERS)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(File.objects.visible_to(person(request)), pk=pk)
    form = _confirmation(pages.preview(found), request.POST)
    try:
        if form.is_valid():
            done = services.confirm(file=found, on=clock.business_today(), by=person(request), **form.cleaned_data)
            return redirect("intake:file", done.pk)
    except services.AlreadyDecided as refusal:
        messages.info(request, str(refusal))
        return redirect("intake:file", pk)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return _page(request, found, form, status=422)


def _confirmation(page: pages.Preview, sent: Any = None) -> ConfirmForm:
    return ConfirmForm(sent, has_problems=page.report.has_problems, has_doubt=bool(page.report.doubt))


@only_for(*WRITERS)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(File.objects.visible_to(person(request)).defer("content"), pk=pk)
    try:
        services.drop(file=found, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("intake:file", pk)
    messages.info(request, _("%(name)s was dropped; nothing was imported.") % {"name": found.name})
    return redirect("intake:files")


@only_for(*READERS)
@require_safe
def refused(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that were not taken, with what is wrong with each."""
    found = get_object_or_404(File.objects.visible_to(person(request)).select_related("refused_rows"), pk=pk)
    content = services.refused_rows_of(found, on=clock.business_today())
    if content is None:
        raise Http404
    return HttpResponse(
        content,
        content_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{refused_rows.safe_name(found.name)}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _page(request: HttpRequest, found: File, form: ConfirmForm | None = None, status: int = 200) -> HttpResponse:
    page = pages.preview(found)
    context: dict[str, Any] = {
        "page": page,
        "form": form or _confirmation(page),
        "may_import": _may_import(request),
    }
    return render(request, "intake/file.html", context, status=status)


def _may_import(request: HttpRequest) -> bool:
    return person(request).role in WRITERS
