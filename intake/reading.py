"""A whole file into documents and problems: every problem at once, and each row counted once."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from common import money
from intake import csv_file, xlsx_file
from intake.columns import Columns, found, is_skipped
from intake.documents import Document, differences
from intake.problems import FileRefused, Problem, in_order
from intake.profile import Profile
from intake.row import RowReader
from intake.sheet import Broken, Cell, Row, Rows, as_text


@dataclass(slots=True)
class Reading:
    """What a file says. `refused` holds the lines of rows that cannot be taken."""

    headings: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)  # field -> the file's own heading
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    rows: int = 0
    skipped: int = 0
    duplicates: int = 0
    unreadable: str = ""  # why nothing at all can be taken
    day: date | None = None  # of a snapshot, where a column says it
    unknown: int = 0  # refused rows of which not even the number is known
    left_out: set[str] = field(default_factory=set)  # the numbers of the other refused rows

    def heading(self, name: str) -> str:
        return self.columns.get(name, name)


def read(content: bytes, *, name: str, profile: Profile, today: date) -> Reading:
    """Read a file by a profile. Never raises for a bad file: `unreadable` and `problems` say what is wrong.

    `today` is the business's day: it dates settlements for which the file has no day, and none may be later.
    """
    reading = Reading()

    def rows_of(rows: Rows, columns: Columns) -> None:
        _read_rows(rows, columns, RowReader(profile, columns, today=today), reading)

    return go_through(rows_of, reading, content, name=name, profile=profile)


Read = TypeVar("Read", bound=Reading)


def go_through(
    rows_of: Callable[[Rows, Columns], None], reading: Read, content: bytes, *, name: str, profile: Profile
) -> Read:
    """Open a file, find its columns, and have its rows read into `reading`; why that cannot be is kept there."""
    try:
        rows, delimiter = _opened(content, name=name, profile=profile)
        columns = found(rows, profile, delimiter)
        reading.headings = columns.headings
        reading.columns = {key: columns.headings[place] for key, place in columns.places.items()}
        reading.warnings.extend(columns.warnings)
        rows_of(rows, columns)
        if not reading.rows and not reading.skipped and not profile.is_snapshot:
            raise FileRefused("a heading and no rows; there is nothing to import", line=columns.line)
    except FileRefused as refusal:
        reading.unreadable = refusal.problem.text
        reading.problems.append(refusal.problem)
    reading.problems = in_order(reading.problems)
    return reading


def _opened(content: bytes, *, name: str, profile: Profile) -> tuple[Rows, str]:
    shape = profile.file
    if shape.format == "xlsx" or (shape.format == "auto" and xlsx_file.is_ours(content, name)):
        if not content:
            raise FileRefused("the file is empty; export it again")
        return xlsx_file.rows(content, sheet=shape.sheet), ""
    text = csv_file.text_of(content, shape.encoding)
    delimiter = {"auto": csv_file.delimiter_of(text), "tab": "\t"}.get(shape.delimiter, shape.delimiter)
    return csv_file.rows(text, delimiter=delimiter, quote=shape.quote), delimiter


def whole_rows(rows: Rows, columns: Columns, profile: Profile, reading: Reading) -> Iterator[Row]:
    """The rows that have all their cells, whatever these say. Others are left out as the profile says, or problems."""
    above: dict[str, Cell] = {}
    for row in rows:
        if isinstance(row, Broken):
            reading.rows += 1
            reading.problems.append(row.problem)
            reading.refused.add(row.line)
            reading.unknown += 1
            continue
        if is_skipped(columns, row.cells, empty=False):
            reading.skipped += 1
            continue
        _fill_down(row, columns, profile, above)
        if is_skipped(columns, row.cells, empty=True):
            reading.skipped += 1
            continue
        reading.rows += 1
        if len(row.cells) != columns.width:
            shown = f"{len(row.cells)} cells where the heading has {columns.width}"
            reading.problems.append(Problem(row.line, "", None, f"{shown}; quote a cell that holds the delimiter"))
            reading.refused.add(row.line)
            reading.unknown += 1
            continue
        yield row


def _read_rows(rows: Rows, columns: Columns, reader: RowReader, reading: Reading) -> None:
    known: dict[tuple[str, str], Document] = {}
    for row in whole_rows(rows, columns, reader.profile, reading):
        skipped = reader.skipped
        document = reader.read(row.line, row.cells)
        if document is not None:
            _take(document, known, reader, reading)
        elif reader.skipped > skipped:
            reading.rows -= 1
        else:
            reading.refused.add(row.line)
            if reader.number:
                reading.left_out.add(reader.number)
            else:
                reading.unknown += 1
    reading.left_out.update(document.number for document in known.values() if document.line in reading.refused)
    reading.day = reader.day
    reading.documents = [document for document in known.values() if document.line not in reading.refused]
    reading.skipped += reader.skipped
    reading.problems.extend(reader.problems)
    reading.warnings.extend(reader.warnings)


def _fill_down(row: Row, columns: Columns, profile: Profile, above: dict[str, Cell]) -> None:
    for name in profile.file.fill_down:
        place = columns.places.get(name)
        if place is None or place >= len(row.cells):
            continue
        if as_text(row.cells[place]).strip():
            above[name] = row.cells[place]
        else:
            row.cells[place] = above.get(name)


def _take(document: Document, known: dict[tuple[str, str], Document], reader: RowReader, reading: Reading) -> None:
    """The first row of a number is taken, equal ones are counted, and two that differ are both refused."""
    scope = document.customer if reader.profile.documents.unique_by == "customer" else ""
    first = known.setdefault((scope, document.number), document)
    if first is document:
        return
    differing = differences(first, document)
    if not differing:
        reading.duplicates += 1
        return
    attribute, name = differing[0]
    there = said(first, attribute)
    reading.problems.append(
        Problem(
            document.line,
            reading.heading(name),
            said(document, attribute),
            f'number {document.number} is on line {first.line} already, there with "{there}"; keep one of them',
        )
    )
    reading.refused.update((first.line, document.line))


def said(document: Document, attribute: str) -> str:
    """An attribute in the words of a message."""
    if attribute == "parts":
        return ", ".join(part.due_date.isoformat() if part.due_date else "no due date" for part in document.parts)
    value = getattr(document, attribute)
    if isinstance(value, Decimal):
        return money.as_text(value, document.currency)
    if attribute == "kind":
        return "credit note" if value == "credit_note" else "invoice"
    return "" if value is None else str(value)


def common_name(documents: list[Document]) -> dict[str, str]:
    """For each customer the spelling of its name that the file uses most, the first one where two are equal."""
    names: dict[str, Counter[str]] = {}
    for document in documents:
        names.setdefault(document.customer, Counter())[document.name] += 1
    return {customer: counter.most_common(1)[0][0] for customer, counter in names.items()}


def heading_row(content: bytes, *, name: str, profile: Profile) -> tuple[list[str], int]:
    """The file's headings and the line on which they stand."""
    rows, delimiter = _opened(content, name=name, profile=profile)
    columns = found(rows, profile, delimiter)
    return columns.headings, columns.line


def raw_rows(content: bytes, *, name: str, profile: Profile, lines: set[int]) -> Iterator[tuple[int, list[str]]]:
    """The rows of these lines as the file has them, to be corrected and sent again."""
    rows, _ = _opened(content, name=name, profile=profile)
    for row in rows:
        if row.line in lines:
            yield row.line, [as_text(cell) for cell in row.cells]
