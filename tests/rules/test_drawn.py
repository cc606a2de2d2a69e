"""The map of a round: everything on it, in order, and nothing on top of each other."""

import math
import time
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from collections_app.visits import drawn
from collections_app.visits.drawn import draw
from common import distance

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Place:
    latitude: Decimal
    longitude: Decimal


def at(north: str | float, east: str | float) -> Place:
    return Place(Decimal(str(north)), Decimal(str(east)))


VALENCIA, SAGUNTO, GANDIA = at("39.4699", "-0.3763"), at("39.6797", "-0.2783"), at("38.9680", "-0.1844")
places = some.builds(Place, some.decimals(-85, 85, places=6), some.decimals(-180, 180, places=6))
near = some.builds(Place, some.decimals("39.4", "39.6", places=3), some.decimals("-0.5", "-0.3", places=3))


def share(text: str) -> float:
    return float(text.removesuffix("%"))


def pixels(point, across=drawn.ACROSS):
    return share(point.x) / 100 * across, share(point.y) / 100 * across * drawn.DOWN / drawn.ACROSS


def test_stops_are_numbered_in_their_order_and_the_legs_lead_from_the_start_through_them_and_back():
    made = draw(stops=[SAGUNTO, GANDIA], start=VALENCIA)

    first, second, home = made.points
    assert [(point.label, point.kind) for point in made.points] == [("1", "stop"), ("2", "stop"), ("H", "start")]
    assert [(line.x1, line.y1, line.x2, line.y2, line.is_return) for line in made.lines] == [
        (home.x, home.y, first.x, first.y, False),
        (first.x, first.y, second.x, second.y, False),
        (second.x, second.y, home.x, home.y, True),
    ]


def test_north_is_up_and_east_is_right():
    sagunto, gandia, valencia = draw(stops=[SAGUNTO, GANDIA], start=VALENCIA).points

    assert share(sagunto.y) < share(valencia.y) < share(gandia.y)
    assert share(valencia.x) < share(sagunto.x) < share(gandia.x)


def test_a_day_that_ends_elsewhere_leads_there():
    made = draw(stops=[SAGUNTO], start=VALENCIA, end=GANDIA)

    assert [(point.label, point.kind) for point in made.points[1:]] == [("H", "start"), ("E", "end")]
    assert (made.lines[-1].x2, made.lines[-1].is_return) == (made.points[2].x, True)


def test_what_is_done_looks_different():
    assert [point.kind for point in draw(stops=[SAGUNTO, GANDIA], done={1}).points] == ["done", "stop"]


def test_nothing_to_draw_is_an_empty_drawing():
    assert draw(stops=[]) == drawn.Drawing()


@pytest.mark.parametrize("start", [None, VALENCIA])
def test_one_place_stands_in_the_middle_of_a_kilometre(start):
    made = draw(stops=[] if start else [SAGUNTO], start=start)

    [point] = made.points
    assert (point.x, point.is_aside) == ("50.00%", False)
    assert 20 < share(point.y) < 80
    assert made.lines == ()
    assert made.scale.text == "200 m"


@unhurried
@given(some.lists(places, min_size=1, max_size=12), some.none() | places)
def test_every_place_of_the_world_lies_on_the_drawing(stops, start):
    made = draw(stops=stops, start=start)

    assert len(made.points) == len(stops) + (start is not None)
    for point in made.points:
        assert all(-0.01 <= share(value) <= 100.01 for value in (point.x, point.y, point.place_x, point.place_y))
    assert 10 <= share(made.scale.width) <= 33.34


@unhurried
@given(some.lists(near, min_size=2, max_size=60), some.booleans())
def test_no_circle_lies_on_another_on_the_narrowest_screen(stops, is_one_place):
    made = draw(stops=[stops[0]] * len(stops) if is_one_place else stops, start=stops[0])

    for one, other in combinations(made.points, 2):
        assert math.dist(pixels(one), pixels(other)) > 20


