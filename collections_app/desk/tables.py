"""The columns of the desk's lists."""

from collections.abc import Callable
from datetime import date
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from collections_app.desk.scope import CHARGE, CREDIT, UNAPPLIED, UNCLASSIFIED, Scope
from common.tables import DayColumn, MoneyColumn, NumberColumn, StandingColumn, TextColumn, read
from common.templatetags.ui import NOTHING, icon
from receivables import queries as ledger

CREDIT_WORDS = {
    CHARGE: _("Charge"),
    CREDIT: _("Credit note"),
    UNAPPLIED: _("Unapplied"),
    UNCLASSIFIED: _("Not classified yet"),
}
KINDS = {"due item": _("Invoice"), "charge": _("Charge"), "credit note": _("Credit note"), "payment": _("Payment")}


def customer_url(record: Any) -> str:
    return reverse(
        "desk:customer", args=[read(record, "customer_code") or read(record, "customer__code") or read(record, "code")]
    )


def document_url(record: Any) -> str:
    """A due item or charge opens its invoice; money and credit have no page of their own yet."""
    if read(record, "what") in ("due item", "charge"):
        return reverse("desk:invoice", args=[read(record, "document_id")])
    return ""


def rows_url(record: Any) -> str:
    """What a customer owes, by its rows."""
    return Scope(as_of=record.as_of, customer=record.code).rows_url


def days_words(days: int) -> str:
    if days > 0:
        return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    if days == 0:
        return str(_("today"))
    return ngettext("in %(days)s day", "in %(days)s days", -days) % {"days": -days}


def _kept_whole(record: Any) -> str:
    """A number is not broken; the reference of a payment may be a sentence."""
    return "" if read(record, "what") == "payment" else "nowrap"


class CustomerColumn(TextColumn):
    """The name as a link and the code beside it."""

    def render(self, value: Any, record: Any) -> Any:
        name, code = super().render(value, record), read(record, "customer_code")
        return format_html('{} <span class="muted">{}</span>', name, code)


def invoice_of(record: Any) -> int | None:
    return read(record, "document_id") if read(record, "what") in ("due item", "charge") else None


class PapersColumn(tables.Column):
    """Copy and proof of an invoice, on the page only; a page asks once which of its deliveries are proven."""

    def __init__(self, *args: Any, invoice: Callable[[Any], int | None], **kwargs: Any) -> None:
        attrs = {"td": {"class": "nowrap"}}
        super().__init__(*args, empty_values=(), orderable=False, exclude_from_export=True, attrs=attrs, **kwargs)
        self.invoice = invoice

    def render(self, record: Any, table: tables.Table) -> Any:
        key = self.invoice(record)
        if key is None:
            return NOTHING
        if not hasattr(table, "proven"):
            keys = (self.invoice(row.record) for row in table.paginated_rows)
            table.proven = ledger.proven(key for key in keys if key is not None)
        return render_to_string("components/papers.html", {"invoice": key, "shipment": table.proven.get(key)})


class ReceivablesTable(tables.Table):
    """The rows behind a figure: due items, credit notes and unapplied payments.

    On the page the code stands with the name and the kind is told by document and standing, so that the open amount
    is in sight on a small desk; a file has both in columns of their own.
    """

    customer_name = CustomerColumn(verbose_name=_("Customer"), url=customer_url)
    customer_code = TextColumn(verbose_name=_("Code"), visible=False)
    document = TextColumn(
        verbose_name=_("Document"), url=document_url, empty_values=(None,), attrs={"td": {"class": _kept_whole}}
    )
    papers = PapersColumn(verbose_name=_("Papers"), invoice=invoice_of)
    what = TextColumn(verbose_name=_("Kind"), visible=False)
    issued_on = DayColumn(verbose_name=_("Issued"))
    due_date = DayColumn(verbose_name=_("Due"))
    days_late = NumberColumn(verbose_name=_("Days late"), accessor="due_date", order_by="-due_date")
    standing_now = StandingColumn(verbose_name=_("Standing"), words=CREDIT_WORDS, empty_values=(None,))
    rep_name = TextColumn(verbose_name=_("Rep"))
    disputed = MoneyColumn(verbose_name=_("Disputed"))
    open = MoneyColumn(verbose_name=_("Open"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Receivables")}
        default = NOTHING
        order_by = ("due_date",)
        empty_text = _("Nothing is open here. Clear the filters to see everything.")
        sequence = ("customer_name", "...")

    def __init__(self, *args: Any, as_of: date, **kwargs: Any) -> None:
        self.as_of = as_of
        super().__init__(*args, **kwargs)

    def render_what(self, value: str) -> Any:
        return KINDS[value]

    def value_what(self, value: str) -> str:
        return str(KINDS[value])

    def render_days_late(self, value: date) -> str:
        return days_words((self.as_of - value).days)

    def value_days_late(self, value: date) -> int:
        return (self.as_of - value).days


class HoldColumn(tables.Column):
    """Whether goods of the customer wait at the gate."""

    def render(self, value: bool, record: Any) -> Any:
        if not value:
            return NOTHING
        page = f"{reverse('desk:shipments')}?{urlencode({'q': record.code})}"
        glyph = icon("box", css="badge__glyph")
        return format_html('<a class="badge badge--hold" href="{}">{}{}</a>', page, glyph, _("On hold"))

    def value(self, value: bool, **_rest: Any) -> str:
        return str(_("On hold")) if value else ""


class CustomersTable(tables.Table):
    name = TextColumn(verbose_name=_("Customer"), url=customer_url, attrs={"td": {"class": "strong"}})
    code = TextColumn(verbose_name=_("Code"))
    owner = TextColumn(
        verbose_name=_("Rep"), accessor="owner__first_name", order_by=("owner__first_name", "owner__last_name")
    )
    region = TextColumn(verbose_name=_("Region"))
    worst = StandingColumn(verbose_name=_("Worst standing"), order_by="severity")
    is_held = HoldColumn(verbose_name=_("Hold"))
    oldest = DayColumn(verbose_name=_("Oldest due"))
    late = MoneyColumn(verbose_name=_("Late"), url=lambda row: f"{rows_url(row)}&late=1")
    open = MoneyColumn(verbose_name=_("Open"), url=rows_url)

    class Meta:
        attrs = {"caption": _("Customers")}
        default = NOTHING
        order_by = ("name",)
        empty_text = _("No customer fits. Clear the filters to see all of them.")

    def __init__(self, *args: Any, base: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("late", _("Late, %(base)s")), ("open", _("Open, %(base)s"))):
            column = self.columns[name].column
            column.currency, column.verbose_name = base, words % {"base": base}

    def render_owner(self, record: Any) -> str:
        return str(record.owner)

    def value_owner(self, record: Any) -> str:
        return str(record.owner)


class InvoicesTable(tables.Table):
    number = TextColumn(verbose_name=_("Invoice"), url=lambda row: reverse("desk:invoice", args=[row.pk]))
    papers = PapersColumn(verbose_name=_("Papers"), invoice=lambda row: row.pk)
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    issued_on = DayColumn(verbose_name=_("Issued"))
    due = DayColumn(verbose_name=_("Due"))
    worst = StandingColumn(verbose_name=_("Standing"), order_by="severity")
    amount = MoneyColumn(verbose_name=_("Amount"))
    open = MoneyColumn(verbose_name=_("Open"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Invoices")}
        default = NOTHING
        order_by = ("-issued_on",)
        empty_text = _("No invoice fits. Clear the filters to see all of them.")
