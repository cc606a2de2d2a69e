"""Three years of a customer with a cause: what it bought, when it paid, what it asked, whether it was reached. Pure.

The same seed gives the same life. Default is the day on which it is known that nothing more comes (insolvent, shut,
vanished), or on which the first item is ninety days late, whichever is earlier.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from demo.causes import (
    CHANNELS,
    DEFAULTING,
    DEFAULTS,
    MANNERS,
    MISHAP,
    OF_DEFAULTS,
    OF_OTHERS,
    RHYTHMS,
    RUNS,
    TERMS,
    Cause,
    Manner,
)

T = TypeVar("T")
HISTORY = 3 * 365
YEAR = 365
LATE_ENOUGH = 90  # days late that count as a default by themselves


@dataclass(slots=True)
class Bought:
    """An order that was delivered and billed on one day; amounts in whole units of money."""

    on: date
    amount: int
    due_on: date
    paid: list[tuple[date, int]] = field(default_factory=list)  # in order; empty or short: never settled
    asked_time_on: date | None = None

    @property
    def settled_on(self) -> date | None:
        whole = sum(amount for _day, amount in self.paid) >= self.amount
        return self.paid[-1][0] if whole and self.paid else None


@dataclass(slots=True)
class Life:
    cause: Cause
    channel: str
    limit: int
    bought: list[Bought] = field(default_factory=list)
    contacts: list[tuple[date, bool]] = field(default_factory=list)  # calls and visits of ours, and who answered
    ended_on: date | None = None  # insolvent, shut or vanished

    @property
    def defaulted_on(self) -> date | None:
        if self.cause not in DEFAULTS or self.ended_on is None:
            return None
        bad = [
            one.due_on + timedelta(LATE_ENOUGH)
            for one in self.bought
            if one.settled_on is None or one.settled_on > one.due_on + timedelta(LATE_ENOUGH)
        ]
        return min([self.ended_on, *bad])


@dataclass(slots=True)
class _Plan:
    """What is drawn once for a customer, before any of its days."""

    cause: Cause
    manner: Manner
    channel: str
    size: float
    rhythm: int
    term: int
    run: str
    since: date  # its first order is not earlier
    until: date  # the last day of the book
    peak: int  # day of the year of the best season
    swing: float  # how much the season moves its orders
    limit: int
    ends: date | None = None
    onset: date | None = None  # from when it goes wrong, or changes
    stops_paying: date | None = None
    proud: bool = False  # never asks for time
    depth: float = 1.0  # how bad it gets


def lives(seed: int, count: int, *, until: date) -> Iterator[Life]:
    for index in range(count):
        yield _live(_plan(Random(f"{seed}:{index}"), until), Random(f"{seed}:{index}:days"))


def _pick(rng: Random, weights: Mapping[T, int]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]


def _plan(rng: Random, until: date) -> _Plan:
    cause = _pick(rng, OF_DEFAULTS if rng.random() < DEFAULTING else OF_OTHERS)
    channel = _pick(rng, {name: weight for name, (_size, weight) in CHANNELS.items()})
    usual = CHANNELS[channel][0]
    temper = cause if cause in MANNERS else rng.choices([Cause.PROMPT, Cause.STEADY, Cause.SLOPPY], [45, 38, 17])[0]
    base = MANNERS[temper]
    manner = Manner(
        base.late + rng.gauss(0, 2), base.spread * rng.uniform(0.7, 1.4), base.parts, base.asks,
        min(0.95, max(0.3, base.reached + rng.gauss(0, 0.07))),
    )  # fmt: skip
    plan = _Plan(
        cause=cause,
        manner=manner,
        channel=channel,
        size=usual * math.exp(rng.gauss(0, 0.45)),
        rhythm=_pick(rng, RHYTHMS),
        term=_pick(rng, TERMS),
        run=_pick(rng, RUNS),
        since=until - timedelta(HISTORY),
        until=until,
        peak=rng.choice((200, 210, 350, 355)),
        swing=rng.uniform(0.05, 0.35),
        limit=0,
    )
    plan.limit = round(plan.size * rng.uniform(5, 14) * 30 / max(plan.rhythm, 14) / 100) * 100
    if rng.random() < 0.12:  # came to us within the three years
        plan.since = until - timedelta(rng.randint(400, HISTORY))
    _fate(plan, rng)
    return plan


def _fate(plan: _Plan, rng: Random) -> None:
    """When it goes wrong, or changes, by cause."""
    ends = plan.until - timedelta(rng.randint(0, YEAR - 1))
    match plan.cause:
        case Cause.SQUEEZE:
            plan.ends, plan.onset = ends, ends - timedelta(rng.randint(120, 300))
            plan.stops_paying = ends - timedelta(rng.randint(20, 60))
            plan.proud, plan.depth = rng.random() < 0.4, rng.uniform(0.6, 1.4)
        case Cause.CLOSING:
            plan.ends, plan.onset = ends, ends - timedelta(rng.randint(60, 180))
            plan.stops_paying = ends - timedelta(rng.randint(15, 50))
        case Cause.SHOCK:
            plan.ends = ends
            plan.stops_paying = plan.onset = ends - timedelta(rng.randint(5, 35))
        case Cause.FIRST_ORDER_FRAUD:
            plan.ends, plan.since = ends, ends - timedelta(rng.randint(60, 120))
            plan.stops_paying = plan.since
            plan.limit = round(plan.size * rng.uniform(3, 6) / 100) * 100
        case Cause.LONG_FIRM:
            plan.ends, plan.since = ends, ends - timedelta(rng.randint(200, 450))
            plan.onset = ends - timedelta(rng.randint(75, 115))
            plan.stops_paying = plan.onset + timedelta(rng.randint(0, 15))
            plan.manner = MANNERS[Cause.PROMPT]
        case Cause.NEWCOMER:
            plan.since = plan.until - timedelta(rng.randint(10, YEAR))
            plan.limit = round(plan.size * rng.uniform(3, 6) / 100) * 100
        case Cause.SEASONAL:
            plan.swing = rng.uniform(0.8, 1.0)
        case Cause.RETIRING:
            plan.onset = ends - timedelta(rng.randint(60, 180))
            plan.ends = ends
        case Cause.SWITCHING | Cause.PASSING | Cause.NEW_RUN | Cause.EVENT | Cause.GROWING:
            plan.onset = plan.until - timedelta(rng.randint(30, YEAR))
            plan.depth = rng.uniform(0.5, 1.2)


def _live(plan: _Plan, rng: Random) -> Life:
    life = Life(plan.cause, plan.channel, plan.limit, ended_on=plan.ends if plan.cause in DEFAULTS else None)
    day = plan.since + timedelta(rng.randint(0, plan.rhythm))
    if plan.cause in (Cause.FIRST_ORDER_FRAUD, Cause.NEWCOMER):
        day = plan.since
    last = min(plan.until, plan.ends or plan.until)
    number = 0
    while day <= last:
        wanted = _wanted(plan, day, number, rng)
        if wanted > 0.08 and day.weekday() < 6:
            amount = max(5, round(plan.size * wanted * math.exp(rng.gauss(0, 0.35))))
            life.bought.append(_pay(plan, Bought(day, amount, day + timedelta(plan.term)), rng))
            number += 1
        gap = plan.rhythm * rng.gammavariate(4, 0.25)
        if plan.cause is Cause.LONG_FIRM and plan.onset and day >= plan.onset:
            gap /= 2
        day += timedelta(max(1, round(gap)))
    life.contacts = sorted(_contacts(plan, life, rng))
    return life


def _wanted(plan: _Plan, day: date, number: int, rng: Random) -> float:
    """How large the order of this day is, in usual orders."""
    angle = 2 * math.pi * (day.timetuple().tm_yday - plan.peak) / YEAR
    season = 1 + plan.swing * math.cos(angle)
    if plan.cause is Cause.SEASONAL:  # a beach bar, a ski shop: nearly everything in its months, shut in others
        season = max(0.0, 2.2 * plan.swing * math.cos(angle) + 0.35)
    change = _change(plan, day, number, rng)
    return season * change


def _change(plan: _Plan, day: date, number: int, rng: Random) -> float:
    """What the cause makes of a usual order."""
    of_cause = _of_defaulter if plan.cause in DEFAULTS else _of_other
    return of_cause(plan, day, number, rng)


def _of_defaulter(plan: _Plan, day: date, number: int, rng: Random) -> float:
    worse = _worse(plan, day)
    match plan.cause:
        case Cause.SQUEEZE:
            return 1 - 0.45 * min(1.0, worse * plan.depth)
        case Cause.CLOSING:
            if plan.ends and day > plan.ends - timedelta(30):
                return 0.0
            return 1 - 0.85 * worse
        case Cause.FIRST_ORDER_FRAUD:
            return rng.uniform(2.5, 7.0) if number < 2 and rng.random() < (1.0 if number == 0 else 0.5) else 0.0
        case Cause.LONG_FIRM:
            if not plan.onset or day < plan.onset:
                return rng.uniform(0.5, 1.2)
            return rng.uniform(2.5, 6.0) if day < plan.onset + timedelta(45) else 0.0
    return 1.0


def _of_other(plan: _Plan, day: date, number: int, rng: Random) -> float:
    match plan.cause:
        case Cause.RETIRING:
            return max(0.0, 1 - _worse(plan, day))
        case Cause.NEWCOMER:
            if number == 0:  # some fill empty shelves
                return rng.uniform(2.0, 4.0) if rng.random() < 0.15 else rng.uniform(0.4, 1.6)
            return 1.0
        case Cause.SWITCHING:
            return max(0.15, 1 - plan.depth * _since(plan.onset, day, 120))
        case Cause.GROWING:
            return 1 + plan.depth * _since(plan.onset, day, 240)
        case Cause.EVENT:
            near = plan.onset is not None and 0 <= (day - plan.onset).days < plan.rhythm
            return rng.uniform(2.0, 5.0) if near else 1.0
    return 1.0


def _since(onset: date | None, day: date, over: int) -> float:
    return 0.0 if onset is None or day < onset else min(1.0, (day - onset).days / over)


def _worse(plan: _Plan, day: date) -> float:
    """From 0 at the onset to 1 at the end."""
    if plan.onset is None or plan.ends is None or day <= plan.onset:
        return 0.0
    return min(1.0, (day - plan.onset).days / max(1, (plan.ends - plan.onset).days))


def _pay(plan: _Plan, bought: Bought, rng: Random) -> Bought:
    late, parts, asks = _delay(plan, bought, rng)
    if rng.random() < MISHAP:
        late += rng.uniform(10, 40)
    if rng.random() < asks:
        bought.asked_time_on = bought.due_on + timedelta(rng.randint(-5, 6))
        late += rng.uniform(7, 30)
    day = _on_a_run(plan, max(bought.on + timedelta(1), bought.due_on + timedelta(round(late))), rng)
    first = bought.amount
    if rng.random() < min(0.6, parts):
        first = round(bought.amount * rng.uniform(0.3, 0.7))
    rest = _on_a_run(plan, day + timedelta(rng.randint(8, 35)), rng)
    for on, amount in ((day, first), (rest, bought.amount - first)):
        if amount > 0 and not (plan.stops_paying and on >= plan.stops_paying):
            bought.paid.append((on, amount))
    return bought


def _delay(plan: _Plan, bought: Bought, rng: Random) -> tuple[float, float, float]:
    """Days late, and how likely it is that the item is paid in parts, and that more time is asked for."""
    manner = plan.manner
    worse = _worse(plan, bought.due_on) if plan.cause in (Cause.SQUEEZE, Cause.CLOSING) else 0.0
    late = rng.gauss(manner.late, manner.spread)
    parts, asks = manner.parts, manner.asks
    if plan.cause is Cause.SQUEEZE:
        late += 55 * worse * plan.depth * rng.uniform(0.5, 1.5)
        parts += 0.35 * worse * plan.depth
        asks += 0.0 if plan.proud else 0.15 * worse
    elif plan.cause is Cause.CLOSING:
        late += 20 * worse * rng.uniform(0.3, 1.7)
    elif plan.cause is Cause.PASSING and plan.onset and 0 <= (bought.due_on - plan.onset).days < 90:
        late += rng.uniform(8, 30) * plan.depth
        parts, asks = parts + 0.1, asks + 0.05
    elif plan.cause is Cause.NEW_RUN and plan.onset and bought.due_on >= plan.onset:
        late += rng.uniform(0, 14)
    elif plan.cause is Cause.SEASONAL and _wanted(plan, bought.due_on, 9, rng) < 0.3:
        late += rng.uniform(0, 25)  # pays the rest when the doors open again
    return late, parts, asks


def _on_a_run(plan: _Plan, day: date, rng: Random) -> date:
    """The next day on which this customer makes payments; no bank works on a weekend."""
    if plan.run == "friday":
        day += timedelta((4 - day.weekday()) % 7)
    elif plan.run == "monthly" and rng.random() < 0.8:
        ahead = (25 - day.day) % 30
        day += timedelta(ahead if ahead < 12 else 0)
    return day + timedelta((0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def _contacts(plan: _Plan, life: Life, rng: Random) -> Iterator[tuple[date, bool]]:
    """A round now and then, and a call or visit every week or two while something is more than a week late."""
    last = min(plan.until, plan.ends or plan.until)
    day = plan.since + timedelta(rng.randint(5, 40))
    while day <= last:
        yield day, rng.random() < _reached(plan, day)
        day += timedelta(rng.randint(30, 60))
    busy_until = plan.since
    for one in life.bought:
        day = max(one.due_on + timedelta(rng.randint(7, 12)), busy_until)
        until = min(one.settled_on or last, last)
        while day < until:
            yield day, rng.random() < _reached(plan, day)
            day += timedelta(rng.randint(8, 14))
            busy_until = day


def _reached(plan: _Plan, day: date) -> float:
    reached = plan.manner.reached
    if plan.cause in (Cause.SQUEEZE, Cause.CLOSING):
        return reached - 0.5 * _worse(plan, day)
    if plan.cause in (Cause.FIRST_ORDER_FRAUD, Cause.LONG_FIRM) and plan.stops_paying and day > plan.stops_paying:
        return 0.2
    if plan.cause is Cause.SHOCK and plan.onset and day > plan.onset:
        return 0.4
    return reached
