"""The working time of a rep on a day: when and where it starts and ends, and when he eats. Times are local."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from collections_app.policy.thresholds import Conduct, Policy
from collections_app.visits.route import Place, Window
from common import days
from staff.models import Absence, Business, RepDay, User

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """Minutes after midnight. `off` says why nobody drives that day; empty: he works."""

    rep: int
    on: date
    starts_at: int
    ends_at: int
    lunch: Window | None = None
    start: Place | None = None
    end: Place | None = None
    off: str = ""

    @property
    def lunches(self) -> tuple[Window, ...]:
        return (self.lunch,) if self.lunch else ()

    @property
    def as_stored(self) -> dict[str, Any]:
        return {
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "lunch": [self.lunch.opens, self.lunch.closes] if self.lunch else [],
            "start": _plain(self.start),
            "end": _plain(self.end),
            "off": self.off,
        }


DAY_OFF, FREE, AWAY, NO_TIME = "day off", "free day", "away", "no time"


def frames(
    reps: Collection[User], on: Collection[date], *, rules: Policy, business: Business
) -> dict[tuple[int, date], Frame]:
    """By rep and day. Two statements at any number of reps and days."""
    own: dict[int, dict[int, RepDay]] = defaultdict(dict)
    for row in RepDay.objects.filter(rep__in=reps):
        own[row.rep_id][row.weekday] = row
    away = list(Absence.objects.filter(rep__in=reps, starts_on__lte=max(on), ends_before__gt=min(on)))
    return {
        (rep.pk, day): _frame(rep, day, own[rep.pk], _away(away, rep, day), rules, business)
        for rep in reps
        for day in on
    }


def _frame(rep: User, day: date, own: dict[int, RepDay], is_away: bool, rules: Policy, business: Business) -> Frame:
    start = place(rep.latitude, rep.longitude) or place(business.latitude, business.longitude)
    end = place(rep.end_latitude, rep.end_longitude) or start
    off = AWAY if is_away else off_for_all(day, own, rules.conduct, business.calendar)
    row = own.get(day.weekday())
    if row is None:
        return Frame(rep.pk, day, rules.planning.starts_at, rules.planning.ends_at, None, start, end, off)
    lunch = (
        Window(minutes_of(row.lunch_from), minutes_of(row.lunch_until)) if row.lunch_from and row.lunch_until else None
    )
    starts_at, ends_at = minutes_of(row.starts_at), minutes_of(row.ends_at)
    return Frame(rep.pk, day, starts_at, ends_at, lunch, start, end, off or (NO_TIME if ends_at <= starts_at else ""))


def off_for_all(day: date, own: Collection[int], conduct: Conduct, calendar: str) -> str:
    """Why the day is free, apart from an absence. Weekdays of one's own count even on a Saturday, holidays never."""
    if conduct.quiet_sunday and day.weekday() == SUNDAY:
        return DAY_OFF
    if not own:
        return "" if days.is_working_day(day, calendar) else DAY_OFF
    if day.weekday() not in own:
        return FREE
    is_holiday = day.weekday() < 5 and not days.is_working_day(day, calendar)
    return DAY_OFF if is_holiday and conduct.quiet_holidays else ""


def _away(absences: Iterable[Absence], rep: User, day: date) -> bool:
    return any(row.rep_id == rep.pk and row.starts_on <= day < row.ends_before for row in absences)


def place(latitude: Decimal | None, longitude: Decimal | None) -> Place | None:
    return None if latitude is None or longitude is None else Place(latitude, longitude)


def place_of(stored: Sequence[str]) -> Place | None:
    """As a stop's card or a plan's frame keeps it."""
    return Place(Decimal(stored[0]), Decimal(stored[1])) if stored else None


def _plain(one: Place | None) -> list[str]:
    return [str(one.latitude), str(one.longitude)] if one else []


def minutes_of(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def time_at(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)
