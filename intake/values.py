"""One cell into one value. Each reader returns the value or raises `Unreadable` with what was expected."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from numbers import Real

from babel.dates import get_month_names

from common import money
from intake.sheet import MISSING, Cell, as_text

EARLIEST, LATEST = date(1970, 1, 1), date(2099, 12, 31)
TOKENS = {
    "YYYY": r"(?P<year>[0-9]{4})",
    "YY": r"(?P<short>[0-9]{2})",
    "MMM": r"(?P<name>[^\W\d_]+)\.?",
    "MM": r"(?P<month>[0-9]{2})",
    "M": r"(?P<month>[0-9]{1,2})",
    "DD": r"(?P<day>[0-9]{2})",
    "D": r"(?P<day>[0-9]{1,2})",
    "hh": "[0-9]{1,2}",
    "mm": "[0-9]{2}",
    "ss": r"[0-9]{2}(?:\.[0-9]+)?",
}
TOKEN = re.compile("YYYY|YY|MMM|MM|M|DD|D|hh|mm|ss|.")
# What hides in a text or turns its direction: control characters, zero widths, bidirectional marks.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
SPACES = re.compile(r"\s+")


class Unreadable(ValueError):
    """The message completes the sentence "line 17, column …, value …: "."""


def text(cell: Cell) -> str:
    """Outer spaces and line breaks never count; characters that cannot be seen are refused."""
    if cell is MISSING:
        raise Unreadable("a formula without a stored value; open and save the file in a spreadsheet program")
    value = as_text(cell)
    hidden = HIDDEN.search(value)
    if hidden:
        raise Unreadable(f"contains the invisible character U+{ord(hidden[0]):04X}; delete it")
    value = SPACES.sub(" ", value).strip()
    if value.startswith("=") and isinstance(cell, str):
        raise Unreadable("a formula, not a value; export the values")
    if (
        isinstance(cell, str)
        and value.startswith("#")
        and value.rstrip("!?").isupper()
        and value.endswith(("!", "?", "/A"))
    ):
        raise Unreadable("an error of the spreadsheet; correct its formula")
    return value


# --- amounts ------------------------------------------------------------------------------------


def amount(
    cell: Cell,
    *,
    decimal: str,
    thousands: Sequence[str],
    brackets: bool = False,
    trailing_minus: bool = False,
    noise: Sequence[str] = (),
) -> Decimal:
    """A signed number as the profile writes it. `decimal` is ".", "," or "auto"."""
    if isinstance(cell, bool):
        raise Unreadable("true or false, not a number")
    if isinstance(cell, Real):
        return _checked(Decimal(f"{cell:.15g}"))
    written = unicodedata.normalize("NFKC", text(cell)).replace("\u2212", "-").replace("\u2013", "-")
    for word in noise:
        written = written.replace(unicodedata.normalize("NFKC", word), "")
    written = written.strip()
    negative = False
    if brackets and written.startswith("(") and written.endswith(")"):
        negative, written = True, written[1:-1].strip()
    elif trailing_minus and written.endswith("-"):
        negative, written = True, written[:-1].strip()
    elif written[:1] in {"-", "+"}:
        negative, written = written[0] == "-", written[1:].strip()
    number = _number(written, decimal, [unicodedata.normalize("NFKC", mark) for mark in thousands])
    return _checked(-number if negative else number)


def _checked(number: Decimal) -> Decimal:
    if abs(number) >= money.LIMIT:
        raise Unreadable("an amount of a million million or more; check it")
    return number


def _number(written: str, decimal: str, thousands: Sequence[str]) -> Decimal:
    if decimal == "auto":
        decimal = _decimal_of(written)
        thousands = [mark for mark in ".,' \u2019" if mark != decimal]
    if not re.fullmatch(r"[0-9][0-9.,' \u2019]*|[.,][0-9]+", written):
        raise Unreadable(f"not a number; expected one like {_example(decimal)}")
    whole, mark, part = written.rpartition(decimal) if decimal in written else (written, "", "")
    if not _is_grouped(whole, [sign for sign in thousands if sign != decimal]) or (mark and not part.isdigit()):
        raise Unreadable(f"not a number; expected one like {_example(decimal)}")
    return Decimal("".join(c for c in whole if c.isdigit()) + ("." + part if part else ""))


def _is_grouped(whole: str, thousands: Sequence[str]) -> bool:
    """Plain digits, or groups by one sign: of three, or as in India of two with three at the end."""
    if whole.isdigit() or not whole:
        return True
    signs = {c for c in whole if not c.isdigit()}
    if len(signs) != 1 or not signs <= set(thousands):
        return False
    first, *groups, last = whole.split(signs.pop())
    by_three = 1 <= len(first) <= 3 and all(len(group) == 3 for group in groups)
    by_two = 1 <= len(first) <= 2 and bool(groups) and all(len(group) == 2 for group in groups)
    return len(last) == 3 and (by_three or by_two)


def _decimal_of(written: str) -> str:
    """Which sign is the decimal one, where the profile leaves it open; a doubt is a problem, not a guess."""
    point, comma = written.rfind("."), written.rfind(",")
    if point >= 0 and comma >= 0:
        return "." if point > comma else ","
    sign = "." if point >= 0 else ","
    if written.count(sign) > 1:
        return "," if sign == "." else "."
    before, _, after = written.partition(sign)
    if sign in written and len(after) == 3 and 1 <= len(before) <= 3 and before != "0":
        raise Unreadable(
            f"either {before}{after} or {before}.{after}; say in the profile which sign is the decimal one"
        )
    return sign


def _example(decimal: str) -> str:
    return "1234,56" if decimal == "," else "1234.56"


# --- days ---------------------------------------------------------------------------------------


def day(cell: Cell, *, styles: Sequence[str], year: int | None = None, months: str = "en") -> date:
    """A calendar day. A day of a workbook is one already; text must be written in one of the styles."""
    if isinstance(cell, datetime):
        return _near(cell.date())
    if isinstance(cell, date):
        return _near(cell)
    return _day(text(cell), tuple(styles), year, months)


@lru_cache(maxsize=20_000)
def _day(written: str, styles: tuple[str, ...], year: int | None, months: str) -> date:
    for style in styles:
        found = pattern(style).fullmatch(written)
        if found:
            try:
                return _near(_composed(found.groupdict(), year, months))
            except (ValueError, KeyError) as error:
                if isinstance(error, Unreadable):
                    raise
    raise Unreadable(f"not a date; expected {_either(styles)}")


def _near(value: date) -> date:
    if not EARLIEST <= value <= LATEST:
        raise Unreadable(f"a date outside {EARLIEST.year} to {LATEST.year}; check it")
    return value


def _composed(parts: Mapping[str, str], year: int | None, months: str) -> date:
    if parts.get("year"):
        year = int(parts["year"])
    elif parts.get("short"):
        short = int(parts["short"])
        year = 2000 + short if short < 80 else 1900 + short
    if year is None:
        raise ValueError
    month = int(parts["month"]) if parts.get("month") else month_names(months)[parts["name"].casefold()]
    return date(year, month, int(parts["day"]))


@lru_cache(maxsize=64)
def pattern(style: str) -> re.Pattern[str]:
    return re.compile("".join(TOKENS.get(token, re.escape(token)) for token in TOKEN.findall(style)))


@lru_cache(maxsize=8)
def month_names(language: str) -> dict[str, int]:
    return {
        name.casefold().rstrip("."): number
        for width in ("abbreviated", "wide")
        for number, name in get_month_names(width, locale=language).items()
    }


def _either(styles: Sequence[str]) -> str:
    return styles[0] if len(styles) == 1 else f"{', '.join(styles[:-1])} or {styles[-1]}"


# --- codes --------------------------------------------------------------------------------------


@lru_cache(maxsize=500)
def currency(written: str, aliases: tuple[tuple[str, str], ...] = ()) -> str:
    code = dict(aliases).get(written.casefold(), written.upper())
    if not money.is_known(code):
        raise Unreadable("not a currency code; expected one like EUR")
    return code


def customer_number(cell: Cell, *, width: int, drop_decimals: bool, strip_zeros: bool, remove: Sequence[str]) -> str:
    """The number in the one form under which the customer is known here."""
    code = text(cell).upper()
    if re.fullmatch(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+", code):
        raise Unreadable(
            "a number in scientific notation, its digits are lost; format the column as text and export again"
        )
    if drop_decimals:
        code = re.sub(r"^([0-9]+)[.,]0+$", r"\1", code)
    for sign in remove:
        code = code.replace(sign.upper(), "")
    if strip_zeros and code.isdigit():
        code = code.lstrip("0") or "0"
    if width and code.isdigit():
        code = code.zfill(width)
    if len(code) > 40:
        raise Unreadable("longer than 40 characters")
    return code
