"""The filters of the board and of the rows behind its figures."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.scope import (
    CHARGE,
    CREDIT,
    KNOWN_THEN,
    KNOWN_TODAY,
    NO_REP,
    OTHERS,
    UNAPPLIED,
    UNCLASSIFIED,
    Scope,
)
from collections_app.desk.sources import OWN_BUCKETS
from collections_app.standings import queries as standings
from collections_app.standings.models import StandingChoices
from collections_app.standings.words import bucket_word
from common import days, past
from customers.models import Customer
from receivables import buckets
from receivables.models import DueItem
from staff.models import Role, Team, User

ALL = gettext_lazy("All")
DUE = (("", gettext_lazy("In force")), ("original", gettext_lazy("As agreed")))
KNOWN = (
    ("", gettext_lazy("By the night")),
    (KNOWN_TODAY, gettext_lazy("Today")),
    (KNOWN_THEN, gettext_lazy("That evening")),
)
DISPUTED = (("", gettext_lazy("With")), ("without", gettext_lazy("Without")), ("only", gettext_lazy("Only")))


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class BoardFilter(forms.Form):
    """Pills over the board. Choices are what the person may see, so that no name of another team shows."""

    as_of = day_field(gettext_lazy("As of"))
    now = forms.CharField(required=False, widget=forms.HiddenInput)
    known = forms.ChoiceField(label=gettext_lazy("As it was known"), required=False, choices=KNOWN)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    rep = forms.ChoiceField(label=gettext_lazy("Rep"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    segment = forms.ChoiceField(label=gettext_lazy("Segment"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)
    disputed = forms.ChoiceField(label=gettext_lazy("Disputed"), required=False, choices=DISPUTED)
    due = forms.ChoiceField(label=gettext_lazy("Due date"), required=False, choices=DUE)
    buckets = forms.CharField(
        label=gettext_lazy("Days late"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "30,60,90,180", "inputmode": "numeric"}),
    )

    def __init__(self, data: Any, *, user: User, night: date, today: date, base: str) -> None:
        given = data.copy()
        self.is_now = given.get("now") == "1" and not given.get("as_of")
        self.day = today if self.is_now else night
        if not given.get("as_of"):
            given["as_of"] = self.day.isoformat()
        super().__init__(given)
        self.today = today
        self.base = base
        self._offer(user)

    def _offer(self, user: User) -> None:
        kinds = ("region", "channel", "segment")
        seen = list(Customer.objects.visible_to(user).order_by().values_list(*kinds).distinct())
        for place, name in enumerate(kinds):
            named = sorted({kind[place] for kind in seen if kind[place]})
            self._choices(name, [(one, one) for one in named], needed=name != "segment")
        currencies = DueItem.objects.visible_to(user).open().order_by("currency")
        codes = list(currencies.values_list("currency", flat=True).distinct())
        self.currencies = codes
        self._choices("currency", [(code, code) for code in codes])
        if user.role == Role.REP:
            del self.fields["rep"], self.fields["team"]
            return
        teams = Team.objects.all() if user.sees_everything else user.led_teams.all()
        self._choices("team", [(str(team.pk), team.name) for team in teams.order_by("name")], needed=False)
        reps = User.objects.reps().visible_to(user).order_by("first_name", "last_name", "pk")
        self._choices("rep", [*((person.username, str(person)) for person in reps), (NO_REP, _("No rep assigned"))])

    def _choices(self, name: str, found: Iterable[tuple[Any, Any]], *, needed: bool = True) -> None:
        """A filter that is not `needed` is left out where there is nothing to choose from."""
        found = list(found)
        if not (found or needed):
            del self.fields[name]
            return
        field: Any = self.fields[name]
        first = _("All, in %(base)s") % {"base": self.base} if name == "currency" else ALL
        field.choices = [("", first), *found]

    def clean_as_of(self) -> date:
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day < days.FIRST:
            raise forms.ValidationError(_("No book reaches back that far. Choose a later day."))
        if day is not None:
            try:
                past.check(day)
                standings.check_known(day)
            except (past.NotYet, standings.NotKnown) as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return day or self.day

    def clean_buckets(self) -> str:
        text: str = self.cleaned_data["buckets"].replace(" ", "")
        if text:
            try:
                buckets.parse(text)
            except ValueError:
                raise forms.ValidationError(
                    _("Bounds are whole days, above zero and rising, for example 30,60,90.")
                ) from None
        return text

    def scope(self) -> Scope:
        """What the filters say; a filter with an error says nothing."""
        self.full_clean()
        said = {
            key: value
            for key, value in self.cleaned_data.items()
            if key in Scope.__dataclass_fields__ and key != "as_of" and isinstance(value, str)
        }
        return Scope(as_of=self.cleaned_data.get("as_of") or self.day, is_now=self.is_now, **said)


class RowsFilter(BoardFilter):
    """The same over the rows, and which figure of the board is looked into."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=80)
    standing = forms.ChoiceField(label=gettext_lazy("Standing"), required=False)
    bucket = forms.ChoiceField(label=gettext_lazy("Bucket"), required=False)
    late = forms.CharField(required=False, widget=forms.HiddenInput)
    customer = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = (
        "q", "as_of", "known", "standing", "bucket", "team", "rep", "currency", "region", "channel", "segment",
        "disputed", "due", "buckets",
    )  # fmt: skip

    def __init__(self, data: Any, *, bounds: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        standings = [
            *StandingChoices.choices,
            (UNCLASSIFIED, _("Not classified yet")),
            (CHARGE, _("Charges")),
            (CREDIT, _("Credit notes")),
            (UNAPPLIED, _("Unapplied")),
            (OTHERS, _("Credit, unapplied, charges")),
        ]
        self._choices("standing", standings)
        self._choices(
            "bucket",
            [(name, bucket_word(name)) for name in (*buckets.names(bounds), *OWN_BUCKETS)],
        )


def bounds_asked(data: Any, otherwise: tuple[int, ...]) -> tuple[int, ...]:
    """The bucket bounds in an address, or the policy's where it names none (or none that are bounds)."""
    try:
        return buckets.parse(data.get("buckets", "").replace(" ", "")) if data.get("buckets") else otherwise
    except ValueError:
        return otherwise


def day_asked(data: Any, otherwise: date) -> date:
    """The day in an address, or another one where it names none (or none that is a day)."""
    try:
        return date.fromisoformat(data.get("as_of") or "")
    except ValueError:
        return otherwise
