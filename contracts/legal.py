"""What the law says where the parties did not: the term without an agreed date, and the longest that may be agreed.

Between businesses, the buyer not an authority. Rows are facts with their act: a change of law is a change of a row.
Terms of single trades (perishable food, transport) and acceptance procedures are not here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from common import days
from contracts.basis import Basis


class Longer(StrEnum):
    """When a term above the maximum holds all the same."""

    NEVER = "never"
    EXPRESSLY = "expressly agreed and not grossly unfair"
    FAIR = "not grossly unfair"
    REASONABLE = "reasonable by custom of the trade; the limit protects small sellers from large buyers"


@dataclass(frozen=True, slots=True)
class Period:
    """So many days from a day of `Basis`. British periods "begin with" it: that day is the first of them."""

    days: int
    counted_from: str
    act: str
    counts_first_day: bool = False

    def last_day(self, basis: Basis) -> date:
        return basis.day(self.counted_from) + timedelta(self.days - self.counts_first_day)


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where terms end with a month, some laws have a limit of their own: `month_end_days`, counted either way."""

    period: Period
    longer: Longer
    month_end_days: int | None = None

    def last_day(self, basis: Basis, *, at_month_end: bool = False) -> date:
        latest = self.period.last_day(basis)
        if not at_month_end or self.month_end_days is None:
            return latest
        start, more = basis.day(self.period.counted_from), timedelta(self.month_end_days)
        return max(latest, days.month_end(start) + more, days.month_end(start + more))


UK_ACT = "Late Payment of Commercial Debts (Interest) Act 1998"

# Without an agreed date the customer is late from the day after.
STATUTORY = {
    "BE": Period(30, "both", "Loi du 2 août 2002, art. 4 § 1"),
    "CN": Period(0, "delivery", "民法典第六百二十八条"),  # whoever receives goods pays at the same time
    "DE": Period(30, "both", "BGB § 286 (3)"),  # due at once (§ 271), in default after 30 days without a reminder
    "ES": Period(30, "delivery", "Ley 3/2004, art. 4.1"),  # even where the invoice came before
    "FR": Period(30, "delivery", "Code de commerce, art. L441-10 I"),
    "GB": Period(30, "both", f"{UK_ACT}, s. 4(2A)", counts_first_day=True),
    "IE": Period(30, "both", "S.I. No. 580/2012"),
    "IT": Period(30, "both", "D.Lgs. 231/2002, art. 4(2)"),
    "PT": Period(30, "both", "Decreto-Lei 62/2013, art. 4"),
}

MAXIMUM = {
    "BE": Maximum(Period(60, "both", "Loi du 2 août 2002, art. 4 § 1"), Longer.NEVER),
    "CN": Maximum(Period(60, "delivery", "保障中小企业款项支付条例（2025年修订）第九条"), Longer.REASONABLE),
    "DE": Maximum(Period(60, "both", "BGB § 271a (1)"), Longer.EXPRESSLY),
    "ES": Maximum(Period(60, "delivery", "Ley 3/2004, art. 4.3"), Longer.NEVER),
    "FR": Maximum(Period(60, "invoice", "Code de commerce, art. L441-10 I"), Longer.NEVER, month_end_days=45),
    "GB": Maximum(Period(60, "both", f"{UK_ACT}, s. 4(2E)", counts_first_day=True), Longer.FAIR),
    "IE": Maximum(Period(60, "both", "S.I. No. 580/2012"), Longer.EXPRESSLY),
    "IT": Maximum(Period(60, "both", "D.Lgs. 231/2002, art. 4(3)"), Longer.EXPRESSLY),
    "PT": Maximum(Period(60, "both", "Decreto-Lei 62/2013, art. 4"), Longer.EXPRESSLY),
}


@dataclass(frozen=True, slots=True)
class AboveMaximum:
    """A warning, never a refusal: what was agreed stays the due date until somebody decides."""

    due_on: date
    latest_on: date
    days_over: int
    act: str
    longer: Longer


def above_maximum(due_on: date, basis: Basis, country: str, *, at_month_end: bool = False) -> AboveMaximum | None:
    """None where the law is kept, and where the law of the place is not known here."""
    maximum = MAXIMUM.get(country)
    if maximum is None:
        return None
    latest_on = maximum.last_day(basis, at_month_end=at_month_end)
    if due_on <= latest_on:
        return None
    return AboveMaximum(due_on, latest_on, (due_on - latest_on).days, maximum.period.act, maximum.longer)
