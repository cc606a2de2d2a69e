"""What is stated of a customer's habits: forms turn choices into the rules that the planner reads."""

from collections.abc import Iterable
from typing import Any

from babel.dates import get_day_names
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.contracts.terms_fields import PAY_DAYS
from collections_app.visits.habits import MOST_DAYS_BEFORE
from common import days
from common.templatetags import ui
from customers.models import Contact, Customer, Habit
from receivables.clearing.forms import day_field
from receivables.forms import OnceForm
from receivables.models import PaymentMethod
from staff.models import Team

Kind = Habit.Kind
UNKNOWN = ("", gettext_lazy("nobody knows"))
TABOOS = (
    ("mornings", gettext_lazy("mornings")),
    ("afternoons", gettext_lazy("afternoons")),
    ("weekly", gettext_lazy("a weekday")),
    ("first days", gettext_lazy("the first days of the month")),
    ("monthly", gettext_lazy("a day of the month")),
    ("last-working-day", gettext_lazy("the last working day of the month")),
)
HALF_DAYS = ("mornings", "afternoons")


def weekday_choices() -> list[tuple[str, str]]:
    names: Any = get_day_names("wide", locale=ui.active_locale())
    return [(name, names[place]) for place, name in enumerate(days.WEEKDAYS)]


class StateForm(OnceForm):
    """Who said it, and when; `said` gives the verb what it wants."""

    stated_by = forms.CharField(label=gettext_lazy("Who said so"), max_length=100, required=False)

    def said(self) -> dict[str, Any]:
        return {"rule": self.rule(), "stated_by": self.cleaned_data["stated_by"]}

    def rule(self) -> str:
        return str(self.cleaned_data["rule"])


class DaysForm(StateForm):
    """Days as a choice of their kind, with the weekday or the day of the month that the kind needs."""

    pays = forms.ChoiceField(label=gettext_lazy("On"), choices=PAY_DAYS)
    weekday = forms.ChoiceField(label=gettext_lazy("Weekday"), required=False)
    day_of_month = forms.IntegerField(
        label=gettext_lazy("Day of the month"), min_value=1, max_value=31, required=False
    )  # fmt: skip
    field_order = ("pays", "weekday", "day_of_month", "note", "position", "stated_by")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["weekday"].choices = [("", "–"), *weekday_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A kind of days without its day names none."""
        said = super().clean() or self.cleaned_data
        kind = said.get("pays", "")
        if kind in ("monthly", "first days") and not said.get("day_of_month") and "day_of_month" not in self.errors:
            self.add_error("day_of_month", _("Say which day of the month."))
        if (kind == "weekly" or kind[:1].isdigit()) and not said.get("weekday"):
            self.add_error("weekday", _("Say which weekday."))
        return said

    def rule(self) -> str:
        said = self.cleaned_data
        kind = str(said["pays"])
        if kind == "first days":
            return f"monthly 1-{said['day_of_month']}"
        if kind == "monthly":
            return f"monthly {said['day_of_month']}"
        return f"{kind} {said['weekday']}" if kind == "weekly" or kind[:1].isdigit() else kind


class SettlementDayForm(DaysForm):
    """On which days it pays anybody."""


class TabooForm(DaysForm):
    """When nobody is to come: nothing is taboo that was not said here."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["pays"].label = _("Never visit on")
        self.fields["pays"].choices = TABOOS  # type: ignore[attr-defined]
        self.fields["day_of_month"].help_text = _("Of the first days of the month the last one, such as 3.")


class StepForm(DaysForm):
    """What happens between our invoice and the money, in order."""

    note = forms.CharField(
        label=gettext_lazy("What happens"), max_length=200, help_text=gettext_lazy("Such as “invoice check”.")
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place in the procedure"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=gettext_lazy("Empty: after the last step."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["pays"].choices = [UNKNOWN, *PAY_DAYS]  # type: ignore[attr-defined]
        self.fields["pays"].required = False

    def said(self) -> dict[str, Any]:
        return super().said() | {name: self.cleaned_data[name] for name in ("note", "position")}


class HoursForm(StateForm):
    """Between which times it pays."""

    starts_at = forms.TimeField(label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends_at = forms.TimeField(label=gettext_lazy("Until"), widget=forms.TimeInput(attrs={"type": "time"}))
    field_order = ("starts_at", "ends_at", "stated_by")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("starts_at") and said.get("ends_at") and said["ends_at"] <= said["starts_at"]:
            self.add_error("ends_at", _("It ends before it begins. Choose a later time."))
        return said

    def rule(self) -> str:
        return f"{self.cleaned_data['starts_at']:%H:%M}-{self.cleaned_data['ends_at']:%H:%M}"


class MethodForm(StateForm):
    rule_of = forms.ChoiceField(label=gettext_lazy("Pays by"), choices=PaymentMethod.choices)
    field_order = ("rule_of", "stated_by")

    def rule(self) -> str:
        return str(self.cleaned_data["rule_of"])


class PrerequisiteForm(StateForm):
    """An invoice or a reconciliation, and whether nothing is paid without it."""

    what = forms.CharField(label=gettext_lazy("What"), max_length=100)
    days_before = forms.IntegerField(
        label=gettext_lazy("Working days before paying"),
        min_value=0,
        max_value=MOST_DAYS_BEFORE,
        required=False,
        help_text=gettext_lazy(
            "How long before it must be there, else nothing is paid. Empty: it pays without it too."
        ),
    )
    field_order = ("what", "days_before", "stated_by")

    def rule(self) -> str:
        return str(self.cleaned_data["what"])

    def said(self) -> dict[str, Any]:
        return super().said() | {"days_before": self.cleaned_data["days_before"]}


STATE_FORMS: dict[str, type[StateForm]] = {
    Kind.SETTLEMENT_DAY: SettlementDayForm,
    Kind.HOURS: HoursForm,
    Kind.METHOD: MethodForm,
    Kind.TABOO: TabooForm,
    Kind.INVOICE_TYPE: PrerequisiteForm,
    Kind.RECONCILIATION: PrerequisiteForm,
    Kind.STEP: StepForm,
}


class AbsenceForm(OnceForm):
    """Who is away, from a day to a day, both of them in it."""

    who = forms.ModelChoiceField(
        label=gettext_lazy("Who is away"), queryset=Contact.objects.none(), required=False,
        empty_label=gettext_lazy("Everybody: it is closed"),
    )  # fmt: skip
    starts_on = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, customer: Customer, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["who"].queryset = customer.contacts.filter(left_on=None).order_by("pk")  # type: ignore[attr-defined]


class WeekdaysForm(OnceForm):
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Weekdays"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, known: Iterable[int], none: str, **kwargs: Any) -> None:
        super().__init__(data, initial={"weekdays": [days.WEEKDAYS[day] for day in known]}, **kwargs)
        self.fields["weekdays"].choices = weekday_choices()  # type: ignore[attr-defined]
        self.fields["weekdays"].help_text = none


class PoolForm(OnceForm):
    team = forms.ModelChoiceField(
        label=gettext_lazy("Visited by any rep of"), queryset=Team.objects.none(), required=False,
        empty_label=gettext_lazy("nobody but its own rep"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, teams: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
