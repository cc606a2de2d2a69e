"""Days and weeks of reps for the benchmark of plans, the same every time.

A rep has customers round a town, most of them in its middle, or over a rural district. What is asked lies between
tens and tens of thousands; worth is what is asked times a chance by standing, promises and days; windows are opening
hours, hours of whoever signs, refused mornings, settlement days. One of sixteen is a commitment.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from collections_app.visits.solver.problem import Matrix, Problem, Shift, ShiftKey, Span, Visit, Window
from common import money

HOUR, DAY = 3600, 24 * 3600
OPENS, CLOSES = 9 * HOUR, 17 * HOUR + HOUR // 2
VISIT, PARKING = 25 * 60, 4 * 60
COST = Decimal("0.60")
BANDS = ((5_000, 22), (15_000, 38), (10**9, 60))  # metres, km/h
CHANCES = ("0.50", "0.54", "0.58", "0.45", "0.40", "0.18")  # that a visit brings what is asked
PROMISE_TODAY, SETTLEMENT_DAY, SURE = Decimal("1.6"), Decimal("1.25"), Decimal("0.95")


def day(seed: int, candidates: int = 40) -> Problem:
    """One rep, one day."""
    return _problem(random.Random(f"day {seed}"), reps=1, days=1, candidates=candidates)


def week(seed: int, candidates: int = 400) -> Problem:
    """One rep, five days."""
    return _problem(random.Random(f"week {seed}"), reps=1, days=5, candidates=candidates)


def team(seed: int, reps: int = 3, candidates: int = 120) -> Problem:
    """Some reps of one town on one day; half of the customers have a rep of their own."""
    return _problem(random.Random(f"team {seed}"), reps=reps, days=1, candidates=candidates)


def the_night_before(problem: Problem, seed: int) -> Problem:
    """The same day as it looked before: others owed something, and some amounts were other ones."""
    dice = random.Random(f"before {seed}")
    visits = [visit for visit in problem.visits if dice.random() < 0.8]
    return replace(problem, visits=tuple(_otherwise(visit, Decimal(dice.randint(50, 150)) / 100) for visit in visits))


def _otherwise(visit: Visit, share: Decimal) -> Visit:
    windows = tuple(replace(window, worth=(window.worth * share).quantize(Decimal("0.01"))) for window in visit.windows)
    return replace(visit, windows=windows, is_commitment=False)


def _problem(dice: random.Random, *, reps: int, days: int, candidates: int) -> Problem:
    is_town = dice.random() < 0.6
    spread = 4_000 if is_town else 15_000
    places = [(dice.gauss(0, spread / 2), dice.gauss(0, spread / 2)) for _ in range(reps)]
    hubs = [(0.0, 0.0), *((dice.gauss(0, spread), dice.gauss(0, spread)) for _ in range(4))]
    for _ in range(candidates):
        hub = dice.choice(hubs)
        places.append((dice.gauss(hub[0], spread / 3), dice.gauss(hub[1], spread / 3)))
    metres = [[_metres(one, other) for other in places] for one in places]
    seconds = [[_seconds(way) for way in row] for row in metres]
    has_lunch = dice.random() < 0.5
    shifts = tuple(_shift((rep, number), has_lunch) for rep in range(reps) for number in range(days))
    visits = tuple(_visit(dice, reps + at, reps, days) for at in range(candidates))
    return Problem(shifts, visits, Matrix(seconds, metres), COST)


def _shift(key: ShiftKey, has_lunch: bool) -> Shift:
    rep, number = key
    midnight = number * DAY
    lunch = (Span(midnight + 13 * HOUR, midnight + 13 * HOUR + 45 * 60),) if has_lunch else ()
    return Shift(key, midnight + OPENS, midnight + CLOSES, rep, rep, lunch)


def _visit(dice: random.Random, place: int, reps: int, days: int) -> Visit:
    amount = _amount(dice)
    share = Decimal(dice.choice(CHANCES)) * dice.randint(80, 120) / 100
    is_commitment = dice.random() < 1 / 16
    share *= PROMISE_TODAY if is_commitment else 1
    settles = dice.randrange(days) if dice.random() < 0.2 else None
    shares = [min(SURE, share * (SETTLEMENT_DAY if number == settles else 1)) for number in range(days)]
    hours = _hours(dice)
    owner = dice.randrange(reps) if reps > 1 and dice.random() < 0.5 else None
    return Visit(
        key=place,
        place=place,
        seconds=VISIT,
        windows=tuple(
            Window(number * DAY + opens, number * DAY + closes, money.rounded(amount * shares[number], "EUR"))
            for number in range(days)
            for opens, closes in hours
        ),
        is_commitment=is_commitment,
        shifts=None if owner is None else frozenset((owner, number) for number in range(days)),
        amount=amount,
    )


def _amount(dice: random.Random) -> Decimal:
    """In EUR; the middle is near 900, one of twenty is above 5,000."""
    return Decimal(int(min(4_000_000, max(2_000, dice.lognormvariate(11.4, 1.1))))).scaleb(-2)


def _hours(dice: random.Random) -> Sequence[tuple[int, int]]:
    kind = dice.random()
    if kind < 0.45:
        return ((OPENS, CLOSES),)
    if kind < 0.65:  # shops count yesterday's till in the morning
        return ((12 * HOUR, CLOSES),)
    if kind < 0.8:
        return ((OPENS + HOUR // 2, 13 * HOUR), (16 * HOUR, CLOSES))
    opens = OPENS + dice.randint(0, 12) * HOUR // 2  # when whoever signs is there
    return ((opens, opens + dice.choice((2, 3, 4)) * HOUR // 2),)


def _metres(one: tuple[float, float], other: tuple[float, float]) -> int:
    return round(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5 * 1.3)


def _seconds(metres: int) -> int:
    """Each part of the way at its speed, and parking."""
    seconds, left = 0.0, metres
    for length, speed in BANDS:
        part = min(left, length)
        seconds += part * 3.6 / speed
        left -= part
    return round(seconds) + PARKING if metres else 0
