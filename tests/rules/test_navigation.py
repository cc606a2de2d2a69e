"""Links from stop to stop: they lead there, and say nothing about whom is visited."""

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from collections_app.visits import navigation

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Row:
    """A stop with all that a link must not say."""

    latitude: Decimal
    longitude: Decimal
    name: str = "Mercado Sol"
    code: str = "C10482"
    amount: str = "3240.00"


ALICANTE = Row(Decimal("38.3452"), Decimal("-0.481"))
rows = some.builds(Row, some.decimals(-90, 90, places=6), some.decimals(-180, 180, places=6))
FIXED = (
    "https://www.google.com/maps/dir/?api=1&destination=", "&waypoints=", "&travelmode=driving",
    "https://maps.apple.com/?daddr=", "&dirflg=d", "https://osmand.net/map?pin=", "geo:", "?q=",
)  # fmt: skip


def told(url: str) -> str:
    """What a link says beside its fixed words."""
    for part in FIXED:
        url = url.replace(part, " ")
    return url


def links(found: list[Row]) -> list[str]:
    legs = [navigation.leg(row) for row in found]
    return [
        *(url for leg in legs for url in (leg.geo, leg.google, leg.apple, leg.osmand)),
        *(part.google for part in navigation.parts(found)),
    ]


def test_a_leg_is_a_link_for_each_map_that_a_phone_may_have():
    leg = navigation.leg(ALICANTE)

    assert leg.geo == "geo:38.345200,-0.481000?q=38.345200,-0.481000"
    assert parse_qs(urlsplit(leg.google).query)["destination"] == ["38.345200,-0.481000"]
    assert parse_qs(urlsplit(leg.apple).query)["daddr"] == ["38.345200,-0.481000"]
    assert parse_qs(urlsplit(leg.osmand).query)["pin"] == ["38.345200,-0.481000"]


@unhurried
@given(some.lists(rows, max_size=12))
def test_no_link_says_anything_but_where(found):
    for url in links(found):
        assert re.fullmatch(r"[\d\s.,/#|%C-]*", told(url)), url
        assert not any(said in url for said in ("Mercado", "C10482", "3240"))


@pytest.mark.parametrize(
    ("number", "parts"), [(0, []), (1, [(1, 1)]), (4, [(1, 4)]), (5, [(1, 4), (5, 5)]), (9, [(1, 4), (5, 8), (9, 9)])]
)
def test_a_round_comes_in_links_that_a_phone_takes(number, parts):
    found = [Row(Decimal(step), Decimal(step)) for step in range(number)]

    made = navigation.parts(found)

    assert [(part.first, part.last) for part in made] == parts
    seen = []
    for part in made:
        query = parse_qs(urlsplit(part.google).query)
        through = query.get("waypoints", [""])[0].split("|")
        assert len(through) <= 3
        seen += [place for place in (*through, query["destination"][0]) if place]
    assert seen == [f"{step}.000000,{step}.000000" for step in range(number)]
