"""The sheet of a day and the list of a week on paper: what a rep has in the hand when the phone is dead."""

import re
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from collections_app.visits.day import reading, sheet
from collections_app.visits.models import Stop
from common import clock, pdf
from tests import factories as make
from tests.web.rounds import TUESDAY, plan_of, round_of, stop_of

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not pdf.is_possible(), reason="no Pango here")]

SHEET, WEEK = reverse("visits:day-sheet"), reverse("visits:week-sheet")


@pytest.fixture
def carmen():
    make.business(calendar="ES", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))
    return make.rep("carmen", last_name="Ruiz")


def printed(client, person, address=SHEET, **query):
    client.force_login(person)
    answer = client.get(address, query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), answer.content[:300]
    return answer


def words(answer):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    return done.stdout.decode()


def flat(text):
    return " ".join(text.split())


def test_a_stop_has_everything_to_ask_and_boxes_to_fill_in(client, carmen):
    made = make.customer(carmen, name="Bar Sol", code="C-7")
    for number, days in enumerate((40, 30, 20, 10), start=7):
        make.invoice(made, "125.00", due_date=TUESDAY - timedelta(days=days), number=f"INV-{number}")
    stop_of(plan_of(carmen), made)

    text = flat(words(printed(client, carmen)))

    for known in (
        "Bar Sol", "C-7", "09:00–09:55", "window 09:30–11:00", "waits until 09:30", "Calle del Puerto 18, Valencia",
        "Lucía Ortega", "+34 600 555 019", "€500.00", "open €900.00", "“€500.00 for invoice INV-7 is to be paid",
        "INV-7 40 days late 125.00", "INV-9 20 days late 125.00", "and 1 more", "VAT invoice", "Promised for this day",
    ):  # fmt: skip
        assert known in text, known
    assert "INV-10 10 days" not in text
    for box in (
        "Paid EUR", "Cash", "Transfer", "Cheque", "Bill", "Receipt number", "Promise EUR", "by which day",
        "who promised", "No money", "Another supplier was first", "Dispute", "Not in", "Could not visit",
        "New contact or note", "Signature of the customer", "A visit that was not planned",
    ):  # fmt: skip
        assert box in text, box


def test_no_line_ends_with_the_dot_that_stands_between_two_facts(client, carmen):
    plan = plan_of(carmen)
    for number in range(8):
        person = {"name": "Maria " + "del Carmen " * number, "role": "owner", "from": "", "until": "12:00"}
        made = make.customer(carmen, name="Bar Sol", code="C-" + "7" * (number + 1))
        stop_of(plan, made, card={"who": [person], "address": "Calle del Puerto " + "Viejo " * number})

    lines = [line.strip() for page in PdfReader(BytesIO(printed(client, carmen).content)).pages
             for line in page.extract_text().splitlines()]  # fmt: skip

    assert [line for line in lines if line.endswith("·")] == []


def test_the_pages_are_numbered_and_say_whose_day_it_is_and_how_old_they_are(client, carmen):
    round_of(carmen, tuple(f"Bar {number}" for number in range(9)))

    answer = printed(client, carmen)
    pages = words(answer).split("\f")[:-1]

    assert answer["Content-Disposition"] == 'inline; filename="round-carmen-2026-11-24.pdf"'
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in flat(page)
        assert "Carmen Ruiz · Tuesday 24 November 2026" in page
        assert "Planned 23 Nov 2026 23:00, printed 24 Nov 2026" in page
    reader = PdfReader(BytesIO(answer.content))
    assert reader.metadata.title == "Round of Carmen Ruiz, Tuesday 24 November 2026"


