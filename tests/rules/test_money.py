"""Amounts are exact, in the minor unit of their currency, and the parts of a split make the whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import money
from common.money import ZERO

CURRENCIES = st.sampled_from(("EUR", "JPY", "KWD"))


@pytest.mark.parametrize(("currency", "digits", "quantum"), [("JPY", 0, "1"), ("EUR", 2, "0.01"), ("KWD", 3, "0.001")])
def test_a_currency_has_its_own_smallest_amount(currency, digits, quantum):
    assert money.digits(currency) == digits
    assert str(money.quantum(currency)) == quantum


@pytest.mark.parametrize("code", ["EUR", "JPY", "KWD", "USD", "CNY"])
def test_a_currency_that_money_is_kept_in_is_known(code):
    assert money.is_known(code)


@pytest.mark.parametrize("code", ["", "eur", "Eur", "EU", "EURO", "XQZ", "XXX", "XTS", "€"])
def test_what_is_no_currency_is_not_known(code):
    assert not money.is_known(code)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("0.0049", "EUR", "0.00"),
        ("2.675", "EUR", "2.68"),
        ("2.665", "EUR", "2.67"),
        ("-0.005", "EUR", "-0.01"),
        ("0.5", "JPY", "1"),
        ("1.5", "JPY", "2"),
        ("0.49", "JPY", "0"),
        ("1.0005", "KWD", "1.001"),
        ("1.00049", "KWD", "1.000"),
    ],
)
def test_half_a_minor_unit_is_rounded_up(amount, currency, rounded):
    assert str(money.rounded(Decimal(amount), currency)) == rounded


@pytest.mark.parametrize(("amount", "stored"), [("1", "1.000"), ("0.0005", "0.001"), ("0.0015", "0.002")])
def test_three_places_are_stored_and_half_of_the_last_is_rounded_up(amount, stored):
    assert str(money.stored(Decimal(amount))) == stored


@pytest.mark.parametrize(
    ("amount", "currency", "fits"),
    [
        ("1.23", "EUR", True),
        ("1.230", "EUR", True),
        ("1.234", "EUR", False),
        ("1", "JPY", True),
        ("1.5", "JPY", False),
        ("1.234", "KWD", True),
        ("1.2345", "KWD", False),
        ("NaN", "EUR", False),
        ("Infinity", "EUR", False),
    ],
)
def test_an_amount_fits_its_currency_or_not(amount, currency, fits):
    assert money.is_exact(Decimal(amount), currency) is fits


def test_thirds_are_split_so_that_nothing_is_lost():
    third = Decimal(1) / 3

    assert money.split(Decimal("100.00"), [third, third, third], "EUR") == [
        Decimal("33.33"),
        Decimal("33.34"),
        Decimal("33.33"),
    ]
    assert money.split(Decimal(100), [third, third, third], "JPY") == [33, 34, 33]


def test_shares_that_miss_one_leave_the_difference_with_the_last_part():
    assert money.split(Decimal("1.00"), [Decimal("0.5"), Decimal("0.4")], "EUR") == [Decimal("0.50"), Decimal("0.50")]
    assert money.split(Decimal("1.00"), [Decimal("0.5"), Decimal("0.6")], "EUR") == [Decimal("0.50"), Decimal("0.50")]


def test_nothing_is_split_into_nothing():
    assert money.split(Decimal(5), [], "EUR") == []


@given(st.integers(0, 10**9), st.lists(st.integers(1, 100), min_size=1, max_size=12), CURRENCIES)
def test_parts_make_the_whole_and_none_is_off_by_more_than_a_minor_unit(units, weights, currency):
    amount = money.quantum(currency) * units
    shares = [Decimal(weight) / sum(weights) for weight in weights]

    parts = money.split(amount, shares, currency)

    assert sum(parts, ZERO) == amount
    for part, share in zip(parts, shares, strict=True):
        assert money.is_exact(part, currency)
        assert abs(part - amount * share) <= money.quantum(currency)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [("1240", "EUR", "1240.00"), ("1240", "JPY", "1240"), ("0.1", "KWD", "0.100"), ("1E+3", "EUR", "1000.00")],
)
def test_an_amount_is_written_with_the_digits_of_its_currency(amount, currency, text):
    assert money.as_text(Decimal(amount), currency) == text


@pytest.mark.parametrize("text", ["12,5", "twelve", "", "NaN", "sNaN", "Infinity", "-Infinity", "1 2"])
def test_what_is_no_amount_is_refused_with_its_text(text):
    with pytest.raises(ValueError) as refused:
        money.parse(text)

    assert refused.value.args == (text,)


def test_a_plain_number_is_read_exactly():
    assert money.parse("1240.5") == Decimal("1240.5")
    assert money.parse("-0.001") == Decimal("-0.001")


@pytest.mark.parametrize(("amount", "whole"), [("0.5", 1), ("1.49", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1)])
def test_a_headline_figure_is_rounded_to_whole_units(amount, whole):
    assert str(money.whole(Decimal(amount))) == str(whole)


def test_the_largest_amount_is_below_a_million_million():
    assert Decimal("1000000000000") == money.LIMIT
    assert money.ZERO == 0
