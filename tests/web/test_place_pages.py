"""Where customers are: who has no position, and the page on which one gets it."""

import re
from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from collections_app.visits.models import LeftOut, Plan
from common import clock
from customers.models import Site
from tests import factories as make
from tests.web.exported import lines_of

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture
def carmen():
    make.business()
    return make.rep("carmen", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))


@pytest.fixture
def customer(carmen):
    return make.customer(owner=carmen, code="C1", name="Bar Azul")


def text_of(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def place(client, customer, look=False, then="", **said):
    page = reverse("desk:place", args=[customer.code]) + (f"?then={then}" if then else "")
    key = re.findall(r'name="key" value="([^"]+)"', client.get(page).content.decode())[0]
    fields = {"key": key, "street": "Calle Sol 1", "city": "Valencia", "country": "es", "precision": "exact"}
    return client.post(page, fields | said | ({"look": "1"} if look else {}), follow=True)


# The list


def test_who_has_no_position_is_listed_with_what_is_late_the_phone_and_where_to_place_him(client, carmen, customer):
    make.unplaced_site(customer, street="Calle Sol 1")
    make.contact(customer, phone="+34 600 555 019")
    make.due_item(customer, "240.50", due_date=TODAY - timedelta(days=9))
    make.site(make.customer(owner=carmen, name="Placed"))
    client.force_login(carmen)

    page = text_of(client, "desk:places")

    assert "Bar Azul" in page and "Placed" not in page
    assert "Calle Sol 1, 46023 Valencia, ES" in page
    assert "€240.50" in page
    assert 'href="tel:+34600555019"' in page
    assert f'href="{reverse("desk:place", args=["C1"])}?then=places"' in page


def test_a_customer_without_any_address_is_not_dropped(client, carmen, customer):
    client.force_login(carmen)

    assert "Bar Azul" in text_of(client, "desk:places")


def test_the_most_late_comes_first_and_what_a_visit_today_would_be_worth_stands_beside(client, carmen, customer):
    larger = make.customer(owner=carmen, name="Large Market")
    for of, amount in ((customer, 10), (larger, 900)):
        make.due_item(of, amount, due_date=TODAY - timedelta(days=9))
    plan = Plan.objects.create(rep=carmen, on=TODAY, input_hash="x", made_at=clock.now())
    LeftOut.objects.create(plan=plan, customer=larger, worth=Decimal(321), reason={"because": "no position"})
    client.force_login(carmen)

    page = text_of(client, "desk:places")

    assert page.index("Large Market") < page.index("Bar Azul")
    assert "€321.00" in page


def test_a_file_of_them_has_the_address_the_phone_and_no_link(client, carmen, customer):
    make.unplaced_site(customer, street="=Calle Sol 1")
    make.contact(customer, phone="+34 600 555 019")
    client.force_login(carmen)

    lines = lines_of(client.get(reverse("desk:places"), {"export": "csv"}))

    header, row = lines[-2:]
    assert header == ["Customer", "Code", "Address", "Rep", "Worth today, EUR", "Late, EUR", "Open, EUR", "Phone"]
    assert row[:4] == ["Bar Azul", "C1", "'=Calle Sol 1, 46023 Valencia, ES", "Carmen"]
    assert row[-1] == "'+34 600 555 019"


def test_the_list_is_that_of_a_rep_and_of_coarse_positions_if_asked(client, carmen, customer):
    tom = make.rep("tom")
    make.customer(owner=tom, name="Toms shop")
    make.site(make.customer(owner=tom, name="Toms village"), precision="city")
    client.force_login(make.manager("maria"))

    assert "Toms shop" not in text_of(client, "desk:places", rep="carmen")
    assert "Bar Azul" not in text_of(client, "desk:places", rep="tom")
    coarse = text_of(client, "desk:places", position="coarse")
    assert "Toms village" in coarse and "Toms shop" not in coarse


def test_nobody_without_a_position_is_said_in_a_sentence(client, carmen):
    client.force_login(carmen)

    assert "has a position, and can stand in a round" in text_of(client, "desk:places")


def test_who_is_closed_is_looked_for_no_more(client, carmen):
    make.customer(owner=carmen, name="Gone", closed_on=TODAY - timedelta(days=1))
    client.force_login(carmen)

    assert "Gone" not in text_of(client, "desk:places")


def test_an_auditor_looks_and_places_nobody(client, carmen, customer):
    client.force_login(make.auditor())

    page = text_of(client, "desk:places")

    assert "Bar Azul" in page
    assert reverse("desk:place", args=["C1"]) not in page


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client, carmen, customer, count_queries):
    client.force_login(carmen)
    one = count_queries(lambda: text_of(client, "desk:places"))
    for _ in range(12):
        make.unplaced_site(make.customer(owner=carmen))

    assert count_queries(lambda: text_of(client, "desk:places")) <= one + 1


# One customer


def test_a_position_that_was_pasted_is_kept_and_leads_back_to_the_list(client, carmen, customer):
    client.force_login(carmen)

    page = place(
        client, customer, then="places", position="https://www.google.com/maps/@39.4712,-0.3812,17z", opens_at="09:00",
        closes_at="14:00",
    )  # fmt: skip

    site = Site.objects.get()
    assert (site.latitude, site.longitude, site.precision) == (Decimal("39.471200"), Decimal("-0.381200"), "exact")
    assert (site.pays_here, site.country, site.opens_at, site.closes_at) == (True, "ES", time(9), time(14))
    assert page.redirect_chain[-1][0] == reverse("desk:places")
    assert "The place of Bar Azul is kept." in page.content.decode()


