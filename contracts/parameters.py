"""The values of terms as they come from JSON, TOML or code: each is read, or refused by its name."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from common import days

Parameters = Mapping[str, Any]
MOST_DAYS = 3650  # ten years: a longer term is a slip of the pen
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
SHARE = re.compile(r"[01](\.\d{1,28})?", re.ASCII)


class NotComputable(ValueError):
    """No due date follows from these parameters; the message says which one is wrong."""

    @property
    def about(self) -> str:
        """The parameter that is wrong, with which the message begins; empty where it is none alone."""
        name, colon, _why = str(self).partition(":")
        return name if colon else ""


class Doubled(ValueError):
    """A key that stands twice: which of the two counts, nobody can tell. The message is the key as it was written."""


def only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The hook with which terms are read from JSON, where the last of two values would win without a word."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Doubled(json.dumps(key, ensure_ascii=False))
        found[key] = value
    return found


def said(value: Any) -> str:
    """A value as its writer typed it: 30.5, null, true; and not what the reading made of it."""
    match value:
        case str():
            return repr(value)
        case Decimal() | date():
            return str(value)
        case Mapping():
            return "{" + ", ".join(f"{json.dumps(str(key))}: {_inside(one)}" for key, one in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_inside(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False, default=str)


def _inside(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else said(value)


def stated(parameters: Parameters, name: str, value: Any) -> str:
    """A key that is not there is no null."""
    return "nothing" if value is None and name not in parameters else said(value)


def table(value: Any, name: str) -> Parameters:
    if not isinstance(value, Mapping):
        raise NotComputable(f"{name}: expected keys with values, got {said(value)}")
    return value


def rows(value: Any, name: str) -> list[Parameters]:
    if not isinstance(value, list | tuple):
        raise NotComputable(f"{name}: expected a list, got {said(value)}")
    return [table(row, name) for row in value]


def only_known(parameters: Parameters, known: Iterable[str], name: str) -> None:
    """A slip in a key must not go unnoticed: "end_of_months" would quietly move every due date."""
    unknown = sorted(str(key) for key in parameters if key not in known)
    if unknown:
        raise NotComputable(f"{name}: {', '.join(unknown)} not known; expected {', '.join(sorted(known))}")


def whole(parameters: Parameters, name: str, default: int | None = None, *, least: int = 0) -> int:
    value = parameters.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST_DAYS:
        got = stated(parameters, name, value)
        raise NotComputable(f"{name}: expected a whole number from {least} to {MOST_DAYS}, got {got}")
    return value


def share(parameters: Parameters, name: str = "share", default: str | None = None) -> Decimal:
    """A part of the whole: 0.3 is 30 per cent. Nothing is a share here, e.g. of what a count found sold."""
    value = parameters.get(name, default)
    found = value if isinstance(value, Decimal) else _as_share(value)
    if found is None or not found.is_finite() or not 0 <= found <= 1:
        raise NotComputable(f"{name}: expected a share such as 0.3, got {stated(parameters, name, value)}")
    return found


def _as_share(value: Any) -> Decimal | None:
    is_number = isinstance(value, str | int | float) and not isinstance(value, bool)
    return Decimal(str(value)) if is_number and SHARE.fullmatch(str(value)) else None


def positive_share(parameters: Parameters, name: str = "share", default: str | None = None) -> Decimal:
    found = share(parameters, name, default)
    if not found:
        raise NotComputable(f"{name}: a share of nothing is never due")
    return found


def day(parameters: Parameters, name: str) -> date:
    """A full calendar date; "Christmas" or "week 52" is none."""
    value = parameters.get(name)
    found = value if type(value) is date else _parsed(value)
    if found is None or not days.FIRST <= found <= days.LAST:
        raise NotComputable(f"{name}: expected a date such as 2026-12-24, got {stated(parameters, name, value)}")
    return found


def _parsed(value: Any) -> date | None:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:  # 31 February
        return None


def one_of(parameters: Parameters, name: str, known: Iterable[str], default: str) -> str:
    value = parameters.get(name, default)
    if not isinstance(value, str) or value not in known:
        raise NotComputable(f"{name}: {said(value)} is none of {', '.join(known)}")
    return value
