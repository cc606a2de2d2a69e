"""What a plan does with the day: whom it takes, when it waits, and what it says of whoever is left out."""

from dataclasses import replace
from decimal import Decimal

import pytest

from collections_app.visits.solver import checker, reasons
from collections_app.visits.solver.problem import Matrix, Problem, Shift, Span, Window
from collections_app.visits.solver.reasons import Because
from collections_app.visits.solver.solve import solve
from tests.rules.solving import FIVE, HOUR, NINE, VISIT, day, shop, town

NOON = 12 * HOUR
LUNCH = Span(13 * HOUR, 13 * HOUR + 45 * 60)


def order(plan, at=0):
    return [stop.key for stop in plan.rounds[at].stops]


def left_out(problem, plan=None):
    return {one.key: one for one in reasons.why(problem, plan or solve(problem))}


def test_the_round_goes_down_the_road_and_its_value_is_the_worth_less_the_way():
    problem = town([shop(1), shop(3), shop(2)])

    plan = solve(problem)

    assert order(plan) in ([1, 2, 3], [3, 2, 1], [1, 3, 2], [2, 3, 1])
    assert plan.rounds[0].travel == 60 * 60  # to the third shop and back
    assert plan.value == Decimal(300) - 60 * Decimal("0.60")


def test_the_rep_sets_out_in_time_for_the_first_door_and_waits_before_no_other_one_in_vain():
    problem = town([shop(1, hours=[(11 * HOUR, NOON)]), shop(2, hours=[(NOON, FIVE)])])

    [one] = solve(problem).rounds

    assert [one.sets_out, one.stops[0].arrive, one.stops[0].start] == [11 * HOUR - 600, 11 * HOUR, 11 * HOUR]
    assert one.stops[1].arrive == 11 * HOUR + VISIT + 600
    assert one.stops[1].start == NOON


def test_whoever_is_worth_more_gets_the_hour_that_two_want():
    hour = [(NOON, NOON + VISIT)]
    problem = town([shop(1, "80", hours=hour), shop(2, "300", hours=hour)])

    plan = solve(problem)

    assert order(plan) == [2]
    said = left_out(problem, plan)[1]
    assert (said.because, said.instead_of) == (Because.SHIFT_FULL, (2,))
    assert said.loss == Decimal(300 - 80) - 2 * 10 * Decimal("0.60")


def test_a_commitment_goes_before_any_worth():
    hour = [(NOON, NOON + VISIT)]
    problem = town([shop(1, "1", hours=hour, must=True), shop(2, "90000", hours=hour)])

    assert order(solve(problem)) == [1]


def test_two_commitments_for_one_hour_collide_and_the_other_visits_stay():
    hour = [(NOON, NOON + VISIT)]
    visits = [shop(1, "80", hours=hour, must=True), shop(2, "90", hours=hour, must=True), shop(3)]
    problem = town(visits)

    plan = solve(problem)

    assert set(order(plan)) == {2, 3}
    assert checker.missed(problem, plan) == [1]
    assert left_out(problem, plan)[1].because == Because.COMMITMENTS_COLLIDE


def test_a_commitment_that_cannot_be_kept_spoils_nothing():
    problem = town([shop(1, hours=[(3 * HOUR, 4 * HOUR)], must=True), shop(2)])

    plan = solve(problem)

    assert order(plan) == [2]
    assert left_out(problem, plan)[1].because == Because.WINDOW_CLOSED


def test_who_does_not_pay_the_way_is_left_out_unless_committed():
    problem = town([shop(1, "11")])
    said = left_out(problem)[1]

    assert (said.because, said.seconds, said.loss) == (Because.TOO_FAR, 20 * 60, Decimal("1.000"))
    assert order(solve(town([shop(1, "11", must=True)]))) == [1]


def test_nobody_is_visited_in_the_break_and_a_way_through_it_goes_on_after_it():
    late = [(NOON, 15 * HOUR)]
    problem = town([shop(1, hours=[(NOON, NOON + 55 * 60)]), shop(2, hours=late), shop(5, hours=late)],
                   [day(breaks=[LUNCH])])  # fmt: skip

    [one] = solve(problem).rounds

    assert checker.violations(problem, solve(problem)) == []
    for stop in one.stops:
        assert stop.leave <= LUNCH.starts or stop.start >= LUNCH.ends
    before = max(stop.leave for stop in one.stops if stop.leave <= LUNCH.starts)
    after = next(stop for stop in one.stops if stop.start >= LUNCH.ends)
    assert after.start >= before + after.seconds + LUNCH.ends - LUNCH.starts


def test_a_visit_that_only_fits_across_the_break_is_no_visit():
    problem = town([shop(1, hours=[(LUNCH.starts - 900, LUNCH.starts + 900)])], [day(breaks=[LUNCH])])

    assert left_out(problem)[1].because == Because.WINDOW_CLOSED


def test_a_day_on_which_the_customer_pays_more_is_chosen_within_the_week():
    tuesday = 24 * HOUR
    customer = replace(
        shop(1),
        windows=(
            Window(NINE, FIVE, Decimal(100)),
            Window(tuesday + NINE, tuesday + FIVE, Decimal(125)),
        ),
    )
    problem = town([customer], [day(number=0), day(number=1)])

    plan = solve(problem)

    assert [order(plan, 0), order(plan, 1)] == [[], [1]]
    assert plan.worth == 125


