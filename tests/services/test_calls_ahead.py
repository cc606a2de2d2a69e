from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.cases import services as cases
from collections_app.cases.models import ContactMade, ToDo
from collections_app.visits import announcing, contacts
from collections_app.visits.announcing import State
from collections_app.visits.models import Announced, Appointment, Plan, Stop
from common import clock
from customers.models import Habit
from receivables import services as receivables
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY  # a Tuesday
DAY = timedelta(days=1)
WED, THU, FRI, MON = TODAY + DAY, TODAY + 2 * DAY, TODAY + 3 * DAY, TODAY + 6 * DAY


@pytest.fixture(autouse=True)
def house(db):
    make.business(calendar="ES")


@pytest.fixture
def rep():
    return make.rep("carmen")


def owes(rep, amount="600.00", due_date=THU, **values):
    customer = make.customer(rep, **values)
    make.due_item(customer, amount, due_date=due_date)
    return customer


def promise(customer, amount, on):
    item = customer.due_items.get()
    cases.promise(
        customer=customer, amount=Decimal(amount), currency="EUR", promised_on=on, method="cash",
        lines=[(item.pk, Decimal(amount))], on=TODAY, by=make.BY,
    )  # fmt: skip


def listed(as_of=TODAY):
    announcing.open_list(as_of=as_of, by=make.BY)
    rows = Announced.objects.exclude(state=State.DROPPED).order_by("on", "customer")
    return [(row.customer, row.on, row.amount) for row in rows]


def answered(row, state=State.CONFIRMED, *, by, on=TODAY, **said):
    return announcing.answer(announced=row, state=state, by=by, on=on, **said)


# The list


def test_what_falls_due_in_the_next_three_working_days_is_to_be_called(rep):
    tomorrow, last = owes(rep, due_date=WED), owes(rep, due_date=FRI)
    owes(rep, due_date=TODAY)
    owes(rep, due_date=MON)
    owes(rep, "499.99")
    owes(None)

    assert listed() == [(tomorrow, WED, 600), (last, FRI, 600)]


def test_where_the_due_day_is_taboo_a_call_comes_before_whatever_the_amount_and_stays_until_the_visit(rep):
    small = owes(rep, "20.00", due_date=THU)
    Habit.objects.create(customer=small, kind=Habit.Kind.TABOO, rule="weekly thu")
    Habit.objects.create(customer=small, kind=Habit.Kind.TABOO, rule="weekly fri")

    assert listed(TODAY) == [(small, MON, 20)]
    assert listed(THU) == [(small, MON, 20)], "the due day has come, the visit has not"


def test_a_weekend_lies_between_and_what_falls_due_on_it_is_visited_after_it(rep):
    saturday = owes(rep, due_date=TODAY + 4 * DAY)

    assert listed(as_of=FRI) == [(saturday, MON, 600)]


def test_a_promise_is_called_for_though_its_item_is_not_due(rep):
    customer = owes(rep, "900.00", due_date=TODAY + 40 * DAY)
    promise(customer, "700.00", FRI)

    assert listed() == [(customer, FRI, 700)]


def test_a_visit_that_a_plan_has_is_called_for_and_so_is_what_is_late_then(rep):
    customer = owes(rep, "800.00", due_date=TODAY - 20 * DAY)
    plan = Plan.objects.create(rep=rep, on=THU, input_hash="x", made_at=clock.now())
    Stop.objects.create(plan=plan, customer=customer, position=1, ask_amount=800, currency="EUR", worth=1)

    assert listed() == [(customer, THU, 800)]


def test_amounts_of_all_currencies_together_reach_the_threshold_and_the_largest_is_said(rep):
    customer = owes(rep, "300.00")
    make.due_item(customer, "400.00", due_date=THU, currency="USD")
    assert listed() == []

    receivables.state_rate(currency="USD", on=TODAY, rate=Decimal("0.90"), source="ECB", by=make.BY)

    assert listed() == [(customer, THU, 400)]
    assert Announced.objects.get().currency == "USD"


def test_a_day_on_which_the_customer_must_not_be_visited_moves_to_the_next_permitted_one(rep):
    customer = owes(rep, due_date=WED)
    Habit.objects.create(customer=customer, kind="taboo", rule="weekly wed")

    assert listed() == [(customer, THU, 600)]


def test_whoever_is_closed_disputed_or_seen_to_by_a_manager_is_not_called(rep):
    owes(rep, closed_on=TODAY)
    disputed = owes(rep)
    cases.open_dispute(due_item=disputed.due_items.get(), amount=Decimal(600), reason="price", on=TODAY, by=make.BY)
    bad = owes(rep)
    make.due_item(bad, 50, due_date=TODAY - 200 * DAY)

    assert listed() == []


