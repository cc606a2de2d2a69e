"""Calls ahead as a list and a file, and how many of them were answered."""

from datetime import date, time
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from collections_app.visits.calls.reading import CallRow, rows
from collections_app.visits.models import Announced
from common.tables import DayColumn, MoneyColumn, NumberColumn, StandingColumn, TextColumn, TimeColumn
from common.templatetags import ui
from staff.models import Role, User

PAST = "past"


class CallsFilter(filters.FilterSet):
    """Calls for visits to come, unless past ones are asked for."""

    q = filters.CharFilter(label=_("Search"), method="named")
    rep = filters.ChoiceFilter(label=_("Rep"), field_name="customer__owner__username", empty_label=_("All"))
    state = filters.ChoiceFilter(label=_("State"), choices=Announced.State.choices, empty_label=_("All"))
    visits = filters.ChoiceFilter(
        label=_("Visits"), choices=((PAST, _("Past")),), empty_label=_("To come"), method="when"
    )

    class Meta:
        model = Announced
        fields: list[str] = []

    def __init__(self, *args: Any, user: User, as_of: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.as_of = as_of
        reps = User.objects.visible_to(user).reps().order_by("first_name", "last_name", "pk")
        self.filters["rep"].extra["choices"] = [(rep.username, str(rep)) for rep in reps]
        if user.role == Role.REP:
            del self.filters["rep"]

    def named(self, found: QuerySet[Announced], name: str, value: str) -> QuerySet[Announced]:
        return found.filter(Q(customer__name__icontains=value) | Q(customer__code__icontains=value))

    def when(self, found: QuerySet[Announced], name: str, value: str) -> QuerySet[Announced]:
        return found

    def filter_queryset(self, queryset: QuerySet[Announced]) -> QuerySet[Announced]:
        said = self.form.cleaned_data
        past = said.get("visits") == PAST
        found = queryset.filter(on__lt=self.as_of) if past else queryset.filter(on__gte=self.as_of)
        if not said.get("state"):
            found = found.exclude(state=Announced.State.DROPPED)
        return super().filter_queryset(found)


class CallsTable(tables.Table):
    """What is stored of a call, and what the book says of it now: read once for the rows that are shown."""

    customer = TextColumn(
        verbose_name=_("Customer"),
        accessor="customer__name",
        url=lambda row: reverse("visits:call", args=[row.pk]),
        attrs={"td": {"class": "strong"}},
    )
    code = TextColumn(verbose_name=_("Code"), accessor="customer__code", visible=False)
    on = DayColumn(verbose_name=_("Visit on"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    standing = StandingColumn(verbose_name=_("Standing"), orderable=False, empty_values=())
    reason = TextColumn(verbose_name=_("Why"), orderable=False, empty_values=())
    phone = TextColumn(verbose_name=_("Phone"), orderable=False, empty_values=())
    state = TextColumn(verbose_name=_("State"), accessor="get_state_display", order_by="state")
    said_amount = MoneyColumn(verbose_name=_("Says"))
    said_at = TimeColumn(verbose_name=_("At"))
    rep = TextColumn(verbose_name=_("Rep"), accessor="customer__owner", order_by="customer__owner__first_name")

    class Meta:
        attrs = {"caption": _("Calls ahead")}
        default = ui.NOTHING
        order_by = ("on", "-amount")
        empty_text = _(
            "No call to make. Every night the larger collections of the next working days are listed here, to be "
            "confirmed with the customer before the trip."
        )

    def __init__(self, *args: Any, user: User, as_of: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.as_of = user, as_of
        self._told: dict[int, CallRow] = {}

    def told(self, record: Announced) -> CallRow:
        if record.pk not in self._told:
            shown = self.page.object_list if hasattr(self, "page") else self.rows
            self._told = {row.key: row for row in rows([one.record for one in shown], as_of=self.as_of, user=self.user)}
        return self._told[record.pk]

    def render_on(self, value: date) -> str:
        return ui.weekday(value)

    def value_on(self, value: date) -> date:
        return value

    def render_standing(self, record: Announced) -> Any:
        return ui.standing_badge(self.told(record).standing) or ui.NOTHING

    def value_standing(self, record: Announced) -> str:
        return ui.standing_word(self.told(record).standing)

    def render_reason(self, record: Announced) -> str:
        return self.value_reason(record)

    def value_reason(self, record: Announced) -> str:
        told = self.told(record)
        return " · ".join(filter(None, (told.reason, told.why_not)))

    def render_phone(self, record: Announced) -> Any:
        told = self.told(record)
        if told.call_url:
            return format_html('<a href="{}">{}</a>', told.call_url, told.phone)
        return told.phone or ui.NOTHING

    def value_phone(self, record: Announced) -> str:
        return self.told(record).phone

    def render_said_at(self, value: time) -> str:
        return ui.clock(value)


class CoverageTable(tables.Table):
    rep = TextColumn(verbose_name=_("Rep"), orderable=False)
    planned = NumberColumn(verbose_name=_("Planned collections"), orderable=False)
    called = NumberColumn(verbose_name=_("Called"), orderable=False)
    answered = NumberColumn(verbose_name=_("Answered"), orderable=False)
    percent = NumberColumn(verbose_name=_("Coverage, %"), orderable=False)

    class Meta:
        attrs = {"caption": _("Answered calls of the last four weeks")}
        default = ui.NOTHING
