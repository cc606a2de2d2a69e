"""A round as a file for the rep's device."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

import gpxpy
from defusedxml import ElementTree

from collections_app.visits.gpx import Stop, gpx

ON = date(2026, 11, 24)


@dataclass(frozen=True)
class Home:
    latitude: Decimal
    longitude: Decimal


HOME = Home(Decimal("39.469900"), Decimal("-0.376300"))


def stop(position: int, name: str = "Mercado Sol", arrive: time | None = time(9, 5)) -> Stop:
    return Stop(position, name, Decimal("39.4") + Decimal(position) / 100, Decimal("-0.37"), arrive)


def read(stops: list[Stop], start: Home | None = HOME) -> gpxpy.gpx.GPX:
    return gpxpy.parse(gpx(title="Carmen", on=ON, stops=stops, start=start, start_name="Start").decode())


def test_the_route_leads_from_the_start_through_the_stops_in_order_and_back():
    made = read([stop(1), stop(2, "Bar Azul", time(10, 40))])

    [route] = made.routes
    assert [point.name for point in route.points] == ["Start", "1 Mercado Sol", "2 Bar Azul", "Start"]
    assert [(point.name, point.description) for point in made.waypoints] == [
        ("Start", None), ("1 Mercado Sol", "09:05"), ("2 Bar Azul", "10:40"),
    ]  # fmt: skip
    assert (made.waypoints[1].latitude, made.waypoints[1].longitude) == (39.41, -0.37)
    assert (made.name, made.description, made.creator) == ("Carmen", "2026-11-24", "Payround")


def test_names_are_numbered_so_that_a_device_sorts_them():
    made = read([stop(number) for number in range(1, 13)])

    names = [point.name for point in made.waypoints[1:]]
    assert names[0] == "01 Mercado Sol"
    assert names == sorted(names)


def test_a_name_of_any_signs_stays_readable():
    made = read([stop(1, 'Café <"Ñ"> & 上海\x0b\x00 \ud800🍋')])

    assert made.waypoints[1].name == '1 Café <"Ñ"> & 上海 🍋'


def test_without_a_start_or_without_stops_the_file_is_still_one():
    assert [point.name for point in read([stop(1)], start=None).routes[0].points] == ["1 Mercado Sol"]
    assert read([], start=None).routes[0].points == []
    ElementTree.fromstring(gpx(title="", on=ON, stops=[], start=HOME, start_name="H"))


def test_a_round_that_ends_elsewhere_leads_there():
    end = Home(Decimal("39.500000"), Decimal("-0.400000"))

    made = gpxpy.parse(
        gpx(title="Carmen", on=ON, stops=[stop(1)], start=HOME, start_name="Start", end=end, end_name="End").decode()
    )

    assert [point.name for point in made.routes[0].points] == ["Start", "1 Mercado Sol", "End"]
    assert (made.routes[0].points[-1].latitude, made.routes[0].points[-1].longitude) == (39.5, -0.4)


def test_what_is_left_of_a_round_keeps_its_numbers():
    names = [point.name for point in read([stop(9), stop(10)]).waypoints[1:]]

    assert names == ["09 Mercado Sol", "10 Mercado Sol"]
