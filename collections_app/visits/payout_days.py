"""On which days a customer pays, from the days on which it has paid: rules in the words of `contracts.terms`.

Pure. Every explanation that the days suggest (a weekday, a day of the month, an n-th weekday, the last working day,
two of a kind, or so many days after the due day and no fixed day at all) is asked how likely it makes what was seen,
and the likeliest one is taken. A share of the payments may be anything: a rule is not dropped because one payment in
seven came early or late. Lags are calendar days; how far a payment is off is counted in working days of `country`.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations
from math import log
from statistics import median_low

from common import days
from contracts.settlement_days import NTH, settlement_day

EARLY = 5  # working days before its day on which a payment may come and still be that day's
LEAST = 4  # fewer payments than these say nothing
ODD = 0.15  # share of payments that follow no rule
ANY_DAY = ODD / 40  # how likely such a one is on any day near
STRAYS = 0.08  # of those that follow it, so many are a working day off
LINKED = (0.95, 0.5)  # how surely a customer takes the first pay-out day after the due day, and not another one
NEAR_MONTHS = 4  # the others lie within so many months
SPREADS = (0.02, 0.2, 0.45, 0.7, 0.85)  # without a fixed day: how slowly likelihood falls from day to day
LAGS = 40  # so many lags are as likely as none together
TWO_OF_A_KIND = 3  # two pay-out days are supposed only where at least so many payments fell on each
WEEKLY, MONTHLY, LAST = "weekly", "monthly", "last-working-day"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Payout:
    """On the first day of the `rules` that lies `lag` days after the due day or later; without rules on that day.

    Where nobody works on it, the working day after it (`forward`) or before it.
    """

    rules: tuple[str, ...] = ()
    lag: int = 0
    forward: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """A day on which the customer paid, and the earliest due day of what it settled, where it settled anything."""

    on: date
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """A way to pay, how likely it makes what was seen (logarithm), and which payments keep to it."""

    payout: Payout
    likelihood: float
    keeps: tuple[bool, ...]


def next_day(
    payout: Payout, after: date, *, due_on: date | None = None, last_paid_on: date | None = None, country: str = ""
) -> date | None:
    """The next day on which it pays: later than `after`, and the first one for what is due on `due_on`.

    Without a due day a payment that came a little before its day has been that day's: it is not expected again.
    None where only a due day could say it and there is none.
    """
    if due_on is None:
        return _next_of_rules(payout, after, last_paid_on, country) if payout.rules else None
    earliest = due_on + timedelta(payout.lag)
    if not payout.rules:
        found = days.roll(earliest, country)
        return found if found > after else days.roll(after + days.ONE_DAY, country)
    start = max(earliest, after - timedelta(7))  # a day off may have moved it past `after`
    calendar = _calendar(payout.rules, payout.forward, country, start.year - 1, start.year + 2)
    place = bisect_left(calendar.stated, start)
    return next(day for day in calendar.paid[place:] if day > after)


def _next_of_rules(payout: Payout, after: date, last_paid_on: date | None, country: str) -> date:
    calendar = _calendar(payout.rules, payout.forward, country, after.year - 1, after.year + 2)
    place = bisect_right(calendar.paid, after)
    if last_paid_on is not None and not _is_weekly(payout.rules):
        early = days.working_days_between(last_paid_on, calendar.paid[place], country)
        place += last_paid_on <= after and 0 < early <= EARLY
    return calendar.paid[place]


def best_fit(seen: Sequence[Seen], country: str = "") -> Fit:
    """The likeliest way to pay. The order of `seen` is that of `keeps`."""
    fits = [_fit_of_rules(seen, rules, forward, country) for rules, forward in _candidates(seen, country)]
    if any(one.due_on for one in seen):
        fits.append(_fit_without_rule(seen, country))
    if not fits:
        return Fit(Payout(), float("-inf"), (False,) * len(seen))
    return max(fits, key=lambda fit: fit.likelihood)


# The calendar of rules


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The days of rules over some years, in order: as stated, and where they go when nobody works."""

    stated: tuple[date, ...]
    paid: tuple[date, ...]


