"""One event of a timeline, wherever it is drawn: a customer's history, a shipment's way."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Event:
    on: date
    kind: str
    icon: str
    title: str
    text: str = ""
    amount: Decimal | None = None
    currency: str = ""
    url: str = ""
    who: str = ""  # by key until the page is put together, then by name
    key: int = 0
