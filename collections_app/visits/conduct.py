"""May we begin a contact with a customer on a day? Not too often in a week, and not on quiet days. Pure.

What the customer asked for is free: a promise that is due, an appointment, a call that it wants. Statutory notices are
free too. Days are local.
"""

from datetime import date, timedelta
from enum import StrEnum

from collections_app.policy.thresholds import Conduct
from common import days

WEEK = timedelta(days=7)
SUNDAY = 6


class Quiet(StrEnum):
    """Why we begin none."""

    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    CONTACTS = "contacts"


def may_contact(contacts: int, on: date, *, calendar: str, rules: Conduct) -> str:
    """Empty: we may. Else why not. `contacts` are those that we began in the seven days up to this one."""
    if rules.quiet_sunday and on.weekday() == SUNDAY:
        return Quiet.SUNDAY
    if rules.quiet_holidays and days.is_holiday(on, calendar):
        return Quiet.HOLIDAY
    return Quiet.CONTACTS if contacts >= rules.contacts_per_week else ""
