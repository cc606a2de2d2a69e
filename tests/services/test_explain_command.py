"""The command that explains an invoice: one document, or words, or a refusal."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests import factories as make
from tests.services.explained import ago, item_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make.business()


def run(*args, **options):
    out = StringIO()
    call_command("explain", *args, stdout=out, **options)
    return json.loads(out.getvalue())


def test_the_command_prints_one_document():
    customer = make.customer()
    item = item_of(70, customer, number="2026-0815")

    document = run("2026-0815", json=True)

    assert (document["invoice"], document["customer"], document["as_of"]) == ("2026-0815", customer.code, "2026-11-24")
    [row] = document["items"]
    assert (row["due_on"], row["open"], row["currency"]) == (item.due_date.isoformat(), "3200.00", "EUR")
    assert (row["standing"], row["rule"], row["since"]) == ("quasi-bad", "late quasi-bad", "2026-11-14")
    assert row["way_out"] == ["Pay €3,200.00; after 13 Mar 2027 it is bad."]
    assert (row["steps"][0]["amount"], row["steps"][0]["by"]) == ("3200.00", "2027-03-13")
    assert row["facts"][0] == "€3,200.00 is open."
    assert row["evidence"][1]["url"] == f"/invoices/{item.invoice_id}/#due-{item.pk}"


def test_the_command_answers_of_a_past_day_and_by_what_was_known():
    with time_machine.travel(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        item = item_of(70, number="A-1")
    make.payment(item.customer, 3200, received_on=ago(12))

    past = run("A-1", json=True, as_of="2026-11-23")["items"][0]
    known = run("A-1", json=True, as_of="2026-11-23", known_on="2026-11-23")["items"][0]
    assert (past["standing"], past["open"]) == (None, "0.00")
    assert (known["standing"], known["open"]) == ("quasi-bad", "3200.00")


def test_the_command_explains_each_due_item_of_an_invoice(capsys):
    customer = make.customer()
    make.invoice(customer, 100, parts=[(ago(200), "60"), (ago(-5), "40")], issued_on=ago(230), number="P-1")

    rows = run("P-1", json=True)["items"]
    call_command("explain", "P-1")

    assert [row["standing"] for row in rows] == ["bad", "unpaid"]
    assert "→ Pay €60.00." in capsys.readouterr().out


def test_a_number_of_two_customers_asks_for_the_customer():
    for code in ("C-A", "C-B"):
        item_of(5, make.customer(code=code), number="SAME")

    with pytest.raises(CommandError, match="C-A, C-B. Name one with --customer") as refusal:
        run("SAME", json=True)
    assert refusal.value.returncode == 2
    assert run("SAME", json=True, customer="C-B")["customer"] == "C-B"


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        ({"invoice": "NONE"}, "There is no invoice NONE", 2),
        ({"invoice": "A-1", "customer": "NOBODY"}, "Customer NOBODY has no invoice A-1", 2),
        ({"invoice": "A-1", "as_of": "2026-09-01"}, "was issued on 20 Oct 2026", 1),
        ({"invoice": "A-1", "known_on": "2026-11-01"}, "was entered on 24 Nov 2026", 1),
        ({"invoice": "A-1", "as_of": "2026-13-01"}, "is not a date", 2),
    ],
)
def test_what_cannot_be_explained_is_refused(arguments, said, code):
    item_of(5, number="A-1")

    with pytest.raises(CommandError, match=said) as refusal:
        call_command("explain", arguments.pop("invoice"), **arguments)
    assert refusal.value.returncode == code
