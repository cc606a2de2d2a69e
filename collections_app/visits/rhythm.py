"""What a customer does as a rule, learned from its payments and deliveries: on which days and at what hour it pays,
how late, how often it buys, when it will buy again.

Pure: dated facts of one customer in, figures out, each with the number of observations it rests on. Below four
observations there is none: "not enough data". Medians and likelihoods, not means: one odd payment in seven moves
nothing. Where the newer observations keep to another rhythm than the older ones, the newer ones alone are learned from,
and the figure says since which day. Days late are calendar days after the agreed due day; times are local.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import groupby, pairwise
from math import log
from statistics import median, quantiles
from typing import Generic, TypeVar

from collections_app.visits.payout_days import LEAST, Payout, Seen, best_fit, next_day

MOST = 36  # the newest so many payments, and deliveries, are looked at
SPLITS = 8  # so many days of change are tried
GAIN = 4.0  # by so much (logarithm) two rhythms must explain more than one does
SHIFT = 5.0  # the same of two middles of days late, or of a purchase cycle
MISSES = 2  # so many payments in a row that do not keep to the rhythm raise the question
SAME_DELIVERY = 2  # goods that come within so many days are one delivery
STOPPED = 3  # so many cycles without a delivery: nobody expects one any more
HALF_HOUR = 30

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Paid:
    """Money of a day, with the agreed due days of what it settled; `at`: when a receipt was written, where one was."""

    on: date
    due_on: tuple[date, ...] = ()
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Figure(Generic[Value]):
    """Something learned. Without a value there are too few observations, or they say nothing."""

    value: Value | None = None
    observations: int = 0
    drift_since: date | None = None  # it was another before this day

    @property
    def is_enough(self) -> bool:
        return self.observations >= LEAST


@dataclass(frozen=True, slots=True)
class Hours:
    """Between which times of the day half of all payments are made."""

    starts_at: time
    ends_at: time


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything that is learned of a customer."""

    payout: Figure[Payout] = field(default_factory=Figure)
    hours: Figure[Hours] = field(default_factory=Figure)
    delay: Figure[int] = field(default_factory=Figure)  # days late, the middle; negative: early
    cycle: Figure[int] = field(default_factory=Figure)  # days from one delivery to the next
    restock_on: Figure[date] = field(default_factory=Figure)
    last_paid_on: date | None = None

    @property
    def settlement_days(self) -> tuple[str, ...]:
        """In the words of `contracts.terms`; none where it pays on no fixed day, or nobody knows."""
        return self.payout.value.rules if self.payout.value else ()


def learn(paid: Sequence[Paid], delivered: Sequence[date], *, as_of: date, country: str = "") -> Learned:
    """From what is known of the customer up to a day. `country` is whose working days count."""
    known = sorted((one for one in paid if one.on <= as_of), key=lambda one: one.on)
    bought = sorted(day for day in delivered if day <= as_of)
    cycle, last = _cycle(bought)
    return Learned(
        payout=_payout(known, country),
        hours=_hours(known),
        delay=_delay(known),
        cycle=cycle,
        restock_on=_restock(cycle, last, as_of),
        last_paid_on=known[-1].on if known else None,
    )


def next_payout(learned: Learned, after: date, *, due_on: date | None = None, country: str = "") -> date | None:
    """The next day on which it pays, later than `after`; with `due_on` the day on which that will be paid.

    None where too little is known; and where it pays on no fixed day, without a due day.
    """
    payout, last = learned.payout.value, learned.last_paid_on
    return None if payout is None else next_day(payout, after, due_on=due_on, last_paid_on=last, country=country)


# The pay-out day


def _payout(known: Sequence[Paid], country: str) -> Figure[Payout]:
    """Several payments of a day are one pay-out."""
    days: dict[date, date | None] = {}
    for one in known:
        due = [day for day in (days.get(one.on), *one.due_on) if day is not None]
        days[one.on] = min(due, default=None)
    seen = [Seen(on, due_on) for on, due_on in days.items()][-MOST:]
    if len(seen) < LEAST:
        return Figure(observations=len(seen))
    whole = best_fit(seen, country)
    found, since, best = whole, None, whole.likelihood + GAIN
    for at in _turns(whole.keeps):
        older, newer = best_fit(seen[:at], country), best_fit(seen[at:], country)
        together = older.likelihood + newer.likelihood
        if together > best and older.payout != newer.payout:
            best, found, since = together, newer, seen[at].on
    return Figure(found.payout, len(found.keeps), since)