@lru_cache(maxsize=4096)
def _calendar(rules: tuple[str, ...], forward: bool, country: str, first: int, last: int) -> _Calendar:
    """From the begin of the first year to the end of the last."""
    stated = sorted({day for rule in rules for year in range(first, last + 1) for day in _days_of(rule, country, year)})
    stays = SATURDAY if _is_weekly(rules) else SATURDAY + 2  # from this weekday on no day is moved
    paid = [day if day.weekday() >= stays else _moved(day, forward, country) for day in stated]
    return _Calendar(tuple(stated), tuple(paid))


def _is_weekly(rules: tuple[str, ...]) -> bool:
    """Whoever pays on Saturdays works on Saturdays."""
    return rules[0].startswith(WEEKLY)


@lru_cache(maxsize=65536)
def _moved(day: date, forward: bool, country: str) -> date:
    return days.roll(day, country, forward=forward)


@lru_cache(maxsize=4096)
def _days_of(rule: str, country: str, year: int) -> tuple[date, ...]:
    found = []
    day = settlement_day(rule, date(year, 1, 1), country)
    while day.year == year:
        found.append(day)
        day = settlement_day(rule, day + days.ONE_DAY, country)
    return tuple(found)


# Which rules come into question


def _candidates(seen: Sequence[Seen], country: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Rules on which many of the days lie, one or two of a kind, and where they go when nobody works."""
    counted: Counter[tuple[str, bool]] = Counter()
    for one in seen:
        counted.update(_rules_of(one.on, country))
    for (rule, forward), number in counted.items():
        if number >= max(2, 0.4 * len(seen)):
            yield (rule,), forward
    for kind in (WEEKLY, MONTHLY):
        for forward in (True, False):
            usual = [
                (number, rule)
                for (rule, way), number in counted.items()
                if way == forward and rule.startswith(kind) and number >= max(TWO_OF_A_KIND, 0.25 * len(seen))
            ]
            for (_many, first), (_fewer, second) in combinations(sorted(usual, reverse=True)[:4], 2):
                yield tuple(sorted((first, second), key=_place)), forward


def _place(rule: str) -> int:
    kind, _space, when = rule.partition(" ")
    return int(when) if kind == MONTHLY else days.WEEKDAYS.index(when)


@lru_cache(maxsize=8192)
def _rules_of(day: date, country: str) -> tuple[tuple[str, bool], ...]:
    """The rules that a payment on this day would keep to, each with the way it goes when nobody works."""
    found = {(rule, True) for rule in _stated_rules(day)}
    if days.is_working_day(day, country):
        found |= {(rule, False) for rule in _stated_rules(day) if not rule.startswith(WEEKLY)}
        for forward, step in ((True, -days.ONE_DAY), (False, days.ONE_DAY)):
            near = day + step
            while not days.is_working_day(near, country):  # what is stated for a day off is paid on this one
                found |= {(rule, forward) for rule in _stated_rules(near) if _may_fall_on(rule, near)}
                near += step
    if days.last_working_day(day.year, day.month, country) == day:
        found.add((LAST, True))
    return tuple(sorted(found))


def _may_fall_on(rule: str, day_off: date) -> bool:
    """Nobody names a weekday on which he is closed; a day of the month may be one, a weekday a holiday."""
    return rule.startswith(MONTHLY) or (not rule.startswith(WEEKLY) and day_off.weekday() < SATURDAY)


def _stated_rules(day: date) -> set[str]:
    weekday = days.WEEKDAYS[day.weekday()]
    nth = list(NTH)[(day.day - 1) // 7]
    found = {f"{WEEKLY} {weekday}", f"{MONTHLY} {day.day}"}
    if nth != "5th":
        found.add(f"{nth} {weekday}")
    if day == days.month_end(day):
        found |= {f"{MONTHLY} {number}" for number in range(day.day + 1, 32)}
    return found


# How likely a way to pay makes what was seen


def _fit_of_rules(seen: Sequence[Seen], rules: tuple[str, ...], forward: bool, country: str) -> Fit:
    calendar = _calendar(rules, forward, country, seen[0].on.year - 1, seen[-1].on.year + 1)
    nearest = [_nearest(calendar, one.on, country) for one in seen]
    spans = [
        _lags(calendar, place, one.due_on) if one.due_on and abs(off) <= 1 else None
        for one, (place, off) in zip(seen, nearest, strict=True)
    ]
    lag = _commonest([span for span in spans if span is not None])
    a_month = len(rules) * (30 / 7 if _is_weekly(rules) else 1)
    fitting = [span is None or span[0] <= lag <= span[1] for span in spans]
    others = NEAR_MONTHS * a_month
    told, linked = max((_told_by(seen, nearest, fitting, linked=one, others=others), one) for one in LINKED)
    prior = -log(_alike(rules)) - (log(LAGS) if lag else 0) - (0 if forward else log(3)) - (linked < LINKED[0]) * log(3)
    keeps = tuple(abs(off) <= 1 and fits for (_place, off), fits in zip(nearest, fitting, strict=True))
    return Fit(Payout(rules, lag, forward), told + prior, keeps)


def _told_by(
    seen: Sequence[Seen],
    nearest: Sequence[tuple[int, int]],
    fitting: Sequence[bool],
    *,
    linked: float,
    others: float,
) -> float:
    total = 0.0
    for one, (_at, off), fits in zip(seen, nearest, fitting, strict=True):
        on_time = (1 - STRAYS, STRAYS / 2)[abs(off)] if abs(off) <= 1 else 0.0
        first = (linked if fits else (1 - linked) / others) if one.due_on else NEAR_MONTHS / others
        total += log((1 - ODD) * on_time * first + ANY_DAY)
    return total


def _nearest(calendar: _Calendar, on: date, country: str) -> tuple[int, int]:
    """The place of the nearest pay-out day, and how many working days the payment came after (before: negative) it."""
    after = min(bisect_left(calendar.paid, on), len(calendar.paid) - 1)
    if calendar.paid[after] == on:
        return after, 0
    places = (after, max(after - 1, 0))
    return min(
        ((place, _off(calendar.paid[place], on, country)) for place in places), key=lambda found: abs(found[1])
    )  # fmt: skip


def _off(day: date, on: date, country: str) -> int:
    """Working days; a day off beside a working day is one off."""
    off = days.working_days_between(day, on, country)
    return off or (0 if on == day else 1 if on > day else -1)


def _lags(calendar: _Calendar, place: int, due_on: date) -> tuple[int, int]:
    """With which lags this pay-out day is the first one for that due day: from, to."""
    longest = (calendar.stated[place] - due_on).days
    before = calendar.stated[place - 1] if place else calendar.stated[0] - timedelta(31)
    return (before - due_on).days + 1, longest


def _commonest(spans: Sequence[tuple[int, int]]) -> int:
    """The lag that lies in most of the spans: none if that is as good as any, else the middle of where most meet."""
    if not spans:
        return 0
    starts, ends = sorted(start for start, _end in spans), sorted(end for _start, end in spans)

    def covering(lag: int) -> int:
        return bisect_right(starts, lag) - bisect_left(ends, lag)

    most = max(covering(start) for start in starts)
    if covering(0) == most:
        return 0
    best = [(start, ends[bisect_left(ends, start)]) for start in set(starts) if covering(start) == most]
    start, end = min(best, key=lambda span: (min(abs(span[0]), abs(span[1])), span))
    return (start + end) // 2


def _alike(rules: tuple[str, ...]) -> int:
    """How many rules of this kind there are: the more, the less a fit is worth."""
    if len(rules) == 2:
        return 21 if _is_weekly(rules) else 465
    if rules[0] == LAST:
        return 1
    return 7 if _is_weekly(rules) else 31


def _fit_without_rule(seen: Sequence[Seen], country: str) -> Fit:
    """So many days after the due day, with what spread there is. Payments that settled nothing say nothing."""
    late = [(one.on - one.due_on).days for one in seen if one.due_on]
    middle = median_low(late)
    fits = []
    for lag in range(middle - 3, middle + 4):
        off = [
            None if one.due_on is None else _off(_moved(one.due_on + timedelta(lag), True, country), one.on, country)
            for one in seen
        ]
        told = max(_spread(off, share) for share in SPREADS)
        prior = -log(len(SPREADS)) - (log(LAGS) if lag else 0)
        keeps = tuple(one is not None and abs(one) <= 1 for one in off)
        fits.append(Fit(Payout((), lag), told + prior, keeps))
    return max(fits, key=lambda fit: (fit.likelihood, -abs(fit.payout.lag - middle)))


def _spread(off: Iterable[int | None], share: float) -> float:
    """How likely these distances are where likelihood falls by `share` from one working day to the next."""
    top = (1 - share) / (1 + share)
    found = ((1 - ODD) * top * share ** abs(one) + ANY_DAY if one is not None else 1 / 21 for one in off)
    return sum(log(one) for one in found)
