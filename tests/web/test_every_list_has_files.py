"""Every list of the product is a CSV and an XLSX as well: what it is about on top, values as values, no live formula.

The lists are taken from the URL configuration, so that a new page with a table cannot be without its files.
"""

import io
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from collections_app import night
from collections_app.cases import services as cases
from collections_app.cases import warnings
from collections_app.gate.models import CreditCheck, Hold
from collections_app.visits.models import Plan, Stop
from common import clock
from contracts.models import Shipment
from customers.models import Customer
from receivables import services as receivables
from receivables.models import VoidNumber
from tests import factories as make
from tests.web.exported import lines_of
from tests.web.test_access import ADDRESSES, people, things  # noqa: F401  (fixtures)
from tests.web.test_access import one_transaction as one_transaction  # noqa: PLC0414  (a fixture)

pytestmark = pytest.mark.django_db

#: Pages with a table that is no list of the product, each with why.
NO_LISTS = {
    "desk:health": "the state of the installation: the last night, its checks and steps",
    "desk:policy": "a few versions, each with a file of its own (policy.toml), and who may approve how much",
    "desk:policy-defaults": "the values that the product begins with; a draft made from them has them as policy.toml",
    "desk:gate-settings": "a form, a row for each cause that can be switched on",
    "letters:review": "the last look at the list of the dunning run, which has the files",
    "receivables:count-cash": "a form, a row for each note and coin",
    "receivables:record-payment": "a form, beside what the customer owes",
    "receivables:ask-plan": "a form, a row for each part",
    "intake:upload": "a form",
}
#: Lists that stand under an address with an argument: of a payer, an account, a batch, a run, a rep.
OF_ONE = {
    "desk:habits": "customer",
    "desk:payer": "customer",
    "desk:appointments": "customer",
    "visits:plans-of-day": "plan day",
    "letters:account": "customer",
    "letters:run": "run",
    "receivables:batch": "batch",
}
WITHOUT_ARGUMENTS = sorted(name for name, arguments in ADDRESSES.items() if not arguments)
AMOUNT = re.compile(r"[-−]?(\d{1,3}(,\d{3})+|\d+)\.\d{1,3}")
DAY = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}|\d{4}-\d{2}-\d{2}")


@pytest.fixture(scope="module")
def book(people: Any, things: Any) -> dict[str, dict[str, Any]]:  # noqa: F811
    """A row in every list."""
    today, now = clock.business_today(), clock.now()
    customer = make.customer(owner=people["rep"], name="=1+1 Café", code="OWN-2", region="North")
    item = make.due_item(customer, "1234.50", due_date=today - timedelta(days=70), number="=INV-1")
    receivables.take_paper(
        customer=customer, kind="cheque", number="417", drawer="Café", amount=Decimal("5.50"), currency="EUR",
        received_on=today, matures_on=today + timedelta(days=9), lines=[(item.pk, Decimal("5.50"))], by=make.BY,
    )  # fmt: skip
    asked = receivables.ask_write_off(
        target=item, amount=Decimal("10.00"), code="bad debt", because="Gone", on=today, by=people["finance"]
    )
    receivables.grant_write_off(write_off=asked, on=today, by=people["manager"])
    receivables.state_total(currency="EUR", on=today, amount=Decimal("99.90"), by=make.BY)
    receivables.state_rate(currency="USD", on=today, rate=Decimal("0.91"), source="ECB", by=make.BY)
    make.payment(customer, "20.00", received_on=today, lines=[], reference="=INV-1")
    make.receipt(item, "7.70", rep=people["rep"])
    VoidNumber.objects.create(rep=people["rep"], position=99, because="Spoilt", voided_by="carmen", entered_at=now)
    goods = make.shipment(make.contract(customer, "two_deliveries", {"max_days": 30}))
    night.run(as_of=today, by=make.BY)  # before the holds: it would look at them again, and let them go
    warnings.see(customer=customer, kind="closing", on=today, by=people["rep"])
    cases.open_to_do(customer=customer, because="slow batch", about="=1", due_on=today, on=today, by=people["rep"])
    Hold.objects.create(  # beside the one that the night observed
        shipment=goods, customer=customer, cause="settlement", ground="6.2", currency="EUR", amount=15,
        facts={"kind": "earlier batch", "ground": "clause", "documents": "=INV-1"}, since_on=today, entered_at=now,
    )  # fmt: skip
    Shipment.objects.filter(pk=goods.pk).update(state="held")
    make.ladder_step(customer)
    make.call_ahead(customer)
    CreditCheck.objects.create(customer=customer, shipment=goods, because="large", asked_on=today, entered_at=now)
    return things


def asked(address: str, people: Any, **query: str) -> Any:  # noqa: F811
    """The first person of the office who may open it gets the page."""
    for role in ("finance", "manager", "admin", "rep"):
        client = Client()
        client.force_login(people[role])
        answer = client.get(address, query)
        if answer.status_code != 403:
            return answer
    return answer


def address_of(name: str, book: dict[str, dict[str, Any]]) -> str:
    return reverse(name, kwargs=book[OF_ONE[name]] if name in OF_ONE else {})


