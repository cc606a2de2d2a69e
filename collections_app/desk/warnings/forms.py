"""What is entered about early warnings: what was seen, a note to it, why one is none."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from collections_app.cases import warnings
from collections_app.cases.models import EarlyWarning
from receivables.forms import OnceForm

KINDS = {kind.value: EarlyWarning.Kind(kind.value).label for kind in warnings.SIGHTINGS}
CIRCLES = ((100, "100 m"), (300, "300 m"), (500, "500 m"), (1000, "1 km"), (2000, "2 km"))
NOTE = EarlyWarning._meta.get_field("note").max_length


class SeenForm(forms.Form):
    """One tap says the kind; the circle matters to a demolition alone, and has a usual size."""

    kind = forms.ChoiceField(choices=list(KINDS.items()))
    metres = forms.TypedChoiceField(
        label=gettext_lazy("Circle of a demolition"), choices=CIRCLES, coerce=int, initial=warnings.METRES,
        required=False, empty_value=None,
    )  # fmt: skip
    stop = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class NoteForm(OnceForm):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=NOTE,
        help_text=gettext_lazy("What was seen of the business, and where; nothing about persons."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="note_%s", **kwargs)


class DismissForm(OnceForm):
    because = forms.CharField(
        label=gettext_lazy("Why is it no sign of trouble?"),
        max_length=EarlyWarning._meta.get_field("dismissed_because").max_length,
        help_text=gettext_lazy("It stays on record, and does not come back before it would have ended."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="dismiss_%s", **kwargs)


class SecondForm(OnceForm):
    """A manager confirms it; nothing else is asked."""
