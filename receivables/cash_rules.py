"""Cash in the field: counting it, its deadline, what a country allows, which receipt numbers are missing. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common import days, money
from common.money import ZERO

#: Notes and coins in use, largest first.
IN_USE: dict[str, tuple[str, ...]] = {
    "AED": ("1000", "500", "200", "100", "50", "20", "10", "5", "1", "0.5", "0.25"),
    "CHF": ("1000", "200", "100", "50", "20", "10", "5", "2", "1", "0.5", "0.2", "0.1", "0.05"),
    "CNY": ("100", "50", "20", "10", "5", "1", "0.5", "0.1"),
    "EUR": ("500", "200", "100", "50", "20", "10", "5", "2", "1", "0.5", "0.2", "0.1", "0.05", "0.02", "0.01"),
    "GBP": ("50", "20", "10", "5", "2", "1", "0.5", "0.2", "0.1", "0.05", "0.02", "0.01"),
    "JPY": ("10000", "5000", "2000", "1000", "500", "100", "50", "10", "5", "1"),
    "KWD": ("20", "10", "5", "1", "0.5", "0.25", "0.1", "0.05", "0.02", "0.01", "0.005"),
    "MXN": ("1000", "500", "200", "100", "50", "20", "10", "5", "2", "1", "0.5", "0.2", "0.1"),
    "PLN": ("500", "200", "100", "50", "20", "10", "5", "2", "1", "0.5", "0.2", "0.1", "0.05", "0.02", "0.01"),
    "USD": ("100", "50", "20", "10", "5", "2", "1", "0.5", "0.25", "0.1", "0.05", "0.01"),
}
MOST_OF_ONE = 9999  # notes or coins of one kind in a count
DECADES = 5  # of a currency that is not in the list
WEB = "web"
SERIES = "receipt "
DEVICE = re.compile(r"[A-Za-z0-9]{1,12}")
NUMBER = re.compile(r"R(?P<rep>[0-9]{1,9})(?:-(?P<device>[A-Za-z0-9]{1,12}))?-(?P<position>[0-9]{4,8})")
AHEAD = 100  # so far beyond the last number a device may be, before it is taken for a slip of the pen


class NotACount(ValueError):
    """A note that there is not, or less than none of it."""


def denominations(currency: str) -> tuple[Decimal, ...]:
    """Notes and coins of a currency, largest first. A currency that is not listed gets 1, 2 and 5 of each decade."""
    listed = IN_USE.get(currency)
    if listed is not None:
        return tuple(Decimal(one) for one in listed)
    smallest = money.quantum(currency)
    return tuple(
        smallest * step * 10**decade for decade in reversed(range(DECADES)) for step in (Decimal(5), 2, Decimal(1))
    )


def counted_amount(counted: Mapping[str, int], currency: str) -> Decimal:
    """What so many of each note and coin are worth. Raises NotACount."""
    known = set(denominations(currency))
    total = ZERO
    for name, number in counted.items():
        try:
            worth = money.parse(name)
        except ValueError:
            raise NotACount(name) from None
        if worth not in known or isinstance(number, bool) or not isinstance(number, int):
            raise NotACount(name)
        if not 0 <= number <= MOST_OF_ONE:
            raise NotACount(name)
        total += worth * number
    return money.rounded(total, currency)


def sorted_out(counted: Mapping[str, int], currency: str) -> dict[str, int]:
    """A count that `counted_amount` accepts as it is kept: largest first, without what there is none of."""
    by_worth: dict[Decimal, int] = {}
    for name, number in counted.items():
        by_worth[money.parse(name)] = by_worth.get(money.parse(name), 0) + number
    return {str(worth): by_worth[worth] for worth in denominations(currency) if by_worth.get(worth)}


def deposit_by(received_on: date, working_days: int, country: str) -> date:
    """The last day on which cash may still be with the rep."""
    return days.add_working_days(received_on, working_days, country)


def in_base(amounts: Mapping[str, Decimal], rates: Mapping[str, Decimal], base: str) -> Decimal | None:
    """Amounts of several currencies in the base currency; None where a rate is missing."""
    if any(amount and currency not in rates for currency, amount in amounts.items()):
        return None
    return sum(
        (money.rounded(amount * rates[currency], base) for currency, amount in amounts.items() if amount), start=ZERO
    )


def is_over(amounts: Mapping[str, Decimal], rates: Mapping[str, Decimal], base: str, limit: Decimal) -> bool:
    """Is more carried than a rep may? What has no rate is left out, so that the rest can still be over."""
    known = {currency: amount for currency, amount in amounts.items() if currency in rates}
    return (in_base(known, rates, base) or ZERO) > limit


# What a country allows


@dataclass(frozen=True, slots=True)
class Above:
    """A deal that would be paid in cash beyond the limit: what was paid in cash, and what still may be."""

    deal: int | None
    paid: Decimal
    allowed: Decimal


def above_limit(
    cash: Mapping[int | None, Decimal], *, paid: Mapping[int | None, Decimal], limit: Decimal
) -> Above | None:
    """The first deal for which this cash, added to what was paid in cash before, is above the limit.

    Amounts by deal, all in the currency of the limit; None is money for no deal yet, a deal of its own.
    """
    for deal, amount in cash.items():
        before = paid.get(deal, ZERO)
        if amount > ZERO and before + amount > limit:
            return Above(deal, before, max(limit - before, ZERO))
    return None


# Numbers of a series


def is_device(name: str) -> bool:
    """Letters and digits alone, so that a number can be read back."""
    return DEVICE.fullmatch(name) is not None


def series_of(rep: int, device: str) -> str:
    return f"{SERIES}{rep} {device}"


def number_of(rep: int, device: str, position: int) -> str:
    """R7-0012 on the web; a device has its name in the number."""
    place = "" if device == WEB else f"-{device}"
    return f"R{rep}{place}-{position:04d}"


def place_of(number: str) -> tuple[int, str, int] | None:
    """Rep, device and position of a number as `number_of` writes it."""
    found = NUMBER.fullmatch(number.strip())
    if found is None:
        return None
    return int(found["rep"]), found["device"] or WEB, int(found["position"])


def spans(used: Iterable[int], last: int) -> list[tuple[int, int]]:
    """The numbers from 1 to `last` that are not used, as spans from and until."""
    found = []
    expected = 1
    for number in sorted({one for one in used if 1 <= one <= last}):
        if number > expected:
            found.append((expected, number - 1))
        expected = number + 1
    if expected <= last:
        found.append((expected, last))
    return found
