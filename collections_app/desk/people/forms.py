"""Working time of a rep as forms; `staff.working_time` decides. Times are local."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.days import ONE_DAY
from receivables.clearing.forms import day_field
from receivables.forms import OnceForm
from staff.models import Absence, RepDay, User
from staff.working_time import Shift, Spot, weekday_name

TIMES = ("starts_at", "ends_at", "lunch_from", "lunch_until")
LUNCH = TIMES[2:]


def _time() -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(required=False, input_formats=["%H:%M", "%H:%M:%S"], widget=widget)


class WeekForm(OnceForm):
    """Seven rows of four times. A row without times is a free day; without any row the policy's hours hold.

    With `lunch_only` the working time is shown and not changed, whatever is sent.
    """

    def __init__(self, data: Any = None, *, known: Iterable[RepDay], lunch_only: bool = False, **kwargs: Any) -> None:
        stored = {day.weekday: day for day in known}
        self.lunch_only = lunch_only
        self.weekdays = sorted(stored) if lunch_only else list(range(7))
        kwargs["initial"] = {
            f"{name}_{weekday}": getattr(stored[weekday], name) for weekday in stored for name in TIMES
        } | (kwargs.get("initial") or {})
        super().__init__(data, auto_id="week_%s", **kwargs)
        for weekday in self.weekdays:
            for name in TIMES:
                field = _time()
                field.label = f"{weekday_name(weekday)}: {_labels()[name]}"
                field.disabled = lunch_only and name not in LUNCH
                self.fields[f"{name}_{weekday}"] = field

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, BoundField]]]]:
        """By weekday: each field with its short label, as the weekday stands above it."""
        labels = _labels()
        return [
            (weekday_name(weekday), [(labels[name], self[f"{name}_{weekday}"]) for name in TIMES])
            for weekday in self.weekdays
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for weekday in self.weekdays:
            start, end, *lunch = (found.get(f"{name}_{weekday}") for name in TIMES)
            is_half = (start is None) != (end is None)
            is_lunch_alone = start is None and end is None and any(lunch)
            if (is_half or is_lunch_alone) and not self.errors:
                missing = "starts_at" if start is None else "ends_at"
                self.add_error(
                    f"{missing}_{weekday}", _("A working day needs both times. Leave all four empty for a free day.")
                )
        return found

    @property
    def shifts(self) -> list[Shift]:
        found = []
        for weekday in self.weekdays:
            start, end, lunch_from, lunch_until = (self.cleaned_data[f"{name}_{weekday}"] for name in TIMES)
            if start is not None and end is not None:
                found.append(Shift(weekday, start, end, lunch_from, lunch_until))
        return found

    @property
    def lunches(self) -> dict[int, tuple[time | None, time | None]]:
        said = self.cleaned_data
        return {weekday: (said[f"lunch_from_{weekday}"], said[f"lunch_until_{weekday}"]) for weekday in self.weekdays}


def _labels() -> dict[str, str]:
    return {
        "starts_at": _("Starts"),
        "ends_at": _("Ends"),
        "lunch_from": _("Lunch from"),
        "lunch_until": _("Lunch until"),
    }


def _degrees(label: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(label=label, required=False, max_digits=9, decimal_places=6, widget=widget)


class PlacesForm(OnceForm):
    """Where the day starts and ends, as positions."""

    latitude = _degrees(gettext_lazy("Starts at latitude"))
    longitude = _degrees(gettext_lazy("Starts at longitude"))
    end_latitude = _degrees(gettext_lazy("Ends at latitude"))
    end_longitude = _degrees(gettext_lazy("Ends at longitude"))

    def __init__(self, data: Any = None, *, rep: User, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: _plain(getattr(rep, name)) for name in ("latitude", "longitude", "end_latitude", "end_longitude")
        }
        super().__init__(data, auto_id="place_%s", **kwargs)
        self.fields["latitude"].help_text = _("Empty: the day starts at the business.")
        self.fields["end_latitude"].help_text = _("Empty: it ends where it started.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for one, other in (("latitude", "longitude"), ("end_latitude", "end_longitude")):
            given = [found.get(one) is not None, found.get(other) is not None]
            if any(given) and not all(given) and not self.errors:
                self.add_error(other if given[0] else one, _("A position needs latitude and longitude."))
        return found

    @property
    def start(self) -> Spot | None:
        return _spot(self.cleaned_data["latitude"], self.cleaned_data["longitude"])

    @property
    def end(self) -> Spot | None:
        return _spot(self.cleaned_data["end_latitude"], self.cleaned_data["end_longitude"])


def _spot(latitude: Decimal | None, longitude: Decimal | None) -> Spot | None:
    return None if latitude is None or longitude is None else Spot(latitude, longitude)


def _plain(degrees: Decimal | None) -> str:
    return "" if degrees is None else f"{degrees.normalize():f}"


class AbsenceForm(OnceForm):
    starts_on = day_field(gettext_lazy("First day away"))
    last_on = day_field(gettext_lazy("Last day away"))
    because = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=Absence._meta.get_field("because").max_length,
        required=False,
        help_text=gettext_lazy("A word is enough, such as holidays. Nothing about health."),
    )
    deputy = forms.ChoiceField(label=gettext_lazy("Who stands in"), required=False)
    confirmed = forms.BooleanField(
        label=gettext_lazy("A deputy of another team is meant"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, deputies: Sequence[User], **kwargs: Any) -> None:
        super().__init__(data, auto_id="absence_%s", **kwargs)
        self.fields["deputy"].choices = deputy_choices(deputies)  # type: ignore[attr-defined]
        if data and data.get("confirmed"):
            self.ask()

    def ask(self) -> None:
        self.fields["confirmed"].widget = forms.CheckboxInput()

    @property
    def ends_before(self) -> date:
        last: date = self.cleaned_data["last_on"]
        return last + ONE_DAY


class BackForm(OnceForm):
    """The rep is back earlier than was noted."""

    back_on = day_field(gettext_lazy("Back on"))

    def __init__(self, data: Any = None, *, of: int = 0, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"back_{of}_%s", **kwargs)
        self.fields["back_on"].help_text = _("The first day at work. The first day away, or before: it never was.")


class DeputyForm(OnceForm):
    deputy = forms.ChoiceField(label=gettext_lazy("Who stands in"), required=False)
    confirmed = forms.BooleanField(
        label=gettext_lazy("A deputy of another team is meant"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, deputies: Sequence[User], of: int = 0, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"deputy_{of}_%s", **kwargs)
        self.fields["deputy"].choices = deputy_choices(deputies)  # type: ignore[attr-defined]
        if data and data.get("confirmed"):
            self.ask()

    def ask(self) -> None:
        self.fields["confirmed"].widget = forms.CheckboxInput()


def deputy_choices(deputies: Sequence[User]) -> list[tuple[str, str]]:
    """With the team, as one of another team asks to be confirmed."""
    named = [(str(one.pk), f"{one} ({one.team})" if one.team else str(one)) for one in deputies]
    return [("", _("Nobody")), *named]
