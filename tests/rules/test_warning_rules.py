"""Signs in the book: each on its edge, none from too few observations, none from a day that has not come."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collections_app.cases import warning_rules as rules
from collections_app.cases import warning_words as words
from collections_app.cases.warning_watch import (
    PERIODS,
    Due,
    Facts,
    FirstOrder,
    Kind,
    Purchases,
    Severity,
    Watch,
)

AS_OF = date(2026, 11, 24)
WATCH = Watch()


def ago(days):
    return AS_OF - timedelta(days=days)


def bought(now, usual=100, *, orders=2, periods=PERIODS, **at):
    """So much in the newest periods (a list), the usual in all others but those named."""
    newest = now if isinstance(now, list) else [now]
    sums = [Decimal(amount) for amount in newest + [usual] * (periods - len(newest))]
    for place, amount in at.items():
        sums[int(place.removeprefix("p"))] = Decimal(amount)
    return Purchases("EUR", tuple(sums), tuple(orders if amount else 0 for amount in sums))


def paid(*late, every=10, last=10):
    """Items due every so many days until so many days ago, oldest first, with the days late; None: open."""
    found = []
    for place, days in enumerate(late):
        due_on = ago(last + every * (len(late) - 1 - place))
        found.append(Due(due_on, None if days is None else due_on + timedelta(days=days)))
    return tuple(found)


def facts(**values):
    return Facts(as_of=AS_OF, **values)


# Off season


def test_purchases_off_season_start_at_a_multiple_of_the_largest_period_before():
    most = WATCH.off_season_times * 100
    assert rules.off_season(facts(purchases=(bought(most - 1),)), WATCH) is None

    found = rules.off_season(facts(purchases=(bought(most),)), WATCH)

    assert (found.kind, found.severity) == (Kind.OFF_SEASON, Severity.MARKED)
    assert found.evidence == {
        "amount": str(most),
        "usual": "100",
        "currency": "EUR",
        "since": "2026-10-26",
        "until": "2026-11-24",
    }


def test_the_same_season_of_a_year_before_is_no_surprise():
    assert rules.off_season(facts(purchases=(bought(500, p12=400),)), WATCH) is None
    assert rules.off_season(facts(purchases=(bought(500, p24=400),)), WATCH) is None


def test_far_above_it_is_severe():
    found = rules.off_season(facts(purchases=(bought(WATCH.off_season_severe * 100),)), WATCH)

    assert found.severity == Severity.SEVERE


# Drop


def test_a_drop_is_one_from_a_fraction_of_the_usual_on():
    at_edge = WATCH.drop_to * 200
    assert rules.sudden_drop(facts(purchases=(bought([at_edge + 1, 0], orders=4),)), WATCH) is None

    found = rules.sudden_drop(facts(purchases=(bought([at_edge, 0], orders=4),)), WATCH)

    assert (found.kind, found.severity) == (Kind.SUDDEN_DROP, Severity.SLIGHT)


def test_nothing_at_all_is_more_than_a_slight_sign():
    assert rules.sudden_drop(facts(purchases=(bought([0, 0], orders=4),)), WATCH).severity == Severity.MARKED


def test_a_shop_that_is_shut_in_this_season_every_year_has_not_dropped():
    winter = {f"p{place}": 0 for place in (11, 12, 13, 14)}
    assert rules.sudden_drop(facts(purchases=(bought([0, 0], orders=4, **winter),)), WATCH) is None


def test_while_something_is_late_and_nobody_answers_a_smaller_drop_is_enough():
    dropped = facts(purchases=(bought([WATCH.drop_to_late * 200, 0], orders=4),))
    late = paid(*[0] * 10, None, last=WATCH.drift_days)
    silent = {"unreached": (ago(20), ago(10)), "contacts": 10, "reached": 9}

    assert rules.sudden_drop(replace(dropped, due=late), WATCH) is None
    assert rules.sudden_drop(replace(dropped, **silent), WATCH) is None
    assert rules.sudden_drop(replace(dropped, due=late, **silent), WATCH) is not None
    assert rules.sudden_drop(replace(dropped, due=late, asked=(ago(30),)), WATCH) is not None


def test_a_drop_is_told_of_a_customer_who_is_not_yet_two_years_here():
    begun = {f"p{place}": 0 for place in range(12, PERIODS)}
    assert rules.sudden_drop(facts(purchases=(bought([0, 0], orders=4, **begun),)), WATCH) is None  # ten periods

    begun = {f"p{place}": 0 for place in range(14, PERIODS)}
    shut = facts(purchases=(bought([0, 0], orders=4, p11=0, p12=0, p13=0, **begun),))
    assert rules.sudden_drop(shut, WATCH) is None


def test_whoever_orders_seldom_is_looked_at_over_a_longer_time():
    seldom = bought([0, 0], orders=1)
    assert rules.sudden_drop(facts(purchases=(seldom,)), WATCH) is None


# Drift


PROMPT = [0, 1, -1, 0, 2, 0, -1, 1, 0, 0, 1, 0, 0, 1, 0, 0, -1, 0, 1, 0]


def test_a_prompt_payer_who_pays_later_and_later_drifts():
    found = rules.drifting(facts(due=paid(*PROMPT, 14, 18, 22, 25, last=40)), WATCH)

    assert found.kind == Kind.DRIFTING
    assert found.evidence["days"] == 22
    assert found.evidence["usual"] == 0
    assert found.severity == Severity.MARKED


@pytest.mark.parametrize("outlier", [40, 90, 400])
@pytest.mark.parametrize("place", range(4))
def test_one_outlier_is_never_a_drift(outlier, place):
    lately = [0, 1, 0, 0]
    lately[place] = outlier

    assert rules.drifting(facts(due=paid(*PROMPT, *lately, last=40)), WATCH) is None


SLIPPED = [4, 9, 8, 11]  # later, and not yet a drift by itself


def test_a_lesser_drift_counts_while_calls_and_visits_reach_nobody():
    slipped = facts(due=paid(*PROMPT, *SLIPPED, last=40))
    assert rules.drifting(slipped, WATCH) is None
    assert rules.drifting(replace(slipped, unreached=(ago(5),), contacts=10, reached=8), WATCH) is None

    found = rules.drifting(replace(slipped, unreached=(ago(9), ago(5)), contacts=10, reached=8), WATCH)

    assert (found.severity, found.evidence["unanswered"]) == (Severity.SLIGHT, 2)
    assert "The last 2 calls and visits reached nobody." in words.sentence(found.kind, found.evidence)


def test_a_lesser_drift_counts_while_orders_get_smaller():
    slipped = facts(due=paid(*PROMPT, *SLIPPED, last=40))
    edge = WATCH.smaller_to * 100

    found = rules.drifting(replace(slipped, purchases=(bought([edge, edge]),)), WATCH)

    assert (found.severity, found.evidence["order_percent"]) == (Severity.SLIGHT, 60)
    assert "An order comes to 60% of the usual one." in words.sentence(found.kind, found.evidence)
    assert rules.drifting(replace(slipped, purchases=(bought([edge + 1, edge + 1]),)), WATCH) is None
    fewer = replace(bought([50, 50]), orders=(1, 1, *[2] * (PERIODS - 2)))  # as large as ever
    assert rules.drifting(replace(slipped, purchases=(fewer,)), WATCH) is None
    season = {f"p{place}": 50 for place in (11, 12, 13, 14)}
    assert rules.drifting(replace(slipped, purchases=(bought([50, 50], **season),)), WATCH) is None


def test_smaller_orders_or_silence_of_somebody_who_pays_as_ever_are_no_drift():
    prompt = facts(due=paid(*PROMPT, *PROMPT, last=40), purchases=(bought([10, 10]),))
    assert rules.drifting(replace(prompt, unreached=(ago(9), ago(5)), contacts=10, reached=9), WATCH) is None


def test_the_sentence_of_a_drift_that_was_stored_with_its_pause_is_still_told():
    stored = {"gap": 15, "usual": 10, "last": "2026-11-09"}
    assert "15 days ago" in words.sentence(Kind.DRIFTING, stored)


def test_whoever_always_paid_late_does_not_drift():
    late = [60, 75, 50, 66, 70] * 5
    assert rules.drifting(facts(due=paid(*late, 62, 70, 55, 71, last=80)), WATCH) is None


def test_open_items_count_with_the_days_they_are_late_by_now():
    found = rules.drifting(facts(due=paid(*PROMPT, None, None, None, last=15)), WATCH)

    assert found.evidence["days"] == 25  # of 35, 25 and 15 days the middle


def test_an_open_item_that_may_still_be_paid_as_usual_is_no_sign():
    assert rules.drifting(facts(due=paid(*PROMPT, None, None, None, every=1, last=-2)), WATCH) is None


def test_whoever_paid_as_late_in_the_same_season_a_year_before_has_not_changed():
    year = [0] * 10 + [30] * 14 + [0] * 37 + [28, 31, 30]  # a week apart
    assert rules.drifting(facts(due=paid(*year, every=7, last=35)), WATCH) is None
    assert rules.drifting(facts(due=paid(*[0] * 53, 28, 31, 30, every=7, last=35)), WATCH) is not None


# More time, parts, silence


def test_more_time_asked_again_is_a_sign_until_so_many_days_have_passed():
    within = WATCH.asked_within
    assert rules.asks_for_time(facts(asked=(ago(within), ago(1))), WATCH) is None
    assert rules.asks_for_time(facts(asked=(ago(within - 1), ago(1))), WATCH).severity == Severity.MARKED


def test_asking_once_is_a_sign_of_somebody_who_pays_in_parts_and_later():
    asks = facts(asked=(ago(20),), in_parts=(ago(10),), due=paid(*PROMPT, 7, 9, 8, last=40))
    found = rules.asks_for_time(asks, WATCH)

    assert (found.severity, found.evidence) == (Severity.SLIGHT, {"last": "2026-11-04", "parts": 1})
    assert "paid 1 item in part lately" in words.sentence(found.kind, found.evidence)
    assert rules.asks_for_time(replace(asks, asked=(ago(WATCH.asked_lately),)), WATCH) is None
    assert rules.asks_for_time(replace(asks, in_parts=()), WATCH) is None
    assert rules.asks_for_time(replace(asks, due=paid(*PROMPT, last=40)), WATCH) is None


def test_parts_are_a_sign_of_somebody_who_used_to_pay_whole():
    due = paid(*[20] * 30, every=12, last=40)  # not prompt
    times = WATCH.parts_times
    now = tuple(ago(3 + place) for place in reversed(range(times)))

    assert rules.pays_in_parts(facts(due=due, in_parts=now), WATCH).evidence["times"] == times
    assert rules.pays_in_parts(facts(due=due, in_parts=now[1:]), WATCH) is None
    before = tuple(ago(200 + place) for place in reversed(range(10)))
    assert rules.pays_in_parts(facts(due=due, in_parts=(*before, *now)), WATCH) is None


def test_silence_is_one_by_the_customers_own_past():
    silent = facts(unreached=(ago(30), ago(20), ago(10)), contacts=10, reached=10, due=paid(None))
    assert rules.unanswered(silent, WATCH).evidence["times"] == 3
    assert rules.unanswered(replace(silent, reached=7), WATCH) is None  # seldom there anyway
    assert rules.unanswered(replace(silent, due=paid(0)), WATCH) is None  # owes nothing that is due
    long_ago = tuple(day - timedelta(days=WATCH.unanswered_recent - 10 + 1) for day in silent.unreached)
    assert rules.unanswered(replace(silent, unreached=long_ago), WATCH) is None


def test_a_new_customer_who_owes_and_does_not_answer_needs_no_past():
    new = facts(unreached=(ago(9), ago(2)), due=paid(None, last=WATCH.new_late))
    assert rules.unanswered(new, WATCH).evidence["times"] == WATCH.new_times
    assert rules.unanswered(replace(new, due=paid(None, last=WATCH.new_late - 1)), WATCH) is None
    assert rules.unanswered(replace(new, unreached=(ago(2),)), WATCH) is None
    assert rules.unanswered(replace(new, due=paid(0, 0, 0, None, last=WATCH.new_late)), WATCH) is None


# First order

FIRST = FirstOrder(
    on=ago(3), amount=Decimal(1000), currency="EUR", usual=Decimal(400), peers=10, limit=None, known_since=ago(900)
)


def test_a_first_order_far_above_what_others_begin_with():
    found = rules.first_order(facts(first=FIRST), WATCH)

    assert found.kind == Kind.FIRST_ORDER
    assert found.severity == Severity.MARKED
    assert rules.first_order(facts(first=replace(FIRST, usual=Decimal(501))), WATCH) is None
    assert rules.first_order(facts(first=replace(FIRST, usual=Decimal(200))), WATCH).severity == Severity.SEVERE


def test_a_first_order_that_uses_up_the_limit_needs_to_be_less_far_above():
    less = replace(FIRST, usual=Decimal(800))
    assert rules.first_order(facts(first=less), WATCH) is None
    assert rules.first_order(facts(first=replace(less, limit=Decimal(1500))), WATCH) is None

    found = rules.first_order(facts(first=replace(less, limit=Decimal(1400))), WATCH)

    assert (found.severity, found.evidence["limit"]) == (Severity.MARKED, "1400")
    assert rules.first_order(facts(first=replace(less, usual=Decimal(900), limit=Decimal(1000))), WATCH) is None


@pytest.mark.parametrize(
    "change",
    [
        {"peers": WATCH.first_peers - 1},
        {"known_since": ago(3 + WATCH.first_known - 1)},
        {"on": ago(WATCH.first_within + 1)},
    ],
)
def test_a_first_order_that_nobody_can_judge_is_no_sign(change):
    assert rules.first_order(facts(first=replace(FIRST, **change)), WATCH) is None


# What counts


def test_only_a_severe_one_of_the_field_waits_for_a_second_source():
    def counts(source, severity, seconded_on=None):
        return rules.counts_fully(source=source, severity=severity, seconded_on=seconded_on, as_of=AS_OF)

    assert not counts("field", "severe")
    assert not counts("field", "severe", ago(-1))  # not yet known on this day
    assert counts("field", "severe", AS_OF)
    assert counts("field", "marked")
    assert counts("book", "severe")
    assert counts("desk", "severe")
    assert rules.weight(source="field", severity="severe", seconded_on=None, as_of=AS_OF) == Severity.MARKED


# Properties

DAYS = st.integers(min_value=0, max_value=700)
AMOUNTS = st.lists(st.integers(min_value=0, max_value=5000).map(Decimal), min_size=PERIODS, max_size=PERIODS)


@st.composite
def some_facts(draw):
    due = sorted(
        (
            Due(ago(day), None if late is None or day - late < 0 else ago(day) + timedelta(days=late))
            for day, late in draw(
                st.lists(st.tuples(DAYS, st.none() | st.integers(min_value=-10, max_value=120)), max_size=60)
            )
        ),
        key=lambda one: one.due_on,
    )
    days = draw(st.tuples(*[st.lists(DAYS, max_size=8)] * 3))
    parts, asked, silent = (tuple(ago(day) for day in sorted(some, reverse=True)) for some in days)
    contacts = draw(st.integers(min_value=0, max_value=30))
    sums = draw(AMOUNTS)
    first = draw(
        st.none()
        | st.builds(
            FirstOrder,
            on=st.integers(min_value=0, max_value=60).map(ago),
            amount=st.integers(min_value=1, max_value=9000).map(Decimal),
            currency=st.just("EUR"),
            usual=st.integers(min_value=0, max_value=900).map(Decimal),
            peers=st.integers(min_value=0, max_value=50),
            limit=st.none() | st.integers(min_value=0, max_value=9000).map(Decimal),
            known_since=DAYS.map(ago),
        )
    )
    return Facts(
        as_of=AS_OF,
        purchases=(Purchases("EUR", tuple(sums), tuple(draw(st.integers(0, 6)) if one else 0 for one in sums)),),
        due=tuple(due),
        in_parts=parts,
        asked=asked,
        unreached=silent,
        contacts=contacts,
        reached=draw(st.integers(min_value=0, max_value=contacts)),
        first=first,
    )


@given(some_facts())
@settings(max_examples=150, deadline=None)
def test_evidence_names_no_day_after_the_day_and_is_a_sentence(known):
    for found in rules.findings(known, WATCH):
        told = [date.fromisoformat(value) for value in found.evidence.values() if _is_day(value)]
        assert all(day <= known.as_of for day in told)
        assert words.sentence(found.kind, found.evidence)


def _is_day(value):
    return isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"


@given(some_facts())
@settings(max_examples=150, deadline=None)
def test_no_rule_speaks_from_too_few_observations(known):
    [one] = known.purchases
    few = replace(one, orders=tuple([1] + [0] * (PERIODS - 1)))
    assert rules.off_season(replace(known, purchases=(few,)), WATCH) is None
    assert rules.sudden_drop(replace(known, purchases=(few,)), WATCH) is None
    assert rules.drifting(replace(known, due=known.due[: WATCH.drift_least]), WATCH) is None
    assert rules.asks_for_time(replace(known, due=(), asked=known.asked[: WATCH.asked_times - 1]), WATCH) is None
    assert rules.pays_in_parts(replace(known, due=known.due[: WATCH.parts_least - 1]), WATCH) is None
    if len(known.due) > WATCH.new_items:
        assert rules.unanswered(replace(known, contacts=WATCH.unanswered_known - 1, reached=0), WATCH) is None
    if known.first is not None:
        unknown = replace(known.first, peers=WATCH.first_peers - 1)
        assert rules.first_order(replace(known, first=unknown), WATCH) is None


@given(some_facts())
@settings(max_examples=100, deadline=None)
def test_the_same_facts_give_the_same_findings(known):
    assert rules.findings(known, WATCH) == rules.findings(known, WATCH)
