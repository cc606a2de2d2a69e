"""What customers state of their habits, who is away and when: kept only where a rule can read it, with its trail."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from collections_app.visits import permitted, profiles
from collections_app.visits.habits import NotAHabit, state_habit
from collections_app.visits.permitted import Absence, Closed
from customers import habits
from customers.habits import AbsenceDay, NotAnAbsence, NotAWeekday
from customers.models import Contact, CustomerAbsence, Habit, Mark
from customers.queries import Prerequisite, prerequisites
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
DAY = timedelta(days=1)


@pytest.fixture
def customer():
    make.business()
    return make.customer()


def state(customer, kind, rule="", **values):
    return state_habit(customer=customer, kind=kind, rule=rule, by=make.BY, **values)


def profile(customer, on=TODAY):
    return profiles.profiles(on=on, customers=[customer])[customer.pk]


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("settlement day", "Weekly  Tue", "weekly tue"),
        ("settlement day", "monthly 25", "monthly 25"),
        ("settlement day", "2nd tuesday", "2nd tuesday"),
        ("settlement day", "last-working-day", "last-working-day"),
        ("hours", "9:30 – 11:00", "09:30-11:00"),
        ("method", "transfer", "transfer"),
        ("taboo", "Mornings", "mornings"),
        ("taboo", "monthly 1-3", "monthly 1-3"),
        ("taboo", "weekly mon", "weekly mon"),
        ("invoice type", "增值税专用发票", "增值税专用发票"),
        ("reconciliation", "signed statement", "signed statement"),
    ],
)
def test_a_habit_is_kept_as_the_planner_reads_it(customer, kind, said, kept):
    made = state(customer, kind, said, stated_by="Lucía")

    assert (made.rule, made.stated_by, made.stated_on) == (kept, "Lucía", TODAY)
    assert Mark.objects.filter(customer=customer, because="habit").exists()
    assert Entry.objects.get(verb="visits.habit_stated").after["rule"] == kept


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("settlement day", "after the harvest"),
        ("settlement day", "mornings"),
        ("settlement day", ""),
        ("hours", "in the forenoon"),
        ("hours", "12:00-10:00"),
        ("hours", "10:00-30:00"),
        ("method", "barter"),
        ("taboo", "when it rains"),
        ("invoice type", "  "),
        ("step", "sometimes"),
        ("horoscope", "weekly tue"),
    ],
)
def test_what_no_rule_can_read_is_refused_and_nothing_kept(customer, kind, said):
    with pytest.raises(NotAHabit):
        state(customer, kind, said, note="invoice check")

    assert not Habit.objects.exists()


def test_the_same_habit_is_stated_once(customer):
    state(customer, "settlement day", "weekly tue")

    with pytest.raises(NotAHabit, match="stated already"):
        state(customer, "settlement day", "weekly TUE")


def test_steps_stand_in_order_and_a_new_one_goes_to_its_place(customer):
    state(customer, "step", "weekly mon", note="invoice check")
    state(customer, "step", "monthly 20", note="approval")
    state(customer, "step", "", note="reconciliation", position=2)

    assert profile(customer).steps == (
        ("weekly mon", "invoice check"), ("", "reconciliation"), ("monthly 20", "approval"),
    )  # fmt: skip


def test_a_step_without_words_is_none(customer):
    with pytest.raises(NotAHabit, match="what happens"):
        state(customer, "step", "weekly mon")


def test_prerequisites_are_known_for_many_at_once(customer, django_assert_num_queries):
    other = make.customer()
    state(customer, "invoice type", "VAT invoice", days_before=3)
    state(customer, "reconciliation", "signed statement", days_before=10)
    state(customer, "invoice type", "ordinary invoice")

    with django_assert_num_queries(1):
        found = prerequisites([customer.pk, other.pk])

    assert found == {
        customer.pk: [
            Prerequisite("reconciliation", "signed statement", 10), Prerequisite("invoice type", "VAT invoice", 3),
        ]
    }  # fmt: skip
    assert set(profile(customer).prerequisites) == set(found[customer.pk])


def test_only_an_invoice_or_a_reconciliation_has_to_be_there_before(customer):
    with pytest.raises(NotAHabit):
        state(customer, "hours", "10:00-12:00", days_before=3)
    with pytest.raises(NotAHabit):
        state(customer, "invoice type", "VAT invoice", days_before=999)


def test_a_habit_that_holds_no_longer_goes_and_the_trail_keeps_it(customer):
    made = state(customer, "settlement day", "weekly tue")

    habits.drop_habit(habit=made, by=make.BY)
    habits.drop_habit(habit=made, by=make.BY)

    assert not Habit.objects.exists()
    assert Entry.objects.get(verb="customers.habit_dropped").before["rule"] == "weekly tue"


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "horoscope", "rule": "x"},
        {"kind": "settlement day", "rule": ""},
        {"kind": "settlement day", "rule": "weekly tue", "position": 1},
        {"kind": "step", "note": "check"},
        {"kind": "step", "position": 1},
        {"kind": "hours", "rule": "10:00-12:00", "days_before": 1},
    ],
)
def test_the_database_refuses_a_habit_that_cannot_be(customer, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Habit.objects.create(customer=customer, **values)


# Absences


def away(customer, first=TODAY, last=TODAY + 4 * DAY, **values):
    return habits.note_absence(customer=customer, starts_on=first, ends_before=last + DAY, by=make.BY, **values)


def closed_days(customer):
    """Of the next seven days, those on which nobody who signs is in."""
    stated = profile(customer).stated
    ahead = [TODAY + number * DAY for number in range(7)]
    return [day for day in ahead if permitted.on_day(day, stated).closed == Closed.SIGNATORY_AWAY]


def test_a_closed_customer_is_not_visited_until_it_is_back(customer):
    away(customer, note="Stocktaking")

    stated = profile(customer).stated

    assert stated.absences == (Absence(TODAY, TODAY + 5 * DAY),)
    assert permitted.on_day(TODAY, stated).closed == Closed.AWAY
    assert Entry.objects.get(verb="customers.absence_noted").after["note"] == "Stocktaking"


def test_an_absent_signatory_keeps_us_away_and_another_person_does_not(customer):
    counter, owner = make.contact(customer, role="counter"), make.contact(customer, role="owner")
    away(customer, contact=counter)
    assert closed_days(customer) == []

    away(customer, contact=owner)
    assert closed_days(customer) == [TODAY + number * DAY for number in range(4)]


def test_of_two_who_sign_one_may_be_away(customer):
    one, other = (make.contact(customer, name=name, role="signatory") for name in ("Ana", "Luis"))
    make.contact(customer, role="owner")
    away(customer, TODAY, TODAY + 4 * DAY, contact=one)
    assert closed_days(customer) == []
    assert [who["name"] for who in profile(customer).card["who"]] == ["Luis"]

    away(customer, TODAY + 2 * DAY, TODAY + 8 * DAY, contact=other)
    assert closed_days(customer) == [TODAY + number * DAY for number in (2, 3)]


def test_days_on_which_somebody_who_signs_is_in_are_those_of_all_of_them(customer):
    one, other = (make.contact(customer, name=name, role="signatory") for name in ("Ana", "Luis"))
    habits.set_signing_days(contact=one, weekdays=["tue", "mon"], by=make.BY)
    assert closed_days(customer) == []

    habits.set_signing_days(contact=other, weekdays=["tue", "fri"], by=make.BY)
    assert {day.weekday() for day in closed_days(customer)} == {2, 3}
    assert Contact.objects.get(pk=one.pk).in_days == "mon,tue"


def test_open_days_are_those_of_the_site_that_is_visited(customer):
    make.site(customer, pays_here=False)
    shop = make.site(customer)

    habits.set_open_days(site=shop, weekdays=["sat", "wed"], by=make.BY)

    assert profile(customer).stated.open_days == {2, 5}
    with pytest.raises(NotAWeekday):
        habits.set_open_days(site=shop, weekdays=["someday"], by=make.BY)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY, TODAY - DAY),
        (TODAY - 9 * DAY, TODAY - DAY),
        (TODAY, TODAY + 400 * DAY),
        (date(1969, 1, 1), TODAY),
    ],
)
def test_days_that_make_no_absence_are_refused(customer, first, last):
    with pytest.raises(AbsenceDay):
        away(customer, first, last)

    assert not CustomerAbsence.objects.exists()


def test_an_absence_is_noted_once_and_of_the_own_people(customer):
    away(customer)
    with pytest.raises(NotAnAbsence, match="24 Nov 2026 to 28 Nov 2026"):
        away(customer, TODAY + 3 * DAY, TODAY + 9 * DAY)
    with pytest.raises(NotAnAbsence):
        away(customer, contact=make.contact(make.customer()))


def test_back_early_ends_the_absence_and_one_that_never_came_is_gone(customer):
    running, ahead = away(customer, TODAY - DAY), away(customer, TODAY + 20 * DAY, TODAY + 30 * DAY)

    habits.end_absence(absence=running, back_on=TODAY, by=make.BY)
    habits.end_absence(absence=ahead, back_on=TODAY, by=make.BY)

    assert list(CustomerAbsence.objects.values_list("ends_before", flat=True)) == [TODAY]
    assert permitted.on_day(TODAY, profile(customer).stated).closed == ""
    with pytest.raises(AbsenceDay):
        habits.end_absence(absence=running, back_on=TODAY + DAY, by=make.BY)


def test_a_pooled_customer_is_seen_by_every_rep_of_the_team_and_keeps_its_own(customer):
    north = make.team("North")

    habits.set_pool(customer=customer, team=north, by=make.BY)
    habits.set_pool(customer=customer, team=north, by=make.BY)

    customer.refresh_from_db()
    assert (customer.pool, customer.owner) == (north, None)
    assert Entry.objects.filter(verb="customers.pool_set").count() == 1


def test_profiles_of_many_are_read_in_seven_statements(customer, django_assert_num_queries):
    some = [customer, *(make.customer() for _ in range(5))]
    for one in some:
        make.contact(one)
        state(one, "step", "", note="invoice check")
        away(one)

    with django_assert_num_queries(7):
        profiles.profiles(on=TODAY, customers=some)
