"""The pages of contracts: what was agreed as sentences, drafts by method, what makes one good, what it made due."""

import hashlib
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from collections_app.desk.contracts import lists
from collections_app.gate import modes
from collections_app.gate import services as gate
from contracts import execution, terms
from contracts import services as contracts
from contracts.basis import Basis
from contracts.models import Contract, Method, Shipment
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
PDF = b"%PDF-1.7\nsigned and sealed"


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


@pytest.fixture
def manager(client, customer):
    person = make.manager("maria")
    client.force_login(person)
    return person


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def page_of(client, contract):
    return text_of(client.get(f"/contracts/{contract.pk}/"))


def drafted(customer, **values):
    made = Contract(
        **{
            "customer": customer, "number": "C-1", "starts_on": TODAY, "currency": "EUR", "method": "net",
            "parameters": {"days": 30},
        }
        | values
    )  # fmt: skip
    return contracts.draft(contract=made, by=make.BY)


def sent(client, url, data):
    """The form as its page gives it, with these words: the answer, after its redirect."""
    page = client.get(url).content.decode()
    key = re.findall(r'name="key" value="([^"]+)"', page)[-1]
    return client.post(url, {"key": key} | data, follow=True)


def keyed(key, **data):
    return {"key": f"key {key}"} | data


# The list


def test_contracts_are_found_by_customer_method_state_execution_and_their_end(client, manager, customer):
    make.contract(customer, number="NET")
    make.contract(customer, "two_deliveries", {"max_days": 30}, number="TWO", execution="none")
    make.contract(customer, number="SOON", ends_before=TODAY + timedelta(days=20))
    make.contract(customer, number="OVER", ends_before=TODAY - timedelta(days=1))
    make.contract(make.customer(name="Bar Azul"), "cash_on_delivery", number="COD")
    drafted(customer, number="DRAFT")

    def numbers(query):
        return {row["Contract"] for row in rows_of(client.get(f"/contracts/?{query}&export=csv"))}

    assert numbers("q=azul") == {"COD"}
    assert numbers("customer=C-100&state=draft") == {"DRAFT"}
    assert numbers("method=two_deliveries") == {"TWO"}
    assert numbers("executed=0") == {"TWO", "DRAFT"}
    assert numbers("ends=30") == {"SOON"}
    assert client.get("/contracts/?export=xlsx").status_code == 200


@pytest.mark.parametrize("place", ["CN", "ES", ""])
def test_the_list_and_the_rule_agree_on_every_execution(customer, place):
    customer.country = place
    customer.save(update_fields=["country"])
    for number, way in enumerate(Contract.Execution.values):
        for has_authority in (True, False):
            drafted(customer, number=f"{number} {has_authority}", execution=way, has_authority=has_authority)

    for row in lists.contracts(make.finance()):
        rule = execution.is_executed(row.execution, has_authority=row.has_authority, place=place or "IE")
        assert row.is_executed == rule, (row.execution, row.has_authority)


# The page


def test_what_was_agreed_stands_there_as_sentences(client, manager, customer):
    contract = make.contract(
        customer, "two_deliveries", {"max_days": 30, "open_batches": 2, "discount": {"share": "0.02", "days": 10}},
        number="C-31", settlement_clause="6.2", title="simple", title_agreed_on=date(2024, 1, 1),
        interest_clause="contract:8", benefits_while_current=True, charges_first=False,
    )  # fmt: skip

    page = page_of(client, contract)

    assert "2 batches may be open, due 30 days after delivery at the latest." in page
    assert "A batch leaves when no more than 1 of the batches before it are open." in page
    assert "2.0% less if paid within 10 days." in page
    assert "Title stays until these goods are paid: agreed on 1 Jan 2024, it holds for goods delivered" in page
    assert "Late amounts bear 8 per cent a year by the contract." in page
    assert "Money settles the goods first." in page
    assert "Rebates are given only while nothing is late." in page
    assert "24 Dec 2026: 30 days from the delivery of 24 Nov 2026 at the latest." in page


def test_a_title_that_must_be_registered_and_is_not_is_told_with_its_register(client, manager, customer):
    customer.country = "CN"
    customer.save(update_fields=["country"])
    contract = make.contract(
        customer, title="simple", title_agreed_on=date(2024, 1, 1), execution="signature", signed_by="王伟"
    )

    page = page_of(client, contract)

    assert "it does not hold against others until it is registered" in page
    assert "The contract is not executed: no credit until it is. Here a contract needs the unit's contract seal" in page


def test_elastic_words_are_marked_and_a_computable_rule_stands_beside_them(client, manager, customer):
    contract = drafted(customer, settlement_text="Payment after the goods have been sold. No <b>interest</b>.")

    answer = client.get(f"/contracts/{contract.pk}/")

    page = answer.content.decode()
    [marked] = re.findall(r"<mark>(.*?)</mark>", page)
    assert marked in "Payment after the goods have been sold"
    assert "&lt;b&gt;interest&lt;/b&gt;" in page
    assert "Computable instead: Goods are due when they are counted as sold" in text_of(answer)


