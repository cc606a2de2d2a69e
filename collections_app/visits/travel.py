"""How long the way between two places is, and how long it takes, where no map server tells.

Places are degrees, ways are whole metres, times are whole seconds with the parking in them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from collections_app.policy.thresholds import Travel
from common import distance

Square = tuple[tuple[int, ...], ...]  # by place of departure, then by place of arrival


class Located(Protocol):
    """Whatever has a position."""

    @property
    def latitude(self) -> Decimal: ...
    @property
    def longitude(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Way:
    """What a way is counted with. `bounds` are the metres at which the next of `speeds` (km/h) begins."""

    circuity: float = 1.3
    bounds: tuple[int, ...] = (5_000, 20_000)
    speeds: tuple[int, ...] = (22, 38, 60)
    parking_seconds: int = 240

    @classmethod
    def of(cls, rules: Travel) -> "Way":
        """As the policy has it."""
        return cls(
            circuity=float(rules.circuity),
            bounds=tuple(kilometres * 1000 for kilometres in rules.bands),
            speeds=rules.speeds,
            parking_seconds=rules.parking_minutes * 60,
        )


@dataclass(frozen=True, slots=True)
class Matrix:
    """The ways between some places, in the order in which they were given.

    `estimated` are the pairs for which a map server was asked in vain, so that the settings of the company had to do.
    """

    seconds: Square
    metres: Square
    estimated: frozenset[tuple[int, int]] = frozenset()

    @property
    def is_estimated(self) -> bool:
        return bool(self.estimated)


def metres_between(one: Located, other: Located, way: Way) -> int:
    crow = distance.as_the_crow_flies(one.latitude, one.longitude, other.latitude, other.longitude)
    return round(crow * way.circuity)


def seconds_for(metres: int, way: Way) -> int:
    """Rounded up. Every part of the way has its speed, so a longer way never takes less; next door takes nothing."""
    if metres <= 0:
        return 0
    driven, begun = 0.0, 0
    for bound, speed in zip(way.bounds, way.speeds, strict=False):
        if metres <= bound:
            return math.ceil(driven + (metres - begun) * 3.6 / speed) + way.parking_seconds
        driven += (bound - begun) * 3.6 / speed
        begun = bound
    return math.ceil(driven + (metres - begun) * 3.6 / way.speeds[-1]) + way.parking_seconds


def matrix(places: Sequence[Located], way: Way) -> Matrix:
    """Every way between these places; there and back are the same."""
    metres = [[0] * len(places) for _ in places]
    seconds = [[0] * len(places) for _ in places]
    for row, one in enumerate(places):
        for column, other in enumerate(places[:row]):
            far = metres_between(one, other, way)
            metres[row][column] = metres[column][row] = far
            seconds[row][column] = seconds[column][row] = seconds_for(far, way)
    return Matrix(_square(seconds), _square(metres))


def _square(rows: list[list[int]]) -> Square:
    return tuple(map(tuple, rows))
