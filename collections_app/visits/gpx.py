"""A round as a GPX file for the rep's own device: the places as waypoints and the order as a route.

Unlike a link it stays with the rep, so it may carry the names of customers.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from collections_app.visits.travel import Located


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the round, by its place in the order; `arrive` is local."""

    position: int
    name: str
    latitude: Decimal
    longitude: Decimal
    arrive: time | None = None


def gpx(
    *,
    title: str,
    on: date,
    stops: Sequence[Stop],
    start: Located | None,
    start_name: str,
    end: Located | None = None,
    end_name: str = "",
) -> bytes:
    """GPX 1.1. The route begins at `start`, where it is known, and leads back there, or to `end`."""
    import gpxpy.gpx as files  # of the extra `plan`, and only where a file is asked for

    made = files.GPX()
    made.creator, made.name, made.description = "Payround", _plain(title), on.isoformat()
    route = files.GPXRoute(name=_plain(title))
    home = files.GPXWaypoint(*_degrees(start), name=_plain(start_name)) if start is not None else None
    most = max((stop.position for stop in stops), default=0)
    named = [(_name(stop, most), stop) for stop in stops]
    made.waypoints = [
        *([home] if home else []),
        *(
            files.GPXWaypoint(*_degrees(stop), name=name, description=f"{stop.arrive:%H:%M}" if stop.arrive else None)
            for name, stop in named
        ),
    ]
    route.points = [files.GPXRoutePoint(*_degrees(stop), name=name) for name, stop in named]
    if start is not None:
        last, last_name = (end, end_name) if end is not None else (start, start_name)
        first = files.GPXRoutePoint(*_degrees(start), name=_plain(start_name))
        route.points = [first, *route.points, files.GPXRoutePoint(*_degrees(last), name=_plain(last_name))]
    made.routes.append(route)
    return made.to_xml(version="1.1").encode()


def _name(stop: Stop, number: int) -> str:
    """ "03 Mercado Sol": devices sort waypoints by name."""
    return _plain(f"{stop.position:0{len(str(number))}} {stop.name}")


def _degrees(place: Located) -> tuple[float, float]:
    return float(place.latitude), float(place.longitude)


def _plain(text: str) -> str:
    """XML has no control characters."""
    return "".join(sign for sign in text if not unicodedata.category(sign).startswith("C")).strip()
