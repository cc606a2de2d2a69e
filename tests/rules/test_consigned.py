"""Consigned goods: totals that never fall, the last day, and what is billed by a count."""

from datetime import date
from decimal import Decimal

import pytest

from contracts.consigned import Counted, fell, last_day, to_bill


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
