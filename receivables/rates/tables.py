"""The columns of the list of rates."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.tables import NUM, DayColumn, TextColumn
from common.templatetags.ui import NOTHING
from staff.tables import WhoColumn


class RateColumn(tables.Column):
    """As many decimals as were stated; exported as a number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs=NUM, **kwargs)

    def render(self, value: Decimal) -> str:
        return f"{value.normalize():f}"

    def value(self, value: Decimal) -> Decimal:
        return Decimal(f"{value.normalize():f}")


class RatesTable(tables.Table):
    """`is_replaced`: another row of the same day was stated later."""

    currency = TextColumn(verbose_name=_("Currency"))
    on = DayColumn(verbose_name=_("Day"))
    rate = RateColumn(verbose_name=_("Rate"))
    source = TextColumn(verbose_name=_("Source"))
    entered_at = DayColumn(verbose_name=_("Entered"))
    stated_by = WhoColumn(verbose_name=_("By"))
    note = TextColumn(verbose_name=_("Note"), accessor="is_replaced", empty_values=(), orderable=False)

    class Meta:
        attrs = {"caption": _("Rates")}
        default = NOTHING
        order_by = ("-on", "currency")
        empty_text = _("No rate is stated. Without one, amounts of other currencies show no sum in the base currency.")

    def render_note(self, value: bool) -> str:
        return _t("corrected later") if value else ""

    def value_note(self, value: bool) -> str:
        return self.render_note(value)
