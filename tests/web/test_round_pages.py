"""The round of a day as one list with its map, and as a file for a device: what each person sees of it."""

import gzip
import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import unquote

import gpxpy
import pytest
from django.conf import LazySettings
from django.urls import reverse

from collections_app.visits import services
from collections_app.visits.day.page import round_page
from collections_app.visits.models import Stop
from tests import factories as make
from tests.web.rounds import TUESDAY, many_stops, plan_of, round_of, stop_of

pytestmark = pytest.mark.django_db

ROUND, GPX = reverse("visits:round"), reverse("visits:round-gpx")


@pytest.fixture
def carmen():
    make.business(calendar="ES", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))
    return make.rep("carmen")


def shown(client, person, address=ROUND, **query):
    client.force_login(person)
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content[:500]
    return re.sub(r"\s+", " ", answer.content.decode())


# The list


def test_a_stop_says_when_how_far_whom_to_ask_why_what_it_is_worth_and_what_to_carry(client, carmen):
    plan = plan_of(carmen)
    made = make.customer(carmen, name="Bar Sol")
    invoice = make.invoice(made, "500.00", due_date=TUESDAY - timedelta(days=40), number="INV-7")
    stop_of(plan, made, at=9)

    page = shown(client, carmen)

    assert "09:00–09:55" in page and "window 09:30–11:00" in page and "waits until 09:30" in page
    assert "20 min, 3.5 km" in page
    assert "Invoice INV-7 is 40 days late" in page and "€500.00" in page and "€321.00" in page
    assert "Lucía Ortega" in page and "in until 12:00" in page and "tel:+34600555019" in page
    assert "Promised for this day" in page and "VAT invoice" in page
    assert f'href="{reverse("letters:invoice-copy", args=[invoice.pk])}">INV-7</a>' in page
    assert "Receipt book · 1 invoice copy · VAT invoice for 1 customer" in page


def test_the_day_is_summed_with_its_way_home(client, carmen):
    round_of(carmen)

    page = shown(client, carmen)

    counts = page.split('<dl class="counts">')[1].split("</dl>")[0]
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", counts) == [
        ("Stops", "2"), ("Way", "7.6 km"), ("Driving", "46 min"), ("Visiting", "50 min"), ("Waiting", "1 h"),
        ("Back at", "12:15"),
    ]  # fmt: skip
    assert "Working time 09:00–17:30, lunch 13:30–14:30" in page
    assert "Back at 12:15" in page and "6 min, 0.6 km" in page


def test_who_was_left_out_stands_there_with_why_and_a_number_to_call(client, carmen):
    round_of(carmen)

    page = shown(client, carmen)

    out = page.split('id="left-out"')[1]
    assert "Pub Zoe" in out and "Did not fit into the day" in out and "tel:+34600111222" in out and "77.00" in out


def test_every_number_of_the_list_is_on_the_map_and_what_is_done_is_drawn_as_done(client, carmen):
    plan = round_of(carmen, ("Bar Sol", "Casa Luna", "Venta"))
    Stop.objects.filter(plan=plan, position=1).update(state="done")
    Stop.objects.filter(plan=plan, position=2).update(state="skipped")

    page = shown(client, carmen)

    labels = re.findall(r'round-map__label--(\w+)"[^>]*>([^<]+)<', page)
    assert labels == [("done", "1"), ("stop", "2"), ("start", "H")]
    numbers = re.findall(r'class="round__number">([^<]+)<', page)
    assert numbers == ["1", "–", "2"]
    assert "Skipped" in page


def test_links_for_navigation_carry_coordinates_and_nothing_else(client, carmen):
    plan = round_of(carmen, tuple(f"Bar {number}" for number in range(6)))

    page = unquote(shown(client, carmen))

    assert "Stops 1 to 4" in page and "Stops 5 to 6" in page
    links = re.findall(r'href="((?:geo:|https://)[^"]+)"', page)
    assert len(links) == 6 * 3 + 2 + 1
    codes = plan.stops.values_list("customer__code", flat=True)
    assert not [link for link in links if any(word in link for word in ("Bar", "INV", "EUR", *codes))]


def test_the_map_is_one_jump_away_from_the_top_where_there_is_one(client, carmen):
    plan = plan_of(carmen)

    assert "#on-the-map" not in shown(client, carmen)

    stop_of(plan, make.customer(carmen))
    page = shown(client, carmen)
    assert page.index('href="#on-the-map"') < page.index("In this order") < page.index('id="on-the-map"')


def test_a_way_that_was_only_estimated_says_so(client, carmen):
    stop_of(plan_of(carmen, frame={"is_estimated": True}), make.customer(carmen))

    assert "The map server did not answer" in shown(client, carmen)
    assert "The map server did not answer" not in shown(client, carmen, date="2026-11-25")


def test_pictures_of_streets_lie_under_the_map_only_where_a_setting_names_them(client, carmen, settings: LazySettings):
    round_of(carmen)
    assert "<image" not in shown(client, carmen)

    settings.MAP_TILES = "https://tiles.example/{z}/{x}/{y}.png"
    page = shown(client, carmen)

    assert 'href="https://tiles.example/' in page and settings.MAP_CREDIT in page


