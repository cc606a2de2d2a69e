"""Agreed prices: validity on the very day, tiers by credit days, and lines that contradict each other."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from contracts import pricing

JANUARY, JUNE = date(2026, 1, 1), date(2026, 6, 1)


@dataclass
class Line:
    unit_price: Decimal
    credit_days: int | None = None
    starts_on: date = JANUARY
    ends_before: date | None = None
    product_id: int = 1


def line(price, credit_days=None, **values):
    return Line(Decimal(price), credit_days, **values)


OLD, NEW = line("2.40", ends_before=JUNE), line("2.50", starts_on=JUNE)


@pytest.mark.parametrize(
    ("on", "price"),
    [
        (date(2025, 12, 31), None),
        (JANUARY, "2.40"),
        (date(2026, 5, 31), "2.40"),
        (JUNE, "2.50"),
        (date(2030, 1, 1), "2.50"),
    ],
)
def test_a_price_holds_from_its_first_day_until_the_day_before_the_next(on, price):
    assert pricing.price([OLD, NEW], on=on) == (price and Decimal(price))


@pytest.mark.parametrize(
    ("asked", "price"),
    [
        (None, "2.60"),  # the contract's own terms
        (0, "2.40"),
        (14, "2.40"),
        (15, "2.50"),
        (30, "2.50"),
        (31, "2.70"),
        (60, "2.70"),
        (61, "2.60"),  # no tier gives so much: the plain line
    ],
)
def test_the_shortest_tier_that_gives_enough_credit_is_the_price(asked, price):
    tiers = [line("2.70", 60), line("2.60"), line("2.40", 14), line("2.50", 30)]

    assert pricing.price(tiers, on=JUNE, credit_days=asked) == Decimal(price)


def test_a_tier_alone_is_no_price_for_the_contracts_own_terms():
    assert pricing.price([line("2.40", 14)], on=JUNE) is None
    assert pricing.price([line("2.40", 14)], on=JUNE, credit_days=30) is None


@pytest.mark.parametrize(
    ("lines", "contradict"),
    [
        ([OLD, NEW], False),
        ([line("2.40"), NEW], True),
        ([line("2.40", ends_before=date(2026, 6, 2)), NEW], True),
        ([line("2.40"), line("2.50")], True),
        ([line("2.40"), line("2.50", 30)], False),  # another tier
        ([line("2.40", 0), line("2.50")], False),  # cash at once is a tier, too
        ([line("2.40", 30), line("2.50", 30, starts_on=JUNE)], True),
        ([line("2.40"), line("2.50", product_id=2)], False),
        ([], False),
    ],
)
def test_a_product_has_one_price_a_day_in_each_tier(lines, contradict):
    for order in (lines, lines[::-1]):
        assert (pricing.overlap(order) is not None) is contradict


def test_of_two_lines_that_contradict_each_other_the_earlier_comes_first():
    first, second = line("2.40"), NEW

    assert pricing.overlap([second, first]) == (first, second)