def test_the_list_opened_again_is_the_same_one(rep):
    owes(rep)
    before = listed()

    assert announcing.open_list(as_of=TODAY, by=make.BY) == 0
    assert listed() == before
    assert Entry.objects.filter(verb="visits.call_announced").count() == 1


def test_a_call_follows_what_is_asked_for_and_goes_with_it(rep):
    customer = owes(rep, "1000.00")
    listed()

    make.payment(customer, 300, received_on=TODAY)
    assert listed() == [(customer, THU, 700)]

    make.payment(customer, 300, received_on=TODAY)
    assert listed() == []
    assert Announced.objects.get().state == State.DROPPED


def test_what_is_asked_for_again_is_to_be_called_again(rep):
    customer = owes(rep, "600.00")
    listed()
    dispute = cases.open_dispute(
        due_item=customer.due_items.get(), amount=Decimal(600), reason="price", on=TODAY, by=make.BY
    )
    assert listed() == []

    cases.close_dispute(dispute=dispute, on=TODAY, by=make.BY)

    assert listed() == [(customer, THU, 600)]


def test_an_answer_stays_as_it_was_given(rep):
    customer = owes(rep, "1000.00")
    listed()
    answered(Announced.objects.get(), by=rep)
    make.payment(customer, 900, received_on=TODAY)

    assert listed() == [(customer, THU, 1000)]


def test_on_the_day_of_the_visit_a_call_is_left_only_while_something_is_asked_for(rep):
    settled, open_still = owes(rep, due_date=WED), owes(rep, due_date=WED)
    listed()
    make.payment(settled, 600, received_on=TODAY)

    assert listed(as_of=WED) == [(open_still, WED, 600)]


def test_how_many_days_ahead_and_from_which_amount_is_policy(rep):
    customer = owes(rep, "200.00", due_date=WED)
    owes(rep, "900.00", due_date=THU)
    boss = make.manager()
    version = make.policy_version(make.Policy().having("planning", announce_from="150", announce_days=1), by=boss)
    make.policies.activate(version=version, starts_on=TODAY, on=TODAY, by=boss)

    assert listed() == [(customer, WED, 200)]


def test_the_list_takes_as_many_statements_for_many_customers(rep, count_queries):
    def opened():
        Announced.objects.all().delete()
        return count_queries(lambda: announcing.open_list(as_of=TODAY, by=make.BY))

    owes(rep)
    one = opened()
    for _ in range(5):
        owes(rep)

    assert opened() == one


# An answer


def test_a_confirmed_call_keeps_the_time_for_the_planner_and_is_a_contact(rep):
    customer = owes(rep)
    row = make.call_ahead(customer)

    answered(row, by=rep, said_at=time(16, 30), note="Ask for Lucía")

    row.refresh_from_db()
    contact = ContactMade.objects.get()
    assert (row.state, row.said_amount, row.said_at) == ("confirmed", 600, time(16, 30))
    assert (row.answered_on, row.answered_by, row.note) == (TODAY, "carmen", "Ask for Lucía")
    assert (contact.customer, contact.channel, contact.reached, contact.made_on) == (customer, "call", True, TODAY)
    assert Entry.objects.filter(verb="visits.call_answered").count() == 1


def test_another_amount_opens_a_reconciliation_by_the_working_day_before(rep):
    row = make.call_ahead(owes(rep), on=MON)

    answered(row, State.DIFFERS, by=rep, said_amount=Decimal("450.00"))

    to_do = ToDo.objects.get()
    assert (to_do.because, to_do.customer, to_do.owner) == ("reconciliation", row.customer, rep)
    assert (to_do.due_on, to_do.about, to_do.opened_on) == (FRI, MON.isoformat(), TODAY)


def test_a_reconciliation_for_tomorrow_is_due_at_once(rep):
    answered(make.call_ahead(owes(rep)), State.DIFFERS, by=rep, said_amount=Decimal(450))

    assert ToDo.objects.get().due_on == TODAY


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.DIFFERS, None),
        (State.DIFFERS, "600.00"),
        (State.DIFFERS, "-1"),
        (State.DIFFERS, "0.001"),
        (State.CONFIRMED, "599.00"),
    ],
)
def test_an_amount_that_says_otherwise_than_the_answer_is_refused(rep, state, said):
    row = make.call_ahead(owes(rep))

    with pytest.raises(announcing.NoAmount):
        answered(row, state, by=rep, said_amount=Decimal(said) if said else None)

    assert not ContactMade.objects.exists()
    assert Announced.objects.get().state == State.OPEN


def test_whoever_was_not_reached_is_called_again_and_two_calls_of_a_day_are_one_contact(rep):
    row = make.call_ahead(owes(rep), on=FRI)
    for _ in range(2):
        answered(row, State.NOT_REACHED, by=rep)
    answered(row, State.REFUSED, by=rep, on=WED)

    found = ContactMade.objects.order_by("pk").values_list("reached", "made_on")
    assert list(found) == [(False, TODAY), (True, WED)]
    assert Announced.objects.get().state == State.REFUSED


