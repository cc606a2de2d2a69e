"""The sheet itself: its text, totals, pages, numbers and metadata, read back from the PDF."""

import hashlib
import re
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader

from collections_app.letters import printing, services
from collections_app.letters.models import Letter
from tests import factories as make
from tests.print import letters

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pango")]


@pytest.fixture(autouse=True)
def on_the_day_of_the_letters(monkeypatch):
    """A letter is written on its own day; `letters_of` goes on from there."""
    monkeypatch.setattr("common.clock.business_today", lambda: letters.AS_OF)


def reader(letter):
    return PdfReader(BytesIO(bytes(letter.document.content)))


def text_of(page):
    return re.sub(r"\s+", " ", page.extract_text().replace("\u00a0", " "))


@pytest.mark.parametrize(
    ("language", "level", "words"),
    [
        ("en", 1, ["Payment reminder: please pay EUR 3,399.20 by 30 November 2026", "Dear Ms Doyle", "UNITED KINGDOM"]),
        ("en", 2, ["Second reminder", "Our reminder of 20 November 2026 has not been answered."]),
        ("es", 2, ["Segundo recordatorio", "3.399,20 EUR", "Estimada Sra. Ortega:", "Su empresa nos adeuda"]),
        ("zh-hans", 3, ["催款函（最后通知）", "EUR 3,399.20", "尊敬的王经理", "盖章处"]),
    ],
)
def test_a_letter_says_what_how_much_and_by_when_on_one_page(language, level, words):
    letter = letters.letters_of(language, level=level)

    [page] = reader(letter).pages
    text = text_of(page)

    assert not [word for word in words if word not in text]
    assert letter.reference in text
    assert "IE29 AIBK 9311 5212 3456 78" in text
    assert "INV-2026-0871" in text


@pytest.mark.parametrize("language", ["en", "es", "zh-hans"])
def test_a_long_letter_carries_its_sums_and_adds_up(language):
    letter = letters.letters_of(language, items=60)
    pages = [text_of(page) for page in reader(letter).pages]

    assert len(pages) == 3
    assert sum(len(re.findall(r"INV-2026-\d{4}", page)) for page in pages) == 60
    rows = letter.frozen["table"]["rows"]
    for before, after in pairwise(pages):
        carried = max((row["upto"] for row in rows if row["upto"] in before and row["upto"] in after), default="")
        assert carried
    total = sum(Decimal(item["open"]) for item in letter.frozen["facts"]["items"])
    assert total == letter.total_amount == Decimal(letter.frozen["facts"]["total"])
    for number, page in enumerate(pages[1:], start=2):
        assert f"{number} / 3" in page
        assert letter.reference in page
    assert len(re.findall(r"INV-2026-\d{4}", pages[-1])) >= 2  # the sum is never alone


def test_the_letters_of_a_run_are_numbered_in_the_order_of_their_customers():
    for code in ("B", "A", "C"):
        letters.buyer("en", code=code)
    run = services.issue(as_of=letters.AS_OF, by=make.BY)
    services.render_waiting()

    found = [(letter.customer.code, letter.number) for letter in run.letters.order_by("number")]

    assert found == [("A", 1), ("B", 2), ("C", 3)]
    for letter in run.letters.all():
        assert hashlib.sha256(bytes(letter.document.content)).hexdigest() == letter.sha256
        assert f"D1 2026-{letter.number:04d}" in text_of(reader(letter).pages[0])


def test_the_same_input_gives_the_same_bytes():
    letter = letters.letters_of("en")

    assert printing.to_pdf(Letter.objects.get(pk=letter.pk).frozen) == bytes(letter.document.content)


def test_the_file_names_its_title_author_and_language_and_embeds_its_fonts():
    file = reader(letters.letters_of("zh-hans"))

    assert "催款函" in file.metadata.title or "付款提醒函" in file.metadata.title
    assert file.metadata.author == "Brightwater Drinks Ltd"
    assert file.trailer["/Root"]["/Lang"] == "zh-Hans"
    assert file.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfaid:part" in file.trailer["/Root"]["/Metadata"].get_object().get_data()
    fonts = {font.get_object()["/BaseFont"] for font in file.pages[0]["/Resources"]["/Font"].values()}
    assert fonts
    assert all(re.match(r"/[A-Z]{6}\+Letter", font) for font in fonts)


def test_a_customer_cannot_write_markup_into_a_letter():
    name = "<b>Sol</b> <img src=file:///etc/passwd> {{ sheet.box }}"
    of = letters.buyer("en", items=1)
    type(of).objects.filter(pk=of.pk).update(name=name)

    letter = services.render(services.issue(as_of=letters.AS_OF, by=make.BY).letters.get())

    assert "<b>Sol</b>" in text_of(reader(letter).pages[0])


def test_the_address_stands_in_the_window_of_the_envelope():
    """DIN 5008 form B: 20 to 105 mm from the left, 45 to 90 mm from the top."""
    found = []

    def visit(text, page, line, _font, _size):
        if "Mercado Sol" in text or "46023" in text or "SPAIN" in text:
            left = line[4] * page[0] + line[5] * page[2] + page[4]
            bottom = line[4] * page[1] + line[5] * page[3] + page[5]
            found.append((left * 25.4 / 72, 297 - bottom * 25.4 / 72))

    reader(letters.letters_of("es")).pages[0].extract_text(visitor_text=visit)

    assert len(found) == 3
    assert all(20 <= left <= 105 and 62.7 <= top <= 90 for left, top in found)
