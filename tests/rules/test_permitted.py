"""Which days and hours are permitted at a customer: open days, who signs, absences, taboos, settlement days."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.visits import permitted
from collections_app.visits.permitted import Absence, Closed, Signatory, Stated, on_day
from collections_app.visits.route import Because, Window

TUESDAY = date(2026, 11, 24)
SATURDAY = date(2026, 11, 28)
HOLIDAY = date(2026, 12, 8)  # a Tuesday, Immaculate Conception in Spain
WEEK = Absence(date(2026, 11, 23), date(2026, 11, 28))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", set()),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("mon,wed, fri", {0, 2, 4}),
        ("sat-mon", {5, 6, 0}),
        ("Tue", {1}),
        ("mon-sat,sun", set(range(7))),
        ("now and then", set()),
        ("mon-never", set()),
    ],
)
def test_weekdays_are_read_as_they_are_said(text, numbers):
    assert permitted.weekdays(text) == numbers


def test_without_open_days_a_customer_is_open_on_the_working_days_of_the_business():
    assert on_day(TUESDAY, Stated(), country="ES").closed == ""
    assert on_day(SATURDAY, Stated(), country="ES").closed == Closed.NOT_OPEN
    assert on_day(HOLIDAY, Stated(), country="ES").closed == Closed.NOT_OPEN


def test_a_shop_that_opens_on_saturdays_is_visited_on_saturdays_and_not_on_its_day_off():
    shop = Stated(open_days=permitted.weekdays("wed-sat"))

    assert on_day(SATURDAY, shop, country="ES").closed == ""
    assert on_day(TUESDAY, shop, country="ES").closed == Closed.NOT_OPEN
    assert on_day(HOLIDAY, Stated(open_days=permitted.weekdays("tue")), country="ES").closed == Closed.NOT_OPEN


def test_an_absence_closes_its_days_and_not_the_day_of_the_return():
    closed = Stated(absences=(WEEK,))

    assert on_day(date(2026, 11, 20), closed).closed == ""
    assert on_day(WEEK.starts_on, closed).closed == Closed.AWAY
    assert on_day(WEEK.ends_before - timedelta(1), closed).closed == Closed.AWAY
    assert on_day(date(2026, 11, 30), closed).closed == ""


def test_an_absent_signatory_closes_the_day_with_a_reason_of_its_own():
    away = Stated(signatories=(Signatory(absences=(WEEK,)),))

    assert on_day(TUESDAY, away).closed == Closed.SIGNATORY_AWAY


def test_whoever_signs_on_thursdays_is_not_asked_on_tuesdays():
    thursdays = Stated(signatories=(Signatory(days=frozenset({3})),))

    assert on_day(TUESDAY, thursdays).closed == Closed.SIGNATORY_AWAY
    assert on_day(TUESDAY + timedelta(2), thursdays).closed == ""


@pytest.mark.parametrize(
    ("stated", "closed"),
    [
        (Stated(absences=(WEEK,)), Closed.AWAY),
        (Stated(open_days=frozenset({0})), Closed.NOT_OPEN),
        (Stated(signatories=(Signatory(days=frozenset({0})),)), Closed.SIGNATORY_AWAY),
        (Stated(taboos=("weekly tue",)), Because.TABOO),
        (Stated(settlement_days=("monthly 25",)), ""),
    ],
)
def test_a_commitment_breaks_the_settlement_day_and_nothing_else(stated, closed):
    assert on_day(TUESDAY, stated, is_commitment=True).closed == closed


def test_a_day_that_is_none_for_several_reasons_says_the_strongest():
    stated = Stated(taboos=("weekly tue",), absences=(WEEK,), settlement_days=("monthly 25",))

    assert on_day(TUESDAY, stated).closed == Because.TABOO
    assert on_day(TUESDAY + timedelta(2), stated).closed == Closed.AWAY
    assert on_day(TUESDAY + timedelta(6), stated).closed == Because.NOT_A_PAYMENT_DAY


def test_the_first_days_of_the_month_may_be_taboo():
    stated = Stated(taboos=("monthly 1-3",))
    first = date(2026, 12, 1)

    closed = [on_day(first + timedelta(one), stated).closed for one in range(4)]

    assert closed == [Because.TABOO, Because.TABOO, Because.TABOO, ""]


def test_mornings_that_are_taboo_leave_the_afternoon():
    shop = Stated(taboos=("mornings",), opens_at=time(9), closes_at=time(18))

    assert on_day(TUESDAY, shop).windows == (Window(12 * 60, 18 * 60),)


def test_who_signs_is_visited_while_he_is_in_and_inside_the_hours_of_the_customer():
    shop = Stated(
        hours=("09:00-13:00", "16:00-20:00"),
        closes_at=time(19),
        signatories=(Signatory(comes_at=time(12), goes_at=time(18)),),
    )

    assert on_day(TUESDAY, shop).windows == (Window(12 * 60, 13 * 60), Window(16 * 60, 18 * 60))


def test_any_signatory_who_is_in_will_do_and_each_day_has_its_own():
    shop = Stated(
        signatories=(
            Signatory(days=frozenset({1, 2}), comes_at=time(9), goes_at=time(11)),
            Signatory(comes_at=time(10), goes_at=time(12), absences=(Absence(TUESDAY, TUESDAY + timedelta(1)),)),
        )
    )

    assert on_day(TUESDAY, shop).windows == (Window(9 * 60, 11 * 60),)
    assert on_day(TUESDAY + timedelta(1), shop).windows == (Window(9 * 60, 12 * 60),)
    assert on_day(TUESDAY + timedelta(2), shop).windows == (Window(10 * 60, 12 * 60),)


@pytest.mark.parametrize(
    ("stated", "closed"),
    [
        (Stated(hours=("10:00-10:00",)), Closed.NOT_OPEN),
        (Stated(hours=("08:00-09:00",), opens_at=time(10)), Closed.NOT_OPEN),
        (Stated(taboos=("mornings",), closes_at=time(12)), Because.TABOO),
        (Stated(hours=("10:00-12:00",), signatories=(Signatory(comes_at=time(15)),)), Closed.SIGNATORY_AWAY),
    ],
)
def test_hours_that_leave_no_minute_close_the_day_and_say_which(stated, closed):
    said = on_day(TUESDAY, stated, is_commitment=True)

    assert (said.closed, said.by_hours, said.windows) == (closed, True, ())


def test_an_hour_of_no_length_beside_another_one_takes_nothing_from_it():
    assert on_day(TUESDAY, Stated(hours=("10:00-10:00", "11:00-12:00"))).windows == (Window(11 * 60, 12 * 60),)
    assert on_day(TUESDAY, Stated(hours=("whenever the boss is in",))).windows == ()


def test_hours_are_written_as_they_are_read():
    assert permitted.hours_text(permitted.hours(["9:30 – 11:00"])[0]) == "09:30-11:00"


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sets(st.integers(0, 6)), st.sets(st.integers(0, 6)))
def test_a_permitted_day_is_never_outside_what_was_said(day, open_days, signing):
    stated = Stated(open_days=frozenset(open_days), signatories=(Signatory(days=frozenset(signing)),), absences=(WEEK,))

    if not on_day(day, stated, is_commitment=True).closed:
        assert not WEEK.covers(day)
        assert not open_days or day.weekday() in open_days
        assert not signing or day.weekday() in signing
