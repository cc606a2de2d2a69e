"""Columns of cash in hand, hand-ins and void numbers. Pages of higher floors are given by name."""

from typing import Any
from urllib.parse import urlencode

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.tables import DayColumn, MoneyColumn, NumberColumn, TextColumn
from common.templatetags.ui import NOTHING
from receivables.cash_queries import InHand
from receivables.cash_rules import number_of
from receivables.models import HandIn, VoidNumber
from receivables.tables import customer_url
from staff.tables import WhoColumn


def receipts_url(record: InHand) -> str:
    """The receipts that add up to it."""
    asked = {"state": "", "in_hand": "1", "rep": record.rep_id, "currency": record.currency}
    return f"{reverse('receivables:receipts')}?{urlencode(asked)}"


class CarriedTable(tables.Table):
    """A row a rep and currency."""

    rep = TextColumn(verbose_name=_("Rep"))
    oldest_on = DayColumn(verbose_name=_("Since"))
    deposit_by = DayColumn(verbose_name=_("To be handed in by"))
    state = TextColumn(verbose_name=_("Note"), orderable=False, empty_values=("",))
    count = NumberColumn(verbose_name=_("Receipts"))
    amount = MoneyColumn(verbose_name=_("Cash in hand"), url=receipts_url)
    base_amount = MoneyColumn(verbose_name=_("In base currency"), currency="base")
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Cash in hand")}
        default = NOTHING
        order_by = ("rep", "currency")
        empty_text = _("No rep carries cash. What reps receive in cash shows here until it is handed in.")


class OwnCashTable(tables.Table):
    """A rep's receipts in cash that are not handed in."""

    number = TextColumn(verbose_name=_("Receipt"), url=lambda record: reverse("visits:receipt", args=[record.pk]))
    received_on = DayColumn(verbose_name=_("Received"))
    customer = TextColumn(verbose_name=_("Customer"), accessor="customer__name", url=customer_url)
    amount = MoneyColumn(verbose_name=_("Amount"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Receipts in cash")}
        default = NOTHING
        order_by = ("received_on",)
        empty_text = _("You carry no cash. Money that you receive in cash shows here until you hand it in.")


def _hand_in_url(record: HandIn) -> str:
    return reverse("receivables:hand-in", args=[record.pk])


class HandInsTable(tables.Table):
    slip_number = TextColumn(verbose_name=_("Slip"), url=_hand_in_url)
    handed_in_on = DayColumn(verbose_name=_("Handed in"))
    rep = TextColumn(verbose_name=_("Rep"), accessor="rep", order_by=("rep__first_name", "rep__username"))
    state = TextColumn(verbose_name=_("State"))
    expected_amount = MoneyColumn(verbose_name=_("By receipts"))
    counted_amount = MoneyColumn(verbose_name=_("Counted"))
    difference = MoneyColumn(verbose_name=_("Difference"))
    difference_code = TextColumn(verbose_name=_("Why"), empty_values=("",))
    banked_on = DayColumn(verbose_name=_("At the bank"))
    currency = TextColumn(verbose_name=_("Currency"), visible=False)

    class Meta:
        attrs = {"caption": _("Hand-ins")}
        default = NOTHING
        order_by = ("-handed_in_on",)
        empty_text = _("No hand-in fits. A rep hands in cash on the page Cash in hand.")


class VoidNumbersTable(tables.Table):
    number = TextColumn(verbose_name=_("Number"), empty_values=(), orderable=False)
    rep = TextColumn(verbose_name=_("Rep"), accessor="rep", order_by=("rep__first_name", "rep__username"))
    because = TextColumn(verbose_name=_("Why"))
    voided_by = WhoColumn(verbose_name=_("Made void by"))
    entered_at = DayColumn(verbose_name=_("On"))

    class Meta:
        attrs = {"caption": _("Void numbers")}
        default = NOTHING
        order_by = ("-entered_at",)
        empty_text = _("No number is void.")

    def render_number(self, record: VoidNumber) -> str:
        return number_of(record.rep_id, record.device, record.position)

    def value_number(self, record: VoidNumber, **_: Any) -> str:
        return self.render_number(record)
