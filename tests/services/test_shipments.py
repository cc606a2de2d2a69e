"""Shipments: asked for, delivered with proof, taken back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.gate import services as gate
from common import documents
from contracts import services
from contracts.models import Product, Proof, Shipment
from customers.models import Mark
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals
from tests.refused import refused

pytestmark = pytest.mark.django_db
ASKED, DELIVERED, TODAY = date(2026, 11, 2), date(2026, 11, 4), date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


@pytest.fixture
def contract(customer):
    return make.contract(customer, number="C-7")


@pytest.fixture
def consigned(customer):
    """A batch of two products on consignment, at the customer's."""
    contract = make.contract(customer, "consignment", {"max_days": 90}, number="C-9")
    lines = [(make.product(), 40, "2.50"), (make.product("BEER"), 12, "10")]
    return make.shipment(contract, lines, number="S-9", delivered_on=DELIVERED)


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


# Asking for goods


def test_goods_that_are_asked_for_wait_with_their_lines_and_their_number(customer, contract):
    site = make.site(customer)
    made = plan(
        customer,
        contract,
        [("WATER", Decimal("40"), Decimal("2.50")), (make.product("BEER"), Decimal("1.5"), Decimal("3.333333"))],
        site=site,
        without_questions=True,
    )

    assert (made.state, made.batch, made.number, made.release) == ("planned", 1, "SH-2026-00001", None)
    assert (made.amount, made.currency, made.site, made.without_questions) == (Decimal(105), "EUR", site, True)
    assert lines_of(made) == [("BEER", Decimal("1.5"), Decimal(5)), ("WATER", Decimal(40), Decimal(100))]
    assert Entry.objects.get(verb="contracts.shipment_planned").after["amount"] == "105.00"


def test_batches_count_the_shipments_of_a_contract_and_numbers_those_of_the_year(customer, contract):
    other = make.contract(customer)
    plan(customer, other, number="SH-2026-00002")

    made = [plan(customer, contract), plan(customer, contract), plan(customer, other), plan(customer, None)]

    assert [one.batch for one in made] == [1, 2, 2, None]
    assert [one.number for one in made] == [f"SH-2026-0000{place}" for place in (1, 3, 4, 5)], "given by hand: passed"


def test_a_cancelled_batch_keeps_its_place(customer, contract):
    services.cancel(shipment=plan(customer, contract), on=make.TODAY, by=make.BY)

    assert plan(customer, contract).batch == 2


PRODUCT = "WATER"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "A shipment has at least one product. Add a line."),
        (
            [("COLA", 1, 1)],
            'There is no product "COLA". Correct the code, or agree on its price first.',
        ),
        (
            [(Product(name="Cola"), 1, 1)],
            'There is no product "Cola". Correct the code, or agree on its price first.',
        ),
        ([(PRODUCT, 0, 1)], "Water: a quantity is above zero, with at most three decimals; 0 is not."),
        ([(PRODUCT, -1, 1)], "Water: a quantity is above zero, with at most three decimals; -1 is not."),
        ([(PRODUCT, "0.0001", 1)], "Water: a quantity is above zero, with at most three decimals; 0.0001 is not."),
        ([(PRODUCT, "NaN", 1)], "Water: a quantity is above zero, with at most three decimals; NaN is not."),
        ([(PRODUCT, 1, -1)], "Water: a price is zero or more, with at most six decimals; -1 is not."),
        ([(PRODUCT, 1, "0.1234567")], "Water: a price is zero or more, with at most six decimals; 0.1234567 is not."),
        ([(PRODUCT, 10**9, 10**9)], "Water: the amount is beyond a million million."),
    ],
)
def test_goods_that_nobody_can_deliver_are_not_planned(customer, contract, lines, words):
    wanted = [(product, Decimal(quantity), Decimal(price)) for product, quantity, price in lines]

    with refused(services.NotAnOrder, words):
        services.plan_shipment(
            customer=customer, contract=contract, lines=wanted, asked_on=ASKED, currency="EUR", by=make.BY
        )


