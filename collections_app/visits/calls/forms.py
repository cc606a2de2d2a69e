"""What came of a call ahead. The form checks the shape, the verb decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.visits.models import Announced
from common.forms import AmountField
from receivables.forms import OnceForm

State = Announced.State
CHOICES = (
    (State.CONFIRMED, gettext_lazy("Confirmed: amount and day")),
    (State.DIFFERS, gettext_lazy("Another amount")),
    (State.NOT_REACHED, gettext_lazy("Not reached")),
    (State.REFUSED, gettext_lazy("Will not pay that day")),
    (State.DROPPED, gettext_lazy("No visit needed")),
)


class AnswerForm(OnceForm):
    state = forms.ChoiceField(
        label=gettext_lazy("What did the customer say?"), choices=CHOICES, widget=forms.RadioSelect
    )
    said_amount = AmountField(
        label=gettext_lazy("Amount that will be paid"),
        required=False,
        help_text=gettext_lazy("Where it is another one: accounts are then reconciled before the visit."),
    )
    said_at = forms.TimeField(
        label=gettext_lazy("When will the one who pays be there?"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("The visit is planned for this time."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=Announced._meta.get_field("note").max_length
    )

    def __init__(self, data: Any = None, *, currency: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["said_amount"].currency = currency  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        missing = found.get("said_amount") is None and "said_amount" not in self.errors
        if found.get("state") == State.DIFFERS and missing:
            self.add_error("said_amount", _("Enter the amount that the customer says."))
        return found


class TakeBackForm(OnceForm):
    """The answer was a mistake; nothing else is asked."""
