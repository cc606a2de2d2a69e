"""The movements of an account, newest first."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING


class MovementsTable(tables.Table):
    on = DayColumn(verbose_name=_("On"))
    entered_on = DayColumn(verbose_name=_("Entered"))
    what = TextColumn(verbose_name=_("Movement"))
    document = TextColumn(verbose_name=_("Document"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    balance = MoneyColumn(verbose_name=_("Balance"), orderable=False)
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Movements")}
        default = NOTHING
        empty_text = _("Nothing has moved on this account up to that day.")
