"""A waiting shipment is split or cancelled: both sides add up to what was asked for."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from contracts import services
from contracts.models import Shipment
from tests import factories as make
from tests.refused import refused

pytestmark = pytest.mark.django_db
ASKED, TODAY = date(2026, 11, 2), date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


@pytest.fixture
def contract(customer):
    return make.contract(customer, number="C-7")


def plan(customer, contract, lines=None, **values):
    return services.plan_shipment(
        **{
            "customer": customer,
            "contract": contract,
            "lines": lines or [(make.product(), Decimal(40), Decimal("2.50"))],
            "asked_on": ASKED,
            "currency": "EUR",
            "by": make.BY,
        }
        | values
    )


def lines_of(shipment):
    return [
        (line.product.code, line.quantity, line.amount)
        for line in shipment.lines.select_related("product").order_by("product__code")
    ]


def now(shipment):
    return Shipment.objects.get(pk=shipment.pk)


def test_a_split_leaves_both_sides_with_what_they_have_to_the_cent(customer, contract):
    made = plan(
        customer,
        contract,
        [
            (make.product("BEER"), Decimal(3), Decimal("3.335")),
            (make.product("COLA"), Decimal(2), Decimal(7)),
            (make.product(), Decimal(40), Decimal("2.50")),
        ],
        without_questions=True,
    )
    beer, _cola, water = made.lines.order_by("pk")

    rest = services.split(shipment=made, keep={beer.pk: Decimal(1), water.pk: Decimal(40)}, by=make.BY)

    assert lines_of(made) == [("BEER", 1, Decimal("3.34")), ("WATER", 40, Decimal(100))]
    assert lines_of(rest) == [("BEER", 2, Decimal("6.67")), ("COLA", 2, Decimal(14))]
    assert (now(made).amount, rest.amount) == (Decimal("103.34"), Decimal("20.67"))
    assert (rest.state, rest.split_from, rest.batch, rest.number) == ("planned", made, 2, "SH-2026-00002")
    assert (rest.contract, rest.asked_on, rest.without_questions) == (contract, ASKED, True)
    entry = Entry.objects.get(verb="contracts.shipment_split")
    assert Decimal(entry.before["amount"]) == Decimal(entry.after["amount"]) + Decimal(entry.after["rest_amount"])


def test_a_split_needs_quantities_of_the_shipment_on_both_sides(customer, contract):
    made = plan(customer, contract)
    [line] = made.lines.all()
    foreign = plan(customer, contract).lines.get()

    both = "A split leaves something on both sides. Choose other quantities."
    for keep, words in (
        ({}, both),
        ({line.pk: Decimal(0)}, both),
        ({line.pk: Decimal(40)}, both),
        ({line.pk: Decimal(41)}, "Water: from zero to 40 can stay, with at most three decimals; 41 cannot."),
        ({line.pk: Decimal(-1)}, "Water: from zero to 40 can stay, with at most three decimals; -1 cannot."),
        (
            {line.pk: Decimal("0.0001")},
            "Water: from zero to 40 can stay, with at most three decimals; 0.0001 cannot.",
        ),
        ({foreign.pk: Decimal(1)}, f"A line is not of shipment {made.number}. Open the page again."),
    ):
        with refused(services.NotASplit, words):
            services.split(shipment=made, keep=keep, by=make.BY)


def test_only_waiting_goods_are_split_or_cancelled(customer, contract):
    made = make.shipment(contract, number="S-1", released=True)
    keep = {made.lines.get().pk: Decimal(1)}

    with refused(services.NotInState, "Shipment S-1 does not wait any more. Only waiting goods are split."):
        services.split(shipment=made, keep=keep, by=make.BY)
    with refused(services.NotInState, "Shipment S-1 does not wait any more. Only waiting goods are cancelled."):
        services.cancel(shipment=made, on=make.TODAY, by=make.BY)


def test_a_cancelled_shipment_is_not_cancelled_again(customer, contract):
    made = plan(customer, contract, number="S-1")

    services.cancel(shipment=made, on=make.TODAY, by=make.BY)

    assert now(made).state == "cancelled"
    assert Entry.objects.get(verb="contracts.shipment_cancelled").before == {"state": "planned"}
    with refused(services.NotInState, "Shipment S-1 does not wait any more. Only waiting goods are cancelled."):
        services.cancel(shipment=made, on=make.TODAY, by=make.BY)
