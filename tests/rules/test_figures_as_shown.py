"""Counts, quantities and prices as pages print them."""

from decimal import Decimal

import pytest
from django.utils import translation

from common.templatetags import ui


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("en", 12408, "12,408"),
        ("es", 12408, "12.408"),
        ("zh-hans", 12408, "12,408"),
        ("en", 0, "0"),
        ("en", Decimal("10.000"), "10"),
        ("en", Decimal("2.500"), "2.5"),
        ("es", Decimal("0.92135"), "0,92135"),
        ("en", None, "–"),
    ],
)
def test_counts_and_quantities_are_grouped_as_the_reader_writes(language, value, shown):
    with translation.override(language):
        assert ui.number(value) == shown


@pytest.mark.parametrize(
    ("price", "currency", "shown"),
    [
        ("25.000000", "EUR", "€25.00"),
        ("10.000000", "EUR", "€10.00"),
        ("0.125500", "EUR", "€0.1255"),
        ("1200.000000", "JPY", "JP¥1,200"),
        ("1.250000", "KWD", "KWD\u00a01.250"),
    ],
)
def test_a_unit_price_has_its_currency_and_is_never_cut(price, currency, shown):
    with translation.override("en"):
        assert ui.price(Decimal(price), currency) == shown
