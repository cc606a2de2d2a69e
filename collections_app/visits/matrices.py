"""The ways between places as a map server knows them (OSRM, Valhalla or openrouteservice), where the company names one.

Without TRAVEL_URL nothing leaves the machine, and `travel` counts. What the server said is kept per ordered pair, so
that it is asked once. Where it is away, slow, or answers with something else, `travel` counts these pairs and the
matrix says so. Asking takes time: call this outside of any transaction.
"""

import hashlib
import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from django.conf import settings
from django.core.cache import cache

from collections_app.visits import travel
from collections_app.visits.models import Travel
from collections_app.visits.travel import Located, Matrix, Way

logger = logging.getLogger(__name__)
PROFILES = {"osrm": "driving", "valhalla": "auto", "ors": "driving-car"}  # by provider: how it calls a car
BLOCK = 50  # places on each side of a request: what all three take as they are installed
TIMEOUT = 10  # seconds for an answer
NOT_AGAIN = 0.001  # seconds in which an overloaded server would be asked again
PATIENCE = 60  # seconds for all answers of a matrix
LEFT_ALONE = 300  # seconds in which a server that failed is not asked again: a night has hundreds of matrices
KEPT = timedelta(days=180)  # roads change
LONGEST = 10_000_000  # seconds or metres: more than any way on earth takes

Spot = tuple[int, int]  # ten-thousandths of a degree: latitude, longitude
Pair = tuple[Spot, Spot]
Told = dict[Pair, tuple[int, int] | None]  # seconds and metres; None: the server knows no way


@dataclass(frozen=True, slots=True)
class Server:
    provider: str
    url: str
    profile: str
    key: str = ""


class NotAMatrix(ValueError):
    """The server answered with something else."""


def server() -> Server | None:
    """The map server that the environment names."""
    url, provider = settings.TRAVEL_URL, settings.TRAVEL_PROVIDER
    if not url or provider not in PROFILES:
        return None
    return Server(provider, url, settings.TRAVEL_PROFILE or PROFILES[provider], settings.TRAVEL_KEY)


def matrix(places: Sequence[Located], way: Way, *, now: datetime) -> Matrix:
    """Every ordered way between these places; a server's seconds get the minutes of parking on top."""
    counted, asked = travel.matrix(places, way), server()
    if asked is None or len(places) < 2:
        return counted
    spots = [_spot(place) for place in places]
    distinct = sorted(set(spots))
    told = _stored(asked, distinct, now)
    told |= _fetched(asked, distinct, told, now)
    return _with_told(counted, spots, told, way)


def _with_told(counted: Matrix, spots: list[Spot], told: Told, way: Way) -> Matrix:
    seconds, metres = [list(row) for row in counted.seconds], [list(row) for row in counted.metres]
    estimated = set()
    for (row, one), (column, other) in product(enumerate(spots), repeat=2):
        if one == other:
            continue
        known = told.get((one, other))
        if known is None:
            estimated.add((row, column))
        else:
            seconds[row][column] = known[0] + way.parking_seconds
            metres[row][column] = known[1]
    return Matrix(tuple(map(tuple, seconds)), tuple(map(tuple, metres)), frozenset(estimated))


def _spot(place: Located) -> Spot:
    return round(place.latitude * 10_000), round(place.longitude * 10_000)


# What is kept


def _stored(asked: Server, spots: list[Spot], now: datetime) -> Told:
    latitudes, longitudes = {spot[0] for spot in spots}, {spot[1] for spot in spots}
    rows = Travel.objects.filter(
        provider=asked.provider, profile=asked.profile, fetched_at__gt=now - KEPT,
        from_latitude__in=latitudes, from_longitude__in=longitudes,
        to_latitude__in=latitudes, to_longitude__in=longitudes,
    ).values_list("from_latitude", "from_longitude", "to_latitude", "to_longitude", "seconds", "metres")  # fmt: skip
    return {
        ((north, east), (top, right)): None if seconds is None or metres is None else (seconds, metres)
        for north, east, top, right, seconds, metres in rows
    }


