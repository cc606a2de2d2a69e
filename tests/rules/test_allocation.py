"""What money settles that names nothing: due before not due, cost, interest, principal, oldest first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.allocation import Kind, Line, Owed, oldest_first

ON = date(2026, 3, 2)
DUE = date(2026, 2, 1)
ISSUED = date(2026, 1, 1)


def owed(key, amount="10", *, due_date=DUE, issued_on=ISSUED, kind=Kind.PRINCIPAL):
    return Owed(key, due_date, issued_on, Decimal(amount), kind)


def order(*rows, on=ON, **how):
    """The keys in the order in which enough money for everything settles them."""
    lines, left = oldest_first(Decimal(10_000), rows, on=on, **how)
    assert left == 10_000 - sum(row.open_amount for row in rows)
    return [line.key for line in lines]


def test_the_oldest_due_date_is_settled_first():
    assert order(owed(1, due_date=DUE), owed(2, due_date=DUE - timedelta(days=1))) == [2, 1]


def test_of_one_due_date_the_oldest_invoice_is_settled_first_and_then_the_first_entered():
    earlier = ISSUED - timedelta(days=1)

    assert order(owed(3), owed(1), owed(2, issued_on=earlier)) == [2, 1, 3]


def test_what_is_due_comes_before_what_is_not_and_the_day_itself_is_due():
    tomorrow = owed(1, due_date=ON + timedelta(days=1), kind=Kind.COST)

    assert order(tomorrow, owed(2, due_date=ON)) == [2, 1]
    assert order(tomorrow, owed(2, due_date=ON), on=ON + timedelta(days=1)) == [1, 2]


def test_without_a_due_date_an_item_comes_last():
    never = owed(1, due_date=None, kind=Kind.COST)

    assert order(never, owed(2, due_date=ON + timedelta(days=900))) == [2, 1]
    assert order(owed(3, due_date=None), never) == [1, 3]
    assert order(owed(2, due_date=None), owed(1, due_date=None, issued_on=ISSUED + timedelta(days=1))) == [2, 1]


KINDS = (owed(1), owed(2, due_date=ON, kind=Kind.INTEREST), owed(3, due_date=ON, kind=Kind.COST))


def test_cost_comes_before_interest_and_interest_before_principal_of_what_is_due():
    assert order(*KINDS) == [3, 2, 1]


def test_where_the_contract_or_the_law_says_so_principal_comes_first():
    assert order(*KINDS, charges_first=False) == [1, 2, 3]
    assert order(*KINDS, charges_first=True) == [3, 2, 1]


def test_money_that_is_short_settles_a_part_of_the_last_item_and_nothing_after_it():
    lines, left = oldest_first(Decimal(15), [owed(1), owed(2), owed(3)], on=ON)

    assert lines == [Line(1, Decimal(10)), Line(2, Decimal(5))]
    assert left == 0


def test_money_that_is_enough_for_the_first_item_alone_makes_no_second_line():
    lines, left = oldest_first(Decimal(10), [owed(1), owed(2)], on=ON)

    assert (lines, left) == ([Line(1, Decimal(10))], 0)


def test_what_nothing_takes_is_left_over():
    lines, left = oldest_first(Decimal("10.01"), [owed(1)], on=ON)

    assert (lines, left) == ([Line(1, Decimal(10))], Decimal("0.01"))


def test_an_item_with_nothing_open_is_passed_over():
    lines, left = oldest_first(Decimal(10), [owed(1, "0"), owed(2)], on=ON)

    assert (lines, left) == ([Line(2, Decimal(10))], 0)


def test_a_line_says_what_kind_it_settles():
    lines, _left = oldest_first(Decimal(30), KINDS, on=ON)

    assert [line.kind for line in lines] == [Kind.COST, Kind.INTEREST, Kind.PRINCIPAL]


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_no_money_settles_nothing(amount):
    assert oldest_first(Decimal(amount), [owed(1)], on=ON) == ([], Decimal(amount))


@given(st.integers(0, 500), st.lists(st.tuples(st.integers(0, 100), st.integers(-60, 60)), max_size=8))
def test_lines_and_rest_make_the_payment_and_no_line_is_more_than_its_item_owes(amount, found):
    rows = [owed(key, str(units), due_date=ON + timedelta(days=late)) for key, (units, late) in enumerate(found)]
    open_amounts = {row.key: row.open_amount for row in rows}

    lines, left = oldest_first(Decimal(amount), rows, on=ON)

    assert sum(line.amount for line in lines) + left == amount
    assert all(0 < line.amount <= open_amounts[line.key] for line in lines)
    assert left == 0 or sum(line.amount for line in lines) == sum(open_amounts.values())
