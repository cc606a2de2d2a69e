"""What a row says: one invoice or credit note, in plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from receivables.book import Part

Kind = Literal["invoice", "credit_note"]


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the file. Amounts are positive, its kind tells; `open_amount` is what is still open.

    `settled_on` is the day of the money that lowered the open amount: None while nothing was paid.
    """

    line: int
    kind: Kind
    number: str
    customer: str
    name: str
    amount: Decimal
    currency: str
    issued_on: date
    parts: tuple[Part, ...]
    open_amount: Decimal
    settled_on: date | None
    terms: str = ""
    segment: str = ""
    owner: str = ""
    region: str = ""
    country: str = ""
    language: str = ""
    vat_id: str = ""
    channel: str = ""
    vat_amount: Decimal | None = None  # the tax inside the amount, where the file says it
    is_opening: bool = False  # what was paid of it was paid before the take-over

    @property
    def is_settled(self) -> bool:
        return self.open_amount == 0

    @property
    def paid_amount(self) -> Decimal:
        return self.amount - self.open_amount

    @property
    def due_on(self) -> date | None:
        return self.parts[0].due_date


# What makes two rows the same document, with the field whose column is named when they differ.
COMPARED = (
    ("kind", "type"),
    ("customer", "customer_number"),
    ("name", "customer_name"),
    ("amount", "amount"),
    ("currency", "currency"),
    ("issued_on", "issued_on"),
    ("parts", "due_on"),
    ("open_amount", "open_amount"),
    ("settled_on", "settled_on"),
    ("terms", "terms"),
    ("vat_amount", "vat_amount"),
    ("segment", "segment"),
    ("owner", "owner"),
)


def differences(first: Document, second: Document) -> list[tuple[str, str]]:
    """Attribute and field of what differs. Case and outer spaces of a name never count, nor does the line."""
    found = []
    for attribute, name in COMPARED:
        one, other = getattr(first, attribute), getattr(second, attribute)
        if attribute == "name":
            one, other = one.casefold(), other.casefold()
        if one != other:
            found.append((attribute, name))
    return found
