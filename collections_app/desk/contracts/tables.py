"""The columns of the list of contracts."""

from datetime import timedelta
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collections_app.desk import wording
from collections_app.desk.tables import customer_url
from common.tables import DayColumn, TextColumn
from common.templatetags import ui
from common.templatetags.ui import NOTHING
from contracts.models import Contract


class ExecutedColumn(tables.Column):
    """Executed as its place asks, and the terms accepted; what is missing stands as a word."""

    def render(self, record: Any) -> Any:
        missing = _missing(record)
        return format_html('<span class="badge badge--hold">{}</span>', missing) if missing else gettext("Executed")

    def value(self, record: Any, **_rest: Any) -> str:
        return _missing(record) or gettext("Executed")


def _missing(contract: Any) -> str:
    if not contract.is_executed:
        return gettext("Not executed")
    return "" if contract.terms_accepted_on else gettext("Terms not accepted")


class ContractsTable(tables.Table):
    number = TextColumn(
        verbose_name=_("Contract"),
        url=lambda row: reverse("desk:contract", args=[row.pk]),
        attrs={"td": {"class": "nowrap"}},
    )
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    method = TextColumn(verbose_name=_("Settlement"))
    state = TextColumn(verbose_name=_("State"))
    executed = ExecutedColumn(
        verbose_name=_("Execution"), accessor="execution", order_by=("is_executed", "terms_accepted_on")
    )
    starts_on = DayColumn(verbose_name=_("Holds from"))
    last_day = DayColumn(verbose_name=_("Last day"), accessor="ends_before")
    currency = TextColumn(verbose_name=_("Currency"))

    class Meta:
        attrs = {"caption": _("Contracts")}
        default = NOTHING
        order_by = ("customer",)
        empty_text = _("No contract fits. Clear the filters to see all of them.")

    def render_method(self, record: Contract) -> str:
        return wording.settlement(record.method, record.parameters)

    def value_method(self, record: Contract) -> str:
        return wording.settlement(record.method, record.parameters)

    def render_last_day(self, value: Any) -> str:
        return ui.day(value - timedelta(days=1))

    def value_last_day(self, value: Any) -> Any:
        return value - timedelta(days=1)
