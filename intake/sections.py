"""The sections of a profile with what holds where nothing is said; docs/profiles.md explains every key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FileShape:
    format: str = "auto"
    encoding: tuple[str, ...] = ("utf-8",)
    delimiter: str = "auto"
    quote: str = '"'
    sheet: str | int = 1
    heading_row: int | str = 1
    ignore_columns: tuple[str, ...] = ("*",)
    optional: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    skip: tuple[Mapping[str, Any], ...] = ()
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dates:
    styles: tuple[str, ...] = ("YYYY-MM-DD",)
    year: int | None = None
    empty: tuple[str, ...] = ()
    months: str = "en"


@dataclass(frozen=True, slots=True)
class Amounts:
    decimal: str = "."
    thousands: tuple[str, ...] = (",", ".", "'", "\u2019", " ")
    brackets: bool = False
    trailing_minus: bool = False
    noise: tuple[str, ...] = ()
    currency_from_heading: bool = False
    zero: str = "problem"


@dataclass(frozen=True, slots=True)
class CustomerNumber:
    width: int = 0
    drop_decimals: bool = True
    strip_zeros: bool = False
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Documents:
    number_parts: tuple[str, ...] = ()
    unique_by: str = "number"


@dataclass(frozen=True, slots=True)
class Types:
    by: str = ""  # type where such a column is named, else sign
    invoice: tuple[str, ...] = ()
    credit_note: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    other: str = "problem"


@dataclass(frozen=True, slots=True)
class DebitCredit:
    debit: tuple[str, ...] = ("S", "D", "DR", "Debit", "Soll")
    credit: tuple[str, ...] = ("H", "C", "CR", "Credit", "Haben")


@dataclass(frozen=True, slots=True)
class OpenRule:
    rule: str = ""
    open: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    closed_without_date: str = "problem"
    part_paid_on: str = "today"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The ledger's full list of open items: how its day is written in the file's name, and what the list covers."""

    day_in_name: str = ""
    segments: tuple[str, ...] = ()
    control_total: bool = False


@dataclass(frozen=True, slots=True)
class YesNo:
    yes: tuple[str, ...] = ("yes", "y", "true", "1", "x", "sí", "si", "是")
    no: tuple[str, ...] = ("no", "n", "false", "0", "否")
