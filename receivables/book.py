"""Rows of a book as they come in: plain values, checked by whoever read the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """One due item of an invoice. A due date of None is "no due date".

    Paid until `discount_until`, the customer may keep `discount_share` of it (0.02 is 2 per cent).
    """

    due_date: date | None
    amount: Decimal
    discount_until: date | None = None
    discount_share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """Money on an invoice, as the file knows it."""

    amount: Decimal
    on: date
    method: str = "transfer"
    reference: str = ""
    reported_by_ledger: bool = True


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """An invoice; `parts` add up to `amount`; what is paid beyond it stays unapplied."""

    customer: int
    number: str
    amount: Decimal
    currency: str
    issued_on: date
    parts: tuple[Part, ...]
    paid: tuple[Paid, ...] = ()
    segment: str = ""
    terms_text: str = ""
    shipment: int | None = None
    vat_amount: Decimal | None = None  # the tax inside the amount
    made_here: bool = False  # from goods, and not by the word of the ledger


@dataclass(frozen=True, slots=True)
class NewCreditNote:
    """A credit note, its amount positive; `refunded_on` where the file says that it is settled.

    `refunded_amount` is set where only a part of it is used up; None means all of it.
    """

    customer: int
    number: str
    amount: Decimal
    currency: str
    issued_on: date
    due_date: date | None = None
    refunded_on: date | None = None
    segment: str = ""
    refunded_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """A document that is here already and that the file now knows as settled, or as settled in part."""

    key: int  # of the invoice or credit note
    on: date
    amount: Decimal | None = None  # None: all that is open


@dataclass(frozen=True, slots=True)
class Book:
    invoices: list[NewInvoice] = field(default_factory=list)
    credit_notes: list[NewCreditNote] = field(default_factory=list)
    settled_invoices: list[Settled] = field(default_factory=list)
    settled_credit_notes: list[Settled] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class InHand:
    """A provisional receipt, or a paper in hand, that the ledger has. `over` is what it settles by invoice there;
    the other items that it names are settled as they were meant.
    """

    over: Mapping[int, Decimal]
    receipt: int | None = None
    paper: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """Falls of a ledger's list that money known here explains.

    `in_hand` is money in the field, `applied` payments with the invoices that they settle, and how much.
    """

    on: date
    in_hand: tuple[InHand, ...] = ()
    applied: tuple[tuple[int, int, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What a ledger's list says is open, by kind ("invoice", "credit_note") and key. A document that the list covers
    and does not have is settled there; of the `unread` numbers nothing is known.

    `segments` are what the list covers, none for the whole book. `on_account` are unapplied payments that it has
    under numbers of its own.
    """

    on: date
    open_amounts: Mapping[tuple[str, int], Decimal]
    unread: frozenset[str] = frozenset()
    segments: tuple[str, ...] = ()
    on_account: frozenset[int] = frozenset()
