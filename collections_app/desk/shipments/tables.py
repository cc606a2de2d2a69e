"""The columns of the shipment board."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collections_app.desk.holds import causes
from collections_app.desk.holds.causes import CauseRow
from collections_app.desk.tables import customer_url
from collections_app.gate.models import Hold
from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags import ui
from common.templatetags.ui import NOTHING
from contracts.models import Proof, Shipment
from receivables.models import Invoice

WHOLE = {"td": {"class": "nowrap"}}  # a number is not broken


def shipment_url(row: Any) -> str:
    return reverse("desk:shipment", args=[row.pk])


class WhyColumn(tables.Column):
    """What keeps a waiting shipment, or would: one line a cause, its amount opening the rows behind it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, accessor="open_holds", orderable=False, **kwargs)

    def _rows(self, holds: Sequence[Hold], record: Shipment, table: Any) -> list[CauseRow]:
        """What is only observed is told where nothing keeps the shipment; its page tells all."""
        found = causes.of_holds(holds, record, as_of=table.as_of)
        return [row for row in found if not row.is_observed] or found

    def render(self, value: Sequence[Hold], record: Shipment, table: Any) -> Any:
        lines = ((_link(row), _would(row)) for row in self._rows(value, record, table))
        found = format_html_join("", "<li>{}{}</li>", lines)
        return format_html('<ul class="bullets">{}</ul>', found) if found else NOTHING

    def value(self, value: Sequence[Hold], record: Shipment, table: Any, **_rest: Any) -> str:
        said = (f"{gettext('would be held')}: {row.sentence}" if row.is_observed else row.sentence
                for row in self._rows(value, record, table))  # fmt: skip
        return " ".join(said)


def _link(row: CauseRow) -> Any:
    if row.amount is None:
        return format_html('<a class="sum" href="{}">{}</a>', row.url, row.sentence)
    amount = ui.money_text(row.amount, row.currency)
    before, found, after = row.sentence.partition(amount)
    if not found:
        return format_html('{} <a class="sum" href="{}">{}</a>', row.sentence, row.url, amount)
    return format_html('{}<a class="sum" href="{}">{}</a>{}', before, row.url, amount, after)


def _would(row: CauseRow) -> Any:
    return format_html(' <span class="tag">{}</span>', gettext("would be held")) if row.is_observed else ""


class StateColumn(tables.Column):
    def render(self, record: Shipment) -> Any:
        word = record.get_state_display()
        if record.state != Shipment.State.HELD:
            return word
        return format_html('<span class="badge badge--hold">{}{}</span>', ui.icon("box", css="badge__glyph"), word)

    def value(self, record: Shipment, **_rest: Any) -> str:
        return str(record.get_state_display())


class ShipmentsTable(tables.Table):
    number = TextColumn(verbose_name=_("Shipment"), url=shipment_url, attrs=WHOLE)
    batch = tables.Column(verbose_name=_("Batch"), visible=False)
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    state = StateColumn(verbose_name=_("State"), order_by=("rank", "waits_since", "-left_on"))
    why = WhyColumn(verbose_name=_("What keeps it"))
    asked_on = DayColumn(verbose_name=_("Asked"))
    delivered_on = DayColumn(verbose_name=_("Delivered"))
    proof = TextColumn(verbose_name=_("Proof"), accessor="proof", orderable=False, empty_values=(None,))
    invoices = TextColumn(verbose_name=_("Invoice"), accessor="invoices", orderable=False, attrs=WHOLE)
    amount = MoneyColumn(verbose_name=_("Amount"), url=shipment_url)
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Shipments")}
        default = NOTHING
        order_by = ("state",)
        empty_text = _("No shipment fits. Clear the filters to see all of them.")

    def __init__(self, *args: Any, as_of: date, **kwargs: Any) -> None:
        self.as_of = as_of
        super().__init__(*args, **kwargs)

    def render_proof(self, value: Proof, record: Shipment) -> Any:
        if value.document_id is None:
            return value.signed_by
        return format_html('<a href="{}">{}</a>', reverse("desk:proof-file", args=[record.pk]), value.signed_by)

    def value_proof(self, value: Proof) -> str:
        return value.signed_by

    def render_invoices(self, value: Any) -> Any:
        links = ((reverse("desk:invoice", args=[row.pk]), row.number) for row in _billed(value))
        return format_html_join(", ", '<a href="{}">{}</a>', links) or NOTHING

    def value_invoices(self, value: Any) -> str:
        return ", ".join(row.number for row in _billed(value))


def _billed(invoices: Any) -> list[Invoice]:
    return sorted(invoices.all(), key=lambda row: row.pk)
