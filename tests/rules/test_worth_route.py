from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from collections_app.visits import route
from collections_app.visits.route import Because, Candidate, Day, Place, Window, plan_route

BILBAO = Place(Decimal("43.2630"), Decimal("-2.9350"))
MADRID = Place(Decimal("40.4168"), Decimal("-3.7038"))
DAY = Day(9 * 60, 17 * 60 + 30, BILBAO, Decimal("0.60"))


def near(hundredths: int) -> Place:
    return Place(BILBAO.latitude + Decimal(hundredths) / 100, BILBAO.longitude)


def order(found):
    return [visit.key for visit in found.visits]


def test_a_longer_way_never_takes_less_time():
    minutes = [route.minutes_for(metres) for metres in range(0, 60_000, 100)]

    assert minutes == sorted(minutes)
    assert (route.minutes_for(4_900), route.minutes_for(5_100)) == (14, 14)
    assert route.minutes_for(20_000) == 38


def test_streets_are_longer_than_the_crow_flies():
    assert 415_000 < route.metres_between(BILBAO, MADRID) < 425_000


def test_who_brings_more_per_minute_comes_first():
    found = plan_route([Candidate(1, Decimal(300), near(1)), Candidate(2, Decimal(900), near(1))], DAY)

    assert order(found) == [2, 1]
    assert found.visits[0].arrive == 9 * 60 + 4 + route.minutes_for(found.visits[0].metres)
    assert (found.visits[1].arrive, found.visits[1].metres) == (found.visits[0].leave, 0)


def test_a_commitment_goes_before_a_larger_worth():
    small = Candidate(1, Decimal(50), near(2), is_commitment=True)

    assert order(plan_route([small, Candidate(2, Decimal(9000), near(1))], DAY)) == [1, 2]


def test_nobody_is_visited_outside_the_hours_in_which_he_pays():
    late = Candidate(1, Decimal(5000), near(1), windows=(Window(15 * 60, 16 * 60),))
    closed = Candidate(2, Decimal(5000), near(1), windows=(Window(6 * 60, 7 * 60),))

    found = plan_route([late, closed, Candidate(3, Decimal(100), near(1))], DAY)

    assert order(found) == [3, 1]
    assert found.visits[1].arrive == 15 * 60
    assert [(out.key, out.because) for out in found.left_out] == [(2, Because.WINDOW_CLOSED)]


def test_everybody_left_out_has_a_reason():
    found = plan_route(
        [
            Candidate(1, Decimal(500), None),
            Candidate(2, Decimal(500), near(1), closed="not a payment day"),
            Candidate(3, Decimal(5), MADRID),
        ],
        DAY,
    )

    assert not found.visits
    assert {out.key: out.because for out in found.left_out} == {
        1: Because.NO_POSITION,
        2: Because.NOT_A_PAYMENT_DAY,
        3: Because.TOO_FAR,
    }
    assert found.left_out[-1].minutes > 400


def test_a_full_day_names_those_it_could_not_hold():
    found = plan_route([Candidate(key, Decimal(100 + key), near(1)) for key in range(40)], DAY)

    assert len(found.visits) + len(found.left_out) == 40
    assert {out.because for out in found.left_out} == {Because.DAY_FULL}
    assert found.visits[-1].leave <= DAY.ends_at


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 10_000),
        st.decimals(min_value=1, max_value=90_000, places=2),
        st.one_of(st.none(), st.integers(-60, 60).map(near)),
        st.booleans(),
        st.sampled_from([(), (Window(600, 720),), (Window(540, 600), Window(960, 1050))]),
    ),
    max_size=25,
    unique_by=lambda one: one.key,
)


@given(candidates=CANDIDATES)
def test_a_route_keeps_windows_and_shift_and_loses_nobody(candidates):
    found = plan_route(candidates, DAY)
    known = {one.key: one for one in candidates}

    assert sorted(order(found) + [out.key for out in found.left_out]) == sorted(known)
    now = DAY.starts_at
    for place, visit in enumerate(found.visits, start=1):
        windows = known[visit.key].windows or (Window(DAY.starts_at, DAY.ends_at),)
        assert visit.position == place
        assert visit.arrive >= now + visit.travel_minutes
        assert any(w.opens <= visit.arrive and visit.leave <= w.closes for w in windows)
        assert visit.leave <= DAY.ends_at
        now = visit.leave


@given(candidates=CANDIDATES)
def test_the_same_candidates_in_any_order_give_the_same_route(candidates):
    assert plan_route(candidates, DAY) == plan_route(candidates[::-1], DAY)
