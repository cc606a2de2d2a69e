"""Prices that are not the agreed ones keep goods at the gate, until somebody clears them up."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collections_app.gate import services
from contracts import services as contracts
from tests import factories as make
from tests.services.gate_stories import TUESDAY, pay, release, state, switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db):
    """What a new customer may owe is told elsewhere; here everybody is known for long."""
    make.business()
    switch_on("ramp", mode="off")


def priced(price="11.00", **values):
    """Ten bottles, at a price that may not be the agreed one of 10.00."""
    contract = make.contract(make.customer(), price="10.00", **values)
    lines = [(make.product(), Decimal(10), Decimal(price))]
    return services.ask_next(contract=contract, lines=lines, on=TUESDAY, by=make.BY)


def test_a_price_that_is_not_the_agreed_one_keeps_the_batch_also_in_a_new_installation():
    shipment = priced()

    answer = release(shipment)

    assert (state(shipment), [cause.cause for cause in answer.holds]) == ("held", ["price"])
    [held] = answer.holds
    assert held.sentence == "Water stands at €11.00, and €10.00 is agreed."
    assert "at the agreed price, or a release against the gate" in held.way_out
    assert release(priced("10.00")).may_leave


def test_goods_at_the_price_of_the_tier_that_the_contracts_terms_reach_are_kept_by_nothing():
    contract = make.contract(make.customer(), price="10.00")  # 30 days net
    for days, price in ((14, "9.50"), (30, "9.80")):
        contracts.set_price(
            contract=contract, product=make.product(), unit_price=Decimal(price), credit_days=days,
            starts_on=TUESDAY, by=make.BY,
        )  # fmt: skip

    def asked_at(price):
        lines = [(make.product(), Decimal(10), Decimal(price))]
        return services.ask_next(contract=contract, lines=lines, on=TUESDAY, by=make.BY)

    assert release(asked_at("9.80")).may_leave
    [held] = release(asked_at("9.50")).holds
    assert held.sentence == "Water stands at €9.50, and €10.00 is agreed."


def test_somebody_with_the_right_accepts_the_price_with_a_reason():
    shipment = priced()
    release(shipment)

    said = {"reason": "Small bottles this time", "ends_before": TUESDAY + timedelta(days=1)}
    services.override(shipment=shipment, **said, on=TUESDAY, by=make.manager())

    assert state(shipment) == "released"


def test_a_price_that_was_agreed_since_lets_the_batch_go():
    shipment = priced()
    release(shipment)

    contracts.set_price(
        contract=shipment.contract,
        product=make.product(),
        unit_price=Decimal("11.00"),
        starts_on=shipment.asked_on,
        by=make.BY,
    )

    assert release(shipment).may_leave


def test_a_wrong_price_keeps_neither_prepaid_goods_nor_a_gift_nor_a_product_without_an_agreed_price():
    prepaid = priced()
    pay(prepaid.customer, prepaid.amount, reference=prepaid.number)
    assert release(prepaid).may_leave

    contract = make.contract(make.customer(), price="10.00")
    lines = [(make.product("JUICE"), Decimal(1), Decimal(9)), (make.product(), Decimal(1), Decimal(0))]
    other = services.ask_next(contract=contract, lines=lines, on=TUESDAY, by=make.BY)
    assert release(other).may_leave
