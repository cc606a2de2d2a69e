"""When a customer may be visited on a day: what it said about hours, settlement days and days never to come, when it
is open, who signs and when he is in.

Rules are short texts: hours "10:00-12:00"; days in the words of `contracts.terms` ("weekly tue", "monthly 25",
"last-working-day", "2nd tuesday"); of taboos also "monthly 1-3" (the first days of the month) and "mornings",
"afternoons" for parts of a day; weekdays "mon-fri,sun". What cannot be read is no rule: a free remark must not keep
anybody from being visited. Absences are half open: the second day is the first one on which somebody is back.
"""

import re
from collections.abc import Iterator, Sequence
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
    """From a day until a day (exclusive): of the whole customer, which is closed then, or of one who signs."""

    starts_on: date
    ends_before: date

    def covers(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_before


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody who signs payments: on these weekdays (none: whenever it is open), between these times, unless away."""

    days: frozenset[int] = frozenset()
    comes_at: time | None = None
    goes_at: time | None = None
    absences: tuple[Absence, ...] = ()

    def is_in(self, day: date) -> bool:
        return (not self.days or day.weekday() in self.days) and not any(one.covers(day) for one in self.absences)

    @property
    def hours(self) -> Window:
        return Window(_minutes(self.comes_at, 0), _minutes(self.goes_at, MIDNIGHT))


@dataclass(frozen=True, slots=True)
class Stated:
    """What is known of a customer's hours and days. Texts as stated; times are local; weekdays count from Monday, 0.

    No open days means the working days of the business. Of those who sign, any who is in will do; none known, no rule.
    """

    hours: tuple[str, ...] = ()
    settlement_days: tuple[str, ...] = ()
    taboos: tuple[str, ...] = ()
    opens_at: time | None = None
    closes_at: time | None = None
    open_days: frozenset[int] = frozenset()
    absences: tuple[Absence, ...] = ()
    signatories: tuple[Signatory, ...] = ()


@dataclass(frozen=True, slots=True)
class Permission:
    """Windows of the day (none: any time), and why the day is closed, if it is. `by_hours`: the day itself is open, but
    its hours leave no minute, so that an hour named by the customer still holds.
    """

    windows: tuple[Window, ...] = ()
    closed: str = ""
    by_hours: bool = False
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
    windows: tuple[Window, ...] = (Window(0, MIDNIGHT),)
    for spans, why in _limits(day, stated):
        windows = _within(windows, spans)
        if not windows:
            return Permission(closed=why, by_hours=True, is_settlement_day=settles)
    return Permission(() if windows == (Window(0, MIDNIGHT),) else windows, is_settlement_day=settles)


def _closed(day: date, stated: Stated, country: str) -> str:
    """What keeps anybody away for the whole day, whatever was agreed; the strongest first."""
    if any(is_taboo(rule, day, country) for rule in stated.taboos):
        return Because.TABOO
    if any(absence.covers(day) for absence in stated.absences):
        return Closed.AWAY
    if not _is_open(day, stated, country):
        return Closed.NOT_OPEN
    if stated.signatories and not any(one.is_in(day) for one in stated.signatories):
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


def _limits(day: date, stated: Stated) -> Iterator[tuple[Sequence[Window], str]]:
    """What each rule leaves of the day, and why there is no visit where nothing is left."""
    if any(HOURS.search(rule) for rule in stated.hours):  # "10:00-10:00" was said, and leaves nothing
        yield hours(stated.hours), Closed.NOT_OPEN
    yield [Window(_minutes(stated.opens_at, 0), _minutes(stated.closes_at, MIDNIGHT))], Closed.NOT_OPEN
    for rule in stated.taboos:
        if rule in PARTS:
            yield [PARTS[rule]], Because.TABOO
    if stated.signatories:
        yield [one.hours for one in stated.signatories if one.is_in(day)], Closed.SIGNATORY_AWAY


def _within(windows: Sequence[Window], limits: Sequence[Window]) -> tuple[Window, ...]:
    """Minutes that lie in both; windows that touch or overlap become one, so that a visit may last across them."""
    found: list[Window] = []
    common = (Window(max(one.opens, limit.opens), min(one.closes, limit.closes)) for one in windows for limit in limits)
    for window in sorted(common, key=lambda one: (one.opens, one.closes)):
        if window.opens >= window.closes:
            continue
        if found and window.opens <= found[-1].closes:
            found[-1] = Window(found[-1].opens, max(found[-1].closes, window.closes))
        else:
            found.append(window)
    return tuple(found)


def _minutes(moment: time | None, otherwise: int) -> int:
    return otherwise if moment is None else moment.hour * 60 + moment.minute
