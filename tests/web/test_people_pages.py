"""The people who visit: their week, their places, when they are away and who stands in."""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from staff.models import Absence, RepDay
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
PEOPLE = reverse("desk:people")


@pytest.fixture
def carmen():
    make.business()
    return make.rep("carmen", latitude=Decimal("39.469900"), longitude=Decimal("-0.376300"))


@pytest.fixture
def maria(carmen):
    return make.manager("maria")


def address(name, of):
    return reverse(f"desk:{name}", args=[of.pk])


def shown(client, person, url):
    client.force_login(person)
    answer = client.get(url, follow=True)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def send(client, person, url, **values):
    client.force_login(person)
    return client.post(url, {"key": uuid4().hex, **values}, follow=True)


def week(**days):
    """Times by weekday, as the form sends them: `tue="09:00-17:00 13:00-14:00"`."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    sent = {}
    for name, text in days.items():
        work, _space, lunch = text.partition(" ")
        for field, part in zip(("starts_at", "ends_at"), work.split("-"), strict=False):
            sent[f"{field}_{names.index(name)}"] = part
        for field, part in zip(("lunch_from", "lunch_until"), lunch.split("-"), strict=False):
            sent[f"{field}_{names.index(name)}"] = part
    return sent


def test_a_manager_sees_his_reps_with_week_absence_deputy_customers_and_places(client, carmen, maria):
    tom = make.rep("tom")
    make.rep("zoe", team=make.team("South"))
    make.customer(carmen), make.customer(carmen)
    make.absence(carmen, starts_on=TUESDAY, last_on=TUESDAY + timedelta(days=2), deputy=tom)
    for weekday in range(5):
        RepDay.objects.create(rep=tom, weekday=weekday, starts_at=time(8), ends_at=time(15))

    page = shown(client, maria, PEOPLE)

    assert "Zoe" not in page
    for text in (
        "09:00–17:30 on working days, as the policy has it",
        "Monday to Friday 08:00–15:00",
        "Away now, 24 Nov 2026 to 26 Nov 2026; Tom stands in",
        "39.4699, -0.3763",
        "at the business",
    ):
        assert text in page, text
    rows = {row["Rep"]: row for row in rows_of(client.get(PEOPLE, {"export": "csv"}))}
    assert rows["Carmen"]["Customers"] == "2"
    assert rows["Tom"]["Stands in for"] == "Carmen, 24 Nov 2026 to 26 Nov 2026"


def test_the_list_asks_as_much_for_one_rep_as_for_many(carmen, maria, count_queries):
    from collections_app.desk.people import reading

    one = count_queries(lambda: reading.rows(maria, today=TUESDAY))
    for name in "abcd":
        make.absence(make.rep(name), starts_on=TUESDAY, deputy=carmen)

    assert count_queries(lambda: reading.rows(maria, today=TUESDAY)) == one


def test_a_rep_gets_his_own_page_and_nobody_elses(client, carmen):
    tom = make.rep("tom")

    assert "Working time of Carmen" in shown(client, carmen, PEOPLE)
    assert client.get(address("working-time", tom)).status_code == 404


def test_a_week_is_entered_row_by_row_and_a_row_without_times_is_free(client, carmen, maria):
    sent = week(tue="09:00-17:00 13:00-14:00", sat="08:00-12:00")

    page = send(client, maria, address("set-week", carmen), **sent).content.decode()

    assert "Tuesday 09:00–17:00, Saturday 08:00–12:00" in page
    assert list(RepDay.objects.order_by("weekday").values_list("weekday", "lunch_from")) == [(1, time(13)), (5, None)]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (week(tue="17:00-09:00"), "Tuesday ends at 09:00, before it starts at 17:00."),
        ({"starts_at_1": "09:00"}, "A working day needs both times."),
        ({"lunch_from_1": "13:00", "lunch_until_1": "14:00"}, "A working day needs both times."),
        (week(tue="09:00-12:00 13:00-14:00"), "lunch lies outside the working time"),
        ({"starts_at_1": "nine", "ends_at_1": "17:00"}, "Enter a valid time."),
    ],
)
def test_hours_that_cannot_be_are_said_and_kept_in_the_form(client, carmen, maria, sent, said):
    answer = send(client, maria, address("set-week", carmen), **sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert f'value="{next(iter(sent.values()))}"' in answer.content.decode()
    assert not RepDay.objects.exists()


def test_a_rep_enters_his_lunch_and_cannot_change_his_working_time(client, carmen, maria):
    assert "Your working time is the policy" in shown(client, carmen, address("working-time", carmen))
    RepDay.objects.create(rep=carmen, weekday=1, starts_at=time(9), ends_at=time(17))
    sent = week(tue="06:00-23:00 13:00-14:00", wed="09:00-17:00")

    send(client, carmen, address("set-week", carmen), **sent)

    day = RepDay.objects.get()
    assert (day.weekday, day.starts_at, day.ends_at, day.lunch_from) == (1, time(9), time(17), time(13))


def test_a_rep_enters_where_his_day_starts_and_ends(client, carmen):
    places = {"latitude": "39.5", "longitude": "-0.4", "end_latitude": "39.6", "end_longitude": "-0.5"}

    send(client, carmen, address("set-places", carmen), **places)

    carmen.refresh_from_db()
    assert (carmen.latitude, carmen.end_longitude) == (Decimal("39.5"), Decimal("-0.5"))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"latitude": "39.5"}, "A position needs latitude and longitude."),
        ({"latitude": "139.5", "longitude": "0"}, "is no place on earth"),
        ({"latitude": "north", "longitude": "0"}, "Enter a number."),
    ],
)
def test_half_a_position_is_refused(client, carmen, sent, said):
    answer = send(client, carmen, address("set-places", carmen), **sent)

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_an_absence_is_noted_with_its_last_day_and_a_deputy(client, carmen, maria):
    tom = make.rep("tom")
    sent = {"starts_on": "2026-12-01", "last_on": "2026-12-04", "because": "Holidays", "deputy": tom.pk}

    page = send(client, maria, address("note-absence", carmen), **sent).content.decode()

    assert "Carmen is away 1 Dec 2026 to 4 Dec 2026; Tom stands in." in page
    row = Absence.objects.get()
    assert (row.ends_before, row.deputy, row.entered_by) == (date(2026, 12, 5), tom, "maria")
    other = send(client, maria, address("note-absence", carmen), **sent | {"starts_on": "2026-12-04", "because": "x"})
    assert other.status_code == 422
    assert "is away from 1 Dec 2026 to 4 Dec 2026 already" in other.content.decode()


def test_a_deputy_of_another_team_is_taken_once_the_box_is_ticked(client, carmen, maria):
    zoe = make.rep("zoe", team=make.team("South"))
    sent = {"starts_on": "2026-12-01", "last_on": "2026-12-01", "deputy": zoe.pk}
    url = address("note-absence", carmen)
    assert "A deputy of another team is meant" not in shown(client, maria, address("working-time", carmen))

    asked = send(client, maria, url, **sent)
    assert asked.status_code == 422
    assert 'type="checkbox" name="confirmed"' in asked.content.decode()
    send(client, maria, url, **sent, confirmed="on")

    assert Absence.objects.get().deputy == zoe


def test_an_absence_ends_earlier_and_its_deputy_changes(client, carmen, maria):
    tom, eva = make.rep("tom"), make.rep("eva")
    row = make.absence(carmen, starts_on=TUESDAY, last_on=TUESDAY + timedelta(days=9), deputy=tom)

    assert "Eva stands in now." in send(client, maria, address("set-deputy", row), deputy=eva.pk).content.decode()
    page = send(client, maria, address("end-absence", row), back_on="2026-11-27").content.decode()

    assert "Carmen is back on 27 Nov 2026." in page
    row.refresh_from_db()
    assert (row.deputy, row.ends_before) == (eva, date(2026, 11, 27))
    assert send(client, maria, address("end-absence", row), back_on="2026-12-27").status_code == 422


def test_a_deputy_opens_the_pages_of_the_absent_reps_customers_while_he_stands_in(client, carmen):
    tom, customer = make.rep("tom"), make.customer(carmen)
    client.force_login(tom)
    page = reverse("desk:customer", args=[customer.code])
    assert client.get(page).status_code == 404

    row = make.absence(carmen, starts_on=TUESDAY, deputy=tom)
    assert client.get(page).status_code == 200
    assert customer.code in client.get(reverse("desk:customers")).content.decode()
    Absence.objects.filter(pk=row.pk).update(
        starts_on=TUESDAY + timedelta(days=1), ends_before=TUESDAY + timedelta(days=3)
    )

    assert client.get(page).status_code == 404
