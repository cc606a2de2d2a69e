"""Bytes of a CSV file into rows with their physical lines. What cannot be read is said, never guessed."""

import codecs
import csv
import io
from collections.abc import Sequence

from intake.problems import FileRefused, Problem
from intake.sheet import LONGEST_CELL, MOST_ROWS, Broken, Row, Rows

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SINGLE_BYTE = ("cp125", "iso8859", "latin", "cp437", "cp850", "cp852", "mac", "koi8")


def text_of(content: bytes, encodings: Sequence[str]) -> str:
    """Decode by the profile's encodings, the first that fits; a byte order mark of UTF-8 wins over them."""
    if not content.strip():
        raise FileRefused("the file is empty; export it again")
    if content.startswith(codecs.BOM_UTF8):
        return _decoded(content[3:], ("utf-8",))
    wide = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
    if content.startswith(wide) or content[:4000].count(0) > len(content[:4000]) // 5:
        if any(_codec(name).startswith("utf-16") for name in encodings):
            return _decoded(content, encodings)
        raise FileRefused('the file is UTF-16; save it as CSV UTF-8, or set encoding = "utf-16" in the profile')
    text = _decoded(content, encodings)
    if not content.isascii() and all(_codec(name).startswith(SINGLE_BYTE) for name in encodings) and _is_utf8(content):
        raise FileRefused(
            f'the file is UTF-8, but the profile says encoding = "{encodings[0]}"; choose another profile'
        )
    return text


def _codec(name: str) -> str:
    return codecs.lookup(name).name


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded(content: bytes, encodings: Sequence[str]) -> str:
    first: UnicodeDecodeError | None = None
    for name in encodings:
        try:
            return content.decode(name)
        except UnicodeDecodeError as error:
            first = first or error
        except UnicodeError:
            continue
    if first is None:
        raise FileRefused(f'the file is not "{encodings[0]}" as the profile says')
    line = content.count(b"\n", 0, first.start) + 1
    raise FileRefused(
        f'byte 0x{content[first.start]:02X} is not "{encodings[0]}" as the profile says; '
        "save the file as UTF-8, or choose a profile with its encoding",
        line=line,
    )


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first lines into the most cells."""
    head = [line for line in text[:20_000].splitlines()[:30] if line.strip()]
    counts = {mark: max((line.count(mark) for line in head), default=0) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: counts[mark])


def rows(text: str, *, delimiter: str, quote: str) -> Rows:
    """Rows in the order of the file, blank lines left out. Raises FileRefused where the rest is lost."""
    csv.field_size_limit(LONGEST_CELL)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        strict=True,
    )
    count = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(error, line)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS + 1:  # the heading is one of them
            raise FileRefused(f"more than {MOST_ROWS:,} rows; cut the file into several", line=line)
        yield _row(line, cells)


def _row(line: int, cells: list[str]) -> Row | Broken:
    if any("\0" in cell for cell in cells):
        return Broken(line, Problem(line, "", None, "contains a NUL byte; export the file again"), list(cells))
    return Row(line, list(cells))


def _broken(error: csv.Error, line: int) -> Broken:
    words = str(error)
    if "unexpected end of data" in words:
        raise FileRefused(
            "a quote is opened here and never closed; close it, or double a quote inside a cell", line=line
        )
    if "field larger" in words:
        raise FileRefused("a cell is longer than 1 MB; a quote may be opened here and never closed", line=line)
    return Broken(line, Problem(line, "", None, "text follows a closing quote; double a quote inside a cell"))
