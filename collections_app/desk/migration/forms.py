"""Which two days are compared, and which move between them is looked into."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.forms import day_field
from collections_app.standings import queries as standings
from collections_app.standings.migration import NEW, SETTLED
from collections_app.standings.models import StandingChoices
from common import days, past
from common.templatetags import ui

WAS = (*StandingChoices.choices, (NEW, gettext_lazy("New")))
BECOMES = (*StandingChoices.choices, (SETTLED, gettext_lazy("Settled")))


class DaysForm(forms.Form):
    """Two days in order; without them a month until the last night."""

    from_day = day_field(gettext_lazy("From the end of"))
    to_day = day_field(gettext_lazy("to the end of"))

    def __init__(self, data: Any, *, first: date, last: date) -> None:
        self.first, self.last = first, last
        given = data.copy()
        for name, otherwise in (("from_day", first), ("to_day", last)):
            if not given.get(name):
                given[name] = otherwise.isoformat()
        super().__init__(given)

    def clean_from_day(self) -> date:
        day: date = self.cleaned_data["from_day"] or self.first
        if day < days.FIRST:
            raise forms.ValidationError(_("No book reaches back that far. Choose a later day."))
        try:
            standings.check_known(day)
        except standings.NotKnown as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return day

    def clean_to_day(self) -> date:
        day: date = self.cleaned_data["to_day"] or self.last
        try:
            past.check(day)
        except past.NotYet as refusal:
            raise forms.ValidationError(str(refusal)) from None
        first = self.cleaned_data.get("from_day")
        if first is not None and day <= first:
            raise forms.ValidationError(
                _("%(last)s is not after %(first)s. Choose a later day.")
                % {"first": ui.day(first), "last": ui.day(day)}
            )
        return day

    def days(self) -> tuple[date, date] | None:
        """None where one of the two is refused."""
        if not self.is_valid():
            return None
        return self.cleaned_data["from_day"], self.cleaned_data["to_day"]


class MoveForm(DaysForm):
    """A move as well."""

    currency = forms.CharField(widget=forms.HiddenInput, max_length=3)
    was = forms.ChoiceField(label=gettext_lazy("Was"), required=False, choices=[("", gettext_lazy("Any")), *WAS])
    becomes = forms.ChoiceField(
        label=gettext_lazy("Is then"), required=False, choices=[("", gettext_lazy("Any")), *BECOMES]
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = self.cleaned_data
        was, becomes = said.get("was", ""), said.get("becomes", "")
        whole = (was and becomes) or was == NEW or becomes == SETTLED
        if not whole or (was == NEW and becomes == SETTLED):
            raise forms.ValidationError(_("Choose what the due items were, and what they are then."))
        return said
