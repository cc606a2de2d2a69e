"""How long a way is and takes where no map server tells."""

import time
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from collections_app.policy.thresholds import Policy, Travel
from collections_app.visits import travel
from collections_app.visits.travel import Way

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Place:
    latitude: Decimal
    longitude: Decimal


BILBAO = Place(Decimal("43.2630"), Decimal("-2.9350"))
MADRID = Place(Decimal("40.4168"), Decimal("-3.7038"))
USUAL = Way.of(Policy().travel)


@some.composite
def ways(draw):
    """Any that the policy allows."""
    steps = some.integers(1, 500)
    bands = sorted(draw(some.lists(steps, min_size=2, max_size=2, unique=True)))
    speeds = sorted(draw(some.lists(some.integers(1, 150), min_size=3, max_size=3, unique=True)))
    circuity = draw(some.decimals(1, 3, places=3))
    return Way.of(Travel(str(circuity), tuple(bands), tuple(speeds), draw(some.integers(0, 60))))


places = some.builds(Place, some.decimals(-90, 90, places=6), some.decimals(-180, 180, places=6))


def test_the_policy_says_how_a_way_is_counted_and_its_defaults_are_the_usual_ones():
    assert USUAL == Way() == Way(1.3, (5_000, 20_000), (22, 38, 60), 240)
    assert Way.of(Travel("1.45", (3, 30), (18, 40, 80), 6)) == Way(1.45, (3_000, 30_000), (18, 40, 80), 360)


@pytest.mark.parametrize(
    ("metres", "minutes"),
    [
        (5_000, 5 / 22 * 60),
        (20_000, 5 / 22 * 60 + 15 / 38 * 60),
        (80_000, 5 / 22 * 60 + 15 / 38 * 60 + 60),
    ],
)
def test_each_part_of_a_way_has_its_speed_and_parking_comes_on_top(metres, minutes):
    assert travel.seconds_for(metres, USUAL) == pytest.approx(minutes * 60 + 240, abs=1)


def test_next_door_takes_nothing_not_even_parking():
    assert travel.seconds_for(0, USUAL) == 0


@unhurried
@given(ways(), some.integers(1, 2_000_000), some.integers(0, 2_000_000))
def test_a_longer_way_is_never_faster(way, metres, more):
    assert travel.seconds_for(metres, way) <= travel.seconds_for(metres + more, way)


@unhurried
@given(ways(), some.integers(1, 1_000_000))
def test_at_a_band_the_time_does_not_jump(way, metres):
    step = travel.seconds_for(metres + 1, way) - travel.seconds_for(metres, way)

    assert 0 <= step <= 3.6 / way.speeds[0] + 1


def test_streets_are_longer_than_the_crow_flies():
    assert 415_000 < travel.metres_between(BILBAO, MADRID, USUAL) < 425_000
    assert travel.metres_between(BILBAO, MADRID, Way(circuity=1.0)) < 325_000


@unhurried
@given(some.lists(places, max_size=6), ways())
def test_a_matrix_has_the_same_way_there_and_back_and_none_to_the_place_itself(found, way):
    made = travel.matrix(found, way)

    assert len(made.metres) == len(made.seconds) == len(found)
    for row, one in enumerate(found):
        assert (made.metres[row][row], made.seconds[row][row]) == (0, 0)
        for column, other in enumerate(found):
            assert made.metres[row][column] == made.metres[column][row]
            if row != column:
                assert made.metres[row][column] == travel.metres_between(one, other, way)
                assert made.seconds[row][column] == travel.seconds_for(made.metres[row][column], way)
    assert not made.is_estimated


def test_the_ways_of_a_week_of_four_hundred_customers_take_less_than_a_second():
    found = [Place(Decimal(39) + Decimal(i * 37 % 1000) / 1000, Decimal(i * 61 % 1000) / 1000) for i in range(400)]
    started = time.process_time()

    made = travel.matrix(found, USUAL)

    assert time.process_time() - started < 1
    assert len(made.seconds) == 400
