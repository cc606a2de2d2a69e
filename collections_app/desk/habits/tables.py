"""Habits of a customer as a file."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, TextColumn


class HabitsTable(tables.Table):
    what = TextColumn(verbose_name=_("Habit"))
    stated = TextColumn(verbose_name=_("As stated"))
    learned = TextColumn(verbose_name=_("As learned"))
    observations = tables.Column(verbose_name=_("Observations"))
    changed_on = DayColumn(verbose_name=_("So since"))
