"""Files in, a book out: the three shared files to the cent, the same file again, a later file, good rows alone."""

import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from audit.models import Entry
from collections_app import night
from collections_app.standings.models import Standing
from collections_app.standings.queries import ageing
from customers.models import Customer
from intake import services, shipped
from intake.models import File
from intake.services import NotTaken, NotYetPossible, Outcome
from receivables.models import Allocation, CreditNote, DueItem, Invoice, Payment, Refund
from tests import factories as make
from tests.intake.made import PLAIN, csv_file, made_profile

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data" / "ar-synthetic"
EXPECTED = json.loads((DATA / "expected.json").read_text())
TODAY = date(2026, 11, 24)
JUNE_30 = date(2024, 6, 30)
OPEN = "1001,C1,Alder Foods,2026-10-01,2026-10-31,120.50,EUR,"


def shared(name: str) -> bytes:
    return gzip.decompress((DATA / f"{name}.gz").read_bytes())


def store(content: bytes, profile: str | shipped.Loaded = "", **how: Any) -> Outcome:
    loaded = shipped.by_name(profile) if isinstance(profile, str) and profile else profile or plain()
    assert isinstance(loaded, shipped.Loaded)
    return services.store(content=content, name="book.csv", profile=loaded, on=TODAY, by=make.BY, **how)


def plain(extra: str = "") -> shipped.Loaded:
    return shipped.Loaded(made_profile(extra), extra or "plain")


def ageing_now() -> dict[str, dict[str, list[Any]]]:
    found: dict[str, dict[str, list[Any]]] = {}
    for row in ageing(as_of=JUNE_30).rows:
        found.setdefault(row.currency, {})[str(row.bucket)] = [f"{row.amount:.2f}", row.count]
    return found


@pytest.mark.parametrize(
    ("name", "profile"), [("clean.csv", "synthetic-clean"), ("cp1250_tab.csv", "synthetic-cp1250")]
)
def test_the_ageing_of_a_shared_book_is_exact_to_the_cent(name, profile):
    report = store(shared(name), profile).report

    assert (report.rows, report.customers_added, report.problem_count) == (6000, 235, 0)
    assert (report.invoices_added, report.credit_notes_added) == (5845, 155)
    assert ageing_now() == EXPECTED["clean"]["ageing"]
    assert Entry.objects.filter(verb="intake.stored").count() == 1


def test_the_standings_of_the_clean_book_are_those_of_the_default_policy():
    store(shared("clean.csv"), "synthetic-clean")

    night.run(as_of=JUNE_30, by=make.BY)

    counted = Standing.objects.values_list("due_item__currency", "standing").annotate(count=Count("pk"))
    expected = EXPECTED["clean"]["standings_by_default_policy"]
    assert {(currency, str(standing).replace("_", "-")): count for currency, standing, count in counted} == {
        (currency, standing): row[0]
        for currency in ("EUR", "USD", "CAD")
        for standing, row in expected[currency].items()
    }


def test_the_messy_book_is_refused_with_its_twelve_problems():
    with pytest.raises(NotTaken, match="12 problems") as refusal:
        store(shared("messy_bom_semicolon.csv"), "synthetic-messy")

    lines = [problem.line for problem in refusal.value.outcome.problems]
    assert lines == [row + 2 for row in EXPECTED["messy"]["blank_amount_rows_zero_based"]]
    assert not Invoice.objects.exists()
    assert not File.objects.exists()


def test_the_good_rows_of_the_messy_book_are_taken_and_the_corrected_ones_later():
    outcome = store(shared("messy_bom_semicolon.csv"), "synthetic-messy", good_rows=True)

    report = outcome.report
    assert report.invoices_added + report.credit_notes_added == EXPECTED["messy_with_good_rows"]["documents"]
    assert (report.duplicates, report.refused_rows) == (25, 12)
    assert ageing_now() == EXPECTED["clean"]["ageing"]  # none of the refused rows is open
    refused = File.objects.get().refused_rows
    assert refused is not None
    corrected = bytes(refused.content).decode("utf-8-sig").replace(";RV;;", ";RV;10,00;")
    again = store(corrected.encode(), "synthetic-messy").report
    assert (again.rows, again.invoices_added) == (12, 12)


def test_the_same_file_again_changes_nothing():
    first = store(csv_file(OPEN)).report

    again = store(csv_file(OPEN))

    assert (first.invoices_added, again.report.invoices_added, again.report.unchanged) == (1, 0, 1)
    assert again.report.already_imported
    assert (Invoice.objects.count(), File.objects.count(), Entry.objects.filter(verb="intake.stored").count()) == (
        1,
        1,
        1,
    )


def test_a_refused_file_may_be_sent_again():
    with pytest.raises(NotTaken):
        store(csv_file(OPEN.replace("120.50", "x")))

    assert store(csv_file(OPEN)).report.invoices_added == 1


