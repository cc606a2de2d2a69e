"""Every due date falls into one ageing bucket on every day, by the rule and by the ranges for the database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables import buckets
from receivables.buckets import Bucket

AS_OF = date(2026, 6, 30)
USUAL = (30, 60, 90)


@pytest.mark.parametrize(
    ("days_late", "bucket"),
    [
        (-1, "not due"),
        (0, "not due"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "91+"),
        (9999, "91+"),
    ],
)
def test_a_bucket_ends_on_its_last_day_and_the_due_day_is_not_late(days_late, bucket):
    assert buckets.bucket_of(AS_OF - timedelta(days=days_late), as_of=AS_OF, bounds=USUAL) == bucket


def test_without_a_due_date_there_is_a_bucket_of_its_own():
    assert buckets.bucket_of(None, as_of=AS_OF, bounds=USUAL) == "no due date"


@pytest.mark.parametrize(
    ("bounds", "names"),
    [
        (USUAL, ("not due", "1-30", "31-60", "61-90", "91+", "no due date")),
        ((7,), ("not due", "1-7", "8+", "no due date")),
        ((1, 2), ("not due", "1-1", "2-2", "3+", "no due date")),
    ],
)
def test_buckets_are_named_by_their_first_and_last_day(bounds, names):
    assert buckets.names(bounds) == names


def test_the_ranges_of_due_dates_meet_without_a_gap():
    found = buckets.buckets(as_of=AS_OF, bounds=(30, 60))

    assert found == [
        Bucket("not due", date(2026, 6, 29), None),
        Bucket("1-30", date(2026, 5, 30), date(2026, 6, 29)),
        Bucket("31-60", date(2026, 4, 30), date(2026, 5, 30)),
        Bucket("61+", None, date(2026, 4, 30)),
    ]


@given(st.integers(-400, 400), st.lists(st.integers(1, 365), min_size=1, max_size=6, unique=True))
def test_the_rule_and_the_ranges_agree_on_every_day(days_late, chosen):
    bounds = tuple(sorted(chosen))
    due_date = AS_OF - timedelta(days=days_late)

    holding = [
        bucket.name
        for bucket in buckets.buckets(as_of=AS_OF, bounds=bounds)
        if (bucket.due_after is None or due_date > bucket.due_after)
        and (bucket.due_until is None or due_date <= bucket.due_until)
    ]

    assert holding == [buckets.bucket_of(due_date, as_of=AS_OF, bounds=bounds)]
    assert holding[0] in buckets.names(bounds)


def test_bounds_are_read_from_a_list_of_days():
    assert buckets.parse("30,60,90") == USUAL
    assert buckets.parse("1") == (1,)


@pytest.mark.parametrize("text", ["0", "-5,10", "60,30", "30,30", "30,60,60"])
def test_bounds_that_do_not_rise_from_one_are_refused(text):
    with pytest.raises(
        ValueError, match=r"^Bucket bounds are whole days, above zero and rising, for example 30,60,90\.$"
    ):
        buckets.parse(text)


@pytest.mark.parametrize("text", ["", "30;60", "1.5", "a month"])
def test_bounds_that_are_no_days_are_refused(text):
    with pytest.raises(ValueError, match="invalid literal"):
        buckets.parse(text)


def test_ranges_of_bounds_that_do_not_rise_are_refused():
    for bounds in ((), (0, 30), (30, 30), (60, 30)):
        with pytest.raises(ValueError, match="Bucket bounds"):
            buckets.buckets(as_of=AS_OF, bounds=bounds)
