"""The columns of the list of the supply ladder."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, NumberColumn, TextColumn
from common.templatetags.ui import NOTHING


class LadderTable(tables.Table):
    """Comes in its own order: proposed steps first, the longest late first."""

    name = TextColumn(verbose_name=_("Customer"), url=lambda row: row.url, attrs={"td": {"class": "strong"}})
    code = TextColumn(verbose_name=_("Code"), visible=False)
    rep = TextColumn(verbose_name=_("Rep"))
    stands_on = TextColumn(verbose_name=_("Stands on"), order_by="standing")
    since = DayColumn(verbose_name=_("Since"), visible=False)
    days_late = NumberColumn(verbose_name=_("Days late"))
    late = MoneyColumn(verbose_name=_("Undisputed"), currency="base", order_by="late_order", url=lambda row: row.url)
    next_rung = TextColumn(verbose_name=_("Proposed step"), url=lambda row: row.url)
    would = TextColumn(verbose_name=_("What it would do"), orderable=False)
    lost_margin = MoneyColumn(verbose_name=_("Cost a month"), currency="base", order_by="lost_margin_order")
    ground = TextColumn(verbose_name=_("Ground"), visible=False)
    base = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Supply ladder")}
        default = NOTHING
        empty_text = _("Nobody stands on the supply ladder, and nobody is late enough for its first rung.")

    def __init__(self, *args: Any, base: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (
            ("late", _("Undisputed, %(base)s")),
            ("lost_margin", _("Cost a month, %(base)s")),
        ):
            self.columns[name].column.verbose_name = words % {"base": base}
