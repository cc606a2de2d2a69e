"""The pages of cheques and bills: by maturity, taken, kept from a receipt, presented, honoured or not."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from receivables.models import Charge, Paper, Payment
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TUESDAY)


@pytest.fixture
def item(db):
    make.business()
    customer = make.customer(make.rep("carmen"), code="C-1", name="Mercado Sol")
    return make.due_item(customer, 500, due_date=date(2026, 10, 1), number="INV-9")


@pytest.fixture
def finance(client, item):
    person = make.finance("niamh")
    client.force_login(person)
    return person


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def key_of(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.content.decode()).group(1)


def do(client, name, paper, **values):
    page = client.get(reverse("receivables:paper", args=[paper.pk]))
    sent = {"key": key_of(page), "on": "2026-11-24"} | values
    return client.post(reverse(f"receivables:{name}", args=[paper.pk]), sent)


def state_of(paper):
    paper.refresh_from_db()
    return paper.state


def test_papers_stand_by_maturity_with_their_sum_and_as_files(client, finance, item):
    make.paper(item, 200, number="later", matures_on=date(2027, 1, 31))
    make.paper(item, 100, number="sooner", matures_on=date(2026, 12, 1))
    back = make.paper(item, 50, number="came home")
    do(client, "return-paper", back, because="Paid by transfer")

    page = text_of(client.get(reverse("receivables:papers")))
    rows = rows_of(client.get(reverse("receivables:papers"), {"export": "csv"}))

    assert page.index("sooner") < page.index("later")
    assert "€300.00" in page
    assert "came home" not in page.partition("Matures from")[2]
    assert [next(iter(row.values())) for row in rows] == ["sooner", "later"]
    assert {"100.00", "EUR"} <= set(rows[0].values()) | set(rows[1].values())
    until = client.get(reverse("receivables:papers"), {"matures_until": "2026-12-31", "state": "waiting"})
    assert ("sooner" in text_of(until), "later" in text_of(until)) == (True, False)
    assert "came home" in text_of(client.get(reverse("receivables:papers"), {"state": "returned"}))


def paper_form(client, **values):
    known = {
        "customer": "C-1", "amount": "120,50", "currency": "EUR", "received_on": "2026-11-20", "kind": "bill",
        "number": "B-1", "drawer": "Mercado Sol", "bank": "Banco Sol", "matures_on": "2027-01-31",
    }  # fmt: skip
    key = key_of(client.get(reverse("receivables:take-paper")))
    return client.post(reverse("receivables:take-paper"), known | {"key": key} | values)


def test_finance_takes_a_paper_for_the_oldest_items(client, finance, item):
    assert paper_form(client).url == reverse("receivables:papers")

    paper = Paper.objects.get()
    assert (paper.amount, paper.drawer, paper.matures_on) == (Decimal("120.50"), "Mercado Sol", date(2027, 1, 31))
    assert [(line.due_item, line.amount) for line in paper.lines.all()] == [(item, Decimal("120.50"))]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"customer": "NOBODY"}, "There is no customer NOBODY"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "ten"}, "not an amount"),
        ({"currency": "CHF"}, "CHF"),
        ({"matures_on": "2026-11-19"}, "matures on the day it is received or later"),
        ({"matures_on": "9999-12-31"}, "out of reach of any book"),
        ({"received_on": "2026-11-25"}, "in the future"),
        ({"received_on": "0026-11-20"}, "out of reach of any book"),
        ({"kind": "napkin"}, "napkin"),
        ({"number": ""}, "required"),
    ],
)
def test_a_paper_that_cannot_be_is_said_and_not_kept(client, finance, item, values, said):
    answer = paper_form(client, **values)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Paper.objects.exists()


def test_a_form_sent_twice_takes_one_paper(client, finance, item):
    first = paper_form(client, key="same")
    again = paper_form(client, key="same")

    assert (first.status_code, again.status_code, Paper.objects.count()) == (302, 302, 1)


def test_the_cheque_of_a_receipt_is_kept_as_paper_in_hand(client, finance, item):
    receipt = make.receipt(item, 200, rep=item.customer.owner, method="cheque")
    page = client.get(reverse("receivables:receipt", args=[receipt.pk]))
    assert "Keep as paper in hand" in text_of(page)
    address = reverse("receivables:keep-paper", args=[receipt.pk])
    form = client.get(address)
    assert 'value="Mercado Sol"' in form.content.decode()

    done = client.post(
        address,
        {"key": key_of(form), "kind": "cheque", "number": "77", "drawer": "Sol", "matures_on": "2026-12-15"},
    )

    paper = Paper.objects.get()
    assert done.status_code == 302
    assert (paper.receipt, paper.amount, Payment.objects.count()) == (receipt, Decimal(200), 0)
    assert "77" in text_of(client.get(reverse("receivables:receipt", args=[receipt.pk])))


def test_a_receipt_in_cash_is_not_kept_as_paper(client, finance, item):
    receipt = make.receipt(item, 200, rep=item.customer.owner)
    assert "Keep as paper" not in text_of(client.get(reverse("receivables:receipt", args=[receipt.pk])))

    answer = client.post(
        reverse("receivables:keep-paper", args=[receipt.pk]),
        {"key": "k", "kind": "cheque", "number": "77", "drawer": "Sol", "matures_on": "2026-12-15"},
    )

    assert answer.status_code == 422
    assert "not of a cheque or bill" in text_of(answer)


def test_a_paper_goes_to_the_bank_and_is_honoured(client, finance, item):
    paper = make.paper(item, 500, received_on=date(2026, 10, 20), matures_on=date(2026, 11, 20))

    assert do(client, "present-paper", paper).status_code == 302
    assert state_of(paper) == "presented"
    assert do(client, "honour-paper", paper).status_code == 302

    item.refresh_from_db()
    assert (state_of(paper), item.open_amount) == ("honoured", Decimal(0))
    said = text_of(client.get(reverse("receivables:paper", args=[paper.pk])))
    assert ("Dishonour" in said, "The bank paid" in said, "Given to the bank" in said) == (True, False, False)


def test_a_dishonoured_paper_brings_everything_back_with_the_fee(client, finance, item):
    paper = make.paper(item, 500)
    do(client, "honour-paper", paper)

    refused = do(client, "dishonour-paper", paper, because="No funds", fee="12,50")
    assert refused.status_code == 422
    assert 'value="No funds"' in refused.content.decode()
    assert state_of(paper) == "honoured"
    done = do(client, "dishonour-paper", paper, because="No funds", fee="12,50", basis="Clause 9")

    item.refresh_from_db()
    assert done.status_code == 302
    assert (state_of(paper), item.open_amount, Charge.objects.get().amount) == (
        "dishonoured", Decimal(500), Decimal("12.50"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("present-paper", {"on": "2026-11-25"}, "in the future"),
        ("honour-paper", {"on": "2026-11-01"}, "is before"),
        ("honour-paper", {"on": "soon"}, "valid date"),
        ("return-paper", {"because": ""}, "required"),
        ("dishonour-paper", {"because": "No funds", "fee": "-1", "basis": "x"}, "above zero"),
    ],
)
def test_what_cannot_be_done_with_a_paper_is_said(client, finance, item, name, values, said):
    paper = make.paper(item, 500)

    answer = do(client, name, paper, **values)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert state_of(paper) == "in hand"


def test_only_finance_acts_and_a_manager_of_another_team_sees_nothing(client, item):
    paper = make.paper(item, 500)
    client.force_login(make.manager())
    said = text_of(client.get(reverse("receivables:paper", args=[paper.pk])))
    assert ("Mercado Sol" in said, "Dishonour" in said) == (True, False)

    client.force_login(make.manager(leads=make.team("South")))
    assert client.get(reverse("receivables:paper", args=[paper.pk])).status_code == 404
