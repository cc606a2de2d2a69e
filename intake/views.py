"""Pages of files coming in: the list, the upload, the preview, the decision, the result."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from common import clock
from common.refusals import Refused
from intake import queries, refused_rows, services, shipped
from intake.forms import ConfirmForm, UploadForm
from intake.models import File
from intake.tables import FileTable
from staff.access import only_for
from staff.models import Role, User

READERS = (Role.FINANCE, Role.ADMIN, Role.AUDITOR)
WRITERS = (Role.FINANCE, Role.ADMIN)


def person(request: HttpRequest) -> User:
    """Who asks; the door below has let in people with a role alone."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


@only_for(*READERS)
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    listed = File.objects.visible_to(person(request)).defer("content").order_by("-received_at", "-pk")
    table = FileTable(queries.file_rows(listed))
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return render(request, "intake/files.html", {"table": table, "may_import": person(request).role in WRITERS})


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
                profile=shipped.by_name(form.cleaned_data["profile"]),
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
    form = ConfirmForm(request.POST, has_problems=queries.preview(found).report.has_problems)
    try:
        if form.is_valid():
            done = services.confirm(
                file=found, on=clock.business_today(), by=person(request), good_rows=form.cleaned_data["good_rows"]
            )
            return redirect("intake:file", done.pk)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return _page(request, found, form, status=422)


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
    page = queries.preview(found)
    context: dict[str, Any] = {
        "page": page,
        "form": form or ConfirmForm(has_problems=page.report.has_problems),
        "may_import": person(request).role in WRITERS,
    }
    return render(request, "intake/file.html", context, status=status)
