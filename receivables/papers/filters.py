"""Filters of papers in hand."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from receivables.models import Paper

DAY = DateInput(attrs={"type": "date"})
WAITING = "waiting"


class PapersFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("Search"), method="named")
    state = filters.ChoiceFilter(
        label=_("State"),
        choices=[(WAITING, _("In hand or presented")), *Paper.State.choices],
        empty_label=_("All"),
        method="in_state",
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Paper.Kind.choices, empty_label=_("All"))
    currency = filters.ChoiceFilter(label=_("Currency"), empty_label=_("All"))
    matures_from = filters.DateFilter(label=_("Matures from"), field_name="matures_on", lookup_expr="gte", widget=DAY)
    matures_until = filters.DateFilter(label=_("until"), field_name="matures_on", lookup_expr="lte", widget=DAY)

    class Meta:
        model = Paper
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        codes = queryset.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = Q(pk__in=[])
        for column in ("number", "drawer", "bank", "customer__name", "customer__code"):
            wanted |= Q(**{f"{column}__icontains": value})
        return found.filter(wanted)

    def in_state(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(state__in=Paper.WAITS) if value == WAITING else found.filter(state=value)