def test_a_settled_row_is_paid_in_full_on_its_day():
    store(csv_file(OPEN + "2026-11-02"))

    payment, allocation, item = Payment.objects.get(), Allocation.objects.get(), DueItem.objects.get()
    assert (payment.amount, payment.received_on, payment.unapplied_amount) == (Decimal("120.50"), date(2026, 11, 2), 0)
    assert (allocation.applies_on, item.open_amount, item.settled_on) == (date(2026, 11, 2), 0, date(2026, 11, 2))


def test_a_settled_credit_note_is_closed_by_a_refund_and_never_by_a_guessed_invoice():
    store(csv_file(OPEN, "2001,C1,Alder Foods,2026-10-02,,-20.00,EUR,2026-10-09"))

    note, refund = CreditNote.objects.get(), Refund.objects.get()
    assert (note.amount, note.unapplied_amount, refund.paid_on) == (Decimal("20.00"), 0, date(2026, 10, 9))
    assert not Allocation.objects.exists()


def test_a_later_file_brings_the_payment_of_what_is_settled_by_now():
    store(csv_file(OPEN, OPEN.replace("1001", "1002")))

    report = store(csv_file(OPEN + "2026-11-05", OPEN.replace("1001", "1002"), OPEN.replace("1001", "1003"))).report

    assert (report.settled, report.unchanged, report.invoices_added, report.payments_added) == (1, 1, 1, 1)
    assert {t["kind"]: t["amount"] for t in report.totals} == {"invoice": "120.50", "payment": "120.50"}
    assert DueItem.objects.get(invoice__number="1001").settled_on == date(2026, 11, 5)


def test_a_later_file_brings_the_part_that_was_paid():
    open_column = '[open]\nrule = "open_amount"\n'
    source = PLAIN.replace('settled_on = "paid on"', 'paid_on = "paid on"\nopen_amount = "name"') + open_column
    profile = shipped.Loaded(made_profile(source=source), "open amounts")
    row = "1001,C1,{},2026-10-01,2026-10-31,120.50,EUR,{}"
    store(csv_file(row.format("120.50", "")), profile)

    part = store(csv_file(row.format("20.50", "2026-11-03")), profile).report
    rest = store(csv_file(row.format("0.00", "2026-11-20")), profile).report

    assert (part.changed, part.settled, rest.changed, rest.settled) == (1, 0, 0, 1)
    assert list(Payment.objects.order_by("pk").values_list("amount", "received_on")) == [
        (Decimal("100.000"), date(2026, 11, 3)),
        (Decimal("20.500"), date(2026, 11, 20)),
    ]


