"""Instances like the public ones, the same every time: what the planner's settings are tuned on.

Clustered, random and mixed places on a short or a long day with 100 customers ("c", "r", "rc", windows from narrow to
none), and places round a town with windows of some hours and up to 288 customers ("pr").
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.toptw import Instance, Vertex

Row = tuple[int, ...]  # x, y, service, score, opens, closes


@dataclass(frozen=True, slots=True)
class Kind:
    """`windows` is the share of customers who have one, `width` how long it is about, in the day's time."""

    places: str
    width: int
    windows: float = 1.0
    is_long: bool = False
    customers: int = 100

    @property
    def name(self) -> str:
        return f"{self.places}{2 if self.is_long else 1}-{self.customers}-{self.windows:.2f}-{self.width}"


DAYS = {"c": (1236, 3390), "r": (230, 1000), "rc": (240, 960)}  # short and long
ON_A_GRID = (
    (Kind("c", 60), 1),
    (Kind("c", 60, windows=0.5), 2),
    (Kind("c", 160, is_long=True), 2),
    (Kind("c", 240), 4),
    (Kind("r", 10), 2),
    (Kind("r", 30), 3),
    (Kind("r", 30, windows=0.5), 1),
    (Kind("r", 120, is_long=True), 1),
    (Kind("r", 30, windows=0.25), 4),
    (Kind("rc", 30), 2),
    (Kind("rc", 60, windows=0.75), 4),
    (Kind("rc", 120, is_long=True), 1),
)
ROUND_A_TOWN = ((48, 1), (72, 2), (96, 3), (144, 4), (144, 1), (192, 2), (216, 1), (240, 3), (288, 4), (288, 2))
ROUND_A_TOWN_WIDE = ((48, 3), (96, 1), (144, 2), (192, 4), (240, 1), (288, 3))


def instances(seed: int) -> Iterator[tuple[Instance, int]]:
    """Each with its number of routes, the smaller ones first."""
    yield from ((on_a_grid(seed, kind), routes) for kind, routes in ON_A_GRID)
    wide = [(round_a_town(seed, customers, is_wide=True), routes) for customers, routes in ROUND_A_TOWN_WIDE]
    narrow = [(round_a_town(seed, customers), routes) for customers, routes in ROUND_A_TOWN]
    yield from sorted([*narrow, *wide], key=lambda one: one[0].customers)


def on_a_grid(seed: int, kind: Kind) -> Instance:
    dice = random.Random(f"{seed} {kind.name}")
    hubs = [(dice.randint(10, 80), dice.randint(10, 80)) for _ in range(10)]
    home = (35, 35) if kind.places == "r" else (40, 50)
    day, service = DAYS[kind.places][kind.is_long], 90 if kind.places == "c" else 10
    rows: list[Row] = [(*home, 0, 0, 0, day)]
    for at in range(kind.customers):
        if kind.places == "c" or (kind.places == "rc" and at % 2):
            hub = hubs[at * len(hubs) // kind.customers]
            x, y = (round(dice.gauss(middle, 3.5)) for middle in hub)
        else:
            x, y = dice.randint(0, 70), dice.randint(0, 80)
        way = math.ceil(math.dist(home, (x, y)))
        opens, closes = _window(dice, kind, way, day - way - service)
        score = dice.choice((10, 10, 20, 20, 30, 40)) if kind.places == "c" else dice.randint(1, 41)
        rows.append((x, y, service, score, opens, closes))
    return _instance(f"{kind.name}-{seed}", 1, rows, 1000)


def _window(dice: random.Random, kind: Kind, first: int, last: int) -> tuple[int, int]:
    if dice.random() >= kind.windows:
        return 0, last
    half = max(5, round(dice.gauss(kind.width, kind.width / 4))) / 2
    middle = dice.uniform(first, max(first, last))
    closes = int(min(last, middle + half))
    return min(int(max(first, middle - half)), closes), closes


def round_a_town(seed: int, customers: int, *, is_wide: bool = False) -> Instance:
    dice = random.Random(f"{seed} pr {customers} {is_wide}")
    hubs = [(dice.uniform(-50, 50), dice.uniform(-50, 50)) for _ in range(max(2, customers // 24))]
    rows: list[Row] = [(dice.randint(-20_000, 20_000), dice.randint(-20_000, 20_000), 0, 0, 0, 1000)]
    for _ in range(customers):
        hub, spread = dice.choice(hubs), dice.choice((8, 20, 35))
        x, y = (round(1000 * max(-100.0, min(100.0, dice.gauss(middle, spread)))) for middle in hub)
        opens, width = dice.randint(60, 480), dice.randint(180, 360) if is_wide else dice.randint(90, 180)
        rows.append((x, y, dice.randint(1, 25), dice.randint(1, 25), opens, opens + width))
    return _instance(f"pr-{customers}-{'wide' if is_wide else 'narrow'}-{seed}", 2, rows, 1)


def _instance(name: str, decimals: int, rows: Sequence[Row], thousandths: int) -> Instance:
    return Instance(
        name,
        decimals,
        tuple(Vertex(x * thousandths, y * thousandths, *(Decimal(one) for one in rest)) for x, y, *rest in rows),
    )
