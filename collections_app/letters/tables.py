"""The columns of the dunning run and of the list of letters."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collections_app.letters.models import Letter
from common.tables import DayColumn, MoneyColumn, NumberColumn, TextColumn, read

LANGUAGES = {"en": "English", "es": "Español", "zh-hans": "简体中文"}
LEVELS = {1: _("Payment reminder"), 2: _("Second reminder"), 3: _("Last reminder")}


def customer_url(record: Any) -> str:
    return reverse("desk:customer", args=[read(record, "customer_code") or read(record, "customer__code")])


def letter_url(record: Letter) -> str:
    return reverse("letters:letter", args=[record.pk]) if record.document_id else ""


class LevelColumn(tables.Column):
    def render(self, value: int) -> Any:
        return LEVELS.get(value, value)

    def value(self, value: int) -> int:
        return value


class ProposalTable(tables.Table):
    """One row per letter."""

    customer_name = TextColumn(verbose_name=_("Customer"), url=customer_url, attrs={"td": {"class": "strong"}})
    customer_code = TextColumn(verbose_name=_("Code"))
    level = LevelColumn(verbose_name=_("Level"))
    way = TextColumn(verbose_name=_("Reaches the customer"))
    language = tables.Column(verbose_name=_("Language"))
    items = NumberColumn(verbose_name=_("Items"), order_by=("items",))
    oldest = NumberColumn(verbose_name=_("Days late, oldest"))
    total = MoneyColumn(verbose_name=_("Amount"))
    currency = tables.Column(verbose_name=_("Currency"))

    class Meta:
        attrs = {"caption": _("Letters proposed")}
        empty_text = _("No letter is due on this day: nothing late has reached its next step.")

    def render_language(self, value: str) -> str:
        return LANGUAGES.get(value, value)


class LeftOutTable(tables.Table):
    """What gets no letter, why, and when it is looked at again."""

    customer_name = TextColumn(verbose_name=_("Customer"), url=customer_url)
    customer_code = TextColumn(verbose_name=_("Code"))
    reason = TextColumn(verbose_name=_("Reason"))
    returns_on = DayColumn(verbose_name=_("Comes back on"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    currency = tables.Column(verbose_name=_("Currency"))

    class Meta:
        attrs = {"caption": _("Left out")}
        empty_text = _("Nothing is left out.")


class LettersTable(tables.Table):
    reference = TextColumn(
        verbose_name=_("Letter"), url=letter_url, order_by=("year", "number"), attrs={"td": {"class": "nowrap"}}
    )
    customer_name = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    level = LevelColumn(verbose_name=_("Level"))
    as_of = DayColumn(verbose_name=_("Date"), accessor="run__as_of")
    pay_by = DayColumn(verbose_name=_("Pay by"))
    language = tables.Column(verbose_name=_("Language"))
    total_amount = MoneyColumn(verbose_name=_("Amount"))
    currency = tables.Column(verbose_name=_("Currency"))
    state = tables.Column(verbose_name=_("State"), accessor="document_id", orderable=False, empty_values=())

    class Meta:
        attrs = {"caption": _("Letters")}
        order_by = ("-reference",)
        empty_text = _("No letters here. The dunning run proposes them for what is late.")

    def render_language(self, value: str) -> str:
        return LANGUAGES.get(value, value)

    def render_state(self, record: Letter) -> Any:
        return _("Printed") if record.document_id else _("Waits to be printed")

    def value_state(self, record: Letter) -> str:
        return str(self.render_state(record))
