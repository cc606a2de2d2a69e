"""From what was agreed to the day on which it is due: every settlement method as a computable rule.

Days are calendar days and inclusive of nothing: "30 days" from 1 March is 31 March. The due day itself is on
time. Shares are decimals that sum to one; amounts are split so that they add up to the cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from common import days, money

Parameters = Mapping[str, Any]
NTH = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class NotComputable(ValueError):
    """No due date follows from these parameters; the message says which one is wrong."""


@dataclass(frozen=True, slots=True)
class Due:
    """One dated part. `due_on` None means: not due yet (consignment before a count)."""

    due_on: date | None
    share: Decimal
    derivation: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The days from which terms count."""

    invoiced_on: date
    delivered_on: date | None = None
    received_on: date | None = None

    def day(self, kind: str) -> date:
        wanted = {"invoice": self.invoiced_on, "delivery": self.delivered_on, "receipt": self.received_on}
        if kind not in wanted:
            raise NotComputable(f"from: {kind!r} is none of invoice, delivery, receipt")
        return wanted[kind] or self.invoiced_on

    @property
    def delivery(self) -> date:
        return self.delivered_on or self.invoiced_on


def schedule(method: str, parameters: Parameters, basis: Basis) -> list[Due]:
    """The due days of a delivery under a method. Raises NotComputable where the parameters do not suffice."""
    try:
        rule = _RULES[method]
    except KeyError:
        raise NotComputable(f"{method!r} is no settlement method") from None
    try:
        dues = rule(parameters, basis)
    except (KeyError, TypeError, ArithmeticError) as error:
        raise NotComputable(f"{method}: {error}") from error
    if sum((due.share for due in dues), Decimal(0)) != 1:
        raise NotComputable(f"{method}: the shares do not add up to 1")
    return [_rolled(due, parameters.get("holidays")) for due in dues]


def is_computable(method: str, parameters: Parameters) -> bool:
    """Can a contract with these terms become active?"""
    try:
        schedule(method, parameters, Basis(date(2024, 2, 29), date(2024, 2, 29), date(2024, 2, 29)))
    except (NotComputable, ValueError):
        return False
    return True


def amounts(dues: Sequence[Due], amount: Decimal, currency: str) -> list[Decimal]:
    """The amount of each part; they add up to the whole."""
    return money.split(amount, [due.share for due in dues], currency)


def _whole(parameters: Parameters, name: str, default: int | None = None) -> int:
    value = parameters.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise NotComputable(f"{name}: expected whole days, got {value!r}")
    return value


def _one(due_on: date | None, derivation: str) -> list[Due]:
    return [Due(due_on, Decimal(1), derivation)]


def _in_advance(parameters: Parameters, basis: Basis) -> list[Due]:
    share = Decimal(str(parameters.get("share", "1")))
    if not 0 < share <= 1:
        raise NotComputable(f"share: {share} is not between 0 and 1")
    dues = [Due(basis.invoiced_on, share, "before release")]
    if share < 1:
        rest = _whole(parameters, "rest_days", 0)
        dues.append(Due(basis.delivery + timedelta(rest), 1 - share, f"the rest {rest} days after delivery"))
    return dues


def _cash_on_delivery(parameters: Parameters, basis: Basis) -> list[Due]:
    return _one(basis.delivery, "the day of delivery")


def _two_deliveries(parameters: Parameters, basis: Basis) -> list[Due]:
    latest = _whole(parameters, "max_days")
    _whole(parameters, "open_batches", 1)
    due_on = basis.delivery + timedelta(latest)
    asked = parameters.get("next_asked_on")
    if asked is not None:
        asked_on = asked if isinstance(asked, date) else date.fromisoformat(asked)
        if basis.delivery <= asked_on < due_on:
            return _one(asked_on, "the next delivery was asked for")
    return _one(due_on, f"at the latest {latest} days after delivery")


def _periodic(parameters: Parameters, basis: Basis) -> list[Due]:
    rule = str(parameters["rule"])
    earliest = basis.delivery + timedelta(_whole(parameters, "min_days", 0))
    country = (parameters.get("holidays") or {}).get("country", "")
    return _one(settlement_day(rule, earliest, country), f"{rule}, from {earliest.isoformat()} on")


def settlement_day(rule: str, earliest: date, country: str = "") -> date:
    """The first day not before `earliest` on which a rule falls.

    Rules: "monthly 25", "last-working-day", "2nd tuesday", "weekly tue".
    """
    words = rule.lower().split()
    if len(words) == 2 and words[0] == "weekly":
        weekday = _weekday(words[1])
        return earliest + timedelta((weekday - earliest.weekday()) % 7)
    for month in range(14):
        first = _month_after(earliest, month)
        day = _in_month(words, first, country)
        if day is not None and day >= earliest:
            return day
    raise NotComputable(f"rule: {rule!r} never falls on a day")


def _in_month(words: Sequence[str], first: date, country: str) -> date | None:
    if words == ["last-working-day"]:
        return days.last_working_day(first.year, first.month, country)
    if len(words) == 2 and words[0] == "monthly" and words[1].isdigit() and 1 <= int(words[1]) <= 31:
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


def _net(parameters: Parameters, basis: Basis) -> list[Due]:
    count = _whole(parameters, "days")
    start = basis.day(parameters.get("from", "invoice"))
    month_end = parameters.get("end_of_month", "none")
    if month_end == "none":
        return _one(start + timedelta(count), f"{count} days from {start.isoformat()}")
    if month_end == "before":  # month end, then days
        return _one(days.month_end(start) + timedelta(count), f"end of month of {start.isoformat()} + {count} days")
    if month_end == "after":  # days, then month end
        return _one(days.month_end(start + timedelta(count)), f"{start.isoformat()} + {count} days, then month end")
    raise NotComputable(f"end_of_month: {month_end!r} is none of none, before, after")


def _fixed(parameters: Parameters, basis: Basis) -> list[Due]:
    value = parameters["date"]
    return _one(value if isinstance(value, date) else date.fromisoformat(str(value)), "the agreed date")


def _instalments(parameters: Parameters, basis: Basis) -> list[Due]:
    parts = parameters["parts"]
    return [
        Due(
            basis.invoiced_on + timedelta(_whole(part, "days")),
            Decimal(str(part["share"])),
            f"part {place} of {len(parts)}, {part['days']} days",
        )
        for place, part in enumerate(parts, start=1)
    ]


def _consignment(parameters: Parameters, basis: Basis) -> list[Due]:
    _whole(parameters, "max_days")
    counted = [
        Due(date.fromisoformat(str(count["on"])), Decimal(str(count["share"])), "counted as sold")
        for count in parameters.get("counted", ())
    ]
    rest = 1 - sum((due.share for due in counted), Decimal(0))
    return [*counted, Due(None, rest, "not sold yet: stock, not due")] if rest else counted


def _rolled(due: Due, calendar: Parameters | None) -> Due:
    if not calendar or due.due_on is None:
        return due
    forward = calendar.get("roll", "forward") != "back"
    return Due(days.roll(due.due_on, calendar.get("country", ""), forward=forward), due.share, due.derivation)


_RULES = {
    "in_advance": _in_advance,
    "cash_on_delivery": _cash_on_delivery,
    "two_deliveries": _two_deliveries,
    "periodic": _periodic,
    "net": _net,
    "fixed": _fixed,
    "instalments": _instalments,
    "consignment": _consignment,
}
