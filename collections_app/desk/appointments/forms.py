"""When a customer expects us: the form checks the shape, `visits.appointments` decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from collections_app.visits.models import Appointment
from receivables.clearing.forms import day_field
from receivables.forms import OnceForm


def time_field(label: Any, **kwargs: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, input_formats=["%H:%M", "%H:%M:%S"], widget=widget, **kwargs)


class AppointmentForm(OnceForm):
    on = day_field(gettext_lazy("Day"))
    starts_at = time_field(gettext_lazy("Begins from"))
    ends_at = time_field(
        gettext_lazy("and until"),
        help_text=gettext_lazy("The visit begins between the two times; the same twice: then."),
    )
    with_whom = forms.CharField(
        label=gettext_lazy("With"),
        max_length=Appointment._meta.get_field("with_whom").max_length,
        required=False,
        help_text=gettext_lazy("Who of the customer will be there."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=Appointment._meta.get_field("note").max_length, required=False
    )
    confirmed = forms.BooleanField(label=gettext_lazy("The customer agreed to it all the same"), required=False)

    def __init__(self, data: Any = None, *, asks: bool = False, **kwargs: Any) -> None:
        """`asks`: something about it is unusual, so the box is there to be ticked."""
        super().__init__(data, **kwargs)
        if not asks and not (data and data.get("confirmed")):
            self.fields["confirmed"].widget = forms.HiddenInput()

    def ask(self) -> None:
        self.fields["confirmed"].widget = forms.CheckboxInput()
