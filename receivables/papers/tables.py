"""Columns of papers in hand."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING
from receivables.models import Paper
from receivables.tables import customer_url


def _paper_url(record: Paper) -> str:
    return reverse("receivables:paper", args=[record.pk])


class PapersTable(tables.Table):
    number = TextColumn(verbose_name=_("Paper"), url=_paper_url)
    matures_on = DayColumn(verbose_name=_("Matures"))
    kind = TextColumn(verbose_name=_("Kind"))
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    drawer = TextColumn(verbose_name=_("Drawer"))
    bank = TextColumn(verbose_name=_("Bank"), empty_values=("",))
    received_on = DayColumn(verbose_name=_("Received"))
    state = TextColumn(verbose_name=_("State"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Papers in hand")}
        default = NOTHING
        order_by = ("matures_on",)
        empty_text = _("No paper fits. Cheques and bills that customers gave show here until they are honoured.")
