"""The columns and filters of early warnings."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from collections_app.cases import warning_queries as queries
from collections_app.cases import warning_words as words
from collections_app.cases.models import EarlyWarning
from collections_app.desk.filters import ListFilter
from collections_app.desk.scope import NO_REP, Scope
from common import days
from common.tables import DayColumn, MoneyColumn, TextColumn
from common.templatetags.ui import NOTHING

ALONE = "alone"
STATES = ((ALONE, _("Waits for a second source")), ("dismissed", _("Dismissed")), ("expired", _("Expired")))


class WarningsFilter(ListFilter):
    """Live ones, unless others are asked for."""

    q = filters.CharFilter(label=_("Search"), method="named")
    kind = filters.ChoiceFilter(label=_("Sign"), choices=EarlyWarning.Kind.choices)
    weight = filters.ChoiceFilter(label=_("Counts as"), choices=EarlyWarning.Severity.choices)
    source = filters.ChoiceFilter(label=_("Source"), choices=EarlyWarning.Source.choices)
    rep = filters.ChoiceFilter(label=_("Rep"), method="of_rep")
    state = filters.ChoiceFilter(label=_("State"), choices=STATES, method="of_state")

    class Meta:
        model = EarlyWarning
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["state"].extra["empty_label"] = _("Live")

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(Q(customer__name__icontains=value) | Q(customer__code__icontains=value))

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == NO_REP:
            return found.filter(customer__owner=None)
        return found.filter(customer__owner__username=value)

    def of_state(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.form.cleaned_data.get("state")
        wanted = {
            "": queries.live(self.as_of),
            ALONE: queries.waits_for_a_second(self.as_of),
            "dismissed": Q(dismissed_on__lte=self.as_of),
            "expired": Q(expires_on__lte=self.as_of, dismissed_on=None),
        }
        return super().filter_queryset(queryset.filter(wanted[state or ""]))


def open_url(row: Any) -> str:
    """What the customer owes, by its rows."""
    return Scope(as_of=row.as_of, customer=row.customer.code).rows_url


class WarningsTable(tables.Table):
    kind = TextColumn(
        verbose_name=_("Sign"),
        accessor="get_kind_display",
        order_by="kind",
        url=lambda row: reverse("desk:warning", args=[row.pk]),
        attrs={"td": {"class": "strong"}},
    )
    customer = TextColumn(
        verbose_name=_("Customer"),
        accessor="customer__name",
        url=lambda row: reverse("desk:customer", args=[row.customer.code]),
    )
    code = TextColumn(verbose_name=_("Code"), accessor="customer__code", visible=False)
    rank = TextColumn(verbose_name=_("Counts as"), order_by=("-rank", "-open"))
    evidence = TextColumn(verbose_name=_("Evidence"), orderable=False, empty_values=())
    reported_on = DayColumn(verbose_name=_("Since"))
    expires_on = DayColumn(verbose_name=_("Until"))
    source = TextColumn(verbose_name=_("Source"), accessor="get_source_display", order_by="source")
    rep = TextColumn(verbose_name=_("Rep"), accessor="customer__owner", order_by="customer__owner__first_name")
    open = MoneyColumn(verbose_name=_("Open"), url=open_url)

    class Meta:
        attrs = {"caption": _("Early warnings")}
        default = NOTHING
        order_by = ("rank",)
        empty_text = _(
            "No warning here. Every night the book is looked through for signs; what is seen at a customer is entered "
            "on its page."
        )

    def __init__(self, *args: Any, base: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column = self.columns["open"].column
        column.currency, column.verbose_name = base, _("Open, %(base)s") % {"base": base}

    def render_rank(self, record: Any) -> Any:
        css = "badge badge--warning" if record.weight == EarlyWarning.Severity.SEVERE else "tag"
        return format_html('<span class="{}">{}</span>', css, EarlyWarning.Severity(record.weight).label)

    def value_rank(self, record: Any) -> str:
        return str(EarlyWarning.Severity(record.weight).label)

    def render_evidence(self, record: Any) -> str:
        return words.sentence(record.kind, record.evidence, source=record.source) or record.note or NOTHING

    def value_evidence(self, record: Any) -> str:
        return words.sentence(record.kind, record.evidence, source=record.source) or record.note

    def render_expires_on(self, value: Any) -> str:
        return DayColumn().render(value - days.ONE_DAY, None)

    def value_expires_on(self, value: Any) -> Any:
        return value - days.ONE_DAY
