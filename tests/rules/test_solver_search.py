"""No minute is cheaper than a visit, rides can be driven, and small days are planned perfectly."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyvrp.stop import MaxIterations

from collections_app.visits.solver import legs
from collections_app.visits.solver.combine import Pool
from collections_app.visits.solver.model import MAX_PENALTY, Model
from collections_app.visits.solver.options import choices
from collections_app.visits.solver.problem import Problem, plan_of
from collections_app.visits.solver.solve import Effort, solve
from collections_app.visits.solver.sweep import Sweep
from collections_app.visits.solver.tour import tour_of
from tests.rules.solving import day, problems, shop, town

some = settings(max_examples=80, deadline=None)


def model_of(problem: Problem) -> Model:
    ready = choices(problem)
    return Model(ready, range(len(ready.visits)), range(len(ready.shifts)))


def visits_of(model: Model, ride) -> set[int]:
    return {next(iter(model.clients[client].values())).visit for client in ride[1]}


@pytest.mark.parametrize("worth", ["0.01", "120", "90000000000"])
@pytest.mark.parametrize("cost", ["0", "0.000001", "0.60", "9000"])
def test_a_minute_too_late_costs_more_than_any_visit_brings(worth, cost):
    problem = town([shop(key, worth, must=key % 2 == 0) for key in range(1, 40)], cost=cost)
    model = model_of(problem)
    rate = legs.rate(model.choices, range(39), [0])

    prizes = [client.prize for client in model.data(rate, waiting_counts=False).clients()]

    assert 0 < max(prizes) < MAX_PENALTY * 60


def test_a_second_of_travel_costs_what_it_truly_costs_where_that_guides_the_search():
    model = model_of(town([shop(1, "100"), shop(2, "200")], cost="0.60"))

    assert legs.rate(model.choices, [0, 1], [0]) == Fraction(model.choices.per_second)


@some
@given(problems())
def test_every_ride_of_a_sweep_can_be_driven_and_visits_nobody_twice(problem):
    model = model_of(problem)
    if model.is_empty:
        return

    met = Sweep(model, near=40).run([], seed=1, until=MaxIterations(4), spread=0.3)

    for ride in met:
        kind, clients = ride
        for shift in list(model.kinds.values())[kind]:
            tour = tour_of(model.choices, shift, [model.clients[client][shift] for client in clients])
            assert tour is not None
            assert not clients or tour.points == model.points(ride)
        assert len(visits_of(model, ride)) == len(clients)
    first = met[: sum(map(len, model.kinds.values()))]
    assert len(set().union(*(visits_of(model, ride) for ride in first))) == sum(len(ride[1]) for ride in first)


@some
@given(problems(), st.integers(0, 99))
def test_rides_are_put_together_as_well_as_can_be(problem, seed):
    model = model_of(problem)
    if model.is_empty:
        return
    met = Sweep(model, near=40).run([], seed=seed, until=MaxIterations(3), spread=0.9)
    rides = sorted({ride for ride in met if ride[1]})[:12]
    pool = Pool(model)
    pool.add(rides)

    found = pool.best(0)

    slots = [kind for kind, shifts in enumerate(model.kinds.values()) for _ in shifts]
    best = 0
    for chosen in product(*([None, *(ride for ride in rides if ride[0] == kind)] for kind in slots)):
        driven = [ride for ride in chosen if ride is not None]
        whom = [visit for ride in driven for visit in visits_of(model, ride)]
        if len(whom) == len(set(whom)):
            best = max(best, sum(model.points(ride) for ride in driven))
    assert sum(model.points(ride) for ride in found or ()) == best


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_small_day_is_planned_perfectly(problem):
    small = replace(problem, shifts=problem.shifts[:1], visits=problem.visits[:4])
    ready = choices(small)
    best = (0, Decimal(0))
    for count in range(1, len(small.visits) + 1):
        for order in permutations(range(len(ready.visits)), count):
            for options in product(*(ready.of_visit[at] for at in order)):
                tour = tour_of(ready, 0, options)
                if tour is not None:
                    made = plan_of(small, [tour.as_round()])
                    best = max(best, (made.commitments, made.value))

    plan = solve(small, effort=Effort(iterations=100, legs=4))

    assert (plan.commitments, plan.value) == best


def test_a_full_number_of_visits_holds_for_sweeps_as_well():
    model = model_of(town([shop(key) for key in range(1, 9)], [day(most=2)]))

    met = Sweep(model, near=40).run([], seed=1, until=MaxIterations(5), spread=0.3)

    assert {len(clients) for _kind, clients in met} == {2}
