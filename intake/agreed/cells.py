"""Cells that files of contracts, prices and shipments have in common."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from common.days import ONE_DAY
from intake.agreed.rows import Said
from intake.cells import CellReader
from intake.sheet import MISSING, Cell, as_text

LONGEST_NUMBER = 40
MOST_GOODS = Decimal(10) ** 11  # in one line
MOST = 32_767  # days of credit and the like, as they are stored


class AgreedReader(CellReader):
    """Reads row after row: every cell that is wrong is a problem, also where others of its row are."""

    def read(self, line: int, cells: Sequence[Cell]) -> Said:
        """What the row says. One that is refused says what could be read of it."""
        raise NotImplementedError

    def _begin(self, line: int, cells: Sequence[Cell]) -> None:
        self._line, self._cells, self._before = line, cells, len(self.problems)

    @property
    def _is_good(self) -> bool:
        return len(self.problems) == self._before

    def _written(self) -> dict[str, str]:
        """The cells of the row as the file has them, and what the profile says instead of a column."""
        names = {**self.columns.places, **self.profile.constants}
        return {name: "" if self._cell(name) is MISSING else as_text(self._cell(name)) for name in names}

    def _limited(self, name: str, longest: int) -> str:
        written = self._text(name)
        if len(written) > longest and not self._has_problem(name):
            self._wrong(name, f"longer than {longest} characters")
            return ""
        return written

    def _code(self, name: str, otherwise: str = "") -> str:
        """A number or code; with `otherwise` it may not be empty."""
        code = re.sub(r"^([0-9]+)\.0+$", r"\1", self._limited(name, LONGEST_NUMBER))
        self._need(name, code, otherwise)
        return code

    def _need(self, name: str, value: object, otherwise: str) -> None:
        if otherwise and value in (None, "") and not self._has_problem(name):
            self._wrong(name, f"empty; {otherwise}")

    def _past(self, name: str, otherwise: str) -> date | None:
        """A day on which something was done, so not one to come."""
        day = self._day(name)
        if day is not None and day > self.today:
            self._wrong(name, f"after {self.today.isoformat()}; {otherwise}")
        return day

    def _until(self, starts_on: date | None) -> date | None:
        """The first day after the end, also where the file has the last day of it (`ends_on`)."""
        before, last = self._day("ends_before"), self._day("ends_on")
        name = "ends_on" if before is None and last is not None else "ends_before"
        ends = last + ONE_DAY if before is None and last is not None else before
        if ends is not None and starts_on is not None and ends <= starts_on:
            self._wrong(name, f"ends before it starts, on {starts_on.isoformat()}; correct one of the two days")
        return ends

    def _number_with(self, name: str, places: int, otherwise: str, *, above_zero: bool) -> Decimal | None:
        """A quantity or price that is kept as it is written. A quantity is above zero, a price not below it."""
        number = self._amount(name)
        if number is None:
            self._need(name, number, otherwise)
        elif number < 0 or (above_zero and number == 0):
            self._wrong(name, f"{'zero' if number == 0 else 'below zero'}; {otherwise}")
        elif number != round(number, places):
            self._wrong(name, f"more than {places} decimals")
        elif above_zero and number >= MOST_GOODS:
            self._wrong(name, "a quantity of a hundred thousand million or more; check it")
        else:
            return number
        return None

    def _whole(self, name: str) -> int | None:
        number = self._amount(name)
        if number is not None and (number != number.to_integral_value() or not 0 <= number <= MOST):
            self._wrong(name, f"not a whole number from 0 to {MOST}")
            return None
        return None if number is None else int(number)

    def _word_of(self, name: str, words: Mapping[str, str], known: Sequence[str]) -> str:
        """One of our own words, or a word of the file that the profile turns into one."""
        written = self._word(name)
        ours = {word.casefold(): meant for word, meant in words.items()}
        found = ours.get(written, written)
        if found and found not in known:
            self._wrong(name, f"none of {', '.join(known)}; say in the profile which of them it means")
            return ""
        return found

    def _yes(self, name: str) -> bool | None:
        written = self._word(name)
        how = self.profile.yes_no
        if not written:
            return None
        if written in {word.casefold() for word in how.yes}:
            return True
        if written not in {word.casefold() for word in how.no}:
            self._wrong(name, f"neither yes ({', '.join(how.yes)}) nor no ({', '.join(how.no)})")
        return False
