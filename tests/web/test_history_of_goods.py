"""What the gate, the supply ladder and more time leave on a customer's timeline."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collections_app.gate import ladder_services, modes
from collections_app.gate import services as gate
from receivables import services as receivables
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture
def customer(db):
    make.business()
    modes.set_mode(cause="settlement", segment="", mode="on", starts_on=TODAY, on=TODAY, by=make.BY)
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


def told(client, kind):
    page = client.get(f"/customers/C-100/?kind={kind}")
    return [(event.on, event.title, event.text, event.who) for event in page.context["history"].events]


def batches(customer):
    """One that is owed, and one that waits for it."""
    contract = make.contract(customer, "two_deliveries", {"max_days": 30}, number="C-31", settlement_clause="6.2")
    first = make.shipment(contract, delivered_on=TODAY - timedelta(days=9))
    receivables.invoice_shipment(shipment=first, number="INV-88", issued_on=TODAY - timedelta(days=9), by=make.BY)
    second = gate.ask_next(contract=contract, lines=[("WATER", Decimal(12), Decimal("2.5"))], on=TODAY, by=make.BY)
    gate.release(shipment=second, on=TODAY, by=make.BY)
    return first, second


def test_a_hold_is_put_and_goes_with_the_money_and_both_days_stay(client, customer):
    batches(customer)
    client.force_login(customer.owner)

    assert told(client, "hold") == [
        (TODAY, "Batch 2 held: settlement method", "An earlier batch is not settled: €100.00 on INV-88.", "")
    ]
    make.payment(customer, 100, received_on=TODAY)

    titles = [title for _on, title, _text, _who in told(client, "hold")]
    assert titles == ["Batch 2 no longer held: settlement method", "Batch 2 held: settlement method"]
    goods = [(on, title) for on, title, _text, _who in told(client, "goods")]
    assert (TODAY, "Batch 2 released: released by the money that settled it") in goods
    assert (TODAY - timedelta(days=9), "Batch 1 delivered") in goods


def test_an_override_stands_there_with_its_reason_and_who_gave_it(client, customer):
    _first, second = batches(customer)
    manager = make.manager("maria")
    gate.override(
        shipment=second, reason="Shelf empty at the flagship", ends_before=TODAY + timedelta(days=2), on=TODAY,
        by=manager,
    )  # fmt: skip
    client.force_login(make.auditor())

    title = "Batch 2 may leave against the gate until 25 Nov 2026"
    assert (TODAY, title, "Shelf empty at the flagship", "Maria") in told(client, "hold")


def test_a_rung_is_entered_with_its_ground_and_left_by_payment(client, customer):
    make.due_item(customer, 900, due_date=TODAY - timedelta(days=60))
    ladder_services.climb(
        customer=customer, rung=1, because="Two promises were not kept", clause="clause 7.3",
        lost_margin=Decimal(40), on=TODAY, by=make.manager("maria"),
    )  # fmt: skip
    client.force_login(customer.owner)

    entered = (TODAY, "On rung 1 · Smaller batches", "Two promises were not kept. By clause 7.3.", "Maria")
    assert told(client, "ladder") == [entered]
    make.payment(customer, 900, received_on=TODAY)

    assert (TODAY, "Left rung 1 · Smaller batches", "Nothing is late any more", "") in told(client, "ladder")


def test_more_time_is_asked_for_granted_and_missed(client, customer):
    item = make.due_item(customer, 100, due_date=TODAY - timedelta(days=3), number="INV-9")
    asked = make.extension(item, until=TODAY + timedelta(days=4))
    receivables.grant_extension(extension=asked, on=TODAY, by=make.manager("maria"))
    client.force_login(customer.owner)

    titles = [title for _on, title, _text, _who in told(client, "time")]

    extension = "Extension of INV-9 to 28 Nov 2026"
    assert titles == [f"{extension}: granted", f"{extension}: asked for"]


def test_what_is_only_observed_has_kept_nothing(client, customer):
    modes.set_mode(cause="settlement", segment="", mode="observe", starts_on=TODAY, on=TODAY, by=make.BY)
    batches(customer)
    client.force_login(customer.owner)

    assert told(client, "hold") == []
