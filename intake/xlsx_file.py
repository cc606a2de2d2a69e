"""An XLSX workbook into rows. The zip directory is judged before anything is unpacked."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from python_calamine import CalamineError, CalamineWorkbook

from intake.problems import FileRefused
from intake.sheet import MISSING, MOST_ROWS, Cell, Row, Rows

MOST_BYTES = 50 * 1024 * 1024  # unpacked
MOST_RATIO = 100
MOST_ENTRIES = 200
MOST_DIRECTORY = 1024 * 1024
MOST_CELLS = 8_000_000  # a sheet is held as a full rectangle while it is read
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,7})([0-9]{1,9})[\"']")
BARE_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
BOMB = "the workbook unpacks to far more than it should; it is refused unread. Save it again, or as CSV"
NO_WORKBOOK = "not an XLSX workbook; save it as .xlsx or CSV"


def is_ours(content: bytes, name: str) -> bool:
    """Judged by its first bytes, then by its name: is this to be read as a workbook?"""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06", OLE)) or name.lower().endswith((".xlsx", ".xlsm", ".xls"))


def rows(content: bytes, *, sheet: str | int) -> Rows:
    """Rows of one sheet (its name, or its number from 1), with the row numbers of the spreadsheet."""
    parts = _checked(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(workbook.sheet_names)
        chosen = _chosen(names, sheet)
        formulas = {_place(cell) for cell in BARE_FORMULA.findall(parts.get(_part_of(parts, chosen), b""))}
        read = workbook.get_sheet_by_name(chosen)
        cells = read.to_python(skip_empty_area=False)
    except (CalamineError, ElementTree.ParseError, DefusedXmlException, KeyError, ValueError, OSError) as error:
        raise FileRefused(f"{NO_WORKBOOK} ({error})") from error
    except BaseException as error:  # a panic of the reader is no Exception of ours
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused(NO_WORKBOOK) from error
    parts.clear()
    if len(cells) > MOST_ROWS + 1:
        raise FileRefused(f"more than {MOST_ROWS:,} rows; cut the file into several")
    return _listed(cells, formulas)


def _listed(cells: Sequence[Sequence[Cell]], formulas: set[tuple[int, int]]) -> Rows:
    missing_lines = {line for line, _ in formulas}
    for line, row in enumerate(cells, start=1):
        kept = list(row)
        if line in missing_lines:
            for column in range(len(kept)):
                if (line, column) in formulas:
                    kept[column] = MISSING
        if any(cell is MISSING or (cell is not None and str(cell).strip()) for cell in kept):
            yield Row(line, kept)


def _chosen(names: list[str], sheet: str | int) -> str:
    if isinstance(sheet, int):
        if not 1 <= sheet <= len(names):
            raise FileRefused(f"the workbook has {len(names)} sheets, the profile asks for sheet {sheet}")
        return names[sheet - 1]
    for name in names:
        if name.strip().casefold() == sheet.strip().casefold():
            return name
    raise FileRefused(f'no sheet "{sheet}"; the sheets are: {", ".join(names)}')


def _place(cell: tuple[bytes, bytes]) -> tuple[int, int]:
    return int(cell[1]), _column(cell[0]) - 1


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _part_of(parts: dict[str, bytes], sheet: str) -> str:
    """The part of the package that holds a sheet: workbook.xml names a relation, its .rels the part."""
    workbook = ElementTree.fromstring(parts["xl/workbook.xml"])
    relation = ""
    for element in workbook.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
    for element in ElementTree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<r/>")):
        if element.get("Id") == relation:
            target = str(element.get("Target"))
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _checked(content: bytes) -> dict[str, bytes]:
    """The unpacked XML parts, once directory, sizes, dimensions and kind were found harmless."""
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise FileRefused("the workbook is protected by a password; save it without one")
        raise FileRefused("this is an old .xls workbook, whatever its name says; save it as .xlsx or CSV")
    _check_directory(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OSError, UnicodeError) as error:
        raise FileRefused("not an XLSX workbook: its zip directory is damaged. Save it again") from error
    sizes = sum(entry.file_size for entry in entries)
    large = [entry for entry in entries if entry.file_size > 1024 * 1024]
    if sizes > MOST_BYTES or any(entry.file_size > MOST_RATIO * entry.compress_size for entry in large):
        raise FileRefused(BOMB)
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused("the workbook is protected by a password; save it without one")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("the workbook holds macros; save it as .xlsx without macros, or as CSV")
    if "xl/workbook.xml" not in names:
        raise FileRefused(NO_WORKBOOK)
    parts = {}
    for entry in entries:
        data = _unpacked(content, entry)
        if entry.filename.endswith((".xml", ".rels")):
            _check_part(data)
            parts[entry.filename] = data
    return parts


def _check_directory(content: bytes) -> None:
    """Look at the last record of the zip alone: a directory of a million names is never read."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 66_000))
    if not content.startswith(b"PK") or end < 0 or len(content) < end + 22:
        raise FileRefused("not an XLSX workbook: it is no zip file. Save it as .xlsx or CSV")
    entries, directory = struct.unpack_from("<HI", content, end + 10)
    if entries > MOST_ENTRIES or directory > MOST_DIRECTORY:
        raise FileRefused(BOMB)


def _unpacked(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Unpack by hand, never further than the directory says: a directory may lie."""
    try:
        name_length, extra_length = struct.unpack_from("<HH", content, entry.header_offset + 26)
    except struct.error as error:
        raise FileRefused(NO_WORKBOOK) from error
    start = entry.header_offset + 30 + name_length + extra_length
    packed = content[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        return packed
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise FileRefused(NO_WORKBOOK)
    try:
        data = zlib.decompressobj(-15).decompress(packed, entry.file_size + 1)
    except zlib.error as error:
        raise FileRefused("not an XLSX workbook: it is damaged. Save it again") from error
    if len(data) > entry.file_size:
        raise FileRefused(BOMB)
    return data


def _check_part(data: bytes) -> None:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise FileRefused("the workbook holds a DOCTYPE, which no spreadsheet program writes; it is refused unread")
    last_row = last_column = 0
    for letters, row in CELL.findall(data):
        last_row = max(last_row, int(row))
        if len(letters) > 3:
            raise FileRefused(BOMB)
        last_column = max(last_column, _column(letters))
    if last_row > MOST_ROWS + 1:
        raise FileRefused(f"more than {MOST_ROWS:,} rows; cut the file into several")
    if last_row * last_column > MOST_CELLS:
        raise FileRefused(
            f"the sheet reaches to row {last_row}, column {last_column}; "
            "delete its empty rows and columns, or save it as CSV"
        )
