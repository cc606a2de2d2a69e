"""Form fields that several rooms share."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common import days, money
from common.refusals import Refused, WrongDay

GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f'’](?=\d{3}(?!\d))")  # a space or apostrophe before three digits
PLAIN = re.compile(r"-?[0-9]+([.,][0-9]+)*")


class AmbiguousAmount(ValueError):
    """One separator and three digits: a thousand, or a fraction?"""


def parse_amount(text: str, currency: str | None = None) -> Decimal:
    """An amount as people type it: "1,50", "1.50", "1,234.50", "1.234,50", "1 234,50".

    Of two different separators the last one is before the cents. A single one before exactly three digits is
    ambiguous, unless the currency has three minor digits. Raises ValueError.
    """
    plain = GROUPED.sub("", text.strip().replace("−", "-"))
    if not PLAIN.fullmatch(plain):
        raise ValueError(text)
    separators = [sign for sign in plain if sign in ".,"]
    if not separators:
        return money.parse(plain)
    last = separators[-1]
    whole, fraction = plain.rsplit(last, 1)
    if len(set(separators)) == 2:
        other = "," if last == "." else "."
        if separators.count(last) > 1 or not _in_thousands(whole, other):
            raise ValueError(text)
        return money.parse(f"{whole.replace(other, '')}.{fraction}")
    if len(separators) > 1:
        if not _in_thousands(plain, last):
            raise ValueError(text)
        return money.parse(plain.replace(last, ""))
    has_thousandths = currency is not None and money.digits(currency) == 3
    if len(fraction) == 3 and whole.lstrip("-") not in ("", "0") and not has_thousandths:
        raise AmbiguousAmount(text)
    return money.parse(f"{whole}.{fraction}")


def _in_thousands(text: str, separator: str) -> bool:
    first, *others = text.lstrip("-").split(separator)
    return 0 < len(first) <= 3 and first.isdigit() and all(len(part) == 3 and part.isdigit() for part in others)


def _example(currency: str | None) -> str:
    """An amount with the digits of the currency."""
    return money.as_text(Decimal("1240.5"), currency or "EUR")


def add_refusal(form: forms.Form, refusal: Refused) -> None:
    """What a service refused: beside the field of the day that it speaks of, else above the form."""
    day = refusal.day if isinstance(refusal, WrongDay) else None
    fields = [name for name, said in form.cleaned_data.items() if day is not None and said == day]
    form.add_error(fields[0] if len(fields) == 1 else None, str(refusal))


class DayField(forms.DateField):
    """A day that some book could hold, and the day after it too: a slip of the year is told beside the field."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}))
        super().__init__(**kwargs)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not days.FIRST <= value < days.LAST:
            raise forms.ValidationError(_("That day is out of reach of any book. Correct the year."))


class AmountField(forms.CharField):
    """An amount above zero, read as it is typed. The service decides whether it fits its currency."""

    def __init__(self, *, currency: str | None = None, **kwargs: Any) -> None:
        self.currency = currency
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean("" if value is None else str(value))
        if not text:
            return None
        try:
            amount = parse_amount(text, self.currency)
        except AmbiguousAmount:
            raise forms.ValidationError(
                _("%(text)s can be read in two ways. Write it with its decimals, like %(example)s.")
                % {"text": text, "example": _example(self.currency)}
            ) from None
        except ValueError:
            raise forms.ValidationError(
                _("%(text)s is not an amount; expected one like %(example)s.")
                % {"text": text, "example": _example(self.currency)}
            ) from None
        if amount <= 0 or amount >= money.LIMIT:
            raise forms.ValidationError(_("An amount is above zero and below a million million."))
        if self.currency and not money.is_exact(amount, self.currency):
            raise forms.ValidationError(
                _("%(currency)s has %(digits)s decimal places. Round the amount.")
                % {"currency": self.currency, "digits": money.digits(self.currency)}
            )
        return amount
