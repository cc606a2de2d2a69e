"""How early the warnings come, and how often for nothing: rules against causes that they do not know.

    .venv/bin/python -m benchmarks.warnings [--seeds 101 102 103 104] [--customers 700] [--json]

Lives are made by `demo.lives` from `demo.causes`; every night of the year before the default (or of the last year of
the book, for those who did not default) the same rules as in the night look at the facts of that night. Flagged means
any warning of any severity. Needs no database.
"""

import argparse
import json
import os
import platform
import sys
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise
from statistics import median, quantiles
from typing import Any

from collections_app.cases import warning_rules as rules
from collections_app.cases.warning_watch import PERIOD, PERIODS, Due, Facts, FirstOrder, Kind, Purchases, Watch
from demo.lives import Life, lives

UNTIL = date(2026, 11, 24)
AHEAD = 30  # days before the default that a warning must come
LOOKED_AT = 365  # nights
TUNED_ON = (1, 2, 3)
HELD_OUT = (101, 102, 103, 104)
CURRENCY = "EUR"


class Seen:
    """One life as the night would read it from the book, on any day of it."""

    def __init__(self, life: Life, usual: dict[str, tuple[Decimal, int]], since: date) -> None:
        self.life, self.since = life, since
        self.days = [one.on for one in life.bought]
        self.sums = [0, *accumulate(one.amount for one in life.bought)]
        self.due = sorted(life.bought, key=lambda one: one.due_on)
        self.due_days = [one.due_on for one in self.due]
        self.parts = sorted(one.paid[0][0] for one in life.bought if one.paid and one.paid[0][1] < one.amount)
        self.asked = sorted(one.asked_time_on for one in life.bought if one.asked_time_on)
        payments = [day for one in life.bought for day, _amount in one.paid]
        self.heard = sorted([*payments, *(day for day, reached in life.contacts if reached)])
        self.contact_days = [day for day, _reached in life.contacts]
        self.reached_days = [day for day, reached in life.contacts if reached]
        self.unreached = sorted(day for day, reached in life.contacts if not reached)
        self.usual, self.peers = usual.get(life.channel, (Decimal(0), 0))

    def on(self, as_of: date) -> Facts:
        return Facts(
            as_of=as_of,
            purchases=(self._purchases(as_of),),
            due=tuple(self._due(as_of)),
            in_parts=tuple(self._between(self.parts, as_of, 455)),
            asked=tuple(self._between(self.asked, as_of, 365)),
            **self._contacts(as_of),
            first=self._first(as_of),
        )

    def _purchases(self, as_of: date) -> Purchases:
        at = [bisect_right(self.days, as_of - timedelta(PERIOD * place)) for place in range(PERIODS + 1)]
        return Purchases(
            CURRENCY,
            tuple(Decimal(self.sums[newer] - self.sums[older]) for newer, older in pairwise(at)),
            tuple(newer - older for newer, older in pairwise(at)),
        )

    def _due(self, as_of: date) -> Iterator[Due]:
        """Due or settled by now; what was paid before it was due is known too."""
        first = bisect_right(self.due_days, as_of - timedelta(800))
        for one in self.due[first : bisect_right(self.due_days, as_of + timedelta(90))]:
            settled = one.settled_on if one.settled_on and one.settled_on <= as_of else None
            if settled or one.due_on <= as_of:
                yield Due(one.due_on, settled)

    def _between(self, days: Sequence[date], as_of: date, within: int) -> Sequence[date]:
        return days[bisect_right(days, as_of - timedelta(within)) : bisect_right(days, as_of)]

    def _contacts(self, as_of: date) -> dict[str, Any]:
        heard = bisect_right(self.heard, as_of)
        last = self.heard[heard - 1] if heard else self.since
        unreached = self.unreached[bisect_right(self.unreached, last) : bisect_right(self.unreached, as_of)]
        if not unreached:
            return {}
        first = unreached[0]
        made, hit = (
            bisect_left(days, first) - bisect_left(days, first - timedelta(365))
            for days in (self.contact_days, self.reached_days)
        )
        return {"unreached": tuple(unreached), "contacts": made, "reached": hit}

    def _first(self, as_of: date) -> FirstOrder | None:
        if not self.days or self.days[0] > as_of or not self.peers or (as_of - self.days[0]).days > 60:
            return None
        until = min(as_of, self.days[0] + timedelta(29))
        amount = Decimal(self.sums[bisect_right(self.days, until)])
        return FirstOrder(self.days[0], amount, CURRENCY, self.usual, self.peers, Decimal(self.life.limit), self.since)


