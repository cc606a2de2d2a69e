"""`due_dates` over a table that a bookkeeper can read: the expected days were counted on a calendar, not computed here.

`published` are the cases of a payment terms module of others; "not due" is stock on consignment.
"""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

CASES = Path(__file__).parents[1] / "data" / "terms" / "worked_cases.csv"
MANUAL = Path(__file__).parents[2] / "docs" / "terms.md"
with CASES.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def due_dates(*arguments):
    out = StringIO()
    call_command("due_dates", *arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def arguments(row):
    given = {
        "method": row["method"],
        "terms": row["terms"],
        "from": row["from"],
        "delivered": row["delivered"],
        "received": row["received"],
        "country": row["country"],
        "amount": row["amount"],
        "currency": row["currency"],
    }
    return [f"--{name}={value}" for name, value in given.items() if value]


def listed(cell):
    return cell.split("; ") if cell else []


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_a_worked_case_comes_out_to_the_day_and_the_cent(row):
    document = due_dates(*arguments(row))

    items = document["items"]
    assert [item["due_on"] or "not due" for item in items] == listed(row["due_on"]), row["in_words"]
    assert [item["amount"] for item in items if "amount" in item] == listed(row["amounts"])
    assert [item["discount_until"] for item in items if "discount_until" in item] == listed(row["discount_until"])
    assert [str(one["days_over"]) for one in document["warnings"]] == listed(row["days_over"])
    assert all(item["derivation"] for item in items)


def test_the_table_has_the_published_cases_and_every_method():
    assert f"\n{len(ROWS)} cases, counted by hand" in MANUAL.read_text(encoding="utf-8")
    assert len([row for row in ROWS if row["source"] == "published"]) == 6
    assert {row["method"] for row in ROWS} == {
        "in_advance", "cash_on_delivery", "two_deliveries", "periodic", "net", "fixed", "instalments", "consignment",
    }  # fmt: skip


def test_the_legal_term_is_marked_and_names_its_act():
    [item] = due_dates("--method=net", "--from=2026-11-03", "--country=DE")["items"]

    assert item["is_statutory"] is True
    assert item["derivation"] == (
        "statutory: 30 days from the day when goods and invoice were there, 2026-11-03; BGB § 286 (3)"
    )


def test_a_day_that_was_moved_says_from_where():
    terms = '{"date": "2026-12-25", "holidays": {"country": "DE"}}'
    [item] = due_dates("--method=fixed", f"--terms={terms}", "--from=2026-11-03")["items"]

    assert item == {
        "due_on": "2026-12-28",
        "share": "1",
        "derivation": "the agreed date; moved from 2026-12-25, no working day",
        "moved_from": "2026-12-25",
    }


def test_a_term_above_the_legal_maximum_warns_and_stays():
    document = due_dates("--method=net", '--terms={"days": 90}', "--from=2026-11-03", "--country=es")

    assert [item["due_on"] for item in document["items"]] == ["2027-02-01"]
    assert document["warnings"] == [
        {
            "warning": "above the legal maximum",
            "due_on": "2027-02-01",
            "latest_on": "2027-01-02",
            "days_over": 30,
            "act": "Ley 3/2004, art. 4.3",
            "longer": "never",
        }
    ]


def test_without_json_it_says_the_same_in_lines():
    out = StringIO()
    terms = '{"days": 90, "discount": {"share": "0.02", "days": 10}}'
    call_command(
        "due_dates", "--method=net", f"--terms={terms}", "--from=2026-11-03", "--country=ES", "--amount=100", stdout=out
    )

    assert "2027-02-01" in out.getvalue()
    assert "100.00" in out.getvalue()
    assert "less 0.02 if paid by 2026-11-13" in out.getvalue()
    assert "above the legal maximum: 30 days after 2027-01-02, Ley 3/2004, art. 4.3" in out.getvalue()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--method=after sale"], "'after sale' is no settlement method"),
        (["--method=net"], "days: expected a whole number from 0 to 3650, got nothing"),
        (["--method=net", "--country=US"], "no statutory term is known of 'US'"),
        (["--method=periodic", '--terms={"rule": "after October"}'], "'after october' is not monthly N"),
    ],
)
def test_terms_without_a_day_are_refused_with_the_reason(wrong, said):
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("due_dates", *wrong, "--from=2026-11-03", "--json", stdout=out)

    assert raised.value.returncode == 1
    assert said in json.loads(out.getvalue())["refused"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--terms={days: 30}"],
        ["--terms=30"],
        ['--terms={"days": 30, "days": 60}'],
        ['--terms={"days": 30, "discount": {"share": 0.02, "days": 5, "days": 10}}'],
        ["--terms=" + "[" * 100_000],
        ["--from=yesterday"],
        ["--from=1066-10-14"],
        ["--delivered=soon"],
        ["--amount=much"],
        ["--amount=-5"],
        ["--amount=10.005"],
        ["--amount=10", "--currency=EURO"],
    ],
)
def test_a_wrong_call_is_told_from_a_refusal(wrong):
    with pytest.raises(CommandError) as raised:
        due_dates("--method=net", '--terms={"days": 30}', "--from=2026-11-03", *wrong)

    assert raised.value.returncode == 2
