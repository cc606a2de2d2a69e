"""May this batch leave? Each cause on the very day and at the very cent, as a dispatcher would argue it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.gate import grounds, rules
from collections_app.gate.rules import Batch, Cause, Facts, LateItem, LimitFacts, RampFacts, Thresholds

TODAY = date(2026, 11, 24)
USUAL = Thresholds(late_from=15, tolerance=Decimal("0.00"))
PLAIN = Facts(amount=Decimal(1000), amount_in_base=Decimal(1000), currency="EUR", method="net")


def said(facts, thresholds=USUAL, on=TODAY):
    return [(held.cause, held.kind, held.amount) for held in rules.causes(facts, thresholds, on)]


def batches(*amounts):
    return [Batch(place, f"S-{place}", f"INV-{place}", Decimal(amount)) for place, amount in enumerate(amounts, 1)]


def test_a_customer_in_order_gets_its_goods():
    assert said(PLAIN) == []


@pytest.mark.parametrize(
    ("open_amounts", "may_be_open", "expected"),
    [
        ((), 1, None),
        (("0.01",), 1, "0.01"),
        (("1240.00",), 1, "1240.00"),
        (("1240.00", "600.00"), 1, "1840.00"),
        (("1240.00",), 2, None),
        (("1240.00", "600.00"), 2, "1240.00"),
        (("1240.00", "600.00", "10.00"), 2, "1840.00"),
        (("1240.00", "600.00", "10.00"), 3, "1240.00"),
    ],
)
def test_a_batch_waits_while_more_earlier_ones_are_open_than_agreed(open_amounts, may_be_open, expected):
    facts = replace(PLAIN, method="two_deliveries", open_batches=may_be_open, earlier=batches(*open_amounts))

    kept = said(facts)

    assert kept == ([(Cause.SETTLEMENT, "earlier batch", Decimal(expected))] if expected else [])


@pytest.mark.parametrize(("left", "is_kept"), [("0.99", False), ("1.00", False), ("1.01", True)])
def test_a_rest_within_the_tolerance_keeps_nothing(left, is_kept):
    facts = replace(PLAIN, method="two_deliveries", earlier=batches(left))

    assert bool(said(facts, Thresholds(15, Decimal("1.00")))) is is_kept


def test_the_way_out_names_the_oldest_batches_that_must_be_settled():
    facts = replace(PLAIN, method="two_deliveries", open_batches=2, earlier=batches(1240, 600, 10))

    [held] = rules.causes(facts, USUAL, TODAY)

    assert held.facts == {"documents": "INV-1, INV-2"}


@pytest.mark.parametrize(
    ("share", "prepaid", "missing"),
    [("1", "0", "1000.00"), ("1", "999.99", "0.01"), ("0.3", "299.99", "0.01"), ("0.3", "300.00", None)],
)
def test_goods_in_advance_leave_when_money_covers_the_share(share, prepaid, missing):
    facts = replace(PLAIN, method="in_advance", share=Decimal(share), prepaid=Decimal(prepaid))

    assert [amount for _cause, _kind, amount in said(facts)] == ([Decimal(missing)] if missing else [])


def test_after_a_hand_over_without_receipt_the_next_cash_shipment_waits():
    facts = replace(PLAIN, method="cash_on_delivery", unreceipted="S-7")

    assert said(facts) == [(Cause.SETTLEMENT, "no receipt", None)]


@pytest.mark.parametrize(("days", "is_kept"), [(14, False), (15, True)])
def test_what_is_late_keeps_goods_from_the_day_of_the_policy_on(days, is_kept):
    facts = replace(PLAIN, late=[LateItem("INV-1", Decimal(50), "EUR", days)])

    assert bool(said(facts)) is is_kept


def test_late_items_are_named_per_currency_and_never_added_across():
    late = [LateItem("INV-1", Decimal(50), "EUR", 20), LateItem("INV-2", Decimal(70), "USD", 16)]

    kept = rules.causes(replace(PLAIN, late=late), USUAL, TODAY)

    assert [(held.amount, held.currency, held.facts["documents"]) for held in kept] == [
        (Decimal(50), "EUR", "INV-1"),
        (Decimal(70), "USD", "INV-2"),
    ]


@pytest.mark.parametrize(("exposure", "amount"), [("1000", None), ("1000.01", "0.01"), ("2500", "1500.00")])
def test_a_batch_above_the_limit_waits_for_the_difference(exposure, amount):
    limit = LimitFacts(Decimal(2000), Decimal(exposure), "EUR")

    assert [each for _cause, _kind, each in said(replace(PLAIN, limits=[limit]))] == (
        [Decimal(amount)] if amount else []
    )


def test_of_the_limits_of_customer_and_group_the_tighter_one_speaks():
    own, group = (
        LimitFacts(Decimal(1500), Decimal(700), "EUR"),
        LimitFacts(Decimal(900), Decimal(800), "EUR", of_group="Sol"),
    )

    [held] = rules.causes(replace(PLAIN, limits=[own, group]), USUAL, TODAY)

    assert (held.amount, held.facts["of"]) == (Decimal(900), "Sol")


def test_a_missing_rate_keeps_the_batch_and_names_the_currency():
    limit = LimitFacts(Decimal(2000), None, "EUR", missing_rate="USD")

    [held] = rules.causes(replace(PLAIN, limits=[limit]), USUAL, TODAY)

    assert (held.cause, held.kind, held.facts["missing"]) == (Cause.LIMIT, "no rate", "USD")


def test_a_contract_that_is_not_executed_gives_no_credit_and_prepaid_goods_leave_all_the_same():
    facts = replace(PLAIN, is_executed=False)

    assert said(facts) == [(Cause.EXECUTION, "not executed", None)]
    assert said(replace(facts, prepaid=Decimal(1000))) == []


@pytest.mark.parametrize(("cure_by", "is_kept"), [(None, True), ("2026-11-23", True), ("2026-11-24", False)])
def test_a_customer_without_contract_is_only_marked_until_the_day_to_cure(cure_by, is_kept):
    facts = replace(PLAIN, has_contract=False, cure_by=date.fromisoformat(cure_by) if cure_by else None)

    assert bool(said(facts)) is is_kept


def test_a_new_customer_waits_for_its_check_and_then_for_what_it_has_earned():
    ramp = RampFacts(Decimal(1250), Decimal(500), "EUR", settled_on_time=3, steps=6)

    assert said(replace(PLAIN, ramp=ramp)) == [(Cause.RAMP, "above ramp", Decimal(250))]
    assert said(replace(PLAIN, ramp=replace(ramp, check_waits=True))) == [(Cause.RAMP, "check waits", None)]
    assert said(replace(PLAIN, ramp=replace(ramp, check_refused=True))) == [(Cause.RAMP, "check refused", None)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"ended_on": date(2026, 11, 1)}, "ended"),
        ({"notify_missed": "INV-9"}, "not told"),
        ({"overdue_extension": 12}, "extension too long"),
        ({"exposure": Decimal(4900)}, "above limit"),
        ({}, None),
    ],
)
def test_the_insurer_keeps_goods_by_his_own_terms(values, kind):
    limit = replace(LimitFacts(Decimal(5000), Decimal(100), "EUR", insurer="Atradius"), **values)

    assert [found for _cause, found, _amount in said(replace(PLAIN, limits=[limit]))] == ([kind] if kind else [])


def test_whoever_is_lost_gets_goods_against_payment_in_advance_alone():
    assert said(replace(PLAIN, lost_because="insolvent")) == [(Cause.WARNING, "insolvent", None)]


def test_a_batch_with_several_causes_names_them_all():
    facts = replace(
        PLAIN,
        method="two_deliveries",
        earlier=batches(100),
        late=[LateItem("INV-1", Decimal(100), "EUR", 40)],
        lost_because="in court",
        is_executed=False,
        limits=[LimitFacts(Decimal(500), Decimal(100), "EUR")],
    )

    assert [cause for cause, _kind, _amount in said(facts)] == [
        Cause.SETTLEMENT, Cause.LIMIT, Cause.LATE, Cause.WARNING, Cause.EXECUTION,
    ]  # fmt: skip


amounts = st.decimals(min_value=0, max_value=100_000, places=2)


@given(open_amounts=st.lists(amounts, max_size=6), may_be_open=st.integers(1, 4), paid=amounts, place=st.integers(0, 5))
def test_money_never_makes_a_batch_wait_longer(open_amounts, may_be_open, paid, place):
    """Monotone: settling more of an earlier batch keeps no more than before."""
    facts = replace(PLAIN, method="two_deliveries", open_batches=may_be_open, earlier=batches(*open_amounts))
    after = [max(Decimal(0), amount - paid) if index == place else amount for index, amount in enumerate(open_amounts)]

    before_kept = rules.causes(facts, USUAL, TODAY)
    after_kept = rules.causes(replace(facts, earlier=batches(*after)), USUAL, TODAY)

    assert len(after_kept) <= len(before_kept)


@given(open_amounts=st.lists(amounts, max_size=6), may_be_open=st.integers(1, 4))
def test_paying_what_the_way_out_names_lets_the_batch_go(open_amounts, may_be_open):
    facts = replace(PLAIN, method="two_deliveries", open_batches=may_be_open, earlier=batches(*open_amounts))
    for held in rules.causes(facts, USUAL, TODAY):
        named = set(held.facts["documents"].split(", "))
        settled = [replace(batch, open=Decimal(0)) if batch.invoice in named else batch for batch in facts.earlier]

        assert held.amount == sum(batch.open for batch in facts.earlier if batch.invoice in named)
        assert rules.causes(replace(facts, earlier=settled), USUAL, TODAY) == []


@pytest.mark.parametrize("country", ["CN", "DE", "ES", "IE", "GB", "US", "ZA"])
@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_a_ground_everywhere(cause, country):
    found = grounds.ground_of(cause, contract="C-31", clause="6.2", country=country, ladder_clause="9")

    assert found.kind
    assert found.text
