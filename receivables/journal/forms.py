"""Forms of the journal: what goes out, why it comes back, and to which accounts it goes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from common import clock
from receivables.forms import AccountCurrencyField
from receivables.journal.words import account_choices
from staff.models import BankAccount


class ExportForm(forms.Form):
    up_to = forms.DateField(
        label=gettext_lazy("Up to the end of"), widget=forms.DateInput(attrs={"type": "date"}), required=True
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"up_to": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)


class ReverseForm(forms.Form):
    because = forms.CharField(label=gettext_lazy("Why is it taken back?"), max_length=200)


class AccountForm(forms.Form):
    """One account number; an empty one takes the mapping back."""

    kind = forms.ChoiceField(label=gettext_lazy("What is booked"))
    currency = AccountCurrencyField(label=gettext_lazy("Currency"), required=False)
    number = forms.CharField(
        label=gettext_lazy("Account number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("As in your ledger. Leave it empty to take the mapping back."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        codes = BankAccount.objects.order_by("currency").values_list("currency", flat=True)
        self.fields["kind"].choices = account_choices()  # type: ignore[attr-defined]
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            ("", gettext_lazy("Every currency")),
            *((code, code) for code in codes),
        ]
