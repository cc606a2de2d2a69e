"""Lists as tables and as files: columns that know money, days and standings, and exports without live formulas."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils.encoding import force_str
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import clock, money
from common.templatetags import ui

NUM = {"th": {"class": "num"}, "td": {"class": "num"}, "tf": {"class": "num"}}
LIVE = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # a spreadsheet would run what begins so
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no workbook may hold them


def read(record: Any, name: str) -> Any:
    """A value of a row, be it a model or a plain mapping; `a__b` follows relations."""
    if isinstance(record, Mapping):
        return record.get(name)
    for part in name.split("__"):
        record = getattr(record, part, None)
    return record


class TextColumn(tables.Column):
    """Text, perhaps a link: `url` turns the row into an address."""

    def __init__(self, *args: Any, url: Callable[[Any], str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = url

    def render(self, value: Any, record: Any) -> Any:
        address = self.url(record) if self.url else ""
        return format_html('<a href="{}">{}</a>', address, value) if address else value

    def value(self, value: Any, **_: Any) -> Any:
        return force_str(value)


class MoneyColumn(tables.Column):
    """An amount with its currency (a field of the row, or a fixed code); exported as a number."""

    def __init__(
        self, *args: Any, currency: str = "currency", url: Callable[[Any], str] | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("attrs", NUM)
        super().__init__(*args, **kwargs)
        self.currency, self.url = currency, url

    def code(self, record: Any) -> str:
        return self.currency if self.currency.isupper() else read(record, self.currency)

    def render(self, value: Decimal, record: Any) -> SafeString:
        text = ui.money(value, self.code(record))
        if self.url and value:
            return format_html('<a class="sum" href="{}">{}</a>', self.url(record), text)
        return text

    def value(self, value: Any, record: Any, **_: Any) -> Decimal | str:
        if value in (None, ""):
            return ""
        return money.rounded(Decimal(value), self.code(record))


class NumberColumn(tables.Column):
    """A whole number, such as days."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", NUM)
        super().__init__(*args, **kwargs)

    def render(self, value: int) -> Any:
        return ui.number(value)

    def value(self, value: Any, **_: Any) -> Any:
        return value


class DayColumn(TextColumn):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "nowrap"}})
        super().__init__(*args, **kwargs)

    def render(self, value: date, record: Any) -> Any:
        return super().render(ui.day(value), record)

    def value(self, value: Any, **_: Any) -> Any:
        return value


class TimeColumn(tables.Column):
    """The time of a day."""

    def value(self, value: Any, **_: Any) -> Any:
        return value


class StandingColumn(tables.Column):
    """Glyph and word; what is no standing (credit, unapplied) is a plain word from `words`."""

    def __init__(self, *args: Any, words: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words or {}

    def render(self, value: str) -> Any:
        return ui.standing_badge(value) or self.words.get(value, value)

    def value(self, value: Any, **_: Any) -> str:
        return force_str(self.words.get(value) or ui.standing_word(value))


# Files


def columns_and_rows(table: tables.Table) -> Iterator[list[Any]]:
    """The header and all rows of a table (not only its page), as values."""
    for row in table.as_values():
        yield list(row)


def is_live(text: str) -> bool:
    return text.lstrip(" \u00a0").startswith(LIVE)


def inert(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{text}" if is_live(text) else text


Facts = Sequence[tuple[str, Any]]  # what a file is about: its day, its filters


def as_csv(rows: Iterable[Sequence[Any]], facts: Facts = ()) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read names right; days as ISO dates, plain decimals.

    What the file is about stands on top, and an empty line before the header.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in (*facts, *([()] if facts else []), *rows):
        writer.writerow([_csv_cell(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return inert(force_str(value).replace("\x00", ""))


def as_xlsx(rows: Iterable[Sequence[Any]], *, title: str, facts: Facts) -> bytes:
    """A sheet with what it shows on top (title, as of, filters), then the header and the rows."""
    return as_workbook([(title, rows)], facts=facts)


def as_workbook(sheets: Iterable[tuple[str, Iterable[Sequence[Any]]]], *, facts: Facts) -> bytes:
    """Several such sheets, each with its title and the same facts on top."""
    from openpyxl import Workbook  # 23 MB with its numbers and pictures, which the night never asks for

    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "Payround")
        sheet.append([_xlsx_cell(sheet, title, bold=True)])
        for label, value in facts:
            sheet.append([_xlsx_cell(sheet, label), _xlsx_cell(sheet, value)])
        sheet.append([])
        for position, row in enumerate(rows):
            sheet.append([_xlsx_cell(sheet, value, bold=position == 0) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, datetime):
        value = clock.local(value).replace(tzinfo=None)
    known = value is None or isinstance(value, Decimal | int | date | time)
    cell = WriteOnlyCell(sheet, value if known else UNPRINTABLE.sub("", force_str(value)))
    if isinstance(value, Decimal):
        places = max(0, -int(value.as_tuple().exponent))
        cell.number_format = "#,##0." + "0" * places if places else "#,##0"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd hh:mm" if isinstance(value, datetime) else "yyyy-mm-dd"
    elif isinstance(value, time):
        cell.number_format = "hh:mm"
    elif not known:
        cell.data_type = "s"  # text stays text, whatever it begins with
        if is_live(cell.value):
            cell.quotePrefix = True
    if bold:
        from openpyxl.styles import Font

        cell.font = Font(bold=True)
    return cell


def file_name(name: str, *, as_of: date, filters: Mapping[str, str], ending: str) -> str:
    """What is in the file, said by its name: `receivables-2026-11-24-currency-EUR.csv`."""
    parts = [name, as_of.isoformat(), *(f"{key}-{value}" for key, value in filters.items())]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(parts)).strip("-.")
    return f"{plain[:120]}.{ending}"
