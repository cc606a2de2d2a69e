"""Each cause with all that its sentence needs: what settles it, in which currency, and the facts it names."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collections_app.gate import rules
from collections_app.gate.rules import Batch, Cause, Facts, Held, LateItem, LimitFacts, RampFacts, Thresholds

TODAY, YESTERDAY = date(2026, 11, 24), date(2026, 11, 23)
USUAL = Thresholds(late_from=15, tolerance=Decimal("0.00"))
PLAIN = Facts(amount=Decimal(1000), amount_in_base=Decimal(900), currency="USD", method="net")
RAMP = RampFacts(Decimal(2000), Decimal(1100), "EUR", settled_on_time=1, steps=4)
EARNED = {"settled": "1", "steps": "4", "limit": "2000", "currency": "EUR"}
LIMIT = LimitFacts(Decimal(5000), Decimal(4100), "EUR")
OF_LIMIT = {"limit": "5000", "currency": "EUR", "of": "", "insurer": ""}
INSURED = replace(LIMIT, insurer="Atradius")
OF_INSURER = OF_LIMIT | {"insurer": "Atradius"}


def held(**facts):
    return rules.causes(replace(PLAIN, **facts), USUAL, TODAY)


# What a new customer has earned


@pytest.mark.parametrize(
    ("ramp", "expected"),
    [
        (None, []),
        (RAMP, []),
        (replace(RAMP, exposure=Decimal("1100.01")), [("above ramp", Decimal("0.01"), EARNED)]),
        (replace(RAMP, exposure=None), [("no rate", None, EARNED | {"missing": "USD"})]),
    ],
)
def test_a_new_customer_gets_what_it_has_earned_to_the_cent(ramp, expected):
    assert held(ramp=ramp) == [Held(Cause.RAMP, kind, amount, "EUR", facts) for kind, amount, facts in expected]


def test_a_batch_whose_currency_has_no_rate_waits_for_one_on_the_ramp_as_well():
    assert held(ramp=RAMP, amount_in_base=None) == [
        Held(Cause.RAMP, "no rate", None, "EUR", EARNED | {"missing": "USD"})
    ]


def test_on_the_ramp_the_currency_that_has_no_rate_is_named_and_not_that_of_the_batch():
    in_base = {"amount_in_base": Decimal(300), "currency": "EUR"}
    found = held(ramp=replace(RAMP, exposure=None, missing_rate="USD"), **in_base)

    assert found == [Held(Cause.RAMP, "no rate", None, "EUR", EARNED | {"missing": "USD"})]


def test_a_check_that_was_refused_speaks_before_one_that_waits_and_both_before_amounts():
    far_above = replace(RAMP, exposure=Decimal(9999))

    assert held(ramp=replace(far_above, check_waits=True)) == [Held(Cause.RAMP, "check waits")]
    assert held(ramp=replace(far_above, check_waits=True, check_refused=True)) == [Held(Cause.RAMP, "check refused")]


# Limits


@pytest.mark.parametrize(("exposure", "above"), [("4100", None), ("4100.01", "0.01"), ("9000", "4900")])
def test_a_limit_names_what_stands_against_it_and_what_would_settle_it(exposure, above):
    found = held(limits=[replace(LIMIT, exposure=Decimal(exposure), of_group="Harbour")])

    facts = OF_LIMIT | {"of": "Harbour", "exposure": exposure}
    assert found == ([Held(Cause.LIMIT, "above limit", Decimal(above), "EUR", facts)] if above else [])


@pytest.mark.parametrize(("missing_rate", "named"), [("CHF", "CHF"), ("", "USD")])
def test_a_limit_without_a_rate_names_the_currency_that_lacks_it(missing_rate, named):
    found = held(limits=[replace(LIMIT, exposure=None, missing_rate=missing_rate)])

    assert found == [Held(Cause.LIMIT, "no rate", None, "EUR", OF_LIMIT | {"missing": named})]


def test_a_batch_whose_own_currency_has_no_rate_waits_at_the_limit():
    found = held(limits=[LIMIT], amount_in_base=None)

    assert found == [Held(Cause.LIMIT, "no rate", None, "EUR", OF_LIMIT | {"missing": "USD"})]


def test_of_several_limits_the_one_that_nobody_can_compute_speaks_then_the_one_exceeded_most():
    near, far = (replace(LIMIT, exposure=Decimal(one), of_group=str(one)) for one in (4200, 4900))

    assert [one.amount for one in held(limits=[near, far])] == [Decimal(800)]
    assert [one.kind for one in held(limits=[near, far, replace(LIMIT, exposure=None)])] == ["no rate"]


# The insurer


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ended_on": YESTERDAY}, ("ended", None, "", {"insurer": "Atradius", "day": "2026-11-23"})),
        ({"notify_missed": "INV-7"}, ("not told", None, "", {"insurer": "Atradius", "documents": "INV-7"})),
        ({"overdue_extension": 9}, ("extension too long", None, "", {"insurer": "Atradius", "days": "9"})),
        (
            {"exposure": Decimal(4200)},
            ("above limit", Decimal(100), "EUR", OF_INSURER | {"exposure": "4200"}),
        ),
    ],
)
def test_the_insurer_is_named_with_what_he_asks_for(values, expected):
    kind, amount, currency, facts = expected

    assert held(limits=[replace(INSURED, **values)]) == [Held(Cause.INSURER, kind, amount, currency, facts)]


def test_of_the_insurers_causes_the_first_speaks_and_an_uninsured_limit_before_it_does_not_hide_it():
    over, too_long = replace(INSURED, ended_on=YESTERDAY), replace(INSURED, overdue_extension=9)

    assert [one.kind for one in held(limits=[LIMIT, over, too_long])] == ["ended"]
    assert held(limits=[INSURED]) == []


# Late, lost, unexecuted, rungs


def test_late_items_are_named_once_each_with_the_days_of_the_oldest():
    late = [LateItem("INV-1", Decimal(40), "USD", 30), LateItem("INV-2", Decimal(7), "USD", 15),
            LateItem("INV-1", Decimal(3), "USD", 15), LateItem("INV-3", Decimal(5), "USD", 14)]  # fmt: skip

    assert held(late=late) == [
        Held(Cause.LATE, "late", Decimal(50), "USD", {"documents": "INV-1, INV-2", "days": "30"})
    ]


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"has_contract": False}, "no contract"),
        ({"has_contract": False, "cure_by": YESTERDAY}, "no contract"),
        ({"has_contract": False, "cure_by": TODAY}, None),
        ({"is_executed": False}, "not executed"),
        ({"is_executed": False, "has_accepted_terms": False}, "not executed"),
        ({"has_accepted_terms": False}, "terms not accepted"),
    ],
)
def test_without_a_binding_contract_nothing_but_a_signature_helps(facts, kind):
    assert held(**facts) == ([Held(Cause.EXECUTION, kind)] if kind else [])


def test_a_lost_customer_and_a_rung_are_named_by_their_own_words():
    assert held(lost_because="insolvent") == [Held(Cause.WARNING, "insolvent")]
    assert held(over_rung="too large", rung=2) == [Held(Cause.LADDER, "too large", facts={"rung": "2"})]


# Settlement


@pytest.mark.parametrize(
    ("share", "prepaid", "missing"),
    [("1", "0", "1000"), ("0.3", "299.99", "0.01"), ("0.3", "300", None), ("1", "999.99", "0.01")],
)
def test_money_in_advance_is_asked_for_in_the_currency_of_the_order(share, prepaid, missing):
    found = held(method="in_advance", share=Decimal(share), prepaid=Decimal(prepaid))

    assert found == ([Held(Cause.SETTLEMENT, "not prepaid", Decimal(missing), "USD")] if missing else [])


def test_a_hand_over_without_receipt_names_its_shipment_and_only_for_cash_at_the_door():
    assert held(method="cash_on_delivery", unreceipted="S-4") == [
        Held(Cause.SETTLEMENT, "no receipt", facts={"shipment": "S-4"})
    ]
    assert held(method="cash_on_delivery") == held(method="net", unreceipted="S-4") == []


def test_batches_are_named_by_their_invoice_and_before_it_by_their_number():
    earlier = [Batch(1, "S-1", "INV-1", Decimal(10)), Batch(2, "S-2", "", Decimal(5))]

    assert held(method="two_deliveries", earlier=earlier) == [
        Held(Cause.SETTLEMENT, "earlier batch", Decimal(15), "USD", {"documents": "INV-1, S-2"})
    ]


@pytest.mark.parametrize(
    ("amount", "prepaid", "is_prepaid"),
    [("10", "10", True), ("10", "9.99", False), ("0", "0", False), ("0.01", "5", True)],
)
def test_goods_are_prepaid_when_money_covers_them_all(amount, prepaid, is_prepaid):
    facts = replace(PLAIN, amount=Decimal(amount), prepaid=Decimal(prepaid), lost_because="closed")

    assert rules.is_prepaid(facts) is is_prepaid
    assert bool(rules.causes(facts, USUAL, TODAY)) is not is_prepaid
