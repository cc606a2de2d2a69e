"""Texts, figures, addresses and the payment code of a letter."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app.letters import address, formats, payment_code, printing, sheet, texts
from collections_app.letters.address import Person
from common import postal
from common.postal import Place

IBAN = "IE29 AIBK 9311 5212 3456 78"


@pytest.mark.parametrize(
    ("language", "country", "amount", "day"),
    [
        ("en", "ES", "EUR\u00a05,254.38", "4 December 2026"),
        ("es", "ES", "5.254,38\u00a0EUR", "4 de diciembre de 2026"),
        ("es", "MX", "5,254.38\u00a0EUR", "4 de diciembre de 2026"),
        ("zh-hans", "CN", "EUR\u00a05,254.38", "2026年12月4日"),
    ],
)
def test_figures_and_days_follow_language_and_country(language, country, amount, day):
    style = formats.of(language, country)

    assert style.amount(Decimal("5254.38"), "EUR") == amount
    assert style.day(date(2026, 12, 4)) == day


def test_a_currency_without_minor_unit_has_no_decimals():
    assert formats.of("en", "JP").amount(Decimal(5254), "JPY") == "JPY\u00a05,254"


@pytest.mark.parametrize(("wanted", "spoken"), [("zh-CN", "zh-hans"), ("es_MX", "es"), ("fr", "en"), ("", "en")])
def test_a_language_without_texts_is_written_in_english(wanted, spoken):
    assert formats.spoken(wanted) == spoken


def test_every_language_says_the_same_things():
    names = {language: set(texts.of(language).sentences) for language in formats.LANGUAGES}
    plural_or_second = (".one", "greeting.second")

    differing = (names["en"] ^ names["es"]) | (names["en"] ^ names["zh-hans"])
    assert not [name for name in differing if not name.endswith(plural_or_second)]


@pytest.mark.parametrize("text", ["Pay $amount to $director", "100 $", "{{ amount.__class__ }} $settings"])
def test_a_text_with_an_unknown_field_is_refused_when_it_is_read(text):
    with pytest.raises(texts.UnknownPlaceholder):
        texts.checked({"subject.1": text}, "en")


def test_what_fills_a_field_is_never_read_as_text_again():
    said = texts.of("en").say("attention.line", person="$amount {{ settings.SECRET_KEY }} {% now %}")

    assert said == "Attn $amount {{ settings.SECRET_KEY }} {% now %}"


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["DN-4611", "·_batch_13", "·_part_1_of_2"]),
        ("es", ["DN-4611", "·_lote_13", "·_plazo_1_de_2"]),
    ],
)
def test_a_delivery_ends_a_line_between_its_parts_alone(language, lines):
    said = sheet.delivered(texts.of(language), "DN-4611", batch=13, position=1, parts=2)

    assert said.replace("\u00a0", "_").split(" ") == lines


FORBIDDEN = {
    "en": ("lawyer", "court", "legal action", "urgent", "immediately", "shame", "neighbour"),
    "es": ("abogado", "juzgado", "acciones legales", "urgente", "inmediatamente", "moroso", "vecino"),
    "zh-hans": ("律师", "法院", "起诉", "紧急", "老赖", "邻居"),
}


@pytest.mark.parametrize("language", formats.LANGUAGES)
def test_no_text_threatens_shames_or_invents_urgency(language):
    said = " ".join(texts.of(language).sentences.values()).lower()

    assert not [word for word in FORBIDDEN[language] if word in said]


@pytest.mark.parametrize("language", formats.LANGUAGES)
def test_the_first_letter_names_no_interest(language):
    first = " ".join(text for name, text in texts.of(language).sentences.items() if ".1" in name).lower()

    assert not [word for word in ("interest", "interés", "intereses", "利息") if word in first]


def test_an_address_abroad_ends_with_the_country_in_the_senders_language():
    place = Place("Calle del Puerto 18", "46023", "Valencia", "ES")
    values = {"company": "Mercado Sol, S.L.", "attention": "Att. Lucía Ortega", "place": place, "language": "es"}

    assert postal.lines(sender_country="IE", **values)[-2:] == ["46023 Valencia", "SPAIN"]
    assert postal.lines(sender_country="ES", **values)[-1] == "46023 Valencia"


@pytest.mark.parametrize(
    ("country", "town"),
    [("GB", ["Belfast", "BT1 3LA"]), ("US", ["Belfast BT1 3LA"]), ("PT", ["BT1 3LA Belfast"])],
)
def test_each_country_has_its_own_place_for_the_postcode(country, town):
    found = postal.lines(
        company="Harbour Stores Ltd", attention="", place=Place("18 Strand Road", "BT1 3LA", "Belfast", country),
        sender_country=country, language="en",
    )  # fmt: skip

    assert found == ["Harbour Stores Ltd", "18 Strand Road", *town]


def test_a_chinese_address_begins_with_the_postcode_and_ends_with_the_person():
    place = Place("徐汇区漕溪北路 88 号", "200030", "上海市", "CN")

    found = postal.lines(
        company="上海明泉食品有限公司", attention="王立新 收", place=place, sender_country="IE", language="zh-hans"
    )

    assert found == ["200030", "上海市徐汇区漕溪北路 88 号", "上海明泉食品有限公司", "王立新 收", "CHINA"]


@pytest.mark.parametrize(
    ("language", "person", "greeted", "manner"),
    [
        ("en", Person("Lucía Ortega", "Ms"), "Ms Ortega", "person"),
        ("es", Person("Lucía Ortega", "Sra."), "Sra. Ortega", "woman"),
        ("es", Person("Juan Gil", "Sr. Gil"), "Sr. Gil", "man"),
        ("zh-hans", Person("王立新", "经理"), "王经理", "person"),
        ("en", Person("Lucía Ortega", ""), "", "unknown"),
    ],
)
def test_the_salutation_agrees_with_the_person(language, person, greeted, manner):
    assert address.greeted(person, language) == greeted
    assert address.manner(greeted) == manner


@pytest.mark.parametrize(
    ("iban", "amount", "currency", "has_code"),
    [
        (IBAN, "0.01", "EUR", True),
        (IBAN, "999999999.99", "EUR", True),
        (IBAN, "1000000000.00", "EUR", False),
        (IBAN, "100", "USD", False),
        ("IE30 AIBK 9311 5212 3456 78", "100", "EUR", False),  # check digits
        ("000123456", "100", "EUR", False),
        ("TR330006100519786457841326", "100", "EUR", False),  # an IBAN outside SEPA
    ],
)
def test_a_payment_code_stands_only_where_a_bank_can_read_it(iban, amount, currency, has_code):
    code = payment_code.epc_code(
        name="Brightwater", iban=iban, bic="AIBKIE2D", amount=Decimal(amount), currency=currency, reference="C1 D1"
    )

    assert (code is not None) is has_code


def test_rows_are_cut_so_that_every_part_follows_the_last_and_carries_its_sum():
    rows = [{"id": f"r{n}", "upto": str(n)} for n in range(1, 11)]

    first, second, last = printing.parts(rows, [4, 7])

    assert (len(first.rows), first.carried, second.brought, second.carried, last.brought) == (4, "4", "4", "7", "7")
    assert [row["id"] for row in (*last.rows, *last.end)] == ["r8", "r9", "r10"]
    assert len(last.end) == printing.END_ROWS
