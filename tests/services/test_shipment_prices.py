"""Lines of a shipment beside the agreed prices: what differs, and which tier of credit days applies."""

from datetime import date
from decimal import Decimal

import pytest

from contracts import queries, services
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


def test_a_price_that_is_not_the_contracts_is_seen_before_anything_is_sent(customer, count_queries):
    contract = make.contract(customer)
    beer = make.product("BEER")
    services.set_price(
        contract=contract, product=make.product(), unit_price=Decimal("2.60"), starts_on=TODAY, by=make.BY
    )
    made = make.shipment(contract, [(make.product(), 40, "2.75"), (make.product(), 10, "2.50"), (beer, 6, "10")])

    found = queries.discrepancies(made)

    assert [(row.product.code, row.agreed, row.stated, row.difference, row.currency) for row in found] == [
        ("WATER", Decimal("2.50"), Decimal("2.75"), Decimal(10), "EUR"),
        ("BEER", None, Decimal(10), None, "EUR"),
    ]
    assert count_queries(lambda: queries.discrepancies(made)) == 2


def test_without_a_contract_no_price_differs(customer):
    assert queries.discrepancies(make.shipment(customer)) == []


def tiered(customer, tiers, **values):
    """A contract with a price for each tier of credit days; None is the price of its own terms."""
    contract = make.contract(customer, **values)
    contract.price_lines.all().delete()
    for days, price in tiers.items():
        services.set_price(
            contract=contract, product=make.product(), unit_price=Decimal(price), credit_days=days,
            starts_on=contract.starts_on, by=make.BY,
        )  # fmt: skip
    return contract


@pytest.mark.parametrize(
    ("method", "parameters", "price", "agreed"),
    [
        ("net", {"days": 30}, "2.50", None),  # no discrepancy
        ("net", {"days": 30, "end_of_month": "after"}, "2.50", None),
        ("net", {"days": 30}, "2.40", "2.60"),  # paid within 14 days is not what these terms say
        ("net", {"days": 14}, "2.40", None),
        ("net", {"days": 30}, "2.60", None),
        ("net", {"days": 90}, "2.50", "2.60"),
        ("two_deliveries", {"max_days": 30}, "2.50", None),
        ("cash_on_delivery", {}, "2.40", None),
        ("cash_on_delivery", {}, "2.50", "2.60"),
    ],
)
def test_the_price_of_the_tier_that_the_contracts_terms_reach_is_the_agreed_one(
    customer, method, parameters, price, agreed
):
    contract = tiered(
        customer, {None: "2.60", 14: "2.40", 30: "2.50", 60: "2.80"}, method=method, parameters=parameters
    )
    made = make.shipment(contract, [(make.product(), 40, price)])

    found = [(row.agreed, row.difference) for row in queries.discrepancies(made)]

    assert found == ([(Decimal(agreed), 40 * (Decimal(price) - Decimal(agreed)))] if agreed else [])


def test_tiers_of_many_shipments_are_asked_for_in_the_same_two_questions(customer, count_queries):
    contract = tiered(customer, {30: "2.50"})
    shipments = [make.shipment(contract, [(make.product(), 40, "2.50")]) for _ in range(5)]

    assert count_queries(lambda: queries.differing(shipments)) == 2
    assert queries.differing(shipments) == []
