"""Whose week is looked at, for whoever sees more than one."""

import datetime
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy

from staff.models import User


class WhoseWeek(forms.Form):
    rep = forms.ChoiceField(label=gettext_lazy("Rep"))
    date = forms.DateField(widget=forms.HiddenInput)

    def __init__(self, *, reps: Sequence[User], rep: User, on: datetime.date) -> None:
        super().__init__(initial={"rep": str(rep.pk), "date": on.isoformat()})
        self.fields["rep"].choices = [(str(one.pk), str(one)) for one in reps]  # type: ignore[attr-defined]
