"""What is asked about the supply ladder: filters of the list, what to look at, a step up, a step down."""

from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.desk.filters import ListFilter
from collections_app.desk.scope import NO_REP
from collections_app.gate import ladder_asking, ladder_rules, ladder_words
from collections_app.gate.ladder_outlook import Outlook
from collections_app.gate.ladder_rules import Rung
from collections_app.gate.models import LadderStep
from customers.models import Customer
from receivables.forms import OnceForm
from staff.models import User

HUNDRED = Decimal(100)
MARGIN = int(ladder_rules.MARGIN * HUNDRED)
PERCENT = gettext_lazy("Margin, %")
RUNGS = [(int(one), str(int(one))) for one in Rung]
PROPOSED, STANDING = "proposed", "standing"


class LadderFilter(ListFilter):
    q = filters.CharFilter(label=gettext_lazy("Search"), method="named")
    rep = filters.ChoiceFilter(label=gettext_lazy("Rep"), method="of_rep")
    show = filters.ChoiceFilter(
        label=gettext_lazy("Show"),
        method="of_line",
        choices=((PROPOSED, gettext_lazy("Proposed steps")), (STANDING, gettext_lazy("On the ladder"))),
    )
    margin = filters.NumberFilter(label=PERCENT, method="of_line", min_value=0, max_value=100)

    class Meta:
        model = Customer
        fields: list[str] = []

    @property
    def share(self) -> Decimal:
        """The margin that the costs are told for; the product's own where none is stated."""
        stated = self.form.cleaned_data.get("margin") if self.form.is_valid() else None
        return ladder_rules.MARGIN if stated is None else Decimal(stated) / HUNDRED

    def named(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def of_rep(self, found: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return found.filter(owner=None) if value == NO_REP else found.filter(owner__username=value)

    def of_line(self, found: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Told of each line, and chosen by the page."""
        return found


def percent_field() -> forms.DecimalField:
    return forms.DecimalField(
        label=PERCENT,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=gettext_lazy("Of the price of the goods: what not selling them costs us."),
    )


class LookForm(forms.Form):
    """Which rung to look at, before anybody decides."""

    rung = forms.TypedChoiceField(label=gettext_lazy("Rung"), coerce=int)
    margin = percent_field()

    def __init__(self, data: Any = None, *, standing: int, **kwargs: Any) -> None:
        following = ladder_rules.next_rung(standing)
        asked = {"rung": str(following), "margin": str(MARGIN)} | {
            name: value for name, value in (data or {}).items() if value
        }
        super().__init__(asked, auto_id="look_%s", **kwargs)
        above = [rung for rung in Rung if rung > standing]
        self.fields["rung"].choices = [(int(rung), ladder_words.rung(rung)) for rung in above]  # type: ignore[attr-defined]
        self.following = following

    @property
    def looked_at(self) -> int:
        """The next rung, where something else was asked for that there is not."""
        return int(self.cleaned_data.get("rung") or self.following) if self.is_valid() else self.following

    @property
    def share(self) -> Decimal:
        stated = self.cleaned_data.get("margin") if self.is_valid() else None
        return ladder_rules.MARGIN if stated is None else stated / HUNDRED


class ClimbForm(OnceForm):
    """The step that was looked at: why now, and on what ground. The service decides whether it may be taken.

    One that leaves out rungs is only asked for (`is_asked`), until another person has asked before.
    """

    rung = forms.TypedChoiceField(coerce=int, choices=RUNGS, widget=forms.HiddenInput)
    margin = forms.DecimalField(min_value=0, max_value=100, widget=forms.HiddenInput)
    because = forms.CharField(label=gettext_lazy("Why now?"), max_length=200)
    clause = forms.CharField(label=gettext_lazy("Clause or right"), max_length=120)
    consent = forms.CharField(
        label=gettext_lazy("Consent of the customer"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Who agreed to give goods back, and when. Needed where we kept no title."),
    )
    skip = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, look: Outlook, language: str, user: User, **kwargs: Any) -> None:
        super().__init__(data, auto_id="climb_%s", **kwargs)
        asked = ladder_asking.of(look.customer, look.rung) if look.skipped else None
        self.is_asked = bool(look.skipped) and (asked is None or asked.by == user.get_username())
        self.takes_consent = look.rung == Rung.RETURN_OF_GOODS
        self.skips = bool(look.skipped)
        told = _("It stands in the notice; word it in the customer's language: %(name)s.")
        self.fields["clause"].help_text = told % {"name": language}
        self.fields["clause"].required = not self.takes_consent
        self.fields["skip"].required = self.skips
        self.fields["skip"].label = _("Leave out %(rungs)s") % {
            "rungs": ", ".join(ladder_words.rung(rung) for rung in look.skipped)
        }


class DownForm(OnceForm):
    """A lower rung, or none."""

    rung = forms.TypedChoiceField(label=gettext_lazy("Down to"), coerce=int)
    because = forms.CharField(
        label=gettext_lazy("Why?"), max_length=LadderStep._meta.get_field("left_because").max_length
    )

    def __init__(self, data: Any = None, *, standing: int, **kwargs: Any) -> None:
        super().__init__(data, auto_id="down_%s", **kwargs)
        lower = [(0, _("Off the ladder")), *((int(one), ladder_words.rung(one)) for one in Rung if one < standing)]
        self.fields["rung"].choices = lower  # type: ignore[attr-defined]


class PrintForm(OnceForm):
    """The notice that could not be printed when the step was taken."""
