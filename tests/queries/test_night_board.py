"""The board of a stored night: whatever is asked of it, its sums are those of the night's own rows, and nothing that
was booked later is in them.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from collections_app.desk import board as boards
from collections_app.desk import of_night, past, position, rows
from collections_app.desk.position import PRESENT, REBUILT, Reading
from collections_app.desk.scope import KNOWN_THEN, KNOWN_TODAY, OTHERS, Scope
from collections_app.standings.models import NightGroupTotal
from common.money import ZERO
from customers import services as customers
from customers.models import Customer
from receivables import services as receivables
from receivables.models import DueItem
from staff.models import User
from tests import factories as make
from tests import nights
from tests.services import standing_books

pytestmark = pytest.mark.django_db
NIGHT = date(2026, 11, 24)
BOUNDS = (30, 60, 90, 180)


@pytest.fixture(autouse=True)
def clock_at(db) -> Iterator[Any]:
    """Moves the clock to an hour of a day; it stands in the evening before the night."""
    make.business(calendar="")
    with time_machine.travel(f"{NIGHT - timedelta(days=1)}T20:00:00+01:00", tick=True) as traveller:
        yield lambda day, hour=4: traveller.move_to(f"{day.isoformat()}T{hour:02}:00:00+01:00")


@pytest.fixture
def finance() -> User:
    return make.finance("niamh")


def fill(dice: random.Random) -> None:
    """Reps of two teams and nobody, regions, currencies, every edge of age, disputes and overrides, and credit."""
    reps = [make.rep("carmen"), make.rep("tom", team=make.team("South")), None]
    standing_books.book(dice, NIGHT, customers=10)
    for place, customer in enumerate(Customer.objects.order_by("pk")):
        if reps[place % 3]:
            customers.hand_to(customer=customer, rep=reps[place % 3], on=NIGHT - timedelta(days=50), by=make.BY)
        Customer.objects.filter(pk=customer.pk).update(region=["North", "South"][place % 2], channel="bar")
        make.invoice(customer, "70.07", due_date=NIGHT - timedelta(days=place * 20), currency="USD")
        something(dice, customer, NIGHT - timedelta(days=dice.choice([1, 3, 40])))


def something(dice: random.Random, customer: Customer, on: date) -> None:
    """Money or credit that is used, used in part, or free; a charge with money on it; more time; or a fact."""
    owed = DueItem.objects.filter(customer=customer, open_amount__gt=0, currency="EUR").order_by("pk")
    item = owed.filter(due_date__lt=on).first()
    what = dice.choice(["paid", "free", "note", "charge", "later", "fact"])
    if what == "paid":
        make.payment(customer, 15, received_on=on)
    elif what == "free":
        make.payment(customer, "5.55", received_on=on, lines=[])
    elif what == "note":
        make.credit_note(customer, "8.25", issued_on=on, due_date=on + timedelta(days=dice.choice([-40, 0, 20])))
    elif item is not None and what == "charge":
        charge = receivables.claim(due_item=item, kind="fee", amount=Decimal(4), basis="Clause 7", on=on, by=make.BY)
        if dice.random() < 0.5:  # the ledger has it; else money on it is unapplied there
            type(charge).objects.filter(pk=charge.pk).update(booked_on=on)
        make.payment(customer, 3, received_on=on, lines=[], charges=[(charge.pk, Decimal(3))])
    elif item is not None and what == "later":
        asked = make.extension(item, until=NIGHT + timedelta(days=30))
        receivables.grant_extension(extension=asked, on=asked.asked_on, by=make.finance(f"grants-{asked.pk}"))
    else:
        standing_books.befall(dice, customer, on)


def scopes() -> list[Scope]:
    every = Scope(as_of=NIGHT)
    return [
        every,
        *(every.narrowed(rep=name) for name in ("carmen", "tom", "none")),
        *(every.narrowed(region=name) for name in ("North", "nowhere")),
        every.narrowed(segment="kiosk", region="South"),
        every.narrowed(channel="bar", currency="USD"),
        *(every.narrowed(standing=name) for name in ("unpaid", "bad", "dormant", "credit", "unapplied", "charges")),
        every.narrowed(standing=OTHERS),
        *(every.narrowed(bucket=name) for name in ("not due", "1-30", "no due date", "credit notes", "charges")),
        *(every.narrowed(late=late, rep="tom") for late in ("0", "1")),
        *(every.narrowed(disputed=name) for name in ("without", "only")),
        every.narrowed(due="original", bucket="1-30"),
        every.narrowed(q="c-"),
    ]


def check_tie(scope: Scope, user: User, reading: Reading, bounds: tuple[int, ...] = BOUNDS) -> Decimal:
    """The sums on top are the sums of the rows, and so is their number. Returns the sum over currencies."""
    found = rows.totals(scope, user=user, bounds=bounds, reading=reading)
    listed = list(position.rows(scope, user=user, bounds=bounds, reading=reading))
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in listed:
        sums[row["currency"]] += Decimal(row["open"]).quantize(Decimal("0.001"))
    assert dict(found.by_currency) == dict(sums), scope
    assert found.count == len(listed), scope
    return sum(sums.values(), ZERO)


@pytest.mark.parametrize("seed", range(3))
def test_every_sum_of_a_night_is_that_of_its_rows_whatever_has_come_since(clock_at, finance, seed):
    dice = random.Random(seed)
    fill(dice)
    nights.run(NIGHT - timedelta(days=1))
    for customer in Customer.objects.all()[:5]:
        something(dice, customer, NIGHT - timedelta(days=1))
    clock_at(NIGHT)
    reading = Reading(night=nights.run(NIGHT))
    before = {scope: check_tie(scope, finance, reading) for scope in scopes()}

    clock_at(NIGHT, 15)
    for customer in Customer.objects.all():
        something(dice, customer, NIGHT - timedelta(days=dice.choice([0, 0, 2])))
    clock_at(NIGHT + timedelta(days=1))
    nights.run(NIGHT + timedelta(days=1))

    assert {scope: check_tie(scope, finance, reading) for scope in scopes()} == before


@pytest.mark.parametrize("seed", range(3, 5))
def test_a_night_is_the_end_of_its_day_by_what_was_known_then(clock_at, finance, seed):
    dice = random.Random(seed)
    fill(dice)
    clock_at(NIGHT, 23)
    reading = Reading(night=nights.run(NIGHT))
    clock_at(NIGHT + timedelta(days=1), 15)
    for customer in Customer.objects.all():
        something(dice, customer, NIGHT - timedelta(days=dice.choice([0, 1])))

    stored = position.groups(Scope(as_of=NIGHT), user=finance, bounds=BOUNDS, reading=reading)
    then = position.groups(Scope(as_of=NIGHT, known=KNOWN_THEN), user=finance, bounds=BOUNDS, reading=REBUILT)
    now = position.groups(Scope(as_of=NIGHT, known=KNOWN_TODAY), user=finance, bounds=BOUNDS, reading=REBUILT)

    assert stored == then
    assert stored != now


@pytest.mark.parametrize("seed", range(5, 7))
def test_the_sums_of_a_rebuilt_day_are_those_of_its_lines_whatever_is_asked_for(clock_at, finance, seed):
    dice = random.Random(seed)
    fill(dice)
    clock_at(NIGHT + timedelta(days=1), 15)
    for customer in Customer.objects.all():
        something(dice, customer, NIGHT - timedelta(days=dice.choice([0, 1, 3])))
    one = Customer.objects.earliest("pk")
    asked = [*scopes(), Scope(as_of=NIGHT, customer=one.code), Scope(as_of=NIGHT, team=str(make.team("South").pk))]
    people = ((KNOWN_THEN, finance), (KNOWN_TODAY, finance), (KNOWN_TODAY, make.manager("maria")))

    for every in asked:
        for known, user in people:
            scope = every.narrowed(known=known)
            listed = position.grouped(past.lines(scope, user=user, bounds=BOUNDS))
            assert position.groups(scope, user=user, bounds=BOUNDS, reading=REBUILT) == listed, scope


def test_other_buckets_than_the_policys_are_counted_from_the_same_night(clock_at, finance):
    fill(random.Random(9))
    clock_at(NIGHT)
    reading = Reading(night=nights.run(NIGHT))
    make.payment(Customer.objects.earliest("pk"), 40, received_on=NIGHT)

    whole = [check_tie(Scope(as_of=NIGHT, buckets=text), finance, reading, tuple(bounds)) for text, bounds in (
        ("", BOUNDS), ("15,45", (15, 45)),
    )]  # fmt: skip

    assert whole[0] == whole[1]
    assert check_tie(Scope(as_of=NIGHT, buckets="15,45", bucket="16-45"), finance, reading, (15, 45)) > 0


def test_today_is_read_from_its_night_unless_this_moment_is_asked_for(clock_at, finance):
    customer = make.customer()
    make.due_item(customer, 100, due_date=NIGHT - timedelta(days=5))
    clock_at(NIGHT)
    night = nights.run(NIGHT)
    make.payment(customer, 30, received_on=NIGHT)

    def total(scope):
        found = rows.totals(scope, user=finance, bounds=BOUNDS, reading=position.reading_of(scope))
        return dict(found.by_currency)["EUR"]

    assert position.reading_of(Scope(as_of=NIGHT)) == Reading(night=night)
    assert position.reading_of(Scope(as_of=NIGHT, is_now=True)) == PRESENT
    assert position.reading_of(Scope(as_of=NIGHT, customer=customer.code)) == PRESENT  # as its own page shows it
    assert (total(Scope(as_of=NIGHT)), total(Scope(as_of=NIGHT, is_now=True))) == (100, 70)


def test_a_night_that_has_not_counted_its_totals_is_not_shown(clock_at):
    clock_at(NIGHT)
    night = nights.run(NIGHT)
    night.steps.filter(name="totals").update(done_at=None)

    assert of_night.readable(NIGHT) is None


def test_a_manager_finds_in_a_night_what_he_may_see_today(clock_at):
    """A customer that was handed over since is read row by row: it went from his team's figures to the other one's."""
    carmen, tom = make.rep("carmen"), make.rep("tom", team=make.team("South"))
    moved, stays = make.customer(owner=carmen), make.customer(owner=carmen)
    make.due_item(moved, 100, due_date=NIGHT - timedelta(days=5))
    make.due_item(stays, 7, due_date=NIGHT - timedelta(days=5))
    clock_at(NIGHT)
    reading = Reading(night=nights.run(NIGHT))
    maria, mark = make.manager("maria"), make.manager("mark", leads=make.team("South"))
    everything = Scope(as_of=NIGHT)
    assert (check_tie(everything, maria, reading), check_tie(everything, mark, reading)) == (107, 0)

    clock_at(NIGHT + timedelta(days=1))
    customers.hand_to(customer=moved, rep=tom, on=NIGHT + timedelta(days=1), by=make.BY)

    assert (check_tie(everything, maria, reading), check_tie(everything, mark, reading)) == (7, 100)
    assert (check_tie(everything, carmen, reading), check_tie(everything, tom, reading)) == (7, 100)


def test_a_hand_over_that_is_dated_back_moves_the_night_to_the_other_rep_in_sums_and_rows(clock_at, finance):
    carmen, tom = make.rep("carmen"), make.rep("tom")
    customer = make.customer(owner=carmen)
    make.due_item(customer, 100, due_date=NIGHT - timedelta(days=5))
    clock_at(NIGHT)
    reading = Reading(night=nights.run(NIGHT))

    customers.hand_to(customer=customer, rep=tom, on=NIGHT - timedelta(days=1), by=make.BY)

    assert check_tie(Scope(as_of=NIGHT, rep="tom"), finance, reading) == 100
    assert check_tie(Scope(as_of=NIGHT, rep="carmen"), finance, reading) == 0


def test_a_month_ago_is_compared_with_as_its_night_had_it(clock_at, finance):
    customer = make.customer()
    clock_at(NIGHT)
    item = make.due_item(customer, 100, due_date=NIGHT - timedelta(days=5), issued_on=NIGHT - timedelta(days=35))
    night = nights.run(NIGHT)
    later = date(2026, 12, 24)
    clock_at(later)
    make.payment(customer, 30, received_on=NIGHT - timedelta(days=3), lines=[(item.pk, Decimal(30))])
    tonight = nights.run(later)

    def change():
        scope = Scope(as_of=later)
        reading = Reading(night=tonight)
        return boards.board(scope, user=finance, bounds=BOUNDS, reading=reading, month_ago=NIGHT).headline.change

    assert change() == -30
    night.steps.filter(name="totals").update(done_at=None)
    assert change() == 0  # rebuilt, the payment is known on its own day


def oldest(reading, user):
    found = boards.board(Scope(as_of=NIGHT), user=user, bounds=BOUNDS, reading=reading, month_ago=None)
    return [row.oldest for row in (*found.reps, found.rep_total)]


def test_a_stored_board_says_how_many_days_late_the_oldest_item_is_as_the_live_one_does(clock_at, finance):
    customer = make.customer(owner=make.rep("carmen"))
    for late in (45, 200, 217):
        make.due_item(customer, 100, due_date=NIGHT - timedelta(days=late))
    moved = make.due_item(make.customer(owner=make.rep("tom")), 100, due_date=NIGHT - timedelta(days=90))
    asked = make.extension(moved, until=NIGHT + timedelta(days=30))
    receivables.grant_extension(extension=asked, on=asked.asked_on, by=finance)
    make.due_item(make.customer(), 100, due_date=NIGHT - timedelta(days=3))
    clock_at(NIGHT)
    reading = Reading(night=nights.run(NIGHT))

    stored = oldest(reading, finance)

    assert stored == ["217 d", "", "3 d", "217 d"]
    assert stored == oldest(PRESENT, finance)


def test_a_night_that_was_counted_before_the_oldest_day_was_kept_says_the_bucket(clock_at, finance):
    make.due_item(make.customer(owner=make.rep("carmen")), 100, due_date=NIGHT - timedelta(days=45))
    clock_at(NIGHT)
    reading = Reading(night=nights.run(NIGHT))
    NightGroupTotal.objects.update(oldest=None)

    assert oldest(reading, finance) == ["31–60 d", "31–60 d"]


def test_a_night_is_read_with_as_many_questions_at_any_size(clock_at, finance, count_queries):
    fill(random.Random(1))
    clock_at(NIGHT)
    reading = Reading(night=nights.run(NIGHT))

    def look():
        for scope in (Scope(as_of=NIGHT), Scope(as_of=NIGHT, disputed="without")):
            rows.totals(scope, user=finance, bounds=BOUNDS, reading=reading)
            list(position.rows(scope, user=finance, bounds=BOUNDS, reading=reading))

    before = count_queries(look)
    make.many_invoices(make.customer(), 300, due_date=NIGHT - timedelta(days=40))
    nights.run(NIGHT)

    assert count_queries(look) == before
