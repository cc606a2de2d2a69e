"""What people enter about a customer or an item: forms check the shape, the verbs of the cases decide."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.cases.models import Confirmation
from collections_app.standings.models import StandingChoices
from common import clock, days, money
from common.forms import AmountField, DayField
from customers.models import Condition, Customer
from receivables import queries as ledger
from receivables.clearing.forms import day_field
from receivables.forms import OnceForm
from receivables.models import DueItem
from staff.models import BankAccount

USUALLY = timedelta(days=14)  # an override is looked at again after this time, unless somebody says otherwise


class WhyForm(forms.Form):
    """The day of which an explanation is asked for."""

    as_of = day_field(gettext_lazy("As of"))

    def clean_as_of(self) -> date | None:
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day > clock.business_today():
            raise forms.ValidationError(_("That day has not come yet. Choose today or a day before."))
        return day


class ConditionForm(OnceForm):
    """The customer is insolvent, closed, in court, handed over or assigned from a day on."""

    kind = forms.ChoiceField(label=gettext_lazy("What has happened"), choices=Condition.Kind.choices)
    starts_on = day_field(gettext_lazy("Since"))
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The court's file number, the agency or lawyer, or the assignee."),
    )
    register_by = DayField(
        label=gettext_lazy("Claims are registered by"),
        required=False,
        help_text=gettext_lazy("Of an insolvency: the last day for our claim. It becomes something to do."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)


class EndForm(OnceForm):
    """The first day without it."""

    ends_before = day_field(gettext_lazy("Over since"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"ends_before": clock.business_today()}
        super().__init__(data, **kwargs)
        self.fields["ends_before"].help_text = _(
            "The first day without it. The day of its begin: it was entered by mistake and has never been."
        )


class OverrideForm(OnceForm):
    """A person decides the standing, for a reason and until a day."""

    standing = forms.ChoiceField(label=gettext_lazy("Standing"), choices=StandingChoices.choices)
    because = forms.CharField(
        label=gettext_lazy("Why do the rules not fit?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    last_day = day_field(gettext_lazy("Last day"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"last_day": clock.business_today() + USUALLY} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.fields["last_day"].help_text = _("From the next day on the rules decide again.")

    @property
    def values(self) -> dict[str, Any]:
        """As the verb wants them: the day before which it ends."""
        said = {name: self.cleaned_data[name] for name in ("standing", "because")}
        return said | {"ends_before": self.cleaned_data["last_day"] + days.ONE_DAY}


class LiftForm(OnceForm):
    """The rules decide again."""


class ConfirmationForm(OnceForm):
    """The answer to a balance that the customer was asked to confirm."""

    balance_on = day_field(gettext_lazy("Balance of"))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    amount = AmountField(label=gettext_lazy("Our balance"))
    answer = forms.ChoiceField(
        label=gettext_lazy("The customer"),
        choices=(
            (Confirmation.Answer.AGREED, gettext_lazy("agrees")),
            (Confirmation.Answer.DIFFERS, gettext_lazy("names another amount")),
            (Confirmation.Answer.REFUSED, gettext_lazy("refuses to confirm")),
        ),
        widget=forms.RadioSelect,
    )
    their_amount = AmountField(
        label=gettext_lazy("Their balance"),
        required=False,
        help_text=gettext_lazy("Where the customer names another amount."),
    )
    answered_on = day_field(gettext_lazy("Answered on"))
    answered_by = forms.CharField(label=gettext_lazy("Answered by"), max_length=100, required=False)
    is_signed = forms.BooleanField(label=gettext_lazy("The slip is signed"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, customer: Customer, **kwargs: Any) -> None:
        today = clock.business_today()
        owed = DueItem.objects.open().filter(customer=customer).order_by("currency")
        open_in = list(owed.values_list("currency", flat=True).distinct())
        first = open_in[0] if open_in else ledger.base_currency()
        amount = sum(owed.filter(currency=first).values_list("open_amount", flat=True), Decimal(0))
        kwargs["initial"] = {
            "balance_on": today,
            "answered_on": today,
            "currency": first,
            "amount": money.as_text(amount, first) if amount else None,
        }
        super().__init__(data, **kwargs)
        codes = sorted({*open_in, first, *BankAccount.objects.values_list("currency", flat=True)})
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
