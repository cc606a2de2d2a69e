"""One figure, wherever it is asked for: command, board, list, CSV and XLSX."""

import io
import json
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from collections_app.standings.models import Night
from common import clock
from receivables import services
from tests import factories as make
from tests import nights
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["counted", "nights"])
def book(client, request):
    """Two late items, one written off in part, a credit note, money on account and a booked charge."""
    make.business()
    today, now = clock.business_today(), clock.now()
    customer = make.customer()
    late = make.due_item(customer, "1234.56", due_date=today - timedelta(days=40))
    make.invoice(customer, "200.10", due_date=today - timedelta(days=10))
    make.invoice(customer, 300, due_date=today + timedelta(days=10))
    make.credit_note(customer, "20.05", issued_on=today - timedelta(days=60), due_date=today - timedelta(days=10))
    make.payment(customer, "70.70", received_on=today - timedelta(days=20), lines=[])
    asked = services.ask_write_off(
        target=late, amount=Decimal("34.56"), code="price", because="Agreed", on=today, by=make.BY
    )
    services.grant_write_off(write_off=asked, on=today, by=make.manager())
    services.claim(due_item=late, kind="fee", amount=Decimal(5), basis="Clause 7", on=today, by=make.BY)
    late.charges.update(booked_on=today)
    if request.param == "nights":
        for days_ago in (15, 1, 0):
            nights.run(today - timedelta(days=days_ago))
    else:
        Night.objects.create(business_date=today, known_until=now, started_at=now, done_at=now)
    client.force_login(make.finance())
    return today


def from_command(day: date, bounds: str) -> dict[str, Decimal]:
    out = io.StringIO()
    as_on_board = ("--buckets", bounds, "--credits", "apart")  # a credit note has no lateness there
    call_command("ageing", "--as-of", day.isoformat(), *as_on_board, "--json", stdout=out)
    answer = json.loads(out.getvalue())
    return {row["bucket"]: Decimal(row["amount"]) for row in answer["rows"]} | {
        "total": Decimal(answer["totals"][0]["amount"])
    }


@pytest.mark.parametrize(("bounds", "said"), [("15,45", "&buckets=15,45"), ("30,60,90,180", "")])
@pytest.mark.parametrize("days_ago", [0, 1, 15])
def test_a_bucket_is_the_same_in_the_command_the_list_its_csv_and_its_xlsx(client, book, days_ago, bounds, said):
    day = book - timedelta(days=days_ago)
    for bucket, amount in from_command(day, bounds).items():
        query = f"/receivables/?as_of={day}{said}" + (f"&bucket={quote(bucket)}" if bucket != "total" else "")

        page = client.get(query)
        lines = rows_of(client.get(f"{query}&export=csv"))
        sheet = load_workbook(io.BytesIO(client.get(f"{query}&export=xlsx").content)).active
        rows = list(sheet.values)
        head = next(place for place, row in enumerate(rows) if "Open" in row)
        column = rows[head].index("Open")

        assert page.context["totals"].by_currency == [("EUR", amount)]
        assert sum(Decimal(line["Open"]) for line in lines) == amount
        assert sum(Decimal(str(row[column])) for row in rows[head + 1 :] if row[column] is not None) == amount


def test_the_total_of_the_board_is_the_total_of_the_command(client, book):
    board = client.get(f"/ageing/?as_of={book}&buckets=15,45").context["board"]

    assert board.matrix.total.total.amount == from_command(book, "15,45")["total"]


def test_a_past_day_as_it_was_known_then_is_the_same_in_the_command_and_on_the_board(client, book):
    """A payment that is dated back is known today, and was not known at the end of its day."""
    day = book - timedelta(days=15)
    out = io.StringIO()
    call_command("ageing", "--as-of", day.isoformat(), "--known-on", day.isoformat(), "--json", stdout=out)
    rows = json.loads(out.getvalue())["rows"]
    board = client.get(f"/ageing/?as_of={day}&known=then").context["board"]

    assert board.headline.receivables == sum(Decimal(row["amount"]) for row in rows)
    assert board.headline.receivables != from_command(day, "30")["total"]


def test_bounds_that_are_none_are_refused_beside_their_field(client, book):
    answer = client.get("/ageing/?buckets=90,30")

    assert answer.status_code == 422
    assert "Bounds are whole days" in answer.content.decode()


def test_the_sheet_says_once_of_which_day_it_is(client, book):
    sheet = load_workbook(io.BytesIO(client.get(f"/receivables/?as_of={book}&export=xlsx").content)).active

    assert [row[0] for row in sheet.values].count("As of") == 1
