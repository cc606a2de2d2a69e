"""The filters of the board and of the rows behind its figures."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.scope import CHARGE, CREDIT, NO_REP, UNAPPLIED, UNCLASSIFIED, Scope
from collections_app.standings import queries as standings
from collections_app.standings.models import StandingChoices
from collections_app.standings.words import bucket_word
from common import days
from customers.models import Customer
from receivables import buckets
from receivables.models import DueItem
from staff.models import Role, User

ALL = gettext_lazy("All")
DUE = (("", gettext_lazy("In force")), ("original", gettext_lazy("As agreed")))
DISPUTED = (("", gettext_lazy("With")), ("without", gettext_lazy("Without")), ("only", gettext_lazy("Only")))


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


class BoardFilter(forms.Form):
    """Pills over the board. Choices are what the person may see, so that no name of another team shows."""

    as_of = day_field(gettext_lazy("As of"))
    now = forms.CharField(required=False, widget=forms.HiddenInput)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    rep = forms.ChoiceField(label=gettext_lazy("Rep"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
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
        seen = Customer.objects.visible_to(user)
        self._choices("region", _named(seen, "region"))
        self._choices("channel", _named(seen, "channel"))
        currencies = DueItem.objects.visible_to(user).open().order_by("currency")
        codes = list(currencies.values_list("currency", flat=True).distinct())
        self.currencies = codes
        self._choices("currency", [(code, code) for code in codes])
        if user.role == Role.REP:
            del self.fields["rep"]
            return
        reps = User.objects.reps().visible_to(user).order_by("first_name", "last_name", "pk")
        self._choices("rep", [*((person.username, str(person)) for person in reps), (NO_REP, _("No rep assigned"))])

    def _choices(self, name: str, found: Iterable[tuple[Any, Any]]) -> None:
        field: Any = self.fields[name]
        first = _("All, in %(base)s") % {"base": self.base} if name == "currency" else ALL
        field.choices = [("", first), *found]

    def clean_as_of(self) -> date:
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day > self.today:
            raise forms.ValidationError(_("This day has not come yet. Choose today or an earlier day."))
        if day is not None and day < days.FIRST:
            raise forms.ValidationError(_("No book reaches back that far. Choose a later day."))
        if day is not None:
            try:
                standings.check_known(day)
            except standings.NotKnown as refusal:
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
        "q", "as_of", "standing", "bucket", "rep", "currency", "region", "channel", "disputed", "due", "buckets",
    )  # fmt: skip

    def __init__(self, data: Any, *, bounds: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        standings = [
            *StandingChoices.choices,
            (UNCLASSIFIED, _("Not classified yet")),
            (CHARGE, _("Charges")),
            (CREDIT, _("Credit notes")),
            (UNAPPLIED, _("Unapplied")),
        ]
        self._choices("standing", standings)
        self._choices(
            "bucket",
            [(name, bucket_word(name)) for name in (*buckets.names(bounds), buckets.CHARGES, buckets.UNAPPLIED)],
        )


def bounds_asked(data: Any, otherwise: tuple[int, ...]) -> tuple[int, ...]:
    """The bucket bounds in an address, or the policy's where it names none (or none that are bounds)."""
    try:
        return buckets.parse(data.get("buckets", "").replace(" ", "")) if data.get("buckets") else otherwise
    except ValueError:
        return otherwise


def _named(customers: QuerySet[Customer], field: str) -> list[tuple[str, str]]:
    found = customers.exclude(**{field: ""}).order_by(field).values_list(field, flat=True).distinct()
    return [(name, name) for name in found]
