"""The columns of the list of control totals."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING
from receivables.models import ControlTotal


def day_url(row: ControlTotal) -> str:
    """The tie line of that day."""
    return f"{reverse('desk:control-totals')}?on={row.on.isoformat()}"


class TotalsTable(tables.Table):
    currency = TextColumn(verbose_name=_("Currency"), url=day_url)
    on = DayColumn(verbose_name=_("End of day"))
    amount = MoneyColumn(verbose_name=_("Control total"))
    source = TextColumn(verbose_name=_("Source"))
    entered_at = DayColumn(verbose_name=_("Entered"))

    class Meta:
        attrs = {"caption": _("Control totals")}
        default = NOTHING
        order_by = ("-on", "currency")
        sequence = ("currency", "on", "...")
        empty_text = _("No control total is stated. Type the general ledger's total, or send a file of them.")
