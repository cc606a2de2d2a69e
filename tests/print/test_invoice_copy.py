"""The copy of an invoice as PDF: marked as one, with its goods where they are known, what is due and what is open."""

import re
import subprocess
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from collections_app.letters.copies import sheet
from common import pdf
from receivables import services as receivables
from staff.models import BankAccount, Business
from tests import factories as make
from tests.print.letters import PLACES

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not pdf.is_possible(), reason="no Pango here")]
TODAY = make.TODAY
ASKED, DELIVERED = date(2026, 11, 2), date(2026, 11, 4)


def customer(language="en", **values):
    make.business(tagline="Soft drinks and mineral water", vat_id="IE 9812774T")
    made = make.customer(make.rep("carmen"), code="C-100", language=language, **{"name": "Mercado Sol"} | values)
    make.site(made)
    return made


def billed(of, lines=None, method="net", parameters=None, **values):
    """An invoice that was made here, of goods that were delivered."""
    contract = make.contract(of, method, parameters, number="C-31")
    goods = make.shipment(contract, lines, number="SH-7", asked_on=ASKED, delivered_on=DELIVERED)
    return receivables.invoice_shipment(
        shipment=goods, number="INV-88", issued_on=date(2026, 11, 5), by=make.BY, **values
    )


def words(content):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def copy(client, invoice, person=None):
    client.force_login(person or make.finance())
    return client.get(f"/invoices/{invoice.pk}/copy.pdf")


def test_the_copy_is_a_pdf_with_number_goods_amounts_and_what_is_open_today(client):
    of = customer()
    invoice = billed(of, [(make.product(), 40, "2.50"), (make.product("BEER", "Dark beer"), 12, "10.1255")])
    make.payment(of, "21.51", received_on=date(2026, 11, 20), lines=[(invoice.due_items.get().pk, Decimal("21.51"))])

    answer = copy(client, invoice)

    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer["Content-Disposition"] == 'inline; filename="copy-INV-88-2026-11-24.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    text = words(answer.content)
    assert "Copy of invoice INV-88 of 5 November 2026" in text
    assert "It is a copy, not a new invoice." in text
    assert re.search(r"Water\s+40 × case\s+2\.50\s+100\.00", text)
    assert re.search(r"Dark beer\s+12 × case\s+10\.1255\s+121\.51", text)
    assert re.search(r"Invoice amount\s+EUR 221\.51", text)
    assert re.search(r"INV-88\s+5 Dec 2026\s+221\.51\s+21\.51\s+200\.00", text)
    assert re.search(r"Open on 24 November 2026\s+EUR 200\.00", text)
    assert re.search(r"Delivery\s+SH-7 · batch 1", text) and re.search(r"Contract\s+C-31", text)
    assert "original" not in text


def test_an_imported_invoice_without_lines_says_where_its_original_lies(client):
    invoice = make.invoice(customer(), "1240.50", due_date=date(2026, 12, 1), number="725")

    text = words(copy(client, invoice).content)

    assert "the original of the invoice lies in our ledger" in " ".join(text.split())
    assert "Quantity" not in text
    assert re.search(r"725\s+1 Dec 2026\s+1,240\.50\s+–\s+1,240\.50", text)
    assert re.search(r"Invoice amount\s+1,240\.50", text)


def test_each_part_stands_with_its_date_and_a_moved_one_beside_the_agreed_one(client):
    of = customer()
    invoice = make.invoice(
        of, 300, number="INV-9", issued_on=ASKED, parts=[(date(2026, 12, 1), "100"), (date(2027, 1, 4), "200")]
    )
    item = invoice.due_items.get(position=1)
    receivables.move_due_date(due_item=item, due_date=TODAY, on=TODAY, by=make.BY, because="SH-8 was asked for")

    text = words(copy(client, invoice).content)

    assert re.search(r"INV-9 · part 1 of 2\s+24 Nov 2026\s+100\.00", text)
    assert "agreed 1 Dec 2026" in text
    assert re.search(r"part 2 of 2\s+4 Jan 2027\s+200\.00", text)


def test_the_tax_inside_the_amount_is_told_and_one_on_top_of_the_goods_adds_up(client):
    of = customer()
    inside = billed(of, vat_amount=Decimal("17.36"))
    assert re.search(r"Tax in the amount\s+17\.36", words(copy(client, inside).content))

    inside.amount, inside.vat_amount = Decimal(121), Decimal(21)  # as some ledgers have it
    found = sheet.sheet_of(inside, as_of=TODAY)

    assert found["goods"]["sums"] == [["Goods", "100.00"], ["Tax in the amount", "21.00"]]
    assert found["goods"]["total"] == "EUR\u00a0121.00"


def test_goods_that_do_not_come_to_the_amount_are_not_its_lines(client):
    of = customer()
    contract = make.contract(of, "consignment", {"max_days": 90}, number="C-9")
    goods = make.shipment(contract, number="SH-9", delivered_on=DELIVERED)
    count = make.counted(goods, (10, 0, 30, 0), on=date(2026, 11, 20))
    invoice = receivables.book_counted_sales(count=count, number="INV-S", issued_on=TODAY, by=make.BY)

    found = sheet.sheet_of(invoice, as_of=TODAY)

    assert (found["goods"], found["paragraph"][1]) == (
        None, "The invoice bills what a count found sold of delivery SH-9.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "subject", "still_open"),
    [
        ("es", "Copia de la factura INV-88 de 5 de noviembre de 2026", r"Pendiente a 24 de noviembre de 2026\s+100,00"),
        ("zh-hans", "2026年11月5日 开具的发票 INV-88（副本）", r"截至 2026年11月24日 未结\s+EUR 100\.00"),
    ],
)  # fmt: skip
def test_the_copy_speaks_the_customers_language(client, language, subject, still_open):
    place = {name: PLACES[language][name] for name in ("name", "country")}
    invoice = billed(customer(language, **place))

    text = words(copy(client, invoice).content)

    assert subject in text
    assert re.search(still_open, text)


def test_a_settled_invoice_has_nothing_open(client):
    of = customer()
    invoice = billed(of)
    make.payment(of, 100, received_on=TODAY)

    assert re.search(r"Open on 24 November 2026\s+nothing", words(copy(client, invoice).content))


def test_the_copy_is_seen_by_whoever_sees_the_invoice_and_linked_from_its_page(client):
    of = customer()
    invoice = billed(of)

    assert copy(client, invoice, of.owner).status_code == 200
    assert copy(client, invoice, make.rep("tom")).status_code == 404
    client.force_login(make.auditor())
    for page in (f"/invoices/{invoice.pk}/", "/customers/C-100/"):
        assert f'href="/invoices/{invoice.pk}/copy.pdf"' in client.get(page).content.decode(), page


def test_without_a_business_nobody_sends_a_copy(client):
    of = customer()
    invoice = make.invoice(of, 10, due_date=TODAY + timedelta(days=3))
    BankAccount.objects.all().delete()
    Business.objects.all().delete()

    answer = copy(client, invoice)

    assert (answer.status_code, "they stand on the copy" in answer.content.decode()) == (409, True)
    assert reverse("letters:invoice-copy", args=[invoice.pk]) == f"/invoices/{invoice.pk}/copy.pdf"
