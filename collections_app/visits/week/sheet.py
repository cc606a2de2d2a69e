"""The week on paper: a column a day, A4 across."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from collections_app.visits import printed
from collections_app.visits.week.page import DayColumn, OwesRow, StopRow, WeekPage
from common import clock
from common.templatetags.ui import clock as time_words
from common.templatetags.ui import day, money_text, weekday
from staff.models import Business


def to_pdf(page: WeekPage, *, now: datetime) -> bytes:
    """In the reader's language. Raises CannotPrint where the machine cannot print."""
    return printed.laid("print/week_sheet.html", sheet_of(page, now=now))


def sheet_of(page: WeekPage, *, now: datetime) -> dict[str, Any]:
    """Everything that the sheet prints, as text."""
    span = {"rep": page.rep_name, "first": weekday(page.first), "last": day(page.last)}
    printed_at = {"day": day(clock.local(now).date()), "time": time_words(now)}
    title = _("%(rep)s, %(first)s to %(last)s") % span
    return {
        "title": _("Week of %(rep)s") % span,
        "running": title,
        "author": Business.objects.values_list("name", flat=True).first() or "",
        "rep": page.rep_name,
        "span": _("%(first)s to %(last)s") % span,
        "note": _("Printed %(day)s %(time)s") % printed_at,
        "days": [_day(column) for column in page.days],
    }


def _day(column: DayColumn) -> dict[str, Any]:
    return {
        "name": weekday(column.on),
        "totals": column.totals,
        "empty": column.off or column.empty,
        "appointments": list(column.appointments),
        "stops": [_stop(stop) for stop in column.stops],
        "home": column.home,
        "parts": [
            {"title": part.title, "rows": [_row(row) for row in part.rows]} for part in column.parts if part.rows
        ],
    }


def _stop(stop: StopRow) -> dict[str, Any]:
    return {
        "time": stop.time,
        "name": stop.name,
        "window": stop.window,
        "phone": stop.phone,
        "ask": money_text(stop.ask_amount, stop.currency),
        "note": stop.state or stop.commitment,
        "is_open": stop.is_open,
    }


def _row(row: OwesRow) -> dict[str, str]:
    return {"name": row.name, "amount": money_text(row.amount, row.currency), "note": row.note}
