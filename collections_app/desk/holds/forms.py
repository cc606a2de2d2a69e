"""What chooses among the holds, what is decided about one, and how the gate is set."""

from datetime import date, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.filters import ListFilter
from collections_app.desk.scope import NO_REP
from collections_app.gate.models import CauseChoices, Hold, ModeChoices
from common import clock
from common.forms import DayField
from contracts.models import Shipment
from customers.models import Customer
from receivables.forms import OnceForm
from staff.models import User

DAY = {"type": "date"}


class HoldsFilter(ListFilter):
    """Shipments that a cause keeps, or those that a cause would keep, were it on."""

    q = filters.CharFilter(label=gettext_lazy("Search"), method="named")
    cause = filters.ChoiceFilter(label=gettext_lazy("Cause"), choices=CauseChoices, method="noted")
    segment = filters.ChoiceFilter(label=gettext_lazy("Segment"), method="of_segment")
    rep = filters.ChoiceFilter(label=gettext_lazy("Rep"), method="of_rep")

    class Meta:
        model = Shipment
        fields: list[str] = []

    def __init__(self, data: Any, *, user: User, is_observed: bool, **kwargs: Any) -> None:
        super().__init__(data, user=user, **kwargs)
        self.is_observed = is_observed
        seen = Customer.objects.visible_to(user).exclude(segment="").order_by("segment")
        self.offer("segment", seen.values_list("segment", flat=True).distinct())

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Both lists always ask for a hold of their kind, whether or not a cause was chosen."""
        found = super().filter_queryset(queryset)
        holds = Hold.objects.filter(shipment=OuterRef("pk"), cleared_at=None, is_observed=self.is_observed)
        if cause := self.form.cleaned_data.get("cause"):
            holds = holds.filter(cause=cause)
        states = Shipment.WAITS if self.is_observed else (Shipment.State.HELD,)
        return found.filter(Exists(holds), state__in=states)

    def noted(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found  # together, above

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        by_customer = Q(customer__name__icontains=value) | Q(customer__code__icontains=value)
        return found.filter(by_customer | Q(number__icontains=value))

    def of_segment(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(customer__segment=value)

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == NO_REP:
            return found.filter(customer__owner=None)
        return found.filter(customer__owner__username=value)


class DecisionForm(OnceForm):
    """Keep, release or override one batch. Only an override needs its reason and its last day.

    `back` is set on the list of holds: from there one goes on with the next.
    """

    KEEP, RELEASE, OVERRIDE = "keep", "release", "override"
    back = forms.BooleanField(required=False, widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=[(name, name) for name in (KEEP, RELEASE, OVERRIDE)], widget=forms.HiddenInput, required=False
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)
    last_day = DayField(label=gettext_lazy("Override until"), required=False)

    def __init__(self, data: Any = None, *, shipment: Shipment, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"decide_{shipment.pk}_%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not found.get("decision"):
            self.add_error(None, _("Choose: keep, release or override."))
        if found.get("decision") == self.OVERRIDE:
            if not found.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Say why this batch may leave against the gate."))
            if not found.get("last_day") and "last_day" not in self.errors:
                self.add_error("last_day", _("Say until when the override holds."))
        return found

    @property
    def ends_before(self) -> date:
        """The day itself still counts."""
        last: date = self.cleaned_data["last_day"]
        return last + timedelta(days=1)


class ModeForm(OnceForm):
    """A cause is off, observes or holds, for a segment, from a day on."""

    cause = forms.ChoiceField(label=gettext_lazy("Cause"), choices=CauseChoices)
    segment = forms.ChoiceField(label=gettext_lazy("Segment"), required=False)
    mode = forms.ChoiceField(label=gettext_lazy("The gate"), choices=ModeChoices, initial=ModeChoices.OBSERVE)
    starts_on = DayField(label=gettext_lazy("From"))

    def __init__(self, data: Any = None, *, segments: list[str], **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, auto_id="mode_%s", **kwargs)
        self.fields["segment"].choices = [  # type: ignore[attr-defined]
            ("", _("All others")), *((name, name) for name in segments)
        ]  # fmt: skip
