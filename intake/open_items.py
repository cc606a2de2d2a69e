"""What a ledger's list of open items is compared with, and what comes out of it: plain values, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from common import money
from common.money import ZERO
from intake.comparing import Booked, Comparison

LATE = timedelta(days=3)  # so long the ledger may take to book what finance has booked here
MOST_VANISHED = Decimal("0.30")  # of the open items; more is confirmed by a person
LARGER, DUE_DATE, ELSEWHERE, RECEIPT, PAPER = "larger", "due date", "elsewhere", "receipt", "paper"

What = tuple[str, int]  # kind and key of a document
Identity = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class Here:
    """A document of our book: what was open at the end of the list's day, beside what is open by all known now.

    `recent` is money booked here in the last days, which the ledger may not have yet.
    """

    booked: Booked
    then: Decimal
    recent: tuple[Decimal, ...] = ()

    @property
    def whose(self) -> tuple[str, str]:
        return self.booked.customer, self.booked.currency

    @property
    def what(self) -> What:
        return self.booked.kind, self.booked.key


@dataclass(frozen=True, slots=True)
class InHand:
    """A rep's receipt that waits, or a cheque or bill in hand; `lines` are by key of the invoice.

    The ledger may have it from `starts_on`: the day on which the rep got the money, or the paper matures. Before
    that, a fall is no proof that a paper is paid.
    """

    what: str  # receipt or paper
    key: int
    number: str
    customer: str
    currency: str
    received_on: date
    starts_on: date
    amount: Decimal
    lines: Mapping[int, Decimal]

    @property
    def whose(self) -> tuple[str, str]:
        return self.customer, self.currency

    @property
    def unnamed(self) -> Decimal:
        """What of it names no item."""
        return self.amount - sum(self.lines.values(), ZERO)


@dataclass(frozen=True, slots=True)
class Matched:
    """Money in hand that the ledger has. `over` is what it settles of each invoice that has fallen; the other
    invoices that it names are settled as they were meant, and the rest is unapplied.
    """

    money: InHand
    over: dict[int, Decimal]


@dataclass(frozen=True, slots=True)
class Unapplied:
    """Money of a customer that settles nothing yet."""

    key: int
    customer: str
    currency: str
    counts_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BookOfDay:
    """All that a snapshot is compared with. `kept` are differences for which a person chose our value."""

    by_number: Mapping[str, Sequence[Here]] = field(default_factory=dict)
    open: Sequence[Here] = ()  # covered by the list, dated by its day, and open still
    made_here: Sequence[Here] = ()  # the same, of invoices that no list has had so far: absence says nothing
    in_hand: Sequence[InHand] = ()
    unapplied: Sequence[Unapplied] = ()
    kept: frozenset[Identity] = frozenset()
    waiting: frozenset[Identity] = frozenset()  # differences that nobody has decided yet
    opening_on: date | None = None  # the take-over day; None before the first list


@dataclass(frozen=True, slots=True)
class Fall:
    """What the ledger has settled of a document and no money here explains; `there` is what it has open still."""

    here: Here
    amount: Decimal
    there: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Difference:
    """What a person decides: ours or the ledger's."""

    here: Here
    what: str
    line: int
    item: int | None = None
    our_amount: Decimal | None = None
    their_amount: Decimal | None = None
    our_date: date | None = None
    their_date: date | None = None
    other: Here | None = None
    in_hand: InHand | None = None

    @property
    def theirs(self) -> str:
        if self.other is not None:
            return self.other.booked.number
        if self.what == DUE_DATE:
            return self.their_date.isoformat() if self.their_date else ""
        return money.as_text(self.their_amount or ZERO, self.here.booked.currency)

    @property
    def identity(self) -> Identity:
        """The same difference tomorrow, so that nobody decides it twice."""
        if self.other is not None:
            amount = money.as_text(self.our_amount or ZERO, self.here.booked.currency)
            return self.what, *self.here.what, f"{self.other.booked.key} {amount}"
        if self.in_hand is not None:
            return self.what, *self.here.what, f"{self.in_hand.key} {self.theirs}"
        kind, key = ("due item", self.item) if self.item is not None else self.here.what
        return self.what, kind, key, self.theirs


@dataclass(slots=True)
class Findings(Comparison):
    """A comparison of the whole list. `falls` become payments reported by the ledger."""

    day: date = date.min
    falls: list[Fall] = field(default_factory=list)
    matched: list[Matched] = field(default_factory=list)
    applied: list[tuple[int, int, Decimal]] = field(default_factory=list)  # payment, invoice, amount
    differences: list[Difference] = field(default_factory=list)
    not_yet: list[Fall] = field(default_factory=list)  # the amounts by which the ledger is behind
    not_listed: list[Here] = field(default_factory=list)  # invoices made here that the ledger does not have yet
    settled: int = 0
    part_settled: int = 0
    left_out: int = 0  # rows of which nothing is open and that were never here
    covered: Sequence[Here] = ()  # what was open here and stands in the list, or has vanished from it
    applied_customers: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)  # numbers of rows that contradict our book
    on_account: list[int] = field(default_factory=list)  # unapplied payments that the list has under its own numbers
    takes_over: bool = False  # the first list, of a book that was empty
    is_empty: bool = False
    vanished: int = 0

    @property
    def known(self) -> int:
        return len(self.covered)

    @property
    def is_doubtful(self) -> bool:
        """An empty list, or one in which too much has vanished, may be a broken export."""
        return self.is_empty or self.vanished > self.known * MOST_VANISHED

    def count_settled(self, there: Decimal, by: int) -> None:
        """One document more, or less, of which the list has nothing open, or less."""
        if there == ZERO:
            self.settled += by
        else:
            self.part_settled += by
