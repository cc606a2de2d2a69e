"""One currency to look at: sums of several currencies at the newest stated rate, rounded group by group.

Rounding each group once makes every part of a converted table add up. A currency without a rate is named and
makes the converted sum undefined; converted amounts are looked at and never the source of a letter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collections_app.desk.sources import Group
from common import money
from common.money import ZERO
from receivables import queries as ledger
from receivables.queries import Stated


@dataclass(frozen=True, slots=True)
class Converter:
    """Amounts in `currency`, at the rates of a day. With a single currency chosen nothing is converted."""

    currency: str
    rates: dict[str, Stated]

    def of(self, amount: Decimal, currency: str) -> Decimal | None:
        stated = self.rates.get(currency)
        return money.rounded(amount * stated.rate, self.currency) if stated else None

    def total(self, groups: Iterable[Group]) -> Decimal | None:
        """None where one of the currencies has no rate."""
        total = ZERO
        for group in groups:
            amount = self.of(group.amount, group.currency)
            if amount is None:
                return None
            total += amount
        return total

    def missing(self, groups: Iterable[Group]) -> list[str]:
        return sorted({group.currency for group in groups} - set(self.rates))

    def used(self, currencies: Iterable[str]) -> list[tuple[str, Stated]]:
        """The rates behind a converted view, for its heading."""
        return [
            (code, self.rates[code]) for code in sorted(set(currencies)) if code in self.rates and code != self.currency
        ]


def converter(*, day: date, currency: str = "") -> Converter:
    """Into the chosen currency (amounts of that currency only), or into the base currency of the business."""
    if currency:
        return Converter(currency, {currency: Stated(ledger.ONE, day)})
    base = ledger.base_currency()
    return Converter(base, ledger.rates_on(day, base=base))
