"""The page of a customer's habits: stated beside learned, and what its people and the office enter there."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from collections_app.desk.habits.reading import habits_page
from collections_app.visits import learning
from collections_app.visits.habits import state_habit
from collections_app.visits.models import LearnedHabit
from customers import habits
from customers.models import Customer, CustomerAbsence, Habit
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture
def carmen():
    make.business()
    return make.rep("carmen")


@pytest.fixture
def customer(carmen):
    return make.customer(owner=carmen, code="C-1")


def page(client, customer):
    return client.get(reverse("desk:habits", args=[customer.code])).content.decode()


def send(client, customer, kind, **values):
    address = f"{reverse('desk:state-habit', args=[customer.code])}?kind={kind.replace(' ', '+')}"
    return client.post(address, {"key": kind, **values}, follow=True)


def test_what_is_stated_stands_beside_what_is_learned_with_its_number(client, carmen, customer):
    state_habit(customer=customer, kind="settlement day", rule="weekly tue", by=carmen, stated_by="Lucía")
    for place in range(6):
        item = make.due_item(customer, due_date=date(2026, 5 + place, 20))
        make.payment(customer, received_on=date(2026, 5 + place, 25), lines=[(item.pk, item.amount)])
    learning.learn(as_of=TODAY)
    client.force_login(carmen)

    shown = page(client, customer)

    assert "Pays on Tuesday only" in shown and "Lucía" in shown
    assert "monthly, day 25" in shown and "from 6 payments" in shown
    assert "next on Wed 25 Nov" in shown
    assert "5 days late" in shown and "from 6 settled items" in shown


def test_too_few_payments_say_so(client, carmen, customer):
    for place in range(2):
        make.payment(customer, received_on=date(2026, 5 + place, 25), lines=[])
    learning.learn(as_of=TODAY)
    client.force_login(carmen)

    assert "not enough data: 2 of 4" in page(client, customer)


def test_a_changed_rhythm_is_marked_with_its_day(client, carmen, customer):
    LearnedHabit.objects.create(
        customer=customer, kind="pay-out day", observations=9, drift_since=date(2026, 5, 4), computed_on=TODAY,
        value={"rules": ["monthly 10", "monthly 25"], "lag": 3, "forward": True, "last": "2026-11-10"},
    )  # fmt: skip
    client.force_login(carmen)

    shown = page(client, customer)

    assert "monthly, day 10 and monthly, day 25, 3 days after the due day at the earliest" in shown
    assert "changed" in shown and "so since 4 May 2026; it was another before" in shown


@pytest.mark.parametrize(
    ("kind", "values", "rule"),
    [
        ("settlement day", {"pays": "weekly", "weekday": "tue"}, "weekly tue"),
        ("settlement day", {"pays": "monthly", "day_of_month": "25"}, "monthly 25"),
        ("settlement day", {"pays": "2nd", "weekday": "thu"}, "2nd thu"),
        ("settlement day", {"pays": "last-working-day"}, "last-working-day"),
        ("hours", {"starts_at": "10:00", "ends_at": "12:00"}, "10:00-12:00"),
        ("method", {"rule_of": "transfer"}, "transfer"),
        ("taboo", {"pays": "mornings"}, "mornings"),
        ("taboo", {"pays": "first days", "day_of_month": "3"}, "monthly 1-3"),
        ("taboo", {"pays": "weekly", "weekday": "mon"}, "weekly mon"),
        ("invoice type", {"what": "VAT invoice", "days_before": "3"}, "VAT invoice"),
        ("reconciliation", {"what": "Signed statement"}, "Signed statement"),
        ("step", {"pays": "weekly", "weekday": "mon", "note": "invoice check"}, "weekly mon"),
        ("step", {"pays": "", "note": "approval"}, ""),
    ],
)
def test_the_rep_of_the_customer_states_every_kind_of_habit(client, carmen, customer, kind, values, rule):
    client.force_login(carmen)

    answer = send(client, customer, kind, stated_by="Lucía", **values)

    made = Habit.objects.get(customer=customer)
    assert (answer.status_code, made.kind, made.rule, made.stated_by) == (200, kind, rule, "Lucía")
    assert made.note == values.get("note", "")


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("settlement day", {"pays": "weekly"}, "Say which weekday."),
        ("settlement day", {"pays": "monthly"}, "Say which day of the month."),
        ("hours", {"starts_at": "12:00", "ends_at": "10:00"}, "It ends before it begins."),
        ("step", {"pays": "weekly", "weekday": "mon"}, "This field is required."),
        ("reconciliation", {"what": "x", "days_before": "99"}, "less than or equal to 60"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    client, carmen, customer, kind, values, said
):
    client.force_login(carmen)

    answer = send(client, customer, kind, stated_by="Lucía", **values)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="Lucía"' in answer.content.decode()
    assert not Habit.objects.exists()


def test_a_form_sent_twice_states_once(client, carmen, customer):
    client.force_login(carmen)

    for _time in range(2):
        answer = send(client, customer, "taboo", pays="mornings")

    assert "Stated: in the mornings." in answer.content.decode()
    assert Habit.objects.count() == 1


def test_an_unknown_kind_has_no_form(client, carmen, customer):
    client.force_login(carmen)

    assert send(client, customer, "horoscope", what="x").status_code == 404


def test_what_holds_no_longer_is_gone_with_one_button(client, carmen, customer):
    made = state_habit(customer=customer, kind="taboo", rule="mornings", by=carmen)
    client.force_login(carmen)
    assert reverse("desk:drop-habit", args=[made.pk]) in page(client, customer)

    answer = client.post(reverse("desk:drop-habit", args=[made.pk]), follow=True)

    assert "It holds no longer: in the mornings." in answer.content.decode()
    assert not Habit.objects.exists()


def test_an_absence_is_noted_with_both_days_in_it_and_ended(client, carmen, customer):
    owner = make.contact(customer)
    client.force_login(carmen)

    client.post(
        reverse("desk:note-away", args=[customer.code]),
        {"key": "a", "who": owner.pk, "starts_on": "2026-11-23", "last_day": "2026-11-27", "note": "Fair"},
    )
    row = CustomerAbsence.objects.get()
    shown = page(client, customer)

    assert (row.contact, row.starts_on, row.ends_before) == (owner, date(2026, 11, 23), date(2026, 11, 28))
    assert "23 Nov 2026 to 27 Nov 2026" in shown and "Back since today" in shown

    client.post(reverse("desk:end-away", args=[row.pk]))
    assert "Nobody is away, as far as we know." in page(client, customer)


def test_a_backward_absence_is_told_beside_its_day(client, carmen, customer):
    client.force_login(carmen)

    answer = client.post(
        reverse("desk:note-away", args=[customer.code]),
        {"key": "a", "starts_on": "2026-12-23", "last_day": "2026-12-01"},
    )

    assert answer.status_code == 422
    assert "The absence ends before it begins." in answer.content.decode()


def test_open_days_and_days_of_who_signs_are_ticked(client, carmen, customer):
    site, owner = make.site(customer), make.contact(customer)
    client.force_login(carmen)

    client.post(reverse("desk:open-days", args=[customer.code]), {"key": "a", "weekdays": ["sat", "tue"]})
    client.post(reverse("desk:signing-days", args=[owner.pk]), {"key": "b", "weekdays": ["thu"]})

    site.refresh_from_db()
    owner.refresh_from_db()
    assert (site.open_days, owner.in_days) == ("tue,sat", "thu")
    assert "Tuesday and Saturday" in page(client, customer)


def test_a_shop_is_not_open_in_the_word_for_an_open_amount(carmen, customer):
    make.site(customer)

    with translation.override("es"):
        shop, *_people = habits_page(customer, user=carmen, today=TODAY).weekdays

        assert shop.who != gettext("Open")


def test_without_a_site_open_days_say_what_comes_first(client, carmen, customer):
    client.force_login(carmen)

    answer = client.get(reverse("desk:open-days", args=[customer.code]), follow=True)

    assert "No site is known." in answer.content.decode()


def test_a_manager_pools_a_customer_among_the_own_teams(client, carmen, customer):
    south = make.team("South")
    client.force_login(make.manager("maria"))
    address = reverse("desk:set-pool", args=[customer.code])

    refused = client.post(address, {"key": "a", "team": south.pk})
    client.post(address, {"key": "b", "team": carmen.team.pk})

    assert refused.status_code == 422
    customer.refresh_from_db()
    assert customer.pool == carmen.team
    assert "any rep of North" in page(client, customer)


def test_a_colleague_of_the_pool_may_state_a_habit(client, carmen, customer):
    habits.set_pool(customer=customer, team=carmen.team, by=make.BY)
    client.force_login(make.rep("tom"))

    assert send(client, customer, "taboo", pays="mornings").status_code == 200
    assert Habit.objects.count() == 1


def test_the_auditor_reads_and_finds_no_button(client, carmen, customer):
    state_habit(customer=customer, kind="taboo", rule="mornings", by=carmen)
    client.force_login(make.auditor())

    shown = page(client, customer)

    assert "in the mornings" in shown
    assert "No longer so" not in shown and "State a step" not in shown and "Note an absence" not in shown
    assert send(client, customer, "taboo", pays="afternoons").status_code == 403


def test_the_customers_page_shows_both_and_leads_to_the_habits(client, carmen, customer):
    state_habit(customer=customer, kind="settlement day", rule="weekly tue", by=carmen)
    LearnedHabit.objects.create(
        customer=customer, kind="delay", observations=7, computed_on=TODAY, value={"days": 0}
    )  # fmt: skip
    client.force_login(carmen)

    shown = client.get(reverse("desk:customer", args=[customer.code])).content.decode()

    assert "Pays on Tuesday only" in shown
    assert "on the due day" in shown and "from 7 settled items" in shown
    assert "Purchase cycle" not in shown
    assert reverse("desk:habits", args=[customer.code]) in shown


def test_the_habits_are_a_file(client, carmen, customer):
    state_habit(customer=customer, kind="step", rule="", note="invoice check", by=carmen)
    LearnedHabit.objects.create(
        customer=customer, kind="purchase cycle", observations=9, drift_since=TODAY - timedelta(30), computed_on=TODAY,
        value={"days": 28},
    )  # fmt: skip
    client.force_login(carmen)

    rows = rows_of(client.get(reverse("desk:habits", args=[customer.code]), {"export": "csv"}))

    assert {"Habit": "Buys", "As stated": "", "As learned": "every 28 days", "Observations": "9",
            "So since": "2026-10-25"} in rows  # fmt: skip
    assert [row["As stated"] for row in rows if row["Habit"] == "Step of the payment procedure"] == ["invoice check"]


def test_the_page_reads_as_many_statements_for_many_habits_as_for_few(
    client, carmen, customer, django_assert_max_num_queries
):
    for day in range(1, 29):
        state_habit(customer=customer, kind="settlement day", rule=f"monthly {day}", by=carmen)
    for _one in range(10):
        make.contact(customer)
    client.force_login(carmen)
    Customer.objects.filter(pk=customer.pk).update(pool=carmen.team)
    page(client, customer)

    with django_assert_max_num_queries(20):
        page(client, customer)
