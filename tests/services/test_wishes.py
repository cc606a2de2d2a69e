"""What people want of a day's visits: pins, skips, locks, moves to another rep, approvals."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine

from audit.models import Entry
from collections_app.visits import plan_rights as rights
from collections_app.visits import services, wishes
from collections_app.visits.models import Plan, Stop, Wish
from customers.models import Customer, Habit, Loan
from staff.models import RepDay
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
WEDNESDAY, SUNDAY = TUESDAY + timedelta(days=1), date(2026, 11, 29)
LATE = TUESDAY - timedelta(days=40)


@pytest.fixture
def rep():
    make.business(calendar="ES")
    return make.rep("carmen", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))


@pytest.fixture
def other(rep):
    return make.rep("tom", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))


@pytest.fixture
def manager(rep):
    return make.manager("maria")


def customer(rep, amount="500.00", **values):
    made = make.customer(rep, **values)
    make.site(made)
    make.invoice(made, amount, due_date=LATE)
    return made


def plan(rep, on=TUESDAY):
    return services.plan_day(on=on, rep=rep, by=make.BY)


def stop_of(rep, of, on=TUESDAY):
    return Stop.objects.select_related("plan__rep", "customer").get(plan__rep=rep, plan__on=on, customer=of)


def pin(of, by, on=WEDNESDAY, **values):
    return wishes.pin(customer=of, on=on, today=TUESDAY, by=by, **values)


def skip(of, by, on=TUESDAY, because="Closed today"):
    return wishes.skip(customer=of, on=on, because=because, today=TUESDAY, by=by)


# Pins


def test_a_pin_is_kept_with_who_wanted_it_and_why(rep, manager):
    made = customer(rep)

    found = pin(made, manager, because="Promised to come")

    assert (found.kind, found.rep, found.because, found.entered_by) == ("pin", None, "Promised to come", "maria")
    assert Entry.objects.get(verb="visits.pinned").after["because"] == "Promised to come"


def test_a_rep_pins_his_own_customer_for_himself(rep):
    assert pin(customer(rep), rep).rep == rep


@pytest.mark.parametrize("day", [TUESDAY - timedelta(days=1), SUNDAY])
def test_nothing_is_pinned_on_a_past_day_or_a_day_off(rep, manager, day):
    with pytest.raises((rights.DayIsOver, rights.NotOnThisDay)):
        pin(customer(rep), manager, on=day)


def test_a_rep_pins_neither_anothers_customer_nor_into_anothers_plan(rep, other):
    with pytest.raises(rights.NotYourPlan):
        pin(customer(other), rep)
    with pytest.raises(rights.NotYourPlan):
        pin(customer(rep), rep, rep=other)


def test_a_manager_plans_his_own_teams_alone_and_an_admin_everybodys(rep):
    mark = make.manager("mark", leads=make.team("South"))
    made = customer(rep)

    with pytest.raises(rights.NotYourPlan):
        pin(made, mark)
    assert pin(made, make.admin_user())


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_whoever_only_reads_pins_nothing(rep, role):
    with pytest.raises(rights.NotYourPlan):
        pin(customer(rep), make.person(role))


@pytest.mark.parametrize("kind", ["closed", "handed over", "assigned", "insolvent"])
def test_a_customer_whom_nobody_visits_is_not_pinned(rep, manager, kind):
    made = customer(rep)
    make.befall(made, kind, on=TUESDAY)

    with pytest.raises(rights.NotVisited, match="is not visited"):
        pin(made, manager)


def test_a_customer_that_asked_never_to_be_visited_on_such_a_day_is_not_pinned_on_it(rep, manager):
    made = customer(rep)
    Habit.objects.create(customer=made, kind=Habit.Kind.TABOO, rule="weekly wed")

    with pytest.raises(rights.NotOnThisDay):
        pin(made, manager)
    assert pin(made, manager, on=WEDNESDAY + timedelta(days=1))


def test_a_rep_who_is_away_or_free_that_day_is_sent_to_nobody(rep, other, manager):
    make.absence(other, starts_on=WEDNESDAY)
    made = customer(rep)

    with pytest.raises(rights.NotOnThisDay, match="Tom is away on Wed 25 Nov"):
        pin(made, manager, rep=other)
    RepDay.objects.create(rep=rep, weekday=0, starts_at=time(9), ends_at=time(13))
    with pytest.raises(rights.NotOnThisDay, match="Carmen does not work on Wed 25 Nov"):
        pin(made, manager)


def test_nobodys_customer_is_pinned_to_a_rep_by_name_alone(rep, manager):
    made = customer(None)

    with pytest.raises(wishes.NobodyToVisit, match="Choose a rep"):
        pin(made, manager)
    assert pin(made, manager, rep=rep).rep == rep


def test_the_deputy_is_asked_where_the_owner_is_away(rep, other, manager):
    make.absence(rep, starts_on=WEDNESDAY, deputy=other)

    assert rights.visitor_on(customer(rep), WEDNESDAY) == other


def test_what_a_manager_decided_a_rep_does_not_undo(rep, manager):
    made = customer(rep)
    wish = pin(made, manager)

    with pytest.raises(rights.NotYourPlan, match="Maria decided"):
        wishes.withdraw(wish=wish, today=TUESDAY, by=rep)
    wishes.withdraw(wish=wish, today=TUESDAY, by=manager)
    assert not Wish.objects.exists()


# Skips


def test_a_skipped_stop_leaves_the_round_and_its_reason_is_kept(rep):
    made = customer(rep)
    plan(rep)

    wish = skip(made, rep)

    assert stop_of(rep, made).state == "skipped"
    assert (wish.kind, wish.because) == ("skip", "Closed today")


def test_a_skip_without_a_reason_is_refused(rep):
    made = customer(rep)
    plan(rep)

    with pytest.raises(wishes.NoReason):
        skip(made, rep, because="  ")
    assert stop_of(rep, made).state == "planned"


def test_a_skip_taken_back_is_planned_again_for_what_is_open_by_now(rep):
    made = customer(rep, "500.00")
    plan(rep)
    wish = skip(made, rep)
    make.payment(made, "200.00", received_on=TUESDAY)

    wishes.withdraw(wish=wish, today=TUESDAY, by=rep)

    found = stop_of(rep, made)
    assert (found.state, found.ask_amount) == ("planned", Decimal("300.00"))
    assert not Wish.objects.exists()


def test_a_visit_that_was_made_is_neither_skipped_nor_pinned_again(rep, manager):
    made = customer(rep)
    plan(rep)
    services.record_outcome(stop=stop_of(rep, made), kind="not in", key="k", by=rep, on=TUESDAY)

    with pytest.raises(rights.NotPlanned):
        skip(made, rep)
    with pytest.raises(wishes.VisitedAlready):
        pin(made, manager, on=TUESDAY)


def test_another_reps_stop_is_not_skipped(rep, other):
    made = customer(rep)
    plan(rep)

    with pytest.raises(rights.NotYourPlan):
        skip(made, other)


def test_a_visit_put_off_is_skipped_today_and_sure_on_the_other_day(rep):
    made = customer(rep)
    plan(rep)

    wishes.postpone(customer=made, on=TUESDAY, to=WEDNESDAY, because="Asked for it", today=TUESDAY, by=rep)

    assert stop_of(rep, made).state == "skipped"
    assert {(wish.kind, wish.on) for wish in Wish.objects.all()} == {("skip", TUESDAY), ("pin", WEDNESDAY)}


def test_putting_off_to_a_day_that_cannot_be_changes_nothing(rep):
    made = customer(rep)
    plan(rep)

    with pytest.raises(rights.NotOnThisDay):
        wishes.postpone(customer=made, on=TUESDAY, to=SUNDAY, because="Asked", today=TUESDAY, by=rep)
    with pytest.raises(rights.DayIsOver):
        wishes.postpone(customer=made, on=TUESDAY, to=TUESDAY, because="Asked", today=TUESDAY, by=rep)
    assert stop_of(rep, made).state == "planned"
    assert not Wish.objects.exists()


# Locks


def test_a_locked_stop_says_so_until_it_is_unlocked(rep):
    made = customer(rep)
    plan(rep)
    stop = stop_of(rep, made)

    wishes.lock(stop=stop, today=TUESDAY, by=rep)
    wishes.lock(stop=stop, today=TUESDAY, by=rep)
    assert stop_of(rep, made).is_locked
    wishes.unlock(stop=stop, today=TUESDAY, by=rep)

    assert not stop_of(rep, made).is_locked
    assert list(Entry.objects.filter(verb__startswith="visits.stop").order_by("pk").values_list("verb", flat=True)) == [
        "visits.stop_locked", "visits.stop_unlocked",
    ]  # fmt: skip


def test_a_stop_is_locked_by_its_rep_his_manager_or_an_admin(rep, other, manager):
    made = customer(rep)
    plan(rep)
    stop = stop_of(rep, made)

    for somebody in (other, make.finance(), make.auditor(), make.manager("mark", leads=make.team("South"))):
        with pytest.raises(rights.NotYourPlan):
            wishes.lock(stop=stop, today=TUESDAY, by=somebody)
    wishes.lock(stop=stop, today=TUESDAY, by=manager)
    assert stop_of(rep, made).is_locked


# To another rep


def test_a_stop_moved_to_another_rep_leaves_the_plan_and_is_wanted_there(rep, other, manager):
    moved, stays = customer(rep), customer(rep)
    plan(rep)

    wish = wishes.reassign(stop=stop_of(rep, moved), to_rep=other, because="Knows them", today=TUESDAY, by=manager)

    assert (wish.kind, wish.rep, wish.on) == ("pin", other, TUESDAY)
    assert [stop.customer for stop in rep.plans.get(on=TUESDAY).stops.all()] == [stays]
    assert Plan.objects.filter(rep=other, on=TUESDAY).exists()
    assert Entry.objects.get(verb="visits.reassigned").after["rep"]


def test_whoever_is_sent_to_a_colleagues_customer_sees_it_until_the_day_is_over(rep, other, manager):
    moved = customer(rep)
    plan(rep)
    wish = wishes.reassign(stop=stop_of(rep, moved), to_rep=other, today=TUESDAY, by=manager)

    assert list(Customer.objects.visible_to(other)) == [moved]
    assert moved.owner == rep and list(Customer.objects.visible_to(rep)) == [moved]
    with time_machine.travel(datetime.combine(WEDNESDAY, time(10), tzinfo=UTC)):
        assert not Customer.objects.visible_to(other).exists()

    wishes.withdraw(wish=wish, today=TUESDAY, by=manager)
    assert not Customer.objects.visible_to(other).exists()


def test_a_rep_who_visits_his_own_customer_is_lent_nothing(rep):
    pin(customer(rep), rep)

    assert not Loan.objects.exists()


def test_the_other_rep_makes_the_visit(rep, other, manager):
    moved = customer(rep)
    plan(rep)

    wishes.reassign(stop=stop_of(rep, moved), to_rep=other, today=TUESDAY, by=manager)

    assert stop_of(other, moved).is_commitment


def test_only_who_leads_both_reps_moves_a_stop(rep, other, manager):
    made = customer(rep)
    plan(rep)
    stop = stop_of(rep, made)
    stranger = make.rep("zoe", team=make.team("South"))

    with pytest.raises(rights.NotYourPlan):
        wishes.reassign(stop=stop, to_rep=other, today=TUESDAY, by=rep)
    with pytest.raises(rights.NotYourPlan):
        wishes.reassign(stop=stop, to_rep=stranger, today=TUESDAY, by=manager)
    with pytest.raises(wishes.SameRep):
        wishes.reassign(stop=stop, to_rep=rep, today=TUESDAY, by=manager)
    make.absence(other, starts_on=TUESDAY)
    with pytest.raises(rights.NotOnThisDay):
        wishes.reassign(stop=stop, to_rep=other, today=TUESDAY, by=manager)
    assert stop_of(rep, made).state == "planned"


# Approval


def test_an_approved_plan_says_by_whom_until_that_is_taken_back(rep, manager):
    customer(rep)
    found = plan(rep)

    assert wishes.approve(plans=[found], today=TUESDAY, by=manager) == 1
    assert wishes.approve(plans=[found], today=TUESDAY, by=manager) == 0
    found.refresh_from_db()
    assert (found.state, found.approved_by) == ("approved", "maria")
    assert wishes.take_back_approval(plans=[found], today=TUESDAY, by=manager) == 1

    found.refresh_from_db()
    assert (found.state, found.approved_by, found.approved_at) == ("proposed", "", None)


def test_a_rep_approves_nothing_and_a_manager_nothing_of_other_teams(rep):
    found = plan(rep)

    for somebody in (rep, make.manager("mark", leads=make.team("South")), make.finance()):
        with pytest.raises(rights.NotYourPlan):
            wishes.approve(plans=[found], today=TUESDAY, by=somebody)
    with pytest.raises(rights.DayIsOver):
        wishes.approve(plans=[found], today=WEDNESDAY, by=make.admin_user())


def test_a_day_is_planned_again_by_its_rep_or_who_leads_him(rep, other, manager):
    customer(rep)

    with pytest.raises(rights.NotYourPlan):
        wishes.plan_again(rep=rep, on=TUESDAY, today=TUESDAY, by=other)
    with pytest.raises(rights.DayIsOver):
        wishes.plan_again(rep=rep, on=TUESDAY, today=WEDNESDAY, by=rep)
    with pytest.raises(wishes.NotARep):
        wishes.plan_again(rep=manager, on=TUESDAY, today=TUESDAY, by=manager)
    assert wishes.plan_again(rep=rep, on=TUESDAY, today=TUESDAY, by=manager).stops.count() == 1
