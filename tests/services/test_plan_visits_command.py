"""The command that plans: what it refuses, and how it says so to a program."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from collections_app.visits.models import Plan
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def carmen():
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seed": -1}, "--seed -1 is not between 0 and 2147483647."),
        ({"seed": 10**19}, "--seed 10000000000000000000 is not between 0 and 2147483647."),
        ({"iterations": -5}, "--iterations -5 is not between 0 and 100000."),
        ({"iterations": 3_000_000_000}, "--iterations 3000000000 is not between 0 and 100000."),
        ({"days": 0}, "--days 0 is not between 1 and 10."),
        ({"rep": "nobody"}, "No active rep has the user name 'nobody'."),
    ],
)
def test_what_has_no_plan_is_refused_in_one_document(wrong, said):
    out = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("plan_visits", on="2026-11-24", json=True, stdout=out, **wrong)

    assert refused.value.returncode == 1
    assert json.loads(out.getvalue()) == {"refused": said, "problems": []}
    assert not Plan.objects.exists()


def test_the_largest_seed_is_stored_with_its_plan():
    out = StringIO()

    call_command("plan_visits", on="2026-11-24", seed=2**31 - 1, iterations=0, json=True, stdout=out)

    assert len(json.loads(out.getvalue())["plans"]) == 1
    assert (Plan.objects.get().seed, Plan.objects.get().iterations) == (2**31 - 1, 0)
