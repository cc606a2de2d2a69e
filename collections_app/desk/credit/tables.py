"""The columns of the list of credit."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collections_app.desk.credit.reading import Line, ramp_words
from collections_app.gate.credit_rules import Ramp
from common.tables import NUM, DayColumn, MoneyColumn, NumberColumn, TextColumn
from common.templatetags import ui
from common.templatetags.ui import NOTHING

SHARE_PLACES = Decimal("0.0001")


class UsedColumn(tables.Column):
    """The used share of a limit as per cent; exported as a number, 1 is the whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, attrs=NUM, empty_values=(), **kwargs)

    def render(self, value: Decimal | None, record: Line) -> str:
        share = ui.percent(value)  # of a limit of nothing there is no share
        return gettext("%(share)s, over") % {"share": share} if record.is_over_limit else share

    def value(self, value: Decimal | None, **_: Any) -> Decimal | str:
        return "" if value is None else value.quantize(SHARE_PLACES)


class RampColumn(tables.Column):
    """What a new customer may owe, and whether it owes more."""

    def render(self, value: Ramp, record: Line) -> str:
        words = ramp_words(value)
        return gettext("%(allowed)s, over") % {"allowed": words} if record.is_over_ramp else words

    def value(self, value: Ramp, **_: Any) -> str:
        return ramp_words(value)


class CreditTable(tables.Table):
    name = TextColumn(verbose_name=_("Customer"), url=lambda row: row.url, attrs={"td": {"class": "strong"}})
    code = TextColumn(verbose_name=_("Code"))
    rep = TextColumn(verbose_name=_("Rep"))
    region = TextColumn(verbose_name=_("Region"))
    limit = MoneyColumn(verbose_name=_("Limit"), currency="base", order_by="limit_order")
    exposure = MoneyColumn(
        verbose_name=_("Exposure"), currency="base", order_by="exposure_order", url=lambda row: row.url
    )
    used = UsedColumn(verbose_name=_("Used"), order_by="used_order")
    ramp = RampColumn(verbose_name=_("New customer"), orderable=False)
    insured_until = DayColumn(verbose_name=_("Insured until"))
    holds = NumberColumn(verbose_name=_("Held shipments"))
    base = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Credit of customers")}
        default = NOTHING
        order_by = ("-used",)
        empty_text = _("No customer fits. Clear the filters to see all of them.")

    def __init__(self, *args: Any, base: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("limit", _("Limit, %(base)s")), ("exposure", _("Exposure, %(base)s"))):
            self.columns[name].column.verbose_name = words % {"base": base}

    def render_holds(self, value: int) -> str:
        return ui.number(value) if value else NOTHING
