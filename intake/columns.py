"""Which column of the file is which field: headings are matched whatever their case, spaces and signs."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from common import money
from intake.problems import FileRefused, Problem
from intake.profile import Profile
from intake.sheet import Broken, Cell, Row, Rows, as_text

SEARCHED = 40  # lines in which a heading row is looked for
REFUSED_COLUMN = "problem"  # added to the file of refused rows, and ignored when that file comes back


@dataclass(slots=True)
class Columns:
    """Places of the fields in a row, and the file's own headings."""

    line: int
    width: int  # cells of the heading row, nameless ones included
    headings: list[str]
    places: dict[str, int]
    number_parts: list[int] = field(default_factory=list)
    skip: list[tuple[int | None, Mapping[str, object]]] = field(default_factory=list)
    currency: str = ""  # from the heading of the amount
    warnings: list[Problem] = field(default_factory=list)

    def heading(self, name: str) -> str:
        return self.headings[self.places[name]] if name in self.places else name


def plain(heading: str) -> str:
    """Letters and digits alone; `*` stays, it stands for anything in a profile."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(c for c in folded if c.isalnum() or c == "*")


def found(rows: Rows, profile: Profile, delimiter: str) -> Columns:
    """Read up to and including the heading row. Raises FileRefused with everything that is missing."""
    wanted = profile.file.heading_row
    best: tuple[int, Row] | None = None
    optional = {*profile.file.optional, *profile.defaults}
    required = [names for name, names in profile.columns.items() if name not in optional]
    for count, row in enumerate(rows, start=1):
        if isinstance(row, Broken):
            raise FileRefused(row.problem.problem, line=row.line)
        if wanted == "find":
            headings = [as_text(cell) for cell in row.cells]
            score = sum(1 for names in required if _place(names, headings) is not None)
            if score == len(required):
                return _columns(row, profile)
            if best is None or score > best[0]:
                best = (score, row)
            if count >= SEARCHED:
                break
        elif row.line >= int(wanted):
            _check_delimiter(row, profile, delimiter)
            return _columns(row, profile)
    if best is not None:
        return _columns(best[1], profile)
    raise FileRefused("no heading row; the file ends before it", line=0)


def _check_delimiter(row: Row, profile: Profile, delimiter: str) -> None:
    written = as_text(row.cells[0])
    if len(row.cells) > 1 or len(profile.columns) < 2 or not delimiter:
        return
    other = max((",", ";", "\t", "|"), key=written.count)
    if written.count(other):
        name = {"\t": "a tab"}.get(other, f'"{other}"')
        wanted = {"\t": "a tab"}.get(delimiter, f'"{delimiter}"')
        raise FileRefused(
            f"the columns are separated by {name}, the profile says {wanted}; choose another profile", line=row.line
        )


def _place(names: Sequence[str], headings: Sequence[str]) -> int | None:
    folded = [plain(heading) for heading in headings]
    for name in names:
        wanted = plain(name)
        for place, heading in enumerate(folded):
            if heading and (heading == wanted or ("*" in wanted and fnmatchcase(heading, wanted))):
                return place
    return None


def _columns(row: Row, profile: Profile) -> Columns:
    headings = [" ".join(as_text(cell).split()) for cell in row.cells]
    while headings and not headings[-1]:
        headings.pop()
    missing = []
    places: dict[str, int] = {}
    for name, names in profile.columns.items():
        place = _place(names, headings)
        if place is not None:
            places[name] = place
        elif name not in profile.defaults and name not in profile.file.optional:
            missing.append(names[0])
    parts = []
    for name in profile.documents.number_parts:
        place = _place([name], headings)
        if place is None:
            missing.append(name)
        else:
            parts.append(place)
    skip = [(_place([str(rule["column"])], headings), rule) for rule in profile.file.skip]
    missing += [str(rule["column"]) for place, rule in skip if rule["column"] and place is None]
    if missing:
        words = ", ".join(f'"{name}"' for name in dict.fromkeys(missing))
        raise FileRefused(f"no such column: {words}; the headings are {_some(headings)}", line=row.line)
    _check_twice(row.line, headings, set(places.values()) | set(parts))
    columns = Columns(row.line, len(row.cells), headings, places, parts, skip)
    if profile.amounts.currency_from_heading:
        columns.currency = _currency(columns)
    columns.warnings = _unknown(columns, profile)
    return columns


def _some(headings: Sequence[str]) -> str:
    shown = ", ".join(f'"{heading}"' for heading in headings[:30])
    return f"{shown} …" if len(headings) > 30 else shown or "empty"


def _check_twice(line: int, headings: Sequence[str], used: set[int]) -> None:
    folded = [plain(heading) for heading in headings]
    for place in sorted(used):
        if folded.count(folded[place]) > 1:
            raise FileRefused("this heading stands twice; rename or delete one", line=line, column=headings[place])


def _currency(columns: Columns) -> str:
    for name in ("amount", "open_amount", "debit", "credit", "unit_price"):
        for word in re.findall(r"\b[A-Z]{3}\b", columns.heading(name)):
            if money.is_known(word):
                return word
    return ""


def _unknown(columns: Columns, profile: Profile) -> list[Problem]:
    ignored = [plain(name) for name in profile.file.ignore_columns] + [plain(REFUSED_COLUMN)]
    used = set(columns.places.values()) | set(columns.number_parts)
    return [
        Problem(columns.line, heading, None, "the profile does not know this column; it is not read")
        for place, heading in enumerate(columns.headings)
        if heading and place not in used and not any(fnmatchcase(plain(heading), name) for name in ignored)
    ]


def is_skipped(columns: Columns, cells: Sequence[Cell], *, empty: bool) -> bool:
    """Does a rule of the profile leave this row out (totals, headings of groups)? Two rounds: words, then emptiness."""
    for place, rule in columns.skip:
        texts = [as_text(cells[place]).strip() if place < len(cells) else ""] if place is not None else None
        if empty:
            if rule["empty"] and texts == [""]:
                return True
            continue
        for written in texts if texts is not None else (as_text(cell).strip() for cell in cells):
            if _says(written.casefold(), rule):
                return True
    return False


def _says(written: str, rule: Mapping[str, object]) -> bool:
    def any_of(key: str) -> tuple[str, ...]:
        return tuple(word.casefold() for word in rule.get(key, ()))  # type: ignore[attr-defined]

    return (
        (bool(any_of("starts_with")) and written.startswith(any_of("starts_with")))
        or written in any_of("equals")
        or any(word in written for word in any_of("contains"))
    )
