"""What is entered on the plan of a day: forms check the shape, the verbs of the wishes decide."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.visits.models import Wish
from common.forms import DayField
from customers.models import Customer
from receivables.forms import OnceForm
from staff.models import Team, User

BECAUSE = Wish._meta.get_field("because").max_length


def rep_choices(reps: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(rep.pk), str(rep)) for rep in reps]


class TeamFilter(forms.Form):
    """Where somebody leads, or sees, several teams."""

    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        seen = Team.objects.filter(members__in=User.objects.visible_to(user).reps()).order_by("name").distinct()
        names = list(seen.values_list("name", flat=True))
        self.fields["team"].choices = [("", _("All")), *((name, name) for name in names)]  # type: ignore[attr-defined]
        self.is_needed = len(names) > 1

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data.get("team", "")) if self.is_valid() else ""


class PinForm(OnceForm):
    """A customer is surely visited on the day of the page."""

    customer = forms.CharField(
        label=gettext_lazy("Customer number"),
        max_length=40,
        help_text=gettext_lazy("As it stands in the list of customers. Those who did not fit are offered."),
        widget=forms.TextInput(attrs={"list": "left-out", "autocomplete": "off"}),
    )
    rep = forms.ChoiceField(label=gettext_lazy("Rep"), required=False)
    because = forms.CharField(label=gettext_lazy("Why"), max_length=BECAUSE, required=False)

    def __init__(self, data: Any = None, *, user: User, reps: Sequence[User], **kwargs: Any) -> None:
        super().__init__(data, auto_id="pin_%s", **kwargs)
        self.user = user
        anybody = ("", _("Whoever visits it anyway"))
        self.fields["rep"].choices = [anybody, *rep_choices(reps)]  # type: ignore[attr-defined]

    def clean_customer(self) -> Customer:
        code = self.cleaned_data["customer"].strip()
        found = Customer.objects.visible_to(self.user).filter(code__iexact=code).order_by("pk").first()
        if found is None:
            raise forms.ValidationError(
                _("None of your customers has the number %(code)s. Look it up in the list of customers.")
                % {"code": code}
            )
        return found


class MoveForm(OnceForm):
    """One stop of a rep goes to another one."""

    stop = forms.ChoiceField(label=gettext_lazy("Stop"))
    rep = forms.ChoiceField(label=gettext_lazy("To"))
    because = forms.CharField(label=gettext_lazy("Why"), max_length=BECAUSE, required=False)

    def __init__(
        self, data: Any = None, *, of: int, stops: Sequence[tuple[int, str]], reps: Sequence[User], **kwargs: Any
    ) -> None:
        super().__init__(data, auto_id=f"move_{of}_%s", **kwargs)
        self.fields["stop"].choices = [(str(key), name) for key, name in stops]  # type: ignore[attr-defined]
        others = [rep for rep in reps if rep.pk != of]
        self.fields["rep"].choices = rep_choices(others)  # type: ignore[attr-defined]


class SkipForm(OnceForm):
    """Why a visit is not made, and perhaps on which day instead."""

    because = forms.CharField(
        label=gettext_lazy("Why is it not visited?"),
        max_length=BECAUSE,
        help_text=gettext_lazy("For example: closed today, asked for another day, the road is blocked."),
    )
    instead_on = DayField(
        label=gettext_lazy("Visit it instead on"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: the planner proposes the next good day."),
    )

    def __init__(self, data: Any = None, *, on: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["instead_on"].widget.attrs["min"] = (on + timedelta(days=1)).isoformat()
