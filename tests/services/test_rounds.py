"""Rounds of one rep or of a team, of a day or a week: working time, deputies, pools, wishes, our own homework."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from collections_app.cases import services as cases
from collections_app.cases.models import ContactMade, ToDo
from collections_app.standings import services as standings
from collections_app.visits import homework, proof, services
from collections_app.visits.models import Announced, Appointment, Stop, Wish
from common import clock
from customers.models import Habit
from staff.models import Absence, RepDay
from tests import factories as make
from tests.services.rounds import FRIDAY, LATE, THURSDAY, TUESDAY, VALENCIA, WEDNESDAY, WEEK, customer
from tests.services.rounds import rep as rep  # noqa: PLC0414  (a fixture)
from tests.services.rounds import team as team  # noqa: PLC0414  (a fixture)

pytestmark = pytest.mark.django_db


def plan(rep, on=TUESDAY, **how):
    [made] = services.plan_round(on=[on], reps=[rep], by=make.BY, **how)
    assert proof.violations([made]) == []
    return made


def only_stop(rep, on=TUESDAY):
    return plan(rep, on).stops.get()


def reason(found):
    return found.left_out.get().reason["because"]


# Working time


def test_a_rep_works_in_his_own_hours_and_has_his_lunch(rep):
    RepDay.objects.create(
        rep=rep, weekday=1, starts_at=time(11), ends_at=time(15), lunch_from=time(12), lunch_until=time(13)
    )
    for _ in range(8):
        customer(rep)

    stops = list(plan(rep).stops.order_by("position"))

    assert stops[0].arrive_at >= time(11)
    assert all(stop.leave_at <= time(15) for stop in stops)
    assert all(stop.leave_at <= time(12) or stop.start_at >= time(13) for stop in stops)
    assert len(stops) > 3


def test_with_days_of_his_own_a_rep_is_free_on_the_others(rep):
    RepDay.objects.create(rep=rep, weekday=2, starts_at=time(9), ends_at=time(17))
    customer(rep)

    assert plan(rep).stops.count() == 0
    assert plan(rep).frame["off"] == "free day"
    assert plan(rep, WEDNESDAY).stops.count() == 1


def test_the_round_ends_where_the_rep_lives(rep):
    customer(rep)
    near = plan(rep).frame["home_minutes"]
    type(rep).objects.filter(pk=rep.pk).update(end_latitude=Decimal("39.9"), end_longitude=Decimal("-0.37"))
    rep.refresh_from_db()

    assert plan(rep).frame["home_minutes"] > near + 20


def test_nobody_is_planned_on_a_holiday_of_the_country(rep):
    customer(rep)

    assert plan(rep, date(2026, 12, 8)).stops.count() == 0  # the Immaculate Conception


def test_during_the_day_the_rest_is_planned_from_now_on(rep):
    for _ in range(4):
        customer(rep)

    stops = plan(rep, not_before=time(14, 30)).stops

    assert all(stop.arrive_at >= time(14, 30) for stop in stops.all())
    assert stops.count() == 4


# Who goes there


def test_while_a_rep_is_away_his_deputy_visits_and_the_customer_stays_his(rep, team):
    made = customer(rep)
    deputy = make.rep("dario", team=team, **VALENCIA)
    Absence.objects.create(
        rep=rep, starts_on=TUESDAY, ends_before=THURSDAY, deputy=deputy, entered_at=clock.now(), because="course"
    )

    assert plan(rep).stops.count() == 0
    assert plan(rep).frame["off"] == "away"
    stop = only_stop(deputy)
    assert stop.customer == made
    stop.delete()
    assert plan(rep, THURSDAY).stops.count() == 1
    assert plan(deputy, THURSDAY).stops.count() == 0
    made.refresh_from_db()
    assert made.owner == rep


def test_a_pooled_customer_is_visited_once_by_whoever_of_the_team_is_nearest(rep, team):
    far = make.rep("iker", team=team, latitude=Decimal("43.2630"), longitude=Decimal("-2.9350"))
    made = make.customer(rep, pool=team)
    make.site(made, latitude=Decimal("43.27"), longitude=Decimal("-2.94"))
    make.invoice(made, "900.00", due_date=LATE)

    [group] = services.grouped([rep, far])
    plans = services.plan_round(on=[TUESDAY], reps=group, by=make.BY)

    assert [stop.plan.rep for stop in Stop.objects.all()] == [far]
    assert proof.violations(plans) == []
    assert plan(rep).stops.count() == 0, "planned alone, a rep leaves him to the colleague who has him"


def test_reps_without_common_customers_are_planned_alone(rep, team):
    other = make.rep("iker", team=team)

    assert services.grouped([rep, other]) == [[rep], [other]]


def test_a_rep_without_customers_has_an_empty_plan(rep):
    assert plan(rep).stops.count() == 0


# Wishes


def test_a_pinned_customer_is_visited_for_a_small_amount_and_by_the_rep_who_was_named(rep, team):
    other = make.rep("iker", team=team, **VALENCIA)
    made = customer(rep, "5.00")
    Wish.objects.create(customer=made, on=TUESDAY, kind="pin", rep=other, entered_by="maria", entered_at=clock.now())

    assert plan(rep).stops.count() == 0
    stop = only_stop(other)
    assert (stop.customer, stop.is_commitment, stop.card["commitment"]) == (made, True, "pinned")


def test_a_skipped_customer_is_left_out_with_the_reason_that_was_given(rep):
    made = customer(rep)
    Wish.objects.create(
        customer=made, on=TUESDAY, kind="skip", because="At a fair", entered_by="carmen", entered_at=clock.now()
    )

    assert plan(rep).left_out.get().reason == {"because": "skipped", "why": "At a fair"}
    assert plan(rep, WEDNESDAY).stops.count() == 1


def test_an_appointment_is_kept_at_its_hour_whatever_else_is_worth_more(rep):
    for _ in range(3):
        customer(rep, "9000.00")
    made = customer(rep, "20.00")
    Appointment.objects.create(
        customer=made, on=TUESDAY, starts_at=time(12), ends_at=time(12, 15), entered_by="x", entered_at=clock.now()
    )

    stop = plan(rep).stops.get(customer=made)

    assert time(12) <= stop.start_at <= time(12, 15)
    assert stop.card["commitment"] == "appointment"


def test_a_confirmed_call_with_an_hour_is_an_appointment(rep):
    made = customer(rep, "600.00")
    Announced.objects.create(
        customer=made, on=TUESDAY, currency="EUR", amount=600, state="confirmed", said_at=time(16),
        opened_on=TUESDAY, entered_at=clock.now(),
    )  # fmt: skip

    assert time(15, 45) <= only_stop(rep).start_at <= time(16, 15)


def test_a_locked_stop_keeps_its_time_when_the_day_is_planned_again(rep):
    made = customer(rep)
    stop = only_stop(rep)
    Stop.objects.filter(pk=stop.pk).update(is_locked=True, start_at=time(15), arrive_at=time(15), leave_at=time(15, 25))
    for _ in range(3):
        customer(rep, "9000.00")

    again = plan(rep)

    locked = again.stops.get(customer=made)
    assert (locked.start_at, locked.is_locked) == (time(15), True)
    assert again.stops.count() == 4


# What keeps us away


def reached(made, on):
    ContactMade.objects.create(customer=made, channel="visit", reached=True, made_on=on, entered_at=clock.now())


def test_whom_a_visit_reached_lately_is_left_alone_until_the_rhythm_of_its_standing(rep):
    made = customer(rep)
    standings.classify(as_of=TUESDAY)
    reached(made, TUESDAY - timedelta(days=3))

    found = plan(rep).left_out.get()

    assert found.reason == {"because": "visited lately", "until": "2026-12-05"}
    assert plan(rep, date(2026, 12, 7)).stops.count() == 1


def test_nobody_is_approached_more_often_in_a_week_than_the_policy_says_but_for_what_was_agreed(rep):
    made, agreed = customer(rep), customer(rep)
    for one in (made, agreed):
        for day in range(1, 4):
            ContactMade.objects.create(
                customer=one, channel="call", made_on=TUESDAY - timedelta(days=day), entered_at=clock.now()
            )
    item = agreed.due_items.get()
    cases.promise(
        customer=agreed, amount=Decimal(500), currency="EUR", promised_on=TUESDAY, method="cash",
        lines=[(item.pk, Decimal(500))], on=TUESDAY - timedelta(days=5), by=make.BY,
    )  # fmt: skip

    found = plan(rep)

    assert found.stops.get().customer == agreed
    assert reason(found) == "contacts"


def test_before_our_reconciliation_is_done_it_is_a_task_and_no_visit(rep):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.RECONCILIATION, rule="every month", days_before=3)

    assert homework.open_tasks(as_of=TUESDAY, calendar="ES", by=make.BY) == 1
    assert homework.open_tasks(as_of=TUESDAY, calendar="ES", by=make.BY) == 0
    assert reason(plan(rep)) == "reconciliation first"

    cases.close_to_do(customer=made, because=ToDo.Because.RECONCILE, about="", on=TUESDAY, by=make.BY)
    assert plan(rep).stops.count() == 1
    assert homework.open_tasks(as_of=TUESDAY, calendar="ES", by=make.BY) == 0


def test_the_invoice_has_to_be_there_so_many_working_days_before_it_is_paid(rep):
    made = customer(rep, due_date=TUESDAY + timedelta(days=14))
    Habit.objects.create(customer=made, kind=Habit.Kind.INVOICE_TYPE, rule="VAT invoice", days_before=5)

    assert homework.open_tasks(as_of=TUESDAY, calendar="ES", by=make.BY) == 1
    task = ToDo.objects.get()
    assert (task.because, task.due_on) == ("invoice missing", date(2026, 11, 30))


# A week


def test_a_week_holds_everybody_once_and_a_promise_on_its_day(rep):
    promised = customer(rep, "800.00")
    item = promised.due_items.get()
    cases.promise(
        customer=promised, amount=Decimal(800), currency="EUR", promised_on=THURSDAY, method="cash",
        lines=[(item.pk, Decimal(800))], on=TUESDAY - timedelta(days=1), by=make.BY,
    )  # fmt: skip
    fridays = customer(rep)
    Habit.objects.create(customer=fridays, kind=Habit.Kind.SETTLEMENT_DAY, rule="weekly fri")
    others = [customer(rep) for _ in range(6)]

    plans = services.plan_round(on=WEEK, reps=[rep], by=make.BY)

    day_of = {stop.customer: stop.plan.on for stop in Stop.objects.select_related("plan", "customer")}
    assert (day_of[promised], day_of[fridays]) == (THURSDAY, FRIDAY)
    assert set(day_of) == {promised, fridays, *others}
    assert Stop.objects.count() == 8
    assert proof.violations(plans) == []


def test_the_same_week_again_stays_as_it_is(rep):
    customer(rep)
    first = services.plan_round(on=WEEK, reps=[rep], by=make.BY)
    again = services.plan_round(on=WEEK, reps=[rep], by=make.BY)

    assert [(plan.pk, plan.made_at) for plan in again] == [(plan.pk, plan.made_at) for plan in first]


# The checker of what is stored


def broken(found, **changes):
    found.stops.update(**changes)
    return " ".join(proof.violations([found]))


def test_a_stored_plan_that_breaks_a_rule_is_told_in_words(rep, team):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.HOURS, rule="10:00-12:00")
    found = plan(rep)

    assert "outside of the customer's hours" in broken(found, start_at=time(12, 30), leave_at=time(12, 55))
    assert "do not add up" in broken(found, worth=Decimal(1))
    assert "outside of the working time" in broken(found, start_at=time(23), leave_at=time(23, 25))
    Habit.objects.create(customer=made, kind=Habit.Kind.TABOO, rule="weekly tue")
    assert "taboo" in broken(found)
    found.rep = make.rep("iker", team=team)
    found.save()
    assert "not visited by this rep" in broken(found)
