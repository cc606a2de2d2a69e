"""What finance states: a control total by hand, or a file of them."""

from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from common.forms import AmbiguousAmount, DayField, parse_amount
from receivables.forms import AccountCurrencyField
from receivables.models import ControlTotal
from staff.models import BankAccount

MOST_BYTES = 2_000_000
DAY = forms.DateInput(attrs={"type": "date"})


class TotalForm(forms.Form):
    """One total. It may be below zero, where customers are in credit."""

    currency = AccountCurrencyField(label=gettext_lazy("Currency"))
    on = DayField(label=gettext_lazy("End of day"))
    amount = forms.CharField(
        label=gettext_lazy("Control total"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, auto_id="state_%s", **kwargs)  # the filter on the same page has the same fields
        codes = BankAccount.objects.order_by("currency").values_list("currency", flat=True)
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]

    def clean_amount(self) -> Decimal:
        text = self.cleaned_data["amount"]
        try:
            return parse_amount(text, self.cleaned_data.get("currency"))
        except AmbiguousAmount:
            raise forms.ValidationError(
                _("%(text)s can be read in two ways. Write it with two decimals, like 1240.50.") % {"text": text}
            ) from None
        except ValueError:
            raise forms.ValidationError(
                _("%(text)s is not an amount; expected one like 1240.50.") % {"text": text}
            ) from None


class TotalsFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("With the columns currency, on and amount: EUR,2026-11-20,184200.50"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Send it in parts."))
        return file


class TotalsFilter(filters.FilterSet):
    """The day that is compared; the list shows what was stated until then."""

    on = filters.DateFilter(label=gettext_lazy("End of day"), lookup_expr="lte", widget=DAY)
    currency = filters.ChoiceFilter(label=gettext_lazy("Currency"), empty_label=gettext_lazy("All"))

    class Meta:
        model = ControlTotal
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        codes = queryset.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]
