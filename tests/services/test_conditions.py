"""What befalls a customer: it begins, is told to everybody who asks for money, and ends."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from audit.models import Entry
from collections_app import books, marks
from collections_app.cases import deciding
from collections_app.cases import queries as cases
from collections_app.cases.models import ToDo
from collections_app.letters import queries as letters
from collections_app.visits import befallen
from collections_app.visits import services as visits
from common import clock
from customers import conditions
from customers import services as customers
from customers.models import Condition, Customer, Mark
from tests import factories as make
from tests import nights

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
DAY = timedelta(days=1)
KINDS = {
    "insolvent": "insolvent_on", "closed": "closed_on", "in court": "in_court_on", "handed over": "handed_over_on",
    "assigned": "assigned_on",
}  # fmt: skip


@pytest.fixture
def customer():
    make.business()
    return make.customer()


def begin(customer, kind="insolvent", *, on=TUESDAY, **values):
    return deciding.begin_condition(customer=customer, kind=kind, starts_on=on, on=TUESDAY, by=make.BY, **values)


def end(row, on=TUESDAY):
    return deciding.end_condition(condition=row, ends_before=on, on=TUESDAY, by=make.BY)


def differing():
    return {one.name: one.broken for one in books.check(as_of=TUESDAY).invariants}["I12 customers as their conditions"]


# Begin and end


@pytest.mark.parametrize(("kind", "column"), KINDS.items())
def test_the_row_of_the_customer_says_what_runs_and_the_books_agree(customer, kind, column):
    row = begin(customer, kind, on=TUESDAY - DAY, reference=" 3 O 211/26 ")

    customer.refresh_from_db()
    assert getattr(customer, column) == TUESDAY - DAY
    assert (row.reference, row.ends_before, row.entered_by) == ("3 O 211/26", None, "test")
    assert differing() == []

    ended = end(row)

    customer.refresh_from_db()
    assert getattr(customer, column) is None
    assert (ended.ends_before, ended.ended_by) == (TUESDAY, "test")
    assert ended.ended_at is not None
    assert differing() == []


def test_each_begin_and_end_leaves_a_mark_and_a_trail(customer):
    row = begin(customer, "closed")
    end(row)

    marks = Mark.objects.filter(customer=customer).order_by("pk").values_list("because", flat=True)
    assert list(marks) == ["closed", "closed ended"]
    verbs = Entry.objects.filter(verb__startswith="customers.condition").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["customers.condition_begun", "customers.condition_ended"]


def test_one_of_a_kind_runs_at_a_time(customer):
    begin(customer, "closed", on=TUESDAY - DAY)

    with pytest.raises(conditions.NotACondition, match="Closed runs already, since 23 Nov 2026. End that one first"):
        begin(customer, "closed")
    assert begin(customer, "in court").pk


def test_a_second_one_begins_where_the_first_has_ended(customer):
    end(begin(customer, "closed", on=TUESDAY - 9 * DAY), TUESDAY - 3 * DAY)

    with pytest.raises(conditions.ConditionDay, match="has been until 21 Nov 2026 before"):
        begin(customer, "closed", on=TUESDAY - 4 * DAY)
    assert begin(customer, "closed", on=TUESDAY - 3 * DAY).pk


@pytest.mark.parametrize(
    ("day", "said"), [(TUESDAY + DAY, "25 Nov 2026 has not come yet"), (date(1969, 12, 31), "reaches back that far")]
)
def test_it_begins_on_a_day_that_was(customer, day, said):
    with pytest.raises(conditions.ConditionDay, match=said):
        begin(customer, on=day)
    assert not Condition.objects.exists()


@pytest.mark.parametrize(
    ("day", "said"),
    [(TUESDAY + DAY, "has not come yet"), (TUESDAY - 6 * DAY, "It began on 19 Nov 2026. Choose that day or a later")],
)
def test_it_ends_between_its_begin_and_today(customer, day, said):
    row = begin(customer, on=TUESDAY - 5 * DAY)

    with pytest.raises(conditions.ConditionDay, match=said):
        end(row, day)


def test_it_ends_once(customer):
    row = begin(customer)
    end(row)

    with pytest.raises(conditions.EndedBefore, match="ended before, on 24 Nov 2026"):
        end(row)


def test_what_ended_on_its_first_day_has_never_been(customer):
    item = make.due_item(customer, 100, due_date=TUESDAY - 5 * DAY)
    end(begin(customer, "handed over"), TUESDAY)

    assert cases.suppressed(as_of=TUESDAY, customers=[item.customer_id]) == []


def test_an_unknown_kind_is_refused(customer):
    with pytest.raises(conditions.NotACondition, match="nothing that befalls"):
        begin(customer, "late")


def test_new_customers_bring_what_has_befallen_them(customer):
    row = Customer(code="N-1", name="New", closed_on=TUESDAY - DAY, entered_at=clock.now())
    [added] = customers.add_many([row], owned_from=TUESDAY)

    assert [(row.kind, row.starts_on) for row in added.conditions.all()] == [("closed", TUESDAY - DAY)]


@pytest.mark.parametrize("column", KINDS.values())
def test_a_column_that_says_another_day_is_found(customer, column):
    make.befall(customer, {value: key for key, value in KINDS.items()}[column])
    assert differing() == []

    Customer.objects.filter(pk=customer.pk).update(**{column: TUESDAY - DAY})
    [broken] = differing()
    assert f"customer {customer.pk}" in broken

    Customer.objects.filter(pk=customer.pk).update(**{column: None})
    assert len(differing()) == 1


# The claim


def test_an_insolvency_is_something_to_do_by_its_day(customer):
    row = begin(customer, reference="IN 77/26", register_by=TUESDAY + 20 * DAY)

    to_do = ToDo.objects.get()
    assert (to_do.because, to_do.about, to_do.due_on) == ("register claim", "IN 77/26", TUESDAY + 20 * DAY)

    end(row)
    to_do.refresh_from_db()
    assert to_do.done_on == TUESDAY


def test_without_a_day_somebody_looks_it_up_within_two_weeks(customer):
    begin(customer)

    assert ToDo.objects.get().due_on == TUESDAY + 14 * DAY


def test_only_an_insolvency_has_claims_to_register(customer):
    with pytest.raises(conditions.NotACondition, match="Only an insolvency"):
        begin(customer, "closed", register_by=TUESDAY + DAY)
    with pytest.raises(conditions.ConditionDay, match="after the opening"):
        begin(customer, register_by=TUESDAY - DAY)
    assert not ToDo.objects.exists()


# Who asks for money


@pytest.fixture
def late(customer):
    return make.due_item(customer, 100, due_date=TUESDAY - 30 * DAY, issued_on=TUESDAY - 60 * DAY)


def asked(item, on=TUESDAY):
    return cases.askable([item], cases.suppressed(as_of=on, customers=[item.customer_id]))[item.pk]


@pytest.mark.parametrize("kind", ["insolvent", "handed over", "assigned"])
def test_while_it_lasts_nobody_asks_and_after_its_end_somebody_does_again(late, kind):
    row = begin(late.customer, kind, on=TUESDAY - 10 * DAY)
    assert asked(late) == 0

    end(row, TUESDAY - 2 * DAY)

    assert asked(late) == Decimal(100)
    assert asked(late, TUESDAY - 3 * DAY) == 0
    assert asked(late, TUESDAY - 11 * DAY) == Decimal(100)


def test_a_closed_shop_and_one_in_court_still_owe(late):
    begin(late.customer, "closed")
    begin(late.customer, "in court")

    assert asked(late) == Decimal(100)


def test_of_several_reasons_the_gravest_is_named(late):
    for kind in ("handed over", "assigned", "insolvent"):
        begin(late.customer, kind)

    assert [row.reason for row in cases.suppressed(as_of=TUESDAY)] == [cases.INSOLVENT]


def test_an_assigned_customer_gets_no_letter_and_after_its_end_one(late):
    row = begin(late.customer, "assigned", on=TUESDAY - 10 * DAY)
    proposed = letters.proposal(as_of=TUESDAY)
    assert not proposed.letters
    assert [one.reason for one in proposed.left_out] == ["Assigned: the assignee collects"]

    end(row, TUESDAY - DAY)

    assert len(letters.proposal(as_of=TUESDAY).letters) == 1


@pytest.mark.parametrize("kind", ["insolvent", "closed", "handed over", "assigned"])
def test_nobody_is_sent_to_a_customer_in_other_hands_until_it_ends(kind):
    make.business()
    rep = make.rep()
    customer = make.customer(rep)
    make.site(customer)
    make.due_item(customer, 900, due_date=TUESDAY - 5 * DAY)
    row = begin(customer, kind, on=TUESDAY - 2 * DAY)

    visits.plan_day(rep=rep, on=TUESDAY, by=make.BY)
    assert not rep.plans.get(on=TUESDAY).stops.exists()

    end(row)
    visits.plan_day(rep=rep, on=TUESDAY, by=make.BY)
    assert [stop.customer_id for stop in rep.plans.get(on=TUESDAY).stops.all()] == [customer.pk]


@pytest.mark.parametrize("kind", ["insolvent", "closed", "handed over", "assigned"])
def test_a_stop_of_today_leaves_the_list_within_a_minute_and_comes_back_when_it_is_over(kind):
    make.business()
    rep = make.rep()
    customer = make.customer(rep)
    make.site(customer)
    make.due_item(customer, 900, due_date=TUESDAY - 5 * DAY)
    nights.run(TUESDAY - DAY)
    visits.plan_day(rep=rep, on=TUESDAY, by=make.BY)
    stop = rep.plans.get(on=TUESDAY).stops.get()

    row = begin(customer, kind)
    marks.fetch()
    stop.refresh_from_db()
    assert stop.state == "cancelled"

    end(row)
    marks.fetch()
    stop.refresh_from_db()
    assert (stop.state, stop.ask_amount) == ("planned", Decimal(900))


@pytest.mark.parametrize("kind", ["insolvent", "closed", "handed over", "assigned"])
def test_with_the_deed_itself_the_stop_of_today_goes_and_with_its_end_it_comes_back(kind):
    make.business()
    rep = make.rep()
    customer = make.customer(rep)
    make.site(customer)
    make.due_item(customer, 900, due_date=TUESDAY - 5 * DAY)
    visits.plan_day(rep=rep, on=TUESDAY, by=make.BY)
    stop = rep.plans.get(on=TUESDAY).stops.get()

    row = befallen.begin_condition(customer=customer, kind=kind, starts_on=TUESDAY, on=TUESDAY, by=make.BY)
    stop.refresh_from_db()
    assert stop.state == "cancelled"

    befallen.end_condition(condition=row, ends_before=TUESDAY, on=TUESDAY, by=make.BY)
    stop.refresh_from_db()
    assert (stop.state, stop.ask_amount) == ("planned", Decimal(900))


def test_a_closed_customer_is_not_visited_and_still_gets_letters(late):
    begin(late.customer, "closed", on=TUESDAY - 10 * DAY)

    assert [row.reason for row in cases.suppressed(as_of=TUESDAY, at_the_door=True)] == [cases.CLOSED]
    assert asked(late) == Decimal(100)
    assert len(letters.proposal(as_of=TUESDAY).letters) == 1


def test_what_was_entered_later_was_asked_for_then(late):
    """A page of a past day uses everything that is known now."""
    with time_machine.travel(datetime(2026, 11, 20, 10, tzinfo=UTC)):
        assert asked(late, date(2026, 11, 20)) == Decimal(100)
    begin(late.customer, "handed over", on=date(2026, 11, 19))

    assert asked(late, date(2026, 11, 20)) == 0
