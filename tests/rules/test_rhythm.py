"""What is learned of a customer from its dated payments and deliveries: pure figures, robust, with their numbers."""

from datetime import date, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import histories
from benchmarks import rhythm as benchmark
from collections_app.visits import payout_days, rhythm
from collections_app.visits.payout_days import Payout
from collections_app.visits.rhythm import Figure, Hours, Learned, Paid
from common import days
from contracts import terms

START = date(2025, 1, 7)  # a Tuesday
AS_OF = date(2026, 11, 24)
RULES = (
    *(f"weekly {day}" for day in days.WEEKDAYS[:5]),
    *(f"monthly {day}" for day in (1, 5, 10, 15, 20, 25, 28)),
    *(f"{nth} {day}" for nth in ("1st", "2nd", "3rd", "4th") for day in days.WEEKDAYS[:5]),
    "last-working-day",
)


def payments(rule, count, *, every=20, term=30, lag=0, start=START):
    """A delivery every so many days, each paid on the first day of the rule after it was due."""
    found = []
    for place in range(count):
        due_on = start + timedelta(every * place + term)
        day = days.roll(terms.settlement_day(rule, due_on + timedelta(lag)), "")
        found.append(Paid(day, (due_on,)))
    return found


def learn(paid=(), delivered=(), as_of=AS_OF):
    return rhythm.learn(paid, delivered, as_of=as_of)


def moved(paid, *, share=0.15, seed=1):
    rng = Random(seed)
    return [
        Paid(days.roll(one.on + timedelta(rng.choice((-4, -3, 3, 5, 9, 12))), ""), one.due_on)
        if rng.random() < share
        else one
        for one in paid
    ]


@pytest.mark.parametrize("rule", RULES)
def test_every_settlement_day_is_learned_from_two_years_of_payments(rule):
    learned = learn(payments(rule, 24, every=23))

    assert learned.settlement_days == (rule,)
    assert learned.payout.observations == len({one.on for one in payments(rule, 24, every=23)})
    assert learned.payout.drift_since is None


@pytest.mark.parametrize("rule", RULES[::3])
def test_one_payment_in_seven_that_comes_early_or_late_changes_nothing(rule):
    assert learn(moved(payments(rule, 24, every=23))).settlement_days == (rule,)


@pytest.mark.parametrize("number", range(LEAST := payout_days.LEAST))
def test_below_four_payments_there_is_not_enough_data(number):
    learned = learn(payments("weekly tue", number, every=14))

    assert learned.payout == Figure(None, number)
    assert learned.delay == Figure(None, number)
    assert not learned.payout.is_enough
    assert rhythm.next_payout(learned, AS_OF, due_on=AS_OF) is None


def test_four_payments_on_tuesdays_are_enough_to_say_tuesday():
    learned = learn(payments("weekly tue", LEAST, every=9))

    assert (learned.settlement_days, learned.payout.observations) == (("weekly tue",), 4)


def test_several_payments_of_a_day_are_one_pay_out():
    paid = payments("monthly 25", 8, every=30)

    assert learn([*paid, *paid]).payout == learn(paid).payout


def test_whoever_pays_so_many_days_after_the_due_day_has_no_fixed_day():
    paid = [
        Paid(days.roll(due + timedelta(9), ""), (due,)) for due in (START + timedelta(17 * one) for one in range(20))
    ]

    learned = learn(paid)

    assert learned.settlement_days == ()
    assert learned.payout.value == Payout((), 9)
    due_on = date(2026, 11, 25)
    assert rhythm.next_payout(learned, AS_OF, due_on=due_on) == date(2026, 12, 4)
    assert rhythm.next_payout(learned, AS_OF) is None


def test_a_customer_that_lets_two_weeks_pass_first_is_not_expected_on_the_first_pay_out_day():
    learned = learn(payments("weekly tue", 30, every=11, lag=14))

    assert learned.settlement_days == ("weekly tue",)
    assert 10 <= learned.payout.value.lag <= 15
    assert rhythm.next_payout(learned, AS_OF, due_on=date(2026, 11, 25)) == date(2026, 12, 15)


