"""The filters of the list of letters."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import DateInput
from django.utils.translation import gettext_lazy as _

from collections_app.letters import queries
from collections_app.letters.models import Letter
from collections_app.letters.tables import LEVELS


class LettersFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("Search"), method="named")
    level = filters.ChoiceFilter(label=_("Level"), choices=list(LEVELS.items()), empty_label=_("All"))
    currency = filters.ChoiceFilter(label=_("Currency"), empty_label=_("All"))
    since = filters.DateFilter(
        label=_("From"), field_name="run__as_of", lookup_expr="gte", widget=DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = Letter
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset=queryset)
        codes = queryset.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """A customer by name or code, or a letter by its number."""
        named = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(named | queries.with_number(value))
