"""Small things that every page shares: filters that fold on a phone, and figures with what they are counted in."""

from datetime import date

import pytest
from django.urls import reverse

from contracts.models import Contract, Product, Shipment, ShipmentLine
from tests import factories as make

pytestmark = pytest.mark.django_db

FOLDED = '<details class="filters-fold"><summary'
OPENED = '<details class="filters-fold" open><summary'


@pytest.fixture
def desk(client):
    make.business()
    client.force_login(make.finance())
    return client


@pytest.mark.parametrize(
    ("page", "asked", "shown"),
    [
        ("desk:receivables", {}, FOLDED),
        ("desk:receivables", {"currency": "EUR"}, OPENED),
        ("desk:invoices", {"state": "nothing"}, OPENED),
        ("receivables:receipts", {}, FOLDED),
        ("receivables:receipts", {"state": "verified"}, OPENED),
    ],
)
def test_filters_are_folded_until_one_is_set(desk, page, asked, shown):
    make.invoice(make.customer(), 100, due_date=date(2026, 9, 25))

    assert shown in desk.get(reverse(page), asked).content.decode()


def test_goods_are_priced_in_their_currency_and_unit(desk):
    customer = make.customer()
    contract = Contract.objects.create(
        customer=customer, number="C-1", state="active", starts_on=date(2024, 1, 1), currency="EUR", method="net"
    )
    water = Product.objects.create(code="W", name="Water", unit="case")
    shipment = Shipment.objects.create(
        customer=customer, contract=contract, number="DN-1", asked_on=date(2026, 8, 1), currency="EUR", amount=250
    )
    ShipmentLine.objects.create(shipment=shipment, product=water, quantity=10, unit_price=25, amount=250)
    contract.price_lines.create(product=water, unit_price="0.1255", starts_on=date(2024, 1, 1))
    billed = make.invoice(customer, 250, due_date=date(2026, 9, 25), shipment=shipment.pk)

    invoice = desk.get(reverse("desk:invoice", args=[billed.pk])).content.decode()
    agreed = desk.get(reverse("desk:customer", args=[customer.code])).content.decode()

    assert "10 case" in invoice
    assert "€25.00 per case" in invoice
    assert "€0.1255 per case" in agreed


def test_a_receipt_is_refused_under_a_heading(desk):
    item = make.due_item(make.customer())
    receipt = make.receipt(item, rep=make.rep())

    page = desk.get(reverse("receivables:receipt", args=[receipt.pk])).content.decode()

    assert page.index("The money is not there</h2>") < page.index("Refuse receipt")