def test_who_had_to_make_room_shows_where_he_belongs():
    made = draw(stops=[SAGUNTO, SAGUNTO, GANDIA])

    assert [point.is_aside for point in made.points] == [False, True, False]
    assert (made.points[1].place_x, made.points[1].place_y) == (made.points[0].place_x, made.points[0].place_y)


def test_a_round_of_sixty_is_drawn_while_nobody_waits():
    stops = [at(39.4 + i * 37 % 100 / 900, -0.4 + i * 61 % 100 / 900) for i in range(60)]
    started = time.process_time()

    made = draw(stops=stops, start=VALENCIA)

    assert time.process_time() - started < 0.5
    assert len(made.lines) == 61
    assert [point.label for point in made.points[:60]] == [str(number) for number in range(1, 61)]


@unhurried
@given(near, near)
def test_the_scale_tells_a_round_number_and_the_truth(one, other):
    made = draw(stops=[one, other], is_round=False)

    number, unit = made.scale.text.split()
    metres = float(number) * (1000 if unit == "km" else 1)
    assert f"{metres:e}"[0] in "125" and float(f"{metres:e}".split("e")[0]) in (1, 2, 5)
    first, second = made.points
    where = [(share(p.place_x) / 100 * 320, share(p.place_y) / 100 * 240) for p in (first, second)]
    drawn_metres = math.dist(*where) / 320 / (share(made.scale.width) / 100) * metres
    crow = distance.as_the_crow_flies(one.latitude, one.longitude, other.latitude, other.longitude)
    assert drawn_metres == pytest.approx(crow, rel=0.01, abs=10)


def test_islands_on_both_sides_of_the_date_line_are_neighbours():
    made = draw(stops=[at(-17.8, 177.4), at(-16.8, -179.9)])

    assert "km" in made.scale.text
    assert float(made.scale.text.split()[0]) <= 200
    assert share(made.points[0].x) < share(made.points[1].x)


def test_places_to_compare_with_are_dots_without_a_number():
    made = draw(stops=[SAGUNTO], labels=["×"], others=[GANDIA, VALENCIA], is_round=False)

    assert [(point.label, point.kind) for point in made.points] == [("", "other"), ("", "other"), ("×", "stop")]
    assert made.lines == ()


def test_without_a_setting_there_are_no_tiles():
    assert draw(stops=[SAGUNTO]).tiles == ()


@unhurried
@given(some.lists(places, min_size=1, max_size=4))
def test_tiles_cover_the_drawing_and_are_few(stops):
    made = draw(stops=stops, tiles="https://tiles.example/{z}/{x}/{y}.png")

    assert 1 <= len(made.tiles) <= 30
    left, top = min(share(tile.x) for tile in made.tiles), min(share(tile.y) for tile in made.tiles)
    right = max(share(tile.x) + share(tile.width) for tile in made.tiles)
    assert left <= 0.01 and right >= 99.99
    for tile in made.tiles:
        zoom, x, y = map(int, tile.url.removeprefix("https://tiles.example/").removesuffix(".png").split("/"))
        assert 0 <= zoom <= 18 and 0 <= x < 2**zoom and 0 <= y < 2**zoom
    if all(-60 < place.latitude < 60 for place in stops) and left > -100:
        assert top <= 0.01


def test_a_tile_lies_where_the_world_has_it():
    """The tile 8/127/97 begins at 1.40625° west: with its neighbours in the east it holds Valencia and Gandia."""
    made = draw(stops=[VALENCIA, GANDIA], tiles="{z}/{x}/{y}")

    zoom, x, y = map(int, made.tiles[0].url.split("/"))
    valencia = made.points[0]
    world = (float(VALENCIA.longitude) + 180) / 360 * 2**zoom
    tile_share = (share(valencia.place_x) - share(made.tiles[0].x)) / share(made.tiles[0].width)
    assert x + tile_share == pytest.approx(world, abs=0.01)
    rows = (1 - math.asinh(math.tan(math.radians(float(VALENCIA.latitude)))) / math.pi) / 2 * 2**zoom
    tile_share = (share(valencia.place_y) - share(made.tiles[0].y)) / share(made.tiles[0].height)
    assert y + tile_share == pytest.approx(rows, abs=0.01)
