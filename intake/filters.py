"""Filters of the lists of files and of differences."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from intake.models import Difference, File
from intake.shipped import LABELS

MODES = (("snapshot", _("Full lists of open items")), ("add", _("Files that add")))


class FilesFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("Search"), method="named")
    state = filters.ChoiceFilter(label=_("State"), choices=File.State.choices, empty_label=_("All"))
    kind = filters.ChoiceFilter(label=_("Content"), choices=list(LABELS.items()), empty_label=_("All"))
    mode = filters.ChoiceFilter(label=_("Kind"), choices=MODES, empty_label=_("All"), method="of_mode")

    class Meta:
        model = File
        fields: list[str] = []

    def named(self, found: QuerySet[File], name: str, value: str) -> QuerySet[File]:
        return found.filter(Q(name__icontains=value) | Q(profile__icontains=value))

    def of_mode(self, found: QuerySet[File], name: str, value: str) -> QuerySet[File]:
        return found.filter(as_of__isnull=value != "snapshot")


class DifferencesFilter(filters.FilterSet):
    q = filters.CharFilter(label=_("Search"), method="named")
    state = filters.ChoiceFilter(label=_("State"), choices=Difference.State.choices, empty_label=_("All"))
    what = filters.ChoiceFilter(label=_("Kind"), choices=Difference.What.choices, empty_label=_("All"))

    class Meta:
        model = Difference
        fields: list[str] = []

    def named(self, found: QuerySet[Difference], name: str, value: str) -> QuerySet[Difference]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(by_customer | Q(number__icontains=value))
