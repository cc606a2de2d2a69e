from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.visits import worth
from collections_app.visits.worth import Asked, Term, Worth

STANDINGS = st.sampled_from(sorted(worth.CHANCES))
AMOUNTS = st.decimals(min_value="0.01", max_value="9999999", places=2)
PARTS = st.builds(Asked, AMOUNTS, STANDINGS, st.integers(0, 800), st.booleans())
FACTS = {"settlement_day": st.booleans(), "kept": st.integers(0, 9), "made": st.integers(9, 12)}


def test_the_terms_of_a_visit_read_as_steps_from_the_amount_to_the_worth():
    asked = [Asked(Decimal("3240.00"), "quasi-bad", 60, promised_today=True)]

    value = worth.worth_of(asked, currency="EUR", settlement_day=True, kept=1, made=3)
    value = worth.less_travel(value, minutes=13, cost_per_minute=Decimal("0.60"), currency="EUR")

    assert value.terms == (
        Term("asked", Decimal("3240.00")),
        Term("chance", Decimal("-1879.20")),
        Term("promise today", Decimal("816.48")),
        Term("settlement day", Decimal("544.32")),
        Term("promises kept", Decimal("-77.76")),
        Term("travel", Decimal("-7.80")),
    )
    assert value.amount == Decimal("2636.04")


def test_a_visit_is_never_worth_more_than_is_asked_for():
    asked = [Asked(Decimal("100.00"), "overdue", 40, promised_today=True)]

    value = worth.worth_of(asked, currency="EUR", settlement_day=True, kept=9, made=9)

    assert value.amount == Decimal("95.00")


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_terms_are_whole_minor_units_of_the_base_currency(currency):
    value = worth.worth_of([Asked(Decimal("1234.567"), "bad", 200)], currency=currency, kept=1, made=5)

    assert all(worth.money.is_exact(term.amount, currency) for term in value.terms)


@given(parts=st.lists(PARTS, min_size=1, max_size=6), **FACTS)
def test_the_terms_add_up_to_the_cent(parts, settlement_day, kept, made):
    value = worth.worth_of(parts, currency="EUR", settlement_day=settlement_day, kept=kept, made=made)

    assert value.amount == sum(term.amount for term in value.terms)
    assert worth.money.is_exact(value.amount, "EUR")
    assert 0 <= value.amount <= sum(part.amount for part in parts)


@given(part=PARTS, more=AMOUNTS, **FACTS)
def test_worth_never_falls_when_the_amount_rises(part, more, settlement_day, kept, made):
    facts = {"currency": "EUR", "settlement_day": settlement_day, "kept": kept, "made": made}
    larger = Asked(part.amount + more, part.standing, part.days_late, part.promised_today)

    assert worth.worth_of([larger], **facts).amount >= worth.worth_of([part], **facts).amount


@given(part=PARTS, days=st.integers(0, 400), **FACTS)
def test_worth_never_falls_when_an_item_grows_later_in_its_standing(part, days, settlement_day, kept, made):
    facts = {"currency": "EUR", "settlement_day": settlement_day, "kept": kept, "made": made}
    later = Asked(part.amount, part.standing, part.days_late + days, part.promised_today)

    assert worth.worth_of([later], **facts).amount >= worth.worth_of([part], **facts).amount


def test_a_term_of_nothing_is_not_named():
    assert Worth((Term("asked", Decimal(5)),)).plus("travel", Decimal(0)).terms == (Term("asked", Decimal(5)),)
