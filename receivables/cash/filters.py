"""Filters of cash in hand, hand-ins and void numbers."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from receivables.models import HandIn, Receipt, VoidNumber

DAY = DateInput(attrs={"type": "date"})


class OfRepFilter(filters.FilterSet):
    """Search by the rep's name."""

    q = filters.CharFilter(label=_("Search"), method="named")
    also = ""

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = Q(pk__in=[])
        for column in ("rep__first_name", "rep__last_name", "rep__username", *filter(None, (self.also,))):
            wanted |= Q(**{f"{column}__icontains": value})
        return found.filter(wanted)


class InCurrencyFilter(OfRepFilter):
    currency = filters.ChoiceFilter(label=_("Currency"), empty_label=_("All"))

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        codes = queryset.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]


class CashFilter(InCurrencyFilter):
    class Meta:
        model = Receipt
        fields: list[str] = []


class OwnCashFilter(InCurrencyFilter):
    """A rep looks for a customer or a receipt."""

    class Meta:
        model = Receipt
        fields: list[str] = []

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(
            Q(number__icontains=value) | Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        )


class HandInsFilter(InCurrencyFilter):
    state = filters.ChoiceFilter(label=_("State"), choices=HandIn.State.choices, empty_label=_("All"))
    difference = filters.ChoiceFilter(
        label=_("Difference"), choices=(("1", _("Only")),), empty_label=_("All"), method="with_difference"
    )
    from_day = filters.DateFilter(label=_("Handed in from"), field_name="handed_in_on", lookup_expr="gte", widget=DAY)
    until_day = filters.DateFilter(label=_("until"), field_name="handed_in_on", lookup_expr="lte", widget=DAY)
    also = "slip_number"

    class Meta:
        model = HandIn
        fields: list[str] = []

    def with_difference(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.exclude(difference=0)


class VoidNumbersFilter(OfRepFilter):
    also = "because"

    class Meta:
        model = VoidNumber
        fields: list[str] = []
