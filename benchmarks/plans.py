"""V2 to V5: plans against the lists people would make, how long they take, and whether they can be driven.

    .venv/bin/python -m benchmarks.plans [--days 500] [--weeks 3] [--iterations 2000] [--json]

Days, weeks and teams are made by `benchmarks.plans_made`, the same every time. Each day is that of another rep with 40
candidates, so the first five hundred are also the night of five hundred reps. Needs no database.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import mean
from typing import Any

from benchmarks import plans_made
from collections_app.visits.solver import checker, naive, reasons
from collections_app.visits.solver.options import choices
from collections_app.visits.solver.problem import Plan, Problem, ShiftKey, plan_of
from collections_app.visits.solver.solve import Effort, solve

LISTS = ("walking the list by amount", "insertion by amount", "insertion by worth", "plan of the night before")
AGAIN_EVERY = 10  # days: each of these is solved twice

Before = Mapping[ShiftKey, Sequence[int]]


def lists(problem: Problem, before: Before) -> dict[str, Plan]:
    """What people would do with the same windows, as plans."""
    ready = choices(problem)
    amounts, worths = naive.by_amount(ready), naive.by_worth(ready)
    made = (
        naive.walk(ready, amounts),
        naive.insert(ready, amounts),
        naive.insert(ready, worths),
        naive.again(ready, before),
    )
    return {
        name: plan_of(problem, [tour.as_round() for tour in tours]) for name, tours in zip(LISTS, made, strict=True)
    }


def keys(plan: Plan) -> dict[ShiftKey, list[int]]:
    return {one.shift: [stop.key for stop in one.stops] for one in plan.rounds}


def measure_day(seed: int, effort: Effort) -> dict[str, Any]:
    problem = plans_made.day(seed)
    before = keys(solve(plans_made.the_night_before(problem, seed), effort=replace(effort, iterations=0)))
    started = time.process_time()
    plan = solve(problem, effort=effort, before=before)
    seconds = time.process_time() - started
    said = reasons.why(problem, plan)
    by_list = lists(problem, before)
    return {
        "seconds": seconds,
        "stops": len(plan.visited),
        "violations": checker.violations(problem, plan),
        "missed": len(checker.missed(problem, plan)),
        "worse_than": [
            name for name, made in by_list.items() if (made.commitments, made.value) > (plan.commitments, plan.value)
        ],
        "worth": plan.worth,
        "value": plan.value,
        "lists": {name: (made.worth, made.value) for name, made in by_list.items()},
        "without_reason": len(plan.left_out) - len(said),
        "reasons": Counter(one.because.value for one in said),
        "is_same_again": seed % AGAIN_EVERY > 0 or solve(problem, effort=effort, before=before) == plan,
    }


def measure_larger(problems: Iterable[Problem], effort: Effort) -> dict[str, Any]:
    """Weeks, or teams: the same checks, and how long the slowest takes."""
    rows = []
    for problem in problems:
        started = time.process_time()
        plan = solve(problem, effort=effort)
        seconds = time.process_time() - started
        best = max(lists(problem, {}).values(), key=lambda made: (made.commitments, made.value))
        rows.append((seconds, plan, best, checker.violations(problem, plan)))
    return {
        "plans": len(rows),
        "seconds_at_most": round(max((row[0] for row in rows), default=0.0), 2),
        "stops": sum(len(row[1].visited) for row in rows),
        "worth_to_the_best_list": [round(float(row[1].worth / row[2].worth), 3) for row in rows],
        "below_a_list": sum(
            1 for _s, plan, best, _v in rows if (plan.commitments, plan.value) < (best.commitments, best.value)
        ),
        "violations": [said for row in rows for said in row[3]],
    }


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    seconds = [row["seconds"] for row in rows]
    return {
        "days": len(rows),
        "V2": {"below_a_list": sum(1 for row in rows if row["worse_than"])},
        "V3": {
            name: _ratios([(row["worth"], row["lists"][name][0]) for row in rows])
            | {"of_value": _ratios([(row["value"], row["lists"][name][1]) for row in rows])["of_sums"]}
            for name in LISTS[:3]
        },
        "V4": {
            "core_minutes": round(sum(seconds) / 60, 2),
            "core_minutes_for_500_reps": round(mean(seconds) * 500 / 60, 2),
            "seconds_a_rep": round(mean(seconds), 3),
            "seconds_at_most": round(max(seconds), 3),
        },
        "V5": {
            "violations": [said for row in rows for said in row["violations"]],
            "without_reason": sum(row["without_reason"] for row in rows),
            "not_the_same_again": sum(1 for row in rows if not row["is_same_again"]),
            "commitments_missed": sum(row["missed"] for row in rows),
            "reasons": dict(sum((row["reasons"] for row in rows), Counter())),
        },
        "stops_a_day": round(mean(row["stops"] for row in rows), 2),
    }


def _ratios(pairs: Sequence[tuple[Decimal, Decimal]]) -> dict[str, float]:
    """Of all days together, the mean of the days, and the worst day; days of which a list makes nothing left out."""
    found = [float(ours / theirs) for ours, theirs in pairs if theirs > 0]
    ours, theirs = (sum(amounts, Decimal(0)) for amounts in zip(*pairs, strict=True))
    return {
        "of_sums": round(float(ours / theirs), 3) if theirs else 0.0,
        "mean": round(mean(found), 3) if found else 0.0,
        "worst_day": round(min(found, default=0.0), 3),
    }


def measure(
    days: int,
    weeks: int,
    iterations: int,
    *,
    week_of: int = 400,
    teams: Sequence[tuple[int, int]] = ((3, 120), (8, 400)),
) -> dict[str, Any]:
    """`week_of` is the candidates of a week, `teams` are reps and candidates."""
    effort = Effort(iterations=iterations)
    found = summary([measure_day(seed, effort) for seed in range(days)])
    some = (plans_made.week(seed, week_of) for seed in range(weeks))
    found["V4"][f"week_of_{week_of}"] = measure_larger(some, effort)
    for reps, candidates in teams:
        some = (plans_made.team(seed, reps, candidates) for seed in range(weeks))
        found["V4"][f"team_of_{reps}_with_{candidates}"] = measure_larger(some, effort)
    found["iterations"] = iterations
    found["machine"] = {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()}
    return found


def is_sound(found: dict[str, Any]) -> bool:
    larger = [one for one in found["V4"].values() if isinstance(one, dict)]
    wrong = [found["V2"]["below_a_list"], *(one["below_a_list"] for one in larger)]
    wrong += [found["V5"]["without_reason"], found["V5"]["not_the_same_again"]]
    return not any(wrong) and not found["V5"]["violations"] and not any(one["violations"] for one in larger)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", "--reps", type=int, default=500, help="days, each of another rep (default 500)")
    parser.add_argument("--weeks", type=int, default=3, help="weeks, and teams of each size (default 3)")
    parser.add_argument("--iterations", type=int, default=Effort().iterations, help="for each shift")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    found = measure(wanted.days, wanted.weeks, wanted.iterations)
    if wanted.json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(f"{name}: {value}" for name, value in found.items()))
    sys.exit(
        0 if is_sound(found) else "A plan is below a list, cannot be driven, changes when repeated, or keeps quiet."
    )


if __name__ == "__main__":
    main()
