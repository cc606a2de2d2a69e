"""Drafts of contracts on their pages: each method by its fields, and what makes a draft good."""

import hashlib
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts import services as contracts
from contracts import terms
from contracts.basis import Basis
from contracts.models import Contract, Method
from tests import factories as make
from tests.web.contract_pages import PDF, TODAY, drafted, keyed, page_of, sent, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


@pytest.fixture
def manager(client, customer):
    person = make.manager("maria")
    client.force_login(person)
    return person


def test_the_first_step_chooses_customer_and_method(client, manager, customer):
    assert "Customer number" in text_of(client.get("/contracts/new/"))
    missing = client.get("/contracts/new/?customer=nobody")
    assert (missing.status_code, "There is no customer nobody" in text_of(missing)) == (422, True)

    page = client.get("/contracts/new/?customer=C-100").content.decode()

    assert all(f"customer=C-100&amp;method={method}" in page for method in Method.values)
    assert 'name="number"' not in page


TYPED = {
    "in_advance": ({"share": "40", "rest_days": "14"}, {"share": "0.4", "rest_days": 14}),
    "cash_on_delivery": ({}, {}),
    "two_deliveries": ({"max_days": "30", "open_batches": "2"}, {"max_days": 30, "open_batches": 2}),
    "periodic": ({"pays": "2nd", "weekday": "tue", "min_days": "10"}, {"rule": "2nd tue", "min_days": 10}),
    "net": (
        {"days": "30", "start": "delivery", "month_end": "after", "discount_percent": "2", "discount_days": "10"},
        {"days": 30, "from": "delivery", "end_of_month": "after", "discount": {"share": "0.02", "days": 10}},
    ),
    "fixed": (
        {"date": "2026-12-24", "holidays": "es", "roll": "back"},
        {"date": "2026-12-24", "holidays": {"country": "ES", "roll": "back"}},
    ),
    "instalments": (
        {"start": "invoice", "share_1": "30", "days_1": "0", "share_2": "70", "days_2": "30"},
        {"from": "invoice", "parts": [{"share": "0.3", "days": 0}, {"share": "0.7", "days": 30}]},
    ),
    "consignment": ({"max_days": "90", "due_days": "7"}, {"max_days": 90, "due_days": 7, "rest": "bought"}),
}


@pytest.mark.parametrize("method", TYPED)
def test_each_method_is_drafted_by_its_fields_and_shown_in_them_again(client, manager, customer, method):
    typed, stored = TYPED[method]
    words = {
        "number": "C-7", "language": "en", "starts_on": "2026-11-24", "last_day": "2027-11-23", "currency": "EUR",
        "title": "none", "interest": "contract", "interest_rate": "8", "charges_first": "1",
    }  # fmt: skip
    words |= {"consignment_rest": "bought"} if method == "consignment" else {}

    answer = sent(client, f"/contracts/new/?customer=C-100&method={method}", words | typed)

    contract = Contract.objects.get(customer=customer)
    assert answer.redirect_chain[-1][0] == f"/contracts/{contract.pk}/"
    assert (contract.state, contract.method, contract.parameters) == ("draft", method, stored)
    assert contract.ends_before == date(2027, 11, 24)
    assert (contract.interest_clause, contract.charges_first) == ("contract:8", True)
    assert terms.schedule(contract.method, contract.parameters, Basis(TODAY))
    form = client.get(f"/contracts/{contract.pk}/edit/").context["form"]
    assert {name: str(form[name].value()).removesuffix(" 00:00:00") for name in typed} == {
        name: value.upper() if name == "holidays" else value for name, value in typed.items()
    }


