"""The night's statement says what the rules say, and keeps the table of standings."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from collections_app import after_money, marks, night
from collections_app.cases import services as cases
from collections_app.cases.models import Promise
from collections_app.policy.thresholds import Thresholds
from collections_app.standings import explaining, queries, statement
from collections_app.standings import services as standings
from collections_app.standings.models import Night, Standing
from collections_app.standings.rules import Facts, standing_of
from common import clock
from customers.models import Mark
from receivables.models import DueItem
from tests import factories as make

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 30)
EDGES = (-1, 0, 1, 59, 60, 61, 179, 180, 181, 364, 365, 366)


def facts_of(item: DueItem) -> Facts:
    """The reference reading of one item's facts, row by row."""
    return explaining.facts_of(item, as_of=AS_OF, thresholds=Thresholds())


def random_book(seed: int) -> None:
    """Customers and items on and around every threshold."""
    dice = random.Random(seed)
    for _ in range(12):
        fate = dice.choice(["", "", "", "insolvent_on", "closed_on", "in_court_on", "handed_over_on"])
        values: dict[str, Any] = {fate: AS_OF + timedelta(days=dice.choice([-5, 0, 1]))} if fate else {}
        customer = make.customer(**values)
        silent = dice.choice([0, 30, 364, 365, 366])
        for _ in range(4):
            late = dice.choice(EDGES)
            due_date = AS_OF - timedelta(days=late) if dice.random() < 0.95 else None
            issued_on = AS_OF - timedelta(days=max(silent, late))
            make.invoice(customer, dice.randint(1, 9999), due_date=due_date, issued_on=issued_on)
        for _ in range(dice.randint(0, 3)):
            made_on = AS_OF - timedelta(days=dice.choice([10, 185, 190, 400]))
            Promise.objects.create(
                customer=customer, amount=1, currency="EUR", made_on=made_on, promised_on=made_on,
                grace_until=made_on, state="broken", settled_on=made_on + timedelta(days=5), entered_at=clock.now(),
            )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_statement_and_the_rule_agree_on_every_edge_day(seed):
    make.business()
    random_book(seed)
    wanted = statement.classified(as_of=AS_OF, thresholds=Thresholds())

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT due_item_id, standing, rule FROM ({wanted.sql}) w", wanted.params)
        found = {key: (standing, rule) for key, standing, rule in cursor.fetchall()}

    for item in DueItem.objects.select_related("customer"):
        decision = standing_of(facts_of(item), as_of=AS_OF, thresholds=Thresholds())
        assert found[item.pk] == (decision.standing.value, decision.rule.value), facts_of(item)


def test_classifying_a_day_twice_changes_nothing():
    make.business()
    random_book(1)
    standings.classify(as_of=AS_OF)
    before = list(Standing.objects.order_by("pk").values())

    assert standings.classify(as_of=AS_OF) == 0
    assert list(Standing.objects.order_by("pk").values()) == before


def test_a_settled_item_has_no_standing():
    make.business()
    customer = make.customer()
    item = make.due_item(customer, 100, due_date=date(2026, 6, 1))
    standings.classify(as_of=AS_OF)
    assert item.standing.standing == "overdue"

    make.payment(customer, 100, received_on=date(2026, 6, 2))
    standings.classify(as_of=AS_OF)

    assert not Standing.objects.exists()


def test_since_is_kept_while_the_standing_stays():
    make.business()
    make.due_item(make.customer(), 100, due_date=date(2026, 6, 1), issued_on=date(2026, 5, 1))

    standings.classify(as_of=date(2026, 6, 10))
    standings.classify(as_of=date(2026, 6, 20))

    assert Standing.objects.get().since == date(2026, 6, 10)


@pytest.fixture
def today(db):
    make.business()
    return clock.business_today()


def test_money_reclassifies_its_customer_in_the_same_transaction(today):
    customer = make.customer()
    item = make.due_item(customer, 100, due_date=today - timedelta(days=70))
    night.run(as_of=today, by=make.BY)
    assert item.standing.standing == "quasi-bad"

    make.payment(customer, 100, received_on=today)

    assert not Standing.objects.exists()


