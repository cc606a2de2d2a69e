"""The week of a rep: what is planned, who pays on which day, what falls due, and the button that plans it again."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from collections_app.cases import services as cases
from collections_app.visits.models import Plan, Stop
from collections_app.visits.week.page import week_page
from customers.models import Habit
from tests import factories as make
from tests.web.rounds import TUESDAY, many_stops, plan_of, round_of, stop_of

pytestmark = pytest.mark.django_db

WEEK, AGAIN = reverse("visits:week"), reverse("visits:plan-week")
MONDAY, THURSDAY, FRIDAY = TUESDAY - timedelta(days=1), date(2026, 11, 26), date(2026, 11, 27)
SATURDAY = date(2026, 11, 28)


@pytest.fixture
def carmen():
    make.business(calendar="ES", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))
    return make.rep("carmen")


def shown(client, person, **query):
    client.force_login(person)
    answer = client.get(WEEK, query)
    assert answer.status_code == 200, answer.content[:500]
    return re.sub(r"\s+", " ", answer.content.decode())


def day_of(page, on):
    """The column of a day."""
    return page.split(f'aria-labelledby="day-{on.isoformat()}"')[1].split("</section>")[0]


def owes(rep, name, amount, due_date, **values):
    made = make.customer(rep, name=name)
    make.site(made)
    make.invoice(made, amount, due_date=due_date, **values)
    return made


# What a day shows


def test_the_week_has_a_column_a_working_day_with_times_windows_and_the_way_between(client, carmen):
    round_of(carmen, on=THURSDAY)

    page = shown(client, carmen)

    days = re.findall(r'id="day-([\d-]+)"', page)
    assert days == [(MONDAY + timedelta(days=number)).isoformat() for number in range(5)]
    thursday = day_of(page, THURSDAY)
    assert re.findall(r'week__time">([\d:]+)<', thursday) == ["09:30", "10:30"]
    assert "Bar Sol" in thursday and "20 min, 3.5 km" in thursday and "09:30–11:00" in thursday
    assert 'aria-label="window 09:30–11:00, visit 09:30–09:55"' in thursday
    assert "7.6 km · driving 46 min" in thursday and "back at 12:15" in thursday
    assert "Pub Zoe" in thursday and "Did not fit into the day" in thursday
    assert 'href="/today/round/?rep=' in thursday


def test_a_weekend_is_a_column_only_where_something_is_on_it(client, carmen):
    assert SATURDAY.isoformat() not in shown(client, carmen)

    make.appointment(make.customer(carmen, name="Bar Sol"), on=SATURDAY)

    assert "Bar Sol, with Lucía Ortega" in day_of(shown(client, carmen), SATURDAY)


def test_an_empty_plan_of_a_day_off_makes_no_column(client, carmen):
    plan_of(carmen, SATURDAY)

    assert SATURDAY.isoformat() not in shown(client, carmen)


def test_whose_settlement_day_it_is_and_who_owes_something_stands_there_unless_planned(client, carmen):
    made = owes(carmen, "Bar Sol", "500.00", MONDAY - timedelta(days=30))
    make.due_item(made, "80.00", due_date=FRIDAY)
    planned = owes(carmen, "Casa Luna", "300.00", MONDAY - timedelta(days=30))
    later = owes(carmen, "Later", "70.00", date(2026, 12, 10))
    for one in (made, planned, later):
        Habit.objects.create(customer=one, kind=Habit.Kind.SETTLEMENT_DAY, rule="weekly fri")
    stop_of(plan_of(carmen, FRIDAY), planned)

    page = shown(client, carmen)

    [part] = re.findall(r"Pay on this day, not planned</h3>(.*?)</ul>", page)
    assert "Bar Sol" in part and "Pays on Friday only" in part and "€580" in part
    assert "Casa Luna" not in part and "Later" not in part
    assert "Pay on this day" in day_of(page, FRIDAY)


def test_what_falls_due_and_what_is_promised_stand_under_their_days(client, carmen):
    due = owes(carmen, "Bar Sol", "120.00", THURSDAY)
    word = owes(carmen, "Casa Luna", "90.00", MONDAY - timedelta(days=9))
    cases.promise(
        customer=word, amount=Decimal(90), currency="EUR", promised_on=FRIDAY, method="cash",
        lines=[(word.due_items.get().pk, Decimal(90))], on=TUESDAY, by=make.BY,
    )  # fmt: skip
    stop_of(plan_of(carmen, THURSDAY), due)

    page = shown(client, carmen)

    thursday = day_of(page, THURSDAY)
    assert re.search(r"Falls due</h3>.*Bar Sol.*visit planned.*€120", thursday)
    assert re.search(r"Promised</h3>.*Casa Luna.*€90", day_of(page, FRIDAY))
    assert "Promised</h3>" not in thursday


def test_a_customer_of_somebody_else_or_in_other_hands_is_not_mentioned(client, carmen):
    owes(make.rep("tom"), "Casa Luna", "300.00", FRIDAY)
    make.befall(owes(carmen, "Broke", "300.00", FRIDAY), "insolvent", on=MONDAY)

    page = shown(client, carmen)

    assert "Casa Luna" not in page and "Broke" not in page


def test_days_without_a_plan_say_why(client, carmen):
    make.absence(carmen, starts_on=FRIDAY)
    plan_of(carmen, THURSDAY)

    page = shown(client, carmen)

    assert "This day was not planned." in day_of(page, MONDAY)
    assert "Not planned yet. Plans are made every night." in day_of(page, TUESDAY)
    assert "No visits on this day." in day_of(page, THURSDAY)
    assert "Away on this day." in day_of(page, FRIDAY)


def test_the_weeks_before_and_after_are_a_click_away(client, carmen):
    page = shown(client, carmen, date="2026-11-26")

    assert f"rep={carmen.pk}&amp;date=2026-11-16" in page and f"rep={carmen.pk}&amp;date=2026-11-30" in page
    assert "Week before" not in shown(client, carmen, date="1970-01-02")


# Whose


def test_a_manager_opens_the_week_of_each_of_his_reps_and_nobody_elses(client, carmen):
    south = make.team("South")
    tom = make.rep("tom")
    make.rep("iker", team=south)
    round_of(tom)
    maria = make.manager("maria")

    page = shown(client, maria)
    options = re.findall(r'<option value="\d+"[^>]*>([^<]+)<', page)
    assert options == ["Carmen", "Tom"]
    assert "Week of Carmen" in page
    assert "Bar Sol" in shown(client, maria, rep=tom.pk, date="2026-11-24")

    client.force_login(make.manager("mark", leads=south))
    assert client.get(WEEK, {"rep": tom.pk}).status_code == 404
    client.force_login(carmen)
    assert client.get(WEEK, {"rep": tom.pk}).status_code == 404


def test_without_reps_the_week_says_who_adds_them(client, db):
    assert "No reps yet" in shown(client, make.admin_user())


# Planned again


def test_the_week_is_planned_again_from_today_on_and_nobody_twice(client, carmen):
    for number in range(3):
        owes(carmen, f"Bar {number}", "700.00", MONDAY - timedelta(days=40))
    client.force_login(carmen)

    answer = client.post(f"{AGAIN}?date=2026-11-24", {"rep": carmen.pk}, follow=True)

    assert "Carmen: the week is planned, 3 stops." in answer.content.decode()
    assert list(Plan.objects.order_by("on").values_list("on", flat=True)) == [
        TUESDAY + timedelta(days=number) for number in range(4)
    ]
    assert Stop.objects.count() == Stop.objects.values("customer").distinct().count() == 3


def test_a_week_that_is_over_is_not_planned_any_more(client, carmen):
    client.force_login(carmen)

    answer = client.post(f"{AGAIN}?date=2026-11-16", follow=True)

    assert "is over" in answer.content.decode()
    assert "Plan the week" not in shown(client, carmen, date="2026-11-16")
    assert not Plan.objects.exists()


def test_who_is_away_for_the_rest_of_the_week_is_not_planned(client, carmen):
    make.absence(carmen, starts_on=TUESDAY, last_on=FRIDAY)
    client.force_login(carmen)

    answer = client.post(f"{AGAIN}?date=2026-11-24", follow=True)

    assert "does not work on any day left of this week" in answer.content.decode()


def test_a_colleague_and_another_manager_cannot_plan_it_and_an_auditor_plans_nothing(client, carmen):
    address = f"{AGAIN}?date=2026-11-24"
    for person, status in (
        (make.rep("tom"), 404), (make.manager("mark", leads=make.team("South")), 404), (make.auditor(), 403),
        (make.finance(), 403),
    ):  # fmt: skip
        client.force_login(person)
        assert client.post(address, {"rep": carmen.pk}).status_code == status
        if status == 403:
            assert "Plan the week" not in shown(client, person, rep=carmen.pk)

    client.force_login(make.manager("maria"))
    assert client.post(address, {"rep": carmen.pk}).status_code == 302
    assert Plan.objects.filter(rep=carmen).count() == 4


# Size


def test_ten_stops_and_three_hundred_take_as_many_statements(carmen, count_queries):
    plan = plan_of(carmen, THURSDAY)
    many_stops(plan, 10)
    owes(carmen, "Bar Sol", "10.00", THURSDAY)

    def read():
        return week_page(rep=carmen, on=TUESDAY, user=carmen, today=TUESDAY)

    read()
    ten = count_queries(read)
    many_stops(plan, 290)
    owes(carmen, "Casa Luna", "10.00", FRIDAY)

    assert count_queries(read) == ten <= 13
    assert read().stop_count == 300
