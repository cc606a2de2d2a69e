"""What leads out of a standing: whatever is offered really makes it better, and what makes nothing better is not."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collections_app.policy.thresholds import Thresholds
from collections_app.standings.evidence import Answered, Broken, Decided, Evidence, Movement, Ran, Severe
from collections_app.standings.rules import Rule, Standing
from collections_app.standings.ways_out import Promised, Step, applied, is_better, paid, ways_out

AS_OF = date(2026, 6, 30)
LIMITS = Thresholds()


def ago(days):
    return AS_OF - timedelta(days=days)


def owed(days_late, *, moved=10, **rows):
    due_date = None if days_late is None else ago(days_late)
    return Evidence(
        issued_on=ago(1500),
        amount=Decimal(100),
        agreed_due_date=due_date,
        movements=() if moved is None else (Movement(ago(moved), "payment", 1),),
        **rows,
    )


def ways(evidence, **values):
    return ways_out(evidence, as_of=AS_OF, thresholds=LIMITS, **values)


def steps(evidence, **values):
    return [[done.step for done in way.steps] for way in ways(evidence, **values)]


REFUSED = (Answered(ago(20), True, 1),)
WARNED = (Severe(ago(20), AS_OF + timedelta(days=30), 1),)
IN_COURT = (Ran("in court", ago(20), None),)
BROKEN = (Broken(ago(175), 1), Broken(ago(20), 2))


@pytest.mark.parametrize(
    ("evidence", "rule", "wanted"),
    [
        (owed(None), Rule.NO_DUE_DATE, []),
        (owed(-3), Rule.NOT_LATE, [["pay"]]),
        (owed(5), Rule.LATE, [["pay"]]),
        (owed(70), Rule.LATE_QUASI_BAD, [["pay"]]),
        (owed(200), Rule.LATE_BAD, [["pay"]]),
        (owed(5, answers=REFUSED), Rule.REFUSED_CONFIRMATION, [["confirm"], ["pay"]]),
        (owed(5, severe=WARNED), Rule.SEVERE_WARNING, [["clear warning"], ["pay"], ["wait"]]),
        (owed(5, broken=BROKEN), Rule.BROKEN_PROMISES, [["pay"], ["wait"]]),
        (owed(5, conditions=IN_COURT), Rule.CUSTOMER_FAILED, [["end condition"], ["pay"]]),
        (owed(200, conditions=IN_COURT), Rule.CUSTOMER_FAILED, [["pay"]]),
        (owed(200, moved=400), Rule.NO_MOVEMENT, [["move"], ["pay"]]),
    ],
)
def test_each_rule_is_left_by_what_it_names_and_by_payment(evidence, rule, wanted):
    assert evidence.decided_on(AS_OF, LIMITS).rule == rule
    assert steps(evidence) == wanted


def test_two_causes_are_taken_away_together():
    both = owed(5, severe=WARNED, answers=REFUSED)

    assert steps(both) == [["clear warning", "confirm"], ["pay"]]
    assert ways(both)[0].gives is Standing.OVERDUE


def test_a_cause_that_stays_behind_another_one_offers_nothing():
    """The warning gone, two broken promises would still make it quasi-bad: only payment helps, or time."""
    [way, *_] = ways(owed(5, severe=WARNED, broken=(Broken(ago(20), 1), Broken(ago(10), 2))))

    assert [done.step for done in way.steps] == [Step.PAY]


@pytest.mark.parametrize(
    ("days_late", "until", "worse"),
    [
        (-3, AS_OF + timedelta(days=3), Standing.OVERDUE),
        (0, AS_OF, Standing.OVERDUE),
        (1, AS_OF + timedelta(days=58), Standing.QUASI_BAD),
        (59, AS_OF, Standing.QUASI_BAD),
        (60, AS_OF + timedelta(days=119), Standing.BAD),
        (180, None, None),
    ],
)
def test_payment_is_asked_for_before_the_standing_gets_worse(days_late, until, worse):
    [way] = ways(owed(days_late))

    assert (way.amount, way.until, way.worse) == (Decimal(100), until, worse)


def test_an_override_that_is_harder_than_the_rules_ends_by_itself():
    decided = Decided(Standing.BAD, ago(5), AS_OF + timedelta(days=9), 1)

    [pay, wait] = ways(owed(5, overrides=(decided,)))

    assert (pay.until, wait.on, wait.gives) == (None, AS_OF + timedelta(days=9), Standing.OVERDUE)


def test_an_override_that_is_milder_than_the_rules_gives_time_to_pay():
    decided = Decided(Standing.UNPAID, ago(5), AS_OF + timedelta(days=9), 1)

    [pay] = ways(owed(70, overrides=(decided,)))

    assert (pay.until, pay.worse) == (AS_OF + timedelta(days=8), Standing.QUASI_BAD)


def test_a_promise_of_all_that_is_open_is_kept_first():
    promised = Promised(Decimal(100), AS_OF + timedelta(days=4), 7)

    assert steps(owed(5), promised=[promised]) == [["keep promise"], ["pay"]]
    assert steps(owed(5), promised=[Promised(Decimal(99), promised.on, 7)]) == [["pay"]]
    assert steps(owed(5), promised=[Promised(Decimal(100), ago(1), 7)]) == [["pay"]]


def test_what_is_settled_needs_no_way_out():
    assert ways(paid(owed(70), AS_OF)) == []


KINDS = ["insolvent", "closed", "in court", "handed over", "assigned"]


@st.composite
def anything(draw):
    """A late or nearly late item about which anything may be known."""
    kinds = draw(st.sets(st.sampled_from(KINDS)))
    broken = draw(st.lists(st.integers(0, 200), max_size=4))
    warned = draw(st.lists(st.integers(1, 90), max_size=2))
    decided = draw(st.none() | st.sampled_from(list(Standing)))
    return owed(
        draw(st.integers(-5, 500)),
        moved=draw(st.sampled_from([None, 0, 364, 365, 366, 900])),
        conditions=tuple(Ran(kind, ago(3), None) for kind in sorted(kinds)),
        broken=tuple(Broken(ago(days), key) for key, days in enumerate(broken)),
        severe=tuple(Severe(ago(3), AS_OF + timedelta(days=days), key) for key, days in enumerate(warned)),
        answers=REFUSED if draw(st.booleans()) else (),
        overrides=(Decided(decided, ago(3), AS_OF + timedelta(days=10), 1),) if decided else (),
    )


@given(anything())
def test_whatever_is_offered_makes_the_standing_better(evidence):
    now = evidence.decided_on(AS_OF, LIMITS).standing

    found = ways(evidence)

    assert any(way.steps[0].step is Step.PAY for way in found)
    for way in found:
        day, changed = way.on or AS_OF, evidence
        for done in way.steps:
            changed = applied(changed, done, day)
        after = changed.decided_on(day, LIMITS)
        assert (after.standing if after else None) == way.gives
        assert is_better(way.gives, now)


def test_since_counts_the_unbroken_time_of_the_standing():
    assert owed(70).since(AS_OF, LIMITS) == ago(10)
    assert owed(5).since(AS_OF, LIMITS) == ago(4)
    assert owed(70, conditions=(Ran("in court", ago(3), None),)).since(AS_OF, LIMITS) == ago(3)


def walked(evidence):
    """Day by day."""
    found, first = evidence.decided_on(AS_OF, LIMITS), AS_OF
    while (before := evidence.decided_on(first - timedelta(days=1), LIMITS)) and before.standing == found.standing:
        first -= timedelta(days=1)
    return first


@st.composite
def anything_before(draw):
    """The same with a past: movements and long silences, moved due dates, parts paid, ended conditions."""
    days = st.integers(0, 1400)
    moved = sorted(draw(st.lists(days, max_size=4)), reverse=True)
    due = sorted(draw(st.lists(st.tuples(days, st.integers(-5, 900)), max_size=2)), reverse=True)
    ended = draw(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(5, 300), st.integers(1, 5)), max_size=2))
    found = draw(anything())
    return replace(
        found,
        movements=tuple(Movement(ago(on), "payment", key) for key, on in enumerate(moved)),
        due_dates=tuple((ago(since), ago(late)) for since, late in due),
        applied=((ago(draw(days)), Decimal(draw(st.sampled_from([40, 100])))), (ago(2), Decimal(10))),
        conditions=(*found.conditions, *(Ran(kind, ago(begun), ago(begun - long)) for kind, begun, long in ended)),
    )


@settings(max_examples=60)
@given(anything_before())
def test_since_is_found_on_the_days_that_matter_as_by_walking_every_day(evidence):
    if evidence.decided_on(AS_OF, LIMITS) is not None:
        assert evidence.since(AS_OF, LIMITS) == walked(evidence)
