"""When a customer may be visited on a day: what it said about hours, settlement days and days never to come, when it
is open, who signs and when he is in.

Rules are short texts: hours "10:00-12:00"; days in the words of `contracts.terms` ("weekly tue", "monthly 25",
"last-working-day", "2nd tuesday"); of taboos also "monthly 1-3" (the first days of the month) and "mornings",
"afternoons" for parts of a day; weekdays "mon-fri,sun". What cannot be read is no rule: a free remark must not keep
anybody from being visited. Absences are half open: the second day is the first one on which somebody is back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from collections_app.visits.route import Because, Window
from common import days
from contracts import terms

HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
DAYS_OF_MONTH = re.compile(r"monthly ([1-9]|[12]\d|3[01])-([1-9]|[12]\d|3[01])", re.ASCII)
MIDDAY = 12 * 60
MIDNIGHT = 24 * 60
PARTS = {"mornings": Window(MIDDAY, MIDNIGHT), "afternoons": Window(0, MIDDAY)}  # what stays permitted


class Closed(StrEnum):
    """Why a day is none, besides taboos and settlement days (`route.Because`)."""

    NOT_OPEN = "not open"
    AWAY = "away"
    SIGNATORY_AWAY = "signatory away"


@dataclass(frozen=True, slots=True)
class Absence:
    """Nobody pays there from a day until a day (exclusive), because it is closed or because who signs is away."""

    starts_on: date
    ends_before: date
    is_signatory: bool = False

    def covers(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_before


@dataclass(frozen=True, slots=True)
class Stated:
    """What is known of a customer's hours and days. Texts as stated; times are local; weekdays count from Monday, 0.

    No open days means the working days of the business, no signing days any of those.
    """

    hours: tuple[str, ...] = ()
    settlement_days: tuple[str, ...] = ()
    taboos: tuple[str, ...] = ()
    opens_at: time | None = None
    closes_at: time | None = None
    open_days: frozenset[int] = frozenset()
    signing_days: frozenset[int] = frozenset()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """Windows of the day (none: any time), and why the day is closed, if it is."""

    windows: tuple[Window, ...] = ()
    closed: str = ""
    is_settlement_day: bool = False


def on_day(day: date, stated: Stated, *, country: str = "", is_commitment: bool = False) -> Permission:
    """A commitment breaks the settlement day (the customer chose the day itself), and nothing else."""
    closed = _closed(day, stated, country)
    if closed:
        return Permission(closed=closed)
    readable = [rule for rule in stated.settlement_days if falls_on(rule, day, country) is not None]
    settles = any(falls_on(rule, day, country) for rule in readable)
    if readable and not settles and not is_commitment:
        return Permission(closed=Because.NOT_A_PAYMENT_DAY)
    windows = _windows(stated)
    if windows is not None and not windows:
        return Permission(closed=Because.TABOO)
    return Permission(windows or (), is_settlement_day=settles)


def _closed(day: date, stated: Stated, country: str) -> str:
    """What keeps anybody away for the whole day, whatever was agreed; the strongest first."""
    if any(is_taboo(rule, day, country) for rule in stated.taboos):
        return Because.TABOO
    away = [absence for absence in stated.absences if absence.covers(day)]
    if any(not absence.is_signatory for absence in away):
        return Closed.AWAY
    if not _is_open(day, stated, country):
        return Closed.NOT_OPEN
    if away or (stated.signing_days and day.weekday() not in stated.signing_days):
        return Closed.SIGNATORY_AWAY
    return ""


def _is_open(day: date, stated: Stated, country: str) -> bool:
    """Open on a weekend says nothing of holidays; on another day a holiday closes."""
    if stated.open_days and day.weekday() not in stated.open_days:
        return False
    is_weekend = stated.open_days and day.weekday() >= days.WEEKDAYS.index("sat")
    return bool(is_weekend) or days.is_working_day(day, country)


def is_taboo(rule: str, day: date, country: str = "") -> bool:
    span = DAYS_OF_MONTH.fullmatch(rule.strip().lower())
    if span:
        return int(span[1]) <= day.day <= int(span[2])
    return bool(falls_on(rule, day, country))


def falls_on(rule: str, day: date, country: str = "") -> bool | None:
    """Is the day one of the rule's? None where the text names no days."""
    try:
        return terms.settlement_day(rule, day, country) == day
    except terms.NotComputable:
        return None


def next_days(stated: Stated, day: date, country: str, count: int) -> list[date]:
    """The next days, from this one on, on which the customer pays; none where it did not say."""
    found: list[date] = []
    readable = [rule for rule in stated.settlement_days if falls_on(rule, day, country) is not None]
    while readable and len(found) < count:
        start = date.fromordinal(found[-1].toordinal() + 1) if found else day
        found.append(min(terms.settlement_day(rule, start, country) for rule in readable))
    return found


def hours(rules: Sequence[str]) -> tuple[Window, ...]:
    found = []
    for rule in rules:
        for match in HOURS.finditer(rule):
            opens_h, opens_m, closes_h, closes_m = (int(part) for part in match.groups())
            if (opens_h, opens_m) < (closes_h, closes_m):
                found.append(Window(opens_h * 60 + opens_m, closes_h * 60 + closes_m))
    return tuple(sorted(found, key=lambda window: window.opens))


def hours_text(window: Window) -> str:
    """As it is stated: "09:30-11:00"."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (window.opens, window.closes))


def weekdays(text: str) -> frozenset[int]:
    """ "mon-fri,sun" as numbers, Monday is 0. What cannot be read is none."""
    found: set[int] = set()
    for part in text.lower().replace(" ", "").split(","):
        first, _dash, last = part.partition("-")
        if first in days.WEEKDAYS and (last or first) in days.WEEKDAYS:
            start, end = days.WEEKDAYS.index(first), days.WEEKDAYS.index(last or first)
            found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return frozenset(found)


def _windows(stated: Stated) -> tuple[Window, ...] | None:
    """None: nothing was said. Empty: what was said leaves no minute."""
    open_hours = Window(_minutes(stated.opens_at, 0), _minutes(stated.closes_at, MIDNIGHT))
    limits = [open_hours, *(PARTS[rule] for rule in stated.taboos if rule in PARTS)]
    windows = hours(stated.hours) or (Window(0, MIDNIGHT),)
    for limit in limits:
        windows = tuple(
            Window(max(window.opens, limit.opens), min(window.closes, limit.closes))
            for window in windows
            if max(window.opens, limit.opens) < min(window.closes, limit.closes)
        )
    return None if windows == (Window(0, MIDNIGHT),) else windows


def _minutes(moment: time | None, otherwise: int) -> int:
    return otherwise if moment is None else moment.hour * 60 + moment.minute
