"""When a promise counts as kept, and until when it may be paid."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from common import days
from common.money import ZERO


class Fate(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Verdict:
    fate: Fate
    on: date | None  # the day it was kept or broken


def grace_until(promised_on: date, *, method: str, country: str, cash_days: int, other_days: int) -> date:
    """The last day on which the promise still counts as kept; grace is in working days of the business's country."""
    return days.add_working_days(promised_on, cash_days if method == "cash" else other_days, country)


def fate_of(
    *,
    promised: Decimal,
    paid: Decimal,
    paid_in_full_on: date | None,
    grace_until: date,
    as_of: date,
    covered: Decimal = ZERO,
) -> Verdict:
    """A promise is kept when its whole amount arrived by the last day of grace, broken on the day after.

    While a receipt or paper that was given in time covers what is missing (`covered`), it is not broken.
    """
    if paid >= promised and paid_in_full_on is not None and paid_in_full_on <= grace_until:
        return Verdict(Fate.KEPT, paid_in_full_on)
    in_time = covered > ZERO and (paid_in_full_on is None or paid_in_full_on <= grace_until)
    if as_of > grace_until and not (in_time and paid + covered >= promised):
        return Verdict(Fate.BROKEN, grace_until + days.ONE_DAY)
    return Verdict(Fate.OPEN, None)
