"""How full a rep's day is, and how it differs from the one before."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collections_app.visits.plans.load import Hours, Made, Sums, difference, drawn, load_of

NINE, HALF_PAST_FIVE = 9 * 60, 17 * 60 + 30
DAY = Hours(NINE, HALF_PAST_FIVE)


@st.composite
def rounds(draw):
    """Visits one after the other: the way there, perhaps a wait, the visit."""
    now, found = draw(st.integers(0, 12 * 60)), []
    for _ in range(draw(st.integers(0, 12))):
        travel, wait, stay = (draw(st.integers(0, 90)) for _ in range(3))
        found.append(
            Made(arrive=now + travel, start=now + travel + wait, leave=now + travel + wait + stay, travel=travel)
        )
        now = found[-1].leave
    return found


def test_the_parts_of_a_day_are_told_by_their_minutes():
    visits = [Made(arrive=560, start=600, leave=625, travel=20), Made(arrive=640, start=640, leave=665, travel=15)]

    load = load_of(visits, DAY, way_back=30)

    assert load.parts == (("visiting", 50), ("driving", 65), ("waiting", 40), ("free", 510 - 155))
    assert (load.working, load.over) == (510, 0)


def test_whoever_waits_over_lunch_eats_meanwhile():
    load = load_of([Made(arrive=770, start=850, leave=875, travel=10)], Hours(NINE, HALF_PAST_FIVE, 780, 840))

    assert load.working == 510 - 60
    assert load.waiting == 20


def test_lunch_outside_the_working_time_takes_nothing_of_it():
    assert load_of([], Hours(NINE, 12 * 60, 13 * 60, 14 * 60)).working == 180


@given(rounds(), st.integers(0, 120))
def test_the_parts_add_up_to_the_working_time_unless_it_is_too_short(visits, way_back):
    load = load_of(visits, DAY, way_back=way_back)

    assert sum(minutes for _name, minutes in load.parts) == load.working + load.over
    assert load.free == 0 or load.over == 0
    assert all(minutes >= 0 for _name, minutes in load.parts)


@given(rounds())
def test_the_drawing_is_full_from_one_end_to_the_other(visits):
    shares = drawn(load_of(visits, DAY))

    assert shares[0].begins == 0
    assert abs(sum(share.width for share in shares) - 1) < Decimal("0.0001")
    for one, other in pairwise(shares):
        assert abs(one.begins + one.width - other.begins) < Decimal("0.0001")


def test_a_day_is_compared_by_stops_worth_and_way_and_by_who_is_new_and_who_is_gone():
    now = Sums(Decimal(900), Decimal("30.5"), frozenset({1, 2, 3}))
    before = Sums(Decimal(1000), Decimal("20.0"), frozenset({3, 4, 5}), visited=frozenset({4}))

    found = difference(now, before)

    assert (found.stops, found.worth, found.kilometres) == (0, Decimal(-100), Decimal("10.5"))
    assert found.new == (1, 2)
    assert found.gone == (5,)  # the fourth was visited, so nobody misses it


KEYS = st.frozensets(st.integers(1, 20))


@given(KEYS, KEYS, KEYS)
def test_nobody_is_new_and_gone_at_once(now, before, visited):
    found = difference(Sums(Decimal(0), Decimal(0), now), Sums(Decimal(0), Decimal(0), before, visited))

    assert not set(found.new) & set(found.gone)
    assert found.stops == len(now) - len(before)
