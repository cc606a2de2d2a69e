"""The figures of the board as rules: values in, a figure or None (undefined, never zero) out."""

from dataclasses import dataclass
from decimal import Decimal

from common.money import ZERO

SALES_DAYS = 90


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Part of a whole; undefined where the whole is not above zero."""
    return part / whole if whole > ZERO else None


@dataclass(frozen=True, slots=True)
class DaysSales:
    """Days of sales outstanding: as it is, and the best possible where nothing were late."""

    actual: Decimal
    best: Decimal

    @property
    def delinquent(self) -> Decimal:
        return self.actual - self.best


def days_sales(*, receivables: Decimal, not_due: Decimal, sales: Decimal, days: int = SALES_DAYS) -> DaysSales | None:
    """Open ÷ credit sales of the last days × those days. All amounts with VAT, in one currency."""
    if sales <= ZERO:
        return None
    return DaysSales(receivables / sales * days, not_due / sales * days)


def effectiveness(*, opening: Decimal, sales: Decimal, closing: Decimal, closing_not_due: Decimal) -> Decimal | None:
    """(opening + sales − closing) ÷ (opening + sales − closing not due): of what could be collected, what was."""
    could = opening + sales - closing_not_due
    return (opening + sales - closing) / could if could > ZERO else None
