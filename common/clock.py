"""The one reader of the clock. Everything else is given its day or moment."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """This moment, aware, in UTC."""
    return timezone.now()


def business_today() -> date:
    """Today in the business's time zone (setting TIME_ZONE)."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(str(timezone.get_default_timezone())))


def business_day(moment: datetime) -> date:
    """The business's calendar day on which a moment falls."""
    return local(moment).date()


def end_of(day: date) -> datetime:
    """The last instant of a business day: the first of the next one, exclusive bounds use `<`."""
    zone = ZoneInfo(str(timezone.get_default_timezone()))
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
