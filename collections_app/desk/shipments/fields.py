"""Quantities and unit prices as people type them: with either separator, and asked again where two readings are."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common.forms import AmbiguousAmount, parse_amount
from common.money import ZERO

TYPED = {"inputmode": "decimal", "autocomplete": "off"}


def typed(value: Decimal, least: int = 0) -> str:
    """25.00, 0.1255; never three decimals, which could be thousands as well."""
    places = max(least, -int(value.normalize().as_tuple().exponent))
    return f"{value:.{places + (places == 3)}f}"


class FigureField(forms.CharField):
    """A number that is not below zero. The service decides how many decimals it may have."""

    least = 0  # decimals that are always shown
    example = "12.5"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs=TYPED))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return typed(value, self.least) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean("" if value is None else str(value))
        if not text:
            return None
        facts = {"text": text, "example": self.example}
        try:
            number = parse_amount(text)
        except AmbiguousAmount:
            raise forms.ValidationError(
                _("%(text)s can be read in two ways. Write a thousand as 1000, and three decimals as 1.2500.") % facts
            ) from None
        except ValueError:
            raise forms.ValidationError(_("%(text)s is not a number; expected one like %(example)s.") % facts) from None
        if number < ZERO:
            raise forms.ValidationError(_("It is not below zero."))
        return number


class QuantityField(FigureField):
    """How much of a product."""


class PriceField(FigureField):
    """The price of a unit, which may be finer than money."""

    least = 2
    example = "24.50"
