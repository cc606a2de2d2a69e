"""Filters of the lists of money."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from receivables.models import Payment, PaymentMethod, Receipt
from staff.models import User

DAY = DateInput(attrs={"type": "date"})


class MoneyFilter(filters.FilterSet):
    """What payments and receipts have in common."""

    q = filters.CharFilter(label=_("Search"), method="named")
    method = filters.ChoiceFilter(label=_("Method"), choices=PaymentMethod.choices, empty_label=_("All"))
    currency = filters.ChoiceFilter(label=_("Currency"), empty_label=_("All"))
    received_from = filters.DateFilter(
        label=_("Received from"), field_name="received_on", lookup_expr="gte", widget=DAY
    )
    received_until = filters.DateFilter(label=_("until"), field_name="received_on", lookup_expr="lte", widget=DAY)

    number = "reference"

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        codes = queryset.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(by_customer | Q(**{f"{self.number}__icontains": value}))


class PaymentsFilter(MoneyFilter):
    rest = filters.ChoiceFilter(
        label=_("Unapplied"), choices=(("1", _("Only")),), empty_label=_("All"), method="with_rest"
    )

    class Meta:
        model = Payment
        fields: list[str] = []

    def with_rest(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(unapplied_amount__gt=0)


class ReceiptsFilter(MoneyFilter):
    state = filters.ChoiceFilter(label=_("State"), choices=Receipt.State.choices, empty_label=_("All"))
    rep = filters.ChoiceFilter(label=_("Rep"), empty_label=_("All"))
    in_hand = filters.ChoiceFilter(
        label=_("Cash in hand"), choices=(("1", _("Only")),), empty_label=_("All"), method="carried"
    )
    number = "number"

    class Meta:
        model = Receipt
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        reps = User.objects.filter(receipts__in=queryset.order_by()).distinct().order_by("first_name", "username")
        self.filters["rep"].extra["choices"] = [(str(rep.pk), str(rep)) for rep in reps]

    def carried(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(pk__in=Receipt.objects.cash_in_hand().values("pk"))
