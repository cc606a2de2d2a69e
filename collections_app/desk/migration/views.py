"""Doors of the migration: the matrix between two days, and the due items behind a move."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collections_app.desk import board, position
from collections_app.desk.migration import page as pages
from collections_app.desk.migration.forms import DaysForm, MoveForm
from collections_app.desk.migration.tables import PiecesTable
from collections_app.desk.navigation import DESK
from collections_app.standings import migration as moves
from collections_app.standings import queries as standings
from common import clock
from common.lists import EXPORTS, answer, as_file, exports
from common.money import ZERO
from staff.access import only_for, person


def _days(request: HttpRequest) -> dict[str, Any]:
    """A month until the last night, where the address names no days."""
    night = position.last_night()
    last = night.business_date if night else clock.business_today()
    return {"first": board.compared_day(last) or last - timedelta(days=1), "last": last}


@require_safe
@only_for(*DESK)
def migration(request: HttpRequest) -> HttpResponse:
    form = DaysForm(request.GET, **_days(request))
    chosen = form.days()
    found = standings.migration(*chosen, person(request)) if chosen else None
    kind = request.GET.get("export", "")
    if found is not None and kind in EXPORTS:
        blocks = [(_("Migration"), pages.rows(found))]
        return as_file(kind, blocks, form=form, name="migration", as_of=found.to_day)
    page = {
        "form": form,
        "page": pages.page(found) if found else None,
        "exports": exports(request) if found else [],
    }
    return render(request, "desk/migration.html", page, status=422 if form.errors else 200)


@require_safe
@only_for(*DESK)
def items(request: HttpRequest) -> HttpResponse:
    """The due items that add up to a figure of the matrix, with the same sum on top."""
    if not request.GET.get("currency"):
        return redirect("desk:migration")
    form = MoveForm(request.GET, **_days(request))
    chosen, said = form.days(), form.cleaned_data
    found: list[moves.Piece] = []
    if chosen:
        of = {name: said[name] for name in ("currency", "was", "becomes")}
        found = moves.pieces(*chosen, person(request), **of)
    context = {
        "total": sum((one.amount for one in found), ZERO),
        "currency": said.get("currency", ""),
        "count": len(found),
        "days": chosen,
        "clear_url": "",
    }
    return answer(
        request,
        table=PiecesTable(pages.piece_rows(found)),
        form=form,
        template="desk/migration_items.html",
        name="migration-items",
        title=_("Due items of a move"),
        as_of=chosen[1] if chosen else form.last,
        context=context,
    )
