"""Columns of the lists of money. Addresses of customers are given by name: their page stands on a higher floor."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING
from receivables.models import Payment, Receipt
from staff.tables import WhoColumn


def customer_url(record: Any) -> str:
    return reverse("desk:customer", args=[record.customer.code])


def payment_url(record: Any) -> str:
    return reverse("receivables:payment", args=[record.pk])


class PaymentsTable(tables.Table):
    received_on = DayColumn(verbose_name=_("Received"), url=payment_url)
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    method = TextColumn(verbose_name=_("Method"))
    reference = TextColumn(verbose_name=_("Reference"), url=payment_url)
    receipt = TextColumn(verbose_name=_("Receipt"), accessor="receipt__number")
    amount = MoneyColumn(verbose_name=_("Amount"))
    unapplied_amount = MoneyColumn(verbose_name=_("Unapplied"))
    state = TextColumn(verbose_name=_("Note"), empty_values=(), orderable=False)
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Payments")}
        default = NOTHING
        order_by = ("-received_on",)
        empty_text = _("No payment fits. Clear the filters to see all of them.")

    def render_state(self, record: Payment) -> str:
        if record.reverses_id:
            return _t("takes back an earlier payment")
        return _t("taken back") if hasattr(record, "reversed_by") else ""

    def value_state(self, record: Payment) -> str:
        return self.render_state(record)


class DecideColumn(WhoColumn):
    """The way to decide on a receipt that waits, else who decided on it."""

    def render(self, value: Any, record: Receipt) -> SafeString | str:
        if record.state != Receipt.State.PROVISIONAL:
            return self.named(record.decided_by)
        return format_html(
            '<a class="button button--quiet" href="{}">{}</a>',
            reverse("receivables:receipt", args=[record.pk]),
            _t("Review"),
        )


class ReceiptsTable(tables.Table):
    """Receipts of reps; who may decide gets the two links."""

    number = TextColumn(verbose_name=_("Receipt"))
    received_on = DayColumn(verbose_name=_("Received"))
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    rep = TextColumn(verbose_name=_("Rep"), accessor="rep", order_by=("rep__first_name", "rep__username"))
    method = TextColumn(verbose_name=_("Method"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    state = TextColumn(verbose_name=_("State"))
    decide = DecideColumn(verbose_name=_("Decide"), empty_values=(), orderable=False, exclude_from_export=True)
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Receipts of reps")}
        default = NOTHING
        order_by = ("received_on",)
        empty_text = _("No receipt waits. What reps receive in the field shows here until it is verified.")

    def __init__(self, *args: Any, may_decide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_decide:
            self.columns.hide("decide")
