"""The outcome of a visit as forms, one per kind. They check shape and prefill; the service decides."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collections_app.cases import queries as cases
from collections_app.cases.models import Dispute, Excuse
from collections_app.visits.deeds import Told
from collections_app.visits.models import Outcome
from collections_app.visits.pages import Figures, GoesTo
from common import money
from common.forms import AmountField, DayField
from common.money import ZERO
from common.refusals import Refused
from common.templatetags.ui import day as day_words
from common.templatetags.ui import money_text, weekday
from receivables.models import PaymentMethod
from receivables.services import Covered

AT_THE_DOOR = [
    (method.value, method.label)
    for method in (PaymentMethod.CASH, PaymentMethod.TRANSFER, PaymentMethod.CHEQUE, PaymentMethod.BILL)
]
ANOTHER_DAY = "other"


def _day(label: Any) -> DayField:
    return DayField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def _note(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


def _choice(
    label: Any, choices: list[tuple[str, Any]], *, required: bool = True, select: bool = False
) -> forms.ChoiceField:
    widget = forms.Select() if select else forms.RadioSelect()
    first = [("", gettext_lazy("Choose…"))] if select else []
    return forms.ChoiceField(label=label, choices=first + choices, required=required, widget=widget)


class OutcomeForm(forms.Form):
    """Common to all kinds: the one-time key and what the stop asks for."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput())
    submit = gettext_lazy("Save")

    def __init__(self, *args: Any, figures: Figures, on: date, **kwargs: Any) -> None:
        self.figures, self.on = figures, on
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = figures.currency

    def told(self) -> Told:
        return Told(note=self.cleaned_data.get("note", ""))

    def add_refusal(self, refusal: Refused) -> None:
        self.add_error(None, str(refusal))


class PaidForm(OutcomeForm):
    """Money at the door. When it is short, the form comes back asking for a word on the rest."""

    submit = gettext_lazy("Save and give receipt")
    method = _choice(gettext_lazy("How?"), AT_THE_DOOR)
    amount = AmountField(label=gettext_lazy("Amount received"))
    about = _choice(
        gettext_lazy("The missing amount"),
        [
            (Outcome.Kind.PROMISE.value, gettext_lazy("Promised")),
            (Outcome.Kind.DISPUTE.value, gettext_lazy("Disputed")),
            (Outcome.Kind.EXCUSE.value, gettext_lazy("Excuse")),
        ],
        required=False,
    )
    promised_on = _day(gettext_lazy("Promised for"))
    reason = _choice(gettext_lazy("Reason of the dispute"), list(Dispute.Reason.choices), required=False, select=True)
    excuse = _choice(gettext_lazy("What the customer says"), list(Excuse.Kind.choices), required=False, select=True)
    sure = forms.BooleanField(label=gettext_lazy("Yes, this is right"), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *args: Any, figures: Figures, on: date, **kwargs: Any) -> None:
        self.rest_was_asked = data is None or "about" in data or "promised_on" in data
        if not self.rest_was_asked:  # propose the next day on which they pay; nothing is saved before it was seen
            data = data.copy()
            data["about"], data["promised_on"] = Outcome.Kind.PROMISE.value, figures.pay_days[0].isoformat()
        super().__init__(data, *args, figures=figures, on=on, **kwargs)
        self.goes_to: list[GoesTo] = []
        self.missing, self.over = ZERO, ZERO
        self._follow(self._entered())
        self.fields["about"].label = _("The missing %(amount)s") % {"amount": self.missing_text}

    @property
    def missing_text(self) -> str:
        return money_text(self.missing, self.figures.currency)

    @property
    def hints(self) -> dict[str, str]:
        day = self["promised_on"].value() or self.figures.pay_days[0]
        try:
            day = date.fromisoformat(str(day))
        except ValueError:
            day = self.figures.pay_days[0]
        return {
            Outcome.Kind.PROMISE.value: weekday(day),
            Outcome.Kind.DISPUTE.value: _("choose a reason"),
            Outcome.Kind.EXCUSE.value: _("what they say"),
        }

    def _entered(self) -> Decimal:
        """What the amount field holds now, as far as it can be read: the figures below it follow."""
        if not self.is_bound:
            return self.figures.ask_amount
        try:
            return self.fields["amount"].clean(self["amount"].value()) or ZERO
        except forms.ValidationError:
            return ZERO

    def _follow(self, amount: Decimal) -> None:
        if amount > ZERO:
            self.goes_to, self.missing, self.over = self.figures.goes_to(amount, self.on)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if self.missing <= ZERO or "amount" in self.errors:
            return found
        needed = {Outcome.Kind.PROMISE: "promised_on", Outcome.Kind.DISPUTE: "reason", Outcome.Kind.EXCUSE: "excuse"}
        about = found.get("about")
        if not about or not self.rest_was_asked:
            self.add_error("about", _("Say why, or set a date for the rest, and save again."))
        elif not found.get(needed[about]) and needed[about] not in self.errors:
            self.add_error(needed[about], _("Needed for the missing %(amount)s.") % {"amount": self.missing_text})
        for name in needed.values():
            self.fields[name].required = True  # for its label: whichever is shown has to be filled in
        return found

    def told(self) -> Told:
        found = self.cleaned_data
        return Told(
            amount=found["amount"],
            method=found["method"],
            about=found["about"] if self.missing > ZERO else "",
            promised_on=found["promised_on"],
            promised_by=self.figures.who,
            reason=found["reason"],
            excuse=found["excuse"],
            sure=found["sure"],
        )

    def add_refusal(self, refusal: Refused) -> None:
        """Money beside money in hand is unlikely, and asked for once."""
        if not isinstance(refusal, Covered):
            return super().add_refusal(refusal)
        self.fields["sure"].widget = forms.CheckboxInput()
        return self.add_error("sure", str(refusal))


