"""The appointments of one customer as a file."""

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from collections_app.visits.models import Appointment
from common.tables import DayColumn, TextColumn, TimeColumn
from staff.tables import WhoColumn


class AppointmentsTable(tables.Table):
    on = DayColumn(verbose_name=_("Day"))
    starts_at = TimeColumn(verbose_name=_("Begins from"))
    ends_at = TimeColumn(verbose_name=_("and until"))
    with_whom = TextColumn(verbose_name=_("With"))
    note = TextColumn(verbose_name=_("Note"))
    state = TextColumn(verbose_name=_("State"))
    entered_by = WhoColumn(verbose_name=_("Entered by"))


def of_appointments(rows: Iterable[Appointment]) -> list[dict[str, Any]]:
    return [
        {
            "on": row.on,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "with_whom": row.with_whom,
            "note": row.note,
            "state": _t("Cancelled") if row.cancelled_at else _t("Agreed"),
            "entered_by": row.entered_by,
        }
        for row in rows
    ]