def test_an_address_alone_is_kept_without_a_position(client, carmen, customer):
    client.force_login(carmen)

    place(client, customer, position="")

    site = Site.objects.get()
    assert (site.city, site.latitude, site.precision) == ("Valencia", None, "none")


def test_an_emptied_form_does_not_wipe_what_is_known(client, carmen, customer):
    client.force_login(carmen)
    place(client, customer, position="39.4712, -0.3812")

    page = place(client, customer, street="", city="", country="", position="")

    assert page.status_code == 422
    assert "An empty form would wipe the address and the position." in page.content.decode()
    site = Site.objects.get()
    assert (site.city, site.latitude) == ("Valencia", Decimal("39.471200"))


def test_a_position_alone_may_be_taken_away(client, carmen, customer):
    client.force_login(carmen)
    place(client, customer, position="39.4712, -0.3812")

    place(client, customer, position="")

    assert Site.objects.get().latitude is None


def test_what_is_known_stands_in_the_form_and_on_the_map_with_the_neighbours_in_words(client, carmen, customer):
    make.site(customer, "39.4800", "-0.3800", precision="street", opens_at=time(9))
    make.site(make.customer(owner=carmen, name="Next Door"), "39.4810", "-0.3800")
    make.site(make.customer(owner=make.rep("tom"), name="Toms shop"), "39.4805", "-0.3800")
    client.force_login(carmen)

    page = text_of(client, "desk:place", "C1")

    assert 'value="39.48, -0.38"' in page
    assert '<option value="street" selected>' in page
    assert page.count("round-map__point--") == 2
    assert page.count('class="round-map__other"') == 1
    assert "Next Door</a>, 0.1 km" in page
    assert "Toms shop" not in page
    assert "1.2 km to where the day begins (H)" in page
    assert "Nobody is visited at home." in page


def test_looked_at_first_nothing_is_kept(client, carmen, customer):
    client.force_login(carmen)

    page = place(client, customer, look=True, position="39.4712, -0.3812")

    assert page.status_code == 200
    assert 'class="round-map__drawing"' in page.content.decode()
    assert not Site.objects.exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"position": "91.2, -0.38"}, "There is no such place on earth"),
        ({"position": "0.0, 0.0"}, "At 0, 0 there is the sea"),
        ({"position": "Calle Sol"}, "No position can be read from “Calle Sol”."),
        ({"position": "https://maps.app.goo.gl/x"}, "A short link holds no position."),
        ({"position": "https://example.com/@39.4,-0.3"}, "No position can be read from this address."),
        ({"position": "39.4712, -0.3812", "precision": ""}, "Choose how exact the position is."),
        ({"position": "", "opens_at": "14:00", "closes_at": "09:00"}, "The site closes before it opens."),
        ({"position": "", "country": "Spain"}, "A country has two letters"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_stays_typed(client, carmen, customer, said, sentence):
    client.force_login(carmen)

    page = place(client, customer, **said)

    assert page.status_code == 422
    assert page.content.decode().count(sentence) == 2  # in the list on top, and beside the field
    assert 'value="Calle Sol 1"' in page.content.decode()
    assert not Site.objects.exists()


def test_latitude_and_longitude_that_look_swapped_are_a_warning_and_no_refusal(client, carmen, customer):
    make.site(make.customer(owner=carmen), "39.48", "-0.38")
    client.force_login(carmen)

    page = place(client, customer, position="-0.3812, 39.4712")

    assert page.redirect_chain[-1][0] == reverse("desk:place", args=["C1"])
    said = page.content.decode()
    assert "km from the next customer in ES. Are latitude and longitude swapped?" in said
    assert Site.objects.get(customer=customer).latitude == Decimal("-0.381200")


def test_a_place_far_from_all_others_of_its_country_is_a_warning(client, carmen, customer):
    make.site(make.customer(owner=carmen), "39.48", "-0.38")
    client.force_login(carmen)

    far = place(client, customer, position="28.12, -15.43").content.decode()
    abroad = place(client, customer, position="51.89, -8.47", country="IE").content.decode()

    assert "km from the next customer in ES. Look at it once more." in far
    assert "from the next customer" not in abroad  # the first of its country


def test_somebody_elses_customer_is_not_there(client, customer):
    client.force_login(make.rep("tom"))

    assert client.get(reverse("desk:place", args=["C1"])).status_code == 404


def test_the_customers_page_leads_to_its_place(client, carmen, customer):
    client.force_login(carmen)

    assert f'href="{reverse("desk:place", args=["C1"])}"' in text_of(client, "desk:customer", "C1")


def test_tiles_lie_under_the_map_where_a_setting_names_them_and_their_host_is_allowed(
    client, carmen, customer, settings
):
    make.site(customer)
    client.force_login(carmen)
    assert "<image" not in text_of(client, "desk:place", "C1")

    settings.MAP_TILES, settings.MAP_CREDIT = "https://tiles.example/{z}/{x}/{y}.png", "Map by Example"
    page = text_of(client, "desk:place", "C1")

    assert 'href="https://tiles.example/' in page
    assert "Map by Example" in page
