"""The catalogue of standings, on the very day and around it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.policy.thresholds import Thresholds
from collections_app.standings.rules import Facts, Rule, Standing, standing_of

AS_OF = date(2026, 6, 30)
MOVED = AS_OF - timedelta(days=10)


def decide(days_late, **facts):
    facts = {"last_movement_on": MOVED} | facts
    due_date = None if days_late is None else AS_OF - timedelta(days=days_late)
    return standing_of(Facts(due_date=due_date, **facts), as_of=AS_OF, thresholds=Thresholds())


@pytest.mark.parametrize(
    ("days_late", "standing", "rule"),
    [
        (None, Standing.UNPAID, Rule.NO_DUE_DATE),
        (-30, Standing.UNPAID, Rule.NOT_LATE),
        (0, Standing.UNPAID, Rule.NOT_LATE),
        (1, Standing.OVERDUE, Rule.LATE),
        (59, Standing.OVERDUE, Rule.LATE),
        (60, Standing.QUASI_BAD, Rule.LATE_QUASI_BAD),
        (179, Standing.QUASI_BAD, Rule.LATE_QUASI_BAD),
        (180, Standing.BAD, Rule.LATE_BAD),
        (3000, Standing.BAD, Rule.LATE_BAD),
    ],
)
def test_age_alone_decides_where_the_customer_moves(days_late, standing, rule):
    decision = decide(days_late)

    assert (decision.standing, decision.rule) == (standing, rule)


@pytest.mark.parametrize(("silent", "standing"), [(364, Standing.OVERDUE), (365, Standing.DORMANT)])
def test_a_year_of_silence_makes_a_late_item_dormant(silent, standing):
    assert decide(5, last_movement_on=AS_OF - timedelta(days=silent)).standing == standing


def test_the_decision_names_the_rule_that_made_it():
    assert decide(5, last_movement_on=None).rule == Rule.NO_MOVEMENT
    assert decide(5, broken_promises=Thresholds().broken_promises).rule == Rule.BROKEN_PROMISES


def test_an_item_that_is_not_late_never_sleeps():
    assert decide(0, last_movement_on=None).standing == Standing.UNPAID


@pytest.mark.parametrize("fact", ["is_insolvent", "is_closed", "is_in_court"])
def test_a_failed_customer_is_bad_before_anything_is_late(fact):
    assert decide(-5, **{fact: True}).rule == Rule.CUSTOMER_FAILED
    assert decide(-5, **{fact: False}).standing == Standing.UNPAID


@pytest.mark.parametrize("fact", ["is_insolvent", "is_in_court", "is_handed_over"])
def test_who_is_in_other_hands_is_never_dormant(fact):
    assert decide(200, last_movement_on=None, **{fact: True}).standing == Standing.BAD


@pytest.mark.parametrize(
    ("fact", "rule"),
    [("has_severe_warning", Rule.SEVERE_WARNING), ("has_refused_balance", Rule.REFUSED_CONFIRMATION)],
)
@pytest.mark.parametrize(
    ("days_late", "standing"),
    [(0, Standing.UNPAID), (1, Standing.QUASI_BAD), (59, Standing.QUASI_BAD), (180, Standing.BAD)],
)
def test_a_severe_warning_or_a_refused_balance_makes_a_late_item_quasi_bad(fact, rule, days_late, standing):
    decision = decide(days_late, **{fact: True})

    assert decision.standing == standing
    assert (decision.rule == rule) is (1 <= days_late < 60)


@pytest.mark.parametrize("standing", list(Standing))
def test_what_a_person_decides_comes_before_every_rule(standing):
    decision = decide(400, override=standing, is_insolvent=True, last_movement_on=None)

    assert (decision.standing, decision.rule) == (standing, Rule.OVERRIDE)


@pytest.mark.parametrize(
    ("broken", "days_late", "standing"),
    [(1, 5, Standing.OVERDUE), (2, 5, Standing.QUASI_BAD), (2, 0, Standing.UNPAID), (9, 200, Standing.BAD)],
)
def test_two_broken_promises_make_a_late_item_quasi_bad(broken, days_late, standing):
    assert decide(days_late, broken_promises=broken).standing == standing


@given(st.integers(0, 2000), st.integers(0, 5), st.booleans())
def test_a_standing_never_improves_with_age(days_late, broken, closed):
    facts = {"broken_promises": broken, "is_closed": closed}
    order = [Standing.UNPAID, Standing.OVERDUE, Standing.QUASI_BAD, Standing.BAD]

    younger, older = decide(days_late, **facts).standing, decide(days_late + 1, **facts).standing

    assert order.index(older) >= order.index(younger)
