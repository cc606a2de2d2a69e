"""The statement of an account as PDF: every amount on it, in the customer's language."""

import re
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from collections_app.letters.accounts import queries, statement
from common import pdf
from staff.models import Business
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not pdf.is_possible(), reason="no Pango here")]
DAY = date(2026, 3, 1)


@pytest.fixture
def customer(db):
    make.business()
    customer = make.customer(code="C10482", name="Mercado Central", language="es", country="ES")
    make.site(customer)
    make.invoice(customer, "1825.50", due_date=date(2026, 1, 31), number="INV-0725")
    make.invoice(customer, 900, due_date=date(2026, 3, 31), number="INV-0726")
    make.payment(customer, "25.50", received_on=date(2026, 2, 10), reference="T-1")
    make.credit_note(customer, 40, issued_on=date(2026, 2, 1), number="CN-9")
    return customer


def words(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_the_statement_says_what_was_open_on_the_day(customer, tmp_path):
    out = tmp_path / "statement.pdf"
    call_command("statement", "C10482", "--as-of", DAY.isoformat(), "--out", str(out))

    text = words(out)
    assert "Extracto de cuenta a 1 de marzo de 2026" in text
    assert "INV-0725" in text and "1.800,00" in text and "25,50" in text
    assert "2.660,00" in text  # 1,800 + 900 - 40
    assert "29" in text  # days late
    assert re.search(r"CN-9\s+1 feb 2026\s+Abono", text)


def test_an_account_with_nothing_open_says_so(customer, tmp_path):
    out = tmp_path / "statement.pdf"
    call_command("statement", "C10482", "--as-of", "2025-06-01", "--out", str(out))

    assert "no tiene partidas abiertas" in words(out)


def test_a_long_statement_carries_its_sums_from_page_to_page_and_ends_with_its_balance(customer, tmp_path):
    make.many_invoices(customer, 70, due_date=date(2026, 1, 15))
    out = tmp_path / "statement.pdf"
    call_command("statement", "C10482", "--as-of", DAY.isoformat(), "--out", str(out))

    *before, last = words(out).removesuffix("\f").split("\f")

    assert len(before) >= 1
    for page in before:
        [carried] = re.findall(r"Suma y sigue\s+([\d.,]+)", page)
        assert re.search(rf"Suma anterior\s+{carried}", "".join([*before, last]))
    assert re.search(r"Saldo\s+3\.360,00 EUR", last)  # 2,660 + 700
    assert len(re.findall(r"INV-07|MANY-|CN-9", last)) >= 2  # the balance is never alone
    assert "Por días de retraso, EUR" in last


def test_beyond_five_hundred_lines_the_rest_stands_in_one_line_and_the_balance_is_whole(customer):
    make.many_invoices(customer, 510, due_date=date(2026, 1, 15))

    held = queries.account(customer, as_of=DAY, most=statement.MOST)
    [table] = statement.sheet_of(held)["tables"]

    assert len(table["rows"]) == 501  # and the credit note
    assert table["rest"] == {"words": "12 partidas más, con detalle a petición", "open": "2.800,00"}
    assert table["to_pay"] == "7.760,00\u00a0EUR"


def test_a_name_that_the_fonts_cannot_print_is_refused_and_never_printed_as_boxes(customer, tmp_path):
    type(customer).objects.update(name="\U00013000 Ltd")

    with pytest.raises(CommandError, match=r"U\+13000"):
        call_command("statement", "C10482", "--out", str(tmp_path / "x.pdf"))
    assert not list(tmp_path.iterdir())


def test_an_english_statement_prints_a_chinese_name(customer, tmp_path):
    type(customer).objects.update(name="明泉食品", language="en")
    out = tmp_path / "statement.pdf"
    call_command("statement", "C10482", "--as-of", DAY.isoformat(), "--out", str(out))

    assert "明泉食品" in words(out) and re.search(r"EUR\s2,660\.00", words(out))


def test_a_day_before_the_take_over_is_refused(customer, tmp_path):
    Business.objects.update(opening_on=date(2026, 2, 1))

    with pytest.raises(CommandError, match="is not known"):
        call_command("statement", "C10482", "--as-of", "2026-01-31", "--out", str(tmp_path / "x.pdf"))


def test_an_unknown_customer_is_a_wrong_call(customer, tmp_path):
    with pytest.raises(CommandError, match="There is no customer C1") as wrong:
        call_command("statement", "C1", "--out", str(tmp_path / "x.pdf"))
    assert wrong.value.returncode == 2


def test_the_page_shows_the_same_balance_and_leads_to_the_sheet(client, customer):
    client.force_login(make.finance())

    page = client.get(f"/accounts/C10482/?as_of={DAY}&buckets=15,45")
    sheet = client.get(f"/accounts/C10482/statement.pdf?as_of={DAY}")

    [one] = page.context["account"].currencies
    assert one.balance == Decimal(2660)
    assert dict(one.buckets)["16-45"] == Decimal(1800)
    assert sheet.content.startswith(b"%PDF")
    assert client.get("/accounts/C10482/?export=xlsx").status_code == 200
    assert client.get("/accounts/C10482/?as_of=2999-01-01").status_code == 422
    never_another_day = client.get("/accounts/C10482/statement.pdf?as_of=2999-01-01")
    assert never_another_day.headers["Location"] == "/accounts/C10482/?as_of=2999-01-01"
