"""How well the next pay-out day is told from the payments before it: learned rules against histories they do not know.

    .venv/bin/python -m benchmarks.rhythm [--seeds 101 102 103] [--customers 1000] [--json]

Every customer of `benchmarks.histories` has six payments or more that are known and six that are held out. Each of
the six is told one step ahead: from the payments that came before it and the day on which it is due. `right` is within
one working day of the day on which the customer pays by its rhythm; `right_as_it_came` of the day on which the money
came, of which 15 % were moved by chance (`could_be_right_as_it_came` is what somebody who knows every rhythm reaches).
Errors are working days to the day on which the money came, ours and those of "due day plus mean days late". Needs no
database.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from statistics import fmean, median
from typing import Any

from benchmarks import histories
from benchmarks.histories import BEYOND, History, Payment
from collections_app.visits import rhythm
from collections_app.visits.rhythm import Learned, Paid
from common import days

TUNED_ON = (1, 2, 3)
HELD_OUT = (101, 102, 103)
BANDS = ((6, 8), (9, 14), (15, 99))  # known payments
ENOUGH = 5  # of the six: a customer whose days are known


@dataclass(frozen=True, slots=True)
class Told:
    """One held-out payment, in working days: ours and the mean's from the day it came, ours from the day meant."""

    kind: str
    known: int
    off: int
    off_as_it_came: int
    mean_off: int
    was_moved_by: int
    once_off: int  # with what was learned once, before all six


def tell(one: History) -> list[Told]:
    paid = [Paid(payment.on, payment.due_on) for payment in one.payments]
    known = len(one.known)
    once = _learn(one, paid[:known])
    found = []
    for place, payment in enumerate(one.held_out, start=known):
        before = paid[:place]
        ours = _next(_learn(one, before), before[-1].on, payment, one.country)
        found.append(
            Told(
                one.kind,
                known,
                off=_apart(payment.meant_on, ours, one.country),
                off_as_it_came=_apart(payment.on, ours, one.country),
                mean_off=_apart(payment.on, _by_the_mean(before, payment, one.country), one.country),
                was_moved_by=_apart(payment.meant_on, payment.on, one.country),
                once_off=_apart(payment.meant_on, _next(once, before[-1].on, payment, one.country), one.country),
            )
        )
    return found


def _learn(one: History, paid: Sequence[Paid]) -> Learned:
    return rhythm.learn(paid, (), as_of=paid[-1].on, country=one.country)


def _next(learned: Learned, after: date, payment: Payment, country: str) -> date:
    found = rhythm.next_payout(learned, after, due_on=min(payment.due_on), country=country)
    assert found is not None, "six payments are enough"
    return found


def _by_the_mean(before: Sequence[Paid], payment: Payment, country: str) -> date:
    """The due day plus the mean of all delays so far, on a working day."""
    mean = fmean((one.on - min(one.due_on)).days for one in before)
    return days.roll(min(payment.due_on) + timedelta(round(mean)), country)


def _apart(one: date, other: date, country: str) -> int:
    return abs(days.working_days_between(one, other, country))


def figures(told: Sequence[Told]) -> dict[str, Any]:
    ours, mean = fmean(one.off_as_it_came for one in told), fmean(one.mean_off for one in told)
    return {
        "payments": len(told),
        "right": _share(one.off <= 1 for one in told),
        "right_as_it_came": _share(one.off_as_it_came <= 1 for one in told),
        "could_be_right_as_it_came": _share(one.was_moved_by <= 1 for one in told),
        "right_learned_once": _share(one.once_off <= 1 for one in told),
        "mean_error_days": round(ours, 3),
        "mean_error_days_of_mean_days_late": round(mean, 3),
        "better_by": round(1 - ours / mean, 4),
    }


def summary(by_customer: Sequence[Sequence[Told]]) -> dict[str, Any]:
    told = [one for some in by_customer for one in some]
    return {
        "customers": len(by_customer),
        "customers_right": _share(_number_right(some) >= ENOUGH for some in by_customer),
        "customers_right_next": _share(some[0].off <= 1 for some in by_customer),
        "customers_right_as_it_came": _share(median(one.off_as_it_came for one in some) <= 1 for some in by_customer),
        **figures(told),
        "by_kind": {
            kind: figures([one for one in told if one.kind == kind]) for kind in sorted({one.kind for one in told})
        },
        "by_known_payments": {
            f"{least} to {most}": figures(some)
            for least, most in BANDS
            if (some := [one for one in told if least <= one.known <= most])
        },
    }


def _number_right(some: Sequence[Told]) -> int:
    return sum(one.off <= 1 for one in some)


def _share(found: Iterable[bool]) -> float:
    return round(fmean(found), 4)


# Beyond what is asked


def beyond(seed: int, count: int) -> dict[str, Any]:
    """Rhythms that are harder, changes of rhythm, histories without due days, and what is bought."""
    rng = Random(f"beyond {seed}")
    plain = list(histories.histories(seed, count))
    changed = [histories.history(rng, one.kind, changes=True) for one in plain]
    return {
        **{
            kind: figures([told for one in histories.histories(seed, count, kinds=(kind,)) for told in tell(one)])
            for kind in BEYOND
        },
        "without_due_days_right": _without_due_days(plain),
        "changed": {
            "customers": len(changed),
            "marked": _share(_drift(one) is not None for one in changed),
            "right": figures([told for one in changed for told in tell(one)])["right"],
        },
        "unchanged_but_marked": _share(_drift(one) is not None for one in plain),
        "restock": _restock(plain),
    }


def _drift(one: History) -> date | None:
    return _learn(one, [Paid(payment.on, payment.due_on) for payment in one.known]).payout.drift_since


def _without_due_days(some: Sequence[History]) -> float:
    """Of those with a fixed day: the first pay-out day after the last known payment is one of theirs."""
    right = []
    for one in some:
        if one.pays_by_rule:
            known = [Paid(payment.on) for payment in one.known]
            last = one.known[-1]
            found = rhythm.next_payout(_learn(one, known), last.on, country=one.country)
            expected = one.next_after(max(last.on, last.meant_on))
            right.append(found is not None and _apart(expected, found, one.country) <= 1)
    return _share(right)


def _restock(some: Sequence[History]) -> dict[str, Any]:
    """The cycle, and the last delivery told from those before it, off by at most a quarter of the cycle."""
    cycle, right = [], []
    for one in some:
        *known, last = one.delivered[:20]
        learned = rhythm.learn((), known, as_of=known[-1], country=one.country)
        cycle.append(abs((learned.cycle.value or 0) - one.cycle) / one.cycle)
        told = learned.restock_on.value
        right.append(told is not None and abs((told - last).days) <= max(2, one.cycle / 4))
    return {"cycle_off_by": round(fmean(cycle), 4), "within_a_quarter_of_the_cycle": _share(right)}


def measure(seeds: Sequence[int], customers: int) -> dict[str, Any]:
    started = time.process_time()
    some = [tell(one) for seed in seeds for one in histories.histories(seed, customers)]
    seconds = time.process_time() - started
    return {
        "seeds": list(seeds),
        "tuned_on": list(TUNED_ON),
        **summary(some),
        "beyond": beyond(seeds[0], max(50, customers // 5)),
        "milliseconds_a_customer": round(1000 * seconds / (len(some) * 7), 2),
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="*", default=HELD_OUT)
    parser.add_argument("--customers", type=int, default=1000)
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
