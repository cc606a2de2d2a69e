"""The gate in front of every shipment: what it keeps, what lets it go, and in which transaction."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction

from audit.models import Entry
from collections_app import marks, night
from collections_app.cases import services as cases
from collections_app.gate import modes, services
from collections_app.gate.models import GateOverride, Hold
from collections_app.gate.queries import answers
from contracts.models import Release, Shipment
from receivables.models import DueItem
from tests import factories as make
from tests.services.gate_stories import TUESDAY, agreed, delivered, pay, planned, release, state, switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db):
    """What a new customer may owe is told elsewhere; here everybody is known for long."""
    make.business()
    switch_on("ramp", mode="off")


def test_two_deliveries_one_settlement_the_next_batch_physically_waits_and_leaves_with_the_money():
    switch_on()
    customer = make.customer()
    contract = agreed(customer)
    first = delivered(contract)
    second = planned(contract)

    answer = release(second)

    assert (answer.may_leave, state(second)) == (False, "held")
    [hold] = Hold.objects.filter(shipment=second)
    [cause] = answer.holds
    assert cause.sentence == f"An earlier batch is not settled: €1,240.00 on INV-{first.number}."
    assert cause.way_out == f"€1,240.00 on INV-{first.number} settles it."
    assert cause.ground_words == f"Clause 6.2, {contract.number}"

    pay(customer, 1239)
    assert state(second) == "held"
    hold.refresh_from_db()
    assert (hold.amount, hold.cleared_at) == (Decimal(1), None)

    pay(customer, 1)
    assert state(second) == "released"
    assert (second.release.kind, second.release.by) == (Release.Kind.SETTLED, "test")
    hold.refresh_from_db()
    assert hold.cleared_at is not None


def test_the_release_is_in_the_transaction_of_the_money():
    switch_on()
    contract = agreed(make.customer())
    delivered(contract)
    second = planned(contract)
    release(second)

    with transaction.atomic():
        pay(contract.customer, 1240)
        assert state(second) == "released"
        transaction.set_rollback(True)

    assert state(second) == "held"
    assert DueItem.objects.get().open_amount == Decimal(1240)


def test_a_new_installation_observes_and_keeps_nothing():
    contract = agreed(make.customer())
    delivered(contract)
    second = planned(contract)

    answer = release(second)

    assert (answer.may_leave, state(second)) == (True, "released")
    assert [cause.cause for cause in answer.observed] == ["settlement"]
    assert second.release.answer["causes"][0] == {
        "cause": "settlement", "kind": "earlier batch", "amount": "1240.000", "currency": "EUR", "observed": True,
    }  # fmt: skip


def test_a_cause_is_on_for_a_segment_from_a_day_and_off_for_another():
    switch_on("settlement", segment="trade")
    switch_on("settlement", segment="key account", mode="off")
    trade, key_account = (agreed(make.customer(segment=segment)) for segment in ("trade", "key account"))
    for contract in (trade, key_account):
        delivered(contract)

    assert not release(planned(trade)).may_leave
    assert release(planned(key_account)).causes == ()


def test_a_setting_of_the_gate_never_starts_in_the_past():
    with pytest.raises(modes.NotAMode, match="starts today or later"):
        modes.set_mode(
            cause="late", segment="", mode="on", starts_on=TUESDAY - timedelta(days=1), on=TUESDAY, by=make.BY
        )


def test_a_dispute_accepted_for_review_keeps_no_goods():
    switch_on()
    contract = agreed(make.customer())
    delivered(contract, on=TUESDAY - timedelta(days=60))
    second = planned(contract)
    assert {cause.cause for cause in release(second).holds} == {"settlement", "late"}

    cases.open_dispute(due_item=DueItem.objects.get(), amount=Decimal(1240), reason="quality", on=TUESDAY, by=make.BY)
    night.run(as_of=TUESDAY, by=make.BY)

    assert state(second) == "released"


def test_a_dispute_lets_goods_go_within_the_minute():
    switch_on()
    contract = agreed(make.customer())
    delivered(contract)
    night.run(as_of=TUESDAY, by=make.BY)
    second = planned(contract)
    release(second)

    cases.open_dispute(due_item=DueItem.objects.get(), amount=Decimal(1240), reason="quality", on=TUESDAY, by=make.BY)
    marks.fetch()

    assert state(second) == "released"


def test_of_two_waiting_batches_money_lets_the_first_go_and_the_second_waits_for_it():
    switch_on("settlement")
    contract = agreed(make.customer())
    delivered(contract)
    second, third = planned(contract), planned(contract)
    release(second), release(third)

    pay(contract.customer, 1240)

    assert (state(second), state(third)) == ("released", "held")


def test_without_automatic_release_the_hold_is_cleared_and_the_batch_waits_for_a_person(monkeypatch):
    from collections_app.policy import queries as policies
    from collections_app.policy.thresholds import Gate, Policy

    monkeypatch.setattr(policies, "in_force", lambda on: Policy(gate=Gate(automatic=False)))
    switch_on()
    contract = agreed(make.customer())
    delivered(contract)
    second = planned(contract)
    release(second)

    pay(contract.customer, 1240)

    assert state(second) == "held"
    assert not Hold.objects.filter(cleared_at=None).exists()
    assert release(second).may_leave


def test_a_batch_is_released_once():
    contract = agreed(make.customer())
    shipment = planned(contract)
    release(shipment)

    with pytest.raises(services.AlreadyLeft, match="was released on 24 Nov 2026 by test. Nothing was changed."):
        release(shipment)

    assert Release.objects.count() == 1


def test_an_override_has_a_right_a_reason_and_an_end():
    switch_on()
    contract = agreed(make.customer())
    delivered(contract)
    second = planned(contract)
    release(second)
    manager = make.manager()
    tomorrow = TUESDAY + timedelta(days=1)

    def overrides(by=manager, reason="Shelf empty at the flagship", ends_before=tomorrow):
        return services.override(shipment=second, reason=reason, ends_before=ends_before, on=TUESDAY, by=by)

    with pytest.raises(services.NotPermitted, match="Say why"):
        overrides(reason=" ")
    with pytest.raises(services.NotPermitted, match="ends after today"):
        overrides(ends_before=TUESDAY)
    with pytest.raises(services.NotPermitted, match="Your role may not"):
        overrides(by=make.rep())
    assert not GateOverride.objects.exists()

    assert overrides().may_leave
    assert (state(second), second.release.kind) == ("released", "override")
    assert Entry.objects.filter(verb="gate.overridden", actor_key=manager.username).exists()


def test_the_gate_answers_many_shipments_of_a_customer_with_the_same_number_of_questions(count_queries):
    contract = agreed(make.customer())
    delivered(contract)
    few = [planned(contract) for _ in range(2)]
    many = [planned(contract) for _ in range(20)]
    known = Shipment.objects.select_related("contract", "customer")

    def asks(rows):
        found = list(known.filter(pk__in=[row.pk for row in rows]))
        return count_queries(lambda: answers(found, as_of=TUESDAY))

    assert asks(few) == asks(many)


def test_the_command_says_what_keeps_a_batch_and_how_it_goes(capsys):
    import json

    switch_on()
    contract = agreed(make.customer())
    delivered(contract)
    second = planned(contract)

    with pytest.raises(SystemExit) as stopped:
        call_command("release_shipment", second.number, "--json")

    said = json.loads(capsys.readouterr().out)
    assert stopped.value.code == 1
    assert said["released"] is False
    assert [(one["cause"], one["ground"], one["way_out"]) for one in said["causes"]] == [
        ("settlement", f"Clause 6.2, {contract.number}", "€1,240.00 on INV-S-1 settles it.")
    ]