CHANGES = {
    "amount": (
        "120.50",
        "99.00",
        'column "amount", value "99.00": changed: 1001 is here already, 120.50 EUR; ',
    ),
    "currency": (
        "EUR",
        "USD",
        'column "currency", value "USD": changed: 1001 is here already, in EUR; ',
    ),
    "due date": (
        "2026-10-31",
        "2026-11-30",
        'column "due date", value "2026-11-30": changed: 1001 is here already, due 2026-10-31; ',
    ),
    "invoice date": (
        "2026-10-01",
        "2026-10-02",
        'column "date", value "2026-10-02": changed: 1001 is here already, dated 2026-10-01; ',
    ),
    "customer": (
        "C1",
        "C2",
        'column "customer", value "C2": changed: 1001 is here already, customer C1\'s; ',
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_in_a_booked_document_is_told_with_both_values(what):
    before, after, told = CHANGES[what]
    store(csv_file(OPEN))

    with pytest.raises(NotTaken) as refusal:
        store(csv_file(OPEN.replace(before, after)))

    assert [problem.text for problem in refusal.value.outcome.problems] == [
        f"line 2, {told}correct the file, or book a correction"
    ]


def test_one_number_may_be_two_customers_where_the_profile_says_so():
    mine = plain('[documents]\nunique_by = "customer"')

    report = store(csv_file(OPEN, OPEN.replace("C1", "C2")), mine).report

    assert (report.invoices_added, report.problem_count) == (2, 0)


def test_rows_that_are_equal_count_once_whatever_the_case_of_the_name():
    report = store(csv_file(OPEN, OPEN.replace("Alder Foods", "  ALDER FOODS "), OPEN)).report

    assert (report.rows, report.duplicates, report.invoices_added) == (3, 2, 1)
    assert Customer.objects.get().name == "Alder Foods"


def test_rows_that_contradict_each_other_are_both_left_out_of_the_good_ones():
    content = csv_file(OPEN, OPEN.replace("120.50", "1.00"), OPEN.replace("1001", "1002"))

    report = store(content, good_rows=True).report

    assert (report.invoices_added, report.refused_rows, report.problem_count) == (1, 2, 1)


def test_a_new_customer_gets_the_rep_of_the_file_from_its_first_document_on():
    rep = make.rep("mira")
    source = PLAIN.replace('settled_on = "paid on"', 'owner = "paid on"') + '[owners]\nMH = "mira"\n'
    profile = shipped.Loaded(made_profile(source=source), "owners")

    report = store(csv_file(OPEN + "MH", "1002,C2,Birch,2026-10-05,,5.00,EUR,nobody"), profile).report

    ownership = Customer.objects.get(code="C1").ownerships.get()
    assert (ownership.rep, ownership.starts_on) == (rep, date(2026, 10, 1))
    assert Customer.objects.get(code="C2").owner is None
    assert len(report.warnings) == 1


def test_looking_at_a_file_changes_nothing():
    outcome = services.look(content=csv_file(OPEN), name="book.csv", profile=plain(), on=TODAY)

    assert (outcome.report.invoices_added, outcome.report.customers_added) == (1, 1)
    assert not Invoice.objects.exists()
    assert not File.objects.exists()


def test_a_file_that_adds_has_no_day_of_its_own():
    with pytest.raises(NotYetPossible, match="Only a snapshot has a day"):
        store(csv_file(OPEN), as_of=TODAY)


def test_an_invoice_date_in_the_future_is_said_and_taken_as_it_is():
    report = store(csv_file(OPEN.replace("2026-10-01,2026-10-31", "2026-12-01,2026-12-31"))).report

    assert [line for group in report.grouped_warnings for line in group.first] == [
        'line 2, column "date", value "2026-12-01": after 2026-11-24; it is owed from its own day on, taken as it is'
    ]
    assert report.invoices_added == 1


def test_a_file_that_moved_the_book_while_it_was_read_is_compared_again(monkeypatch):
    read = services.reading.read

    def slowly(content: bytes, **how: Any) -> Any:
        found = read(content, **how)
        monkeypatch.setattr(services.reading, "read", read)
        store(csv_file(OPEN, OPEN.replace("1001", "1002")))
        return found

    moment = iter([("before",)])
    monkeypatch.setattr(services.reading, "read", slowly)
    now = services.queries.moment
    monkeypatch.setattr(services.queries, "moment", lambda: next(moment, None) or now())

    report = store(csv_file(OPEN)).report

    assert (report.unchanged, report.invoices_added, Invoice.objects.count()) == (1, 0, 2)


# --- the command --------------------------------------------------------------------------------


def run(*words: str, capsys: Any) -> tuple[int, Any]:
    try:
        call_command("import_book", *words, "--json")
        code = 0
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_the_command_answers_with_its_counts_and_writes_the_refused_rows(tmp_path, capsys):
    path = tmp_path / "book.csv"
    path.write_text("Invoice,Customer,Date,Due date,Amount\n1,C1,2026-10-01,,10\n2,C1,2026-10-01,soon,10\n")

    refused = run(str(path), "--profile", "generic", capsys=capsys)
    tried = run(str(path), "--profile", "generic", "--dry-run", "--good-rows", capsys=capsys)
    taken = run(str(path), "--profile", "generic", "--good-rows", capsys=capsys)
    again = run(str(path), "--profile", "generic", "--good-rows", capsys=capsys)

    assert [code for code, _ in (refused, tried, taken, again)] == [1, 0, 0, 0]
    assert refused[1]["problems"] == [
        {
            "line": 3,
            "column": "Due date",
            "value": "soon",
            "problem": "not a date; expected YYYY-MM-DD, DD.MM.YYYY, YYYYMMDD or YYYY-MM-DD hh:mm:ss",
        }
    ]
    assert refused[1]["refused"].startswith("1 problem. Nothing was imported")
    assert taken[1]["totals"] == [{"currency": "EUR", "kind": "invoice", "count": 1, "amount": "10.00"}]
    assert (taken[1]["invoices_added"], taken[1]["refused_rows"], again[1]["unchanged"]) == (1, 1, 1)
    assert (
        (tmp_path / "book.csv.refused.csv")
        .read_text("utf-8-sig")
        .splitlines()[1]
        .startswith("2,C1,2026-10-01,soon,10,")
    )


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere.csv", "--profile", "generic"],
        [str(DATA / "expected.json"), "--profile", "nobody"],
        [str(DATA / "expected.json"), "--profile", "nobody.toml"],
        [str(DATA / "expected.json"), "--profile", "generic", "--kind", "contracts"],
    ],
)
def test_a_wrong_call_ends_with_2(words):
    with pytest.raises(CommandError) as refusal:
        call_command("import_book", *words)

    assert refusal.value.returncode == 2


def test_of_a_book_stored_in_part_the_refused_rows_are_tried_again_and_nothing_comes_twice():
    content = shared("messy_bom_semicolon.csv")
    first = store(content, "synthetic-messy", good_rows=True).report
    before = (Invoice.objects.count(), Payment.objects.count())

    again = store(content, "synthetic-messy", good_rows=True).report

    assert (first.refused_rows > 0, again.already_imported, again.refused_rows) == (True, False, first.refused_rows)
    assert (Invoice.objects.count(), Payment.objects.count()) == before
    with pytest.raises(services.NotTaken):
        store(content, "synthetic-messy")
