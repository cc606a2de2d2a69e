"""Money as exact decimals: the only place where an amount is rounded.

Free of Django, so that rules may use it. An amount always travels with its ISO 4217 currency.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from babel.numbers import get_currency_precision, is_currency

ZERO = Decimal("0")
LIMIT = Decimal(10) ** 12  # an amount at or above this is refused everywhere
NO_MONEY = {"XXX", "XTS"}
STORED = Decimal("0.001")  # three places hold the minor unit of every currency


def digits(currency: str) -> int:
    """Number of minor digits of a currency: JPY 0, EUR 2, KWD 3."""
    return get_currency_precision(currency)


def is_known(currency: str) -> bool:
    """A currency that money is kept in; the codes for "none" and "test" are not."""
    return len(currency) == 3 and currency.isupper() and is_currency(currency, locale="en") and currency not in NO_MONEY


def quantum(currency: str) -> Decimal:
    """The smallest amount of a currency, e.g. 0.01 for EUR."""
    return Decimal(1).scaleb(-digits(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Half up to the minor unit of the currency."""
    return amount.quantize(quantum(currency), rounding=ROUND_HALF_UP)


def stored(amount: Decimal) -> Decimal:
    """The form in which the database keeps an amount: three places."""
    return amount.quantize(STORED, rounding=ROUND_HALF_UP)


def is_exact(amount: Decimal, currency: str) -> bool:
    """Does the amount fit the minor unit of its currency, without rounding?"""
    return amount.is_finite() and rounded(amount, currency) == amount


def split(amount: Decimal, shares: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Parts of an amount by shares that sum to one; the parts add up to the amount exactly.

    The cumulated share is rounded, so that no part is off by more than one minor unit.
    """
    parts: list[Decimal] = []
    before = ZERO
    total = ZERO
    for share in shares:
        total += share
        upto = rounded(amount * total, currency)
        parts.append(upto - before)
        before = upto
    if parts:
        parts[-1] += amount - before
    return parts


def as_text(amount: Decimal, currency: str) -> str:
    """Machine form with the digits of the currency, e.g. "1240.00": for JSON and CSV."""
    return f"{rounded(amount, currency):f}"


def parse(text: str) -> Decimal:
    """A plain decimal number such as "1240.5". Raises ValueError for anything else, NaN and infinity included."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite():
        raise ValueError(text)
    return amount


def whole(amount: Decimal) -> Decimal:
    """Half up to whole units, for headline figures that are looked at and never added up."""
    return amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