def test_two_pay_out_days_a_month_are_both_learned():
    paid = sorted([*payments("monthly 10", 9, every=30), *payments("monthly 25", 9, every=30)], key=lambda one: one.on)

    assert learn([Paid(one.on) for one in paid]).settlement_days == ("monthly 10", "monthly 25")


def test_a_day_off_moves_the_pay_out_day_the_way_this_customer_moves_it():
    back = [
        Paid(days.roll(date(2025 + month // 12, month % 12 + 1, 25), "", forward=False), (date(2025, 1, 1),))
        for month in range(20)
    ]

    learned = learn([Paid(one.on) for one in back])

    assert learned.payout.value == Payout(("monthly 25",), 0, forward=False)
    assert rhythm.next_payout(learned, date(2027, 3, 20)) == date(2027, 3, 25)
    assert rhythm.next_payout(learned, date(2027, 4, 20)) == date(2027, 4, 23)  # the 25th is a Sunday


def test_without_a_due_day_a_payment_a_little_early_was_that_days_payment():
    paid = [Paid(date(2026, month, 25)) for month in range(1, 11)] + [Paid(date(2026, 11, 20))]

    learned = learn([Paid(days.roll(one.on, "")) for one in paid])

    assert learned.settlement_days == ("monthly 25",)
    assert rhythm.next_payout(learned, AS_OF) == date(2026, 12, 25)


def test_a_new_rhythm_is_marked_with_its_first_day_and_the_old_one_forgotten():
    old = payments("weekly tue", 15, every=14)
    new = payments("monthly 25", 10, every=30, start=START + timedelta(14 * 15))

    learned = learn([*old, *new])

    assert learned.settlement_days == ("monthly 25",)
    assert learned.payout.drift_since is not None
    assert abs((learned.payout.drift_since - new[0].on).days) <= 31
    assert learned.payout.observations <= 12


def test_payments_that_keep_to_one_rhythm_are_never_marked():
    found = [learn(moved(payments(rule, 24, every=23), seed=seed)) for rule in RULES[::4] for seed in range(5)]

    assert sum(one.payout.drift_since is not None for one in found) <= 1


def test_the_days_late_are_the_middle_one_and_an_odd_one_moves_nothing():
    due = [START + timedelta(14 * one) for one in range(9)]
    late = [5, 6, 6, 6, 7, 6, 6, 90, 6]

    learned = learn([Paid(day + timedelta(number), (day,)) for day, number in zip(due, late, strict=True)])

    assert learned.delay == Figure(6, 9)


def test_paying_later_and_later_is_marked_since_it_began():
    due = [START + timedelta(14 * one) for one in range(16)]
    late = [3, 2, 3, 4, 3, 3, 2, 3, 21, 22, 20, 23, 22, 21, 22, 22]
    paid = [Paid(day + timedelta(number), (day,)) for day, number in zip(due, late, strict=True)]

    learned = learn(paid)

    assert learned.delay == Figure(22, 8, paid[8].on)


def test_the_hours_come_from_receipts_to_the_half_hour():
    times = [time(10, 5), time(10, 20), time(10, 40), time(11, 10), time(10, 30), time(16, 0)]

    learned = learn([Paid(START + timedelta(one), at=at) for one, at in enumerate(times)])

    assert learned.hours == Figure(Hours(time(10, 0), time(11, 30)), 6)
    assert learn([Paid(START, at=time(23, 59))] * 4).hours.value == Hours(time(23, 30), time(23, 59))


def test_the_purchase_cycle_and_the_next_restock_come_from_deliveries():
    delivered = [START + timedelta(28 * one) for one in range(10)]

    learned = learn(delivered=delivered, as_of=delivered[-1] + timedelta(10))

    assert learned.cycle == Figure(28, 10)
    assert learned.restock_on == Figure(delivered[-1] + timedelta(28), 10)


def test_parts_of_a_delivery_that_come_the_day_after_are_no_cycle_of_their_own():
    delivered = [START + timedelta(28 * one + more) for one in range(6) for more in (0, 1)]

    assert learn(delivered=delivered).cycle == Figure(28, 6)


def test_nobody_expects_a_restock_of_who_stopped_buying():
    delivered = [START + timedelta(28 * one) for one in range(6)]

    learned = learn(delivered=delivered, as_of=delivered[-1] + timedelta(100))

    assert (learned.cycle.value, learned.restock_on.value) == (28, None)


def test_three_deliveries_are_not_enough_for_a_cycle():
    assert learn(delivered=[START + timedelta(28 * one) for one in range(3)]).cycle == Figure(None, 3)


def test_what_comes_after_the_day_is_not_known_on_it():
    paid, delivered = payments("weekly tue", 20, every=14), [START + timedelta(28 * one) for one in range(10)]
    day = paid[9].on

    assert learn(paid, delivered, as_of=day) == learn(
        paid[:10], [one for one in delivered if one <= day], as_of=day
    )  # fmt: skip


paid_days = st.lists(
    st.builds(
        lambda ago, late, settles: Paid(
            AS_OF - timedelta(ago), (AS_OF - timedelta(ago + late),) if settles else ()
        ),
        st.integers(0, 720), st.integers(-60, 200), st.booleans(),
    ),
    max_size=40,
)  # fmt: skip


@given(paid_days, st.integers(-30, 60), st.integers(-40, 60))
def test_whatever_was_paid_the_next_pay_out_day_is_later_than_the_day_asked_and_one_of_its_days(paid, after, due):
    day, due_on = AS_OF + timedelta(after), AS_OF + timedelta(due)

    learned = learn(paid)
    found = rhythm.next_payout(learned, day, due_on=due_on)

    if len({one.on for one in paid}) < LEAST:
        assert found is None
    elif found is not None:
        assert found > day
        assert days.is_working_day(found) or any(rule.startswith("weekly s") for rule in learned.settlement_days)


@given(paid_days)
def test_what_is_learned_does_not_depend_on_the_order_of_the_payments(paid):
    assert learn(paid) == learn(paid[::-1]) == learn(sorted(paid, key=lambda one: one.on))


@given(paid_days)
def test_every_rule_that_is_learned_can_be_read_by_contracts(paid):
    for rule in learn(paid).settlement_days:
        assert terms.settlement_day(rule, AS_OF) >= AS_OF


def test_made_up_histories_are_told_as_well_as_was_promised():
    """A small run of the benchmark: right within a day for nine customers in ten, a quarter better than the mean."""
    found = benchmark.summary([benchmark.tell(one) for one in histories.histories(7, 40)])

    assert found["customers_right_next"] >= 0.9
    assert found["customers_right"] >= 0.9
    assert found["right"] >= 0.9
    assert found["better_by"] >= 0.25


def test_pay_out_days_of_a_rule_follow_each_other_without_end():
    learned = Learned(payout=Figure(Payout(("2nd tue",)), 9))
    found = [AS_OF]
    for _one in range(24):
        found.append(rhythm.next_payout(learned, found[-1]))

    assert all(later > earlier for earlier, later in pairwise(found))
    assert found[1:3] == [date(2026, 12, 8), date(2027, 1, 12)]


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(-400, 400), st.sampled_from(("", "ES", "CN")))
def test_working_days_between_are_counted_as_one_would_on_the_calendar(start, number, country):
    end = start + timedelta(number)
    low, high = sorted((start, end))
    counted = sum(days.is_working_day(low + timedelta(one), country) for one in range(1, (high - low).days + 1))

    assert days.working_days_between(start, end, country) == (counted if end >= start else -counted)
