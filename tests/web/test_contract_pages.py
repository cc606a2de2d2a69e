"""The pages of contracts: the list, what was agreed as sentences, what it made due, and who may do what."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.desk.contracts import lists
from collections_app.gate import modes
from collections_app.gate import services as gate
from contracts import execution
from contracts.models import Contract
from receivables import services as receivables
from tests import factories as make
from tests.web.contract_pages import TODAY, drafted, keyed, page_of, text_of
from tests.web.exported import rows_of

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
