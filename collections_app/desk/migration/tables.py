"""The columns of the due items behind a move."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collections_app.desk.tables import CustomerColumn
from common.tables import MoneyColumn, TextColumn, read
from common.templatetags.ui import NOTHING


def invoice_url(record: Any) -> str:
    return reverse("desk:invoice", args=[read(record, "invoice")])


def customer_url(record: Any) -> str:
    return reverse("desk:customer", args=[read(record, "customer_code")])


class PiecesTable(tables.Table):
    """A file has the customer's code in a column of its own."""

    customer_name = CustomerColumn(verbose_name=_("Customer"), url=customer_url)
    customer_code = TextColumn(verbose_name=_("Code"), visible=False)
    number = TextColumn(verbose_name=_("Invoice"), url=invoice_url)
    was = TextColumn(verbose_name=_("Was"))
    becomes = TextColumn(verbose_name=_("Is then"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Due items of this move")}
        default = NOTHING
        order_by = ("-amount",)
        empty_text = _("No due item made this move.")
