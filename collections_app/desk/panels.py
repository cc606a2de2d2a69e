"""The parts of the ageing board, as frozen rows that a page prints."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from collections_app.desk.measures import DaysSales
from collections_app.desk.scope import Scope


@dataclass(frozen=True, slots=True)
class Cell:
    amount: Decimal | None
    url: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """`standing` has a badge; credit and unapplied money have a plain `label`."""

    standing: str
    label: str
    cells: list[Cell]
    total: Cell
    share: Decimal | None
    change: Decimal | None


@dataclass(frozen=True, slots=True)
class Matrix:
    caption: str
    currency: str
    buckets: list[str]
    rows: list[MatrixRow]
    total: MatrixRow
    has_share: bool
    has_change: bool


@dataclass(frozen=True, slots=True)
class BarPart:
    standing: str
    share: Decimal
    url: str


@dataclass(frozen=True, slots=True)
class CurrencyRow:
    """Sums in their own currency, and what they are in the shown one (None: no rate)."""

    currency: str
    url: str
    count: int
    amount: Decimal
    late: Cell
    late_share: Decimal | None
    credit: Cell
    converted: Decimal | None
    rate: str


@dataclass(frozen=True, slots=True)
class RepRow:
    name: str
    total: Cell
    late: Cell
    late_share: Decimal | None
    in_time: Cell
    oldest: str
    oldest_url: str
    promises: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures of the strip, in the shown currency; None is undefined."""

    receivables: Decimal | None
    change: Decimal | None
    late: Cell
    late_share: Decimal | None
    late_change: Decimal | None
    sales: DaysSales | None
    effectiveness: Decimal | None
    kept: int
    promised: int
    kept_share: Decimal | None


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Something that one of the two books may not have; `amount` is by how much ours is higher for it."""

    words: str
    document: str
    customer: str
    customer_url: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Tie:
    """The general ledger's total of a currency beside ours; a difference is ours less the ledger's.

    `causes` explain the difference, `left` is what they do not. Without a stated total there is no difference.
    """

    currency: str
    ours: Decimal
    ledger: Decimal | None
    difference: Decimal | None
    is_tied: bool
    causes: list[CauseRow]
    left: Decimal


@dataclass(frozen=True, slots=True)
class Board:
    scope: Scope
    currency: str
    is_converted: bool
    rates: list[tuple[str, Any]]
    missing: list[str]
    compared_with: date | None
    headline: Headline
    parts: list[BarPart]
    matrix: Matrix
    currencies: list[CurrencyRow]
    reps: list[RepRow]
    rep_total: RepRow
    ties: list[Tie]
    tie_note: str
    is_empty: bool
