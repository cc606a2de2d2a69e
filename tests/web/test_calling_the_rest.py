"""Calling the rest of an instalment schedule from its page: by notice, after a look at what it moves."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from audit.models import Entry
from receivables.models import DueItem
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
MISSED, NEXT, LAST = TODAY - timedelta(days=7), TODAY + timedelta(days=23), TODAY + timedelta(days=53)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


def bill(customer, *, rest_callable=True, method="instalments"):
    terms = {"parts": [{"share": "1", "days": 30}]} if method == "instalments" else {"days": 30}
    contract = make.contract(customer, method, terms, number="C-9", rest_callable=rest_callable, settlement_clause="4")
    shipment = make.shipment(contract, released=True, delivered_on=date(2026, 11, 3))
    parts = [(MISSED, "100"), (NEXT, "80"), (LAST, "120")]
    return make.invoice(customer, 300, number="INST", issued_on=date(2026, 11, 3), parts=parts, shipment=shipment.pk)


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def days(invoice):
    return list(DueItem.objects.filter(invoice=invoice).order_by("position").values_list("due_date", flat=True))


def called(client, invoice, key="one", **said):
    data = {"key": key, "reference": "Letter 17", "on": TODAY.isoformat(), "due_on": TODAY.isoformat()} | said
    return client.post(f"/invoices/{invoice.pk}/call-rest/", data, follow=True)


def test_finance_reads_what_the_notice_moves_and_then_calls_the_rest(client, customer):
    client.force_login(make.finance())
    invoice = bill(customer)
    url = f"/invoices/{invoice.pk}/call-rest/"
    assert url in client.get(f"/invoices/{invoice.pk}/").content.decode()
    assert url in client.get(f"/contracts/{invoice.shipment.contract.pk}/").content.decode()

    before = text_of(client.get(url))
    answer = called(client, invoice)

    assert "€200.00 would be due on the day of the notice." in before
    assert "missed, 7 days late" in before
    assert days(invoice) == [MISSED, TODAY, TODAY]
    agreed = invoice.due_items.order_by("position").values_list("agreed_due_date", flat=True)
    assert list(agreed) == [MISSED, NEXT, LAST]
    said = text_of(answer)
    assert "2 parts of invoice INST are due on 24 Nov 2026 by the notice." in said
    assert "From 24 Nov 2026 on due on 24 Nov 2026: The rest was called by notice Letter 17" in said
    assert Entry.objects.get(verb="receivables.rest_called").after["notice"] == "Letter 17"
    assert url not in client.get(f"/invoices/{invoice.pk}/").content.decode(), "there is nothing left to call"


def test_a_notice_without_a_name_or_after_its_own_due_day_moves_nothing(client, customer):
    client.force_login(make.manager())
    invoice = bill(customer)

    unnamed = called(client, invoice, "one", reference=" ")
    backwards = called(client, invoice, "two", due_on=(TODAY - timedelta(days=1)).isoformat())
    tomorrow = called(client, invoice, "three", on=(TODAY + timedelta(days=1)).isoformat())

    assert [answer.status_code for answer in (unnamed, backwards, tomorrow)] == [422, 422, 422]
    assert "The rest is due on the day of the notice or later." in text_of(backwards)
    assert "in the future" in text_of(tomorrow)
    assert days(invoice) == [MISSED, NEXT, LAST]


@pytest.mark.parametrize("agreed", [{"rest_callable": False}, {"method": "net"}])
def test_where_the_contract_does_not_say_so_the_rest_is_not_offered(client, customer, agreed):
    client.force_login(make.finance())
    invoice = bill(customer, **agreed)

    page = text_of(client.get(f"/invoices/{invoice.pk}/call-rest/"))

    assert "Nothing can be called here" in page
    assert called(client, invoice).status_code == 422
    assert "Call the rest" not in text_of(client.get(f"/invoices/{invoice.pk}/"))
    assert days(invoice) == [MISSED, NEXT, LAST]


def test_a_rep_neither_sees_nor_calls_it(client, customer):
    client.force_login(customer.owner)
    invoice = bill(customer)

    assert "Call the rest" not in text_of(client.get(f"/invoices/{invoice.pk}/"))
    assert called(client, invoice).status_code == 403
    assert days(invoice) == [MISSED, NEXT, LAST]
