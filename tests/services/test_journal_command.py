"""The journal's accounts, and its command: one JSON document, the file beside it, nothing the second time."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from receivables import queries, services
from receivables.models import JournalBatch
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY, END = date(2026, 3, 2), date(2026, 3, 31)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(code="C1")


def export(up_to=END):
    return services.export_journal(up_to=up_to, by=make.BY)


# Accounts


def test_a_mapped_account_holds_in_its_currency_before_the_general_one(customer):
    make.account("USD")
    services.map_account(kind="bank", currency="", number="1800", by=make.BY)
    services.map_account(kind="bank", currency="USD", number="1801", by=make.BY)
    make.payment(customer, 10, received_on=DAY)
    make.payment(customer, 10, received_on=DAY, currency="USD")

    assert {(row.currency, row.debit) for row in export().rows.all()} == {("EUR", "1800"), ("USD", "1801")}


def test_an_empty_number_takes_the_mapping_back(customer):
    services.map_account(kind="bank", currency="", number="1800", by=make.BY)
    services.map_account(kind="bank", currency="", number=" ", by=make.BY)
    make.payment(customer, 10, received_on=DAY)

    assert export().rows.get().debit == "1000"
    assert Entry.objects.filter(verb="receivables.account_mapped").count() == 2


@pytest.mark.parametrize("wrong", [{"kind": "petty"}, {"currency": "ABC"}, {"number": "9" * 41}, {"number": "1\n2"}])
def test_a_mapping_that_cannot_be_is_refused(customer, wrong):
    with pytest.raises(services.NotAnAccount):
        services.map_account(**{"kind": "bank", "currency": "", "number": "1"} | wrong, by=make.BY)


# The command


def run(tmp_path, **options):
    out = StringIO()
    call_command("export_journal", out=tmp_path / "journal.csv", json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_the_command_writes_the_file_and_says_what_is_in_it(customer, tmp_path):
    make.due_item(customer, 100, due_date=date(2026, 2, 1))
    make.payment(customer, 150, received_on=DAY)

    assert run(tmp_path, up_to=END.isoformat()) == {
        "batch": 1,
        "rows": 2,
        "totals": [
            {"currency": "EUR", "kind": "allocation", "count": 1, "amount": "100.00"},
            {"currency": "EUR", "kind": "receipt", "count": 1, "amount": "150.00"},
        ],
    }
    assert (tmp_path / "journal.csv").read_bytes() == bytes(JournalBatch.objects.get().document.content)

    assert run(tmp_path) == {"batch": None, "rows": 0, "totals": []}
    assert (tmp_path / "journal.csv").read_text("utf-8-sig").startswith("batch,row,date,")
    assert JournalBatch.objects.count() == 1


def test_a_file_in_a_folder_that_is_not_there_is_a_wrong_call(customer, tmp_path):
    make.payment(customer, 10, received_on=DAY)

    with pytest.raises(CommandError) as wrong:
        run(tmp_path / "missing")

    assert wrong.value.returncode == 2
    assert not JournalBatch.objects.exists()


def totals(batch):
    return {total.kind: (total.count, total.amount) for total in queries.journal_totals(batch)}


def test_what_is_taken_back_counts_against_the_totals_of_the_batch(customer):
    make.due_item(customer, 100, due_date=date(2026, 2, 1))
    payment = make.payment(customer, 150, received_on=DAY)
    services.reverse_payment(payment=payment, on=DAY, by=make.BY, because="Bounced")
    make.payment(customer, 30, received_on=DAY)

    first = export()
    back = services.reverse_journal(batch=first, because="Wrong accounts", by=make.BY)

    assert totals(first) == {"receipt": (3, 30), "allocation": (3, 30)}
    assert totals(back) == {"receipt": (3, -30), "allocation": (3, -30)}
