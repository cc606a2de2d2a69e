"""Severe warnings at the gate: they keep what waits, once a second person has seen them."""

from datetime import timedelta

import pytest

from collections_app.cases.models import EarlyWarning
from collections_app.gate.queries import answers
from common import clock
from receivables import services as receivables
from tests import factories as make
from tests.services.gate_stories import TUESDAY, agreed, delivered, pay, planned, release, state, switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db):
    """What a new customer may owe is told elsewhere; here everybody is known for long."""
    make.business()
    switch_on("ramp", mode="off")


def warned(shipment):
    holds = answers([shipment], as_of=TUESDAY)[shipment.pk].holds
    return [cause.sentence for cause in holds if cause.cause == "warning"]


def test_a_severe_warning_keeps_the_batch_once_a_second_person_has_seen_it():
    switch_on()
    contract = agreed(make.customer(), "net")
    waits = planned(contract)
    warning = EarlyWarning.objects.create(
        customer=contract.customer, kind="closing", source="field", severity="severe", reported_on=TUESDAY,
        expires_on=TUESDAY + timedelta(days=60), entered_at=clock.now(), entered_by="rep",
    )  # fmt: skip
    assert warned(waits) == []

    EarlyWarning.objects.filter(pk=warning.pk).update(seconded_on=TUESDAY, seconded_at=clock.now())

    assert warned(waits) == ["A severe warning is active: Shop closing or closed."]


def test_a_bounced_payment_keeps_the_batch_that_still_waits_and_leaves_the_one_that_has_gone():
    switch_on()
    contract = agreed(make.customer())
    delivered(contract)
    second = planned(contract)
    release(second)
    payment = pay(contract.customer, 1240)
    third = planned(contract)

    receivables.reverse_payment(payment=payment, on=TUESDAY, by=make.BY, because="Bounced")

    assert state(second) == "released"
    assert not release(third).may_leave