def test_after_the_stops_come_the_way_home_the_cash_count_who_was_left_out_and_the_map(client, carmen):
    round_of(carmen)

    text = words(printed(client, carmen))

    assert "Back at 12:15" in text
    count = text.split("Cash count, EUR")[1].split("Not on this day")[0]
    assert {"500", "200", "0.5", "0.01"} <= set(re.findall(r"[\d.]+", count)) and "Total counted" in count
    assert re.search(r"Not on this day[\s\S]*Pub Zoe +Did not fit into the day +\+34 600 111 222 +€77\.00", text)
    end = text.split("Map of the round")[1]
    assert {"1", "2", "H"} <= set(re.findall(r"\b(?:\d+|H)\b", end))
    assert re.search(r"\d+ k?m", end)


def test_what_is_done_needs_no_boxes_any_more(client, carmen):
    plan = round_of(carmen)
    Stop.objects.filter(plan=plan, position=1).update(state="done")

    text = words(printed(client, carmen))

    assert text.count("Signature of the customer") == 2  # of the one that is left, and of one that was not planned
    assert re.search(r"1 +Bar Sol +Done", text)


@pytest.mark.parametrize(
    ("language", "known"),
    [("es", ("martes, 24 de noviembre de 2026", "Efectivo")), ("zh-hans", ("2026年11月24日星期二", "现金"))],
)
def test_it_is_in_the_readers_language(client, carmen, language, known):
    round_of(carmen, ("上海新月商贸有限公司", "Ávila & Søn"))
    type(carmen).objects.update(language=language)
    carmen.refresh_from_db()

    text = words(printed(client, carmen))

    for word in (*known, "上海新月商贸有限公司", "Ávila & Søn"):
        assert word in text, word


def test_a_sign_that_no_font_has_keeps_nobody_from_printing(client, carmen):
    round_of(carmen, ("Bar 🍋 Sol",))

    assert "Bar ? Sol" in words(printed(client, carmen))


def test_a_day_without_visits_says_why(client, carmen):
    assert "Nobody planned this day yet." in words(printed(client, carmen))
    plan_of(carmen, date(2026, 11, 29), frame={"off": "day off"})
    assert "A day off." in words(printed(client, carmen, date="2026-11-29"))


def test_a_manager_prints_the_sheet_of_his_reps_and_nobody_elses(client, carmen):
    round_of(carmen)

    assert "Bar Sol" in words(printed(client, make.manager("maria"), rep=carmen.pk, date="2026-11-24"))
    client.force_login(make.manager("mark", leads=make.team("South")))
    assert client.get(SHEET, {"rep": carmen.pk}).status_code == 404
    assert client.get(SHEET)["Location"] == "/today/?date=2026-11-24"


def test_five_stops_and_twenty_take_as_many_statements(carmen, count_queries):
    plan = plan_of(carmen)

    def grow(first, last):
        for number in range(first, last):
            made = make.customer(carmen)
            make.invoice(made, "10.00", due_date=TUESDAY - timedelta(days=9))
            stop_of(plan, made, number=number)

    def read():
        return sheet.sheet_of(reading.read(rep=carmen, on=TUESDAY, user=carmen), now=clock.now())

    grow(1, 6)
    read()
    five = count_queries(read)
    grow(6, 21)

    assert count_queries(read) == five <= 16
    assert len(read()["stops"]) == 20


# The week


def test_the_week_is_printed_across_with_a_column_a_day(client, carmen):
    round_of(carmen, on=date(2026, 11, 26))
    made = make.customer(carmen, name="Venta")
    make.invoice(made, "75.00", due_date=date(2026, 11, 27))

    answer = printed(client, carmen, WEEK)
    text = words(answer)

    page = PdfReader(BytesIO(answer.content)).pages[0].mediabox
    assert page.width > page.height
    assert answer["Content-Disposition"] == 'inline; filename="week-carmen-2026-11-23.pdf"'
    assert "Mon 23 Nov to 27 Nov 2026" in text and "Page 1 of 1" in flat(text)
    for known in ("Bar Sol", "09:30–11:00", "€500.00", "Pub Zoe", "Did not fit", "Falls due", "Venta", "€75.00"):
        assert known in text, known
