"""Pages beside the company's ledger: the journal and its accounts, control totals, and who pays for whom."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers import services as customers
from receivables import services
from receivables.models import ControlTotal, JournalBatch, LedgerAccount
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(code="C1")


@pytest.fixture
def finance(client, customer):
    client.force_login(make.finance("niamh"))
    return client


def text(answer):
    return " ".join(answer.content.decode().split())


# The journal


def test_finance_exports_the_journal_and_takes_its_file(finance, customer):
    make.payment(customer, 150, received_on=DAY, reference="RF18")

    made = finance.post("/journal/export/", {"up_to": DAY.isoformat()})
    batch = JournalBatch.objects.get()
    page = finance.get(made.url)
    file = finance.get(reverse("receivables:batch-file", args=[batch.pk]))

    assert made.url == reverse("receivables:batch", args=[batch.pk])
    assert "Batch 1 is ready." in text(page)
    assert "RF18" in text(page)
    assert file.content == bytes(batch.document.content)
    assert file["Content-Disposition"] == 'attachment; filename="journal-00001.csv"'
    assert file["X-Content-Type-Options"] == "nosniff"


def test_a_second_export_says_that_there_is_nothing(finance, customer):
    made = finance.post("/journal/export/", {"up_to": DAY.isoformat()}, follow=True)

    assert "The ledger has everything of these days already" in text(made)
    assert not JournalBatch.objects.exists()


def test_a_day_in_the_future_is_refused_beside_its_field(finance, customer):
    answer = finance.post("/journal/export/", {"up_to": "2100-01-01"})

    assert answer.status_code == 422
    assert "is in the future" in text(answer)


def test_finance_takes_a_batch_back_with_a_reason_once(finance, customer):
    make.payment(customer, 150, received_on=DAY)
    batch = services.export_journal(up_to=DAY, by=make.BY)
    address = reverse("receivables:reverse-batch", args=[batch.pk])

    assert finance.post(address, {"because": ""}).status_code == 422
    assert "Batch 2 takes batch 1 back." in text(finance.post(address, {"because": "wrong period"}, follow=True))
    assert "taken back already" in text(finance.post(address, {"because": "again"}))

    assert "taken back by batch 2" in text(finance.get("/journal/"))
    assert "Take batch back" not in text(finance.get(reverse("receivables:batch", args=[batch.pk])))


def test_rows_of_a_batch_are_filtered_and_exported(finance, customer):
    make.due_item(customer, 100, due_date=date(2026, 2, 1))
    make.payment(customer, 150, received_on=DAY)
    batch = services.export_journal(up_to=DAY, by=make.BY)

    rows = finance.get(reverse("receivables:batch", args=[batch.pk]), {"kind": "allocation", "export": "csv"})

    [row] = rows_of(rows)
    assert list(row)[:4] == ["Row", "Date", "Kind", "Customer"]
    assert (row["Kind"], row["Customer"]) == ("Allocation", "C1")


def test_the_number_of_questions_of_a_batch_does_not_grow(finance, customer, count_queries):
    make.payment(customer, 5, received_on=DAY)
    small = services.export_journal(up_to=DAY, by=make.BY)
    for _ in range(20):
        make.payment(customer, 5, received_on=DAY)
    large = services.export_journal(up_to=DAY, by=make.BY)

    few, many = (
        count_queries(lambda batch=batch: finance.get(reverse("receivables:batch", args=[batch.pk])))
        for batch in (small, large)
    )

    assert few == many


def test_finance_maps_an_account_and_takes_the_mapping_back(finance, customer):
    finance.post("/journal/accounts/", {"kind": "bank", "currency": "EUR", "number": "1800"})
    assert LedgerAccount.objects.get().number == "1800"
    assert "EUR 1800" in text(finance.get("/journal/accounts/"))

    finance.post("/journal/accounts/", {"kind": "bank", "currency": "EUR", "number": ""})
    assert not LedgerAccount.objects.exists()
    assert finance.post("/journal/accounts/", {"kind": "petty", "number": "1"}).status_code == 422


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("/journal/accounts/", {"kind": "bank", "number": "1800"}),
        ("/control-totals/state/", {"on": DAY.isoformat(), "amount": "100"}),
    ],
)
def test_a_currency_without_a_bank_account_is_refused_in_words(finance, customer, address, values):
    answer = finance.post(address, values | {"currency": "CHF"})

    assert answer.status_code == 422
    assert "There is no bank account in CHF. Add one, or check the currency." in text(answer)


def test_an_auditor_reads_the_accounts_and_changes_none(client, customer):
    client.force_login(make.auditor())

    assert "Map account" not in text(client.get("/journal/accounts/"))
    assert client.post("/journal/accounts/", {"kind": "bank", "number": "1"}).status_code == 403


# Control totals


def test_finance_states_a_total_and_sees_the_tie_of_its_day(finance, customer):
    make.invoice(customer, 100, due_date=date(2026, 2, 1), issued_on=date(2026, 1, 2))
    make.payment(customer, 30, received_on=DAY, reference="RF18")

    page = finance.post(
        "/control-totals/state/", {"currency": "EUR", "on": DAY.isoformat(), "amount": "1.100,00"}, follow=True
    )
    assert "The control total of 10 Mar 2026 is €1,100.00." in text(page)
    page = finance.post(
        "/control-totals/state/", {"currency": "EUR", "on": DAY.isoformat(), "amount": "100"}, follow=True
    )

    assert ControlTotal.objects.get().amount == 100
    assert page.redirect_chain == [("/control-totals/?on=2026-03-10", 302)]
    assert "Payment that the ledger did not have that day: RF18" in text(page)
    assert "Not explained" not in text(page)


@pytest.mark.parametrize("amount", ["", "much", "1,234"])
def test_an_unreadable_total_is_refused_beside_its_field(finance, amount):
    answer = finance.post("/control-totals/state/", {"currency": "EUR", "on": DAY.isoformat(), "amount": amount})

    assert answer.status_code == 422
    assert not ControlTotal.objects.exists()


def test_a_file_of_totals_is_imported_or_named_line_by_line(finance):
    def send(content):
        file = SimpleUploadedFile("totals.csv", content)
        return finance.post("/control-totals/import/", {"file": file}, follow=True)

    wrong = send(b"currency,on,amount\nEUR,soon,1\nEUR,later,2\n")
    assert wrong.status_code == 422
    assert "Line 2" in text(wrong)
    assert "Line 3" in text(wrong)

    done = send(b"currency,on,amount\nEUR,2026-03-10,100\nEUR,2026-03-09,90\n")
    assert "2 control totals stored; 0 corrected, 0 known already." in text(done)
    assert ControlTotal.objects.get(on=DAY).source == "CSV totals.csv"


def test_the_page_shows_the_last_stated_day_unless_another_is_asked_for(finance):
    services.state_total(currency="EUR", on=DAY, amount=Decimal(5), by=make.BY)

    assert "End of Tuesday 10 March 2026" in text(finance.get("/control-totals/"))
    assert "End of Monday 9 March 2026" in text(finance.get("/control-totals/?on=2026-03-09"))


def test_the_list_of_totals_is_exported(finance):
    services.state_total(currency="EUR", on=DAY, amount=Decimal("-5.50"), by=make.BY, source="=1+1")

    [row] = rows_of(finance.get("/control-totals/?export=csv"))

    assert list(row.values())[:4] == ["EUR", "2026-03-10", "-5.50", "'=1+1"]


# Payers


def test_finance_names_a_payer_and_sees_what_they_owe_together(finance, customer):
    head = make.customer(code="HEAD", name="Head office")
    make.invoice(customer, 100, due_date=date(2026, 2, 1))
    make.payment(head, 30, received_on=DAY)

    page = finance.post("/customers/C1/payer/", {"payer": "HEAD"}, follow=True)

    assert "Head office pays for" in text(page)
    assert "€70.00" in text(page)
    customer.refresh_from_db()
    assert customer.payer == head

    finance.post("/customers/C1/payer/", {"payer": ""})
    customer.refresh_from_db()
    assert customer.payer is None


@pytest.mark.parametrize("code", ["C1", "NOBODY", "SHOP"])
def test_a_payer_that_cannot_be_is_refused_beside_its_field(finance, customer, code):
    shop = make.customer(code="SHOP")
    customers.set_payer(customer=shop, payer=make.customer(code="HEAD"), on=DAY, by=make.BY)

    answer = finance.post("/customers/C1/payer/", {"payer": code})

    assert answer.status_code == 422
    customer.refresh_from_db()
    assert customer.payer is None


def test_the_customer_page_leads_to_its_payer_for_the_office_alone(finance, client, customer):
    assert "/customers/C1/payer/" in text(finance.get("/customers/C1/"))

    client.force_login(make.rep("carmen"))
    make.customer(owner=client.get("/profile/").wsgi_request.user, code="OWN")
    assert "/payer/" not in text(client.get("/customers/OWN/"))
