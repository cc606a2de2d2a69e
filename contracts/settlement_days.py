"""Days on which somebody pays, and where a day goes on which nobody works."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from common import days
from contracts.parameters import NotComputable, Parameters, one_of, only_known, said, table

NTH = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_OF_MONTH = re.compile(r"[1-9]|[12]\d|3[01]", re.ASCII)
MONTHS_AHEAD = 14  # a fifth weekday comes at least four times a year


def settlement_day(rule: str, earliest: date, country: str = "") -> date:
    """The first day not before `earliest` on which a rule falls.

    Rules: "monthly 25", "last-working-day", "2nd tuesday", "weekly tue". A month too short for its day pays on its
    last one; a month without a fifth weekday is skipped.
    """
    words = rule.lower().split()
    if len(words) == 2 and words[0] == "weekly":
        return earliest + timedelta((_weekday(words[1]) - earliest.weekday()) % 7)
    for months in range(MONTHS_AHEAD):
        found = _in_month(words, _month_after(earliest, months), country)
        if found is not None and found >= earliest:
            return found
    raise NotComputable(f"rule: {rule!r} never falls on a day")


def _in_month(words: list[str], first: date, country: str) -> date | None:
    if words == ["last-working-day"]:
        return days.last_working_day(first.year, first.month, country)
    if len(words) == 2 and words[0] == "monthly" and DAY_OF_MONTH.fullmatch(words[1]):
        return days.in_month(first.year, first.month, int(words[1]))
    if len(words) == 2 and words[0] in NTH:
        return days.nth_weekday(first.year, first.month, _weekday(words[1]), NTH[words[0]])
    raise NotComputable(f"rule: {' '.join(words)!r} is not monthly N, last-working-day, 2nd tuesday or weekly tue")


def _weekday(word: str) -> int:
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.startswith(word):
            return number
    raise NotComputable(f"rule: {word!r} is no weekday")


def _month_after(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Holidays:
    """Whose working days count, and where a day goes that is none. Without a country weekends alone are free."""

    country: str = ""
    forward: bool = True

    def moved(self, day: date, earliest: date) -> date:
        """Back never before the earliest day, as if an invoice were due before it is written: then forward."""
        found = days.roll(day, self.country, forward=self.forward)
        return days.roll(day, self.country) if found < earliest <= day else found


def holidays_of(parameters: Parameters) -> Holidays | None:
    """{"holidays": {"country": "DE", "roll": "back"}}; None where terms name no holidays."""
    if "holidays" not in parameters:
        return None
    stated = table(parameters["holidays"], "holidays")
    only_known(stated, ("country", "roll"), "holidays")
    country = stated.get("country", "")
    if country != "" and country not in _countries():
        raise NotComputable(f"holidays: no calendar is known of {said(country)}; expected a country such as DE")
    return Holidays(country, forward=one_of(stated, "roll", ("forward", "back"), "forward") == "forward")


@lru_cache(maxsize=1)
def _countries() -> tuple[str, ...]:
    """Two letters, as countries are stored; a tuple, since what stands in terms may not be hashable."""
    return tuple(code for code in holidays.list_supported_countries() if len(code) == 2)
