"""Cash discounts and tax come in with the documents: from columns, for a whole file, or with the terms."""

from datetime import date
from decimal import Decimal

import pytest

from intake import services, shipped
from receivables import services as receivables
from receivables.models import DueItem, Invoice, JournalRow, WriteOff
from tests import factories as make
from tests.intake.made import GOOD, HEADING, PLAIN, TODAY, csv_file, made_profile, problems, read

COLUMNS = """
discount_until = "disc until"
discount_days = "disc days"
discount_percent = "disc"
vat_amount = "vat"
vat_percent = "vat rate"
"""
PROFILE = PLAIN.replace("[file]", COLUMNS + "[file]")
WIDE = f"{HEADING},disc until,disc days,disc,vat,vat rate"
ROW = "1001,C1,Alder Foods,2026-10-01,2026-10-31,121.00,EUR,"


def parts(*rows, heading=WIDE, source=PROFILE, extra=""):
    found = read(csv_file(*rows, heading=heading), by=made_profile(extra, source))
    assert [problem.text for problem in found.problems] == []
    return [(part.discount_until, part.discount_share) for document in found.documents for part in document.parts]


def tax(row, heading=WIDE):
    [document] = read(csv_file(row, heading=heading), by=made_profile("", PROFILE)).documents
    return document.vat_amount


@pytest.mark.parametrize(
    ("cells", "until", "share"),
    [
        (",2026-10-11,,2,,", date(2026, 10, 11), "0.02"),
        (",,10,2.5 %,,", date(2026, 10, 11), "0.025"),
        (",2026-10-08,10,3%,,", date(2026, 10, 8), "0.03"),
        (",,45,2,,", date(2026, 10, 31), "0.02"),
        (",,0,2,,", date(2026, 10, 1), "0.02"),
    ],
)
def test_a_discount_of_the_columns_has_its_day_and_its_share(cells, until, share):
    assert parts(ROW + cells) == [(until, Decimal(share))]


@pytest.mark.parametrize("cells", [",,,,,", ",2026-10-11,,,,", ",,10,0,,"])
def test_without_a_share_there_is_no_discount(cells):
    assert parts(ROW + cells) == [(None, None)]


def test_one_discount_may_hold_for_the_whole_file():
    extra = '[constants]\ndiscount_days = "14"\ndiscount_percent = "3"\n'

    assert parts(GOOD, heading=HEADING, source=PLAIN, extra=extra) == [(date(2026, 10, 15), Decimal("0.03"))]


TERMS = (
    PLAIN.replace('due_on = "due date"', 'due_on = "due date"\nterms = "paid on"').replace(
        'settled_on = "paid on"\n', ""
    )
    + '[terms]\n"2/10 n30" = { method = "net", days = 30, discount = { share = "0.02", days = 10 } }\n'
    + 'halves = { method = "instalments", discount = { share = "0.02", days = 10 }, parts = '
    + '[{ share = "0.5", days = 5 }, { share = "0.5", days = 60 }] }\n'
)


def test_a_discount_of_the_terms_is_kept_with_its_due_item():
    row = "1001,C1,Alder Foods,2026-10-01,,121.00,EUR,2/10 n30"

    assert parts(row, heading=HEADING, source=TERMS) == [(date(2026, 10, 11), Decimal("0.02"))]


def test_a_due_date_of_the_file_wins_and_the_discount_of_the_terms_holds():
    row = "1001,C1,Alder Foods,2026-10-01,2026-10-06,121.00,EUR,2/10 n30"

    assert parts(row, heading=HEADING, source=TERMS) == [(date(2026, 10, 6), Decimal("0.02"))]


def test_each_part_of_an_instalment_has_the_discount_no_longer_than_it_is_due():
    row = "1001,C1,Alder Foods,2026-10-01,,121.00,EUR,halves"

    assert parts(row, heading=HEADING, source=TERMS) == [
        (date(2026, 10, 6), Decimal("0.02")),
        (date(2026, 10, 11), Decimal("0.02")),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [(",,,,21.00,", "21.00"), (",,,,,21", "21.00"), (",,,,0.00,21", "0.00"), (",,,,,0", "0.00"), (",,,,,", None)],
)
def test_the_tax_is_the_files_amount_or_follows_from_its_rate(cells, expected):
    assert tax(ROW + cells) == (None if expected is None else Decimal(expected))


def test_the_tax_of_a_rate_is_rounded_to_the_currency():
    row = "1001,C1,Alder Foods,2026-10-01,2026-10-31,1000,JPY,,,,,,10"

    assert tax(row) == 91


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        (",,,2,,", "disc", "no day until which it may be kept"),
        (",,x,2,,", "disc days", "not a number"),
        (",,1.5,2,,", "disc days", "not a number of days"),
        (",31.02.2026,,2,,", "disc until", "not a date"),
        (",,10,100,,", "disc", "not a percentage"),
        (",,10,-2,,", "disc", "not a percentage"),
        (",,10,2.12345,,", "disc", "not a percentage"),
        (",,,,121.01,", "vat", "more than the amount"),
        (",,,,1.001,", "vat", "more decimals"),
        (",,,,,100", "vat rate", "not a percentage"),
    ],
)
def test_what_cannot_be_a_discount_or_a_tax_is_a_problem_of_its_column(cells, column, said):
    [text] = problems(csv_file(ROW + cells, heading=WIDE), by=made_profile("", PROFILE))

    assert f'column "{column}"' in text
    assert said in text


@pytest.mark.usefixtures("on_a_tuesday")
def test_paid_in_time_by_the_discount_less_it_closes_by_rule_and_its_tax_goes_out():
    profile = shipped.Loaded(made_profile("", PROFILE), "wide")
    row = "1001,C1,Alder Foods,2026-11-10,2026-12-10,121.00,EUR,,,14,2,21.00,"
    services.store(content=csv_file(row, heading=WIDE), name="a.csv", profile=profile, on=TODAY, by=make.BY)
    invoice, item = Invoice.objects.get(), DueItem.objects.get()
    assert (invoice.vat_amount, item.discount_until, item.discount_share) == (21, date(2026, 11, 24), Decimal("0.02"))
    money = make.payment(invoice.customer, "118.58", received_on=date(2026, 11, 23), lines=[])

    receivables.settle(
        source=money, lines=[(item.pk, Decimal("118.58"))], shorts=[(item.pk, Decimal("2.42"), "discount")],
        on=date(2026, 11, 23), by=make.BY,
    )  # fmt: skip

    assert DueItem.objects.get().open_amount == 0
    assert (WriteOff.objects.get().state, WriteOff.objects.get().vat_amount) == ("granted", Decimal("0.42"))
    receivables.export_journal(up_to=TODAY, by=make.BY)
    assert [(row.kind, row.amount) for row in JournalRow.objects.filter(kind__in=("discount", "vat"))] == [
        ("discount", Decimal("2.00")),
        ("vat", Decimal("0.42")),
    ]
