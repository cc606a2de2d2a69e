"""Whatever is asked, the plan can be driven, names everybody, and is no worse than what people would make of it."""

from dataclasses import replace
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collections_app.visits.solver import checker, naive, parts, reasons
from collections_app.visits.solver.options import choices
from collections_app.visits.solver.problem import Plan, Problem, plan_of
from collections_app.visits.solver.solve import Effort, solve
from tests.rules.solving import problems

QUICK = Effort(iterations=40, legs=3)
some = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def figure(plan: Plan):
    return plan.commitments, plan.value


def lists(problem: Problem, before=None):
    ready = choices(problem)
    amounts, worths = naive.by_amount(ready), naive.by_worth(ready)
    made = {
        "walking the list": naive.walk(ready, amounts),
        "insertion by amount": naive.insert(ready, amounts),
        "insertion by worth": naive.insert(ready, worths),
        "best first": naive.fill(ready),
        "the plan before": naive.again(ready, before or {}),
    }
    return {name: plan_of(problem, [tour.as_round() for tour in tours]) for name, tours in made.items()}


@some
@given(problems())
def test_every_plan_can_be_driven_and_names_everybody(problem):
    plan = solve(problem, effort=QUICK)

    assert checker.violations(problem, plan) == []
    assert sorted([*plan.visited, *plan.left_out]) == sorted(visit.key for visit in problem.visits)
    assert [one.shift for one in plan.rounds] == sorted(shift.key for shift in problem.shifts)


@some
@given(problems())
def test_every_list_is_a_plan_that_can_be_driven_and_none_is_better(problem):
    plan = solve(problem, effort=QUICK)

    for name, made in lists(problem).items():
        assert checker.violations(problem, made) == [], name
        assert figure(plan) >= figure(made), name


@some
@given(problems(), st.randoms(use_true_random=False))
def test_shifts_and_visits_in_any_order_give_the_same_plan(problem, dice):
    shifts, visits = list(problem.shifts), list(problem.visits)
    dice.shuffle(shifts)
    dice.shuffle(visits)

    again = solve(replace(problem, shifts=tuple(shifts), visits=tuple(visits)), effort=QUICK)

    assert again == solve(problem, effort=QUICK)


@some
@given(problems(), problems())
def test_an_earlier_plan_is_kept_as_far_as_it_holds(earlier, problem):
    before = {one.shift: [stop.key for stop in one.stops] for one in solve(earlier, effort=QUICK).rounds}

    plan = solve(problem, effort=QUICK, before=before)

    assert figure(plan) >= figure(lists(problem, before)["the plan before"])
    assert checker.violations(problem, plan) == []


@some
@given(problems())
def test_everybody_left_out_has_a_reason_and_costs_the_plan_something(problem):
    plan = solve(problem, effort=QUICK)

    found = reasons.why(problem, plan)

    assert tuple(one.key for one in found) == plan.left_out
    for one in found:
        assert one.loss is None or one.loss >= 0
        if one.because in (reasons.Because.SHIFT_FULL, reasons.Because.COMMITMENTS_COLLIDE):
            assert one.instead_of or one.loss is None
        assert (one.because is not reasons.Because.COMMITMENTS_COLLIDE) or one.is_commitment


@some
@given(problems())
def test_no_commitment_is_left_out_where_somebody_without_one_could_make_room(problem):
    plan = solve(problem, effort=QUICK)

    musts = {visit.key for visit in problem.visits if visit.is_commitment}
    for one in reasons.why(problem, plan):
        if one.is_commitment and one.loss is not None:
            assert set(one.instead_of) & musts


@some
@given(problems())
def test_the_worth_of_a_plan_is_its_stops_less_their_ways(problem):
    plan = solve(problem, effort=QUICK)

    travel = sum(stop.seconds for one in plan.rounds for stop in one.stops) + sum(
        one.seconds_home for one in plan.rounds
    )
    assert plan.value == plan.worth - problem.cost(travel)


@some
@given(problems())
def test_a_team_too_large_for_one_search_is_planned_rep_by_rep(problem):
    with mock.patch.object(parts, "MOST_VISITS", 1):
        plan = solve(problem, effort=QUICK)

    assert checker.violations(problem, plan) == []
    for name, made in lists(problem).items():
        assert figure(plan) >= figure(made), name


@some
@given(problems())
def test_a_search_that_looks_at_one_customer_a_shift_still_fills_the_day(problem):
    plan = solve(problem, effort=replace(QUICK, kept=1))

    assert checker.violations(problem, plan) == []
    for name, made in lists(problem).items():
        assert figure(plan) >= figure(made), name
