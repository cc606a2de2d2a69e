"""When a due item rises a dunning level, and by which day a letter asks to be paid."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from collections_app.letters import levels
from collections_app.letters.levels import Earlier
from collections_app.policy.thresholds import Dunning

POLICY = Dunning(level_from=(1, 21, 45), notice=10, minimum="5.00")
DUE = date(2026, 9, 1)


def step(days_late, *earlier, settled_since=False):
    return levels.next_step(
        due_date=DUE,
        as_of=DUE + timedelta(days=days_late),
        earlier=earlier,
        settled_since=settled_since,
        policy=POLICY,
    )


def sent(level, on, until, cycle=1):
    return Earlier(level, cycle, DUE + timedelta(days=on), DUE + timedelta(days=until))


@pytest.mark.parametrize(
    ("days_late", "earlier", "level", "moves"),
    [
        (0, (), 0, False),  # the due day itself is on time
        (1, (), 1, True),
        (200, (), 1, True),  # after an outage the first letter is still the first
        (12, (sent(1, 1, 11),), 1, False),  # notice over, but not late enough for level 2
        (20, (sent(1, 1, 11),), 1, False),
        (21, (sent(1, 1, 11),), 2, True),
        (30, (sent(1, 20, 30),), 1, False),  # the last day of the notice still counts
        (31, (sent(1, 20, 30),), 2, True),
        (90, (sent(1, 1, 11), sent(2, 21, 31)), 3, True),
        (90, (sent(1, 1, 11), sent(2, 21, 31), sent(3, 45, 55)), 3, False),  # nothing above the last level
    ],
)
def test_an_item_rises_one_level_after_the_notice_of_its_last_letter(days_late, earlier, level, moves):
    found = step(days_late, *earlier)

    assert (found.level, found.moves) == (level, moves)


def test_a_settled_item_that_comes_back_starts_a_new_cycle():
    found = step(90, sent(1, 1, 11), sent(2, 21, 31), settled_since=True)

    assert (found.level, found.cycle, found.moves, found.last) == (1, 2, True, None)


def test_what_waits_says_until_when():
    assert step(25, sent(1, 20, 30)).waits_until == DUE + timedelta(days=30)
    assert step(12, sent(1, 1, 11)).waits_until == DUE + timedelta(days=20)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 11, 24), date(2026, 12, 4)),
        (date(2026, 11, 25), date(2026, 12, 7)),  # a Saturday rolls to Monday
        (date(2026, 12, 15), date(2026, 12, 28)),  # Christmas, St Stephen's Day and the weekend
    ],
)
def test_the_day_to_pay_by_is_a_working_day(as_of, expected):
    assert levels.pay_by(as_of=as_of, policy=POLICY, calendar="IE") == expected


@pytest.mark.parametrize(("total", "small"), [("4.99", True), ("5.00", False)])
def test_a_letter_below_the_smallest_amount_is_not_worth_its_stamp(total, small):
    assert levels.is_too_small(Decimal(total), POLICY) is small


def test_paid_in_full_after_the_letter_and_reversed_counts_as_settled():
    noon = datetime(2026, 9, 10, 12, tzinfo=UTC)
    later = noon + timedelta(days=1)

    assert levels.was_settled_since(Decimal(100), [(later, Decimal(100)), (later, Decimal(-100))], noon)
    assert not levels.was_settled_since(Decimal(100), [(later, Decimal(40)), (later, Decimal(-40))], noon)
    assert not levels.was_settled_since(Decimal(100), [(noon, Decimal(100)), (later, Decimal(-100))], noon)
