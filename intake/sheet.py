"""A file as rows of cells, whatever its format was."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Real

from intake.problems import Problem

MOST_ROWS = 1_000_000
MOST_BYTES_WEB = 10 * 1024 * 1024
LONGEST_CELL = 1024 * 1024

# What a cell can hold: text from CSV; text, numbers, truth values and days from XLSX.
Cell = object


@dataclass(frozen=True, slots=True)
class Row:
    """One row and the physical line of the file on which it starts."""

    line: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be cut into cells; the rows after it can."""

    line: int
    problem: Problem
    cells: list[Cell] = field(default_factory=list)


Rows = Iterator[Row | Broken]


class Missing:
    """A formula whose result the workbook does not hold."""

    def __repr__(self) -> str:
        return "formula without a stored value"


MISSING = Missing()


def as_text(cell: Cell) -> str:
    """The cell as a person would type it: a whole number without decimals, a day as YYYY-MM-DD."""
    if cell is None or cell is MISSING:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Real):
        # Fifteen digits are what a spreadsheet shows; the rest is dust of its binary numbers.
        return f"{Decimal(f'{cell:.15g}'):f}"
    return str(cell)
