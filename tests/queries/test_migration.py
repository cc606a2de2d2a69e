"""Who moved from which standing to which: rows add up to the first day, columns to the second, to the cent."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from collections_app.standings import migration as moves
from collections_app.standings import queries
from collections_app.standings.migration import NEW, SETTLED
from common.money import ZERO
from receivables.models import DueItem
from tests import factories as make
from tests import nights
from tests.queries.test_night_board import something
from tests.services import standing_books

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 24), date(2026, 11, 28)


@pytest.fixture
def clock_at(db):
    make.business(calendar="")
    with time_machine.travel(f"{FIRST - timedelta(days=1)}T20:00:00+01:00", tick=True) as traveller:
        yield lambda day: traveller.move_to(f"{day.isoformat()}T04:00:00+01:00")


def live(clock_at, seed: int, *, is_stored: bool) -> None:
    """Four days with money, credit, facts and new invoices in between; with a night at either end, or without."""
    dice = random.Random(seed)
    made = standing_books.book(dice, FIRST, customers=8)
    clock_at(FIRST)
    if is_stored:
        nights.run(FIRST)
    clock_at(FIRST + timedelta(days=2))
    for customer in made:
        something(dice, customer, FIRST + timedelta(days=dice.choice([1, 2])))
        make.invoice(customer, "12.34", due_date=LAST - timedelta(days=dice.choice([-9, 1])), currency="USD",
                     issued_on=FIRST + timedelta(days=1))  # fmt: skip
    for item in DueItem.objects.filter(customer=made[0], open_amount__gt=0, currency="EUR"):
        make.payment(
            made[0], item.open_amount, received_on=FIRST + timedelta(days=1), lines=[(item.pk, item.open_amount)]
        )
    clock_at(LAST)
    if is_stored:
        nights.run(LAST)
    for customer in made[1:]:
        something(dice, customer, FIRST)  # dated back: only what is rebuilt knows it


def summed(found, side):
    sums = defaultdict(lambda: [0, ZERO])
    for move in found.moves:
        cell = sums[move.currency, getattr(move, side)]
        cell[0] += move.count
        cell[1] += move.amount
    return {key: tuple(cell) for key, cell in sums.items() if key[1] not in (NEW, SETTLED)}


@pytest.mark.parametrize("is_stored", [True, False], ids=["stored", "rebuilt"])
@pytest.mark.parametrize("seed", range(2))
def test_rows_add_up_to_the_first_day_and_columns_to_the_second(clock_at, seed, is_stored):
    live(clock_at, seed, is_stored=is_stored)

    found = queries.migration(FIRST, LAST)

    assert found.is_stored == is_stored
    for day, side in ((FIRST, "was"), (LAST, "becomes")):
        totals = {(row.currency, row.standing): (row.count, row.amount) for row in queries.night_totals(day)}
        assert summed(found, side) == totals, day
    assert {move.was for move in found.moves} >= {NEW, "overdue"}
    assert SETTLED in {move.becomes for move in found.moves}


@pytest.mark.parametrize("is_stored", [True, False], ids=["stored", "rebuilt"])
def test_the_due_items_of_a_move_add_up_to_it(clock_at, is_stored):
    live(clock_at, 3, is_stored=is_stored)
    found = queries.migration(FIRST, LAST)

    for move in found.moves:
        listed = moves.pieces(FIRST, LAST, currency=move.currency, was=move.was, becomes=move.becomes)
        assert sum((one.amount for one in listed), ZERO) == move.amount, move
    for was, becomes in ((NEW, ""), ("", SETTLED)):
        listed = moves.pieces(FIRST, LAST, currency="EUR", was=was, becomes=becomes)
        assert sum((one.amount for one in listed), ZERO) == found.amount(currency="EUR", was=was, becomes=becomes)


def test_a_part_payment_goes_to_settled_and_the_rest_moves_on(clock_at):
    customer = make.customer()
    item = make.due_item(customer, 100, due_date=FIRST - timedelta(days=58))
    make.due_item(customer, 50, due_date=FIRST + timedelta(days=1), issued_on=FIRST - timedelta(days=9))
    clock_at(FIRST)
    nights.run(FIRST)
    make.payment(customer, 40, received_on=FIRST, lines=[(item.pk, Decimal(40))])
    make.due_item(customer, 7, due_date=LAST, issued_on=LAST)
    clock_at(LAST)
    nights.run(LAST)

    found = [(move.was, move.becomes, move.count, move.amount) for move in queries.migration(FIRST, LAST).moves]

    assert found == [
        ("unpaid", "overdue", 1, 50),
        ("overdue", "quasi-bad", 1, 60),
        ("overdue", SETTLED, 0, 40),
        (NEW, "unpaid", 1, 7),
    ]


def test_money_that_is_taken_back_comes_to_the_item_as_new(clock_at):
    from receivables import services

    customer = make.customer()
    item = make.due_item(customer, 100, due_date=FIRST - timedelta(days=5))
    paid = make.payment(customer, 40, received_on=FIRST - timedelta(days=1), lines=[(item.pk, Decimal(40))])
    clock_at(FIRST)
    nights.run(FIRST)
    clock_at(LAST)
    services.reverse_payment(payment=paid, on=LAST, by=make.BY, because="The cheque bounced")
    nights.run(LAST)

    found = [(move.was, move.becomes, move.count, move.amount) for move in queries.migration(FIRST, LAST).moves]

    assert found == [("overdue", "overdue", 1, 60), (NEW, "overdue", 0, 40)]


def test_each_sees_the_moves_of_his_own_customers(clock_at):
    carmen, tom = make.rep("carmen"), make.rep("tom", team=make.team("South"))
    for owner, amount in ((carmen, 10), (tom, 20), (None, 40)):
        make.due_item(make.customer(owner=owner), amount, due_date=FIRST - timedelta(days=5))
    clock_at(FIRST)
    nights.run(FIRST)
    clock_at(LAST)
    nights.run(LAST)

    def sees(user):
        of_move = {"currency": "EUR", "was": "overdue", "becomes": "overdue"}
        found = queries.migration(FIRST, LAST, user).amount(**of_move)
        assert found == sum(one.amount for one in moves.pieces(FIRST, LAST, user, **of_move))
        return found

    assert [sees(user) for user in (make.finance(), make.manager(), tom, carmen)] == [70, 50, 20, 10]


def test_it_is_two_questions_at_any_size(clock_at, django_assert_num_queries):
    make.many_invoices(make.customer(), 200, due_date=FIRST - timedelta(days=40))
    clock_at(FIRST)
    nights.run(FIRST)
    clock_at(LAST)
    nights.run(LAST)

    with django_assert_num_queries(2):
        assert queries.migration(FIRST, LAST).count(currency="EUR") == 200
