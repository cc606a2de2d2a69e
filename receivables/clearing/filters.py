"""Filters of write-offs, charges and credit notes."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from receivables.models import Charge, Code, CreditNote, WriteOff


class NamedFilter(filters.FilterSet):
    """Search by customer, and by the document's number."""

    q = filters.CharFilter(label=_("Search"), method="named")
    currency = filters.ChoiceFilter(label=_("Currency"), empty_label=_("All"))
    number = "due_item__invoice__number"

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        codes = queryset.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(by_customer | Q(**{f"{self.number}__icontains": value}))


class WriteOffsFilter(NamedFilter):
    state = filters.ChoiceFilter(label=_("State"), choices=WriteOff.State.choices, empty_label=_("All"))
    code = filters.ChoiceFilter(label=_("Reason"), choices=Code.choices, empty_label=_("All"))

    class Meta:
        model = WriteOff
        fields: list[str] = []


class ChargesFilter(NamedFilter):
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Charge.Kind.choices, empty_label=_("All"))
    rest = filters.ChoiceFilter(label=_("Open"), choices=(("1", _("Only")),), empty_label=_("All"), method="with_rest")

    class Meta:
        model = Charge
        fields: list[str] = []

    def with_rest(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(open_amount__gt=0)


class CreditNotesFilter(NamedFilter):
    rest = filters.ChoiceFilter(label=_("Free"), choices=(("1", _("Only")),), empty_label=_("All"), method="with_rest")
    number = "number"

    class Meta:
        model = CreditNote
        fields: list[str] = []

    def with_rest(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(unapplied_amount__gt=0)
