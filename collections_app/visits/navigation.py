"""Links that lead a phone from stop to stop. They carry coordinates and nothing else: no name, no amount, no code."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from collections_app.visits.travel import Located

WAYPOINTS = 3  # of one link on a phone's browser, on the way to its destination


@dataclass(frozen=True, slots=True)
class Leg:
    """The way from here to one place, for the map that the phone has. `geo` opens whichever the phone prefers."""

    geo: str
    google: str
    apple: str
    osmand: str


@dataclass(frozen=True, slots=True)
class Part:
    """Several legs of a round in one link: from here to the stops `first` to `last`, counted from one."""

    first: int
    last: int
    google: str


def leg(place: Located) -> Leg:
    here = _coordinates(place)
    north, east = here.split(",")
    return Leg(
        geo=f"geo:{here}?q={here}",
        google=f"https://www.google.com/maps/dir/?api=1&destination={quote(here)}&travelmode=driving",
        apple=f"https://maps.apple.com/?daddr={quote(here)}&dirflg=d",
        osmand=f"https://osmand.net/map?pin={quote(here)}#16/{north}/{east}",
    )


def parts(places: Sequence[Located]) -> tuple[Part, ...]:
    """The whole round, as few links as phones allow. Each begins where the phone is: at the end of the one before."""
    step = WAYPOINTS + 1
    return tuple(
        Part(start + 1, start + len(some), _round(some))
        for start in range(0, len(places), step)
        if (some := places[start : start + step])
    )


def _round(places: Sequence[Located]) -> str:
    *between, last = map(_coordinates, places)
    through = f"&waypoints={quote('|'.join(between))}" if between else ""
    return f"https://www.google.com/maps/dir/?api=1&destination={quote(last)}{through}&travelmode=driving"


def _coordinates(place: Located) -> str:
    """Six decimals: some ten centimetres."""
    return f"{Decimal(place.latitude):.6f},{Decimal(place.longitude):.6f}"
