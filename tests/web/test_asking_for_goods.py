"""The next delivery is asked for on the page of its contract."""

from datetime import date
from decimal import Decimal

import pytest

from contracts import services as contracts
from contracts.models import Shipment
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make
from tests.web.contract_pages import TODAY, keyed, sent, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


@pytest.fixture
def manager(client, customer):
    person = make.manager("maria")
    client.force_login(person)
    return person


def test_the_next_delivery_is_asked_for_at_the_agreed_prices_and_the_batch_before_falls_due(client, customer):
    client.force_login(customer.owner)
    contract = make.contract(customer, "two_deliveries", {"max_days": 30})
    first = make.shipment(contract, delivered_on=date(2026, 11, 3))
    receivables.invoice_shipment(shipment=first, number="INV-88", issued_on=date(2026, 11, 3), by=make.BY)
    url = f"/contracts/{contract.pk}/ask/"
    form = client.get(url).context["form"]
    [(line, quantity, price)] = form.rows
    assert price.value() == "2.50"

    goods = {quantity.html_name: "12,5", price.html_name: "2.50"}
    answer = sent(client, url, {"on": "2026-11-24", "without_questions": "on"} | goods)

    made = Shipment.objects.get(split_from=None, batch=2)
    assert answer.redirect_chain[-1][0] == f"/shipments/{made.pk}/"
    assert (made.amount, made.without_questions, made.state) == (Decimal("31.25"), True, "planned")
    assert DueItem.objects.get().due_date == TODAY
    assert "An earlier batch is not settled: €100.00 on INV-88." in text_of(answer)
    assert line.product.code == "WATER"


def test_an_order_of_nothing_or_without_a_price_or_of_the_unknown_is_no_order(client, manager, customer):
    contract = make.contract(customer)
    url = f"/contracts/{contract.pk}/ask/"

    nothing = sent(client, url, {"on": "2026-11-24"})
    priceless = sent(client, url, {"on": "2026-11-24", "code_1": "JUICE", "quantity_-1": "3"})
    unknown = sent(client, url, {"on": "2026-11-24", "code_1": "GOLD", "quantity_-1": "3", "price_-1": "9"})

    assert "A shipment has at least one product" in text_of(nothing)
    assert "Say at which price." in text_of(priceless)
    assert 'There is no product "GOLD"' in text_of(unknown)
    assert {answer.status_code for answer in (nothing, priceless, unknown)} == {422}
    assert not Shipment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1,250", "can be read in two ways"), ("a dozen", "is not a number"), ("-3", "It is not below zero")],
)
def test_a_quantity_that_is_none_or_two_is_asked_again(client, manager, customer, typed, said):
    contract = make.contract(customer)
    url = f"/contracts/{contract.pk}/ask/"
    [(_line, quantity, price)] = client.get(url).context["form"].rows

    answer = sent(client, url, {"on": "2026-11-24", quantity.html_name: typed, price.html_name: "2,125"})

    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert f'value="{typed}"' in answer.content.decode()


def test_a_price_of_three_decimals_is_shown_so_that_it_can_be_read_again(client, manager, customer):
    contract = make.contract(customer, price="2.125")
    url = f"/contracts/{contract.pk}/ask/"
    [(_line, quantity, price)] = client.get(url).context["form"].rows
    assert price.value() == "2.1250"

    sent(client, url, {"on": "2026-11-24", quantity.html_name: "8", price.html_name: price.value()})

    assert Shipment.objects.get().amount == Decimal(17)


def test_the_same_order_sent_twice_is_one_shipment(client, manager, customer):
    contract = make.contract(customer)
    [(line, quantity, price)] = client.get(f"/contracts/{contract.pk}/ask/").context["form"].rows
    words = keyed(1, on="2026-11-24", **{quantity.html_name: "5", price.html_name: "2.50"})

    for _ in range(2):
        assert client.post(f"/contracts/{contract.pk}/ask/", words).status_code == 302

    assert Shipment.objects.count() == 1
    assert line.contract_id == contract.pk


def test_a_product_with_tiers_alone_is_offered_at_the_price_of_the_contracts_credit_days(client, manager, customer):
    contract = make.contract(customer)  # 30 days net
    contract.price_lines.all().delete()
    for days, price in ((14, "2.40"), (30, "2.50"), (60, "2.70")):
        contracts.set_price(
            contract=contract, product=make.product(), unit_price=Decimal(price), credit_days=days,
            starts_on=TODAY, by=make.BY,
        )  # fmt: skip
    url = f"/contracts/{contract.pk}/ask/"
    [(_line, quantity, price)] = client.get(url).context["form"].rows
    assert price.value() == "2.50"

    answer = sent(client, url, {"on": "2026-11-24", quantity.html_name: "8", price.html_name: price.value()})

    assert "differs from the contract" not in text_of(answer)
    assert Shipment.objects.get().amount == Decimal(20)