def test_a_term_longer_than_the_law_allows_is_told_on_the_page(client, manager, customer):
    contract = make.contract(customer, parameters={"days": 90})

    assert "30 days later than the law allows: 23 Jan 2027 at the latest" in page_of(client, contract)


def test_batches_stand_in_a_row_with_the_gate_between_them(client, manager, customer):
    modes.set_mode(cause="settlement", segment="", mode="on", starts_on=TODAY, on=TODAY, by=make.BY)
    contract = make.contract(customer, "two_deliveries", {"max_days": 30})
    first, second = (
        make.shipment(contract, asked_on=TODAY - timedelta(days=days), delivered_on=TODAY - timedelta(days=days - 1))
        for days in (40, 10)
    )
    bills = [
        receivables.invoice_shipment(shipment=one, number=f"INV-{one.batch}", issued_on=one.delivered_on, by=make.BY)
        for one in (first, second)
    ]
    make.payment(customer, 100, received_on=TODAY, lines=[(bills[0].due_items.get().pk, Decimal(100))])
    third = gate.ask_next(contract=contract, lines=[("WATER", Decimal(4), Decimal("2.5"))], on=TODAY, by=make.BY)

    page = page_of(client, contract)

    drawn = page[page.index("Two deliveries, one settlement") : page.index("Goods delivered and billed today")]
    assert drawn.index("Batch 1") < drawn.index("Gate open") < drawn.index("Batch 2") < drawn.index("Gate closed")
    assert "€100.00 on INV-2 settles it." in drawn
    assert drawn.index("Gate closed") < drawn.index("Batch 3")

    make.payment(customer, 100, received_on=TODAY)
    gate.release(shipment=third, on=TODAY, by=make.BY)
    gate.deliver(shipment=third, on=TODAY, signed_by="Lucía Ortega", by=make.BY)
    page = page_of(client, contract)
    assert "€10.00 on SH-2026-00003 settles it." in page  # what would stand in front of the next batch
    assert "Next batch" in page


def test_of_many_batches_the_newest_are_drawn_and_the_next_one_is_always_among_them(client, manager, customer):
    contract = make.contract(customer, "two_deliveries", {"max_days": 30}, number="C-31")
    for days in range(60, 0, -10):
        day = TODAY - timedelta(days=days)
        make.shipment(contract, asked_on=day, delivered_on=day)

    page = page_of(client, contract)

    drawn = page[page.index("Two deliveries, one settlement") : page.index("Goods delivered and billed today")]
    assert "open €600.00 · 3 batches before, 3 of them open" in drawn.replace(" ,", ",")
    assert "Batch 3 " not in drawn
    assert drawn.index("Batch 4") < drawn.index("Batch 6") < drawn.index("Next batch")


def test_each_due_amount_opens_contract_shipment_invoice_rule_and_payments(client, manager, customer):
    contract = make.contract(customer, parameters={"days": 30, "from": "delivery"}, number="C-31")
    shipment = make.shipment(contract, asked_on=date(2026, 10, 1), delivered_on=date(2026, 10, 5))
    invoice = receivables.invoice_shipment(shipment=shipment, number="INV-88", issued_on=date(2026, 10, 7), by=make.BY)
    item = invoice.due_items.get()
    make.payment(customer, 40, received_on=date(2026, 11, 10), reference="part", lines=[(item.pk, Decimal(40))])
    receivables.move_due_date(
        due_item=item, due_date=date(2026, 12, 1), on=date(2026, 11, 20), by=make.BY, because="A word was given"
    )

    for url in (f"/contracts/{contract.pk}/", f"/invoices/{invoice.pk}/"):
        page = text_of(client.get(url))
        chain = page[page.index("€60.00 open · due on 1 Dec 2026") :]
        steps = [chain.index(f"{name} ") for name in ("Contract", "Shipment", "Invoice", "Rule", "Payments")]
        assert steps == sorted(steps)
        assert "30 days from the delivery of 5 Oct 2026" in chain
        assert "From 20 Nov 2026 on due on 1 Dec 2026: A word was given" in chain
        assert "10 Nov 2026 · Transfer part · €40.00" in chain
        assert "€60.00 of €100.00 open" in chain


def test_a_date_that_no_rule_explains_is_the_invoices_own(client, manager, customer):
    contract = make.contract(customer, parameters={"days": 30})
    shipment = make.shipment(contract, delivered_on=date(2026, 11, 4))
    invoice = make.invoice(
        customer, 100, issued_on=date(2026, 11, 4), due_date=date(2026, 11, 30), shipment=shipment.pk, terms_text="X26"
    )

    page = text_of(client.get(f"/invoices/{invoice.pk}/"))

    assert "As the invoice says: X26" in page
    assert "By the contract it would be due on 4 Dec 2026." in page


