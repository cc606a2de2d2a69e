"""What holds on each day of a week for itself: plans beside it, deputies, wishes, rhythm, caps, hours of who signs."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
import time_machine

from collections_app.cases import services as cases
from collections_app.cases.models import ContactMade
from collections_app.policy import queries as policy
from collections_app.standings import services as standings
from collections_app.visits import planning, proof, services, wanted
from collections_app.visits.models import Plan, Stop
from common import clock
from customers.models import Habit
from staff.models import RepDay
from tests import factories as make
from tests.services.rounds import FRIDAY, LATE, THURSDAY, TUESDAY, VALENCIA, WEDNESDAY, WEEK, customer
from tests.services.rounds import rep as rep  # noqa: PLC0414  (a fixture)
from tests.services.rounds import team as team  # noqa: PLC0414  (a fixture)

pytestmark = pytest.mark.django_db


def plan(rep, *on):
    """These days as one round; each of the plans is right."""
    plans = services.plan_round(on=on, reps=[rep], by=make.BY)
    assert proof.violations(plans) == []
    return plans


def days_of(made):
    return list(Stop.objects.filter(customer=made).order_by("plan__on").values_list("plan__on", flat=True))


def reason(found):
    return found.left_out.get().reason


def promise(made, amount, on):
    item = made.due_items.get()
    cases.promise(
        customer=made, amount=Decimal(amount), currency="EUR", promised_on=on, method="cash",
        lines=[(item.pk, Decimal(amount))], on=TUESDAY - timedelta(days=5), by=make.BY,
    )  # fmt: skip


def contacted(made, *days_ago, channel="call", **values):
    for number in days_ago:
        ContactMade.objects.create(
            customer=made, channel=channel, made_on=TUESDAY - timedelta(days=number), entered_at=clock.now(), **values
        )


# Plans beside this one


def test_one_day_planned_again_plans_nobody_whom_the_rest_of_the_week_visits(rep):
    some = [customer(rep) for _ in range(24)]
    plan(rep, *WEEK)
    before = {made: days_of(made) for made in some}

    for on in WEEK:
        plan(rep, on)

    assert {made: days_of(made) for made in some} == before
    assert all(len(found) == 1 for found in before.values())


def test_whom_another_day_visits_is_left_out_with_that_day(rep):
    customer(rep)
    plan(rep, TUESDAY)

    [found] = plan(rep, WEDNESDAY)

    assert reason(found) == {"because": "planned on", "on": "2026-11-24"}


def test_a_day_that_owes_a_visit_keeps_it_beside_the_one_of_another_day(rep):
    made = customer(rep)
    plan(rep, TUESDAY)
    make.wish(made, on=THURSDAY)

    plan(rep, THURSDAY)
    plan(rep, FRIDAY)
    assert days_of(made) == [TUESDAY, THURSDAY]

    plan(rep, TUESDAY)
    assert days_of(made) == [THURSDAY], "planned again, the other day leaves him to the one that owes the visit"


def test_a_locked_stop_stays_beside_a_visit_that_another_day_owes(rep):
    made = customer(rep)
    [found] = plan(rep, TUESDAY)
    found.stops.update(is_locked=True)
    make.wish(made, on=THURSDAY)
    plan(rep, THURSDAY)

    plan(rep, TUESDAY)

    assert days_of(made) == [TUESDAY, THURSDAY]


def test_what_yesterday_has_left_undone_is_planned_today(rep):
    made = customer(rep)
    plan(rep, TUESDAY)

    with time_machine.travel("2026-11-25 03:00+00:00", tick=False):
        plan(rep, WEDNESDAY)

    assert days_of(made) == [TUESDAY, WEDNESDAY]


def test_a_visit_more_than_a_week_away_keeps_nobody_from_being_planned(rep):
    made = customer(rep)
    plan(rep, date(2026, 12, 1))

    plan(rep, TUESDAY)

    assert days_of(made) == [TUESDAY, date(2026, 12, 1)]


def test_a_colleague_who_visits_this_week_is_enough(rep, team):
    made, other = customer(rep), make.rep("iker", team=team, **VALENCIA)
    make.wish(made, on=THURSDAY, rep=other)
    plan(other, THURSDAY)

    [found] = plan(rep, TUESDAY)

    assert found.stops.count() == 0
    assert reason(found) == {"because": "planned on", "on": "2026-11-26"}


# Who goes there


def test_a_deputy_visits_on_the_days_of_the_absence_and_the_rep_on_the_others(rep, team):
    deputy = make.rep("dario", team=team, **VALENCIA)
    for amount in range(20):
        customer(rep, str(500 + amount))
    make.absence(rep, starts_on=TUESDAY, last_on=WEDNESDAY, deputy=deputy)

    plans = services.plan_round(on=WEEK, reps=[rep, deputy], by=make.BY)

    assert proof.violations(plans) == []
    assert set(Stop.objects.filter(plan__rep=deputy).values_list("plan__on", flat=True)) <= {TUESDAY, WEDNESDAY}
    assert set(Stop.objects.filter(plan__rep=rep).values_list("plan__on", flat=True)) <= {THURSDAY, FRIDAY}
    assert Stop.objects.count() == 20


def test_a_promise_for_the_day_after_the_absence_is_not_for_the_deputy(rep, team):
    made, deputy = customer(rep), make.rep("dario", team=team, **VALENCIA)
    promise(made, 500, THURSDAY)
    make.absence(rep, starts_on=TUESDAY, last_on=WEDNESDAY, deputy=deputy)

    plan(deputy, *WEEK)
    assert days_of(made) == []

    plan(rep, *WEEK)
    assert days_of(made) == [THURSDAY]


# Wishes of one day


def test_a_skip_counts_for_its_day_and_the_visit_goes_to_another_one(rep):
    made = customer(rep)
    make.wish(made, on=TUESDAY, kind="skip")

    plan(rep, *WEEK)

    assert len(days_of(made)) == 1
    assert TUESDAY not in days_of(made)


def test_a_visit_put_off_from_tuesday_to_thursday_is_on_thursday_in_the_plan_of_the_week(rep):
    made = customer(rep, "5.00")
    make.wish(made, on=TUESDAY, kind="skip")
    make.wish(made, on=THURSDAY)

    plan(rep, *WEEK)

    assert days_of(made) == [THURSDAY]
    assert Stop.objects.get().card["commitment"] == "pinned"


def test_a_pin_to_a_colleague_takes_the_customer_from_its_rep_on_that_day_alone(rep, team):
    made, other = customer(rep), make.rep("iker", team=team, **VALENCIA)
    make.wish(made, on=TUESDAY, rep=other)
    Habit.objects.create(customer=made, kind=Habit.Kind.SETTLEMENT_DAY, rule="weekly fri")

    plan(rep, *WEEK)

    assert days_of(made) == [FRIDAY]


# Rhythm and cap of each day


def test_whom_the_rhythm_leaves_alone_until_thursday_is_visited_from_thursday_on(rep):
    made = customer(rep)
    standings.classify(as_of=TUESDAY)
    rhythm = policy.in_force(TUESDAY).efforts.of("overdue").rhythm
    contacted(made, rhythm - 2, channel="visit", reached=True)

    [tuesday, *_rest] = plan(rep, TUESDAY)
    assert reason(tuesday) == {"because": "visited lately", "until": "2026-11-26"}

    plan(rep, *WEEK)
    assert days_of(made)[0] in (THURSDAY, FRIDAY)


def test_the_cap_of_a_week_frees_the_day_on_which_the_first_contact_is_a_week_ago(rep):
    made = customer(rep)
    contacted(made, 3, 4, 5)  # Thursday, Friday and Saturday of last week

    assert reason(plan(rep, TUESDAY)[0])["because"] == "contacts"
    plan(rep, *WEEK)

    assert days_of(made)[0] in (THURSDAY, FRIDAY)


@pytest.mark.parametrize("ours", ["pin", "due day"])
def test_enough_contacts_in_a_week_keep_us_from_a_pin_and_a_due_day(rep, ours):
    made = customer(rep, due_date=TUESDAY if ours == "due day" else LATE)
    if ours == "pin":
        make.wish(made, on=TUESDAY)
    contacted(made, 1, 2, 3)

    [found] = plan(rep, TUESDAY)

    assert found.stops.count() == 0
    assert reason(found) == {"because": "contacts"}


@pytest.mark.parametrize("his", ["appointment", "promise", "confirmed call", "pinned promise"])
def test_what_the_customer_asked_for_is_kept_whatever_the_number_of_contacts(rep, his):
    made = customer(rep, due_date=TUESDAY)
    if his == "appointment":
        make.appointment(made, on=TUESDAY)
    elif his == "confirmed call":
        make.call_ahead(made, on=TUESDAY, state="confirmed")
    else:
        promise(made, 500, TUESDAY)
    if his == "pinned promise":
        make.wish(made, on=TUESDAY)
    contacted(made, 1, 2, 3)

    plan(rep, TUESDAY)

    assert days_of(made) == [TUESDAY]


def test_the_checker_tells_of_a_visit_that_is_one_contact_too_many(rep):
    made = customer(rep)
    found = plan(rep, TUESDAY)
    contacted(made, 1, 2, 3)

    assert "is not approached by us then (contacts)" in " ".join(proof.violations(found))


# Hours


def test_the_visit_is_while_the_signatory_is_in_and_inside_the_hours_of_the_customer(rep):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.HOURS, rule="09:00-17:00")
    make.contact(made, role="signatory", in_from=time(15), in_until=time(16))

    [found] = plan(rep, TUESDAY)

    stop = found.stops.get()
    assert (stop.opens_at, stop.closes_at) == (time(15), time(16))
    found.stops.update(start_at=time(10), arrive_at=time(10), leave_at=time(10, 25))
    assert "outside of the customer's hours" in " ".join(proof.violations([found]))


def test_on_each_day_of_the_week_whoever_signs_then_is_met(rep):
    made = customer(rep)
    make.contact(made, role="signatory", in_days="tue", in_from=time(10), in_until=time(10, 10))
    make.contact(made, role="signatory", in_days="thu", in_from=time(15), in_until=time(16))

    plan(rep, *WEEK)

    stop = Stop.objects.get()
    assert (stop.plan.on, stop.opens_at, stop.closes_at) == (THURSDAY, time(15), time(16))


def test_hours_that_the_signatory_never_meets_are_a_reason_and_no_error(rep):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.HOURS, rule="09:00-11:00")
    make.contact(made, role="signatory", in_from=time(15), in_until=time(16))

    [found] = plan(rep, TUESDAY)

    assert found.stops.count() == 0
    assert reason(found) == {"because": "signatory away"}


def test_hours_of_no_length_are_no_window(rep):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.HOURS, rule="10:00-10:00")

    [found] = plan(rep, TUESDAY)

    assert reason(found) == {"because": "not open"}


def test_an_hour_that_the_customer_names_stands_beside_hours_that_leave_none(rep):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.HOURS, rule="10:00-10:00")
    make.appointment(made, on=TUESDAY, starts_at=time(12), ends_at=time(12, 15))

    plan(rep, TUESDAY)

    assert time(12) <= Stop.objects.get().start_at <= time(12, 15)


def test_nobody_is_visited_outside_business_hours_whatever_hours_a_rep_has(rep):
    RepDay.objects.create(rep=rep, weekday=1, starts_at=time(6), ends_at=time(22))
    RepDay.objects.create(rep=rep, weekday=2, starts_at=time(19), ends_at=time(22))
    for _ in range(30):
        customer(rep)

    [found] = plan(rep, TUESDAY)

    assert min(found.stops.values_list("start_at", flat=True)) >= time(9)
    assert max(found.stops.values_list("leave_at", flat=True)) <= time(17, 30)
    assert found.frame["starts_at"] == 6 * 60  # he may set out before them
    [evening] = plan(rep, WEDNESDAY)
    assert evening.stops.count() == 0
    found.stops.filter(position=1).update(arrive_at=time(7), start_at=time(7), leave_at=time(7, 25))
    assert "outside of business hours" in " ".join(proof.violations([found]))


def test_who_is_in_after_business_hours_alone_is_left_out_with_the_reason(rep):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.HOURS, rule="20:00-23:00")

    [found] = plan(rep, TUESDAY)

    assert reason(found) == {"because": "window closed"}


# Calls


@pytest.mark.parametrize("state", ["confirmed", "differs"])
def test_an_hour_named_on_the_telephone_is_kept_outside_of_the_usual_ones(rep, state):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.HOURS, rule="10:00-12:00")
    make.call_ahead(made, on=TUESDAY, state=state, said_at=time(16))

    [found] = plan(rep, TUESDAY)

    assert time(15, 45) <= found.stops.get().start_at <= time(16, 15)
    found.stops.update(arrive_at=time(11), start_at=time(11), leave_at=time(11, 25))
    assert "not visited at the hour that was agreed" in " ".join(proof.violations([found]))


@pytest.mark.parametrize(
    ("today", "on", "is_unsure"),
    [
        (TUESDAY, FRIDAY, False),
        (THURSDAY, FRIDAY, False),
        (FRIDAY, FRIDAY, True),
        (FRIDAY, date(2026, 11, 30), False),
        (date(2026, 11, 28), date(2026, 11, 30), True),  # on a Saturday nobody calls for Monday any more
    ],
)
def test_a_call_that_nobody_has_made_in_time_leaves_the_visit_unsure(rep, today, on, is_unsure):
    made = customer(rep)
    make.call_ahead(made, on=on)

    found = wanted.read(on=[on], customers=None, today=today, calendar="ES")

    assert found.of(made.pk, on).is_unsure is is_unsure


def test_a_far_visit_that_nobody_confirmed_is_worth_less_on_its_day(rep):
    far = make.customer(rep)
    make.site(far, latitude=Decimal("39.9864"), longitude=Decimal("-0.0513"))
    make.invoice(far, "5000.00", due_date=LATE)
    make.call_ahead(far, on=THURSDAY)

    [ahead] = worth_of(rep, THURSDAY)
    with time_machine.travel("2026-11-26 06:00+00:00", tick=False):
        [today] = worth_of(rep, THURSDAY)

    assert today < ahead


def worth_of(rep, on):
    found = planning.read(on=[on], reps=[rep], plans=Plan.objects.none())
    return [row.days[on].worth.amount for row in found.candidates]
