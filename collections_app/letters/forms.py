"""The day of a dunning run, and the one-time key of the button that issues it."""

import uuid
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from common import days


class DayForm(forms.Form):
    """For which day the proposal is made; without one, the business's today."""

    as_of = forms.DateField(label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def day(self, today: date) -> date:
        """The day that was asked for; a day that has not come, or that no book reaches, is today."""
        day: date | None = self.cleaned_data.get("as_of") if self.is_valid() else None
        return day if day is not None and days.FIRST <= day <= today else today


class IssueForm(forms.Form):
    """What the reviewer saw: the day, and how many letters. `key` makes two clicks one run."""

    as_of = forms.DateField(widget=forms.HiddenInput)
    letters = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    @classmethod
    def fresh(cls, *, as_of: date, letters: int) -> "IssueForm":
        return cls(initial={"as_of": as_of, "letters": letters, "key": uuid.uuid4().hex})
