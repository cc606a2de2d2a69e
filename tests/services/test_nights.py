"""Night after night: looking only at what can have changed gives what a full look gives, and the past stays."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import connection

from collections_app import books, marks, night
from collections_app.policy import queries as policy
from collections_app.policy.thresholds import Thresholds
from collections_app.standings import candidates, nightly, statement, totals
from collections_app.standings.explaining import facts_of
from collections_app.standings.models import Candidate, Night, NightGroupTotal, NightTotal, PastStanding, Standing
from collections_app.standings.rules import standing_of
from common import clock
from common.columns import MoneySum
from customers import services as customers
from customers.models import Mark
from receivables.models import DueItem
from tests import factories as make
from tests.services import standing_books

pytestmark = pytest.mark.django_db
BEGIN = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def business(db):
    make.business(calendar="")


@pytest.fixture
def clock_at() -> Iterator[Any]:
    """Moves the clock to four in the morning of a day; it stands in the evening before the first one."""
    with time_machine.travel(f"{BEGIN - timedelta(days=1)}T20:00:00+01:00", tick=True) as traveller:
        yield lambda day: traveller.move_to(f"{day.isoformat()}T04:00:00+01:00")


@pytest.fixture
def nights(clock_at, monkeypatch):
    """Runs the night of a day, on that day: only what concerns standings."""
    kept = {"look", nightly.CLASSIFY, nightly.AUDIT, "close", "totals"}
    monkeypatch.setattr(night, "STEPS", tuple(step for step in night.STEPS if step.name in kept))

    def run(day: date, **values: Any) -> Night:
        clock_at(day)
        return night.run(as_of=day, by=make.BY, **values)

    return run


def wanted(as_of: date, **values: Any) -> dict[int, tuple[Any, ...]]:
    rules = policy.in_force(as_of)
    found = statement.classified(
        as_of=as_of, thresholds=rules.thresholds, segments=rules.thresholds_by_segment(), **values
    )
    return _read(f"SELECT due_item_id, standing, rule, open_amount, disputed_amount FROM ({found.sql}) w", found.params)


def stored(day: date) -> dict[int, tuple[Any, ...]]:
    """What the night of the day had, from the periods."""
    sql = f"SELECT due_item_id, standing, rule, open_amount, disputed_amount FROM ({totals.OF_NIGHT}) n"
    return _read(sql, {"night": day})


def _read(sql: str, params: dict[str, Any]) -> dict[int, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return {row[0]: (row[1], row[2], round(float(row[3]), 3), round(float(row[4]), 3)) for row in rows}


# --- two readings of one catalogue -------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_statement_and_rules_agree_on_every_fact_on_every_edge_day(seed):
    dice = random.Random(seed)
    standing_books.book(dice, BEGIN)
    segments = {"kiosk": Thresholds(quasi_bad=30, bad=90, dormant=200, broken_within=60), "wholesale": Thresholds()}
    one = statement.classified(as_of=BEGIN, thresholds=Thresholds(), segments=segments)
    found = _read(f"SELECT due_item_id, standing, rule, 0, 0 FROM ({one.sql}) w", one.params)

    for item in DueItem.objects.select_related("customer", "invoice").filter(invoice__issued_on__lte=BEGIN):
        thresholds = segments.get(item.customer.segment, Thresholds())
        facts = facts_of(item, as_of=BEGIN, thresholds=thresholds)
        decision = standing_of(facts, as_of=BEGIN, thresholds=thresholds)
        assert found[item.pk][:2] == (decision.standing.value, decision.rule.value), (facts, item.customer.segment)


# --- incremental is full -----------------------------------------------------------------------------


def something_happens(dice: random.Random, day: date) -> None:
    """A few customers: a fact with its mark, or money through the port."""
    keys = sorted(set(DueItem.objects.filter(open_amount__gt=0).values_list("customer", flat=True)))
    for key in dice.sample(keys, k=min(2, len(keys))):
        item = DueItem.objects.filter(customer=key, open_amount__gt=0).order_by("pk")[0]
        if dice.random() < 0.4:
            part = item.open_amount if dice.random() < 0.5 else 1
            make.payment(item.customer, part, received_on=day - timedelta(days=dice.choice([0, 1, 3])))
        else:
            standing_books.befall(dice, item.customer, day)
            customers.mark([key], because="fact", on=day)
    if dice.random() < 0.5:
        marks.fetch()


@pytest.mark.parametrize("seed", range(6))
def test_nights_that_look_at_candidates_leave_what_a_full_look_leaves(nights, seed, monkeypatch):
    monkeypatch.setattr(candidates, "FULL_FROM", 2)
    dice = random.Random(100 + seed)
    standing_books.book(dice, BEGIN)
    nights(BEGIN)
    day = BEGIN

    for _ in range(5):
        something_happens(dice, day)
        day += timedelta(days=dice.choice([1, 1, 1, 2, 6]))
        done = nights(day)

        assert done.mode == Night.Mode.INCREMENTAL
        assert done.audit_found == 0
        assert stored(day) == wanted(day)
        assert not Candidate.objects.exists()


@pytest.mark.parametrize("seed", range(4))
def test_a_stored_night_is_what_was_known_until_it_closed(nights, seed, monkeypatch):
    monkeypatch.setattr(candidates, "FULL_FROM", 2)
    dice = random.Random(200 + seed)
    standing_books.book(dice, BEGIN, customers=6)
    done = [nights(BEGIN)]
    day = BEGIN

    for _ in range(4):
        something_happens(dice, day)
        day += timedelta(days=1)
        done.append(nights(day))
    something_happens(dice, day)

    for one in done:
        assert stored(one.business_date) == wanted(one.business_date, known_until=one.known_until), one


# --- periods -----------------------------------------------------------------------------------------


def test_a_standing_that_changes_twice_between_nights_leaves_the_past_as_the_nights_had_it(nights):
    customer = make.customer()
    item = make.due_item(customer, 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)

    make.payment(customer, 30, received_on=BEGIN)
    make.payment(customer, 20, received_on=BEGIN)
    nights(BEGIN + timedelta(days=1))

    [past] = PastStanding.objects.all()
    assert (past.due_item_id, past.open_amount, past.from_night, past.to_night) == (item.pk, 100, BEGIN, BEGIN)
    now = Standing.objects.get()
    assert (now.open_amount, now.from_night) == (50, BEGIN + timedelta(days=1))


def test_a_settled_item_stays_in_the_nights_that_had_it(nights):
    customer = make.customer()
    make.due_item(customer, 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)

    make.payment(customer, 100, received_on=BEGIN)

    assert not Standing.objects.exists()
    assert stored(BEGIN) == wanted(BEGIN, known_until=Night.objects.get().known_until)


def test_a_night_done_again_takes_in_what_has_come_since(nights):
    customer = make.customer()
    make.due_item(customer, 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)
    make.payment(customer, 30, received_on=BEGIN)
    assert [amount for _standing, _rule, amount, _disputed in stored(BEGIN).values()] == [100]

    nights(BEGIN)

    assert [amount for _standing, _rule, amount, _disputed in stored(BEGIN).values()] == [70]
    assert not PastStanding.objects.exists()
    assert NightTotal.objects.aggregate(sum=MoneySum("open_amount"))["sum"] == 70


def test_a_missed_day_is_looked_at_in_full(nights, clock_at):
    make.due_item(make.customer(), 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)
    clock_at(BEGIN + timedelta(days=3))

    modes = [night.run(as_of=BEGIN + timedelta(days=days), by=make.BY).mode for days in (1, 2, 3)]

    assert modes == ["full", "full", "incremental"]


def test_a_full_look_may_be_asked_for(nights):
    make.due_item(make.customer(), 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)

    assert nights(BEGIN + timedelta(days=1)).mode == Night.Mode.INCREMENTAL
    assert nights(BEGIN + timedelta(days=2), full=True).mode == Night.Mode.FULL


def test_once_a_week_the_whole_book_is_audited_and_a_difference_is_a_defect(nights):
    make.due_item(make.customer(), 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)
    for days in range(1, 7):
        nights(BEGIN + timedelta(days=days))
    Standing.objects.update(rule="not late", standing="unpaid")

    done = nights(BEGIN + timedelta(days=7))

    assert (done.audit_found, done.audited_at is not None) == (1, True)
    assert Standing.objects.get().standing == "overdue"


# --- pieces ------------------------------------------------------------------------------------------


def test_the_book_falls_into_ranges_of_customers_that_leave_nobody_out(nights, monkeypatch):
    monkeypatch.setattr(candidates, "RANGE", 7)
    monkeypatch.setattr(candidates.ranges, "__kwdefaults__", candidates.ranges.__kwdefaults__ | {"size": 7})
    standing_books.book(random.Random(1), BEGIN)

    done = nights(BEGIN)

    pieces = list(done.steps.filter(name="classify").order_by("partition"))
    assert 3 < len(pieces) < 12  # of twelve customers with four items each
    assert all(one.last_customer < other.first_customer for one, other in pairwise(pieces))
    assert stored(BEGIN) == wanted(BEGIN)


def test_a_night_without_anything_open_is_a_night(nights):
    done = nights(BEGIN)

    assert (done.touched, done.changed, done.classified_at is not None) == (0, 0, True)


# --- totals ------------------------------------------------------------------------------------------


def test_totals_of_a_night_are_the_sums_of_its_rows_and_groups_add_up_to_the_company(nights):
    rep, other = make.rep(), make.rep()
    first, second = make.customer(rep, region="North"), make.customer(other, region="South")
    make.due_item(first, "10.10", due_date=BEGIN - timedelta(days=5))
    make.due_item(second, "20.20", due_date=BEGIN - timedelta(days=5))
    make.due_item(second, 100, due_date=BEGIN + timedelta(days=5), issued_on=BEGIN, currency="USD")
    make.credit_note(first, 3, issued_on=BEGIN)

    done = nights(BEGIN)

    rows = NightTotal.objects.filter(night=done).order_by("currency", "standing")
    assert [(row.currency, row.standing, row.bucket, row.count, row.open_amount) for row in rows] == [
        ("EUR", "credit", "credit notes", 1, -3), ("EUR", "overdue", "1-30", 2, make.money("30.30")),
        ("USD", "unpaid", "not due", 1, 100),
    ]  # fmt: skip
    by_group = NightGroupTotal.objects.filter(night=done, standing="overdue").order_by("group__region")
    assert [(row.group.rep, row.group.region, row.open_amount) for row in by_group] == [
        (rep.pk, "North", make.money("10.10")), (other.pk, "South", make.money("20.20")),
    ]  # fmt: skip


def test_a_mark_that_comes_while_the_night_works_is_part_of_it_and_stays_for_the_minute(nights, monkeypatch):
    customer = make.customer()
    make.due_item(customer, 100, due_date=BEGIN - timedelta(days=5))
    classify = nightly.classify

    def then_closed(done: Night, piece: int) -> int:
        changed = classify(done, piece)
        make.befall(customer, "closed", on=clock.business_today())
        return changed

    monkeypatch.setattr(night.nightly, "classify", then_closed)
    nights(BEGIN)

    assert Standing.objects.get().rule == "customer failed"
    assert Mark.objects.filter(customer=customer).exists()
    assert stored(BEGIN) == wanted(BEGIN)


def test_a_worker_that_began_before_another_had_looked_classifies_what_that_one_decided(nights, monkeypatch):
    make.due_item(make.customer(), 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)
    day = BEGIN + timedelta(days=1)
    DueItem.objects.update(due_date=day - Thresholds().quasi_bad * timedelta(days=1))
    look = nightly.look

    def looked_by_another(mine: Night, **values: Any) -> int:
        return look(Night.objects.get(pk=mine.pk), **values)

    monkeypatch.setattr(night.nightly, "look", looked_by_another)
    assert nights(day).mode == Night.Mode.FULL

    assert Standing.objects.get().standing == "quasi-bad"
    assert stored(day) == wanted(day)


# --- proof -------------------------------------------------------------------------------------------


def standings_of_the_books(day: date) -> list[str]:
    [found] = [one for one in books.check(as_of=day).invariants if one.name.startswith("I6")]
    assert found.checked
    return found.broken


def test_the_check_proves_the_night_and_finds_a_row_or_total_that_was_changed(nights):
    customer = make.customer()
    item = make.due_item(customer, 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)
    make.payment(customer, 40, received_on=BEGIN)
    nights(BEGIN + timedelta(days=1))
    assert standings_of_the_books(BEGIN + timedelta(days=1)) == []

    NightTotal.objects.filter(standing="overdue").update(open_amount=1)
    Standing.objects.update(standing="unpaid", rule="not late")

    found = standings_of_the_books(BEGIN + timedelta(days=1))
    assert f"night 2026-11-25: due item {item.pk} is only ruled so" in found
    assert any(line.startswith("night 2026-11-25: total of overdue in EUR is 1") for line in found), found


def test_the_check_looks_at_one_of_the_nights_before_too(nights):
    customer = make.customer()
    make.due_item(customer, 100, due_date=BEGIN - timedelta(days=5))
    nights(BEGIN)
    make.payment(customer, 40, received_on=BEGIN)
    nights(BEGIN + timedelta(days=1))

    PastStanding.objects.update(standing="unpaid")

    assert any("night 2026-11-24" in line for line in standings_of_the_books(BEGIN + timedelta(days=1)))
