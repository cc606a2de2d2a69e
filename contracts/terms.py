"""From what was agreed to the day on which it is due: every settlement method as a computable rule.

Days are calendar days and inclusive of nothing: "30 days" from 1 March is 31 March. The due day itself is on
time. Shares are decimals that sum to one; amounts are split so that they add up to the cent. Each method with its
parameters is told in docs/terms.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from common import days, money
from contracts import legal
from contracts.basis import STARTS, Basis
from contracts.parameters import (
    NotComputable,
    Parameters,
    day,
    one_of,
    only_known,
    positive_share,
    rows,
    share,
    stated,
    table,
    whole,
)
from contracts.settlement_days import Holidays, holidays_of, settlement_day

LEAP_DAY = date(1972, 2, 29)  # terms are tried on a day before any that they may name
ONE_TERM = ("two_deliveries", "periodic", "net", "fixed")  # laws leave instalments and the others free


@dataclass(frozen=True, slots=True)
class Due:
    """One dated part. `due_on` None means: not due yet (consignment before a count).

    Paid until `discount_until`, the customer may keep `discount_share` of it (0.02 is 2 per cent).
    """

    due_on: date | None
    share: Decimal
    derivation: str
    starts_on: date | None = None  # the day from which its term counts
    moved_from: date | None = None  # the day agreed, where nobody works on it
    discount_until: date | None = None
    discount_share: Decimal | None = None
    is_statutory: bool = False  # nothing was agreed: the term of the law
    is_before_invoice: bool = False  # due before there is an invoice: late on its first day


def schedule(method: str, parameters: Parameters, basis: Basis) -> list[Due]:
    """The due days of a delivery under a method. Raises NotComputable where the parameters do not suffice."""
    rule = _RULES.get(method) if isinstance(method, str) else None
    if rule is None:
        raise NotComputable(f"{method!r} is no settlement method")
    only_known(table(parameters, method), (*rule.keys, "holidays"), method)
    dues = rule.compute(parameters, basis)
    if sum((due.share for due in dues), Decimal(0)) != 1:
        raise NotComputable(f"{method}: the shares do not add up to 1")
    dues = _with_discount(dues, parameters)
    calendar = holidays_of(parameters)
    least = timedelta(whole(parameters, "min_days", 0))
    dues = [_moved(due, calendar, least) for due in dues] if calendar else dues
    return [_warned(due, basis) for due in dues] if method in ONE_TERM else dues


def is_computable(method: str, parameters: Parameters) -> bool:
    """Can a contract with these terms become active?"""
    try:
        schedule(method, parameters, Basis(LEAP_DAY))
    except NotComputable:
        return False
    return True


def is_due_before(method: str, parameters: Parameters, day: date) -> bool:
    """Is the fixed date of these terms before the day on which their contract begins?"""
    if method != "fixed" or not is_computable(method, parameters):
        return False
    return any(due.due_on is not None and due.due_on < day for due in schedule(method, parameters, Basis(day)))


def amounts(dues: Sequence[Due], amount: Decimal, currency: str) -> list[Decimal]:
    """The amount of each part; they add up to the whole."""
    return money.split(amount, [due.share for due in dues], currency)


def statutory(basis: Basis, country: str) -> list[Due]:
    """The legal term of the place, where no date was agreed; marked so. The act stands in the derivation."""
    period = legal.STATUTORY.get(country)
    if period is None:
        raise NotComputable(f"no date was agreed, and no statutory term is known of {country!r}")
    start = basis.day(period.counted_from)
    first = ", that day counted" if period.counts_first_day else ""
    told = f"statutory: {period.days} days from {_told(period.counted_from, start)}{first}; {period.act}"
    return [Due(period.last_day(basis), Decimal(1), told, start, is_statutory=True)]


def above_maximum(
    method: str, parameters: Parameters, dues: Sequence[Due], basis: Basis, country: str
) -> list[legal.AboveMaximum]:
    """Warnings of terms longer than the law allows; the day agreed counts, not where holidays moved it."""
    if method not in ONE_TERM:
        return []
    at_month_end = parameters.get("end_of_month", "none") != "none"
    agreed = [due.moved_from or due.due_on for due in dues]
    found = [legal.above_maximum(on, basis, country, at_month_end=at_month_end) for on in agreed if on]
    return [one for one in found if one]


def credit_days(method: str, parameters: Parameters, on: date) -> int | None:
    """For how long these terms leave goods of a day unpaid, as the trade names it: "60 days, month end" is 60.

    Settlement days and fixed dates name no days: they are counted from `on`. None: no day follows. It chooses among
    prices that were agreed by credit days (`contracts.pricing`).
    """
    named = _NAMED_DAYS.get(method)
    try:
        dues = schedule(method, parameters, Basis(on))
    except NotComputable:
        return None
    if named is not None:
        return named(parameters)
    days_on = [due.moved_from or due.due_on for due in dues]
    return max((max((day - on).days, 0) for day in days_on if day), default=None)


_NAMED_DAYS: dict[str, Callable[[Parameters], int]] = {
    "net": lambda parameters: whole(parameters, "days"),
    "two_deliveries": lambda parameters: whole(parameters, "max_days"),
    "consignment": lambda parameters: whole(parameters, "due_days", 0),  # from the sale on
}


# The methods


def _in_advance(parameters: Parameters, basis: Basis) -> list[Due]:
    first = positive_share(parameters, default="1")
    rest = whole(parameters, "rest_days", 0)
    dues = [Due(basis.invoiced_on, first, "before release", basis.invoiced_on)]
    if first < 1:
        told = f"the rest {rest} days from {_told('delivery', basis.delivery)}"
        dues.append(Due(basis.delivery + timedelta(rest), 1 - first, told, basis.delivery))
    return dues


def _cash_on_delivery(parameters: Parameters, basis: Basis) -> list[Due]:
    return _one(basis.delivery, "the day of delivery", basis.delivery)


def _two_deliveries(parameters: Parameters, basis: Basis) -> list[Due]:
    """Asking for the next delivery brings the day forward, once; never before the goods are there."""
    latest = whole(parameters, "max_days")
    whole(parameters, "open_batches", 1, least=1)
    due_on = basis.delivery + timedelta(latest)
    if parameters.get("next_asked_on") is not None:
        asked_on = day(parameters, "next_asked_on")
        if asked_on < due_on:
            told = f"the next delivery was asked for on {asked_on}"
            return _one(max(asked_on, basis.delivery), told, basis.delivery)
    return _one(due_on, f"at the latest {latest} days from {_told('delivery', basis.delivery)}", basis.delivery)


def _periodic(parameters: Parameters, basis: Basis) -> list[Due]:
    rule = parameters.get("rule")
    if not isinstance(rule, str):
        raise NotComputable(f"rule: expected days such as 'monthly 25', got {stated(parameters, 'rule', rule)}")
    earliest = basis.delivery + timedelta(whole(parameters, "min_days", 0))
    calendar = holidays_of(parameters) or Holidays()
    told = f"{rule}, the first from {earliest} on"
    return _one(settlement_day(rule, earliest, calendar.country), told, basis.delivery)


def _net(parameters: Parameters, basis: Basis) -> list[Due]:
    count = whole(parameters, "days")
    kind = one_of(parameters, "from", STARTS, "invoice")
    month_end = one_of(parameters, "end_of_month", ("none", "before", "after"), "none")
    start = basis.day(kind)
    told = _told(kind, start)
    if month_end == "before":  # month end, then days
        end = days.month_end(start)
        return _one(end + timedelta(count), f"end of the month of {told}, then {count} days", end)
    if month_end == "after":  # days, then month end
        return _one(days.month_end(start + timedelta(count)), f"{count} days from {told}, then month end", start)
    return _one(start + timedelta(count), f"{count} days from {told}", start)


def _fixed(parameters: Parameters, basis: Basis) -> list[Due]:
    return _one(day(parameters, "date"), "the agreed date", basis.invoiced_on)


def _instalments(parameters: Parameters, basis: Basis) -> list[Due]:
    kind = one_of(parameters, "from", STARTS, "invoice")
    start = basis.day(kind)
    parts = rows(parameters.get("parts"), "parts")
    dues = []
    for place, part in enumerate(parts, start=1):
        only_known(part, ("share", "days"), "parts")
        count = whole(part, "days")
        told = f"part {place} of {len(parts)}, {count} days from {_told(kind, start)}"
        dues.append(Due(start + timedelta(count), positive_share(part), told, start))
    return dues


def _consignment(parameters: Parameters, basis: Basis) -> list[Due]:
    """Due is what a count found sold. What is left after the last day comes back, or is bought on it."""
    last_on = basis.delivery + timedelta(whole(parameters, "max_days", least=1))
    is_bought = one_of(parameters, "rest", ("returned", "bought"), "returned") == "bought"
    term = timedelta(whole(parameters, "due_days", 0))
    left = Decimal(1)
    dues = []
    for count in rows(parameters.get("counted", ()), "counted"):
        only_known(count, ("on", "share"), "counted")
        counted_on, sold = day(count, "on"), share(count)
        if counted_on < basis.delivery:
            raise NotComputable(f"counted: {counted_on} is before the delivery of {basis.delivery}")
        left -= sold
        due_on = min(counted_on, last_on) if is_bought else counted_on
        if sold:
            dues.append(Due(due_on + term, sold, f"counted as sold on {counted_on}", due_on))
    if left < 0:
        raise NotComputable("counted: more was counted as sold than delivered")
    if left and is_bought:
        dues.append(Due(last_on + term, left, f"not sold by {last_on}: bought", last_on))
    elif left:
        dues.append(Due(None, left, f"not sold yet: stock until {last_on}, then returned"))
    return dues


def _one(due_on: date, derivation: str, starts_on: date) -> list[Due]:
    return [Due(due_on, Decimal(1), derivation, starts_on)]


_STARTS = {"invoice": "invoice of", "delivery": "delivery of", "receipt": "receipt of the invoice on"}


def _told(kind: str, start: date) -> str:
    return f"the {_STARTS.get(kind, 'day when goods and invoice were there,')} {start}"


@dataclass(frozen=True, slots=True)
class _Rule:
    compute: Callable[[Parameters, Basis], list[Due]]
    keys: tuple[str, ...] = ()


_RULES = {
    "in_advance": _Rule(_in_advance, ("share", "rest_days")),
    "cash_on_delivery": _Rule(_cash_on_delivery),
    "two_deliveries": _Rule(_two_deliveries, ("max_days", "open_batches", "next_asked_on", "discount")),
    "periodic": _Rule(_periodic, ("rule", "min_days", "discount")),
    "net": _Rule(_net, ("days", "from", "end_of_month", "discount")),
    "fixed": _Rule(_fixed, ("date", "discount")),
    "instalments": _Rule(_instalments, ("parts", "from", "discount")),
    "consignment": _Rule(_consignment, ("max_days", "counted", "rest", "due_days")),
}


# What every method may carry


def _with_discount(dues: list[Due], parameters: Parameters) -> list[Due]:
    """Counted from where the term counts; a part due before that day keeps it no longer than it is due."""
    if "discount" not in parameters:
        return dues
    stated = table(parameters["discount"], "discount")
    only_known(stated, ("share", "days"), "discount")
    kept, count = positive_share(stated), whole(stated, "days")
    if kept == 1:
        raise NotComputable("discount: a share of 1 would leave nothing to pay")
    term = parameters.get("days", parameters.get("max_days", count))
    if count > term and parameters.get("end_of_month") != "after":
        raise NotComputable(f"discount: {count} days are longer than the term of {term}")
    return [
        replace(due, discount_until=min(due.starts_on + timedelta(count), due.due_on), discount_share=kept)
        if due.due_on and due.starts_on
        else due
        for due in dues
    ]


def _moved(due: Due, calendar: Holidays, least: timedelta) -> Due:
    """`least`: days that must have passed since the start; a day moved back keeps them."""
    if due.due_on is None or due.starts_on is None:
        return due
    due_on = calendar.moved(due.due_on, due.starts_on + least)
    until = due.discount_until and min(calendar.moved(due.discount_until, due.starts_on), due_on)
    if due_on == due.due_on:
        return replace(due, discount_until=until)
    told = f"{due.derivation}; moved from {due.due_on}, no working day"
    return replace(due, due_on=due_on, discount_until=until, moved_from=due.due_on, derivation=told)


def _warned(due: Due, basis: Basis) -> Due:
    """A slip of the pen, or a day that an earlier event set: whoever reads the day must see that it is odd."""
    if due.due_on is None or due.due_on >= basis.invoiced_on:
        return due
    told = f"{due.derivation}; warning: before the invoice of {basis.invoiced_on}"
    return replace(due, is_before_invoice=True, derivation=told)
