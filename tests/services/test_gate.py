"""The gate in front of every shipment: what it keeps, what lets it go, and in which transaction."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction

from audit.models import Entry
from collections_app import marks, night
from collections_app.cases import services as cases
from collections_app.cases.models import EarlyWarning
from collections_app.gate import modes, services
from collections_app.gate.models import CauseChoices, GateOverride, Hold
from collections_app.gate.queries import answers
from common import clock
from contracts import services as contracts
from contracts.models import Contract, Release, Shipment
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def house(db):
    """What a new customer may owe is told elsewhere; here everybody is known for long."""
    make.business()
    switch_on("ramp", mode="off")


def switch_on(*causes, segment="", mode="on"):
    for cause in causes or set(CauseChoices.values) - {"ramp"}:
        modes.set_mode(cause=cause, segment=segment, mode=mode, starts_on=TUESDAY, on=TUESDAY, by=make.BY)


def agreed(customer, method="two_deliveries", **values):
    parameters = {"two_deliveries": {"max_days": 30}, "net": {"days": 30}, "in_advance": {"share": "1"}}
    return contracts.agree(
        contract=Contract(
            **{
                "customer": customer,
                "number": f"C-{customer.code}",
                "state": "active",
                "starts_on": date(2024, 1, 1),
                "currency": "EUR",
                "method": method,
                "parameters": parameters.get(method, {}),
                "settlement_clause": "6.2",
                "execution": "signature",
                "terms_accepted_on": date(2024, 1, 1),
                "terms_accepted_by": "Lucía Ortega",
            }
            | values
        ),
        by=make.BY,
    )


def delivered(contract, amount=1240, *, on=TUESDAY - timedelta(days=10), due_date=None, invoiced=True):
    """A batch that has left, usually with its invoice."""
    number = f"S-{Shipment.objects.count() + 1}"
    [shipment] = services.take_over(
        shipments=[
            Shipment(
                customer=contract.customer, contract=contract, number=number, asked_on=on, delivered_on=on,
                currency="EUR", amount=Decimal(amount), batch=contract.shipments.count() + 1,
            )
        ],
        by=make.BY,
    )  # fmt: skip
    if invoiced:
        make.invoice(
            contract.customer, amount, due_date=due_date or on + timedelta(days=30), issued_on=on,
            number=f"INV-{number}", shipment=shipment.pk,
        )  # fmt: skip
    return shipment


def planned(contract, amount=1000, *, on=TUESDAY):
    return Shipment.objects.create(
        customer=contract.customer,
        contract=contract,
        number=f"S-{Shipment.objects.count() + 1}",
        asked_on=on,
        currency="EUR",
        amount=Decimal(amount),
        batch=contract.shipments.count() + 1,
    )


def release(shipment):
    return services.release(shipment=shipment, on=TUESDAY, by=make.BY)


def state(shipment):
    shipment.refresh_from_db()
    return shipment.state


def pay(customer, amount, **values):
    return make.payment(customer, amount, received_on=TUESDAY, **values)


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

    assert state(order) == "released"


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


def test_cash_goods_that_were_paid_for_before_they_left_keep_nothing():
    switch_on("settlement")
    customer = make.customer()
    contract = agreed(customer, "cash_on_delivery")
    first, second = planned(contract, 300), planned(contract, 200)
    pay(customer, 300, reference=first.number)
    assert release(first).may_leave

    assert release(second).may_leave


def priced(price="11.00", **values):
    """Ten bottles, at a price that may not be the agreed one of 10.00."""
    contract = make.contract(make.customer(), price="10.00", **values)
    lines = [(make.product(), Decimal(10), Decimal(price))]
    return services.ask_next(contract=contract, lines=lines, on=TUESDAY, by=make.BY)


def test_a_price_that_is_not_the_agreed_one_keeps_the_batch_also_in_a_new_installation():
    shipment = priced()

    answer = release(shipment)

    assert (state(shipment), [cause.cause for cause in answer.holds]) == ("held", ["price"])
    [held] = answer.holds
    assert held.sentence == "Water stands at €11.00, and €10.00 is agreed."
    assert "at the agreed price, or a release against the gate" in held.way_out
    assert release(priced("10.00")).may_leave


def test_somebody_with_the_right_accepts_the_price_with_a_reason():
    shipment = priced()
    release(shipment)

    said = {"reason": "Small bottles this time", "ends_before": TUESDAY + timedelta(days=1)}
    services.override(shipment=shipment, **said, on=TUESDAY, by=make.manager())

    assert state(shipment) == "released"


def test_a_price_that_was_agreed_since_lets_the_batch_go():
    shipment = priced()
    release(shipment)

    contracts.set_price(
        contract=shipment.contract,
        product=make.product(),
        unit_price=Decimal("11.00"),
        starts_on=shipment.asked_on,
        by=make.BY,
    )

    assert release(shipment).may_leave


def test_a_wrong_price_keeps_neither_prepaid_goods_nor_a_gift_nor_a_product_without_an_agreed_price():
    prepaid = priced()
    pay(prepaid.customer, prepaid.amount, reference=prepaid.number)
    assert release(prepaid).may_leave

    contract = make.contract(make.customer(), price="10.00")
    lines = [(make.product("JUICE"), Decimal(1), Decimal(9)), (make.product(), Decimal(1), Decimal(0))]
    other = services.ask_next(contract=contract, lines=lines, on=TUESDAY, by=make.BY)
    assert release(other).may_leave


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
