"""In which standing is a due item, and which rule says so. The reference reading; the night's SQL is pinned to it.

Source of the conditions: the product's table of standings; first match from the top wins.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from collections_app.policy.thresholds import Thresholds


class Standing(StrEnum):
    UNPAID = "unpaid"
    OVERDUE = "overdue"
    QUASI_BAD = "quasi-bad"
    BAD = "bad"
    DORMANT = "dormant"


class Rule(StrEnum):
    """Which condition decided."""

    NO_MOVEMENT = "no movement"
    CUSTOMER_FAILED = "customer failed"  # insolvent, closed or in court
    LATE_BAD = "late bad"
    BROKEN_PROMISES = "broken promises"
    LATE_QUASI_BAD = "late quasi-bad"
    LATE = "late"
    NOT_LATE = "not late"
    NO_DUE_DATE = "no due date"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known on a day of one due item and its customer."""

    due_date: date | None
    last_movement_on: date | None = None
    insolvent_on: date | None = None
    closed_on: date | None = None
    in_court_on: date | None = None
    handed_over_on: date | None = None
    broken_promises: int = 0  # in the policy's window, ending on the day


@dataclass(frozen=True, slots=True)
class Decision:
    standing: Standing
    rule: Rule


def standing_of(facts: Facts, *, as_of: date, thresholds: Thresholds) -> Decision:
    """Days late count from the due date in force; the due day itself is still on time."""
    failed = any(_happened(day, as_of) for day in (facts.insolvent_on, facts.closed_on, facts.in_court_on))
    late = facts.due_date is not None and facts.due_date < as_of
    if late and not _awake(facts, as_of, thresholds):
        return Decision(Standing.DORMANT, Rule.NO_MOVEMENT)
    if failed:
        return Decision(Standing.BAD, Rule.CUSTOMER_FAILED)
    if facts.due_date is None:
        return Decision(Standing.UNPAID, Rule.NO_DUE_DATE)
    if not late:
        return Decision(Standing.UNPAID, Rule.NOT_LATE)
    days_late = (as_of - facts.due_date).days
    if days_late >= thresholds.bad:
        return Decision(Standing.BAD, Rule.LATE_BAD)
    if days_late >= thresholds.quasi_bad:
        return Decision(Standing.QUASI_BAD, Rule.LATE_QUASI_BAD)
    if facts.broken_promises >= thresholds.broken_promises:
        return Decision(Standing.QUASI_BAD, Rule.BROKEN_PROMISES)
    return Decision(Standing.OVERDUE, Rule.LATE)


def _awake(facts: Facts, as_of: date, thresholds: Thresholds) -> bool:
    """Dormancy needs a year of silence from a customer who is not insolvent, in court or handed over."""
    if any(_happened(day, as_of) for day in (facts.insolvent_on, facts.in_court_on, facts.handed_over_on)):
        return True
    silent_since = as_of - timedelta(days=thresholds.dormant)
    return facts.last_movement_on is not None and facts.last_movement_on > silent_since


def _happened(day: date | None, as_of: date) -> bool:
    return day is not None and day <= as_of