# Drafts


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
        ("net", {"days": "30", "start": "invoice", "month_end": "none", "holidays": "XX"}, "No due date follows"),
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
    contract.settlement_text = "Payment within 30 days of the invoice."
    contract.save(update_fields=["settlement_text"])
    client.post(f"/contracts/{contract.pk}/activate/", keyed(2))
    contract.refresh_from_db()
    assert contract.state == "active"


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


# Who may


def test_a_rep_sees_and_asks_and_changes_nothing(client, customer):
    client.force_login(customer.owner)
    contract = make.contract(customer)

    page = page_of(client, contract)

    assert "Plan a shipment" in page
    assert "Note the execution" not in page
    assert client.post(f"/contracts/{contract.pk}/end/", keyed(1, on="2026-11-30")).status_code == 403


def test_an_auditor_reads_and_does_nothing(client, customer):
    client.force_login(make.auditor())
    contract = make.contract(customer)

    page = page_of(client, contract)

    assert "Plan a shipment" not in page
    assert "End this contract" not in page


# Asking for goods


def test_the_next_delivery_is_asked_for_at_the_agreed_prices_and_the_batch_before_falls_due(client, customer):
    client.force_login(customer.owner)
    contract = make.contract(customer, "two_deliveries", {"max_days": 30})
    first = make.shipment(contract, delivered_on=date(2026, 11, 3))
    receivables.invoice_shipment(shipment=first, number="INV-88", issued_on=date(2026, 11, 3), by=make.BY)
    url = f"/contracts/{contract.pk}/ask/"
    form = client.get(url).context["form"]
    [(line, quantity, price)] = form.rows
    assert price.value() == "2.50"

    goods = {quantity.html_name: "12,5", price.html_name: "2.50"}
    answer = sent(client, url, {"on": "2026-11-24", "without_questions": "on"} | goods)

    made = Shipment.objects.get(split_from=None, batch=2)
    assert answer.redirect_chain[-1][0] == f"/shipments/{made.pk}/"
    assert (made.amount, made.without_questions, made.state) == (Decimal("31.25"), True, "planned")
    assert DueItem.objects.get().due_date == TODAY
    assert "An earlier batch is not settled: €100.00 on INV-88." in text_of(answer)
    assert line.product.code == "WATER"


def test_an_order_of_nothing_or_without_a_price_or_of_the_unknown_is_no_order(client, manager, customer):
    contract = make.contract(customer)
    url = f"/contracts/{contract.pk}/ask/"

    nothing = sent(client, url, {"on": "2026-11-24"})
    priceless = sent(client, url, {"on": "2026-11-24", "code_1": "JUICE", "quantity_-1": "3"})
    unknown = sent(client, url, {"on": "2026-11-24", "code_1": "GOLD", "quantity_-1": "3", "price_-1": "9"})

    assert "A shipment has at least one product" in text_of(nothing)
    assert "Say at which price." in text_of(priceless)
    assert 'There is no product "GOLD"' in text_of(unknown)
    assert {answer.status_code for answer in (nothing, priceless, unknown)} == {422}
    assert not Shipment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1,250", "can be read in two ways"), ("a dozen", "is not a number"), ("-3", "It is not below zero")],
)
def test_a_quantity_that_is_none_or_two_is_asked_again(client, manager, customer, typed, said):
    contract = make.contract(customer)
    url = f"/contracts/{contract.pk}/ask/"
    [(_line, quantity, price)] = client.get(url).context["form"].rows

    answer = sent(client, url, {"on": "2026-11-24", quantity.html_name: typed, price.html_name: "2,125"})

    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert f'value="{typed}"' in answer.content.decode()


def test_a_price_of_three_decimals_is_shown_so_that_it_can_be_read_again(client, manager, customer):
    contract = make.contract(customer, price="2.125")
    url = f"/contracts/{contract.pk}/ask/"
    [(_line, quantity, price)] = client.get(url).context["form"].rows
    assert price.value() == "2.1250"

    sent(client, url, {"on": "2026-11-24", quantity.html_name: "8", price.html_name: price.value()})

    assert Shipment.objects.get().amount == Decimal(17)


def test_the_same_order_sent_twice_is_one_shipment(client, manager, customer):
    contract = make.contract(customer)
    [(line, quantity, price)] = client.get(f"/contracts/{contract.pk}/ask/").context["form"].rows
    words = keyed(1, on="2026-11-24", **{quantity.html_name: "5", price.html_name: "2.50"})

    for _ in range(2):
        assert client.post(f"/contracts/{contract.pk}/ask/", words).status_code == 302

    assert Shipment.objects.count() == 1
    assert line.contract_id == contract.pk
