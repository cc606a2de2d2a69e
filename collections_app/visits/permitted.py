"""When a customer may be visited on a day: what it said about hours, settlement days and days never to come.

Rules are short texts: hours "10:00-12:00"; days in the words of `contracts.terms` ("weekly tue", "monthly 25",
"last-working-day", "2nd tuesday"); and "mornings", "afternoons" for parts of a day. What cannot be read is no rule:
a free remark must not keep anybody from being visited.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from collections_app.visits.route import Because, Window
from contracts import terms

HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
MIDDAY = 12 * 60
MIDNIGHT = 24 * 60
PARTS = {"mornings": Window(MIDDAY, MIDNIGHT), "afternoons": Window(0, MIDDAY)}  # what stays permitted


@dataclass(frozen=True, slots=True)
class Stated:
    """What is known of a customer's hours and days. Texts as stated; times are local."""

    hours: tuple[str, ...] = ()
    settlement_days: tuple[str, ...] = ()
    taboos: tuple[str, ...] = ()
    opens_at: time | None = None
    closes_at: time | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """Windows of the day (none: any time), and why the day is closed, if it is."""

    windows: tuple[Window, ...] = ()
    closed: str = ""
    is_settlement_day: bool = False


def on_day(day: date, stated: Stated, *, country: str = "", is_commitment: bool = False) -> Permission:
    """A commitment breaks the settlement day (the customer chose the day itself), never a taboo."""
    if any(falls_on(rule, day, country) for rule in stated.taboos):
        return Permission(closed=Because.TABOO)
    readable = [rule for rule in stated.settlement_days if falls_on(rule, day, country) is not None]
    settles = any(falls_on(rule, day, country) for rule in readable)
    if readable and not settles and not is_commitment:
        return Permission(closed=Because.NOT_A_PAYMENT_DAY)
    windows = _windows(stated)
    if windows is not None and not windows:
        return Permission(closed=Because.TABOO)
    return Permission(windows or (), is_settlement_day=settles)


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
