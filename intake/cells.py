"""The cells of one row as a profile reads them: each a value, or a problem that names its place."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from intake import values
from intake.columns import Columns
from intake.problems import Problem
from intake.profile import Profile
from intake.sheet import MISSING, Cell, as_text
from intake.values import Unreadable

LIMITS = {
    "number": 60,
    "customer_name": 200,
    "segment": 40,
    "terms": 60,
    "region": 60,
    "channel": 40,
    "vat_id": 40,
    "country": 2,
}


class CellReader:
    """Holds one row at a time. `problems` and `warnings` grow; nothing is raised."""

    whose = "whose document is it?"

    def __init__(self, profile: Profile, columns: Columns, *, today: date) -> None:
        self.profile, self.columns, self.today = profile, columns, today
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.skipped = 0
        self.number = ""  # of the row that was read last, also where the row is refused
        self.day: date | None = None  # of the list, as the first row has it
        self._empty = {word.casefold() for word in profile.file.empty} | {""}
        self._empty_days = self._empty | {word.casefold() for word in profile.dates.empty}
        self._aliases = tuple((word.casefold(), code) for word, code in profile.currencies.items())
        self._words = {
            name: {word.casefold() for word in words}
            for name, words in {
                "invoice": profile.types.invoice,
                "credit_note": profile.types.credit_note,
                "type_skip": profile.types.skip,
                "debit": profile.debit_credit.debit,
                "credit": profile.debit_credit.credit,
                "open": profile.open.open,
                "closed": profile.open.closed,
                "status_skip": profile.open.skip,
            }.items()
        }
        self._owners = {word.casefold(): name for word, name in profile.owners.items()}
        self._terms = [(_code_pattern(code), meant) for code, meant in profile.terms.items()]
        self._line = 0
        self._cells: Sequence[Cell] = ()

    def _cell(self, name: str) -> Cell:
        """The cell of a field; the profile's constant, or its default where the cell is empty."""
        if name in self.profile.constants:
            return self.profile.constants[name]
        place = self.columns.places.get(name)
        cell = self._cells[place] if place is not None and place < len(self._cells) else None
        if cell is not MISSING and as_text(cell).strip().casefold() in self._empty:
            return self.profile.defaults.get(name)
        return cell

    def _wrong(self, name: str, problem: str) -> None:
        self.problems.append(self._finding(name, problem))

    def _note(self, name: str, problem: str) -> None:
        self.warnings.append(self._finding(name, problem))

    def _finding(self, name: str, problem: str) -> Problem:
        cell = self._cell(name)
        return Problem(
            self._line, self.columns.heading(name), repr(cell) if cell is MISSING else as_text(cell), problem
        )

    def _read(self, name: str, reader: Callable[[Cell], Any], empty: Any = None) -> Any:
        cell = self._cell(name)
        if cell is None:
            return empty
        try:
            return reader(cell)
        except Unreadable as error:
            self._wrong(name, str(error))
            return empty

    def _has(self, name: str) -> bool:
        """Does the file, or the profile for it, say anything in this field?"""
        return name in self.columns.places or name in self.profile.constants or name in self.profile.defaults

    def _word(self, name: str) -> str:
        cell = self._cell(name)
        return " ".join(as_text(cell).split()).casefold() if cell is not None else ""

    def _text(self, name: str) -> str:
        written = self._read(name, values.text, "")
        limit = LIMITS.get(name)
        if limit and len(written) > limit:
            self._wrong(name, f"longer than {limit} characters")
        return written

    def _day(self, name: str) -> date | None:
        cell = self._cell(name)
        if cell is not None and cell is not MISSING and as_text(cell).strip().casefold() in self._empty_days:
            return None
        dates = self.profile.dates
        return self._read(name, lambda c: values.day(c, styles=dates.styles, year=dates.year, months=dates.months))

    def _percent(self, name: str) -> Decimal | None:
        """2 and 2 % are two per cent, from zero to below a hundred."""
        found = self._amount(name, noise=("%",)) if self._has(name) else None
        if found is not None and (not 0 <= found < 100 or found != round(found, 4)):
            self._wrong(name, "not a percentage; expected one from 0 to below 100, like 2 or 2.5")
            return None
        return found

    def _amount(self, name: str, noise: Sequence[str] = ()) -> Decimal | None:
        how = self.profile.amounts
        return self._read(
            name,
            lambda cell: values.amount(
                cell,
                decimal=how.decimal,
                thousands=how.thousands,
                brackets=how.brackets,
                trailing_minus=how.trailing_minus,
                noise=(*how.noise, *noise),
            ),
        )

    # --- who, in what, under which terms --------------------------------------------------------

    def _customer(self) -> tuple[str, str]:
        """Code and name. Where the file has names alone, the name in capitals is the code."""
        how = self.profile.customer_number
        name = self._text("customer_name")
        if not self._has("customer_number"):
            if not name and not self._has_problem("customer_name"):
                self._wrong("customer_name", f"empty; {self.whose}")
            code = name.upper()
            if len(code) > 40:
                self._note("customer_name", "longer than 40 characters; its beginning is the customer's number")
            return code[:40].strip(), name
        code = self._read(
            "customer_number",
            lambda cell: values.customer_number(
                cell, width=how.width, drop_decimals=how.drop_decimals, strip_zeros=how.strip_zeros, remove=how.remove
            ),
            "",
        )
        if not code and not self._has_problem("customer_number"):
            self._wrong("customer_number", f"empty; {self.whose}")
        return code, name

    def _currency_code(self) -> str:
        if self.columns.currency and not self._has("currency"):
            return self.columns.currency
        code: str = self._read("currency", lambda cell: values.currency(values.text(cell), self._aliases), "")
        return code

    def _meant(self, code: str) -> tuple[str, dict[str, Any]] | None:
        """Method and parameters of a terms code; None where the profile does not have it."""
        for pattern, meant in self._terms:
            found = pattern.fullmatch(code)
            if found:
                parameters = {key: value for key, value in meant.items() if key != "method"}
                return meant["method"], parameters | {key: int(value) for key, value in found.groupdict().items()}
        return None

    def _has_problem(self, name: str) -> bool:
        return any(p.line == self._line and p.column == self.columns.heading(name) for p in self.problems[-20:])


def _code_pattern(code: str) -> re.Pattern[str]:
    """A terms code as it stands, whatever its case; `{days}` in it is a number of days."""
    return re.compile(re.escape(code).replace(r"\{days\}", "(?P<days>[0-9]{1,4})"), re.IGNORECASE)
