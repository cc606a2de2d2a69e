"""The columns and filters of customers without a position."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from collections_app.desk.filters import ListFilter
from collections_app.desk.place.reading import address
from collections_app.desk.scope import NO_REP
from collections_app.desk.tables import customer_url, rows_url
from common.tables import MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING
from customers.models import Customer

COARSE = "coarse"


class PlacesFilter(ListFilter):
    """Those without a position, unless those are asked for that are known by postcode or town only."""

    q = filters.CharFilter(label=_("Search"), method="named")
    rep = filters.ChoiceFilter(label=_("Rep"), method="of_rep")
    position = filters.ChoiceFilter(
        label=_("Position"), choices=((COARSE, _("By postcode or town only")),), method="of_position"
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["position"].extra["empty_label"] = _("Unknown")

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(owner=None) if value == NO_REP else found.filter(owner__username=value)

    def of_position(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_coarse = self.form.cleaned_data.get("position") == COARSE
        return super().filter_queryset(
            queryset.filter(is_coarse=True) if is_coarse else queryset.filter(has_position=False)
        )


def place_url(row: Any) -> str:
    return f"{reverse('desk:place', args=[row.code])}?{urlencode({'then': 'places'})}"


def phone_url(row: Any) -> str:
    digits = "".join(sign for sign in row.phone or "" if sign.isdigit() or sign == "+")
    return f"tel:{digits}" if digits else ""


class PlacesTable(tables.Table):
    name = TextColumn(verbose_name=_("Customer"), url=customer_url, attrs={"td": {"class": "strong"}})
    code = TextColumn(verbose_name=_("Code"))
    address = TextColumn(verbose_name=_("Address"), accessor="pk", orderable=False)
    owner = TextColumn(
        verbose_name=_("Rep"), accessor="owner", order_by=("owner__first_name", "owner__last_name")
    )  # fmt: skip
    worth = MoneyColumn(verbose_name=_("Worth of a visit"))
    late = MoneyColumn(verbose_name=_("Late"), url=lambda row: f"{rows_url(row)}&late=1")
    open = MoneyColumn(verbose_name=_("Open"), url=rows_url)
    phone = TextColumn(verbose_name=_("Phone"), url=phone_url, orderable=False, attrs={"td": {"class": "nowrap"}})
    place = TextColumn(
        verbose_name=_("Position"), accessor="pk", orderable=False, url=place_url, exclude_from_export=True
    )

    class Meta:
        attrs = {"caption": _("Customers without a position")}
        default = NOTHING
        order_by = ("-late",)
        empty_text = _("Nobody here: every customer that is looked for has a position, and can stand in a round.")

    def __init__(self, *args: Any, base: str, may_place: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if may_place else ("place",), **kwargs)
        labels = (("worth", _("Worth today, %(base)s")), ("late", _("Late, %(base)s")), ("open", _("Open, %(base)s")))
        for name, words in labels:
            column = self.columns[name].column
            column.currency, column.verbose_name = base, words % {"base": base}

    def render_address(self, record: Any) -> str:
        return address(record.sites.all()) or NOTHING

    def value_address(self, record: Any) -> str:
        return address(record.sites.all())

    def render_place(self, column: TextColumn, record: Any) -> Any:
        return column.render(_("Place"), record)
