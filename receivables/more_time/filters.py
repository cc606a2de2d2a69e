"""Filters of extensions and instalment plans: one form, put to both tables."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from receivables.models import DueItem, Extension, InstalmentPlan, MoreTime
from staff.models import User

KINDS = (("extension", _("Extension")), ("plan", _("Instalment plan")))
MODELS = {"extension": Extension, "plan": InstalmentPlan}


class MoreTimeFilter(filters.FilterSet):
    """Search by customer or invoice; `queryset` is what the person may see of one of the two tables."""

    q = filters.CharFilter(label=_("Search"), method="named")
    state = filters.ChoiceFilter(label=_("State"), choices=MoreTime.choices, empty_label=_("All"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=KINDS, empty_label=_("All"), method="of_kind")
    currency = filters.ChoiceFilter(label=_("Currency"), empty_label=_("All"), method="in_currency")

    def __init__(self, data: Any, *, queryset: QuerySet[Any], user: User) -> None:
        super().__init__(data, queryset=queryset)
        self.is_extensions = queryset.model is Extension
        items = DueItem.objects.visible_to(user).filter(Q(extensions__isnull=False) | Q(plan_items__isnull=False))
        codes = items.order_by("currency").values_list("currency", flat=True).distinct()
        self.filters["currency"].extra["choices"] = [(code, code) for code in codes]

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        item = "due_item" if self.is_extensions else "items__due_item"
        by_number = found.model.objects.filter(**{f"{item}__invoice__number__icontains": value})
        return found.filter(by_customer | Q(pk__in=by_number.values("pk")))

    def of_kind(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found if found.model is MODELS[value] else found.none()

    def in_currency(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(due_item__currency=value) if self.is_extensions else found.filter(currency=value)
