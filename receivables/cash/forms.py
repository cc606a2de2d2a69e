"""Forms of counting, receiving and banking cash, and of void numbers. They check the shape; the services decide."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock, money, photos
from common.forms import AmountField, DayField
from common.models import Document
from common.money import ZERO
from common.refusals import Refused
from common.templatetags.ui import money_text
from receivables import cash_rules, services
from receivables.forms import OnceForm
from receivables.models import HandIn
from staff.models import Role, User

CODES = [("", gettext_lazy("Choose…")), *((code.value, code.label) for code in HandIn.Code if code.value)]
SLIP_LIVES = 24 * 3600  # seconds from the photo to the signature


def slip_token(document: Document, user: User) -> str:
    """Names a stored photo on the way from the count to the signature; only its own sender can use it."""
    return signing.dumps(document.pk, salt=f"slip of {user.pk}")


class CountForm(OnceForm):
    """How many there are of each note and coin, and the deposit slip. A difference asks why."""

    currency = forms.CharField(widget=forms.HiddenInput, max_length=3)
    expected = forms.DecimalField(widget=forms.HiddenInput, max_digits=18, decimal_places=3)
    slip = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    slip_number = forms.CharField(label=gettext_lazy("Number of the deposit slip"), max_length=40)
    photo = forms.FileField(
        label=gettext_lazy("Photo of the slip"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy("JPEG, PNG or WebP, at most 5 MB."),
    )
    difference_code = forms.ChoiceField(label=gettext_lazy("Why does it differ?"), choices=CODES, required=False)
    difference_note = forms.CharField(label=gettext_lazy("What happened?"), required=False, max_length=200)

    def __init__(self, data: Any = None, files: Any = None, *, code: str, user: User, **kwargs: Any) -> None:
        super().__init__(data, files=files, **kwargs)
        self.code, self.user = code, user
        self.counted: dict[str, int] = {}
        self.amount = self.difference = ZERO
        for worth in cash_rules.denominations(code):
            self.fields[_field(worth)] = forms.IntegerField(
                label=money_text(worth, code, 0 if worth == worth.to_integral_value() else None),
                required=False,
                min_value=0,
                max_value=cash_rules.MOST_OF_ONE,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
            )

    @property
    def notes(self) -> list[Any]:
        """The fields of notes and coins, as they are printed."""
        return [self[_field(worth)] for worth in cash_rules.denominations(self.code)]

    @property
    def lines(self) -> list[tuple[Decimal, int, Decimal]]:
        """What was counted: note, how many, and what they come to."""
        return [
            (worth, number, money.rounded(worth * number, self.code))
            for worth in cash_rules.denominations(self.code)
            if (number := self.counted.get(str(worth), 0))
        ]

    @property
    def why(self) -> str:
        """The code of the difference in words."""
        return str(HandIn.Code(self.cleaned_data["difference_code"] or "").label)

    @property
    def kept(self) -> list[Any]:
        """Everything that was said, for the page that asks for the signature."""
        return [self[name].as_hidden() for name in self.fields if name != "photo"]

    def clean_photo(self) -> bytes | None:
        sent = self.cleaned_data["photo"]
        if sent is None:
            return None
        try:
            photos.check_size(sent.size)
            return photos.cleaned(sent.read())
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean_slip(self) -> Document | None:
        token = self.cleaned_data["slip"]
        if not token:
            return None
        try:
            key = signing.loads(token, salt=f"slip of {self.user.pk}", max_age=SLIP_LIVES)
        except signing.BadSignature:
            raise forms.ValidationError(_("The photo is not there any more. Choose it again.")) from None
        return Document.objects.filter(pk=key).defer("content").first()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        worths = cash_rules.denominations(self.code)
        self.counted = {str(worth): found.get(_field(worth)) or 0 for worth in worths}
        if any(_field(worth) in self.errors for worth in worths) or "expected" not in found:
            return found
        try:
            self.amount = services.check_count(self.counted, self.code)
        except Refused as refusal:
            self.add_error(None, str(refusal))
            return found
        self.difference = self.amount - found["expected"]
        if self.difference:
            self._ask_why(found)
        return found

    def _ask_why(self, found: dict[str, Any]) -> None:
        for name in ("difference_code", "difference_note"):
            self.fields[name].required = True  # for its label
        if not found.get("difference_code"):
            self.add_error("difference_code", self.difference_words)
        if not found.get("difference_note"):
            self.add_error("difference_note", _("Say in a few words what happened."))

    @property
    def difference_words(self) -> str:
        facts = {
            "counted": money_text(self.amount, self.code),
            "expected": money_text(self.amount - self.difference, self.code),
            "difference": money_text(abs(self.difference), self.code),
        }
        if self.difference < ZERO:
            return (
                _(
                    "%(counted)s is counted, the receipts say %(expected)s: %(difference)s is missing. "
                    "Count again, or choose why."
                )
                % facts
            )
        return (
            _(
                "%(counted)s is counted, the receipts say %(expected)s: %(difference)s too much. "
                "Count again, or choose why."
            )
            % facts
        )


def _field(worth: Decimal) -> str:
    return "n_" + str(worth).replace(".", "_")


class SignForm(OnceForm):
    """A signature: nothing but the one-time key."""


class CloseForm(OnceForm):
    reference = forms.CharField(label=gettext_lazy("Reference of the bank's line"), max_length=140)
    banked_on = DayField(label=gettext_lazy("Day at the bank"))
    amount = AmountField(label=gettext_lazy("Amount of the line"))

    def __init__(self, data: Any = None, *, code: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"banked_on": clock.business_today()} | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.fields["amount"].currency = code  # type: ignore[attr-defined]


class SendBackForm(OnceForm):
    because = forms.CharField(label=gettext_lazy("Why must it be counted again?"), max_length=200)


class VoidForm(OnceForm):
    """A rep makes numbers of one's own void, finance those of every rep."""

    number = forms.CharField(
        label=gettext_lazy("Receipt number"), max_length=30, help_text=gettext_lazy("As it is printed, like R7-0012.")
    )
    because = forms.CharField(label=gettext_lazy("What happened to it?"), max_length=200)

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.user = user

    def clean_number(self) -> tuple[User, str, int]:
        text = self.cleaned_data["number"]
        place = cash_rules.place_of(text)
        rep = User.objects.visible_to(self.user).filter(pk=place[0], role=Role.REP).first() if place else None
        if place is None or rep is None:
            raise forms.ValidationError(
                _("%(number)s is not a receipt number of yours. Write it as it is printed, like R7-0012.")
                % {"number": text}
            )
        return rep, place[1], place[2]