@pytest.mark.parametrize(
    ("method", "typed", "said"),
    [
        ("instalments", {"start": "invoice", "share_1": "30", "days_1": "0"}, "the parts come to 30 per cent"),
        ("instalments", {"start": "invoice", "share_1": "30"}, "each part has its share and its days"),
        ("net", {"days": "30", "start": "invoice", "month_end": "none", "discount_percent": "2"}, "within how many"),
        ("net", {"days": "30", "start": "invoice", "month_end": "none", "holidays": "XX"}, "No calendar is known"),
        (
            "net",
            {"days": "9", "start": "invoice", "month_end": "none", "discount_percent": "2", "discount_days": "10"},
            "The discount ends within the term",
        ),
        ("periodic", {"pays": "monthly", "day_of_month": "32"}, "less than or equal to 31"),
        ("fixed", {"date": "9999-12-31"}, "That day is out of reach of any book."),
        ("periodic", {"pays": "monthly", "weekday": "mon"}, "say which day of the month"),
        ("fixed", {"date": "24.12.2026"}, "Enter a valid date"),
    ],
)
def test_terms_that_make_no_date_are_refused_and_what_was_typed_stays(client, manager, customer, method, typed, said):
    words = {"number": "C-7", "language": "en", "starts_on": "2026-11-24", "currency": "EUR", "title": "none"}

    answer = sent(client, f"/contracts/new/?customer=C-100&method={method}", words | typed)

    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert 'value="C-7"' in answer.content.decode()
    assert not Contract.objects.exists()


def test_a_draft_is_changed_to_another_method_and_an_active_contract_is_not(client, manager, customer):
    contract = drafted(customer)
    words = {"number": "C-1", "language": "es", "starts_on": "2026-11-24", "currency": "EUR", "title": "none"}

    sent(client, f"/contracts/{contract.pk}/edit/?method=two_deliveries", words | {"max_days": "30", "open_batches": 1})

    contract.refresh_from_db()
    assert (contract.method, contract.parameters["max_days"], contract.language) == ("two_deliveries", 30, "es")
    contracts.activate(contract=contract, on=TODAY, by=make.BY)
    assert client.get(f"/contracts/{contract.pk}/edit/").status_code == 302
    refused = client.post(f"/contracts/{contract.pk}/edit/", keyed(1, **words, max_days="60", open_batches="1"))
    assert (refused.status_code, "Other terms need a new contract" in text_of(refused)) == (422, True)


# What makes it good


def test_a_draft_with_elastic_words_does_not_become_active(client, manager, customer):
    contract = drafted(customer, settlement_text="Payment when funds allow.")

    refused = client.post(f"/contracts/{contract.pk}/activate/", keyed(1))

    assert (refused.status_code, "does not say when payment is due" in text_of(refused)) == (422, True)
    assert "answer for it" not in text_of(refused)
    contract.settlement_text = "Payment within 30 days of the invoice."
    contract.save(update_fields=["settlement_text"])
    client.post(f"/contracts/{contract.pk}/activate/", keyed(2))
    contract.refresh_from_db()
    assert contract.state == "active"


def test_a_clause_that_is_marked_wrongly_is_answered_for_by_whoever_has_not_written_it(client, manager, customer):
    finance, grounds = make.finance("fiona"), "Acceptance falls on the day of delivery."
    made = Contract(customer=customer, number="C-9", starts_on=TODAY, currency="EUR", method="net",
                    parameters={"days": 30}, settlement_text="Payment 30 days after acceptance.")  # fmt: skip
    contract = contracts.draft(contract=made, by=manager)
    url = f"/contracts/{contract.pk}"
    assert "somebody who has not written this contract may read the clause" in page_of(client, contract)

    client.force_login(finance)
    assert "A day follows all the same" in page_of(client, contract)
    short = client.post(f"{url}/read-clause/", keyed(1, grounds="Fine.", is_beside="False"))
    assert (short.status_code, "at least 15 characters" in text_of(short)) == (422, True)
    client.post(f"{url}/read-clause/", keyed(2, grounds=grounds, is_beside="False"))

    page = page_of(client, contract)
    assert "answers for them since 24 Nov 2026: Acceptance falls on the day of delivery." in page
    client.post(f"{url}/activate/", keyed(3))
    contract.refresh_from_db()
    assert contract.state == "active"
    assert "answers for them since" in page_of(client, contract)


