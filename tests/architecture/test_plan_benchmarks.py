"""The benchmarks of plans work and say what the manual promises. How long anything takes is not looked at here."""

import json
import sys
from decimal import Decimal

import pytest

from benchmarks import plans, plans_made, toptw, toptw_made
from collections_app.visits.solver import checker
from collections_app.visits.solver.solve import Effort, solve

KEYS = {"instance", "routes", "score", "best_known", "gap", "cpu_seconds", "verified"}


@pytest.fixture
def line():
    """Three customers on a line, in the form of the public files."""
    lines = ["5 2 3 4", "0 0", " 0 0.000 0.000 0 0 0 0 0 100"]
    lines += [f" {at} {10 * at}.000 0.000 5 {10 * at} 4 1 15 {10 * at} {10 * at + 20}" for at in (1, 2, 3)]
    return "\n".join(lines)


def test_an_instance_is_read_to_its_decimals(tmp_path, line):
    (tmp_path / "pr99.txt").write_text(line, encoding="utf-8")
    (tmp_path / "r99.txt").write_text(line.replace("10.000 0.000", "10.000 1.000"), encoding="utf-8")

    fine, coarse = toptw.read(tmp_path / "pr99.txt"), toptw.read(tmp_path / "r99.txt")

    assert (fine.customers, fine.decimals, fine.way(0, 1)) == (3, 2, 1000)
    assert (coarse.decimals, coarse.way(0, 1)) == (1, 100)  # 10.049… cut, not rounded
    assert fine.vertices[2].closes == 40


def test_routes_are_counted_again_from_the_file_alone(tmp_path, line):
    (tmp_path / "pr99.txt").write_text(line, encoding="utf-8")
    instance = toptw.read(tmp_path / "pr99.txt")

    assert toptw.verified(instance, 1, [[1, 2, 3]]) == Decimal(60)
    assert toptw.verified(instance, 1, [[3, 1]]) is None  # the first has closed by then
    assert toptw.verified(instance, 1, [[1], [2]]) is None  # more routes than there are
    assert toptw.verified(instance, 2, [[1], [1]]) is None
    assert toptw.verified(instance, 2, [[1], [2, 3]]) == Decimal(60)


def test_the_public_instances_are_solved_and_answered_as_the_manual_says(monkeypatch, capsys, tmp_path):
    best = tmp_path / "best.csv"
    best.write_text("instance,routes,best_known\nc101,1,320\npr01,2,502\nnot there,1,5\n", encoding="utf-8")
    monkeypatch.setattr(
        sys, "argv", ["toptw", "--best", str(best), "--seconds", "0.3", "--max-customers", "60", "--json"]
    )

    with pytest.raises(SystemExit) as ended:
        toptw.main()

    said = json.loads(capsys.readouterr().out)
    [row] = said["rows"]
    assert not ended.value.code
    assert set(row) >= KEYS
    assert (row["instance"], row["routes"], row["verified"]) == ("pr01", 2, True)
    assert said["mean_gap"] == said["worst_gap"] == row["gap"] >= 0


def test_made_instances_are_the_same_every_time_and_of_every_size():
    some = list(toptw_made.instances(1))

    assert some == list(toptw_made.instances(1))
    assert {instance.customers for instance, _routes in some} >= {48, 100, 144, 288}
    for instance, _routes in some:
        assert all(one.opens <= one.closes for one in instance.vertices), instance.name


def test_the_benchmark_of_plans_finds_nothing_wrong_and_every_figure_has_its_place():
    found = plans.measure(days=3, weeks=1, iterations=60, week_of=60, teams=((2, 24), (6, 40)))

    assert plans.is_sound(found)
    assert {"days", "V2", "V3", "V4", "V5"} <= set(found)
    assert set(found["V3"]) == set(plans.LISTS[:3])
    assert json.dumps(found)


def test_made_days_and_weeks_are_problems_that_can_be_planned():
    for problem in (plans_made.day(7), plans_made.week(7, 60), plans_made.team(7, 3, 30)):
        plan = solve(problem, effort=Effort(iterations=0))

        assert checker.violations(problem, plan) == []
        assert plan.visited