class PromiseForm(OutcomeForm):
    submit = gettext_lazy("Save the promise")
    amount = AmountField(label=gettext_lazy("Amount promised"))
    day = _choice(gettext_lazy("By when?"), [])
    promised_on = _day(gettext_lazy("Another day"))
    method = _choice(gettext_lazy("How?"), AT_THE_DOOR)
    promised_by = forms.CharField(label=gettext_lazy("Who promised it?"), required=False, max_length=100)
    note = _note(gettext_lazy("Note"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(day.isoformat(), weekday(day)) for day in self.figures.pay_days]
        last = cases.last_promise_day(self.on)
        self.fields["promised_on"].widget.attrs["max"] = last.isoformat()
        self.fields["promised_on"].help_text = _("Until %(day)s at the latest.") % {"day": day_words(last)}
        if self.figures.days_are_stated:
            del self.fields["promised_on"]  # the customer pays on its own days only
            self.fields["day"].help_text = _("Days on which this customer pays.")
        else:
            days.append((ANOTHER_DAY, _("Another day")))
        self.fields["day"].choices = days  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("day") == ANOTHER_DAY and not found.get("promised_on") and "promised_on" not in self.errors:
            self.add_error("promised_on", _("Enter the day, or choose one above."))
        return found

    def told(self) -> Told:
        found = self.cleaned_data
        day = found["promised_on"] if found["day"] == ANOTHER_DAY else date.fromisoformat(found["day"])
        return Told(
            amount=found["amount"],
            method=found["method"],
            promised_on=day,
            promised_by=found["promised_by"],
            note=found["note"],
        )


class ExcuseForm(OutcomeForm):
    submit = gettext_lazy("Save the excuse")
    excuse = _choice(gettext_lazy("What the customer says"), list(Excuse.Kind.choices))
    note = _note(gettext_lazy("In their words"))

    def told(self) -> Told:
        return Told(excuse=self.cleaned_data["excuse"], note=self.cleaned_data["note"])


class DisputeForm(OutcomeForm):
    submit = gettext_lazy("Save the dispute")
    due_item = forms.TypedChoiceField(label=gettext_lazy("Which invoice?"), coerce=int)
    amount = AmountField(label=gettext_lazy("Amount disputed"))
    reason = _choice(gettext_lazy("Why?"), list(Dispute.Reason.choices), select=True)
    note = _note(gettext_lazy("In their words"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_item"].choices = self.figures.choices  # type: ignore[attr-defined]

    def told(self) -> Told:
        found = self.cleaned_data
        return Told(amount=found["amount"], due_item=found["due_item"], reason=found["reason"], note=found["note"])


class NotInForm(OutcomeForm):
    note = _note(gettext_lazy("Who was there, and when to try again"))


class CouldNotVisitForm(OutcomeForm):
    note = _note(gettext_lazy("Why, and when to try again"))


FORMS: dict[str, type[OutcomeForm]] = {
    Outcome.Kind.PAID.value: PaidForm,
    Outcome.Kind.PROMISE.value: PromiseForm,
    Outcome.Kind.EXCUSE.value: ExcuseForm,
    Outcome.Kind.DISPUTE.value: DisputeForm,
    Outcome.Kind.NOT_IN.value: NotInForm,
    Outcome.Kind.COULD_NOT_VISIT.value: CouldNotVisitForm,
}


def initial(figures: Figures, kind: str, key: str) -> dict[str, Any]:
    """What a fresh form holds: the amount asked for, the usual way of paying, the next day on which they pay."""
    methods = dict(AT_THE_DOOR)
    usual = PaymentMethod.TRANSFER.value if kind == Outcome.Kind.PROMISE else PaymentMethod.CASH.value
    first = next((item for item in figures.items if item.ask_amount), None)
    amount = first.ask_amount if first and kind == Outcome.Kind.DISPUTE else figures.ask_amount
    return {
        "key": key,
        "amount": money.rounded(amount, figures.currency) if amount else None,
        "method": figures.usual_method if figures.usual_method in methods else usual,
        "day": figures.pay_days[0].isoformat(),
        "promised_by": figures.who,
        "due_item": first.key if first else None,
    }
