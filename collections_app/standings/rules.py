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


#: By how grave they are for what is done about a customer; someone asleep is asked for less than a bad debtor.
WORST_FIRST = ("bad", "quasi-bad", "dormant", "overdue", "unpaid")


class Rule(StrEnum):
    """Which condition decided."""

    OVERRIDE = "override"  # a person decided
    NO_MOVEMENT = "no movement"
    CUSTOMER_FAILED = "customer failed"  # insolvent, closed or in court
    LATE_BAD = "late bad"
    LATE_QUASI_BAD = "late quasi-bad"
    BROKEN_PROMISES = "broken promises"
    SEVERE_WARNING = "severe warning"
    REFUSED_CONFIRMATION = "refused confirmation"
    LATE = "late"
    NOT_LATE = "not late"
    NO_DUE_DATE = "no due date"


#: The standing that each rule gives; an override carries its own.
GIVES = {
    Rule.NO_MOVEMENT: Standing.DORMANT,
    Rule.CUSTOMER_FAILED: Standing.BAD,
    Rule.LATE_BAD: Standing.BAD,
    Rule.LATE_QUASI_BAD: Standing.QUASI_BAD,
    Rule.BROKEN_PROMISES: Standing.QUASI_BAD,
    Rule.SEVERE_WARNING: Standing.QUASI_BAD,
    Rule.REFUSED_CONFIRMATION: Standing.QUASI_BAD,
    Rule.LATE: Standing.OVERDUE,
    Rule.NOT_LATE: Standing.UNPAID,
    Rule.NO_DUE_DATE: Standing.UNPAID,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known on a day of one due item and its customer: conditions and warnings that run on that day."""

    due_date: date | None  # the one in force
    last_movement_on: date | None = None  # of the customer
    is_insolvent: bool = False
    is_closed: bool = False
    is_in_court: bool = False
    is_handed_over: bool = False
    broken_promises: int = 0  # in the policy's window, ending on the day
    has_severe_warning: bool = False  # one that counts fully
    has_refused_balance: bool = False  # the newest answer to a balance confirmation
    override: Standing | None = None  # a person's decision that holds on the day


@dataclass(frozen=True, slots=True)
class Decision:
    standing: Standing
    rule: Rule


def standing_of(facts: Facts, *, as_of: date, thresholds: Thresholds) -> Decision:
    """Days late count from the due date in force; the due day itself is still on time."""
    if facts.override is not None:
        return Decision(facts.override, Rule.OVERRIDE)
    rule = _rule(facts, as_of, thresholds)
    return Decision(GIVES[rule], rule)


def _rule(facts: Facts, as_of: date, thresholds: Thresholds) -> Rule:
    due = facts.due_date
    late = due is not None and due < as_of
    if late and _sleeps(facts, as_of, thresholds):
        return Rule.NO_MOVEMENT
    if facts.is_insolvent or facts.is_closed or facts.is_in_court:
        return Rule.CUSTOMER_FAILED
    if due is None:
        return Rule.NO_DUE_DATE
    if not late:
        return Rule.NOT_LATE
    days_late = (as_of - due).days
    if days_late >= thresholds.bad:
        return Rule.LATE_BAD
    if days_late >= thresholds.quasi_bad:
        return Rule.LATE_QUASI_BAD
    if facts.broken_promises >= thresholds.broken_promises:
        return Rule.BROKEN_PROMISES
    if facts.has_severe_warning:
        return Rule.SEVERE_WARNING
    if facts.has_refused_balance:
        return Rule.REFUSED_CONFIRMATION
    return Rule.LATE


def _sleeps(facts: Facts, as_of: date, thresholds: Thresholds) -> bool:
    """Dormancy needs a year of silence from a customer who is not insolvent, in court or handed over."""
    if facts.is_insolvent or facts.is_in_court or facts.is_handed_over:
        return False
    silent_since = as_of - timedelta(days=thresholds.dormant)
    return facts.last_movement_on is None or facts.last_movement_on <= silent_since