def test_a_day_without_a_plan_without_visits_and_a_day_off_say_why_they_are_empty(client, carmen):
    assert "Nobody planned this day yet." in shown(client, carmen)
    plan_of(carmen)
    assert "No visits on this day." in shown(client, carmen)
    plan_of(carmen, date(2026, 11, 29), frame={"off": "day off"})
    assert "A day off." in shown(client, carmen, date="2026-11-29")


def test_a_planned_round_shows_every_stop_of_the_plan_in_its_order(client, carmen):
    for number in range(4):
        made = make.customer(carmen, name=f"Bar {number}")
        make.site(made, latitude=f"39.4{number}")
        make.invoice(made, "400.00", due_date=TUESDAY - timedelta(days=9))
    plan = services.plan_day(on=TUESDAY, rep=carmen, by=make.BY)

    page = shown(client, carmen)

    names = re.findall(r'class="round__name"><a [^>]*>([^<]+)<', page)
    assert names == list(plan.stops.order_by("position").values_list("customer__name", flat=True))
    assert len(names) == 4


def test_whoever_reaches_a_customer_at_night_or_without_a_place_breaks_nothing(client, carmen):
    plan = plan_of(carmen, frame={"start": [], "end": [], "home_at": None})
    stop_of(
        plan, make.customer(carmen, name="Somewhere"), card={"place": [], "phone": "", "who": []}, arrive_at=None,
        start_at=None, leave_at=None, opens_at=None, closes_at=None, kilometres=None, travel_minutes=0,
    )  # fmt: skip

    page = shown(client, carmen)

    assert "Somewhere" in page and "any time of the day" in page and "geo:" not in page


# Whose


def test_a_manager_sees_the_rounds_of_his_teams_and_finance_and_auditors_all(client, carmen):
    round_of(carmen)
    south = make.team("South")
    query = {"rep": carmen.pk, "date": TUESDAY.isoformat()}

    for person in (make.manager("maria"), make.finance(), make.auditor(), make.admin_user()):
        assert "Bar Sol" in shown(client, person, **query)
    for person in (make.manager("mark", leads=south), make.rep("tom", team=south), make.rep("iker")):
        client.force_login(person)
        assert {client.get(address, query).status_code for address in (ROUND, GPX)} == {404}


def test_whoever_has_no_round_chooses_whose(client, carmen):
    client.force_login(make.manager("maria"))

    answer = client.get(ROUND, {"date": "2026-11-25"})

    assert (answer.status_code, answer["Location"]) == (302, "/today/?date=2026-11-25")


@pytest.mark.parametrize("query", [{"date": "soon"}, {"date": "9999-12-31"}, {"rep": "x"}, {"rep": "99999"}])
def test_a_day_or_a_rep_that_is_none_is_a_missing_page(client, carmen, query):
    client.force_login(carmen)

    assert client.get(ROUND, query).status_code == 404


# Size


def test_ten_stops_and_three_hundred_take_as_many_statements(carmen, count_queries):
    plan = plan_of(carmen)
    many_stops(plan, 10)

    def read():
        return round_page(rep=carmen, on=TUESDAY, user=carmen)

    read()
    ten = count_queries(read)
    many_stops(plan, 290)

    assert count_queries(read) == ten <= 6
    assert len(read().stops) == 300


def test_the_list_of_a_long_day_is_as_light_as_the_page_of_a_phone(client, carmen):
    plan = plan_of(carmen)
    for number in range(20):
        stop_of(
            plan, make.customer(carmen, name=f"Supermercado número {number} de la Malvarrosa, S.L."), at=number % 12
        )

    client.force_login(carmen)

    assert len(gzip.compress(client.get(ROUND).content, 6)) < 20 * 1024


# The file


def test_the_file_has_what_is_left_of_the_round_with_the_numbers_of_the_list(client, carmen):
    plan = round_of(carmen, ("Bar Sol", "Casa Luna", "Venta"))
    Stop.objects.filter(plan=plan, position=1).update(state="done")

    client.force_login(carmen)
    answer = client.get(GPX)

    assert answer["Content-Type"] == "application/gpx+xml"
    assert answer["Content-Disposition"] == 'attachment; filename="round-carmen-2026-11-24.gpx"'
    [route] = gpxpy.parse(answer.content.decode()).routes
    assert [point.name for point in route.points] == ["Start", "2 Casa Luna", "3 Venta", "Start"]


def test_a_round_that_ends_elsewhere_leads_there(client, carmen):
    stop_of(plan_of(carmen, frame={"end": ["39.500000", "-0.400000"]}), make.customer(carmen, name="Bar Sol"))

    client.force_login(carmen)
    [route] = gpxpy.parse(client.get(GPX).content.decode()).routes

    assert [point.name for point in route.points] == ["Start", "1 Bar Sol", "End"]
    assert route.points[-1].latitude == 39.5


def test_today_leads_to_the_list_the_week_and_the_sheet(client, carmen):
    round_of(carmen)

    page = shown(client, carmen, reverse("visits:today"))

    for name in ("round", "week", "day-sheet"):
        assert f'href="{reverse(f"visits:{name}")}?rep={carmen.pk}&amp;date=2026-11-24"' in page
    assert "waits until 09:30" in page
    assert "copy of INV-7" in page