def test_a_visit_that_is_not_needed_is_no_contact_and_stays_away_from_the_list(rep):
    customer = owes(rep)
    listed()
    answered(Announced.objects.get(), State.DROPPED, by=rep)

    assert not ContactMade.objects.exists()
    assert listed() == []
    assert Announced.objects.get().customer == customer


def test_a_second_answer_waits_until_the_first_is_taken_back(rep):
    row = make.call_ahead(owes(rep))
    answered(row, State.REFUSED, by=rep)

    with pytest.raises(announcing.AnsweredAlready, match="Carmen recorded the answer on 24 Nov 2026"):
        answered(row, by=rep)


def test_another_reps_customer_is_refused_and_the_managers_is_not(rep):
    row = make.call_ahead(owes(rep))

    for stranger in (make.rep(team=make.team("South")), make.auditor(), make.finance()):
        with pytest.raises(announcing.NotYourCall):
            answered(row, by=stranger)

    answered(row, by=make.manager())
    assert Announced.objects.get().state == State.CONFIRMED


def test_after_the_visit_no_call_is_recorded(rep):
    row = make.call_ahead(owes(rep), on=WED)

    answered(row, State.NOT_REACHED, by=rep, on=WED)
    with pytest.raises(announcing.CallIsOver, match="The visit was on 25 Nov 2026"):
        answered(row, by=rep, on=THU)


def test_what_was_dropped_needs_no_call(rep):
    row = make.call_ahead(owes(rep), state=State.DROPPED)

    with pytest.raises(announcing.CallIsOver, match="No call is needed"):
        answered(row, by=rep)


# Taking back


def test_an_answer_is_taken_back_by_its_author_on_its_day(rep):
    row = make.call_ahead(owes(rep))
    answered(row, State.DIFFERS, by=rep, said_amount=Decimal(450), said_at=time(9, 30), note="x")

    announcing.take_back(announced=row, by=rep, on=TODAY)

    row.refresh_from_db()
    assert (row.state, row.said_amount, row.said_at, row.note) == ("open", None, None, "")
    assert (row.answered_on, row.answered_by) == (None, "")
    assert ToDo.objects.get().done_on == TODAY
    assert ContactMade.objects.count() == 1  # somebody did call
    assert Entry.objects.get(verb="visits.call_taken_back").before["state"] == "differs"


def test_nobody_else_and_no_later_day_takes_an_answer_back(rep):
    row = make.call_ahead(owes(rep), on=FRI)
    answered(row, by=rep)

    for person, day in ((make.manager(), TODAY), (rep, WED)):
        with pytest.raises(announcing.NotTakenBack):
            announcing.take_back(announced=row, by=person, on=day)


def test_taking_back_what_was_not_answered_changes_nothing(rep):
    row = make.call_ahead(owes(rep))

    assert announcing.take_back(announced=row, by=rep, on=TODAY).state == State.OPEN
    assert not Entry.objects.filter(verb="visits.call_taken_back").exists()


# Conduct


def contact(customer, on, channel="call"):
    cases.made_contact(customer=customer, channel=channel, reached=True, on=on, by=make.BY)


def test_contacts_of_the_last_seven_days_count_unless_the_customer_asked_for_them():
    customer, other = make.customer(), make.customer()
    for on in (TODAY - 7 * DAY, TODAY - 6 * DAY, TODAY - DAY, TODAY):
        contact(customer, on)
    contact(customer, TODAY, "letter")
    contact(customer, TODAY - 2 * DAY, "visit")
    Appointment.objects.create(
        customer=customer,
        on=TODAY - 2 * DAY,
        starts_at=time(9),
        ends_at=time(10),
        entered_by="x",
        entered_at=clock.now(),
    )
    contact(other, TODAY, "visit")

    assert contacts.begun(on=TODAY, customers=[customer.pk, other.pk]) == {customer.pk: 3, other.pk: 1}


def test_reading_contacts_is_one_statement(count_queries):
    assert count_queries(lambda: contacts.begun(on=TODAY, customers=[1, 2, 3])) == 1


def test_a_call_beyond_the_cap_is_refused_with_its_reason(rep):
    customer = owes(rep)
    row = make.call_ahead(customer)
    for ago in (1, 2, 3):
        contact(customer, TODAY - ago * DAY)

    with pytest.raises(announcing.NotNow, match="Contacted often enough in the last seven days"):
        answered(row, by=rep)


def test_no_call_goes_out_on_a_sunday_or_a_holiday(rep):
    row = make.call_ahead(owes(rep), on=date(2026, 12, 9))

    for day in (date(2026, 12, 6), date(2026, 12, 8)):  # a Sunday; the Immaculate Conception
        with pytest.raises(announcing.NotNow):
            answered(row, by=rep, on=day)
