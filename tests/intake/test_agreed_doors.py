"""Contracts, price lines and shipments by the page and by the command; and how long a large file takes."""

import json
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from common import clock
from contracts.models import Contract, PriceLine, Product, Shipment
from customers.models import Customer
from intake import services, shipped
from intake.models import File
from tests import factories as make
from tests.intake.agreed import AGREED, BATCH, DATA, TODAY, WATER, agreement, csv_file, store
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db):
    make.business()
    make.customer(code="C2", name="Birch Bar")


@pytest.fixture
def agreed():
    return agreement()


# --- the page -----------------------------------------------------------------------------------


@pytest.fixture
def clerk(client):
    client.force_login(make.finance("fiona"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(clerk: Any, content: bytes, profile: str, kind: str = "") -> Any:
    upload = SimpleUploadedFile(f"{profile}.csv", content, content_type="text/csv")
    return clerk.post(reverse("intake:upload"), {"file": upload, "profile": profile, "kind": kind}, follow=True)


def test_the_page_offers_each_profile_under_what_its_files_hold(clerk):
    page = clerk.get(reverse("intake:upload")).content.decode()

    for group, profile in (("Contracts", "contracts"), ("Price lines", "price-lines"), ("Shipments", "shipments")):
        assert f'<optgroup label="{group}">' in page
        assert f'<option value="{profile}">' in page


def test_contracts_are_looked_at_on_the_page_before_they_are_stored(clerk):
    make.customer(code="C1")

    page = sent(clerk, csv_file("contracts", AGREED), "contracts", "contracts").content.decode()

    assert "Nothing is stored yet" in page
    assert "New contracts" in page
    assert not Contract.objects.exists()

    done = clerk.post(reverse("intake:confirm", args=[File.objects.get().pk]), follow=True).content.decode()
    assert "Imported on" in done
    assert (Contract.objects.get().number, File.objects.get().kind) == ("C-1", "contracts")


def test_the_page_shows_what_goods_come_to_and_takes_the_good_rows_by_a_tick(clerk, agreed):
    content = csv_file("shipments", BATCH, BATCH.replace("S-1", "S-2").replace("WATER", "WINE"))

    page = sent(clerk, content, "shipments").content.decode()
    confirm = reverse("intake:confirm", args=[File.objects.get().pk])
    refused = clerk.post(confirm)
    clerk.post(confirm, {"good_rows": "on"})

    assert "New shipments" in page
    assert "100.00" in page
    assert "line 3, column &quot;product&quot;, value &quot;WINE&quot;: no such product is here" in page
    assert (refused.status_code, Shipment.objects.get().number) == (422, "S-1")


def test_a_profile_for_other_files_than_those_chosen_is_refused_on_the_page(clerk):
    answer = sent(clerk, csv_file("contracts", AGREED), "generic", "contracts")

    assert (answer.status_code, File.objects.count()) == (422, 0)
    assert (
        "The profile generic reads files of this kind: Receivables. For this kind choose another: Contracts."
        in answer.content.decode()
    )


def test_the_list_of_files_says_what_each_holds_and_finds_it_by_that(clerk, agreed):
    store("price-lines", WATER.replace("WATER", "LEMON"))
    store("shipments", BATCH)

    page = clerk.get(reverse("intake:files"), {"kind": "price-lines"}).content.decode()
    rows = rows_of(clerk.get(reverse("intake:files"), {"export": "csv"}))

    assert ("price-lines.csv" in page, "shipments.csv" in page) == (True, False)
    assert [list(row.values())[:2] for row in rows] == [
        ["shipments.csv", "Shipments"],
        ["price-lines.csv", "Price lines"],
    ]


# --- the command --------------------------------------------------------------------------------


def run(*words: str, capsys: Any) -> tuple[int, Any]:
    try:
        call_command("import_book", *words, "--json")
        code = 0
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_the_command_answers_with_what_it_added(capsys):
    make.customer(code="C1")
    answers = {}
    for kind in ("contracts", "price-lines", "shipments"):
        code, answers[kind] = run(str(DATA / f"{kind}.csv"), "--profile", kind, "--kind", kind, capsys=capsys)
        assert code == 0

    assert [answers["contracts"][key] for key in ("rows", "contracts_added", "refused_rows")] == [3, 3, 0]
    assert [answers["price-lines"][key] for key in ("price_lines_added", "products_added")] == [5, 2]
    assert (answers["shipments"]["shipments_added"], answers["shipments"]["kind"]) == (4, "shipments")
    assert answers["shipments"]["totals"] == [{"currency": "EUR", "kind": "shipment", "count": 4, "amount": "383.00"}]
    again = run(str(DATA / "shipments.csv"), "--profile", "shipments", capsys=capsys)
    assert (again[0], again[1]["unchanged"], again[1]["shipments_added"]) == (0, 4, 0)


def test_the_command_refuses_bad_rows_with_1_and_writes_them_with_the_good_ones_stored(agreed, tmp_path, capsys):
    path = tmp_path / "goods.csv"
    path.write_bytes(csv_file("shipments", BATCH, BATCH.replace("S-1", "S-2").replace(",40,", ",0,")))
    words = (str(path), "--profile", "shipments", "--kind", "shipments")

    refused = run(*words, capsys=capsys)
    tried = run(*words, "--dry-run", "--good-rows", capsys=capsys)
    assert not Shipment.objects.exists()
    taken = run(*words, "--good-rows", capsys=capsys)

    assert [code for code, _ in (refused, tried, taken)] == [1, 0, 0]
    assert (refused[1]["shipments_added"], refused[1]["totals"]) == (0, [])
    assert refused[1]["problems"] == [
        {
            "line": 3,
            "column": "quantity",
            "value": "0",
            "problem": "zero; a line has a quantity above zero",
        }
    ]
    assert (tried[1]["shipments_added"], taken[1]["shipments_added"], taken[1]["refused_rows"]) == (1, 1, 1)
    rows = (tmp_path / "goods.csv.refused.csv").read_text("utf-8-sig").splitlines()
    assert rows[0].endswith(",problem")
    assert rows[1].endswith(",quantity: zero; a line has a quantity above zero")


def test_the_command_says_in_words_what_it_added(agreed, tmp_path, capsys):
    path = tmp_path / "prices.csv"
    path.write_bytes(csv_file("price-lines", WATER.replace("WATER", "LEMON")))

    call_command("import_book", str(path), "--profile", "price-lines")

    assert capsys.readouterr().out.startswith(
        "1 rows: 0 contracts, 1 price lines, 1 products and 0 shipments added, 0 changed, 0 unchanged, "
    )


@pytest.mark.parametrize("kind", ["contracts", "price-lines", "shipments"])
def test_a_kind_that_is_not_the_profile_s_is_a_wrong_call(kind):
    with pytest.raises(CommandError, match="The profile generic reads files of this kind") as refusal:
        call_command("import_book", str(DATA / "contracts.csv"), "--profile", "generic", "--kind", kind)

    assert refusal.value.returncode == 2


def test_a_profile_that_does_not_say_its_kind_is_one_for_the_kind_that_is_asked_for(tmp_path, capsys):
    make.customer(code="C1")
    profile = tmp_path / "ours.toml"
    profile.write_text(
        '[columns]\nnumber = "Vertrag"\ncustomer_number = "Kunde"\nstarts_on = "ab"\nterms = "ZB"\n'
        'execution = "Form"\nstate = "Status"\n[constants]\ncurrency = "EUR"\n[dates]\nstyles = "DD.MM.YYYY"\n'
        '[executions]\n"U" = "signature"\n[states]\n"aktiv" = "active"\n'
        '[terms]\nEnde25 = { method = "periodic", rule = "monthly 25", min_days = 30 }\n'
    )
    path = tmp_path / "vertraege.csv"
    path.write_text("Vertrag;Kunde;ab;ZB;Form;Status\n4711;C1;01.02.2026;ENDE25;u;Aktiv\n")

    code, answer = run(str(path), "--profile", str(profile), "--kind", "contracts", capsys=capsys)

    assert (code, answer["contracts_added"]) == (0, 1)
    made = Contract.objects.get()
    assert (made.number, made.method, made.execution) == ("4711", "periodic", "signature")
    assert made.parameters == {"rule": "monthly 25", "min_days": 30}


# --- large files --------------------------------------------------------------------------------


def many_customers(number: int) -> None:
    Customer.objects.bulk_create(
        [Customer(code=f"K{place}", name=f"Kiosk {place}", entered_at=clock.now()) for place in range(number)]
    )


def contract_rows(number: int) -> list[str]:
    return [f"C-{place},K{place},active,2026-01-01,,EUR,net 30,,signature,2026-01-02,Luis" for place in range(number)]


def price_rows(contracts: int) -> list[str]:
    products = [f"P{place}" for place in range(5)]
    return [f"C-{key},{code},{code},case,2.50,EUR,,2026-01-01," for key in range(contracts) for code in products]


def goods_rows(shipments: int, lines: int, contracts: int, day: str) -> list[str]:
    return [
        f"S-{key},K{key % contracts},C-{key % contracts},,2026-10-01,{day},P{line},40,2.50,100.00,,,"
        for key in range(shipments)
        for line in range(lines)
    ]


@pytest.mark.parametrize("day", ["2026-10-05", ""])
def test_more_rows_need_no_more_questions(day, count_queries):
    many_customers(40)
    asked = {
        "contracts": [contract_rows(2), contract_rows(40)],
        "price-lines": [price_rows(2), price_rows(40)],
        "shipments": [goods_rows(2, 2, 2, day), goods_rows(200, 2, 40, day)],
    }

    counts = {
        kind: [count_queries(lambda k=kind, r=rows: store(k, *r)) for rows in files] for kind, files in asked.items()
    }

    for kind, (few, many) in counts.items():
        assert many <= few + 10, (kind, few, many)  # SQLite takes some hundred values in a statement


@pytest.mark.parametrize("day", ["2026-10-05", ""])
def test_five_thousand_lines_of_goods_are_stored_within_ten_seconds(day):
    many_customers(100)
    store("contracts", *contract_rows(100))
    store("price-lines", *price_rows(100))
    rows = goods_rows(1_250, 4, 100, day)
    started = time.perf_counter()

    report = services.store(
        content=csv_file("shipments", *rows),
        name="goods.csv",
        profile=shipped.by_name("shipments"),
        on=TODAY,
        by=make.BY,
    ).report

    assert time.perf_counter() - started < 10
    assert (report.rows, report.shipments_added, report.problem_count) == (5_000, 1_250, 0)
    assert (PriceLine.objects.count(), Product.objects.count()) == (500, 5)
