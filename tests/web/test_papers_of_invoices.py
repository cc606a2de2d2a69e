"""Wherever an invoice is shown, its copy opens from there, and the proof of its delivery where one is on file."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import documents
from contracts import services as agreements
from receivables import services as receivables
from receivables.models import Extension
from tests import factories as make
from tests.web.exported import rows_of
from tests.web.rounds import TUESDAY, plan_of, stop_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def carmen(db):
    make.business()
    return make.rep("carmen")


@pytest.fixture
def customer(carmen):
    return make.customer(owner=carmen, code="C-1", name="Mercado Sol")


def owed(customer, number, *, is_proven):
    """Late goods of €100; with the signed delivery note on file, or only with a name."""
    contract, day = make.contract(customer, number=f"SC-{number}"), TUESDAY - timedelta(days=70)
    shipment = make.shipment(contract, asked_on=day, released=True)
    slip = documents.store(f"%PDF {number}".encode(), name="slip.pdf", content_type="application/pdf")
    agreements.deliver(
        shipment=shipment, on=day, signed_by="Lucía Ortega", document=slip if is_proven else None, by=make.BY
    )
    return receivables.invoice_shipment(shipment=shipment, number=number, issued_on=day, by=make.BY)


@pytest.fixture
def invoices(customer):
    return owed(customer, "INV-1", is_proven=True), owed(customer, "INV-2", is_proven=False)


@pytest.fixture
def finance(client, invoices):
    client.force_login(make.finance("niamh"))
    return client


def copy_of(invoice):
    return f'href="{reverse("letters:invoice-copy", args=[invoice.pk])}">copy</a>'


def proof_of(invoice):
    return f'href="{reverse("desk:proof-file", args=[invoice.shipment_id])}">proof</a>'


def shown(page, invoices):
    """For each invoice, whether its copy and its proof open from the page."""
    text = page.content.decode()
    return [(copy_of(invoice) in text, proof_of(invoice) in text) for invoice in invoices]


@pytest.mark.parametrize("url", ["/receivables/", "/invoices/", "/customers/C-1/", "/customers/C-1/ladder/"])
def test_a_page_that_lists_invoices_opens_each_copy_and_the_proofs_that_are_on_file(finance, invoices, url):
    if "ladder" in url:
        url = reverse("desk:ladder-of", args=["C-1"])

    assert shown(finance.get(url), invoices) == [(True, True), (True, False)]


@pytest.mark.parametrize("url", ["/receivables/", "/invoices/"])
def test_the_papers_of_a_list_are_asked_for_at_once_and_are_no_column_of_its_file(
    finance, customer, invoices, url, count_queries
):
    before = count_queries(lambda: finance.get(url))
    more = [owed(customer, f"INV-{number}", is_proven=True) for number in (3, 4, 5)]

    assert count_queries(lambda: finance.get(url)) == before
    assert shown(finance.get(url), more) == [(True, True)] * 3
    assert "Papers" not in rows_of(finance.get(f"{url}?export=csv"))[0]


def test_money_and_credit_in_the_list_have_no_copy(finance, customer):
    customer.due_items.update(open_amount=0)
    make.credit_note(customer, "40.00", issued_on=TUESDAY, number="CN-7")

    page = finance.get("/receivables/").content.decode()

    assert "CN-7" in page
    assert ">copy</a>" not in page


def test_the_page_of_a_stop_opens_the_copies_that_a_rep_is_told_to_carry(client, carmen, customer, invoices):
    stop = stop_of(plan_of(carmen), customer)
    client.force_login(carmen)

    assert shown(client.get(reverse("visits:stop", args=[stop.pk])), invoices) == [(True, True), (True, False)]


def test_the_page_of_an_extension_opens_the_papers_of_its_invoice(finance, invoices):
    for invoice, papers in zip(invoices, [(True, True), (True, False)], strict=True):
        receivables.ask_extension(
            due_item=invoice.due_items.get(),
            until=TUESDAY + timedelta(days=9),
            because="Harvest",
            on=TUESDAY,
            by=make.BY,
        )
        row = Extension.objects.get(due_item__invoice=invoice)

        assert shown(finance.get(reverse("receivables:extension", args=[row.pk])), [invoice]) == [papers]


def test_matching_opens_the_papers_of_what_money_is_probably_meant_for(finance, customer, invoices):
    make.payment(customer, 200, received_on=TUESDAY, lines=[])

    assert shown(finance.get("/payments/match/"), invoices) == [(True, True), (True, False)]
