"""What the rows of such files say, in plain values. A cell that cannot be read is empty here, and told beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from common import money


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A row: its line, and by field what stands in its cells, for whoever has to be told about it."""

    line: int
    cells: Mapping[str, str]
    is_good: bool
    customer: str = ""


_SAID_IN = {
    "method": ("terms", "method"),
    "parameters": ("terms", "parameters", "method"),
    "consignment_rest": ("terms", "parameters"),
    "ends_before": ("ends_before", "ends_on"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRow(Said):
    """`stated` holds what the file says, by column of the contract; what it does not say is not in it."""

    number: str
    state: str
    stated: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.customer, self.number

    def column_of(self, name: str) -> str:
        """Where the file says this: terms come as a code, or as method and parameters."""
        return next((one for one in _SAID_IN.get(name, ()) if one in self.cells), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow(Said):
    """A price; without a first day it holds from the first day of its contract, without a last one for good."""

    contract: str
    product: str
    product_name: str
    unit: str
    unit_price: Decimal
    currency: str
    credit_days: int | None
    starts_on: date | None
    ends_before: date | None

    @property
    def key(self) -> tuple[str, str, str, int | None, date | None]:
        return self.customer, self.contract, self.product, self.credit_days, self.starts_on


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRow(Said):
    """One line of a shipment, with what it says about the whole of it."""

    number: str
    contract: str
    batch: int | None
    asked_on: date | None
    delivered_on: date | None
    currency: str
    signed_by: str
    signed_on: date | None
    invoice: str
    position: int | None
    product: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal | None  # as the file has it; else it follows from quantity and price

    def amount_in(self, currency: str) -> Decimal:
        return money.rounded(self.quantity * self.unit_price, currency) if self.amount is None else self.amount


# What all lines of a shipment say alike, with the field of the profile.
OF_THE_SHIPMENT = (
    ("customer", "customer_number"),
    ("contract", "contract"),
    ("batch", "batch"),
    ("asked_on", "asked_on"),
    ("delivered_on", "delivered_on"),
    ("currency", "currency"),
    ("signed_by", "signed_by"),
    ("signed_on", "signed_on"),
    ("invoice", "invoice_number"),
)


@dataclass(frozen=True, slots=True)
class Goods:
    """A shipment of the file: its lines say the same about it, so the first one speaks for all."""

    lines: tuple[GoodsRow, ...]

    @property
    def first(self) -> GoodsRow:
        return self.lines[0]

    @property
    def asked_on(self) -> date:
        assert self.first.asked_on is not None  # noqa: S101  a row without it is refused
        return self.first.asked_on

    def amount_in(self, currency: str) -> Decimal:
        return sum((line.amount_in(currency) for line in self.lines), money.ZERO)
