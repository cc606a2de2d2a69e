"""A map server tells the ways: asked once per pair, in blocks, and never a reason for no plan."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.cache import cache

from collections_app.visits import checks, matrices, travel
from collections_app.visits.models import Travel
from collections_app.visits.travel import Way

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
WAY = Way()


@dataclass(frozen=True)
class Place:
    latitude: Decimal
    longitude: Decimal


def places(number: int) -> list[Place]:
    """On a line from south to north, some 1.1 km from each other."""
    return [Place(Decimal("39.4") + Decimal(step) / 100, Decimal("-0.3763")) for step in range(number)]


class Asked(BaseHTTPRequestHandler):
    """What the three servers answer to, each in its own shape: a way takes 100 s and 1000 m per hundredth of a degree
    northwards, and twice that southwards.
    """

    server: Any

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        asked = dict(parse_qsl(query))
        where = [float(pair.split(",")[1]) for pair in path.split("/")[-1].split(";")]
        rows, columns = ([where[int(i)] for i in asked[name].split(";")] for name in ("sources", "destinations"))
        self.answer({"code": "Ok"} | self.tables(rows, columns))

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/sources_to_targets":
            rows, columns = ([one["lat"] for one in said[name]] for name in ("sources", "targets"))
            tables = self.tables(rows, columns)
            pairs = zip(tables["durations"], tables["distances"], strict=True)
            told = [
                [{"time": took, "distance": far if far is None else far / 1000} for took, far in zip(*row, strict=True)]
                for row in pairs
            ]
            self.answer({"sources_to_targets": told, "units": "kilometers"})
        else:
            where = [pair[1] for pair in said["locations"]]
            self.answer(self.tables([where[i] for i in said["sources"]], [where[i] for i in said["destinations"]]))

    def tables(self, rows: list[float], columns: list[float]) -> dict[str, Any]:
        self.server.sizes.append((len(rows), len(columns)))
        gone = self.server.unreachable

        def cost(one: float, other: float) -> int | None:
            step = round((other - one) * 100)
            return None if gone in (one, other) and step else step if step >= 0 else -2 * step

        costs = [[cost(one, other) for other in columns] for one in rows]
        return {
            name: [[None if one is None else one * times for one in row] for row in costs]
            for name, times in (("durations", 100.0), ("distances", 1000.0))
        }

    def answer(self, told: dict[str, Any]) -> None:
        self.server.seen.append((self.path.partition("?")[0], self.headers.get("Authorization")))
        time.sleep(self.server.takes)
        body = self.server.says if self.server.says is not None else json.dumps(told).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def stand_in(settings: Any) -> Iterator[Any]:
    """A map server on this machine."""
    made: Any = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    made.seen, made.sizes, made.says, made.status, made.takes, made.unreachable = [], [], None, 200, 0, None
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    settings.TRAVEL_URL, settings.TRAVEL_PROVIDER = f"http://127.0.0.1:{made.server_port}", "osrm"
    settings.TRAVEL_PROFILE = settings.TRAVEL_KEY = ""
    cache.clear()
    yield made
    made.shutdown()
    made.server_close()
    cache.clear()


def asked(found: list[Place], now: datetime = NOW) -> travel.Matrix:
    return matrices.matrix(found, WAY, now=now)


def test_without_a_server_nothing_leaves_the_machine(settings, monkeypatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("somebody opened a connection")

    assert settings.TRAVEL_URL == ""
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)

    assert asked(places(4)) == travel.matrix(places(4), WAY)
    assert not asked(places(4)).is_estimated
    assert not Travel.objects.exists()


@pytest.mark.parametrize(
    ("provider", "path"),
    [
        ("osrm", "/table/v1/driving/-0.3763,39.4;-0.3763,39.41;-0.3763,39.42;-0.3763,39.4;-0.3763,39.41;-0.3763,39.42"),
        ("valhalla", "/sources_to_targets"),
        ("ors", "/v2/matrix/driving-car/json"),
    ],
)
def test_each_provider_is_asked_once_in_its_own_way_and_there_differs_from_back(stand_in, settings, provider, path):
    settings.TRAVEL_PROVIDER, settings.TRAVEL_KEY = provider, "secret"

    first, second = asked(places(3)), asked(places(3))

    assert first == second
    assert not first.is_estimated
    assert first.seconds == ((0, 340, 440), (440, 0, 340), (640, 440, 0))  # with four minutes of parking
    assert first.metres == ((0, 1000, 2000), (2000, 0, 1000), (4000, 2000, 0))
    assert stand_in.seen == [(path, "secret")]


def test_a_profile_of_its_own_is_asked_for_and_kept_apart(stand_in, settings):
    asked(places(2))
    settings.TRAVEL_PROFILE = "van"

    asked(places(2))

    assert [path.split("/")[3] for path, _key in stand_in.seen] == ["driving", "van"]
    assert Travel.objects.count() == 4


def test_a_new_customer_costs_two_small_requests(stand_in):
    asked(places(9))
    stand_in.sizes.clear()

    found = asked(places(10))

    assert sorted(stand_in.sizes) == [(1, 10), (9, 1)]
    assert not found.is_estimated
    assert Travel.objects.count() == 90


def test_many_places_are_asked_for_in_blocks_that_a_server_takes(stand_in):
    found = asked(places(120))

    assert max(max(size) for size in stand_in.sizes) == matrices.BLOCK
    assert sum(rows * columns for rows, columns in stand_in.sizes) == 120 * 120
    assert (found.metres[0][119], found.metres[119][0]) == (119_000, 238_000)
    assert not found.is_estimated


def test_places_a_few_steps_from_each_other_are_one_for_the_server(stand_in):
    near = Place(Decimal("39.400012"), Decimal("-0.376308"))

    found = asked([*places(2), near])

    assert stand_in.sizes == [(2, 2)]
    assert found.metres[2][1] == found.metres[0][1] == 1000
    assert found.metres[0][2] < 10


def test_where_the_server_knows_no_way_distance_tells_with_a_mark_and_it_is_not_asked_again(stand_in):
    stand_in.unreachable = 39.42
    for _ in range(2):
        found = asked(places(3))
        assert found.estimated == {(0, 2), (1, 2), (2, 0), (2, 1)}
        assert found.metres[0][1] == 1000
        assert found.seconds[0][2] == travel.matrix(places(3), WAY).seconds[0][2]

    assert len(stand_in.seen) == 1


def test_what_was_said_half_a_year_ago_is_asked_again(stand_in):
    asked(places(2))
    later = NOW + matrices.KEPT + timedelta(days=1)

    asked(places(2), later)

    assert len(stand_in.seen) == 2
    assert set(Travel.objects.values_list("fetched_at", flat=True)) == {later}


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (500, b"{}"),
        (503, b"{}"),
        (429, b"{}"),
        (403, b'{"error": "no key"}'),
        (200, b"<html>hello</html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"durations": "x", "distances": []}'),
        (200, b'{"durations": [[1]], "distances": [[1]]}'),
        (200, b'{"durations": [[0, -5, 1], [1, 0, 1], [1, 1, 0]], "distances": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]}'),
        (200, b'{"durations": [[0, "1", 1], [1, 0, 1], [1, 1, 0]], "distances": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]}'),
        (200, b'{"durations": [[0, NaN, 1], [1, 0, 1], [1, 1, 0]], "distances": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]}'),
    ],
)
@pytest.mark.parametrize("provider", ["osrm", "valhalla", "ors"])
def test_whatever_a_server_says_distance_takes_its_place_and_the_matrix_shows_it(
    stand_in, settings, caplog, provider, status, says
):
    settings.TRAVEL_PROVIDER, settings.TRAVEL_KEY = provider, "secret"
    stand_in.status, stand_in.says = status, says

    found = asked(places(3))

    assert (found.seconds, found.metres) == (
        travel.matrix(places(3), WAY).seconds,
        travel.matrix(places(3), WAY).metres,
    )
    assert found.estimated == {(row, column) for row in range(3) for column in range(3) if row != column}
    assert not Travel.objects.exists()
    assert "secret" not in caplog.text


def test_a_server_that_is_away_is_left_alone_for_a_while(stand_in, settings):
    settings.TRAVEL_URL = "http://127.0.0.1:9"  # nobody listens there
    assert asked(places(2)).is_estimated
    kept = settings.TRAVEL_URL

    settings.TRAVEL_URL = f"http://127.0.0.1:{stand_in.server_port}"
    assert not asked(places(2)).is_estimated

    settings.TRAVEL_URL = kept
    started = time.monotonic()
    assert asked(places(3)).estimated == {(0, 2), (1, 2), (2, 0), (2, 1)}  # what another server of the kind told stays
    assert time.monotonic() - started < 1


def test_a_server_that_is_slow_is_not_waited_for(stand_in, monkeypatch):
    monkeypatch.setattr(matrices, "TIMEOUT", 0.2)
    stand_in.takes = 1

    started = time.monotonic()
    found = [asked(places(3)) for _ in range(3)]

    assert time.monotonic() - started < 1
    assert all(one.is_estimated for one in found)
    assert len(stand_in.seen) == 1


def test_patience_ends_and_what_was_told_until_then_is_kept(stand_in, monkeypatch):
    monkeypatch.setattr(matrices, "PATIENCE", -1)

    assert asked(places(120)).is_estimated

    assert Travel.objects.count() == 50 * 49
    assert len(stand_in.seen) == 1


@pytest.mark.parametrize("found", [[], places(1)])
def test_nobody_is_asked_about_no_way(stand_in, found):
    assert asked(found) == travel.matrix(found, WAY)
    assert stand_in.seen == []


@pytest.mark.parametrize(
    ("url", "provider", "said"),
    [
        ("", "", None),
        ("http://maps.example", "osrm", None),
        ("http://maps.example", "", "TRAVEL_PROVIDER is not set, expected osrm, valhalla, ors"),
        ("http://maps.example", "google", "TRAVEL_PROVIDER is google, expected osrm, valhalla, ors"),
        ("maps.example", "osrm", "TRAVEL_URL is no address of http or https"),
    ],
)
def test_a_server_that_is_named_wrongly_is_a_warning_that_says_what_is_wrong(settings, url, provider, said):
    settings.TRAVEL_URL, settings.TRAVEL_PROVIDER = url, provider

    found = [warning.msg for warning in checks.map_server_can_be_asked(None)]

    assert found == ([] if said is None else [f"The map server is not asked: {said}."])


@pytest.mark.parametrize(
    ("tiles", "is_wrong"),
    [("", False), ("https://tiles.example/{z}/{x}/{y}.png", False), ("https://tiles.example/", True), ("x", True)],
)
def test_tiles_that_are_named_wrongly_are_a_warning(settings, tiles, is_wrong):
    settings.MAP_TILES = tiles

    assert bool(checks.map_tiles_can_be_shown(None)) == is_wrong
