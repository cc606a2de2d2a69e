"""Reading a policy from a file or a form: every value, and all that is wrong at once.

A file may name only what it changes: the rest stays as in the policy it is read upon. A segment that a file names is
as the file says, whole; the other segments stay.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from collections_app.policy.document import SEGMENTS, quoted, shown, text_of
from collections_app.policy.keys import BY_PATH, CATALOGUE, IN_ORDER, SECTIONS, Key, Kind
from collections_app.policy.thresholds import Own, Policy
from common import money

NAME_LENGTH = 40  # of a segment, as a customer has it
PLACES = 3
OF_THE_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Why(StrEnum):
    """What is wrong with a value; `policy.words` says it in a sentence."""

    NOT_TOML = "not toml"
    UNKNOWN_SECTION = "unknown section"
    UNKNOWN_KEY = "unknown key"
    NOT_A_SECTION = "not a section"
    NOT_BY_SEGMENT = "not by segment"
    NOT_A_SEGMENT = "not a segment"
    KIND = "kind"
    RANGE = "range"
    CHOICE = "choice"
    RISING = "rising"
    COUNT = "count"
    ORDER = "order"
    NO_SUCH_SEGMENT = "no such segment"


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands where, and why it cannot be; `key` says what it may be, `other` which key it collides with."""

    path: str
    value: str
    why: Why
    key: Key | None = None
    other: str = ""
    other_value: str = ""
    known: tuple[str, ...] = ()  # what could stand there


@dataclass(frozen=True, slots=True)
class Read:
    """What a document says, and all that is wrong with it. With problems `policy` is not what was meant."""

    policy: Policy
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class _Wrong(Exception):
    def __init__(self, why: Why) -> None:
        self.why = why


# One value


def value_of(key: Key, raw: Any) -> Any:
    """The value as the policy has it. Raises _Wrong."""
    match key.kind:
        case Kind.YES_NO:
            return raw if isinstance(raw, bool) else _wrong(Why.KIND)
        case Kind.WORD:
            if not isinstance(raw, str):
                raise _Wrong(Why.KIND)
            return raw if raw in key.choices else _wrong(Why.CHOICE)
        case Kind.STEPS:
            return _steps(key, raw)
        case Kind.FACTORS:
            return _factors(key, raw)
        case Kind.AMOUNT | Kind.SHARE | Kind.FACTOR:
            return _decimal(key, raw)
        case Kind.TIME:
            return _within(key, _minutes(raw))
    return _within(key, raw)


def _wrong(why: Why) -> Any:
    raise _Wrong(why)


