"""What somebody says of the site that is visited: its address, its hours, where it lies and how exactly."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import coordinates
from customers.coordinates import NotAPosition, Position, Why
from customers.models import Site
from customers.placing import Said
from receivables.forms import OnceForm

WHY: dict[Why, Any] = {
    Why.NO_NUMBERS: gettext_lazy("No position can be read from “%(text)s”. Write it like 41.3874, 2.1686."),
    Why.SHORT_LINK: gettext_lazy(
        "A short link holds no position. Open it, and paste the long address that the map shows then."
    ),
    Why.NO_COORDINATES: gettext_lazy(
        "No position can be read from this address. Paste the two numbers that the map shows, like 41.3874, 2.1686."
    ),
    Why.OFF_THE_EARTH: gettext_lazy(
        "There is no such place on earth: latitude is at most 90 and longitude at most 180. Is a dot missing?"
    ),
    Why.NOWHERE: gettext_lazy("At 0, 0 there is the sea. Write the position of the shop."),
}
PRECISIONS = [(one.value, one.label) for one in Site.Precision if one != Site.Precision.NONE]
WHERE = ("street", "postcode", "city", "country", "position")
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PositionField(forms.CharField):
    """Latitude and longitude in one: typed, or pasted from a map."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__(max_length=2000, widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return coordinates.written(*value) if isinstance(value, tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return coordinates.read(text)
        except NotAPosition as refused:
            raise forms.ValidationError(str(WHY[refused.why]) % {"text": text[:60]}) from None


class PlaceForm(OnceForm):
    street = forms.CharField(label=gettext_lazy("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("Town"), max_length=100, required=False)
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("Country"),
        required=False,
        help_text=gettext_lazy("Two letters, such as ES."),
        error_messages={"invalid": gettext_lazy("A country has two letters, such as ES.")},
    )
    opens_at = forms.TimeField(label=gettext_lazy("Opens at"), required=False, widget=CLOCK)
    closes_at = forms.TimeField(label=gettext_lazy("Closes at"), required=False, widget=CLOCK)
    position = PositionField(
        label=gettext_lazy("Position"),
        required=False,
        help_text=gettext_lazy("Latitude and longitude, such as 41.3874, 2.1686; or the address of a map, pasted."),
    )
    precision = forms.ChoiceField(label=gettext_lazy("How exact is it?"), choices=PRECISIONS, required=False)

    def __init__(self, data: Any = None, *, site: Site | None, **kwargs: Any) -> None:
        super().__init__(data, initial=_known(site), **kwargs)
        self.is_known = any(self.initial.get(name) for name in WHERE)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        opens_at, closes_at = said.get("opens_at"), said.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("The site closes before it opens. Correct the hours."))
        if said.get("position") and not said.get("precision"):
            self.add_error("precision", _("Choose how exact the position is."))
        if self.is_known and not self.errors and not any(said.get(name) for name in WHERE):
            raise forms.ValidationError(
                _("An empty form would wipe the address and the position. Enter where the customer is, or go back.")
            )
        return said

    @property
    def position_said(self) -> Position | None:
        """Also where another field is wrong, so that it can be looked at."""
        found: Position | None = self.cleaned_data.get("position") if self.is_bound else self.initial.get("position")
        return found

    @property
    def said(self) -> Said:
        named = {name: value for name, value in self.cleaned_data.items() if name not in ("key", "precision")}
        has_position = named["position"] is not None
        return Said(**named, precision=self.cleaned_data["precision"] if has_position else Site.Precision.NONE.value)


def _known(site: Site | None) -> dict[str, Any]:
    if site is None:
        return {"precision": Site.Precision.EXACT}
    known = {name: getattr(site, name) for name in ("street", "postcode", "city", "country", "opens_at", "closes_at")}
    if site.latitude is None or site.longitude is None:
        return known | {"precision": Site.Precision.EXACT}
    is_known = site.precision != Site.Precision.NONE
    precision = site.precision if is_known else Site.Precision.EXACT
    return known | {"position": (site.latitude, site.longitude), "precision": precision}
