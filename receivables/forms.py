"""Forms of money: they check the shape; the services decide."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import clock, days, money
from common.forms import AmountField, DayField
from common.templatetags.ui import day as day_words
from common.templatetags.ui import money_text
from customers.models import Customer
from receivables import queries
from receivables.models import PaymentMethod
from receivables.proposals import as_said, numbers_in, orders_named
from staff.models import BankAccount, Business, User

LONG_AGO = timedelta(days=400)
MUCH = Decimal(100)  # in the currency of the payment: a smaller excess needs no question


class AccountCurrencyField(forms.ChoiceField):
    """A currency in which the company has a bank account."""

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            raise forms.ValidationError(
                _("There is no bank account in %(currency)s. Add one, or check the currency.") % {"currency": value}
            )
        super().validate(value)


class OnceForm(forms.Form):
    """A form with a one-time key: sent twice, it is done once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4().hex} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)


class VerifyForm(OnceForm):
    """The money is here."""


class RefuseForm(OnceForm):
    because = forms.CharField(label=gettext_lazy("Why is the money not there?"), max_length=200)


def far_beyond(amount: Decimal, owed: Decimal, currency: str) -> str:
    """The question about money or credit of which most would settle nothing; empty where there is none."""
    if amount <= 2 * owed or amount - owed <= MUCH:
        return ""
    return _("That is far more than the %(owed)s that is open. If it is right, tick the box.") % {
        "owed": money_text(owed, currency)
    }


class PaymentForm(OnceForm):
    """Money that arrived, booked by hand; it settles the oldest due items first."""

    customer = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=40,
        help_text=gettext_lazy("As it stands in the list of customers."),
        widget=forms.TextInput(attrs={"list": "customers", "autocomplete": "off"}),
    )
    amount = AmountField(label=gettext_lazy("Amount"))
    currency = AccountCurrencyField(label=gettext_lazy("Currency"))
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=PaymentMethod.choices, initial="transfer")
    received_on = DayField(label=gettext_lazy("Received on"))
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=140, required=False)
    named = forms.CharField(
        label=gettext_lazy("Which invoices or orders does the payer name?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The numbers of the list that came with the money: one a line, or between commas."),
    )
    instructed_on = DayField(
        label=gettext_lazy("The customer told the bank on"),
        required=False,
    )
    expected_on = DayField(label=gettext_lazy("We expected it on"), required=False)
    sure = forms.BooleanField(label=gettext_lazy("Yes, this is right"), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"received_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.user = user
        amount: Any = self.fields["amount"]
        amount.currency = data.get("currency") if data and money.is_known(data.get("currency", "")) else None
        code = str(self["customer"].value() or "").replace("\0", "").strip()
        self.chosen = Customer.objects.visible_to(user).filter(code=code).first()
        if self.chosen is not None:  # named on the page, with what it owes
            self.fields["customer"].widget = forms.HiddenInput()
        codes = BankAccount.objects.order_by("currency").values_list("currency", flat=True)
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What is unlikely is asked for once: a day of long ago, and far more than the customer owes."""
        found = super().clean() or self.cleaned_data
        if not self.errors:
            self._check_one_order(found)
        if not self.errors and not found["sure"]:
            for name, doubt in self._doubts(found):
                self.fields["sure"].widget = forms.CheckboxInput()
                self.add_error(name, doubt)
        return found

    def _doubts(self, said: dict[str, Any]) -> Iterator[tuple[str, str]]:
        day, amount, currency = said["received_on"], said["amount"], said["currency"]
        opening = Business.objects.order_by("pk").values_list("opening_on", flat=True).first()
        first = clock.business_today() - LONG_AGO
        if day < (max(opening, first) if opening else first):
            yield (
                "received_on",
                _("%(day)s is long ago. If the money did arrive then, tick the box.") % {"day": day_words(day)},
            )
        if doubt := far_beyond(amount, queries.open_amount(said["customer"], currency), currency):
            yield "amount", doubt
        if unknown := self._unknown(said):
            yield (
                "named",
                ngettext(
                    "%(numbers)s is not known here: no open invoice and no waiting order of this customer has this "
                    "number. If it was named so, tick the box.",
                    "%(numbers)s are not known here: no open invoice and no waiting order of this customer has one of "
                    "these numbers. If they were named so, tick the box.",
                    len(unknown),
                )
                % {"numbers": ", ".join(unknown)},
            )

    def _unknown(self, said: dict[str, Any]) -> list[str]:
        if not said["named"]:
            return []
        known = {as_said(number) for number in queries.open_numbers(said["customer"], said["currency"])}
        known |= {as_said(number) for number in self._orders(said)}
        return [number for number in said["named"] if as_said(number) not in known]

    def _orders(self, said: dict[str, Any]) -> list[str]:
        customer = said["customer"].pk
        return queries.orders_of([customer]).get((customer, said["currency"]), [])

    def _check_one_order(self, said: dict[str, Any]) -> None:
        """Money waits under the number of one order."""
        found = orders_named(self._orders(said), reference=said["reference"], named=said["named"])
        if len(found) > 1:
            self.add_error(
                "named",
                _("Money waits for one order at a time, and %(orders)s are named. Record the part for each on its own.")
                % {"orders": ", ".join(found)},
            )

    def clean_named(self) -> tuple[str, ...]:
        return numbers_in(self.cleaned_data["named"])

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day < days.FIRST:
            raise forms.ValidationError(_("No book reaches back that far. Choose a later day."))
        return day

    def clean_customer(self) -> Customer:
        code = self.cleaned_data["customer"].strip()
        found = Customer.objects.visible_to(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no customer %(code)s. Look the number up in the list of customers.") % {"code": code}
            )
        return found
