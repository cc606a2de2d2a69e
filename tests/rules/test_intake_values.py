"""One cell, one value: how amounts, days and customer numbers are written."""

from datetime import date
from decimal import Decimal

import pytest

from intake import values
from intake.values import Unreadable

ANY = (",", ".", "'", "\u2019", " ")


@pytest.mark.parametrize(
    ("written", "decimal", "expected"),
    [
        ("1234.5", ".", "1234.5"),
        ("1,234.50", ".", "1234.50"),
        ("1'234.50", ".", "1234.50"),
        ("1\u2019234.50", ".", "1234.50"),
        ("1\u202f234,50", ",", "1234.50"),
        ("1\u00a0234,50", ",", "1234.50"),
        ("1.234.567,89", ",", "1234567.89"),
        ("12,34,567.00", ".", "1234567.00"),
        ("-5", ".", "-5"),
        ("\u22125.00", ".", "-5.00"),
        ("+5", ".", "5"),
        (".5", ".", "0.5"),
        ("1.234,56", "auto", "1234.56"),
        ("1,234.56", "auto", "1234.56"),
        ("1234,5", "auto", "1234.5"),
        ("1.234.567", "auto", "1234567"),
        ("0.125", "auto", "0.125"),
        ("(12.50)", ".", "-12.50"),
        ("12.50-", ".", "-12.50"),
        ("€ 12.50", ".", "12.50"),
    ],
)
def test_an_amount_is_read_as_the_profile_writes_it(written, decimal, expected):
    read = values.amount(written, decimal=decimal, thousands=ANY, brackets=True, trailing_minus=True, noise=["€"])

    assert str(read) == expected


@pytest.mark.parametrize(
    ("written", "decimal"),
    [
        ("1.234,56", "."),
        ("1234.56", ","),
        ("12,34", "."),
        ("1,2345", "."),
        ("1 2 3", "."),
        ("12.50-", "."),
        ("(12.50)", "."),
        ("€5", "."),
        ("½", "."),
        ("٣", "."),
        ("1_000", "."),
        ("0x10", "."),
        ("--5", "."),
        ("5..", "."),
        ("1,234'567.00", "."),
        ("", "."),
        ("true", "."),
    ],
)
def test_an_amount_written_otherwise_is_a_problem_and_never_a_guess(written, decimal):
    with pytest.raises(Unreadable):
        values.amount(written, decimal=decimal, thousands=ANY)


def test_an_amount_that_means_two_things_is_told_with_both():
    with pytest.raises(Unreadable, match=r"either 1234 or 1\.234; say in the profile"):
        values.amount("1,234", decimal="auto", thousands=())


@pytest.mark.parametrize(
    ("written", "style", "expected"),
    [
        ("2026-11-24", "YYYY-MM-DD", date(2026, 11, 24)),
        ("20261124.0", "YYYYMMDD.0", date(2026, 11, 24)),
        ("2026-11-24 00:00:00", "YYYY-MM-DD hh:mm:ss", date(2026, 11, 24)),
        ("2026-11-24T10:00:00", "YYYY-MM-DDThh:mm:ss", date(2026, 11, 24)),
        ("24.11.26", "DD.MM.YY", date(2026, 11, 24)),
        ("1.2.99", "D.M.YY", date(1999, 2, 1)),
        ("24-Nov-2026", "DD-MMM-YYYY", date(2026, 11, 24)),
        ("29/02/2024", "DD/MM/YYYY", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read_in_the_style_of_the_profile(written, style, expected):
    assert values.day(written, styles=[style]) == expected


@pytest.mark.parametrize("written", ["29.02.2026", "24.13.2026", "24/11/2026", "24.11.2026 x", "", "１.１.２０２６"])
def test_a_day_that_the_calendar_does_not_have_is_a_problem(written):
    with pytest.raises(Unreadable, match=r"not a date; expected DD\.MM\.YYYY or YYYY-MM-DD"):
        values.day(written, styles=["DD.MM.YYYY", "YYYY-MM-DD"])


@pytest.mark.parametrize(
    ("written", "how", "expected"),
    [
        ("221961396", {"width": 10}, "0221961396"),
        ("221961396.0", {"width": 10}, "0221961396"),
        (221961396, {"width": 10}, "0221961396"),
        (Decimal("221961396.0"), {}, "221961396"),
        ("0007", {"strip_zeros": True}, "7"),
        (" c-12 ", {"remove": ["-"]}, "C12"),
        ("C7.0", {}, "C7.0"),
    ],
)
def test_a_customer_number_is_brought_to_its_one_form(written, how, expected):
    rule = {"width": 0, "drop_decimals": True, "strip_zeros": False, "remove": []} | how

    assert values.customer_number(written, **rule) == expected
