"""Columns of the lists of files and of differences."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, NumberColumn, TextColumn
from common.templatetags.ui import NOTHING
from intake import pages, shipped
from intake.models import Difference
from staff.tables import WhoColumn


def file_url(record: Any) -> str:
    return reverse("intake:file", args=[record.pk])


def customer_url(record: Any) -> str:
    return reverse("desk:customer", args=[record.customer.code])


class CountColumn(NumberColumn):
    """A figure of the file's report, or the sum of several."""

    def __init__(self, verbose_name: Any, *names: str) -> None:
        super().__init__(verbose_name=verbose_name, accessor="report", orderable=False)
        self.names = names

    def render(self, value: Any) -> int:
        return sum(value.get(name, 0) for name in self.names)

    def value(self, value: Any, **_: Any) -> int:
        return self.render(value)


class FileTable(tables.Table):
    """Files that came in, the newest first."""

    name = TextColumn(verbose_name=_("File"), url=file_url)
    kind = TextColumn(verbose_name=_("Content"))
    as_of = DayColumn(verbose_name=_("Open items of"))
    received_at = tables.DateTimeColumn(verbose_name=_("Received"), format="j M Y H:i")
    state = TextColumn(verbose_name=_("State"))
    profile = TextColumn(verbose_name=_("Profile"))
    received_by = WhoColumn(verbose_name=_("By"))
    rows_read = CountColumn(_("Rows"), "rows")
    added = CountColumn(
        _("Added"), "invoices_added", "credit_notes_added", "contracts_added", "price_lines_added", "shipments_added"
    )
    settled = CountColumn(_("Settled"), "settled", "changed")
    unchanged = CountColumn(_("Unchanged"), "unchanged")
    refused = CountColumn(_("Refused"), "refused_rows")

    class Meta:
        attrs = {"caption": _("Files that came in")}
        default = NOTHING
        order_by = ("-received_at",)
        empty_text = _("No file has come in yet, or none fits. Import your list of receivables and it is listed here.")

    def render_kind(self, value: str) -> Any:
        return shipped.LABELS[value]

    def value_kind(self, value: str) -> str:
        return str(shipped.LABELS[value])


class DifferencesTable(tables.Table):
    """What lists say otherwise than our book; who may decide gets the link to the file."""

    as_of = DayColumn(verbose_name=_("List of"))
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    number = TextColumn(verbose_name=_("Document"))
    what = TextColumn(verbose_name=_("What differs"))
    ours = TextColumn(verbose_name=_("Here"), empty_values=(), orderable=False)
    theirs = TextColumn(verbose_name=_("In the ledger"), empty_values=(), orderable=False)
    state = TextColumn(verbose_name=_("State"))
    decided_by = WhoColumn(verbose_name=_("Decided by"))
    decide = TextColumn(verbose_name=_("Decide"), empty_values=(), orderable=False, exclude_from_export=True)

    class Meta:
        attrs = {"caption": _("Differences to the ledger")}
        default = NOTHING
        order_by = ("as_of",)
        empty_text = _("Nothing differs. What a list of open items says otherwise than our book shows here.")

    def render_ours(self, record: Difference) -> str:
        return pages.ours(record)

    def value_ours(self, record: Difference) -> str:
        return pages.ours(record)

    def render_theirs(self, record: Difference) -> str:
        return pages.theirs(record)

    def value_theirs(self, record: Difference) -> str:
        return pages.theirs(record)

    def render_decide(self, record: Difference) -> str:
        if record.state != Difference.State.OPEN:
            return ""
        address = reverse("intake:difference", args=[record.pk])
        return format_html('<a class="button button--quiet" href="{}">{}</a>', address, _t("Review"))