def _turns(keeps: Sequence[bool]) -> list[int]:
    """Where the rhythm may have changed: from where on several payments in a row do not keep to it, or do again."""
    found: set[int] = set()
    start = 0
    for kept, run in groupby(keeps):
        end = start + len(list(run))
        if not kept and end - start >= MISSES:
            found |= {start, end}
        start = end
    return sorted(at for at in found if LEAST <= at <= len(keeps) - LEAST)[-SPLITS:]


# Hour and delay


def _hours(known: Sequence[Paid]) -> Figure[Hours]:
    """From the first to the third quarter of what receipts say, to the half hour outwards."""
    minutes = [one.at.hour * 60 + one.at.minute for one in known if one.at is not None][-MOST:]
    if len(minutes) < LEAST:
        return Figure(observations=len(minutes))
    low, _middle, high = quantiles(minutes, n=4, method="inclusive")
    start = int(low // HALF_HOUR * HALF_HOUR)
    end = min(int(-(-high // HALF_HOUR) * HALF_HOUR), 24 * 60 - 1)
    return Figure(Hours(_time(start), _time(max(end, start + HALF_HOUR))), len(minutes))


def _time(minute: int) -> time:
    minute = min(minute, 24 * 60 - 1)
    return time(minute // 60, minute % 60)


def _delay(known: Sequence[Paid]) -> Figure[int]:
    late = [(one.on, (one.on - due_on).days) for one in known for due_on in one.due_on][-MOST:]
    return _middle(late)


def _middle(dated: Sequence[tuple[date, int]]) -> Figure[int]:
    """The median of what has been so since its last change."""
    if len(dated) < LEAST:
        return Figure(observations=len(dated))
    values = [value for _day, value in dated]
    at = _changed_at(values)
    return Figure(round(median(values[at:])), len(values) - at, dated[at][0] if at else None)


def _changed_at(values: Sequence[int]) -> int:
    """From which place on the values lie around another middle; 0 where they always lay around one."""
    usual = max(1.0, median(abs(one - before) for before, one in pairwise(values)))
    best, found = _cost(values, usual) - SHIFT, 0
    for at in range(LEAST, len(values) - LEAST + 1):
        cost = _cost(values[:at], usual) + _cost(values[at:], usual)
        if cost < best:
            best, found = cost, at
    return found


def _cost(values: Sequence[int], usual: float) -> float:
    """How badly one middle explains the values. `usual` is the distance of two that follow each other; far ones count
    little more than near ones, so that one of them makes no change.
    """
    middle = median(values)
    return sum(log(1 + abs(value - middle) / usual) for value in values)


# What is bought


def _cycle(bought: Sequence[date]) -> tuple[Figure[int], date | None]:
    """Days from one delivery to the next, and the last delivery. Parts that follow at once belong to the first."""
    starts: list[date] = []
    last: date | None = None
    for day in bought:
        if last is None or (day - last).days > SAME_DELIVERY:
            starts.append(day)
        last = day
    starts = starts[-MOST:]
    if len(starts) < LEAST:
        return Figure(observations=len(starts)), last
    apart = [(day, (day - before).days) for before, day in pairwise(starts)]
    found = _middle(apart)
    if found.value is None:  # four deliveries make three distances
        return Figure(round(median(distance for _day, distance in apart)), len(starts)), last
    return Figure(found.value, found.observations + 1, found.drift_since), last


def _restock(cycle: Figure[int], last: date | None, as_of: date) -> Figure[date]:
    """A cycle after the last delivery, even if that day has passed; none where it stopped buying long ago."""
    if cycle.value is None or last is None or (as_of - last).days > STOPPED * cycle.value:
        return Figure(observations=cycle.observations)
    return Figure(last + timedelta(cycle.value), cycle.observations, cycle.drift_since)
