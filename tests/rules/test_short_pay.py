"""Cash discounts on their very last day, and the tax inside what is given up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables import short_pay
from receivables.models import Code

LAST_DAY = date(2026, 2, 10)


@pytest.mark.parametrize(
    ("paid_on", "share", "allowed"),
    [
        (LAST_DAY - timedelta(days=1), "0.02", "2.38"),
        (LAST_DAY, "0.02", "2.38"),
        (LAST_DAY + timedelta(days=1), "0.02", "0"),
        (LAST_DAY, None, "0"),
    ],
)
def test_the_last_day_of_a_discount_still_counts(paid_on, share, allowed):
    found = short_pay.discount_allowed(
        Decimal(119),
        share=None if share is None else Decimal(share),
        until=LAST_DAY if share else None,
        paid_on=paid_on,
        currency="EUR",
    )
    assert found == Decimal(allowed)


@pytest.mark.parametrize(("currency", "agreed"), [("EUR", "0.03"), ("JPY", "0"), ("KWD", "0.025")])
def test_a_discount_is_rounded_to_the_minor_unit_of_its_currency(currency, agreed):
    share = Decimal("0.02")

    assert short_pay.discount_agreed(Decimal("1.25"), share=share, currency=currency) == Decimal(agreed)
    assert short_pay.discount_allowed(
        Decimal("1.25"), share=share, until=LAST_DAY, paid_on=LAST_DAY, currency=currency
    ) == Decimal(agreed)


def test_without_a_discount_in_the_terms_nothing_is_agreed():
    assert short_pay.discount_agreed(Decimal(119), share=None, currency="EUR") == 0


def test_the_codes_without_tax_are_codes():
    assert set(Code.values) > short_pay.WITHOUT_TAX


def test_where_the_tax_is_not_known_none_is_inside():
    for known in (None, Decimal(0)):
        inside = short_pay.tax_inside(
            Decimal(10), "price", invoice_amount=Decimal(119), invoice_vat=known, currency="EUR"
        )
        assert inside == 0


units = st.integers(1, 5_000)


@given(st.lists(units, min_size=1, max_size=8), units, st.sampled_from(("EUR", "JPY", "KWD")))
def test_the_taxes_of_the_parts_add_up_to_the_tax_of_their_sum(parts, tax_units, currency):
    least = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}[currency]
    invoice_amount = sum(parts) * least
    vat = min(tax_units * least, invoice_amount)
    before = taxes = Decimal(0)
    for part in (units * least for units in parts):
        tax = short_pay.tax_inside(
            part, "price", invoice_amount=invoice_amount, invoice_vat=vat, currency=currency,
            before=before, tax_before=taxes,
        )  # fmt: skip
        assert 0 <= tax <= part
        before, taxes = before + part, taxes + tax
    assert taxes == vat