def _within(key: Key, raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _Wrong(Why.KIND)
    if not key.least <= raw <= key.most:
        raise _Wrong(Why.RANGE)
    return raw


def _minutes(raw: Any) -> Any:
    """A time of day as minutes after midnight; "09:00" and 09:00:00 are read as well."""
    if isinstance(raw, time) and not (raw.second or raw.microsecond):
        return raw.hour * 60 + raw.minute
    if isinstance(raw, str) and (found := OF_THE_DAY.fullmatch(raw)):
        return int(found[1]) * 60 + int(found[2])
    return raw


def _steps(key: Key, raw: Any) -> tuple[int, ...]:
    if not isinstance(raw, list | tuple):
        raise _Wrong(Why.KIND)
    steps = tuple(_within(key, step) for step in raw)
    if not key.count[0] <= len(steps) <= key.count[1]:
        raise _Wrong(Why.COUNT)
    if any(later <= earlier for earlier, later in pairwise(steps)):
        raise _Wrong(Why.RISING)
    return steps


def _factors(key: Key, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple):
        raise _Wrong(Why.KIND)
    factors = tuple(_decimal(key, factor) for factor in raw)
    if not key.count[0] <= len(factors) <= key.count[1]:
        raise _Wrong(Why.COUNT)
    return factors


def _decimal(key: Key, raw: Any) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise _Wrong(Why.KIND)
    try:
        amount = money.parse(str(raw))
    except ValueError:
        raise _Wrong(Why.KIND) from None
    is_below = amount <= 0 if key.kind == Kind.SHARE else amount < key.least
    if is_below or (amount >= key.most if key.kind == Kind.AMOUNT else amount > key.most):
        raise _Wrong(Why.RANGE)
    if amount != round(amount, PLACES):
        raise _Wrong(Why.KIND)
    return f"{amount + 0:f}"  # no minus before a zero


# A whole document


def from_toml(source: str, *, base: Policy | None = None, segments: Collection[str] = ()) -> Read:
    """A policy from the text of a file. `segments` are those that customers have."""
    upon = base or Policy()
    try:
        raw = tomllib.loads(source, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        return Read(upon, (Problem("", str(error)[:200], Why.NOT_TOML),))
    return read(raw, base=upon, segments=segments)


def read(raw: Mapping[str, Any], *, base: Policy | None = None, segments: Collection[str] = ()) -> Read:
    """A policy from a document, with all that is wrong in it at once."""
    reading = _Reading(base or Policy(), segments)
    general = {name: value for name, value in raw.items() if name != SEGMENTS}
    policy = reading.general(general)
    own = reading.segments(raw[SEGMENTS]) if SEGMENTS in raw else {}
    policy = replace(policy, segments={**policy.segments, **own})
    reading.in_order(policy, "")
    for name in policy.segments:
        reading.in_order(policy.for_segment(name), f"{SEGMENTS}.{quoted(name)}.")
    policy = replace(policy, segments={name: values for name, values in policy.segments.items() if values})
    return Read(policy, tuple(reading.problems), tuple(reading.warnings))


@dataclass(slots=True)
class _Reading:
    base: Policy
    known: Collection[str]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def general(self, raw: Mapping[str, Any]) -> Policy:
        policy = self.base
        for section, values in self.sections(raw, "").items():
            policy = policy.having(section, **values)
        return policy

    def segments(self, raw: Any) -> dict[str, Own]:
        if not isinstance(raw, Mapping):
            self.wrong(SEGMENTS, raw, Why.NOT_A_SECTION)
            return {}
        found: dict[str, Own] = {}
        for name, values in raw.items():
            path = f"{SEGMENTS}.{quoted(name)}"
            if not name.strip() or name != name.strip() or len(name) > NAME_LENGTH:
                self.wrong(path, name, Why.NOT_A_SEGMENT)
                continue
            if not isinstance(values, Mapping):
                self.wrong(path, values, Why.NOT_A_SECTION)
                continue
            if name not in self.known:
                self.warnings.append(Problem(path, name, Why.NO_SUCH_SEGMENT))
            found[name] = self.sections(values, f"{path}.", by_segment=True)
        return found

    def sections(self, raw: Mapping[str, Any], before: str, *, by_segment: bool = False) -> dict[str, dict[str, Any]]:
        """By section, efforts.bad included: the values that could be read."""
        found: dict[str, dict[str, Any]] = {}
        self.into(found, raw, "", before, by_segment=by_segment)
        return found

    def into(
        self, found: dict[str, dict[str, Any]], raw: Mapping[str, Any], section: str, before: str, *, by_segment: bool
    ) -> None:
        for name, value in raw.items():
            path = f"{section}.{name}" if section else name
            key = BY_PATH.get(path)
            if "." in name:
                whole = f"{section}.{quoted(name)}" if section else quoted(name)
                self.wrong(f"{before}{whole}", value, Why.UNKNOWN_KEY, known=_names(section))
            elif key is not None:
                self.one(found, key, value, before, by_segment=by_segment)
            elif not _is_section(path):
                unknown = Why.UNKNOWN_SECTION if isinstance(value, Mapping) else Why.UNKNOWN_KEY
                self.wrong(f"{before}{path}", value, unknown, known=_names(section))
            elif not isinstance(value, Mapping):
                self.wrong(f"{before}{path}", value, Why.NOT_A_SECTION)
            else:
                self.into(found, value, path, before, by_segment=by_segment)

    def one(self, found: dict[str, dict[str, Any]], key: Key, value: Any, before: str, *, by_segment: bool) -> None:
        path = f"{before}{key.path}"
        if by_segment and not key.by_segment:
            self.wrong(path, value, Why.NOT_BY_SEGMENT, key)
            return
        try:
            found.setdefault(key.section, {})[key.name] = value_of(key, value)
        except _Wrong as wrong:
            self.wrong(path, value, wrong.why, key)

    def in_order(self, policy: Policy, before: str) -> None:
        """Keys that must not overtake each other; not asked where one of them could not be read."""
        wrong = {problem.path for problem in self.problems}
        for section, lesser, greater in IN_ORDER:
            low, high = BY_PATH[f"{section}.{lesser}"], BY_PATH[f"{section}.{greater}"]
            paths = {f"{where}{key.path}" for key in (low, high) for where in ("", before)}
            if low.value_in(policy) < high.value_in(policy) or paths & wrong:
                continue
            self.problems.append(
                Problem(
                    f"{before}{low.path}",
                    text_of(low, low.value_in(policy)),
                    Why.ORDER,
                    low,
                    f"{before}{high.path}",
                    text_of(high, high.value_in(policy)),
                )
            )

    def wrong(self, path: str, value: Any, why: Why, key: Key | None = None, known: tuple[str, ...] = ()) -> None:
        self.problems.append(Problem(path, shown(value), why, key, known=known))


def _names(section: str) -> tuple[str, ...]:
    """The keys and sections that may stand in a section."""
    before = f"{section}." if section else ""
    found = [key.path.removeprefix(before).split(".")[0] for key in CATALOGUE if key.path.startswith(before)]
    return tuple(dict.fromkeys(found)) + (() if section else (SEGMENTS,))


def _is_section(path: str) -> bool:
    return any(section == path or section.startswith(f"{path}.") for section in SECTIONS)
