"""Forms of cheques and bills: they check the shape; the services decide."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, days
from common.forms import AmountField
from common.templatetags.ui import day as day_words
from customers.models import Customer
from receivables.clearing.forms import day_field
from receivables.forms import AccountCurrencyField, OnceForm
from receivables.models import Paper
from staff.models import BankAccount, User


class DayForm(OnceForm):
    """Something that happened to the paper on a day."""

    on = day_field(gettext_lazy("On"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)


class GiveBackForm(DayForm):
    because = forms.CharField(label=gettext_lazy("Why is it given back?"), max_length=200)


class DishonourForm(DayForm):
    because = forms.CharField(label=gettext_lazy("What did the bank say?"), max_length=200)
    fee = AmountField(label=gettext_lazy("The bank's fee"), required=False)
    basis = forms.CharField(
        label=gettext_lazy("On which ground is the fee claimed?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A clause or an act. Without one the fee cannot be claimed."),
    )

    def __init__(self, data: Any = None, *, code: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["fee"].currency = code  # type: ignore[attr-defined]

    def clean_fee(self) -> Decimal:
        return self.cleaned_data["fee"] or Decimal(0)


class PaperFacts(OnceForm):
    """What stands on every paper."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Paper.Kind.choices)
    number = forms.CharField(label=gettext_lazy("Number of the paper"), max_length=60)
    drawer = forms.CharField(label=gettext_lazy("Drawer"), max_length=200)
    acceptor = forms.CharField(label=gettext_lazy("Acceptor"), max_length=200, required=False)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=200, required=False)
    matures_on = day_field(gettext_lazy("Matures on"))

    def clean_matures_on(self) -> date:
        return _within_reach(self.cleaned_data["matures_on"])


class KeepForm(PaperFacts):
    """The paper of a rep's receipt: its customer, amount and day are the receipt's."""


class TakeForm(PaperFacts):
    """A paper that came to the office."""

    customer = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=40,
        help_text=gettext_lazy("As it stands in the list of customers."),
    )
    amount = AmountField(label=gettext_lazy("Amount"))
    currency = AccountCurrencyField(label=gettext_lazy("Currency"))
    received_on = day_field(gettext_lazy("Received on"))

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"received_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.user = user
        codes = BankAccount.objects.order_by("currency").values_list("currency", flat=True)
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]

    def clean_received_on(self) -> date:
        return _within_reach(self.cleaned_data["received_on"])

    def clean_customer(self) -> Customer:
        code = self.cleaned_data["customer"].strip()
        found = Customer.objects.visible_to(self.user).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no customer %(code)s. Look the number up in the list of customers.") % {"code": code}
            )
        return found


def _within_reach(day: date) -> date:
    if not days.FIRST <= day <= days.LAST:
        raise forms.ValidationError(_("No book reaches %(day)s. Check the year.") % {"day": day_words(day)})
    return day
