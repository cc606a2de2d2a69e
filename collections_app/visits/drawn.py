"""The map of a round, drawn on the server: numbered stops in order, the legs between them, a scale.

Positions on the drawing are per cent of its width and height, so that circles and letters keep their size on every
screen. Places in are degrees; the projection is Web Mercator, the one of the tiles that may lie under the drawing.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from collections_app.visits.travel import Located

EQUATOR = 40_075_017  # metres
NORTHERNMOST = 85.05  # degrees: where the map of the world ends
ACROSS, DOWN = 320.0, 240.0  # pixels of the drawing on the narrowest screen, on which circles must not overlap
APART = 21.0  # pixels between the middles of two circles
SIDE, TOP, BOTTOM = 0.08, 0.1, 0.16  # shares of the drawing that stay free; the scale stands in the last
SMALLEST = 1000  # metres that the drawing shows at least, from side to side
TURN = math.pi * (3 - math.sqrt(5))  # each next circle of one place stands so much further round it
TILES_ACROSS = 4
DEEPEST = 18  # zoom of the tiles

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Point:
    """A circle with its label. Where it stands aside of others, `place_x` and `place_y` are where it belongs."""

    x: str
    y: str
    label: str
    kind: str  # stop, done, start, end, other
    place_x: str
    place_y: str
    is_aside: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The way from a point to the next; `is_return` after the last stop."""

    x1: str
    y1: str
    x2: str
    y2: str
    is_return: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """How long a round number of metres is on the drawing."""

    width: str
    text: str


@dataclass(frozen=True, slots=True)
class Tile:
    url: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Drawing:
    points: tuple[Point, ...] = ()
    lines: tuple[Line, ...] = ()
    scale: Scale | None = None
    tiles: tuple[Tile, ...] = ()
    stops: int = 0


@dataclass(frozen=True, slots=True)
class _Frame:
    """The part of the world that is drawn, the world being a square of one by one."""

    left: float
    top: float
    width: float

    @property
    def height(self) -> float:
        return self.width * DOWN / ACROSS

    def pixels(self, spot: Spot) -> Spot:
        return (spot[0] - self.left) / self.width * ACROSS, (spot[1] - self.top) / self.height * DOWN


def draw(
    *,
    stops: Sequence[Located],
    start: Located | None = None,
    end: Located | None = None,
    others: Sequence[Located] = (),
    done: Collection[int] = (),
    labels: Sequence[str] = (),
    is_round: bool = True,
    tiles: str = "",
) -> Drawing:
    """Stops in their order, labelled from 1 on unless `labels` say otherwise; `done` are positions in that order.

    The round begins at `start` (H) and leads back there, or to `end` (E). `others` are places to compare with.
    """
    kinds = ["done" if position in done else "stop" for position in range(1, len(stops) + 1)]
    named = [(place, labels[i] if labels else str(i + 1), kinds[i]) for i, place in enumerate(stops)]
    named += [(place, label, kind) for place, label, kind in ((start, "H", "start"), (end, "E", "end")) if place]
    spots = _world([place for place, _label, _kind in named] + list(others))
    if not spots:
        return Drawing()
    frame = _frame(spots)
    places = [frame.pixels(spot) for spot in spots]
    circles = _spread(places[: len(named)])
    points = [
        _point(circle, place, label, kind)
        for circle, place, (_, label, kind) in zip(circles, places, named, strict=False)
    ]
    dots = [_point(place, place, "", "other") for place in places[len(named) :]]
    return Drawing(
        points=(*dots, *points),
        lines=tuple(_lines(points, len(stops))) if is_round else (),
        scale=_scale(frame),
        tiles=tuple(_tiles(frame, tiles)) if tiles else (),
        stops=len(stops),
    )


# From degrees to the frame


def _world(places: Sequence[Located]) -> list[Spot]:
    """From north-west to south-east. Places on both sides of the 180th meridian stay together."""
    easts = [float(place.longitude) for place in places]
    if easts and max(easts) - min(easts) > 180:
        easts = [east + 360 if east < 0 else east for east in easts]
    return [((east + 180) / 360, _southwards(float(place.latitude))) for east, place in zip(easts, places, strict=True)]


def _southwards(latitude: float) -> float:
    north = math.radians(max(-NORTHERNMOST, min(NORTHERNMOST, latitude)))
    return (1 - math.asinh(math.tan(north)) / math.pi) / 2


def _metres_of_the_world(southwards: float) -> float:
    """How long the side of the world is at this latitude."""
    return EQUATOR / math.cosh(math.pi * (1 - 2 * southwards))


