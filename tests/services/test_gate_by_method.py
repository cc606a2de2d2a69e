"""The gate by settlement method: money before the goods, paper in hand, the batch before, cash at the door."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from collections_app.gate import services
from contracts import services as contracts
from contracts.models import Release
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make
from tests.services.gate_stories import TUESDAY, agreed, delivered, pay, planned, release, state, switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db):
    """What a new customer may owe is told elsewhere; here everybody is known for long."""
    make.business()
    switch_on("ramp", mode="off")


def test_provisional_cash_opens_no_gate_until_finance_has_verified_it():
    switch_on()
    contract = agreed(make.customer())
    delivered(contract)
    second = planned(contract)
    release(second)

    receipt = make.receipt(DueItem.objects.get(), 1240, rep=make.rep())
    services.look_again(customers=[contract.customer_id], on=TUESDAY, by=make.BY)
    assert state(second) == "held"

    receivables.verify_receipt(receipt=receipt, by=make.BY)
    assert state(second) == "released"


def test_paper_in_hand_opens_the_gate_only_when_it_is_honoured():
    switch_on()
    contract = agreed(make.customer())
    delivered(contract)
    second = planned(contract)
    release(second)

    paper = make.paper(DueItem.objects.get(), 1240, matures_on=TUESDAY)
    services.look_again(customers=[contract.customer_id], on=TUESDAY, by=make.BY)
    assert state(second) == "held"

    receivables.present_paper(paper=paper, on=TUESDAY, by=make.BY)
    receivables.honour_paper(paper=paper, on=TUESDAY, by=make.BY)
    assert state(second) == "released"


def test_prepaid_goods_are_never_held():
    switch_on()
    customer = make.customer(insolvent_on=TUESDAY)
    contract = agreed(customer, "in_advance", execution="none")
    order = planned(contract)
    assert len(release(order).holds) >= 3

    pay(customer, 1000, lines=[], reference=order.number)


def test_asking_for_the_next_delivery_makes_the_open_batch_due_today_once():
    contract = agreed(make.customer())
    product = make.product()
    delivered(contract)

    services.ask_next(contract=contract, lines=[(product, Decimal(10), Decimal(25))], on=TUESDAY, by=make.BY)
    services.ask_next(contract=contract, lines=[(product, Decimal(10), Decimal(25))], on=TUESDAY, by=make.BY)

    item = DueItem.objects.get()
    assert (item.due_date, item.agreed_due_date) == (TUESDAY, TUESDAY + timedelta(days=20))
    assert item.due_date_changes.count() == 1


def test_with_two_batches_that_may_be_open_asking_makes_only_the_older_one_due():
    contract = agreed(make.customer(), parameters={"max_days": 30, "open_batches": 2})
    older, newer = delivered(contract, 100), delivered(contract, 200)
    due = TUESDAY + timedelta(days=20)

    services.ask_next(contract=contract, lines=[(make.product(), Decimal(1), Decimal(25))], on=TUESDAY, by=make.BY)

    assert [DueItem.objects.get(invoice__shipment=one).due_date for one in (older, newer)] == [TUESDAY, due]


def test_cash_goods_are_handed_over_against_a_receipt_and_the_next_shipment_waits_without_one():
    switch_on("settlement")
    customer = make.customer()
    contract = agreed(customer, "cash_on_delivery")
    first = planned(contract, 300)
    release(first)
    hands_over = {"shipment": first, "on": TUESDAY, "signed_by": "Lucía Ortega", "by": make.BY}
    with pytest.raises(services.NoReceipt, match="record the receipt first, or take the goods back"):
        services.deliver(**hands_over)
    assert state(first) == "released"

    other = make.due_item(customer, 300, due_date=TUESDAY)
    receipt = make.receipt(other, 300, rep=make.rep())
    services.deliver(**hands_over, receipt=receipt)

    assert state(first) == "delivered"
    assert release(planned(contract)).may_leave
    receivables.refuse_receipt(receipt=receipt, because="Never handed in", by=make.BY)
    assert [cause.kind for cause in release(planned(contract)).holds] == ["no receipt"]


def test_cash_goods_on_the_road_keep_the_next_ones_until_their_receipt_or_their_return():
    switch_on("settlement")
    contract = agreed(make.customer(), "cash_on_delivery")
    first, second = planned(contract, 300), planned(contract, 200)
    assert release(first).may_leave

    answer = release(second)
    assert [cause.sentence for cause in answer.holds] == [
        f"Shipment {first.number} has left and has neither receipt nor return."
    ]
    contracts.take_back_goods(shipment=first, on=TUESDAY, by=make.BY)
    assert release(second).may_leave


def test_a_receipt_at_the_door_lets_the_next_cash_goods_go_when_the_goods_are_handed_over():
    switch_on("settlement")
    customer = make.customer()
    contract = agreed(customer, "cash_on_delivery")
    first, second = planned(contract, 300), planned(contract, 200)
    release(first), release(second)
    receipt = make.receipt(make.due_item(customer, 300, due_date=TUESDAY), 300, rep=make.rep())
    assert state(second) == "held"

    with transaction.atomic():
        services.deliver(shipment=first, on=TUESDAY, signed_by="Lucía Ortega", receipt=receipt, by=make.BY)
        assert (state(second), second.release.kind) == ("released", Release.Kind.SETTLED)
        transaction.set_rollback(True)

    assert (state(first), state(second)) == ("released", "held")


def test_cash_goods_that_come_back_let_the_next_ones_go_in_the_same_transaction():
    switch_on("settlement")
    contract = agreed(make.customer(), "cash_on_delivery")
    first, second, third = (planned(contract, 300) for _ in range(3))
    release(first), release(second), release(third)

    services.take_back(shipment=first, on=TUESDAY, by=make.BY)

    assert (state(first), state(second), state(third)) == ("returned", "released", "held")
    assert [hold.facts["shipment"] for hold in third.holds.filter(cleared_at=None)] == [second.number]


def test_cash_goods_that_were_paid_for_before_they_left_keep_nothing():
    switch_on("settlement")
    customer = make.customer()
    contract = agreed(customer, "cash_on_delivery")
    first, second = planned(contract, 300), planned(contract, 200)
    pay(customer, 300, reference=first.number)
    assert release(first).may_leave

    assert release(second).may_leave
