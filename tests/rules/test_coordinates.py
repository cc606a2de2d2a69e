"""A position as people type or paste it."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from customers import coordinates
from customers.coordinates import NotAPosition, Why

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

HERE = (Decimal("41.387400"), Decimal("2.168600"))


@pytest.mark.parametrize(
    "text",
    [
        "41.3874, 2.1686",
        " 41.3874 2.1686\n",
        "41.3874;2.1686",
        "41,3874; 2,1686",
        "41,3874, 2,1686",
        "41，3874；2，1686",
        "+41.38740000, +2.1686",
        "41.3874 N, 2.1686 E",
        "2.1686° E 41.3874° N",
        "geo:41.3874,2.1686",
        "geo:41.3874,2.1686;u=35",
        "GEO:0,0?q=41.3874,2.1686(Bar%20Azul)",
        "https://www.google.com/maps/@41.3874,2.1686,17z",
        "https://www.google.es/maps/place/Bar/@41.1,2.1,9z/data=!4m6!3m5!1s0x1!8m2!3d41.3874!4d2.1686!16s",
        "https://www.google.com/maps/place/41.3874,2.1686/@41.1,2.1,9z",
        "https://www.google.com/maps/search/?api=1&query=41.3874%2C2.1686",
        "https://www.google.com/maps/search/41.3874,+2.1686",
        "https://www.google.com/maps/dir/?api=1&origin=40.1,3.1&destination=41.3874,2.1686",
        "https://maps.google.com/?q=41.3874,2.1686",
        "www.google.com/maps/@41.3874,2.1686,17z",
        "https://www.openstreetmap.org/?mlat=41.3874&mlon=2.1686#map=17/41.1/2.1",
        "https://www.openstreetmap.org/#map=17/41.3874/2.1686",
        "https://maps.apple.com/?ll=41.3874,2.1686&q=Bar",
        "https://osmand.net/map?pin=41.3874,2.1686#16/41.1/2.1",
    ],
)
def test_a_position_is_read_as_it_comes(text):
    assert coordinates.read(text) == HERE


def test_degrees_minutes_and_seconds_are_read_with_their_letters():
    assert coordinates.read("41°23'14.6\"N 2°10'07\"W") == (Decimal("41.387389"), Decimal("-2.168611"))
    assert coordinates.read("33°26.5'S 70°39'W") == (Decimal("-33.441667"), Decimal("-70.650000"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Why.NO_NUMBERS),
        ("Calle Mayor 5", Why.NO_NUMBERS),
        ("41,3874", Why.NO_NUMBERS),  # one number, or two?
        ("41, 2", Why.NO_NUMBERS),  # no address is a hundred kilometres wide
        ("41.3874", Why.NO_NUMBERS),
        ("2.1686 E", Why.NO_NUMBERS),
        ("90.5, 2.1", Why.OFF_THE_EARTH),
        ("41.5, -180.1", Why.OFF_THE_EARTH),
        ("0.0, 0.0", Why.NOWHERE),
        ("https://maps.app.goo.gl/abcdef", Why.SHORT_LINK),
        ("https://goo.gl/maps/abcdef", Why.SHORT_LINK),
        ("https://osm.org/go/xyz", Why.SHORT_LINK),
        ("https://example.com/?q=41.3874,2.1686", Why.NO_COORDINATES),
        ("https://yandex.com/maps/?ll=2.1686,41.3874", Why.NO_COORDINATES),
        ("https://www.google.com/maps/place/Bar+Azul", Why.NO_COORDINATES),
        ("https://www.google.com.evil.example/maps/@", Why.NO_COORDINATES),
        ("http://[broken", Why.NO_COORDINATES),
        ("geo:", Why.NO_COORDINATES),
    ],
)
def test_what_is_no_position_says_why(text, why):
    with pytest.raises(NotAPosition) as refused:
        coordinates.read(text)

    assert refused.value.why == why


@unhurried
@given(some.text(max_size=60) | some.from_regex(r"(geo:|https://www\.google\.com/maps)[ -~]*"))
def test_any_text_is_a_position_or_is_refused(text):
    try:
        north, east = coordinates.read(text)
    except NotAPosition:
        return
    assert abs(north) <= 90 and abs(east) <= 180


@unhurried
@given(some.decimals(-90, 90, places=6), some.decimals(-180, 180, places=6))
def test_what_is_written_is_read_as_the_same(north, east):
    if north or east:
        assert coordinates.read(coordinates.written(north, east)) == (north, east)
