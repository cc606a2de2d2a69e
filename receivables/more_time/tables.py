"""Columns of extensions and instalment plans."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING
from receivables.more_time.pages import Line
from receivables.tables import customer_url


def line_url(record: Line) -> str:
    return record.url


class MoreTimeTable(tables.Table):
    """Comes in its own order: what waits first, then the latest."""

    asked_on = DayColumn(verbose_name=_("Asked"))
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    kind = TextColumn(verbose_name=_("Kind"), url=line_url)
    about = TextColumn(verbose_name=_("For"))
    until = DayColumn(verbose_name=_("Until"))
    state = TextColumn(verbose_name=_("State"))
    asked_by = TextColumn(verbose_name=_("Asked by"))
    decided_by = TextColumn(verbose_name=_("Decided by"))
    decided_on = DayColumn(verbose_name=_("Decided"))
    ended_on = DayColumn(verbose_name=_("Ended"))
    cost_amount = MoneyColumn(verbose_name=_("Cost"))
    open_amount = MoneyColumn(verbose_name=_("Open"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Extensions and plans")}
        default = NOTHING
        empty_text = _(
            "Nobody was given more time. It is asked for on the page of an invoice, or as an instalment plan here."
        )
