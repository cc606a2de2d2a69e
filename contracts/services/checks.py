"""What the verbs of contracts ask first, and what they say when the answer is no."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from common import clock, money
from common.days import FARTHEST
from common.refusals import Refused, WrongDay
from common.templatetags import ui


class NotACurrency(Refused):
    """Prices and amounts without a currency say nothing."""


class NotInState(Refused):
    """The contract or shipment is not in the state from which this leads on."""


class NotNamed(Refused):
    """Somebody signed, accepted or took the goods: the proof is his name."""


class TooEarly(WrongDay):
    """A day before the thing itself was there."""


class NotYet(WrongDay):
    """A day in the future."""


def check_currency(currency: str) -> None:
    if not currency:
        raise NotACurrency(_("State the currency, such as EUR: a price without one is no price."))
    if not money.is_known(currency):
        raise NotACurrency(_("%(currency)s is not a currency code; expected one like EUR.") % {"currency": currency})


def fits(value: Decimal, places: int) -> bool:
    """Can the number be kept as it is, with so many decimals?"""
    return value.is_finite() and value == round(value, places) and abs(value) < money.LIMIT


def check_name(name: str, otherwise: str) -> str:
    name = name.strip()
    if not name:
        raise NotNamed(otherwise)
    return name[:100]


def check_is_near(on: date) -> None:
    """Goods may be wanted for a day to come, and not for one that only a slip of the pen can mean."""
    if on > clock.business_today() + FARTHEST:
        raise NotYet(_("%(day)s is more than a year ahead. Correct the year.") % {"day": ui.day(on)}, on)


def check_has_come(on: date) -> None:
    if on > clock.business_today():
        raise NotYet(_("%(day)s is in the future. Enter the day on which it happened.") % {"day": ui.day(on)}, on)
