"""Calendar days: month ends, n-th weekdays, working days. Free of Django and of the clock."""

import calendar
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

import holidays

ONE_DAY = timedelta(days=1)
FIRST = date(1970, 1, 1)  # no book is older: an earlier day is a slip of the pen
LAST = date(2199, 12, 31)
FARTHEST = timedelta(days=366)  # what is wanted later than that has a wrong year
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_month(day: date) -> date:
    """The first day of the following month."""
    return month_end(day) + ONE_DAY


def in_month(year: int, month: int, wanted: int) -> date:
    """The wanted day of a month, or its last day where the month is shorter."""
    return date(year, month, min(wanted, calendar.monthrange(year, month)[1]))


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The n-th weekday (Monday = 0) of a month; None where there is no fifth."""
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    return day if day.month == month else None


@lru_cache(maxsize=64)
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def is_working_day(day: date, country: str = "") -> bool:
    """Monday to Friday and no public holiday of the country (ISO 3166, two letters)."""
    if not country or country not in holidays.list_supported_countries():
        return day.weekday() < 5
    return _holidays(country).is_working_day(day)


def is_holiday(day: date, country: str) -> bool:
    """A public holiday, on whatever weekday; of a country that nobody knows no day is one."""
    return country in holidays.list_supported_countries() and day in _holidays(country)


def roll(day: date, country: str, *, forward: bool = True) -> date:
    """The day itself, or the nearest working day after (before) it."""
    step = ONE_DAY if forward else -ONE_DAY
    while not is_working_day(day, country):
        day += step
    return day


def add_working_days(day: date, days: int, country: str = "") -> date:
    for _ in range(days):
        day = roll(day + ONE_DAY, country)
    return day


def last_working_day(year: int, month: int, country: str = "") -> date:
    return roll(month_end(date(year, month, 1)), country, forward=False)


def working_days_between(start: date, end: date, country: str = "") -> int:
    """Working days after `start` up to `end`; negative where `end` is the earlier one."""
    if end < start:
        return -working_days_between(end, start, country)
    whole_years = sum(_worked(year, country)[-1] for year in range(start.year, end.year))
    return whole_years + _worked_until(end, country) - _worked_until(start, country)


def _worked_until(day: date, country: str) -> int:
    """Working days of the year, up to this day."""
    return _worked(day.year, country)[day.toordinal() - date(day.year, 1, 1).toordinal()]


@lru_cache(maxsize=256)
def _worked(year: int, country: str) -> tuple[int, ...]:
    """Working days from the begin of the year up to each of its days."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return tuple(accumulate(is_working_day(day, country) for day in days))
