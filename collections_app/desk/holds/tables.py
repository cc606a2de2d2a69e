"""The columns of the two lists of holds; the first is shown as cards and exported as these columns."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING


class HoldsTable(tables.Table):
    customer = TextColumn(verbose_name=_("Customer"), url=lambda row: row.customer_url)
    code = TextColumn(verbose_name=_("Code"), visible=False)
    what = TextColumn(verbose_name=_("Shipment"), url=lambda row: row.url)
    number = TextColumn(verbose_name=_("Number"), visible=False)
    rep = TextColumn(verbose_name=_("Rep"))
    why = TextColumn(verbose_name=_("What keeps it"))
    way_out = TextColumn(verbose_name=_("What clears it"))
    paid = MoneyColumn(verbose_name=_("Paid so far"), currency="paid_currency", orderable=False)
    paid_of = MoneyColumn(verbose_name=_("Out of"), currency="paid_currency", orderable=False)
    since = DayColumn(verbose_name=_("Since"))
    amount = MoneyColumn(verbose_name=_("Goods waiting"), url=lambda row: row.url)
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Holds")}
        default = NOTHING
        order_by = ("since",)
        empty_text = _("Nothing waits for a decision. Held batches show here until they leave.")


class ObservedTable(HoldsTable):
    why = TextColumn(verbose_name=_("What would keep it"))

    class Meta(HoldsTable.Meta):
        attrs = {"caption": _("Observed: would hold")}
        empty_text = _("No observed cause would hold a waiting batch today.")
