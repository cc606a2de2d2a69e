"""The link under which a calendar reads a rep's visits."""

import re
from datetime import timedelta
from decimal import Decimal

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from collections_app.visits import services
from collections_app.visits.models import Stop
from staff import calendar_link
from staff.models import User
from tests import factories as make
from tests.web.rounds import TUESDAY, many_stops, plan_of, round_of, stop_of

pytestmark = pytest.mark.django_db

PROFILE, LINK = reverse("profile"), reverse("calendar-link")


@pytest.fixture
def carmen():
    make.business(calendar="ES", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))
    return make.rep("carmen")


def read(rep):
    """As a calendar does: without signing in."""
    answer = Client().get(reverse("visits:calendar", args=[calendar_link.token_of(rep)]))
    assert answer.status_code == 200
    return answer


def events(rep):
    return icalendar.Calendar.from_ical(read(rep).content).walk("VEVENT")


def test_the_visits_of_two_weeks_are_in_it_with_number_name_and_address(carmen):
    calendar_link.renew(rep=carmen)
    round_of(carmen)
    stop_of(plan_of(carmen, TUESDAY + timedelta(days=14)), make.customer(carmen, name="Venta"))
    stop_of(plan_of(carmen, TUESDAY + timedelta(days=15)), make.customer(carmen, name="Too late"))
    stop_of(plan_of(carmen, TUESDAY - timedelta(days=1)), make.customer(carmen, name="Yesterday"))

    found = events(carmen)

    assert [str(event["SUMMARY"]) for event in found] == ["1. Bar Sol", "2. Casa Luna", "1. Venta"]
    assert str(found[0]["LOCATION"]) == "Calle del Puerto 18, Valencia"
    assert found[0]["DTSTART"].dt.isoformat() == "2026-11-24T09:30:00+01:00"
    assert str(found[0]["URL"]) == f"http://testserver/today/round/?rep={carmen.pk}&date=2026-11-24"


def test_no_amount_no_phone_and_nobodys_name_leaves_the_house(carmen):
    calendar_link.renew(rep=carmen)
    round_of(carmen)

    said = read(carmen).content.decode().replace("\r\n ", "")
    properties = {name for event in events(carmen) for name in event}

    assert properties == {
        "UID", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP", "CLASS",
        "LOCATION", "GEO", "URL",
    }  # fmt: skip
    for inside in ("500.00", "321.00", "EUR", "€", "INV-7", "Lucía", "600 555", "overdue", "Promised"):
        assert inside not in said, inside


def test_a_visit_planned_again_keeps_its_name_in_the_calendar_and_its_number_rises(carmen):
    calendar_link.renew(rep=carmen)
    made = make.customer(carmen, name="Bar Sol")
    make.site(made)
    make.invoice(made, "500.00", due_date=TUESDAY - timedelta(days=9))
    services.plan_day(on=TUESDAY, rep=carmen, by=make.BY)
    [before] = events(carmen)
    Stop.objects.get().plan.__class__.objects.update(made_at="2026-11-23T22:00Z")
    [older] = events(carmen)

    make.due_item(made, "80.00", due_date=TUESDAY - timedelta(days=2))
    services.plan_day(on=TUESDAY, rep=carmen, by=make.BY)
    [after] = events(carmen)

    assert before["UID"] == older["UID"] == after["UID"]
    assert older["SEQUENCE"] < before["SEQUENCE"] <= after["SEQUENCE"]


def test_settled_and_skipped_visits_are_cancelled_and_those_that_were_made_stay(carmen):
    calendar_link.renew(rep=carmen)
    plan = round_of(carmen, ("Bar Sol", "Casa Luna", "Venta", "Pub"))
    for position, state in enumerate(("done", "cancelled", "skipped"), start=1):
        Stop.objects.filter(plan=plan, position=position).update(state=state)

    found = {str(event["SUMMARY"]): str(event["STATUS"]) for event in events(carmen)}

    assert found == {
        "1. Bar Sol": "CONFIRMED", "Casa Luna": "CANCELLED", "Venta": "CANCELLED", "2. Pub": "CONFIRMED",
    }  # fmt: skip


def test_a_new_link_ends_the_old_one_and_a_closed_one_ends_both(client, carmen):
    client.force_login(carmen)
    page = client.post(LINK, follow=True).content.decode()
    [first] = re.findall(r'value="http://testserver(/calendar/[^"]+\.ics)"', page)
    assert f"webcal://testserver{first}" in page
    assert Client().get(first).status_code == 200

    client.post(LINK)
    [second] = re.findall(r'value="http://testserver(/calendar/[^"]+\.ics)"', client.get(PROFILE).content.decode())
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)

    client.post(LINK, {"close": "1"})
    assert Client().get(second).status_code == 404
    assert "webcal:" not in client.get(PROFILE).content.decode()
    trail = Entry.objects.filter(verb__startswith="staff.calendar").order_by("pk")
    renewed, closed = "staff.calendar_link_renewed", "staff.calendar_link_closed"
    assert list(trail.values_list("verb", flat=True)) == [renewed, renewed, closed]
    assert not [row for row in Entry.objects.all() if carmen.calendar_key and carmen.calendar_key in str(row.after)]


def test_a_wrong_token_and_nobodys_are_the_same_missing_page(carmen):
    token = calendar_link.renew(rep=carmen)
    number, _dash, signature = token.partition("-")
    other = "0" if signature[-1] != "0" else "1"
    wrong = [
        f"{number}-{signature[:-1]}{other}", f"{number}-{signature}0", f"{number}-", number, "-", f"99999-{signature}",
        f"٣-{signature}", "x" * 5000, f"{'9' * 30}-{signature}",
    ]  # fmt: skip

    answers = [Client().get(reverse("visits:calendar", args=[one])) for one in wrong]

    assert {answer.status_code for answer in answers} == {404}
    assert all(calendar_link.owner_of(one) is None for one in ("", *wrong))
    assert calendar_link.owner_of(token) == carmen


def test_whoever_left_or_is_no_rep_any_more_is_read_by_no_calendar(carmen):
    token = calendar_link.renew(rep=carmen)

    User.objects.filter(pk=carmen.pk).update(is_active=False)
    assert calendar_link.owner_of(token) is None
    User.objects.filter(pk=carmen.pk).update(is_active=True, role="manager")
    assert calendar_link.owner_of(token) is None


def test_a_copy_of_the_database_opens_no_calendar(carmen, settings):
    token = calendar_link.renew(rep=carmen)
    assert carmen.calendar_key not in token

    settings.SECRET_KEY = "another installation " * 3

    assert calendar_link.owner_of(token) is None


def test_nothing_of_it_is_kept_on_the_way(carmen):
    calendar_link.renew(rep=carmen)

    answer = read(carmen)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert {"no-store", "private"} <= set(re.split(r",\s*", answer["Cache-Control"]))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


def test_only_reps_are_offered_a_link(client, carmen):
    maria = make.manager("maria")
    client.force_login(maria)

    assert "Visits in your calendar" not in client.get(PROFILE).content.decode()
    with pytest.raises(calendar_link.NoCalendar, match="Only reps"):
        calendar_link.renew(rep=maria)


def test_ten_visits_and_three_hundred_take_as_many_statements(carmen, count_queries):
    calendar_link.renew(rep=carmen)
    plan = plan_of(carmen)
    many_stops(plan, 10)
    ten = count_queries(lambda: read(carmen))
    many_stops(plan, 290)

    assert count_queries(lambda: read(carmen)) == ten
    assert len(events(carmen)) == 300
