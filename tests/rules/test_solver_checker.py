"""The checker finds what is wrong with a plan, whoever made it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from collections_app.visits.solver import checker
from collections_app.visits.solver.problem import Plan, Problem, Round, Shift, Span, Stop, plan_of
from tests.rules.solving import HOUR, NINE, VISIT, day, shop, town

LUNCH = Span(13 * HOUR, 13 * HOUR + 45 * 60)
TEN = 10 * HOUR
PROBLEM = town(
    [shop(1), shop(2, hours=[(NINE, 12 * HOUR)]), shop(3, shifts=frozenset({(1, 1)})), shop(4, must=True)],
    [day(breaks=[LUNCH]), day(number=1)],
)
GOOD = Round(
    (1, 0),
    sets_out=TEN - 600,
    home_at=TEN + 2 * VISIT + 600 + 1200,
    stops=(
        Stop(1, TEN, TEN, TEN + VISIT, 600, 6000, Decimal(100)),
        Stop(2, TEN + VISIT + 600, TEN + VISIT + 600, TEN + 2 * VISIT + 600, 600, 6000, Decimal(100)),
    ),
    seconds_home=1200,
    metres_home=12000,
)
TOMORROW = Round((1, 1), 24 * HOUR + NINE, 24 * HOUR + NINE)


def plan(today: Round = GOOD, problem: Problem = PROBLEM) -> Plan:
    return plan_of(problem, [today, TOMORROW])


def moved(stop: Stop, seconds: int) -> Stop:
    return replace(stop, arrive=stop.arrive + seconds, start=stop.start + seconds, leave=stop.leave + seconds)


def only(stop: Stop, **how) -> Round:
    """A round of this stop alone, with ways that are as they should be."""
    return Round((1, 0), stop.arrive - 600, stop.leave + 600, (stop,), 600, 6000, **how)


def test_a_good_plan_is_not_spoken_of():
    assert checker.violations(PROBLEM, plan()) == []
    assert checker.missed(PROBLEM, plan()) == [4]


FIRST, SECOND = GOOD.stops


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (replace(GOOD, sets_out=NINE - 1), "sets out before the working time"),
        (replace(GOOD, sets_out=GOOD.sets_out + 1), "customer 1: cannot be reached so early"),
        (replace(GOOD, stops=(FIRST, moved(SECOND, -1))), "customer 2: cannot be reached so early"),
        (replace(GOOD, stops=(replace(FIRST, start=TEN - 1), SECOND)), "starts before the rep is there"),
        (replace(GOOD, stops=(replace(FIRST, leave=TEN + 1), SECOND)), "customer 1: the visit takes 1500 seconds"),
        (replace(GOOD, stops=(FIRST, moved(SECOND, 2 * HOUR))), "customer 2: visited outside of its windows"),
        (replace(GOOD, stops=(replace(FIRST, worth=Decimal(101)), SECOND)), "the worth is not that of the window"),
        (replace(GOOD, stops=(replace(FIRST, seconds=599), SECOND)), "customer 1: the way there is 600 seconds"),
        (replace(GOOD, stops=(replace(FIRST, metres=1), SECOND)), "customer 1: the way there is 600 seconds and 6000"),
        (replace(GOOD, seconds_home=0), "the way home is 1200 seconds and 12000 metres"),
        (replace(GOOD, home_at=GOOD.home_at - 1), "cannot be home so early"),
        (replace(GOOD, home_at=18 * HOUR), "home after the working time"),
        (only(moved(FIRST, 3 * HOUR)), "customer 1: visited in a break"),
        (only(moved(FIRST, 7 * HOUR - 600)), "customer 1: visited outside of the working time"),
        (
            replace(GOOD, stops=(FIRST, replace(moved(FIRST, VISIT), seconds=0, metres=0))),
            "customer 1: visited 2 times",
        ),
        (only(replace(FIRST, key=3)), "customer 3: is not visited on shift (1, 0)"),
    ],
)
def test_what_is_wrong_with_a_round_is_said(today, said):
    found = checker.violations(PROBLEM, plan(today))

    assert any(said in one for one in found), found


def test_a_way_through_the_break_takes_the_break_as_well():
    leaves = LUNCH.starts - 300
    early = Round(
        (1, 0),
        leaves - VISIT - 600,
        16 * HOUR,
        (
            Stop(1, leaves - VISIT, leaves - VISIT, leaves, 600, 6000, Decimal(100)),
            Stop(4, LUNCH.ends, LUNCH.ends, LUNCH.ends + VISIT, 1800, 18000, Decimal(100)),
        ),
        2400,
        24000,
    )
    late = replace(early, stops=(early.stops[0], moved(early.stops[1], 1500)))

    assert checker.violations(PROBLEM, plan(early)) == ["customer 4: cannot be reached so early"]
    assert checker.violations(PROBLEM, plan(late)) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"value": Decimal(1)}, "the value 1 is not the worth 200"),
        ({"commitments": 1}, "0 commitments are kept, not 1"),
        ({"left_out": (3,)}, "who is left out and who is visited are not everybody"),
        ({"left_out": (2, 3, 4)}, "who is left out and who is visited are not everybody"),
        ({"rounds": (GOOD, GOOD, TOMORROW)}, "shift (1, 0): planned twice"),
        ({"rounds": (GOOD, TOMORROW, Round((5, 0), 0, 0))}, "shift (5, 0): nobody works then"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said(changed, said):
    assert any(said in one for one in checker.violations(PROBLEM, replace(plan(), **changed)))


def test_more_visits_than_a_shift_may_have_are_said():
    limited = replace(PROBLEM, shifts=(replace(PROBLEM.shifts[0], max_visits=1), PROBLEM.shifts[1]))

    assert checker.violations(limited, plan(problem=limited)) == ["shift (1, 0): 2 visits where 1 are the most"]


def test_a_stranger_in_the_plan_is_said():
    smaller = replace(PROBLEM, visits=PROBLEM.visits[1:])
    said = checker.violations(smaller, replace(plan(problem=PROBLEM), left_out=(3, 4)))

    assert "customer 1: was not to be planned" in said


def test_a_shift_without_a_place_has_no_way_to_check():
    free = replace(PROBLEM, shifts=(Shift((1, 0), NINE, 17 * HOUR), PROBLEM.shifts[1]))
    first = replace(FIRST, arrive=NINE, start=NINE, leave=NINE + VISIT, seconds=0, metres=0)
    today = Round((1, 0), NINE, NINE + VISIT, (first,), 0, 0)

    assert checker.violations(free, plan(today, free)) == []
