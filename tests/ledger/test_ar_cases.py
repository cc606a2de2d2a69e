"""Cases of ageing and open items with known answers, retyped from public test suites (`tests/data/ar-cases`)."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from collections_app.standings import queries as standings
from receivables.models import DueItem
from tests import factories as make
from tests.intake import made

CASES = json.loads(
    (Path(__file__).parents[1] / "data/ar-cases/cases.json").read_text(encoding="utf-8"), parse_float=Decimal
)
AGEING = CASES["ageing"]
T = date.fromisoformat(AGEING["report_date"])


def case(name):
    return next(one for one in CASES["receivable"] if one["id"] == name)


def day(text):
    return T + timedelta(days=int(text[1:] or 0))


def owes(customer, invoice):
    """An invoice of a case, and the payments made on it."""
    parts = [(day(part["due"]), part["amount"]) for part in invoice.get("schedule", ())]
    return make.invoice(customer, invoice["total"], due_date=None if parts else T, issued_on=day(invoice["date"]),
                        parts=parts or None)  # fmt: skip


def shown(**values):
    """The open due items: invoiced, paid, outstanding."""
    return [
        {"invoiced": item.amount, "paid": item.amount - item.open_amount, "outstanding": item.open_amount}
        for item in DueItem.objects.open().filter(**values).order_by("position")
    ]


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


@pytest.mark.parametrize("one", AGEING["items"], ids=lambda one: one["name"])
def test_an_item_is_as_many_days_late_and_in_the_bucket_as_expected(customer, one):
    make.invoice(customer, one["amount"], due_date=date.fromisoformat(one["due"]))

    [line] = standings.open_lines(as_of=T)
    [row] = standings.ageing(as_of=T, by=("bucket",)).rows

    assert (T - line.due_date).days == one["days_overdue"]
    assert (row.bucket, row.amount) == (one["bucket"], one["amount"])


def test_the_buckets_of_all_items_add_up_to_what_is_owed(db):
    make.business()
    for one in AGEING["items"]:
        make.invoice(make.customer(name=one["name"]), one["amount"], due_date=date.fromisoformat(one["due"]))

    report = standings.ageing(as_of=T, by=("bucket",))

    assert {row.bucket: row.amount for row in report.rows} == {one["bucket"]: one["amount"] for one in AGEING["items"]}
    assert [total.amount for total in report.totals] == [600]


@pytest.mark.parametrize("due_date", ["NA", "next week", "44651"])
def test_a_due_date_that_is_missing_text_or_a_serial_number_of_a_sheet_is_refused(due_date):
    row = f"1001,C1,Alfa,2022-03-01,{due_date},100.00,EUR,"

    problems = made.problems(made.csv_file(row))

    assert problems == [f'line 2, column "due date", value "{due_date}": not a date; expected YYYY-MM-DD']


def test_every_instalment_of_a_schedule_is_open_by_itself(customer):
    expected = case("schedule_open")

    owes(customer, expected["invoice"])

    assert [{"invoiced": row["invoiced"], "outstanding": row["outstanding"]} for row in shown()] == (
        expected["expect_rows"]
    )


@pytest.mark.parametrize("name", ["schedule_payment_40_fifo", "fully_paid_leaves_report", "one_cent_left_is_shown"])
def test_a_payment_settles_the_oldest_instalment_and_what_is_settled_leaves_the_list(customer, name):
    expected = case(name)
    owes(customer, expected["invoice"])

    for paid in expected["payments"]:
        make.payment(customer, paid["amount"], received_on=day(paid["date"]))

    assert shown() == expected["expect_rows"]
    assert sum(total.amount for total in standings.ageing(as_of=T).totals) == sum(
        row["outstanding"] for row in expected["expect_rows"]
    )


def test_the_invoices_of_a_customer_add_up_to_one_row(customer):
    expected = case("group_by_party")
    for invoice in expected["invoices"]:
        owes(customer, invoice)
    make.invoice(make.customer(), 7, due_date=T)

    rows = standings.ageing(as_of=T, by=("customer",)).rows

    assert {row.customer: row.amount for row in rows}[customer.code] == expected["expect_totals"]["outstanding"]
    assert sum(row["invoiced"] for row in shown(customer=customer)) == expected["expect_totals"]["invoiced"]