def test_execution_and_acceptance_are_noted_and_the_warnings_go(client, manager, customer):
    contract = make.contract(customer, execution="none", signed_by="", terms_accepted_on=None, terms_accepted_by="")
    assert "no credit until it is" in page_of(client, contract)
    assert "nothing is released before they are" in page_of(client, contract)

    unnamed = client.post(f"/contracts/{contract.pk}/execute/", keyed(1, execution="signature", on="2026-11-20"))
    assert (unnamed.status_code, "Say who signed or sealed" in text_of(unnamed)) == (422, True)
    url = f"/contracts/{contract.pk}"
    signed = keyed(2, execution="signature", signed_by="Lucía Ortega", has_authority="on", on="2026-11-20")
    client.post(f"{url}/execute/", signed)
    client.post(f"{url}/accept-terms/", keyed(3, accepted_by="Lucía Ortega", on="2026-11-20"))

    page = page_of(client, contract)
    assert "no credit until it is" not in page
    assert "Accepted by Lucía Ortega on 20 Nov 2026." in page


def test_an_ended_contract_keeps_its_last_day(client, manager, customer):
    contract = make.contract(customer)

    client.post(f"/contracts/{contract.pk}/end/", keyed(1, on="2026-11-30"))

    contract.refresh_from_db()
    assert (contract.state, contract.ends_before) == ("ended", date(2026, 12, 1))
    assert "Plan a shipment" not in page_of(client, contract)


def test_the_signed_paper_is_kept_byte_for_byte_and_handed_over_as_a_file(client, manager, customer):
    contract = make.contract(customer)
    url = f"/contracts/{contract.pk}"
    paper = SimpleUploadedFile("../signed contract.pdf", PDF, content_type="text/html")

    client.post(f"{url}/attach/", keyed(1, file=paper))

    assert hashlib.sha256(PDF).hexdigest() in page_of(client, contract)
    answer = client.get(f"{url}/file/")
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="signed contract.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"<html>", "no PDF, JPEG or PNG"), (b"", "empty"), (b"%PDF-" + b"x" * 10 * 1024 * 1024, "larger than 10 MB")],
)
def test_a_file_that_is_none_of_ours_is_refused(client, manager, customer, content, said):
    contract = make.contract(customer)

    answer = client.post(
        f"/contracts/{contract.pk}/attach/", keyed(1, file=SimpleUploadedFile("contract.pdf", content))
    )

    assert (answer.status_code, said in text_of(answer)) == (422, True)
    contract.refresh_from_db()
    assert contract.document is None


def test_prices_stand_with_validity_and_tiers(client, manager, customer):
    contract = make.contract(customer, price="2.50")
    url = f"/contracts/{contract.pk}/price/"

    client.post(url, keyed(1, product="WATER", unit_price="2.75", starts_on="2026-12-01"))
    client.post(url, keyed(2, product="WATER", unit_price="2.40", starts_on="2026-11-24", credit_days="8"))
    unknown = client.post(url, keyed(3, product="GOLD", unit_price="2", starts_on="2026-11-24"))

    page = page_of(client, contract)
    assert "1 Jan 2024 to 30 Nov 2026 €2.50 per case" in page
    assert "from 1 Dec 2026 not today €2.75 per case" in page
    assert "paid within 8 days from 24 Nov 2026 €2.40 per case" in page
    assert (unknown.status_code, 'There is no product "GOLD"' in text_of(unknown)) == (422, True)

    new = {"product": "GOLD", "product_name": "Gold leaf", "unit": "sheet", "unit_price": "2"}
    client.post(url, keyed(4, starts_on="2026-11-24", **new))
    assert "Gold leaf GOLD" in page_of(client, contract)
    assert "€2.00 per sheet" in page_of(client, contract)
