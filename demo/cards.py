"""The plain rows of a customer's story, before anything is stored. Days are calendar days, amounts in `currency`."""

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from demo.behaviour import Payer
from demo.places import Region, Town


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a customer is; `place` counts the customers of its rep from zero."""

    index: int
    rep: int
    place: int
    region: Region
    town: Town
    payer: Payer
    code: str
    name: str
    channel: str
    method: str
    country: str


@dataclass(frozen=True, slots=True)
class SiteCard:
    street: str
    postcode: str
    city: str
    latitude: Decimal
    longitude: Decimal
    pays_here: bool
    opens_at: time
    closes_at: time
    name: str = ""


@dataclass(frozen=True, slots=True)
class ContactCard:
    name: str
    role: str
    phone: str
    salutation: str
    email: str = ""
    in_from: time | None = None
    in_until: time | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """A contract with its agreed prices (product code, price per unit)."""

    number: str
    method: str
    parameters: dict[str, Any]
    execution: str
    signed_on: date
    prices: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class LineCard:
    product: str
    quantity: int
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PartCard:
    due_on: date | None
    amount: Decimal
    settled_on: date | None = None  # where its whole amount came in
    discount_until: date | None = None
    discount_share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PaidCard:
    amount: Decimal
    on: date
    method: str


@dataclass(frozen=True, slots=True)
class Sale:
    """A delivery with its invoice and the money that came for it."""

    deal: int | None
    delivery: str
    batch: int | None
    asked_on: date
    delivered_on: date
    lines: tuple[LineCard, ...]
    invoice: str
    issued_on: date
    amount: Decimal
    parts: tuple[PartCard, ...]
    paid: tuple[PaidCard, ...]


@dataclass(frozen=True, slots=True)
class CreditCard:
    """A credit note; `settles` names the invoice that it is allocated to."""

    number: str
    amount: Decimal
    issued_on: date
    refunded_on: date | None = None
    settles: str = ""


@dataclass(frozen=True, slots=True)
class PromiseCard:
    """A promise on one due item; `kept_on` where the money came in time. An open one is neither kept nor broken."""

    invoice: str
    position: int
    amount: Decimal
    made_on: date
    promised_on: date
    method: str
    by: str
    kept_on: date | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class DisputeCard:
    invoice: str
    position: int
    amount: Decimal
    reason: str
    note: str
    opened_on: date
    review_on: date
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ExcuseCard:
    kind: str
    note: str
    said_on: date


@dataclass(frozen=True, slots=True)
class TouchCard:
    """A contact that we made."""

    channel: str
    reached: bool
    made_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptCard:
    invoice: str
    position: int
    amount: Decimal
    method: str
    received_on: date


@dataclass(slots=True)
class Story:
    """One customer from the first delivery to this morning."""

    profile: Profile
    sites: list[SiteCard] = field(default_factory=list)
    contacts: list[ContactCard] = field(default_factory=list)
    habits: list[tuple[str, str]] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    credit_notes: list[CreditCard] = field(default_factory=list)
    promises: list[PromiseCard] = field(default_factory=list)
    disputes: list[DisputeCard] = field(default_factory=list)
    excuses: list[ExcuseCard] = field(default_factory=list)
    touches: list[TouchCard] = field(default_factory=list)
    receipts: list[ReceiptCard] = field(default_factory=list)
    pays_by: str = "transfer"
    limit: Decimal = Decimal(0)
    insolvent_on: date | None = None
    closed_on: date | None = None
    in_court_on: date | None = None
    handed_over_on: date | None = None
    taken_from_former_rep_on: date | None = None
    group: str = ""

    @property
    def currency(self) -> str:
        return self.profile.region.currency
