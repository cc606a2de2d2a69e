"""Forms of money: they check the shape; the services decide."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, money
from customers.models import Customer
from receivables.models import PaymentMethod
from staff.models import BankAccount, User


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


class PaymentForm(OnceForm):
    """Money that arrived, booked by hand; it settles the oldest due items first."""

    customer = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=40,
        help_text=gettext_lazy("As it stands in the list of customers."),
    )
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=gettext_lazy("With a point or a comma before the cents, without thousands separators."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=PaymentMethod.choices, initial="transfer")
    received_on = forms.DateField(label=gettext_lazy("Received on"), widget=forms.DateInput(attrs={"type": "date"}))
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=140, required=False)

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"received_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.user = user
        codes = BankAccount.objects.order_by("currency").values_list("currency", flat=True)
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]

    def clean_customer(self) -> Customer:
        code = self.cleaned_data["customer"].strip()
        found = Customer.objects.visible_to(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no customer %(code)s. Look the number up in the list of customers.") % {"code": code}
            )
        return found

    def clean_amount(self) -> Decimal:
        text = self.cleaned_data["amount"].strip().replace(" ", "").replace("\u00a0", "")
        if text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        try:
            return money.parse(text)
        except ValueError:
            raise forms.ValidationError(
                _("%(text)s is not an amount; expected one like 1240.50.") % {"text": self.cleaned_data["amount"]}
            ) from None