def test_a_contract_covers_what_is_asked_for_in_its_days_its_currency_and_by_its_customer(customer):
    contract = make.contract(customer, number="C-7", starts_on=ASKED, ends_before=TODAY)
    draft = make.contract(customer, number="C-8", state="draft")

    for values, words in (
        (
            {"asked_on": ASKED - timedelta(1)},
            "Contract C-7 starts on 2 Nov 2026: nothing can be asked for under it on 1 Nov 2026.",
        ),
        (
            {"asked_on": TODAY},
            "Contract C-7 holds until before 24 Nov 2026: nothing can be asked for under it on 24 Nov 2026.",
        ),
        ({"contract": draft}, "Contract C-8 is not active: nothing can be asked for under it."),
        ({"currency": "USD"}, "Contract C-7 is in EUR, the shipment in USD. Use one currency."),
        (
            {"customer": make.customer(name="Bar Luna")},
            "Contract C-7 is not one of Bar Luna. Choose a contract of theirs.",
        ),
        (
            {"site": make.site(make.customer())},
            "That delivery site is another customer's. Choose one that Mercado Sol has.",
        ),
        ({"number": "S" * 41}, "A shipment has a number of at most 40 characters."),
    ):
        with refused(services.NotAnOrder, words):
            plan(**{"customer": customer, "contract": contract, **values})
    assert plan(customer, contract, asked_on=TODAY - timedelta(1)).state == "planned"


def test_after_the_end_of_a_contract_nothing_is_asked_for_under_it(customer, contract):
    services.end(contract=contract, on=ASKED, by=make.BY)

    with refused(services.NotAnOrder, "Contract C-7 is not active: nothing can be asked for under it."):
        plan(customer, contract)


@pytest.mark.parametrize(
    ("currency", "words"),
    [
        ("", "State the currency, such as EUR: a price without one is no price."),
        ("EURO", "EURO is not a currency code; expected one like EUR."),
    ],
)
def test_prices_need_a_currency(customer, currency, words):
    with refused(services.NotACurrency, words):
        plan(customer, None, currency=currency)


def test_a_number_is_given_once(customer, contract):
    plan(customer, contract, number=" DN-1 ")

    with refused(services.NotAnOrder, "Shipment DN-1 is here already. Choose another number."):
        plan(customer, None, number="DN-1")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_batches_asked_for_at_once_count_on_without_a_gap():
    customer = make.customer()
    contract = make.contract(customer)
    make.product()

    found = at_once(*[lambda: plan(customer, contract)] * 4)

    assert failures(found) == []
    assert sorted(one.batch for one in found) == [1, 2, 3, 4]
    assert sorted(one.number for one in found) == [f"SH-2026-0000{place}" for place in range(1, 5)]


# Delivering and taking back


def test_released_goods_are_delivered_with_the_name_and_the_paper(customer, contract):
    made = make.shipment(contract, released=True)
    slip = documents.store(b"%PDF slip", name="slip.pdf", content_type="application/pdf")

    services.deliver(shipment=made, on=DELIVERED, signed_by=" Lucía Ortega ", document=slip, by=make.BY)

    assert (now(made).state, now(made).delivered_on) == ("delivered", DELIVERED)
    proof = Proof.objects.get()
    assert (proof.shipment, proof.signed_by, proof.signed_on, proof.document) == (made, "Lucía Ortega", DELIVERED, slip)
    assert Entry.objects.get(verb="contracts.shipment_delivered").after["sha256"] == slip.sha256
    assert Mark.objects.filter(customer=customer, because="goods").exists()


