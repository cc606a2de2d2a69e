"""The list of reps."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import NumberColumn, TextColumn
from common.templatetags.ui import NOTHING


class PeopleTable(tables.Table):
    name = TextColumn(verbose_name=_("Rep"), url=lambda row: row.url, orderable=False)
    team = TextColumn(verbose_name=_("Team"), orderable=False)
    week = TextColumn(verbose_name=_("Working time"), orderable=False)
    away = TextColumn(verbose_name=_("Away"), orderable=False)
    stands_in = TextColumn(verbose_name=_("Stands in for"), orderable=False)
    customers = NumberColumn(verbose_name=_("Customers"), orderable=False)
    start = TextColumn(verbose_name=_("Day starts"), orderable=False)
    end = TextColumn(verbose_name=_("Day ends"), orderable=False)

    class Meta:
        attrs = {"caption": _("Reps")}
        default = NOTHING
        empty_text = _("No reps yet. An admin adds people.")