def test_money_keeps_the_promise_it_fulfils(today):
    customer = make.customer()
    item = make.due_item(customer, 100, due_date=today - timedelta(days=5))
    promise = cases.promise(
        customer=customer, amount=Decimal(100), currency="EUR", promised_on=today, method="transfer",
        lines=[(item.pk, Decimal(100))], on=today, by=make.BY,
    )  # fmt: skip

    make.payment(customer, 100, received_on=today)

    promise.refresh_from_db()
    assert (promise.state, promise.settled_on, promise.paid_amount) == ("kept", today, Decimal(100))


def test_a_mark_brings_a_standing_up_to_date_and_goes(today):
    customer = make.customer()
    make.due_item(customer, 100, due_date=today - timedelta(days=5))
    night.run(as_of=today, by=make.BY)
    make.befall(customer, "closed", on=today)

    assert marks.fetch() == 1

    assert Standing.objects.get().rule == "customer failed"
    assert not Mark.objects.exists()


def test_a_mark_left_while_the_marks_are_fetched_stays(today, monkeypatch):
    customer = make.customer()
    night.run(as_of=today, by=make.BY)
    Mark.objects.create(customer=customer, because="first", happened_on=today, entered_at=clock.now())
    classify = standings.classify

    def payment_comes_in_between(**values):
        Mark.objects.create(customer=customer, because="second", happened_on=today, entered_at=clock.now())
        return classify(**values)

    monkeypatch.setattr(marks.standings, "classify", payment_comes_in_between)
    marks.fetch()

    assert [mark.because for mark in Mark.objects.all()] == ["second"]


def test_the_night_runs_once_for_a_business_date(today):
    make.due_item(make.customer(), 100, due_date=today - timedelta(days=5))

    first, second = night.run(as_of=today, by=make.BY), night.run(as_of=today, by=make.BY)

    assert first.pk == second.pk
    assert Night.objects.count() == 1
    assert second.changed == 0


def test_a_night_that_was_cut_off_goes_on_where_it_stopped(today, monkeypatch):
    make.rep()
    make.due_item(make.customer(), 100, due_date=today - timedelta(days=5))

    cut_off = night.run(as_of=today, by=make.BY, seconds=-1)
    assert cut_off.done_at is None
    assert not cut_off.steps.exists()

    done = night.run(as_of=today, by=make.BY)
    assert done.done_at is not None
    assert [step.name for step in done.steps.order_by("position")] == [
        "promises", "more time", "warnings", "look", "classify", "close", "totals", "to do", "ladder", "holds",
        "habits", "before visits", "plans", "check",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "minute", "missing"),
    [
        (None, 3 * 60, None),
        (None, 4 * 60, "today"),
        (0, 23 * 60, None),
        (1, 3 * 60, None),
        (1, 5 * 60, "today"),
        (3, 3 * 60, "2 days ago"),
    ],
)
def test_missed_nights_are_caught_up_in_order(today, last, minute, missing):
    if last is not None:
        now = clock.now()
        Night.objects.create(business_date=today - timedelta(days=last), known_until=now, started_at=now, done_at=now)
    wanted = {None: None, "today": today, "2 days ago": today - timedelta(days=2)}[missing]

    assert night.is_missing(today, minute) == wanted


def test_a_night_for_a_day_that_has_not_come_is_refused(today):
    with pytest.raises(night.NotYet, match="has not come yet"):
        night.run(as_of=today + timedelta(days=1), by=make.BY)


def test_a_large_file_leaves_its_customers_to_the_marks(today, monkeypatch):
    monkeypatch.setattr(after_money, "SET_BASED_FROM", 2)
    customers = [make.customer() for _ in range(2)]

    after_money.act(customers=[customer.pk for customer in customers], on=today, by=make.BY)

    assert Mark.objects.filter(because="book").count() == 2


def test_the_night_of_an_earlier_day_leaves_the_latest_standings_alone(today):
    make.due_item(make.customer(), 100, due_date=today - timedelta(days=70))
    night.run(as_of=today, by=make.BY)

    night.run(as_of=today - timedelta(days=30), by=make.BY)

    assert Standing.objects.get().standing == "quasi-bad"
    [then] = queries.night_totals(today - timedelta(days=30))
    assert (then.standing, then.count) == ("overdue", 1)
