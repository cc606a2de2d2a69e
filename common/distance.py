"""How far two places are apart. Free of Django; places are degrees, ways are metres."""

import math
from decimal import Decimal

EARTH = 6_371_000  # metres
Degrees = Decimal | float


def as_the_crow_flies(north: Degrees, east: Degrees, other_north: Degrees, other_east: Degrees) -> float:
    """The great circle between two points given as latitude and longitude (haversine formula)."""
    latitude, longitude, top, right = (math.radians(value) for value in (north, east, other_north, other_east))
    chord = (
        math.sin((top - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(top) * math.sin((right - longitude) / 2) ** 2
    )
    return 2 * EARTH * math.asin(math.sqrt(min(chord, 1)))
