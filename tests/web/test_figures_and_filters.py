"""Small things that every page shares: filters that fold on a phone, and figures with what they are counted in."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from collections_app.cases import services as cases
from common import clock
from contracts.models import Contract, Product, Shipment, ShipmentLine
from staff.models import Business
from tests import factories as make

pytestmark = pytest.mark.django_db

FOLDED = '<details class="filters-fold"><summary'
OPENED = '<details class="filters-fold" open><summary'


@pytest.fixture
def desk(client):
    make.business()
    client.force_login(make.finance())
    return client


@pytest.mark.parametrize(
    ("page", "asked", "shown"),
    [
        ("desk:receivables", {}, FOLDED),
        ("desk:receivables", {"currency": "EUR"}, OPENED),
        ("desk:invoices", {"state": "nothing"}, OPENED),
        ("receivables:receipts", {}, FOLDED),
        ("receivables:receipts", {"state": "verified"}, OPENED),
    ],
)
def test_filters_are_folded_until_one_is_set(desk, page, asked, shown):
    make.invoice(make.customer(), 100, due_date=date(2026, 9, 25))

    assert shown in desk.get(reverse(page), asked).content.decode()


@pytest.mark.parametrize("page", ["desk:ageing", "desk:receivables", "desk:invoices"])
def test_a_filter_that_cannot_be_used_is_said_on_top_of_the_page(desk, page):
    Business.objects.update(opening_on=date(2026, 1, 1))
    asked = {"as_of": "2020-01-01", "issued_after": "soon", "state": "nothing"}

    answer = desk.get(reverse(page), asked)

    shown = answer.content.decode()
    summary = shown.split('<div class="errors" role="alert"')[1].split("</div>")[0]
    assert answer.status_code == 422
    assert "This filter cannot be used. Please correct:" in summary and '<li><a href="#id_' in summary
    assert shown.index('class="errors"') > shown.index("page-head__actions")
    assert shown.count('<div class="errors"') == 1
    assert '<div class="visually-hidden"><ul class="errorlist"' in shown


def test_a_day_before_the_book_is_explained_on_the_board(desk):
    Business.objects.update(opening_on=date(2026, 1, 1))

    shown = desk.get(reverse("desk:ageing"), {"as_of": "2020-01-01"}).content.decode()

    said = "What was open on 1 Jan 2020 is not known: this book begins on 1 Jan 2026. Choose that day or a later one."
    assert f'<a href="#id_as_of"><b>As of</b> {said}</a>' in shown


FIGURE = r"(?<![0-9,])[0-9][0-9,]*\.[0-9]{2}(?![0-9])"


def unlinked(part):
    """The figures of a part of a page that lead nowhere."""
    return re.findall(FIGURE, re.sub(r"<a\b.*?</a>", "", part, flags=re.DOTALL))


@pytest.fixture
def owing(desk):
    """Late, due, partly paid and disputed; with money and a credit note that settle nothing yet."""
    customer, today = make.customer(code="C-1"), clock.business_today()
    item = make.due_item(customer, 100, due_date=today - timedelta(days=9))
    make.invoice(customer, 70, due_date=today + timedelta(days=9))
    make.payment(customer, 20, received_on=today, lines=[(item.pk, Decimal(20))])
    make.payment(customer, 5, received_on=today, lines=[])
    make.credit_note(customer, 7, issued_on=today)
    cases.open_dispute(due_item=item, amount=Decimal(30), reason="price", on=today, by=make.BY)
    return customer


def test_amounts_of_a_customer_lead_to_the_rows_that_sum_to_them(desk, owing):
    page = desk.get("/customers/C-1/").content.decode()
    head = page.split('class="figures"')[1].split("</section>")[0]
    rows = page.split('id="owes"')[1].split("<tbody>")[1].split("</tbody>")[0]
    disputed = next(url for url in re.findall(r'class="sum" href="([^"]+)"', page) if "disputed=only" in url)

    assert unlinked(head) == []
    assert unlinked(rows) == ["30.00"]  # a dispute of one row has no list of its own
    assert "#applied" in rows and "/payments/" in rows and "/credit-notes/" in rows
    assert 'figure__value"><span class="money">€30.00</span>' in desk.get(unescape(disputed)).content.decode()


def test_a_rep_is_not_led_to_money_that_only_the_office_opens(client, owing):
    type(owing).objects.update(owner=make.rep("carmen"))
    client.force_login(owing.__class__.objects.get().owner)

    rows = client.get("/customers/C-1/").content.decode().split('id="owes"')[1].split("</tbody>")[0]

    assert "/payments/" not in rows and "/credit-notes/" not in rows


def test_receivables_and_late_on_the_board_lead_to_their_rows(desk, owing):
    page = desk.get("/ageing/").content.decode()
    figures = page.split('class="figures"')[1].split('figure__label"')[1:3]

    assert ["<a href=" in figure for figure in figures] == [True, True]
    assert re.search(r'figure__note"><a class="sum" href="[^"]*late=1">', figures[1])


def test_goods_are_priced_in_their_currency_and_unit(desk):
    customer = make.customer()
    contract = Contract.objects.create(
        customer=customer, number="C-1", state="active", starts_on=date(2024, 1, 1), currency="EUR", method="net"
    )
    water = Product.objects.create(code="W", name="Water", unit="case")
    shipment = Shipment.objects.create(
        customer=customer, contract=contract, number="DN-1", asked_on=date(2026, 8, 1), currency="EUR", amount=250
    )
    ShipmentLine.objects.create(shipment=shipment, product=water, quantity=10, unit_price=25, amount=250)
    contract.price_lines.create(product=water, unit_price="0.1255", starts_on=date(2024, 1, 1))
    billed = make.invoice(customer, 250, due_date=date(2026, 9, 25), shipment=shipment.pk)

    invoice = desk.get(reverse("desk:invoice", args=[billed.pk])).content.decode()
    agreed = desk.get(reverse("desk:customer", args=[customer.code])).content.decode()

    assert "10\xa0× case" in invoice
    assert "€25.00 per case" in invoice
    assert "€0.1255 per case" in agreed


def test_a_receipt_is_refused_under_a_heading(desk):
    item = make.due_item(make.customer())
    receipt = make.receipt(item, rep=make.rep())

    page = desk.get(reverse("receivables:receipt", args=[receipt.pk])).content.decode()

    assert page.index("The money is not there</h2>") < page.index("Refuse receipt")
