"""Times agreed with customers."""

from datetime import date, time, timedelta

import pytest

from collections_app.visits import appointments
from collections_app.visits import plan_rights as rights
from collections_app.visits.models import Appointment
from customers.models import Habit
from staff.models import RepDay
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
WEDNESDAY, SUNDAY = TUESDAY + timedelta(days=1), date(2026, 11, 29)


@pytest.fixture
def rep():
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def customer(rep):
    return make.customer(rep, name="Mercado Sol")


def agree(customer, by, on=WEDNESDAY, starts_at=time(10), ends_at=time(10, 30), **values):
    return appointments.make_appointment(
        customer=customer, on=on, starts_at=starts_at, ends_at=ends_at, today=TUESDAY, by=by, **values
    )


def test_an_appointment_is_kept_with_whom_it_is_and_who_made_it(rep, customer):
    row = agree(customer, rep, with_whom="Lucía Ortega", note="Bring the statement")

    assert (row.on, row.starts_at, row.with_whom, row.entered_by) == (WEDNESDAY, time(10), "Lucía Ortega", "carmen")


@pytest.mark.parametrize(
    ("starts_at", "ends_at"), [(time(8, 59), time(9, 30)), (time(17), time(17, 6)), (time(11), time(10))]
)
def test_a_visit_begins_within_business_hours_and_ends_in_them(rep, customer, starts_at, ends_at):
    with pytest.raises(appointments.NotATime):
        agree(customer, rep, starts_at=starts_at, ends_at=ends_at)


def test_the_last_visit_of_the_day_begins_a_visit_before_its_end(rep, customer):
    assert agree(customer, rep, starts_at=time(9), ends_at=time(17, 5))


def test_a_past_day_has_no_appointments(rep, customer):
    with pytest.raises(rights.DayIsOver):
        agree(customer, rep, on=TUESDAY - timedelta(days=1))


def test_a_day_off_or_a_taboo_is_asked_about_and_kept_once_confirmed(rep, customer):
    Habit.objects.create(customer=customer, kind=Habit.Kind.TABOO, rule="weekly wed")

    for day in (WEDNESDAY, SUNDAY):
        with pytest.raises(rights.ToBeConfirmed):
            agree(customer, rep, on=day)
        assert agree(customer, rep, on=day, confirmed=True)


def test_a_time_at_which_the_rep_does_not_work_is_asked_about(rep, customer):
    RepDay.objects.create(
        rep=rep, weekday=2, starts_at=time(9), ends_at=time(15), lunch_from=time(12), lunch_until=time(13)
    )

    with pytest.raises(rights.ToBeConfirmed, match="Carmen does not work at that time"):
        agree(customer, rep, starts_at=time(16), ends_at=time(16, 30))
    with pytest.raises(rights.ToBeConfirmed):
        agree(customer, rep, starts_at=time(12), ends_at=time(12, 30))
    assert agree(customer, rep, starts_at=time(12), ends_at=time(13))


def test_a_rep_who_is_away_keeps_no_appointment_however_sure_somebody_is(rep, customer):
    make.absence(rep, starts_on=WEDNESDAY)

    with pytest.raises(rights.NotOnThisDay, match="away"):
        agree(customer, rep, confirmed=True)


def test_a_customer_has_one_appointment_a_day(rep, customer):
    first = agree(customer, rep)

    with pytest.raises(appointments.AnotherAppointment, match="10:00"):
        agree(customer, rep, starts_at=time(15), ends_at=time(15, 30))
    assert appointments.cancel_appointment(appointment=first, today=TUESDAY, by=rep)
    assert not appointments.cancel_appointment(appointment=first, today=TUESDAY, by=rep)

    assert agree(customer, rep, starts_at=time(15), ends_at=time(15, 30))
    assert Appointment.objects.filter(cancelled_at=None).count() == 1


def test_a_skipped_day_has_no_appointment_until_the_skip_is_taken_back(rep, customer):
    make.wish(customer, on=WEDNESDAY, kind="skip")

    with pytest.raises(appointments.AnotherAppointment, match="Asked for it"):
        agree(customer, rep)


def test_nobody_agrees_for_anothers_customer_or_one_that_is_not_visited(rep, customer):
    for somebody in (make.rep("tom"), make.finance(), make.auditor()):
        with pytest.raises(rights.NotYourPlan):
            agree(customer, somebody)
    make.befall(customer, "handed over", on=TUESDAY)
    with pytest.raises(rights.NotVisited):
        agree(customer, rep)
