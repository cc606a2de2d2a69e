"""Problems for the planner's tests: a small town, and anything at all."""

import random
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import strategies as st

from collections_app.visits.solver.problem import Matrix, Problem, Shift, ShiftKey, Span, Visit, Window

HOUR = 3600
NINE, FIVE = 9 * HOUR, 17 * HOUR
VISIT = 25 * 60


def row_of_shops(count: int, *, minutes: int = 10) -> Matrix:
    """Place 0 is home; shop n is n times so many minutes down the road."""
    ways = [[abs(one - other) * minutes * 60 for other in range(count + 1)] for one in range(count + 1)]
    return Matrix(ways, [[way * 10 for way in row] for row in ways])


def shop(
    key: int,
    worth: str = "100",
    *,
    hours: Sequence[tuple[int, int]] = ((NINE, FIVE),),
    seconds: int = VISIT,
    must: bool = False,
    shifts: frozenset[tuple[int, int]] | None = None,
    place: int | None = None,
) -> Visit:
    return Visit(
        key=key,
        place=key if place is None else place,
        seconds=seconds,
        windows=tuple(Window(opens, closes, Decimal(worth)) for opens, closes in hours),
        is_commitment=must,
        shifts=shifts,
        amount=Decimal(worth) * 2,
    )


def day(
    rep: int = 1, number: int = 0, *, ends: int = FIVE, breaks: Sequence[Span] = (), most: int | None = None
) -> Shift:
    midnight = number * 24 * HOUR
    moved = tuple(Span(midnight + pause.starts, midnight + pause.ends) for pause in breaks)
    return Shift((rep, number), midnight + NINE, midnight + ends, 0, 0, moved, most)


def town(visits: Sequence[Visit], shifts: Sequence[Shift] = (), *, cost: str = "0.60", minutes: int = 10) -> Problem:
    places = max((visit.place for visit in visits), default=0)
    return Problem(tuple(shifts or [day()]), tuple(visits), row_of_shops(places, minutes=minutes), Decimal(cost))


NIGHT = 30_000  # from the start of one day to that of the next, in made problems


def problems() -> st.SearchStrategy[Problem]:
    """Mostly days like any other, and everything odd: shifts that end before they start, windows of no length or
    outside of all shifts, breaks at the edge, ways that are shorter round a corner."""
    return st.integers(0, 2**32).map(made)


def made(seed: int) -> Problem:
    dice = random.Random(seed)
    places = dice.randint(1, 6)
    matrix = [[0 if one == other else dice.randint(0, 1_500) for other in range(places)] for one in range(places)]
    keys = dice.sample([(1, 0), (1, 1), (2, 0), (2, 1)], dice.randint(1, 3))
    shifts = tuple(_shift(dice, key, places) for key in keys if dice.random() < 0.9)
    visits = tuple(_visit(dice, key, keys, places) for key in range(1, 1 + dice.randint(0, 12)))
    cost = dice.choice(("0.60", "0.60", "0.60", "0", "0.333", "0.333", "20"))
    return Problem(shifts, visits, Matrix(matrix, matrix), Decimal(cost))


def _shift(dice: random.Random, key: ShiftKey, places: int) -> Shift:
    starts = key[1] * NIGHT + dice.randint(0, 4_000)
    breaks = [
        (starts + dice.randint(-1_000, 14_000), dice.choice((1_800, 1_800, 600, 0, -100)))
        for _ in range(dice.randint(0, 2))
    ]
    return Shift(
        key=key,
        starts=starts,
        ends=starts + dice.choice((14_000, 14_000, 14_000, 14_000, 8_000, 8_000, 3_000, 0, -500)),
        starts_from=dice.choice((None, *range(places))),
        ends_at=dice.choice((None, *range(places))),
        breaks=tuple(Span(at, at + lasts) for at, lasts in breaks),
        max_visits=dice.choice((None, None, None, None, None, 0, 1, 3)),
    )


def _visit(dice: random.Random, key: int, keys: Sequence[ShiftKey], places: int) -> Visit:
    windows = []
    for _ in range(dice.choice((0, 1, 1, 1, 2, 2, 3))):
        opens = dice.choice(keys)[1] * NIGHT + dice.randint(0, 10_000)
        lasts = dice.choice((14_000, 14_000, 14_000, 9_000, 6_000, 2_000, 900, 0, -100))
        cents = dice.randint(100, 50_000) if dice.random() < 0.9 else dice.choice((0, -500))
        windows.append(Window(opens, opens + lasts, Decimal(cents).scaleb(-2)))
    return Visit(
        key=key,
        place=dice.randrange(places),
        seconds=dice.choice((900, 900, 1_500, 1_500, 60, 0, 5_000)),
        windows=tuple(windows),
        is_commitment=dice.random() < 0.3,
        shifts=frozenset(dice.sample([*keys, (9, 9)], dice.randint(0, 2))) if dice.random() < 0.2 else None,
        amount=Decimal(dice.randint(0, 90_000)).scaleb(-2),
    )
