"""Random books of money, on the real database, never lose or find a cent.

`make test-deep` runs many more and longer ones. A failure prints its seed; with LEDGER_SEED=… it happens again, and
with LEDGER_SHRINK=1 it is cut down to the fewest steps, which takes minutes.
"""

import os
import random

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger.machine import MoneyMachine
from tests.ledger.steps import done, refused

PARTS = 4 if connection.vendor == "postgresql" else 1  # side by side where there are several processes
SIZES = {"sqlite": (50, 30), "postgresql": (200, 50)}  # examples, steps

FEW = 6
#: All but a few of these must have been done, or the run has not shown much.
VERBS = {
    "invoice", "due date moves", "payment", "named payment", "money on a claim", "credit note", "allocate", "take back",
    "reverse payment", "reverse credit note", "refund", "reverse refund", "ask write-off", "grant write-off",
    "decline write-off", "reverse write-off", "settle by rule", "settle and ask",
    "claim", "waive", "waive claim", "reverse charge", "journal", "exchange",
    "reverse exchange", "receipt", "verify receipt", "refuse receipt", "paper", "honour paper", "dishonour paper",
    "return paper", "days pass", "night",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)  # every example is a transaction of its own, and rolled back
@pytest.mark.parametrize("part", range(PARTS))
def test_money_in_any_order_adds_up_after_every_step_and_on_every_past_day(part):
    examples, steps = size()
    seed = int(os.environ.get("LEDGER_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
    print(f"LEDGER_SEED={seed} shows this run again.")  # pytest prints it where the test fails
    one = type("MoneyMachine", (MoneyMachine,), {"_hypothesis_internal_use_seed": seed})
    chosen = settings(
        max_examples=-(-examples // PARTS),
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if os.environ.get("LEDGER_SHRINK") else [])],
        suppress_health_check=list(HealthCheck),
    )

    done.clear()
    refused.clear()
    run_state_machine_as_test(one, settings=chosen)

    never = VERBS - set(done)
    assert len(never) <= FEW, f"never done: {', '.join(sorted(never))}"
    assert len(refused) > FEW


def size() -> tuple[int, int]:
    """As many examples and steps as were asked for, else what fits into the suite."""
    asked = os.environ.get("LEDGER_EXAMPLES"), os.environ.get("LEDGER_STEPS")
    usual = SIZES[connection.vendor]
    return int(asked[0] or usual[0]), int(asked[1] or usual[1])
