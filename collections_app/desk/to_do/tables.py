"""The columns and filters of what is to do."""

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collections_app.cases.models import ToDo
from common.tables import DayColumn, TextColumn


class ToDosFilter(filters.FilterSet):
    """Open ones, unless the done ones are asked for."""

    q = filters.CharFilter(label=_("Search"), method="named")
    because = filters.ChoiceFilter(label=_("Because"), choices=ToDo.Because.choices, empty_label=_("All"))
    state = filters.ChoiceFilter(
        label=_("State"), choices=(("done", _("Done")),), empty_label=_("Open"), method="of_state"
    )

    class Meta:
        model = ToDo
        fields: list[str] = []

    def named(self, found: QuerySet[ToDo], name: str, value: str) -> QuerySet[ToDo]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(by_customer | Q(about__icontains=value))

    def of_state(self, found: QuerySet[ToDo], name: str, value: str) -> QuerySet[ToDo]:
        return found

    def filter_queryset(self, queryset: QuerySet[ToDo]) -> QuerySet[ToDo]:
        found = super().filter_queryset(queryset)
        return found.exclude(done_on=None) if self.form.cleaned_data.get("state") else found.filter(done_on=None)


class ToDosTable(tables.Table):
    due_on = DayColumn(verbose_name=_("To be done by"))
    because = TextColumn(
        verbose_name=_("To do"),
        accessor="get_because_display",
        order_by="because",
        url=lambda row: reverse("desk:to-do", args=[row.pk]),
        attrs={"td": {"class": "strong"}},
    )
    about = TextColumn(verbose_name=_("About"))
    customer = TextColumn(
        verbose_name=_("Customer"),
        accessor="customer__name",
        url=lambda row: reverse("desk:customer", args=[row.customer.code]),
    )
    owner = TextColumn(verbose_name=_("For"), accessor="owner", order_by="owner__first_name")
    opened_on = DayColumn(verbose_name=_("Since"))
    done_on = DayColumn(verbose_name=_("Done on"))

    class Meta:
        attrs = {"caption": _("To do")}
        order_by = ("due_on",)