def test_every_page_with_a_table_is_a_list_with_files_or_is_named_with_why_not(book, people):  # noqa: F811
    without = []
    for name in WITHOUT_ARGUMENTS:
        answer = asked(reverse(name), people)
        page = answer.content.decode() if answer.get("Content-Type", "").startswith("text/html") else ""
        if "<table" not in page or answer.status_code != 200:
            continue
        has_files = all(f"export={kind}" in page for kind in ("csv", "xlsx"))
        if not has_files and name not in NO_LISTS:
            without.append(name)

    assert without == []
    assert {name for name in NO_LISTS if name not in WITHOUT_ARGUMENTS} == set()


def lists() -> list[str]:
    return [
        "desk:ageing", "desk:receivables", "desk:customers", "desk:invoices", "desk:contracts", "desk:shipments",
        "desk:places", "desk:holds", "desk:observed-holds", "desk:to-dos", "desk:warnings", "desk:credit",
        "desk:ladder",
        "desk:control-totals", "desk:migration", "desk:nights", "desk:people",
        "visits:plans", "visits:today", "visits:calls", "letters:letters",
        "letters:dunning", "intake:files", "intake:differences",
        "receivables:payments", "receivables:match", "receivables:receipts", "receivables:papers", "receivables:cash",
        "receivables:hand-ins", "receivables:numbers", "receivables:credit-notes", "receivables:write-offs",
        "receivables:claims", "receivables:charges", "receivables:more-time", "receivables:journal",
        "receivables:accounts", "receivables:rates", *OF_ONE,
    ]  # fmt: skip


def test_no_list_is_left_out_of_what_is_looked_at(book, people):  # noqa: F811
    offering = [
        name for name in WITHOUT_ARGUMENTS
        if (answer := asked(reverse(name), people)).status_code == 200 and b"export=csv" in answer.content
    ]  # fmt: skip

    assert set(offering) <= set(lists()), set(offering) - set(lists())


@pytest.mark.parametrize("name", lists())
def test_both_files_have_the_same_rows_with_values_as_values_and_nothing_that_runs(book, people, name):  # noqa: F811
    address = address_of(name, book)
    csv_answer, xlsx_answer = (asked(address, people, export=kind) for kind in ("csv", "xlsx"))
    for answer in (csv_answer, xlsx_answer):
        assert answer.status_code == 200, answer.content[:300]
        assert answer["Content-Disposition"].startswith("attachment"), name

    lines = lines_of(csv_answer)
    sheets = load_workbook(io.BytesIO(xlsx_answer.content)).worksheets
    assert lines[0][0] == "As of"
    date.fromisoformat(lines[0][1])
    for sheet in sheets:
        assert (sheet.cell(2, 1).value, type(sheet.cell(2, 2).value)) == ("As of", datetime)
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)

    rows = [line for line in lines[lines.index([]) + 1 :] if len(line) > 1]
    cells = [row for sheet in sheets for row in below_the_facts(sheet)]
    assert len(rows) == len(cells)
    assert len(rows) > len(sheets), f"{name} has no row to look at"
    for line, row in zip(rows, cells, strict=True):
        assert len(line) <= len(row)
        for text, cell in zip(line, row[: len(line)], strict=True):
            assert is_same(text, cell), (name, text, cell.value, line)
            if isinstance(cell.value, str):
                assert not AMOUNT.fullmatch(cell.value), f"{name}: the amount {text} is text"
                assert not DAY.fullmatch(cell.value), f"{name}: the day {text} is text"


def test_the_day_of_one_rep_is_a_file_with_its_times_and_amounts(book, people):  # noqa: F811
    plan = Plan.objects.create(
        rep=people["rep"], on=clock.business_today() - timedelta(days=1), input_hash="y", made_at=clock.now()
    )
    Stop.objects.create(
        plan=plan, customer=Customer.objects.get(code="OWN-2"), position=1, ask_amount=90, currency="EUR", worth=1,
        terms=[], reasons=[], arrive_at=time(9, 30),
    )  # fmt: skip
    day = {"rep": str(people["rep"].pk), "date": plan.on.isoformat()}

    page = asked(reverse("visits:today"), people, **day).content.decode()
    line = lines_of(asked(reverse("visits:today"), people, **day, export="csv"))[-1]
    sheet = load_workbook(io.BytesIO(asked(reverse("visits:today"), people, **day, export="xlsx").content)).active

    assert "export=xlsx" in page
    assert (line[0], line[4], line[5]) == ("09:30", "90.00", "EUR")
    assert [sheet.cell(sheet.max_row, column).value for column in (1, 5)] == [time(9, 30), 90]


def below_the_facts(sheet: Any) -> list[Any]:
    """Header and rows: they come after the first empty line."""
    found = list(sheet.iter_rows())
    empty = next(place for place, row in enumerate(found) if all(cell.value is None for cell in row))
    return found[empty + 1 :]


def is_same(text: str, cell: Any) -> bool:
    """The two files say one thing: a number of as many decimals, a day, a time, or the same words."""
    value = cell.value
    if value is None:
        return text == ""
    if isinstance(value, datetime):
        return (
            text in (value.date().isoformat(), value.isoformat(timespec="minutes"))
            or text[:16] == f"{value:%Y-%m-%dT%H:%M}"
        )
    if isinstance(value, time):
        return text == value.isoformat(timespec="minutes")
    if isinstance(value, str):
        return text in (value, f"'{value}")
    decimals = len(text.partition(".")[2])
    in_sheet = len(cell.number_format.partition(".")[2]) if cell.number_format != "General" else decimals
    return Decimal(text) == Decimal(str(value)) and decimals == in_sheet
