"""Payments, facts and nights at the same moment: no mark is lost, and no night stores what a payment has outdated."""

import dataclasses
import os
import random
import signal
import time
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections

from collections_app import marks, night, tasks
from collections_app.policy import queries as policy
from collections_app.standings import candidates, nightly, statement
from collections_app.standings.models import Night, NightGroupTotal, NightStep, NightTotal, Standing
from common import clock
from common.again import again
from customers.models import Mark
from receivables.models import DueItem
from tests import factories as make
from tests.ledger.at_once import at_once, failures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
ROUNDS = int(os.environ.get("RACE_ROUNDS", "40"))
SHORT = {"look", nightly.CLASSIFY, "close", "totals"}


@pytest.fixture
def items(monkeypatch) -> list[DueItem]:
    """One item each of as many customers as there are rounds, classified by a first night."""
    make.business(calendar="")
    monkeypatch.setattr(night, "STEPS", tuple(step for step in night.STEPS if step.name in SHORT))
    due_date = clock.business_today() - timedelta(days=5)
    found = [make.due_item(make.customer(), 100, due_date=due_date) for _ in range(ROUNDS)]
    night.run(as_of=clock.business_today(), by=make.BY)
    return found


def stored() -> dict[int, tuple[str, str, float]]:
    rows = Standing.objects.values_list("due_item_id", "standing", "rule", "open_amount")
    return {key: (standing, rule, float(amount)) for key, standing, rule, amount in rows}


def wanted() -> dict[int, tuple[str, str, float]]:
    today = clock.business_today()
    found = statement.classified(as_of=today, thresholds=policy.in_force(today).thresholds)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT due_item_id, standing, rule, open_amount FROM ({found.sql}) w", found.params)
        return {key: (standing, rule, float(amount)) for key, standing, rule, amount in cursor.fetchall()}


def closes(item: DueItem) -> None:
    make.befall(item.customer, "closed")


def pays_in_part(item: DueItem) -> None:
    make.payment(item.customer, 40, received_on=clock.business_today())


def pays_all(item: DueItem) -> None:
    make.payment(item.customer, 100, received_on=clock.business_today())


def deeds(items: list[DueItem], busy: list[bool]) -> Any:
    """Once for each customer: it pays in part, pays all, or something befalls it."""

    def does() -> None:
        dice = random.Random(1)
        try:
            for item in items:
                deed = dice.choice([closes, pays_in_part, pays_all])
                again(partial(deed, item))
        finally:
            busy.clear()

    return does


def looks(busy: list[bool]) -> Any:
    def does() -> None:
        while busy:
            again(marks.fetch)
            again(lambda: night.run(as_of=clock.business_today(), by=make.BY))
            time.sleep(0.05)  # a few payments pass, as between two beats

    return does


def test_no_mark_and_no_payment_is_lost_between_payments_and_nights(items):
    busy = [True]

    found = at_once(deeds(items, busy), looks(busy), seconds=600)
    marks.fetch()
    while Mark.objects.exists():
        marks.fetch()

    assert failures(found) == []
    assert stored() == wanted()
    assert {rule for _standing, rule, _amount in stored().values()} == {"late", "customer failed"}


def test_if_a_night_took_all_marks_away_a_fact_would_be_lost(items, monkeypatch):
    """The control: were it not for the copied keys, the test above would fail."""

    def all_of_them(_keys: list[int]) -> None:
        make.befall(items[0].customer, "closed")  # comes in between
        Mark.objects.all().delete()

    monkeypatch.setattr(candidates, "take_away", all_of_them)
    monkeypatch.setattr(candidates, "FULL_FROM", 2)
    Night.objects.update(business_date=clock.business_today() - timedelta(days=1))
    night.run(as_of=clock.business_today(), by=make.BY)

    assert stored() != wanted()


def test_five_beats_at_once_make_one_night(items):
    today = clock.business_today()
    Night.objects.update(business_date=today - timedelta(days=1))
    DueItem.objects.update(due_date=today - timedelta(days=60))  # since today they are quasi-bad

    found = at_once(*[lambda: night.run(as_of=today, by=make.BY)] * 5)
    if night.is_cut_off():  # each left the others' pieces to them
        night.run(as_of=today, by=make.BY)

    assert failures(found) == []
    of_today = Night.objects.get(business_date=today)
    names = list(of_today.steps.order_by("position", "partition").values_list("name", flat=True))
    assert (names, of_today.done_at is not None) == (["look", "classify", "close", "totals"], True)
    assert stored() == wanted()


# --- a worker is killed ------------------------------------------------------------------------------


def dies_after(pieces: int) -> None:
    """Works on the night in a process of its own, which is killed in the middle of the piece after so many."""
    connections.close_all()  # nothing is shared with the child
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        return
    done: list[str] = []

    def fatal(step: night.Step) -> night.Step:
        def run(*args: Any) -> int:
            rows = step.run(*args)
            done.append(step.name)
            if len(done) > pieces:
                os.kill(os.getpid(), signal.SIGKILL)
            return rows

        return dataclasses.replace(step, run=run)

    night.STEPS = tuple(fatal(step) for step in night.STEPS)
    night.run(as_of=clock.business_today(), by=make.BY)
    os._exit(1)  # it should have been killed


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_night_whose_worker_is_killed_ends_as_a_clean_one(items, share, monkeypatch):
    monkeypatch.setattr(candidates.ranges, "__kwdefaults__", {"size": max(1, ROUNDS // 8)})
    for model in (NightStep, NightTotal, NightGroupTotal, Night):
        model.objects.all().delete()
    Standing.objects.filter(due_item__in=items[::2]).delete()

    monkeypatch.setattr(tasks.ask_for_night, "apply_async", lambda **_: tasks.ask_for_night())

    dies_after(int(share * 11))
    assert night.is_cut_off()
    tasks.fetch_marks()  # what the schedule rings every minute
    done = Night.objects.get()

    assert done.done_at is not None
    assert stored() == wanted()
    assert NightTotal.objects.get().count == ROUNDS
