"""How postcodes and towns are compared, and a company's own list of them."""

from decimal import Decimal

import pytest

from customers import postcodes
from customers.postcodes import Why


def read(*lines, header="country,postcode,city,latitude,longitude"):
    return postcodes.read("\n".join([header, *lines]).encode())


@pytest.mark.parametrize(
    ("one", "other"),
    [("t12 x8n6", "T12X8N6"), ("4000-123", "4000 123"), ("４６００１", "46001"), ("M1 2AB", "m12ab")],
)
def test_a_postcode_is_one_however_it_is_written(one, other):
    assert postcodes.code_of(one) == postcodes.code_of(other)


@pytest.mark.parametrize(
    ("written", "district"),
    [("T12 X8N6", "T12"), ("M1 2AB", "M1"), ("4000-123", "4000"), ("1012 AB", "1012"), ("46001", ""), ("X Y", "")],
)
def test_a_code_in_two_parts_has_its_district(written, district):
    assert postcodes.outer_code_of(written) == district


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("XÀTIVA", "Xativa"),
        ("Vila-real", "Vila  Real"),
        ("Póvoa de Varzim", "povoa de varzim"),
        ("L'Hospitalet", "Lhospitalet"),
        ("Weißenfels", "WEISSENFELS"),
    ],
)
def test_a_town_is_one_however_it_is_written(one, other):
    assert postcodes.name_of(one) == postcodes.name_of(other)


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("Valencia", ["valencia"]),
        ("上海市徐汇区", ["上海市徐汇区", "上海市"]),
        ("江苏省昆山市", ["江苏省昆山市", "昆山市"]),
        ("昆山市", ["昆山市"]),
        ("", []),
    ],
)
def test_a_chinese_address_names_its_city_within(address, names):
    assert postcodes.names_of(address) == names


def test_a_list_is_read_whatever_its_separator_and_its_decimals():
    wanted = {("ES", "46001", "valencia"): (Decimal("39.470000"), Decimal("-0.380000"))}

    assert read("ES,46001,València,39.47,-0.38").places == wanted
    assert read("es;46001;Valencia;39,47;-0,38", header="Country;Postcode;City;Latitude;Longitude").places == wanted
    of_a_spreadsheet = "\ufeffcountry\tpostcode\tlatitude\tlongitude\r\nES\t46001\t39.47\t-0.38\r\n"
    assert postcodes.read(of_a_spreadsheet.encode()).places == {("ES", "46001", ""): wanted["ES", "46001", "valencia"]}


def test_a_place_that_stands_twice_lies_in_the_middle():
    found = read("ES,46001,Valencia,39.46,-0.38", "ES,46 001,VALENCIA,39.48,-0.36", "", "ES,46001,Mislata,39.5,-0.4")

    assert found.rows == 3
    assert found.places[("ES", "46001", "valencia")] == (Decimal("39.470000"), Decimal("-0.370000"))
    assert len(found.places) == 2


def test_all_that_is_wrong_is_told_at_once_with_its_line():
    found = read(
        "Spain,46001,,39.4,-0.3", "ES,-,,39.4,-0.3", "ES,46001,,north,-0.3", "ES,46001,,39.4,NaN", "ES,46001,,394,-0.3"
    )

    assert [(problem.line, problem.column, problem.why) for problem in found.problems] == [
        (2, "country", Why.NOT_A_COUNTRY),
        (3, "postcode", Why.EMPTY),
        (4, "latitude", Why.NOT_A_NUMBER),
        (5, "longitude", Why.NOT_A_NUMBER),
        (6, "latitude", Why.OFF_THE_EARTH),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Why.NO_COLUMN),
        (b"country,postcode,latitude,longitude\n\n", Why.NO_LINE),
        (b"country,code,latitude,longitude\nES,1,2,3", Why.NO_COLUMN),
        (b"\xff\xfe\x00", Why.NOT_TEXT),
        (b'country,postcode,latitude,longitude\nES,"' + b"4" * 200_000, Why.BROKEN),
    ],
)
def test_what_is_no_list_is_refused_in_one_word(content, why):
    found = postcodes.read(content)

    assert ([problem.why for problem in found.problems], found.places) == ([why], {})
