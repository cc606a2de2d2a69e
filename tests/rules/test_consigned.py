"""Consigned goods: totals that never fall, the last day, and what is billed by a count."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.consigned import Counted, Unsaid, fell, last_day, next_count, to_bill, unsaid


def figures(sold, returned, on_hand, lost):
    return Counted(Decimal(sold), Decimal(returned), Decimal(on_hand), Decimal(lost))


@pytest.mark.parametrize(
    ("later", "name"),
    [
        ((10, 5, 24, 1), ""),
        ((30, 9, 0, 1), ""),
        ((9, 5, 25, 1), "sold"),
        ((10, 4, 25, 1), "returned"),
        ((10, 5, 25, 0), "lost"),
    ],
)
def test_sold_returned_and_lost_never_fall(later, name):
    assert fell(figures(10, 5, 24, 1), figures(*later)) == name


def test_the_last_day_is_so_many_days_after_the_delivery():
    assert last_day(date(2026, 11, 2), 90) == date(2027, 1, 31)


@pytest.mark.parametrize(("is_bought", "quantity"), [(False, 10), (True, 34)])
def test_what_is_bought_at_the_end_is_billed_like_what_was_sold(is_bought, quantity):
    assert to_bill(figures(10, 5, 24, 1), is_bought=is_bought) == quantity


SAID = {"count_every": 30, "counter": "together", "title": "until sold", "max_days": 90}


@pytest.mark.parametrize(
    ("clause", "missing"),
    [
        ({}, []),
        ({"count_every": 90}, []),  # the count on the last day is in time
        ({"count_every": 91}, [Unsaid.TOO_LATE]),
        ({"count_every": None}, [Unsaid.COUNT]),
        ({"counter": ""}, [Unsaid.COUNTER]),
        ({"title": ""}, [Unsaid.TITLE]),
        ({"count_every": None, "counter": "", "title": ""}, [Unsaid.COUNT, Unsaid.COUNTER, Unsaid.TITLE]),
    ],
)
def test_a_clause_says_how_often_and_by_whom_goods_are_counted_and_whose_they_are(clause, missing):
    assert unsaid(**(SAID | clause)) == missing


@pytest.mark.parametrize(
    ("counted_on", "by"),
    [
        (None, date(2026, 12, 2)),  # 30 days after the delivery
        (date(2026, 11, 20), date(2026, 12, 20)),
        (date(2027, 1, 10), date(2027, 1, 31)),  # the last day, although thirty days are not over
        (date(2027, 1, 31), None),  # counted on the last day
        (date(2027, 2, 3), None),
    ],
)
def test_a_batch_is_counted_again_after_so_many_days_and_on_its_last_day(counted_on, by):
    assert next_count(delivered_on=date(2026, 11, 2), counted_on=counted_on, count_every=30, max_days=90) == by


@given(every=st.integers(1, 400), most=st.integers(1, 400), counts=st.lists(st.integers(0, 500), max_size=8))
def test_between_two_counts_never_lie_more_days_than_agreed_and_the_last_one_is_on_the_last_day(every, most, counts):
    delivered_on = date(2026, 11, 2)
    counted_on = None
    for _round in range(most + 1):  # whoever counts on the very day that is asked for comes to the end
        by = next_count(delivered_on=delivered_on, counted_on=counted_on, count_every=every, max_days=most)
        if by is None:
            break
        assert timedelta(0) < by - (counted_on or delivered_on) <= timedelta(every)
        counted_on = by
    assert counted_on == last_day(delivered_on, most)
    for days in counts:
        late = delivered_on + timedelta(days)
        by = next_count(delivered_on=delivered_on, counted_on=late, count_every=every, max_days=most)
        assert (by is None) == (days >= most)
