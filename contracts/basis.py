"""The days from which terms count, agreed ones and those of the law."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

STARTS = ("invoice", "delivery", "receipt")


@dataclass(frozen=True, slots=True)
class Basis:
    """A day that is not known is that of the invoice."""

    invoiced_on: date
    delivered_on: date | None = None
    received_on: date | None = None

    def day(self, kind: str) -> date:
        """ "both": the day on which the customer had goods and invoice, from which most laws count."""
        wanted: Mapping[str, date] = {
            "invoice": self.invoiced_on,
            "delivery": self.delivery,
            "receipt": self.receipt,
            "both": max(self.delivery, self.receipt),
        }
        return wanted[kind]

    @property
    def delivery(self) -> date:
        return self.delivered_on or self.invoiced_on

    @property
    def receipt(self) -> date:
        """Of the invoice."""
        return self.received_on or self.invoiced_on
