"""V1: the planner against the best known scores of public instances (team orienteering with time windows).

    .venv/bin/python -m benchmarks.toptw [--instances DIR] [--best FILE.csv] [--seconds 10] [--max-customers N] [--json]
    .venv/bin/python -m benchmarks.toptw --made SEED     instances made like them, against searches six times as long

A problem is solved as a rep's day is, with legs that end by CPU time. Every score is counted again from the file and
the order of visits alone. Needs no database.
"""

import argparse
import csv
import json
import math
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from statistics import mean
from typing import Any

from collections_app.visits.solver.problem import Matrix, Problem, Shift, Visit, Window
from collections_app.visits.solver.solve import THOROUGH, solve

INSTANCES = Path(__file__).resolve().parents[1] / "tests" / "data" / "toptw"
SMALL = 150  # customers


@dataclass(frozen=True, slots=True)
class Vertex:
    """Places are thousandths, times and scores as the file states them."""

    x: int
    y: int
    service: Decimal
    score: Decimal
    opens: Decimal
    closes: Decimal


@dataclass(frozen=True, slots=True)
class Instance:
    """Vertex 0 is where every route starts and ends, and its closing time is the end of the day."""

    name: str
    decimals: int  # to which ways are cut
    vertices: tuple[Vertex, ...]

    @property
    def customers(self) -> int:
        return len(self.vertices) - 1

    def whole(self, amount: Decimal) -> int:
        """A time in units of the last decimal."""
        found = amount.scaleb(self.decimals)
        if found != int(found):
            raise ValueError(f"{self.name}: {amount} has more than {self.decimals} decimals")
        return int(found)

    def way(self, one: int, other: int) -> int:
        """Straight, cut to the decimals, in units of the last one."""
        a, b = self.vertices[one], self.vertices[other]
        square = (a.x - b.x) ** 2 + (a.y - b.y) ** 2
        return math.isqrt(square * 100**self.decimals // 1_000_000)


def read(path: Path) -> Instance:
    """Times of names with c, r and rc have one decimal, those with pr two."""
    lines = path.read_text(encoding="utf-8").splitlines()
    count = int(lines[0].split()[2])
    rows = [line.split() for line in lines[2:] if line.strip()][: count + 1]
    vertices = [_vertex([Decimal(cell) for cell in row]) for row in rows]
    return Instance(path.stem, 2 if path.stem.lower().startswith("pr") else 1, tuple(vertices))


def _vertex(row: Sequence[Decimal]) -> Vertex:
    """Number, x, y, service, score, two figures and a list that play no part, opening and closing time."""
    return Vertex(int(row[1].scaleb(3)), int(row[2].scaleb(3)), row[3], row[4], row[-2], row[-1])


def problem(instance: Instance, routes: int) -> Problem:
    """A rep for each route, all on one day; the score is the worth and ways cost nothing.

    In these files a visit begins before the window closes; here it ends by then, so the service is added.
    """
    first, *customers = instance.vertices
    places = range(len(instance.vertices))
    ways = [[instance.way(one, other) for other in places] for one in places]
    whole = instance.whole
    return Problem(
        shifts=tuple(Shift((route, 0), 0, whole(first.closes), 0, 0) for route in range(routes)),
        visits=tuple(
            Visit(
                key=key,
                place=key,
                seconds=whole(one.service),
                windows=(Window(whole(one.opens), whole(one.closes) + whole(one.service), one.score),),
                amount=one.score,
            )
            for key, one in enumerate(customers, start=1)
        ),
        matrix=Matrix(ways, ways),
    )


def verified(instance: Instance, routes: int, visits: Sequence[Sequence[int]]) -> Decimal | None:
    """The score of the routes by the file alone; None where they are not possible."""
    served = [key for route in visits for key in route]
    if len(visits) > routes or len(served) != len(set(served)) or 0 in served:
        return None
    for route in visits:
        here, now = 0, Decimal(0)
        for key in [*route, 0]:
            there = instance.vertices[key]
            now += instance.vertices[here].service + Decimal(instance.way(here, key)).scaleb(-instance.decimals)
            now = max(now, there.opens)
            if now > there.closes:
                return None
            here = key
    return sum((instance.vertices[key].score for key in served), Decimal(0))


@dataclass
class CpuSeconds:
    """Ends each of so many legs when its share of what is left is used up."""

    seconds: float
    legs: int
    begun: float = field(default_factory=time.process_time)

    def __call__(self) -> "Until":
        now = time.process_time()
        ends = now + max(self.begun + self.seconds - now, 0) / max(self.legs, 1)
        self.legs -= 1
        return Until(ends)


@dataclass(frozen=True, slots=True)
class Until:
    """The moment, on the clock of this process, at which a leg ends."""

    moment: float

    def __call__(self, best_cost: float) -> bool:
        return time.process_time() >= self.moment


def measure(instance: Instance, routes: int, best: Decimal, seconds: float) -> dict[str, Any]:
    started = time.process_time()
    plan = solve(problem(instance, routes), effort=THOROUGH, until=CpuSeconds(seconds, THOROUGH.legs, started))
    used = time.process_time() - started
    score = verified(instance, routes, [[stop.key for stop in one.stops] for one in plan.rounds])
    return {
        "instance": instance.name,
        "routes": routes,
        "customers": instance.customers,
        "score": int(score or 0),
        "best_known": int(best),
        "gap": round(float(100 * (best - (score or 0)) / best), 3) if best else 0.0,
        "cpu_seconds": round(used, 2),
        "verified": score is not None and score == plan.worth,
    }


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    def gaps(some: Iterable[dict[str, Any]]) -> dict[str, Any]:
        found = [row["gap"] for row in some]
        return {"instances": len(found), "mean": round(mean(found), 3), "worst": max(found)} if found else {}

    return {
        "rows": list(rows),
        "mean_gap": gaps(rows).get("mean"),
        "worst_gap": gaps(rows).get("worst"),
        "up_to_150_customers": gaps(row for row in rows if row["customers"] <= SMALL),
        "larger": gaps(row for row in rows if row["customers"] > SMALL),
        "best_known_reached": sum(1 for row in rows if row["gap"] <= 0),
    }


def published(instances: Path, best: Path, most: int | None) -> Iterator[tuple[Instance, int, Decimal]]:
    files = {path.stem.lower(): path for path in sorted(instances.rglob("*.txt"))}
    known: dict[str, Instance] = {}
    with best.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = row["instance"].strip()
            if name.lower() not in files:
                sys.stderr.write(f"{name}: no such file in {instances}\n")
                continue
            instance = known.setdefault(name, read(files[name.lower()]))
            if most is None or instance.customers <= most:
                yield instance, int(row["routes"]), Decimal(row["best_known"])


def made(seed: int, seconds: float, most: int | None) -> Iterator[tuple[Instance, int, Decimal]]:
    """With the better of two searches six times as long in the place of the best known score."""
    from benchmarks import toptw_made  # which imports this module

    for instance, routes in toptw_made.instances(seed):
        if most is None or instance.customers <= most:
            longer = [
                solve(
                    problem(instance, routes),
                    effort=replace(THOROUGH, seed=1000 * attempt),
                    until=CpuSeconds(6 * seconds, THOROUGH.legs),
                ).worth
                for attempt in (1, 2)
            ]
            yield instance, routes, max(longer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instances", type=Path, default=INSTANCES)
    parser.add_argument("--best", type=Path, help="default: best_known.csv beside the instances")
    parser.add_argument("--seconds", type=float, default=10, help="of CPU for each instance (default 10)")
    parser.add_argument("--max-customers", type=int)
    parser.add_argument("--made", type=int, metavar="SEED")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    if wanted.made is None:
        best = wanted.best or wanted.instances / "best_known.csv"
        some = published(wanted.instances, best, wanted.max_customers)
    else:
        some = made(wanted.made, wanted.seconds, wanted.max_customers)
    rows = []
    for instance, routes, best_known in some:
        rows.append(measure(instance, routes, best_known, wanted.seconds))
        if not wanted.json:
            print(as_text(rows[-1]), flush=True)
    found = summary(rows)
    if wanted.json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(f"{name}: {value}" for name, value in found.items() if name != "rows"))
    sys.exit(0 if all(row["verified"] for row in rows) else "A route is not possible or its score is another.")


def as_text(row: dict[str, Any]) -> str:
    said = f"{row['instance']:24} {row['routes']} {row['score']:6} of {row['best_known']:6} {row['gap']:7.2f} %"
    return f"{said} {row['cpu_seconds']:6.1f} s{'' if row['verified'] else ' NOT POSSIBLE'}"


if __name__ == "__main__":
    main()
