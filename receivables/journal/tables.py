"""Columns and filters of the journal: its batches, and the rows of one of them."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, NumberColumn, TextColumn
from common.templatetags.ui import NOTHING
from receivables.journal.words import KINDS
from receivables.models import JournalBatch, JournalRow
from staff.tables import WhoColumn


def batch_url(record: JournalBatch) -> str:
    return reverse("receivables:batch", args=[record.pk])


def customer_url(record: JournalRow) -> str:
    return reverse("desk:customer", args=[record.customer_code]) if record.customer_code else ""


def state_of(batch: JournalBatch) -> str:
    if batch.reverses is not None:
        return _t("takes batch %(number)s back") % {"number": batch.reverses.number}
    if hasattr(batch, "reversed_by"):
        return _t("taken back by batch %(number)s") % {"number": batch.reversed_by.number}
    return ""


class AccountsTable(tables.Table):
    """The file of the chart: where each kind of row goes, in every currency and in single ones."""

    words = TextColumn(verbose_name=_("What is booked"))
    currency = TextColumn(verbose_name=_("Currency"))
    number = TextColumn(verbose_name=_("Account number"))
    is_sample = TextColumn(verbose_name=_("Note"))

    def value_is_sample(self, value: bool) -> str:
        return _t("sample chart") if value else ""


class BatchesTable(tables.Table):
    number = TextColumn(verbose_name=_("Batch"), url=batch_url)
    up_to = DayColumn(verbose_name=_("Up to the end of"))
    made_at = DayColumn(verbose_name=_("Made"))
    made_by = WhoColumn(verbose_name=_("By"))
    count = NumberColumn(verbose_name=_("Rows"))
    state = TextColumn(verbose_name=_("Note"), empty_values=(), orderable=False)

    class Meta:
        attrs = {"caption": _("Batches of the journal")}
        default = NOTHING
        order_by = ("-number",)
        empty_text = _("Nothing has gone to the ledger yet. Export the journal, and its first batch stands here.")

    def render_state(self, record: JournalBatch) -> str:
        return state_of(record)

    def value_state(self, record: JournalBatch) -> str:
        return state_of(record)


class BatchesFilter(filters.FilterSet):
    since = filters.DateFilter(
        label=_("Up to a day from"), field_name="up_to", lookup_expr="gte", widget=DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = JournalBatch
        fields: list[str] = []


class RowsTable(tables.Table):
    position = NumberColumn(verbose_name=_("Row"))
    counts_on = DayColumn(verbose_name=_("Date"))
    kind = TextColumn(verbose_name=_("Kind"))
    customer_code = TextColumn(verbose_name=_("Customer"), url=customer_url)
    document_number = TextColumn(verbose_name=_("Document"))
    debit = TextColumn(verbose_name=_("Debit"))
    credit = TextColumn(verbose_name=_("Credit"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    vat_amount = MoneyColumn(verbose_name=_("VAT share"))
    text = TextColumn(verbose_name=_("Text"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Rows of the batch")}
        default = NOTHING
        order_by = ("position",)
        empty_text = _("No row fits. Clear the filters to see all of them.")

    def render_kind(self, value: str) -> Any:
        return KINDS[value]

    def value_kind(self, value: str) -> str:
        return str(KINDS[value])


class RowsFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("Search"), method="named")
    kind = filters.ChoiceFilter(label=_("Kind"), choices=list(KINDS.items()), empty_label=_("All"))
    currency = filters.ChoiceFilter(label=_("Currency"), empty_label=_("All"))

    class Meta:
        model = JournalRow
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        codes = queryset.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """By customer, document, account or text."""
        return found.filter(
            Q(customer_code__icontains=value)
            | Q(document_number__icontains=value)
            | Q(text__icontains=value)
            | Q(debit=value)
            | Q(credit=value)
        )
