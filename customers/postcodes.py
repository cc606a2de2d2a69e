"""Where postcodes and towns lie: how two ways of writing them are compared, and a company's own list as a CSV file.

Free of Django. Positions are degrees.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from customers import coordinates
from customers.coordinates import Position

COLUMNS = ("country", "postcode", "latitude", "longitude")  # and perhaps city
LONGEST_CODE, LONGEST_NAME = 20, 100
LONGEST_CELL = 10_000  # characters; a quote that is not closed takes the rest of the file into one
COUNTRY = re.compile(r"[A-Z]{2}")
PARTED = re.compile(r"[\s-]+")


# How they are compared


def code_of(postcode: str) -> str:
    """ "t12 x8n6" and "T12-X8N6" are one."""
    plain = unicodedata.normalize("NFKC", postcode).upper()
    return "".join(sign for sign in plain if sign.isalnum())[:LONGEST_CODE]


def outer_code_of(postcode: str) -> str:
    """The first part of a code that is written in two: the district, where a list has no single streets."""
    first, *others = PARTED.split(postcode.strip())
    return code_of(first) if others and any(sign.isdigit() for sign in first) else ""


def name_of(city: str) -> str:
    """ "XÀTIVA" and "Xativa" are one, "Vila-real" and "Vila Real" as well."""
    plain = unicodedata.normalize("NFKD", city.casefold())
    spaced = "".join(
        sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign) and sign not in "'’"
    )
    return " ".join(spaced.split())[:LONGEST_NAME]


def names_of(city: str) -> list[str]:
    """What a town may be looked up by, the surest first: a Chinese address names province, city and district in one."""
    whole = name_of(city)
    _, is_in_province, rest = whole.rpartition("省")
    town, is_of_a_city, _ = (rest if is_in_province else whole).partition("市")
    return list(dict.fromkeys(name for name in (whole, f"{town}市" if is_of_a_city else "") if name))


def middle(places: Sequence[Position]) -> Position:
    """Where several lie on average."""
    north, east = (sum((place[axis] for place in places), Decimal(0)) / len(places) for axis in (0, 1))
    return north.quantize(coordinates.PLACES), east.quantize(coordinates.PLACES)


# A list of the company


class Why(StrEnum):
    NOT_TEXT = "not text"
    NO_COLUMN = "no column"
    NO_LINE = "no line"
    EMPTY = "empty"
    NOT_A_COUNTRY = "not a country"
    NOT_A_NUMBER = "not a number"
    OFF_THE_EARTH = "off the earth"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in which line and column of the file, and why it cannot be."""

    why: Why
    line: int = 0
    column: str = ""
    value: str = ""


Key = tuple[str, str, str]  # country, postcode and city, as they are compared


@dataclass(frozen=True, slots=True)
class Read:
    places: dict[Key, Position]
    rows: int = 0
    problems: tuple[Problem, ...] = ()


class _Wrong(Exception):
    def __init__(self, why: Why, column: str = "", value: Any = "") -> None:
        self.why, self.column, self.value = why, column, str(value)[:60]


def read(content: bytes) -> Read:
    """All of the file, and all that is wrong with it. What stands there twice lies in the middle."""
    found: dict[Key, list[Position]] = {}
    problems: list[Problem] = []
    rows = 0
    try:
        for line, row in _lines(content):
            rows += 1
            try:
                key, place = _place(row)
            except _Wrong as wrong:
                problems.append(Problem(wrong.why, line, wrong.column, wrong.value))
            else:
                found.setdefault(key, []).append(place)
    except _Wrong as wrong:
        problems.append(Problem(wrong.why, column=wrong.column))
    if not rows and not problems:
        problems.append(Problem(Why.NO_LINE))
    return Read({key: middle(places) for key, places in found.items()}, rows, tuple(problems))


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Wrong(Why.NOT_TEXT) from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in COLUMNS if name not in header]:
            raise _Wrong(Why.NO_COLUMN, missing[0])
        for cells in reader:
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise _Wrong(Why.BROKEN)
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False))
    except csv.Error:
        raise _Wrong(Why.BROKEN) from None


def _place(row: dict[str, str]) -> tuple[Key, Position]:
    country = row.get("country", "").upper()
    if not COUNTRY.fullmatch(country):
        raise _Wrong(Why.NOT_A_COUNTRY, "country", country)
    code = code_of(row.get("postcode", ""))
    if not code:
        raise _Wrong(Why.EMPTY, "postcode")
    north, east = _degrees(row, "latitude"), _degrees(row, "longitude")
    try:
        return (country, code, name_of(row.get("city", ""))), coordinates.checked(north, east)
    except coordinates.NotAPosition:
        raise _Wrong(Why.OFF_THE_EARTH, "latitude", f"{north}, {east}") from None


def _degrees(row: dict[str, str], column: str) -> Decimal:
    text = row.get(column, "")
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise _Wrong(Why.NOT_A_NUMBER, column, text) from None
    if not value.is_finite():
        raise _Wrong(Why.NOT_A_NUMBER, column, text)
    return value
