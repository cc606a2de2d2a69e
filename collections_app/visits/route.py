"""In which order a rep visits whom: candidates and a day in, a route and everybody left out with a reason out.

`plan_route` is the door behind which the way of ordering can be replaced: its arguments and its answer stay.
Places are degrees, ways are metres, times are minutes after midnight, worth is in the base currency.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from common import distance

# A street is longer than the crow flies, and each part of a way has its speed: the first 5 km, the next 15, the
# rest. Adding up the parts, instead of one speed for the whole way, keeps 5.1 km slower than 4.9 km.
DETOUR_TENTHS = 13
BANDS = ((5_000, 22), (15_000, 38), (None, 60))  # metres, km/h


@dataclass(frozen=True, slots=True)
class Place:
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes after midnight: a visit may start from `opens` on and ends by `closes`."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody worth a visit. No windows means: at any time of the day. `worth` is before travel."""

    key: int
    worth: Decimal
    place: Place | None
    is_commitment: bool = False  # a promise due that day, or the due day itself
    windows: tuple[Window, ...] = ()
    closed: str = ""  # why the whole day is no day for this customer, e.g. Because.NOT_A_PAYMENT_DAY


@dataclass(frozen=True, slots=True)
class Day:
    """The working time of one rep on one day, and where it starts; without a place, at the first customer."""

    starts_at: int
    ends_at: int
    home: Place | None
    cost_per_minute: Decimal
    visit_minutes: int = 25
    parking_minutes: int = 4


class Because(StrEnum):
    NO_POSITION = "no position"
    NOT_A_PAYMENT_DAY = "not a payment day"
    TABOO = "taboo"
    WINDOW_CLOSED = "window closed"
    DAY_FULL = "day full"
    TOO_FAR = "too far"
    NO_RATE = "no rate"


@dataclass(frozen=True, slots=True)
class Visit:
    key: int
    position: int
    arrive: int
    leave: int
    metres: int
    travel_minutes: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Who was left out. `minutes` is the way there that the worth does not pay."""

    key: int
    because: Because
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    visits: tuple[Visit, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def metres_between(one: Place | None, other: Place | None) -> int:
    """Great circle times 1.3; nothing where a place is not known."""
    if one is None or other is None:
        return 0
    way = distance.as_the_crow_flies(one.latitude, one.longitude, other.latitude, other.longitude)
    return round(way * DETOUR_TENTHS / 10)


def minutes_for(metres: int) -> int:
    """Whole minutes, rounded up, with the speed of each part of the way."""
    seconds, left = Decimal(0), metres
    for length, speed in BANDS:
        part = left if length is None else min(left, length)
        seconds += Decimal(part) * 36 / (10 * speed)
        left -= part
    return math.ceil(seconds / 60)


@dataclass(frozen=True, slots=True)
class _Step:
    """A visit that would fit next."""

    who: Candidate
    metres: int
    travel: int
    arrive: int
    leave: int
    rate: Decimal  # worth per minute of way and visit; waiting is filled with others where it can be


def plan_route(candidates: Sequence[Candidate], day: Day) -> Route:
    """Commitments first, then whoever brings most per minute, until the day is full.

    Whoever fits into the time before a later window is visited in between. The same candidates in any order give
    the same route; worth below the way's cost is left out unless it is a commitment.
    """
    waiting, left_out = _placeable(candidates)
    visits: list[Visit] = []
    here, now = day.home, day.starts_at
    while step := _next(waiting, here, now, day):
        visits.append(Visit(step.who.key, len(visits) + 1, step.arrive, step.leave, step.metres, step.travel))
        waiting.remove(step.who)
        here, now = step.who.place, step.leave
    left_out += [LeftOut(one.key, *_reason(one, here, now, day)) for one in waiting]
    return Route(tuple(visits), tuple(left_out))


def _next(waiting: Sequence[Candidate], here: Place | None, now: int, day: Day) -> _Step | None:
    found = [step for one in waiting if (step := _fit(one, here, now, day)) and _pays(one, step.travel, day)]
    if not found:
        return None
    best = max(found, key=_rank)
    between = [step for step in found if step is not best and _leaves_time(step, best, day)]
    return max(between, key=_rank) if between and best.arrive > now + best.travel else best


def _rank(step: _Step) -> tuple[bool, Decimal, int]:
    return step.who.is_commitment, step.rate, -step.who.key


def _leaves_time(step: _Step, best: _Step, day: Day) -> bool:
    return step.leave + _travel(metres_between(step.who.place, best.who.place), day) <= best.arrive


def _placeable(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[LeftOut]]:
    waiting, left_out = [], []
    for one in sorted(candidates, key=lambda one: one.key):
        if one.closed:
            left_out.append(LeftOut(one.key, Because(one.closed)))
        elif one.place is None:
            left_out.append(LeftOut(one.key, Because.NO_POSITION))
        else:
            waiting.append(one)
    return waiting, left_out


def _fit(one: Candidate, here: Place | None, now: int, day: Day) -> _Step | None:
    """The visit, if it fits a window and the rest of the day."""
    metres = metres_between(here, one.place)
    travel = _travel(metres, day)
    for window in one.windows or (Window(day.starts_at, day.ends_at),):
        arrive = max(now + travel, window.opens)
        leave = arrive + day.visit_minutes
        if leave <= min(window.closes, day.ends_at):
            return _Step(one, metres, travel, arrive, leave, max(one.worth, Decimal(1)) / (travel + day.visit_minutes))
    return None


def _travel(metres: int, day: Day) -> int:
    """Minutes of the way and of parking; next door costs neither."""
    return minutes_for(metres) + day.parking_minutes if metres else 0


def _pays(one: Candidate, travel: int, day: Day) -> bool:
    return one.is_commitment or one.worth > travel * day.cost_per_minute


def _reason(one: Candidate, here: Place | None, now: int, day: Day) -> tuple[Because, int]:
    """Why a customer with a place is not visited: seen from the start of the day, then from its last stop."""
    from_home = _travel(metres_between(day.home, one.place), day)
    if not _pays(one, from_home, day):
        return Because.TOO_FAR, from_home
    if _fit(one, day.home, day.starts_at, day) is None:
        return Because.WINDOW_CLOSED, 0
    if step := _fit(one, here, now, day):
        return Because.TOO_FAR, step.travel
    return Because.DAY_FULL, 0
