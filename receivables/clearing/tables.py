"""Columns of write-offs, charges and credit notes."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING
from receivables.tables import customer_url
from staff.tables import WhoColumn


def _page(name: str) -> Any:
    return lambda record: reverse(f"receivables:{name}", args=[record.pk])


def invoice_url(record: Any) -> str:
    """Of a write-off or a charge, of a due item, or of a credit note: the invoice it is about, if there is one."""
    item = getattr(record, "due_item", None)
    invoice = record.invoice_id if hasattr(record, "invoice_id") else item and item.invoice_id
    return reverse("desk:invoice", args=[invoice]) if invoice else ""


class WriteOffsTable(tables.Table):
    asked_on = DayColumn(verbose_name=_("Asked"))
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    invoice = TextColumn(verbose_name=_("Invoice"), accessor="due_item__invoice__number", url=invoice_url)
    code = TextColumn(verbose_name=_("Reason"), url=_page("write-off"))
    because = TextColumn(verbose_name=_("Words"))
    asked_by = WhoColumn(verbose_name=_("Asked by"))
    approved_by = WhoColumn(verbose_name=_("Decided by"))
    by_rule = TextColumn(verbose_name=_("Rule"))
    state = TextColumn(verbose_name=_("State"))
    vat_amount = MoneyColumn(verbose_name=_("Tax in it"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Write-offs")}
        default = NOTHING
        order_by = ("-asked_on",)
        empty_text = _("No write-off here. Finance asks for one on the page of an invoice; a second person decides.")


class WaiveColumn(tables.Column):
    """The way to let a claim go."""

    def render(self, record: Any) -> SafeString:
        address = reverse("receivables:waive-claim", args=[record.pk])
        words = format_html('{}<span class="visually-hidden"> {}</span>', _t("Waive"), record.invoice.number)
        return format_html('<a class="button button--quiet" href="{}">{}</a>', address, words)


class ClaimsTable(tables.Table):
    """What was written off and is still claimed; whoever decides gets the way to waive it."""

    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    invoice = TextColumn(verbose_name=_("Invoice"), accessor="invoice__number", url=invoice_url)
    due_date = DayColumn(verbose_name=_("Due"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    claim_amount = MoneyColumn(verbose_name=_("Claim"))
    waive = WaiveColumn(verbose_name=_("Waive"), empty_values=(), orderable=False, exclude_from_export=True)
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Dormant claims")}
        default = NOTHING
        order_by = ("due_date",)
        empty_text = _("No claim is dormant. What is written off as bad debt stays here as a claim.")

    def __init__(self, *args: Any, may_waive: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_waive:
            self.columns.hide("waive")


class WaitingTable(tables.Table):
    """The file of the money that waits to be matched: each payment with the best proposal."""

    received_on = DayColumn(verbose_name=_("Received"), accessor="payment__received_on")
    customer = TextColumn(verbose_name=_("Customer"), accessor="payment__customer__name")
    code = TextColumn(verbose_name=_("Code"), accessor="payment__customer__code")
    method = TextColumn(verbose_name=_("Method"), accessor="payment__get_method_display")
    reference = TextColumn(verbose_name=_("Reference"), accessor="payment__reference")
    amount = MoneyColumn(verbose_name=_("Amount"), accessor="payment__amount", currency="payment__currency")
    unapplied = MoneyColumn(
        verbose_name=_("Unapplied"), accessor="payment__unapplied_amount", currency="payment__currency"
    )
    currency = TextColumn(verbose_name=_("Currency"), accessor="payment__currency")
    proposal = TextColumn(verbose_name=_("Proposal"), accessor="best__reason")
    documents = TextColumn(verbose_name=_("Settles"), accessor="best__documents")


class ChargesTable(tables.Table):
    claimed_on = DayColumn(verbose_name=_("Claimed"))
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    invoice = TextColumn(verbose_name=_("Invoice"), accessor="due_item__invoice__number", url=invoice_url)
    kind = TextColumn(verbose_name=_("Kind"), url=_page("charge"))
    basis = TextColumn(verbose_name=_("Basis"))
    booked_on = DayColumn(verbose_name=_("In the ledger since"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    open_amount = MoneyColumn(verbose_name=_("Open"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Charges")}
        default = NOTHING
        order_by = ("-claimed_on",)
        empty_text = _("Nothing is claimed. Interest, fixed sums and fees are claimed on the page of an invoice.")


class CreditNotesTable(tables.Table):
    issued_on = DayColumn(verbose_name=_("Issued"))
    number = TextColumn(verbose_name=_("Number"), url=_page("credit-note"))
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    invoice = TextColumn(verbose_name=_("Invoice"), accessor="invoice__number", url=invoice_url)
    amount = MoneyColumn(verbose_name=_("Amount"))
    unapplied_amount = MoneyColumn(verbose_name=_("Free"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Credit notes")}
        default = NOTHING
        order_by = ("-issued_on",)
        empty_text = _("No credit note fits. Clear the filters to see all of them.")
