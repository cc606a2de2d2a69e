"""The door that all lists share: filters, sorting and page from the address; the same rows as CSV or XLSX."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import django_tables2 as tables
from django import forms
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.encoding import force_str
from django.utils.translation import gettext as _

from common import clock
from common.tables import as_csv, as_workbook, columns_and_rows, file_name

PER_PAGE = 50
EXPORTS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _missing_last(order: Any) -> Any:
    """The two databases disagree where a missing day or amount belongs: it comes last, either way."""
    if not isinstance(order, str):
        return order
    column = F(order.removeprefix("-"))
    return column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True)


def answer(
    request: HttpRequest,
    *,
    table: tables.Table,
    form: forms.Form,
    template: str,
    name: str,
    title: str,
    as_of: date,
    tie: Sequence[str] = ("pk",),
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A page of 50 rows, or with `export=csv|xlsx` all of the filtered rows as a file.

    `tie` are the fields that make every order a total one, so that no row is on two pages.
    """
    tables.RequestConfig(request, paginate=False).configure(table)
    rows = table.data.data
    if isinstance(rows, QuerySet):
        table.data.data = rows.order_by(*map(_missing_last, rows.query.order_by), *tie)
    kind = request.GET.get("export", "")
    if kind in EXPORTS:
        return _file(kind, table=table, form=form, name=name, title=title, as_of=as_of)
    _to_page(table, request.GET.get("page", "1"))
    page = {
        "table": table,
        "form": form,
        "as_of": as_of,
        "exports": exports(request),
        "clear_url": request.path if chosen(form) else "",
        **(context or {}),
    }
    return render(request, template, page, status=422 if form.errors else 200)


def file_of(
    request: HttpRequest,
    *named: tuple[str, tables.Table],
    name: str,
    as_of: date,
    form: forms.Form | None = None,
) -> HttpResponse | None:
    """The tables of a page, each with its title, where the address asks for a file."""
    kind = request.GET.get("export", "")
    if kind not in EXPORTS:
        return None
    blocks = [(title, columns_and_rows(table)) for title, table in named]
    return as_file(kind, blocks, form=form or forms.Form(), name=name, as_of=as_of)


def exports(request: HttpRequest) -> list[dict[str, str]]:
    """The addresses of the same page as files."""
    return [{"label": ending.upper(), "url": _with(request, export=ending)} for ending in EXPORTS]


def _to_page(table: tables.Table, wanted: str) -> None:
    try:
        table.paginate(page=wanted, per_page=PER_PAGE)
    except PageNotAnInteger:
        table.page = table.paginator.page(1)
    except EmptyPage:
        table.page = table.paginator.page(table.paginator.num_pages)


def chosen(form: forms.Form) -> dict[str, str]:
    """The filters that were set, as their field and their value."""
    if not form.is_bound or not form.is_valid():
        return {}
    return {
        key: force_str(form.data.get(form.add_prefix(key), ""))
        for key, value in form.cleaned_data.items()
        if value not in (None, "", [])
    }


def facts(form: forms.Form, *, as_of: date) -> list[tuple[str, Any]]:
    """What a file is about, in words: its day, and the filters that were set."""
    found: list[tuple[str, Any]] = [(_("As of"), as_of)]
    for key, raw in chosen(form).items():
        if key == "as_of":  # the day stands there already
            continue
        field = form.fields[key]
        words = dict(getattr(field, "choices", ()))
        found.append((force_str(field.label or key), force_str(words.get(raw, raw))))
    return found


def _file(kind: str, *, table: tables.Table, form: forms.Form, name: str, title: str, as_of: date) -> HttpResponse:
    return as_file(kind, [(title, columns_and_rows(table))], form=form, name=name, as_of=as_of)


Blocks = Sequence[tuple[str, Iterable[Sequence[Any]]]]


def as_file(kind: str, blocks: Blocks, *, form: forms.Form, name: str, as_of: date) -> HttpResponse:
    """Blocks of rows, each with its title and header: sheets of a workbook, or one under the other in a CSV."""
    on_top = facts(form, as_of=as_of)
    if kind == "csv":
        content = as_csv(_one_by_one(blocks), on_top)
    else:
        content = as_workbook(blocks, facts=[*on_top, (_("Written at"), clock.now())])
    filters = {key: value for key, value in chosen(form).items() if key != "as_of"}
    answered = HttpResponse(content, content_type=EXPORTS[kind])
    called = file_name(name, as_of=as_of, filters=filters, ending=kind)
    answered.headers["Content-Disposition"] = f'attachment; filename="{called}"'
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered


def _one_by_one(blocks: Blocks) -> Iterator[Sequence[Any]]:
    for place, (title, rows) in enumerate(blocks):
        if place:
            yield ()
        if len(blocks) > 1:
            yield (title,)
        yield from rows


def _with(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        query[key] = value
    return f"?{query.urlencode()}"