def test_an_owned_customer_is_visited_by_its_rep_alone():
    mine = frozenset({(2, 0)})
    problem = town([shop(1, shifts=mine), shop(2, shifts=mine)], [day(rep=1), day(rep=2)])

    plan = solve(problem)

    assert [order(plan, 0), sorted(order(plan, 1))] == [[], [1, 2]]


def test_reps_who_share_customers_each_go_where_they_are_at_home():
    ways = [[abs(one - other) * 1200 for other in range(5)] for one in range(5)]
    at_home = (Shift((1, 0), NINE, FIVE, 0, 0), Shift((2, 0), NINE, FIVE, 4, 4))
    problem = Problem(at_home, (shop(1), shop(3)), Matrix(ways, ways), Decimal("0.60"))

    plan = solve(problem)

    assert [order(plan, 0), order(plan, 1)] == [[1], [3]]


def test_a_rep_at_lunch_does_not_serve_what_only_a_colleague_could_reach():
    noon = [(LUNCH.starts, LUNCH.ends)]
    problem = town([shop(1, hours=noon), shop(2, hours=noon)], [day(rep=1, breaks=[LUNCH]), day(rep=2)])

    plan = solve(problem)

    assert order(plan, 0) == []
    assert len(order(plan, 1)) == 1


def test_a_full_number_of_visits_takes_the_worthiest():
    problem = town([shop(1, "50"), shop(2, "70"), shop(3, "60")], [day(most=1)])

    plan = solve(problem)

    assert len(plan.visited) == 1
    assert {one.because for one in left_out(problem, plan).values()} == {Because.SHIFT_FULL}


def test_a_locked_stop_stays_at_its_time():
    problem = town([shop(1), shop(2).locked((1, 0), 15 * HOUR), shop(3)])

    [one] = solve(problem).rounds

    assert {stop.key: stop.start for stop in one.stops}[2] == 15 * HOUR


@pytest.mark.parametrize(
    ("problem", "because"),
    [
        (Problem((), (shop(1, place=0),), Matrix([[0]], [[0]])), Because.NOBODY_WORKS),
        (town([shop(1, shifts=frozenset({(7, 0)}))]), Because.NOBODY_WORKS),
        (town([shop(1)], [day(ends=8 * HOUR)]), Because.NOBODY_WORKS),
        (town([shop(1)], [day(ends=NINE)]), Because.NOBODY_WORKS),
        (town([shop(1, hours=[])]), Because.WINDOW_CLOSED),
        (town([shop(1, hours=[(NOON, NOON)])]), Because.WINDOW_CLOSED),
        (town([shop(1, hours=[(FIVE, 20 * HOUR)])]), Because.WINDOW_CLOSED),
        (town([shop(1, seconds=9 * HOUR)]), Because.WINDOW_CLOSED),
        (town([shop(30)], minutes=30), Because.WINDOW_CLOSED),
        (town([shop(1)], [day(most=0)]), Because.SHIFT_FULL),
        (town([shop(1, "0")]), Because.TOO_FAR),
    ],
)
def test_a_day_without_a_chance_is_an_empty_plan_with_a_reason(problem, because):
    plan = solve(problem)

    assert plan.visited == ()
    assert left_out(problem, plan)[problem.visits[0].key].because == because


def test_a_problem_without_anything_is_an_empty_plan():
    plan = solve(Problem((), (), Matrix([], [])))

    assert (plan.rounds, plan.left_out, plan.value) == ((), (), 0)


def test_customers_in_one_house_are_visited_one_after_the_other():
    problem = Problem(
        (Shift((1, 0), NINE, NINE + 4 * VISIT, 0, 0),),
        tuple(shop(key, place=0) for key in range(1, 7)),
        Matrix([[0]], [[0]]),
    )

    plan = solve(problem)

    assert len(plan.visited) == 4
    assert plan.value == 400


def test_a_rep_without_a_home_begins_at_his_first_customer():
    problem = replace(town([shop(1)]), shifts=(Shift((1, 0), NINE, FIVE),))

    [one] = solve(problem).rounds

    assert (one.travel, one.sets_out, one.stops[0].arrive) == (0, NINE, NINE)


def test_forcing_somebody_in_says_what_it_loses():
    hour = [(NOON, NOON + VISIT)]
    problem = town([shop(1, "80", hours=hour), shop(2, "300", hours=hour), shop(3, hours=[(3 * HOUR, 4 * HOUR)])])
    plan = solve(problem)

    assert reasons.forced(problem, plan, 1).loss == left_out(problem, plan)[1].loss
    assert order(reasons.forced(problem, plan, 1).plan) == [1]
    assert reasons.forced(problem, plan, 3) == reasons.Forced(None, None)


def test_an_order_of_a_thousandth_of_a_cent_and_a_worth_of_billions_fit_one_plan():
    problem = town([shop(1, "0.005"), shop(2, "90000000000.00"), shop(3, "12", must=True)], cost="0.000001")

    assert sorted(solve(problem).visited) == [1, 2, 3]