def _keep(asked: Server, told: Told, now: datetime) -> None:
    """In the order of the pairs, so that two nights' workers never wait for each other."""
    rows = [
        Travel(
            provider=asked.provider, profile=asked.profile, fetched_at=now,
            from_latitude=one[0], from_longitude=one[1], to_latitude=other[0], to_longitude=other[1],
            seconds=known[0] if known else None, metres=known[1] if known else None,
        )
        for (one, other), known in sorted(told.items(), key=lambda pair: pair[0])
    ]  # fmt: skip
    Travel.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["provider", "profile", "from_latitude", "from_longitude", "to_latitude", "to_longitude"],
        update_fields=["seconds", "metres", "fetched_at"],
    )


# What is asked


def _fetched(asked: Server, spots: list[Spot], known: Told, now: datetime) -> Told:
    """What was missing and could be had. After a failure the server is left alone for a while."""
    missing = {one: {other for other in spots if other != one and (one, other) not in known} for one in spots}
    away = f"map-server-away-{hashlib.sha256(asked.url.encode()).hexdigest()}"
    found: Told = {}
    if not any(missing.values()) or cache.get(away):
        return found
    until = time.monotonic() + PATIENCE
    for sources, targets in _blocks(missing, spots):
        try:
            block = _ask(asked, sources, targets)
        except Exception as error:  # whatever the server does, the day is planned
            logger.warning("The %s server did not tell the ways: %s.", asked.provider, type(error).__name__)
            cache.set(away, True, LEFT_ALONE)
            break
        _keep(asked, block, now)
        found |= block
        if time.monotonic() > until:
            logger.warning("The %s server is slow: the ways that are left are estimated.", asked.provider)
            break
    return found


def _blocks(missing: dict[Spot, set[Spot]], spots: list[Spot]) -> Iterator[tuple[list[Spot], list[Spot]]]:
    """Requests that cover what is missing: from new places to all, from the others to those they have no way to."""
    new = [one for one in spots if len(missing[one]) == len(spots) - 1]
    others = [one for one in spots if missing[one] and one not in set(new)]
    wanted = sorted(set().union(*(missing[one] for one in others)))
    for sources, targets in ((new, spots), (others, wanted)):
        for some, few in product(_parts(sources), _parts(targets)):
            if len(some) > 1 or some != few:  # not from one place to itself
                yield some, few


def _parts(spots: list[Spot]) -> list[list[Spot]]:
    return [spots[start : start + BLOCK] for start in range(0, len(spots), BLOCK)]


def _ask(asked: Server, sources: list[Spot], targets: list[Spot]) -> Told:
    answer = _request(
        asked,
        [[east / 10_000, north / 10_000] for north, east in (*sources, *targets)],
        sources=list(range(len(sources))),
        destinations=list(range(len(sources), len(sources) + len(targets))),
    )
    seconds, metres = (_checked(table, sources, targets) for table in (answer.durations, answer.distances))
    return {
        (one, other): None if took is None or far is None else (took, far)
        for one, row, ways in zip(sources, seconds, metres, strict=True)
        for other, took, far in zip(targets, row, ways, strict=True)
        if one != other
    }


def _request(asked: Server, locations: list[list[float]], **which: list[int]) -> Any:
    import routingpy  # of the extra `plan`, and only where a server is named

    how: dict[str, Any] = {"base_url": asked.url, "timeout": TIMEOUT, "retry_timeout": NOT_AGAIN}
    if asked.provider == "ors":
        service = routingpy.ORS(api_key=asked.key or None, **how)
        return service.matrix(locations, asked.profile, metrics=["duration", "distance"], **which)
    headers = {"headers": {"Authorization": asked.key}} if asked.key else {}
    if asked.provider == "valhalla":
        return routingpy.Valhalla(**how, **headers).matrix(locations, asked.profile, **which)
    return routingpy.OSRM(**how, **headers).matrix(locations, asked.profile, **which)


def _checked(table: Any, sources: list[Spot], targets: list[Spot]) -> list[list[int | None]]:
    """Whole numbers, rounded up, None where there is no way. Raises NotAMatrix."""
    if not isinstance(table, list) or [len(row) for row in table] != [len(targets)] * len(sources):
        raise NotAMatrix
    return [[_number(value) for value in row] for row in table]


def _number(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST:
        raise NotAMatrix
    return math.ceil(value)
