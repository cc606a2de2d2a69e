"""Whole books of agreements and deliveries at once, and invoices that find the goods they bill."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from contracts import services as contracts
from contracts.models import Contract, PriceLine, Release, Shipment, ShipmentLine
from receivables import services as receivables
from receivables.services import NotItsBill
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


def contract(customer, number, **values):
    return Contract(
        **{
            "customer": customer,
            "number": number,
            "state": "active",
            "starts_on": date(2026, 1, 1),
            "currency": "EUR",
            "method": "net",
            "parameters": {"days": 30},
        }
        | values
    )


def test_one_active_contract_without_a_computable_day_keeps_the_whole_book_out(customer):
    book = [contract(customer, "C-1"), contract(customer, "C-2", parameters={})]

    with pytest.raises(contracts.CannotBecomeActive, match="C-2 has no computable due date"):
        contracts.record_contracts(contracts=book, on=date(2026, 11, 24), by=make.BY)

    assert not Contract.objects.exists()


def test_elastic_wording_keeps_it_out_as_well_and_a_draft_may_have_it(customer):
    elastic = {"settlement_text": "Payment after the goods are sold", "language": "en"}

    contracts.record_contracts(
        contracts=[contract(customer, "C-1", state="draft", **elastic)], on=date(2026, 11, 24), by=make.BY
    )
    with pytest.raises(contracts.CannotBecomeActive):
        contracts.record_contracts(contracts=[contract(customer, "C-2", **elastic)], on=date(2026, 11, 24), by=make.BY)

    assert [one.state for one in Contract.objects.all()] == ["draft"]


def test_a_price_that_gets_an_end_stands_on_the_trail_with_both(customer):
    line = PriceLine.objects.get(contract=make.contract(customer))
    now = PriceLine.objects.get(pk=line.pk)
    now.ends_before = date(2027, 1, 1)

    contracts.record_prices(new=[], changed=[(line, now)], by=make.BY)

    entry = Entry.objects.get(verb="contracts.price_changed")
    assert (entry.before["ends_before"], entry.after["ends_before"]) == (None, "2027-01-01")
    line.refresh_from_db()
    assert (line.ends_before, line.unit_price) == (date(2027, 1, 1), Decimal("2.5"))


def test_planned_goods_of_a_book_wait_for_the_gate_and_stand_on_the_trail(customer):
    agreed = make.contract(customer)
    plans = [
        Shipment(customer=customer, contract=agreed, number=f"S-{place}", asked_on=date(2026, 11, 20),
                 currency="EUR", amount=Decimal(10), batch=place)
        for place in (1, 2)
    ]  # fmt: skip

    planned = contracts.record_planned(shipments=plans, by=make.BY)
    contracts.record_goods(
        lines=[
            ShipmentLine(shipment=one, product=make.product(), quantity=Decimal(4), unit_price="2.5", amount="10")
            for one in planned
        ],
        proofs=[],
    )

    assert {one.state for one in Shipment.objects.all()} == {"planned"}
    assert not Release.objects.exists()
    assert Entry.objects.filter(verb="contracts.shipment_planned").count() == 2


# --- invoices -----------------------------------------------------------------------------------


def test_an_invoice_is_linked_to_the_goods_it_bills_and_told_again_changes_nothing(customer):
    shipment = make.shipment(customer, delivered_on=date(2026, 11, 5))
    invoice = make.invoice(customer, 100, due_date=date(2026, 12, 5))

    for _ in range(2):
        receivables.link_shipments(links=[(invoice, shipment)], on=make.TODAY, by=make.BY)

    invoice.refresh_from_db()
    assert invoice.shipment == shipment


@pytest.mark.parametrize("how", ["another customer", "another currency", "billed before"])
def test_an_invoice_that_does_not_bill_the_goods_is_refused(customer, how):
    shipment = make.shipment(customer, delivered_on=date(2026, 11, 5))
    other = make.shipment(customer, delivered_on=date(2026, 11, 6))
    make.account("USD")
    invoice = make.invoice(
        make.customer() if how == "another customer" else customer,
        100,
        due_date=date(2026, 12, 5),
        currency="USD" if how == "another currency" else "EUR",
        shipment=other.pk if how == "billed before" else None,
    )

    with pytest.raises(NotItsBill, match=f"does not bill shipment {shipment.number}"):
        receivables.link_shipments(links=[(invoice, shipment)], on=make.TODAY, by=make.BY)

    invoice.refresh_from_db()
    assert invoice.shipment == (other if how == "billed before" else None)