def _frame(spots: Sequence[Spot]) -> _Frame:
    west, east = min(x for x, _ in spots), max(x for x, _ in spots)
    north, south = min(y for _, y in spots), max(y for _, y in spots)
    width = max(
        (east - west) / (1 - 2 * SIDE),
        (south - north) / (1 - TOP - BOTTOM) * ACROSS / DOWN,
        SMALLEST / _metres_of_the_world((north + south) / 2),
    )
    free = TOP + (1 - TOP - BOTTOM) / 2  # the middle of what is left beside the scale
    return _Frame((west + east) / 2 - width / 2, (north + south) / 2 - free * width * DOWN / ACROSS, width)


# From the frame to circles that do not overlap


def _spread(places: Sequence[Spot]) -> list[Spot]:
    """Those that would overlap make room for each other, the first of one place staying nearest to it."""
    circles = list(_round_their_place(places))
    for _ in range(200):
        if not _pushed(circles):
            break
    return circles


def _round_their_place(places: Sequence[Spot]) -> Iterator[Spot]:
    seen: dict[tuple[int, int], int] = {}
    for x, y in places:
        place = round(x), round(y)
        before = seen[place] = seen.get(place, -1) + 1
        far, angle = APART * 0.6 * math.sqrt(before), TURN * before
        yield _inside(x + far * math.cos(angle), y + far * math.sin(angle))


def _pushed(circles: list[Spot]) -> bool:
    """Push apart each pair that overlaps; false where none does."""
    found = False
    for one in range(len(circles)):
        for other in range(one):
            x, y = circles[one][0] - circles[other][0], circles[one][1] - circles[other][1]
            far = math.hypot(x, y)
            if far >= APART - 0.5:
                continue
            found = True
            angle = math.atan2(y, x) if far else TURN * one
            push = (APART - far) / 2
            across, down = push * math.cos(angle), push * math.sin(angle)
            circles[one] = _inside(circles[one][0] + across, circles[one][1] + down)
            circles[other] = _inside(circles[other][0] - across, circles[other][1] - down)
    return found


def _inside(x: float, y: float) -> Spot:
    edge = APART / 2
    return min(max(x, edge), ACROSS - edge), min(max(y, edge), DOWN - BOTTOM * DOWN / 2 - edge)


def _point(circle: Spot, place: Spot, label: str, kind: str) -> Point:
    is_aside = math.dist(circle, place) > APART / 2
    return Point(*_shares(circle), label, kind, *_shares(place), is_aside)


def _lines(points: Sequence[Point], stops: int) -> Iterator[Line]:
    ways = {point.kind: point for point in points[stops:]}
    start, back = ways.get("start"), ways.get("end") or ways.get("start")
    legs = [*([start] if start else []), *points[:stops]]
    for one, other in pairwise(legs):
        yield Line(one.x, one.y, other.x, other.y, is_return=False)
    if stops and back:
        yield Line(legs[-1].x, legs[-1].y, back.x, back.y, is_return=True)


def _shares(spot: Spot) -> tuple[str, str]:
    return _share(spot[0] / ACROSS), _share(spot[1] / DOWN)


def _share(value: float) -> str:
    return f"{value * 100:.2f}%"


# What lies around and under it


def _scale(frame: _Frame) -> Scale:
    """The longest round number of metres that takes a third of the drawing at most."""
    across = frame.width * _metres_of_the_world(frame.top + frame.height / 2)
    power = 10 ** math.floor(math.log10(across / 3))
    metres = max(step * power for step in (1, 2, 5) if step * power <= across / 3)
    return Scale(_share(metres / across), f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m")


def _tiles(frame: _Frame, address: str) -> Iterator[Tile]:
    """The pictures of a map that cover the frame, from north-west to south-east."""
    zoom = max(0, min(DEEPEST, math.floor(math.log2(TILES_ACROSS / frame.width))))
    number = 2**zoom
    for down in range(
        max(0, math.floor(frame.top * number)), min(number, math.ceil((frame.top + frame.height) * number))
    ):
        for across in range(math.floor(frame.left * number), math.ceil((frame.left + frame.width) * number)):
            yield Tile(
                url=address.replace("{z}", str(zoom)).replace("{x}", str(across % number)).replace("{y}", str(down)),
                x=_share((across / number - frame.left) / frame.width),
                y=_share((down / number - frame.top) / frame.height),
                width=_share(1 / number / frame.width),
                height=_share(1 / number / frame.height),
            )
