"""Exports: exactly the filtered rows, numbers as numbers, days as days, and never a live formula."""

import csv
import io
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from collections_app.standings.models import Night
from common import clock
from common.tables import as_csv, as_xlsx
from tests import factories as make
from tests.web.exported import lines_of, rows_of

LIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＋1", "－1", "＠x", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", LIVE)
def test_text_that_begins_like_a_formula_is_text(text):
    [[cell]] = list(csv.reader(io.StringIO(as_csv([[text]]).decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(as_xlsx([["Name"], [text]], title="x", facts=[]))).active
    last = sheet.cell(sheet.max_row, 1)

    assert cell == f"'{text}"
    assert last.data_type == "s"
    assert last.quotePrefix


def test_numbers_stay_numbers_and_days_days():
    day = clock.business_today()
    rows = [["Amount", "Days", "Day"], [Decimal("-1240.50"), -3, day]]

    line = as_csv(rows).decode("utf-8-sig").splitlines()[1]
    sheet = load_workbook(io.BytesIO(as_xlsx(rows, title="x", facts=[]))).active
    amount, days, on = (sheet.cell(sheet.max_row, place) for place in (1, 2, 3))

    assert line == f"-1240.50,-3,{day.isoformat()}"
    assert (amount.data_type, amount.value, amount.number_format) == ("n", -1240.5, "#,##0.00")
    assert (days.data_type, days.value) == ("n", -3)
    assert on.value.date() == day


def test_characters_that_no_sheet_can_hold_are_left_out():
    sheet = load_workbook(io.BytesIO(as_xlsx([["a\x00b\x0bc"]], title="a/b[c]", facts=[]))).active

    assert sheet.cell(sheet.max_row, 1).value == "abc"


@pytest.fixture
def office(db, client):
    make.business()
    today, now = clock.business_today(), clock.now()
    Night.objects.create(business_date=today, known_until=now, started_at=now, done_at=now)
    client.force_login(make.finance())
    return today


def test_a_csv_has_exactly_the_filtered_rows_beyond_the_page(client, office):
    make.many_invoices(make.customer(name="=cmd|' /C calc'!A0"), 70, due_date=office - timedelta(days=9))
    make.many_invoices(make.customer(name="Other"), 3, due_date=office + timedelta(days=9))

    answer = client.get("/receivables/?bucket=1-30&export=csv")
    rows = rows_of(answer)

    assert len(rows) == 70
    assert {row["Customer"] for row in rows} == {"'=cmd|' /C calc'!A0"}
    assert {row["Open"] for row in rows} == {"10.00"}
    assert {row["Days late"] for row in rows} == {"9"}
    assert {row["Due"] for row in rows} == {(office - timedelta(days=9)).isoformat()}
    assert f'filename="receivables-{office.isoformat()}-bucket-1-30.csv"' in answer["Content-Disposition"]


def test_a_csv_says_its_day_and_filters_on_top(client, office):
    make.invoice(make.customer(), "12.50", due_date=office)

    lines = lines_of(client.get("/invoices/?state=open&currency=EUR&export=csv"))

    assert lines[:4] == [["As of", office.isoformat()], ["State", "Open"], ["Currency", "EUR"], []]
    assert lines[4][0] == "Invoice"
    assert len(lines) == 6


def test_an_xlsx_says_its_day_and_filters_on_top_and_in_its_name(client, office):
    make.invoice(make.customer(), "12.50", due_date=office)

    answer = client.get("/invoices/?state=open&currency=EUR&export=xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    lines = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]

    assert lines[0] == ["Invoices"]
    assert ["As of", datetime.combine(office, time())] in lines
    assert ["State", "Open"] in lines
    assert ["Currency", "EUR"] in lines
    assert "state-open" in answer["Content-Disposition"]
    assert 12.5 in lines[-1]


@pytest.mark.parametrize("url", ["/receivables/", "/customers/", "/invoices/", "/payments/", "/payments/receipts/"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_list_can_be_exported_by_role_scope(client, office, url, kind):
    make.invoice(make.customer(owner=make.rep("tom"), name="Toms place"), due_date=office, paid=[("5", office)])

    answer = client.get(f"{url}?export={kind}")

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_reps_export_has_only_his_own_rows(client, office):
    make.invoice(make.customer(owner=make.rep("tom"), name="Toms place"), due_date=office)
    client.force_login(make.rep("carmen"))

    for url in ("/receivables/", "/customers/", "/invoices/"):
        assert b"Toms place" not in client.get(f"{url}?export=csv").content
