"""The movements of an account, newest first: their order is that of the ledger, so no column sorts them."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableListData

from collections_app.letters.accounts.movements import Movement, Movements
from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING


class Rows(TableListData):
    """Rows that stay in the database until a page asks for them."""

    def __init__(self, data: Movements) -> None:
        super().__init__(data)


def document_url(record: Movement) -> str:
    return reverse("desk:invoice", args=[record.invoice]) if record.invoice else ""


class MovementsTable(tables.Table):
    on = DayColumn(verbose_name=_("On"))
    late_entry = DayColumn(verbose_name=_("Entered"))  # only where it is another day
    what = TextColumn(verbose_name=_("Movement"))
    document = TextColumn(verbose_name=_("Document"), url=document_url)
    amount = MoneyColumn(verbose_name=_("Amount"))
    balance = MoneyColumn(verbose_name=_("Balance"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Movements")}
        default = NOTHING
        orderable = False
        empty_text = _("Nothing has moved on this account up to that day.")

    def __init__(self, data: Movements, **kwargs: Any) -> None:
        super().__init__(Rows(data), **kwargs)
