"""`issue_letters`: one JSON document, the files beside it, and nothing the second time."""

import hashlib
import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common import pdf
from tests import factories as make
from tests.print.letters import addressed

AS_OF = date(2026, 11, 20)
pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("issue_letters", "--as-of", AS_OF.isoformat(), *args, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.fixture
def late_customer():
    make.business()
    of = addressed(code="C10482")
    make.due_item(of, "310.50", due_date=AS_OF - timedelta(days=30), number="INV-1")
    make.due_item(of, "20", due_date=AS_OF - timedelta(days=3), number="INV-2")
    return of


def test_the_command_prints_the_letters_and_writes_their_files(late_customer, tmp_path, pango):
    [letter] = run("--out", str(tmp_path))["letters"]

    assert (letter["customer"], letter["number"], letter["total"]) == ("C10482", "D1 2026-0001", "330.50")
    assert letter["items"][0] == {
        "invoice": "INV-1",
        "due_on": "2026-10-21",
        "open": "310.50",
        "days_late": 30,
        "level": 1,
    }
    [file] = tmp_path.iterdir()
    assert file.name == "D1-2026-0001.pdf"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == letter["sha256"]


def test_a_second_run_for_the_same_day_answers_no_letters(late_customer, tmp_path, pango):
    run()
    again = run("--out", str(tmp_path))

    assert again["letters"] == []
    assert again["run"] is None
    assert again["left_out"][0]["customer"] == "C10482"


def test_one_customer_alone(late_customer, pango):
    make.due_item(addressed(), 90, due_date=AS_OF - timedelta(days=30))

    assert [letter["customer"] for letter in run("--customer", "C10482")["letters"]] == ["C10482"]


def test_the_command_names_whom_post_does_not_reach_and_who_is_left_out(pango):
    make.business()
    make.due_item(make.customer(code="C7"), 90, due_date=AS_OF - timedelta(days=30))
    make.due_item(make.customer(code="C8"), "1.20", due_date=AS_OF - timedelta(days=30))
    out, err = StringIO(), StringIO()

    call_command("issue_letters", "--as-of", AS_OF.isoformat(), stdout=out, stderr=err)

    assert "C7 has no postal address: hand the letter over." in err.getvalue()
    assert "Left out  C8  1.20 EUR  Below the smallest amount of a letter" in out.getvalue()


def test_an_unknown_customer_is_a_wrong_call(late_customer):
    with pytest.raises(CommandError) as refused:
        run("--customer", "C9")

    assert refused.value.returncode == 2


def test_without_pango_the_letters_are_numbered_and_wait(late_customer, monkeypatch):
    monkeypatch.setattr(pdf, "is_possible", lambda: False)

    [letter] = run()["letters"]

    assert letter["number"] == "D1 2026-0001"
    assert letter["sha256"] is None