def test_a_delivery_needs_a_release_a_name_and_a_day_after_the_asking(customer, contract):
    waits = plan(customer, contract, number="S-1")
    made = make.shipment(contract, number="S-2", released=True)

    with refused(services.NotInState, "Shipment S-1 is not released. Only released goods are delivered."):
        services.deliver(shipment=waits, on=DELIVERED, signed_by="Lucía", by=make.BY)
    with refused(services.NotNamed, "Say who signed for the goods."):
        services.deliver(shipment=made, on=DELIVERED, signed_by=" ", by=make.BY)
    with refused(
        services.TooEarly,
        "Shipment S-2 was asked for on 2 Nov 2026 and cannot be delivered on 1 Nov 2026, before that.",
    ):
        services.deliver(shipment=made, on=ASKED - timedelta(1), signed_by="Lucía", by=make.BY)

    services.deliver(shipment=made, on=ASKED, signed_by="Lucía", by=make.BY)
    with refused(services.NotInState, "Shipment S-2 was delivered on 2 Nov 2026. Nothing was changed."):
        services.deliver(shipment=made, on=DELIVERED, signed_by="Lucía", by=make.BY)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_goods_are_delivered_once_whoever_is_faster():
    made = make.shipment(make.contract(make.customer()), number="S-1", released=True)

    found = at_once(*[lambda: services.deliver(shipment=made, on=ASKED, signed_by="Lucía", by=make.BY)] * 2)

    assert failures(found) == []
    assert refusals(found) == ["Shipment S-1 was delivered on 2 Nov 2026. Nothing was changed."]
    assert Proof.objects.count() == 1


def test_delivered_goods_come_back_on_a_day_after_their_delivery(customer, contract):
    made = make.shipment(contract, number="S-1", delivered_on=DELIVERED)

    with refused(
        services.TooEarly,
        "Shipment S-1 was delivered on 4 Nov 2026 and cannot come back on 3 Nov 2026, before that.",
    ):
        services.take_back_goods(shipment=made, on=DELIVERED - timedelta(1), by=make.BY)

    services.take_back_goods(shipment=made, on=TODAY, by=make.BY)
    assert (now(made).state, now(made).delivered_on, now(made).returned_on) == ("returned", DELIVERED, TODAY)
    with refused(services.NotInState, "Shipment S-1 is not with the customer. Only goods that have left come back."):
        services.take_back_goods(shipment=made, on=TODAY, by=make.BY)


def test_goods_that_were_refused_at_the_door_come_back_on_that_day_without_a_proof(customer, contract):
    made = make.shipment(contract, number="S-1", released=True)

    with refused(
        services.TooEarly,
        "Shipment S-1 was asked for on 2 Nov 2026 and cannot come back on 1 Nov 2026, before that.",
    ):
        services.take_back_goods(shipment=made, on=ASKED - timedelta(1), by=make.BY)

    services.take_back_goods(shipment=made, on=DELIVERED, by=make.BY)
    assert (now(made).state, now(made).delivered_on, now(made).returned_on) == ("returned", DELIVERED, DELIVERED)
    assert not Proof.objects.exists()


def test_the_gate_lets_go_what_is_then_delivered(customer, contract):
    made = plan(customer, contract)

    gate.release(shipment=made, on=ASKED, by=make.BY)
    gate.deliver(shipment=made, on=DELIVERED, signed_by="Lucía", by=make.BY)

    assert (now(made).state, now(made).release.kind) == ("delivered", "passed")


@pytest.mark.parametrize("deed", ["count", "delivery", "return"])
def test_what_happens_to_goods_has_happened_and_only_the_asked_for_day_may_lie_ahead(
    customer, contract, consigned, deed
):
    tomorrow = TODAY + timedelta(days=1)
    deeds = {
        "count": lambda: make.counted(consigned, (10, 0, 30, 0), (0, 0, 12, 0), on=tomorrow),
        "delivery": lambda: services.deliver(
            shipment=make.shipment(contract, released=True), on=tomorrow, signed_by="Ana", by=make.BY
        ),
        "return": lambda: services.take_back_goods(shipment=consigned, on=tomorrow, by=make.BY),
    }

    with pytest.raises(services.NotYet, match="25 Nov 2026 is in the future"):
        deeds[deed]()
    assert plan(customer, contract, asked_on=tomorrow).asked_on == tomorrow


def test_goods_are_wanted_within_a_year(customer):
    far = TODAY + timedelta(days=367)

    with refused(services.NotYet, "26 Nov 2027 is more than a year ahead. Correct the year."):
        services.plan_shipment(
            customer=customer, contract=None, lines=[(make.product(), Decimal(1), Decimal(2))], asked_on=far,
            currency="EUR", by=make.BY,
        )  # fmt: skip
