"""Amounts as people type them at a desk or at a shop's counter."""

from decimal import Decimal

import pytest

from common.forms import AmbiguousAmount, parse_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1240", "1240"),
        ("1,50", "1.50"),
        ("1.50", "1.50"),
        ("0,5", "0.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("0.125", "0.125"),
        ("\u22125", "-5"),
    ],
)
def test_an_amount_is_read_with_either_separator(text, amount):
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1,234", "1.234", "12,500"])
def test_one_separator_before_three_digits_is_ambiguous(text):
    with pytest.raises(AmbiguousAmount):
        parse_amount(text, "EUR")


def test_three_digits_are_the_fils_of_a_dinar():
    assert parse_amount("1,234", "KWD") == Decimal("1.234")


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1,2,3", "1.23,45.6", "12,34.50", "NaN", "Infinity", "1e3", "1..2", "12 34", "1 2345", "--5", "."],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError):
        parse_amount(text)
