"""Part of a held batch is released: what of it goes, what of it waits for money, and what stays whole."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from audit.models import Entry
from collections_app.gate import credit_services, services, splitting
from collections_app.gate.models import CreditCheck, Hold, LadderStep, Rung
from common import clock
from contracts import services as contracts
from contracts.models import Release, Shipment
from receivables.models import Invoice
from tests import factories as make
from tests.refused import refused
from tests.services.gate_stories import TUESDAY, agreed, delivered, pay, release, state, switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db):
    make.business()
    switch_on("limit", "ramp")


@pytest.fixture
def customer():
    """Served for long, with a limit of 300."""
    known = make.customer()
    long_ago = TUESDAY - timedelta(days=400)
    make.invoice(known, 1, due_date=long_ago, issued_on=long_ago, paid=[("1", long_ago)])
    limited(known, 300)
    return known


def limited(customer, amount):
    credit_services.grant_limit(
        customer=customer, amount=Decimal(amount), currency="EUR", starts_on=TUESDAY, because="Agreed", on=TUESDAY,
        by=make.manager(),
    )  # fmt: skip


def ordered(contract, quantity=50, price=10, **values):
    return services.ask_next(
        contract=contract, lines=[(make.product(), Decimal(quantity), Decimal(price))], on=TUESDAY, by=make.BY, **values
    )


def release_part(shipment, quantity):
    keep = {shipment.lines.get().pk: Decimal(quantity)}
    return services.release_part(shipment=shipment, keep=keep, on=TUESDAY, by=make.BY)


def offered(shipment):
    return splitting.offers(shipment.customer, [shipment], as_of=TUESDAY)


# What fits goes, and the rest is held


def test_the_rest_of_a_held_batch_is_held_and_goes_with_the_money_that_makes_room(customer):
    whole = ordered(agreed(customer, "net"))
    assert not release(whole).may_leave

    release_part(whole, 20)

    rest = Shipment.objects.get(split_from=whole)
    assert (state(whole), state(rest)) == ("released", "held")
    assert [(hold.cause, hold.amount) for hold in Hold.objects.filter(shipment=rest)] == [("limit", Decimal(200))]
    assert Entry.objects.filter(verb="gate.held", subject_key=str(rest.pk)).exists()
    make.invoice(customer, 200, due_date=TUESDAY, number="INV-1", shipment=whole.pk)
    with transaction.atomic():
        pay(customer, 200)
        assert (state(rest), rest.release.kind) == ("released", Release.Kind.SETTLED)
        transaction.set_rollback(True)
    assert (state(rest), Invoice.objects.get(number="INV-1").due_items.get().open_amount) == ("held", Decimal(200))


def test_the_rest_of_a_batch_that_nobody_asked_the_gate_about_before_is_held_as_well(customer):
    whole = ordered(agreed(customer, "net"))

    release_part(whole, 20)

    assert state(Shipment.objects.get(split_from=whole)) == "held"


def test_a_rest_that_nothing_keeps_waits_for_somebody_to_release_it(customer):
    whole = ordered(agreed(customer, "net"), quantity=30)

    release_part(whole, 20)

    rest = Shipment.objects.get(split_from=whole)
    assert (state(rest), Hold.objects.filter(shipment=rest).exists()) == ("planned", False)


# What a smaller quantity does not cure


def test_after_a_refused_credit_check_no_part_is_offered_and_none_is_split_off():
    stranger = make.customer()
    limited(stranger, 300)
    order = ordered(agreed(stranger, "net"), quantity=500, without_questions=True)
    credit_services.decide_check(
        check=CreditCheck.objects.get(), answer="refused", note="Nobody knows them", on=TUESDAY, by=make.manager()
    )
    release(order)

    assert offered(order) == []
    with refused(
        services.StaysWhole,
        f"These quantities of shipment {order.number} may not leave either, so it was not split."
        " The credit check of this first order was refused. Only against payment in advance.",
    ):
        release_part(order, 1)
    assert (Shipment.objects.get().amount, state(order)) == (Decimal(5000), "held")


def insolvent(customer):
    customer.insolvent_on = TUESDAY
    customer.save()
    return agreed(customer, "net")


def late(customer):
    contract = agreed(customer, "net")
    delivered(contract, 10, on=TUESDAY - timedelta(days=90), due_date=TUESDAY - timedelta(days=60))
    return contract


def supplied_no_more(customer):
    LadderStep.objects.create(
        customer=customer, rung=Rung.NO_SUPPLY, because="Late", clause="7.1", asked_by="a", approved_by="b",
        starts_on=TUESDAY, entered_at=clock.now(),
    )  # fmt: skip
    return agreed(customer, "net")


def dearer(customer):
    return make.contract(customer, price="9")


@pytest.mark.parametrize(
    ("cause", "contract_of", "named"),
    [
        ("execution", lambda customer: agreed(customer, "net", execution="none"), "The contract is not executed"),
        ("warning", insolvent, "The customer is insolvent."),
        ("late", late, "€10.00 on INV-S-1 is late"),
        ("settlement", lambda customer: agreed(customer, "in_advance"), "of the advance payment are not here yet"),
        ("ladder", supplied_no_more, "On this rung of the supply ladder nothing goes out."),
        ("price", dearer, "Water stands at €10.00, and €9.00 is agreed."),
    ],
)
def test_where_a_smaller_quantity_cures_nothing_no_part_is_offered_and_the_refusal_says_why(
    customer, cause, contract_of, named
):
    switch_on(cause)
    order = ordered(contract_of(customer))
    assert {held.cause for held in release(order).holds} == {"limit", cause}

    assert offered(order) == []
    with pytest.raises(services.StaysWhole) as refusal:
        release_part(order, 10)
    assert named in str(refusal.value)
    assert not Shipment.objects.filter(split_from=order).exists()


def test_a_part_that_is_too_large_itself_stays_in_its_batch(customer):
    order = ordered(agreed(customer, "net"))
    assert [offer.proposal.now.quantities for offer in offered(order)] == [(Decimal(30),)]

    with pytest.raises(services.StaysWhole, match=r"With this batch €50\.00 stand above the limit of €300\.00"):
        release_part(order, 35)

    assert (Shipment.objects.get().amount, state(order)) == (Decimal(500), "planned")


def test_without_what_keeps_it_the_rest_of_the_goods_may_go(customer):
    """Another price on one of two lines: the other line goes, and the wrong one is held for its price."""
    contract = make.contract(customer, price="10")
    order = contracts.plan_shipment(
        customer=customer, contract=contract, asked_on=TUESDAY, currency="EUR", by=make.BY,
        lines=[(make.product(), Decimal(5), Decimal(10)), (make.product(), Decimal(5), Decimal(11))],
    )  # fmt: skip
    right, _wrong = order.lines.order_by("pk")

    services.release_part(shipment=order, keep={right.pk: right.quantity}, on=TUESDAY, by=make.BY)

    rest = Shipment.objects.get(split_from=order)
    assert (state(order), state(rest)) == ("released", "held")
    assert [hold.cause for hold in rest.holds.all()] == ["price"]
