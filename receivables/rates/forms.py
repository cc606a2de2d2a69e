"""What finance states: a rate of a day; and which rates are looked at."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, money
from common.forms import DayField
from receivables import queries
from receivables.clearing.forms import RateField
from receivables.models import Rate

DAY = forms.DateInput(attrs={"type": "date"})


class StateRateForm(forms.Form):
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "placeholder": "USD"}),
    )
    on = DayField(label=gettext_lazy("Day"))
    rate = RateField(
        label=gettext_lazy("Rate"),
        max_digits=20,
        decimal_places=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=60, help_text=gettext_lazy("The bank or the list that says so.")
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, auto_id="state_%s", **kwargs)  # the filter on the same page has the same fields
        base = queries.base_currency()
        self.fields["rate"].help_text = _("What one unit is worth in %(base)s.") % {"base": base}

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].strip().upper()
        if not money.is_known(code):
            raise forms.ValidationError(
                _("%(currency)s is not a currency code; expected one like USD.") % {"currency": code}
            )
        return code


class RatesFilter(filters.FilterSet):
    on = filters.DateFilter(label=gettext_lazy("Up to the end of"), lookup_expr="lte", widget=DAY)
    currency = filters.ChoiceFilter(label=gettext_lazy("Currency"), empty_label=gettext_lazy("All"))

    class Meta:
        model = Rate
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        codes = Rate.objects.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]
