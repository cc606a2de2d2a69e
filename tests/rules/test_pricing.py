"""Agreed prices: validity on the very day, tiers by credit days, and lines that contradict each other."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


TIERS = [line("2.70", 60), line("2.40", 14), line("2.50", 30)]
LISTED = [*TIERS, line("2.60")]


@pytest.mark.parametrize(
    ("lines", "days", "stated", "beside"),
    [
        (TIERS, 30, "2.50", "2.50"),  # the tier of these very days
        (TIERS, 15, "2.50", "2.50"),  # the shortest that gives as much
        (TIERS, 30, "2.40", "2.50"),  # paid within 14 days was not agreed
        (TIERS, 30, "2.70", "2.50"),  # nor the price of a longer credit
        (TIERS, 0, "2.40", "2.40"),
        (TIERS, 61, "2.70", None),  # no tier gives so much
        (TIERS, None, "2.50", None),  # terms that give no number of days
        (LISTED, 30, "2.50", "2.50"),
        (LISTED, 30, "2.60", "2.60"),  # the price of the contract's own terms stands beside the tier
        (LISTED, 30, "2.40", "2.60"),
        (LISTED, 20, "2.50", "2.50"),
        (LISTED, 60, "2.70", "2.70"),  # dearer, but of these very days
        (LISTED, 45, "2.70", "2.60"),  # nobody is asked for the dearer price of a longer credit
        (LISTED, 61, "2.60", "2.60"),
        (LISTED, None, "2.50", "2.60"),
        ([line("2.60"), line("2.50", 30, ends_before=JUNE)], 30, "2.50", "2.60"),  # the tier is over
        ([], 30, "2.50", None),
    ],
)
def test_beside_a_price_stands_the_one_agreed_for_the_credit_that_the_contract_gives(lines, days, stated, beside):
    for order in (lines, lines[::-1]):
        found = pricing.beside(Decimal(stated), order, on=JUNE, credit_days=days)
        assert found == (beside and Decimal(beside))


@given(
    tiers=st.dictionaries(st.none() | st.integers(0, 90), st.decimals(1, 9, places=2), max_size=5),
    days=st.none() | st.integers(0, 90),
    stated=st.decimals(1, 9, places=2),
)
def test_a_price_passes_only_where_a_line_of_the_day_has_it_and_gives_as_much_credit(tiers, days, stated):
    lines = [Line(price, credit_days) for credit_days, price in tiers.items()]
    beside = pricing.beside(stated, lines, on=JUNE, credit_days=days)

    fits = [one for one in lines if one.credit_days is None or (days is not None and one.credit_days >= days)]
    assert (beside is None) == (not fits)
    if beside == stated:
        assert stated in [one.unit_price for one in fits]
    if days in tiers:
        assert pricing.beside(tiers[days], lines, on=JUNE, credit_days=days) == tiers[days]


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
