"""The ageing board as a file: by currency, standing and bucket, and by rep, as of a day and as it is filtered."""

import io
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from collections_app import night
from common import clock
from tests import factories as make
from tests.web.exported import facts_of, lines_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(db):
    make.business()
    today = clock.business_today()
    carmen, tom = make.rep("carmen"), make.rep("tom")
    sol, azul = make.customer(owner=carmen, region="Valencia"), make.customer(owner=tom, region="Madrid")
    make.invoice(sol, 100, due_date=today - timedelta(days=5))
    make.invoice(sol, 40, due_date=today + timedelta(days=5))
    make.invoice(azul, 7, due_date=today - timedelta(days=70), currency="USD")
    make.invoice(make.customer(), 3, due_date=today - timedelta(days=5))
    make.payment(azul, 9, received_on=today, lines=[])
    night.run(as_of=today, by=make.BY)
    return today


@pytest.fixture
def office(client, book):
    client.force_login(make.finance())
    return client


def blocks(answer):
    """The rows under their titles."""
    found, title = {}, ""
    lines = lines_of(answer)
    for line in lines[lines.index([]) + 1 :]:
        if len(line) == 1:
            title = line[0]
        elif line:
            found.setdefault(title, []).append(line)
    return {name: [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] for name, rows in found.items()}


def test_the_csv_has_each_currency_by_standing_and_bucket(office, book):
    answer = office.get("/ageing/?buckets=30,60&export=csv")

    rows = blocks(answer)["By standing"]
    columns = ("Currency", "Standing", "Not due", "1–30", "Over 60", "Total")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("EUR", "Unpaid", "40.00", "0.00", "0.00", "40.00"),
        ("EUR", "Overdue", "0.00", "103.00", "0.00", "103.00"),
        ("EUR", "Unapplied", "0.00", "0.00", "0.00", "-9.00"),
        ("EUR", "Total", "40.00", "103.00", "0.00", "134.00"),
        ("USD", "Quasi-bad", "0.00", "0.00", "7.00", "7.00"),
        ("USD", "Total", "0.00", "0.00", "7.00", "7.00"),
    ]  # fmt: skip
    assert f'filename="ageing-{book}-buckets-30-60.csv"' in answer["Content-Disposition"]


def test_the_csv_has_each_rep_by_bucket(office, book):
    rows = blocks(office.get("/ageing/?export=csv"))["By rep"]

    assert [(row["Rep"], row["Currency"], row["Total"], row["Of which late"], row["Items"]) for row in rows] == [
        ("Carmen", "EUR", "140.00", "100.00", "2"),
        ("Tom", "EUR", "-9.00", "0.00", "1"),
        ("Tom", "USD", "7.00", "7.00", "1"),
        ("No rep assigned", "EUR", "3.00", "3.00", "1"),
    ]


def test_its_day_and_filters_stand_on_top(office, book):
    answer = office.get("/ageing/?region=Valencia&export=csv")

    assert facts_of(answer) == {"As of": book.isoformat(), "Region": "Valencia"}
    assert {row["Rep"] for row in blocks(answer)["By rep"]} == {"Carmen"}


def test_the_workbook_has_a_sheet_for_each_with_numbers_and_days(office, book):
    sheets = load_workbook(io.BytesIO(office.get("/ageing/?export=xlsx").content)).worksheets

    assert [sheet.title for sheet in sheets] == ["By standing", "By rep"]
    rows = list(sheets[0].values)
    assert rows[1][:2] == ("As of", datetime.combine(book, time()))
    total = next(row for row in rows if row[:2] == ("EUR", "Total"))
    assert Decimal(str(total[-2])) == 134


def test_a_past_day_is_given_as_it_was(office, book):
    rows = blocks(office.get(f"/ageing/?as_of={book - timedelta(days=1)}&export=csv"))["By standing"]

    assert [row["Total"] for row in rows if row["Standing"] == "Total"] == ["143.00", "7.00"]


def test_the_board_offers_both_files(office):
    page = office.get("/ageing/?region=Valencia").content.decode()

    assert "?region=Valencia&amp;export=csv" in page and "?region=Valencia&amp;export=xlsx" in page


def test_a_filter_with_an_error_gives_no_file(office):
    assert office.get("/ageing/?buckets=90,30&export=csv").status_code == 422
