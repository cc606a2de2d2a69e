"""Filters of the list, and what is said about the credit of one customer."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.filters import ListFilter
from collections_app.desk.scope import NO_REP
from collections_app.gate.models import CreditCheck
from common import clock, days
from common.forms import AmbiguousAmount, DayField, parse_amount
from customers.models import Customer
from receivables import queries as ledger
from staff.models import BankAccount, User

DAY = {"type": "date"}
AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}
OVER = (("1", gettext_lazy("Exceeded")), ("0", gettext_lazy("Kept")))


class CreditFilter(ListFilter):
    q = filters.CharFilter(label=gettext_lazy("Search"), method="named")
    rep = filters.ChoiceFilter(label=gettext_lazy("Rep"), method="of_rep")
    region = filters.ChoiceFilter(label=gettext_lazy("Region"))
    over = filters.ChoiceFilter(label=gettext_lazy("Limit"), method="kept", choices=OVER)

    class Meta:
        model = Customer
        fields: list[str] = []

    def __init__(self, data: Any, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, user=user, **kwargs)
        seen = Customer.objects.visible_to(user)
        self.offer("region", seen.order_by("region").values_list("region", flat=True).distinct())

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(owner=None) if value == NO_REP else found.filter(owner__username=value)

    def kept(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Computed of each line, and chosen by the page."""
        return found


class LimitForm(forms.Form):
    """A limit from a day on. The service decides whether it may be."""

    whose = forms.ChoiceField(label=gettext_lazy("For"))
    amount = forms.CharField(label=gettext_lazy("Limit"), max_length=30, widget=forms.TextInput(attrs=AMOUNT))
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    starts_on = DayField(label=gettext_lazy("From"))
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("After it nothing may leave on credit, unless a new limit was granted."),
    )
    because = forms.CharField(label=gettext_lazy("Why"), max_length=200)
    insurer = forms.CharField(
        label=gettext_lazy("Insurer"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Leave it empty for a limit of our own."),
    )
    policy_number = forms.CharField(label=gettext_lazy("Number of the policy"), max_length=60, required=False)
    largest_extension_days = forms.IntegerField(
        label=gettext_lazy("Largest extension, days"), min_value=0, max_value=3650, required=False
    )
    notify_after_days = forms.IntegerField(
        label=gettext_lazy("Tell the insurer so many days after the due date"),
        min_value=0,
        max_value=3650,
        required=False,
    )

    def __init__(self, data: Any = None, *, customer: Customer, **kwargs: Any) -> None:
        base = ledger.base_currency()
        kwargs["initial"] = {"starts_on": clock.business_today(), "currency": base}
        super().__init__(data, auto_id="limit_%s", **kwargs)
        self.customer = customer
        whose = [("customer", _("%(name)s and the accounts it pays for") % {"name": customer.name})]
        if customer.group is not None:
            whose.append(("group", _("All customers of the group %(name)s") % {"name": customer.group.name}))
        self.fields["whose"].choices = whose  # type: ignore[attr-defined]
        codes = {*BankAccount.objects.values_list("currency", flat=True), base}
        self.fields["currency"].choices = [(code, code) for code in sorted(codes)]  # type: ignore[attr-defined]

    def clean_amount(self) -> Decimal:
        text = self.cleaned_data["amount"]
        try:
            return parse_amount(text)
        except AmbiguousAmount:
            raise forms.ValidationError(
                _("%(text)s can be read in two ways. Write it with two decimals, like 1240.50.") % {"text": text}
            ) from None
        except ValueError:
            raise forms.ValidationError(
                _("%(text)s is not an amount; expected one like 1240.50.") % {"text": text}
            ) from None

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day is not None and day > days.LAST:
            raise forms.ValidationError(_("That day is too far ahead."))
        return day

    def values(self) -> dict[str, Any]:
        """As the service wants them: the holder, and the day before which the limit ends."""
        said = dict(self.cleaned_data)
        whose, last_day = said.pop("whose"), said.pop("last_day")
        holder = {"group": self.customer.group} if whose == "group" else {"customer": self.customer}
        return said | holder | {"ends_before": last_day + timedelta(days=1) if last_day else None}


class CheckForm(forms.Form):
    """What came of looking at a customer before its first order leaves."""

    answer = forms.ChoiceField(
        label=gettext_lazy("The first order"),
        choices=(
            (CreditCheck.Answer.PASSED, gettext_lazy("may leave on credit")),
            (CreditCheck.Answer.REFUSED, gettext_lazy("leaves only against payment in advance")),
        ),
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=gettext_lazy("What was looked at"), max_length=300)

    def __init__(self, data: Any = None, *, check: CreditCheck, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"check_{check.pk}_%s", **kwargs)


class ToldForm(forms.Form):
    """On which day the insurer was told of which late invoice."""

    invoice = forms.ChoiceField(label=gettext_lazy("Invoice"))
    on = DayField(label=gettext_lazy("Told on"))

    def __init__(self, data: Any = None, *, invoices: list[str], **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.business_today()}
        super().__init__(data, auto_id="told_%s", **kwargs)
        self.fields["invoice"].choices = [(number, number) for number in invoices]  # type: ignore[attr-defined]

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if not days.FIRST <= day <= clock.business_today():
            raise forms.ValidationError(_("Enter the day on which the insurer was told: today or an earlier one."))
        return day