def usual_first(some: Sequence[Life], since: date) -> dict[str, tuple[Decimal, int]]:
    """By channel: the middle of what customers took in their first thirty days; those before the book left out."""
    found = defaultdict(list)
    for life in some:
        if life.bought and (life.bought[0].on - since).days >= 180:
            first = life.bought[0].on
            found[life.channel].append(sum(one.amount for one in life.bought if (one.on - first).days < 30))
    return {channel: (Decimal(int(median(amounts))), len(amounts)) for channel, amounts in found.items()}


def first_flags(seen: Seen, start: date, end: date, watch: Watch) -> dict[str, date]:
    """By kind: the first night of the span on which it fires."""
    found: dict[str, date] = {}
    left = list(rules.CATALOGUE)
    day = start
    while day <= end:
        facts = seen.on(day)
        for rule in list(left):
            finding = rule(facts, watch)
            if finding is not None:
                found[finding.kind] = day
                left.remove(rule)
        day += timedelta(1)
    return found


def measure_seed(seed: int, customers: int, watch: Watch) -> list[dict[str, Any]]:
    some = list(lives(seed, customers, until=UNTIL))
    since = UNTIL - timedelta(3 * 365)
    usual = usual_first(some, since)
    rows = []
    for life in some:
        if not life.bought:
            continue
        default = life.defaulted_on
        end = default - timedelta(1) if default else UNTIL
        start = end - timedelta(LOOKED_AT - 1)
        flags = first_flags(Seen(life, usual, since), start, end, watch)
        rows.append({"cause": life.cause.value, "default": default, "flags": flags})
    return rows


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    bad = [row for row in rows if row["default"]]
    good = [row for row in rows if not row["default"]]
    kinds = [kind.value for kind in list(Kind)[:7]]
    return {
        "customers": len(rows),
        "defaulters": len(bad),
        "flagged_30_days_before": _share(sum(1 for row in bad if _lead(row) >= AHEAD), len(bad)),
        "flagged_at_all_before": _share(sum(1 for row in bad if row["flags"]), len(bad)),
        "false_alarms": _share(sum(1 for row in good if row["flags"]), len(good)),
        "lead_days_quartiles": _quartiles([_lead(row) for row in bad if row["flags"]]),
        "by_kind": {kind: _of_kind(kind, bad, good) for kind in kinds},
        "by_cause": _by_cause(rows),
    }


def _of_kind(kind: str, bad: list[dict[str, Any]], good: list[dict[str, Any]]) -> dict[str, Any]:
    leads = [(row["default"] - row["flags"][kind]).days for row in bad if kind in row["flags"]]
    only = [row for row in good if set(row["flags"]) == {kind}]
    return {
        "flagged_30_days_before": _share(sum(1 for lead in leads if lead >= AHEAD), len(bad)),
        "lead_days_quartiles": _quartiles(leads),
        "false_alarms": _share(sum(1 for row in good if kind in row["flags"]), len(good)),
        "false_alarms_of_it_alone": _share(len(only), len(good)),
    }


def _by_cause(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["cause"]].append(row)
    return {
        cause: {
            "customers": len(some),
            "flagged": _share(sum(1 for row in some if _is_flagged(row)), len(some)),
        }
        for cause, some in sorted(found.items())
    }


def _is_flagged(row: dict[str, Any]) -> bool:
    return _lead(row) >= AHEAD if row["default"] else bool(row["flags"])


def _lead(row: dict[str, Any]) -> int:
    return max(((row["default"] - day).days for day in row["flags"].values()), default=-1)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _quartiles(leads: Sequence[int]) -> list[float]:
    return [round(value, 1) for value in quantiles(leads, n=4)] if len(leads) > 1 else list(leads)


def machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()}


def measure(seeds: Sequence[int], customers: int, watch: Watch | None = None) -> dict[str, Any]:
    started = time.process_time()
    rows = [row for seed in seeds for row in measure_seed(seed, customers, watch or Watch())]
    found = summary(rows)
    return {
        "seeds": list(seeds),
        "tuned_on": list(TUNED_ON),
        **found,
        "cpu_seconds": round(time.process_time() - started, 1),
        "machine": machine(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=HELD_OUT)
    parser.add_argument("--customers", type=int, default=700)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    found = measure(wanted.seeds, wanted.customers)
    if wanted.json:
        json.dump(found, sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    for name, value in found.items():
        if isinstance(value, dict):
            sys.stdout.write(f"{name}:\n" + "".join(f"  {key}: {one}\n" for key, one in value.items()))
        else:
            sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()
