"""The page of one shipment: what keeps it, what differs from the contract, what is done with it, who may do what."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from collections_app.gate import credit_services as credit
from collections_app.gate import services as gate
from collections_app.gate.models import CreditCheck, GateOverride, Hold
from contracts.models import Proof, Shipment
from customers import services as customers
from receivables import services as receivables
from receivables.models import Invoice
from tests import factories as make
from tests.web.exported import rows_of
from tests.web.shipment_pages import PDF, TODAY, do, page_of, state, switch, text_of, two_deliveries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db):
    make.business()
    switch("ramp", "off")


@pytest.fixture
def customer():
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


@pytest.fixture
def manager(client, customer):
    person = make.manager("maria")
    client.force_login(person)
    return person


@pytest.fixture
def finance(client, customer):
    person = make.finance("niamh")
    client.force_login(person)
    return person


# One shipment


def test_a_price_that_is_not_the_contracts_is_marked_before_anything_is_sent(client, manager, customer):
    contract = make.contract(customer, price="2.50")
    shipment = make.shipment(
        contract, [(make.product(), 40, "2.60"), (make.product("JUICE"), 2, "9"), (make.product(), 4, "2.50")]
    )

    page = page_of(client, shipment)

    assert "1 line differs from the contract. Clear it up before anything is sent." in page
    assert "€4.00 more than agreed" in page
    assert "no price is agreed for that day" in page


def test_its_way_stands_in_order_with_who_let_it_leave_on_which_ground(client, manager, customer):
    switch("settlement")
    _first, second = two_deliveries(customer)
    do(client, second, "release")
    make.payment(customer, 100, received_on=TODAY)
    gate.deliver(shipment=second, on=TODAY, signed_by="Lucía Ortega", by=make.BY)
    second.refresh_from_db()
    receivables.invoice_shipment(shipment=second, number="INV-89", issued_on=TODAY, by=make.BY)
    do(client, second, "take-back", on="2026-11-24")

    page = page_of(client, second)

    way = page[page.index("Its way") :]
    steps = (
        "Asked for",
        "Held: settlement method",
        "Released: released by the money",
        "Delivered",
        "INV-89",
        "Taken back",
    )
    found = [way.index(step) for step in steps]
    assert found == sorted(found)
    assert "Signed for by Lucía Ortega on 24 Nov 2026." in way


def test_release_asks_the_gate_and_says_why_it_stays(client, manager, customer):
    switch("settlement")
    _first, second = two_deliveries(customer)

    held = do(client, second, "release")

    assert state(second) == "held"
    assert "Batch 2 of Mercado Sol stays on hold. An earlier batch is not settled" in text_of(held)
    make.payment(customer, 100, received_on=TODAY)
    assert state(second) == "released"
    again = do(client, second, "release", "2")
    assert (again.status_code, "was released on 24 Nov 2026" in text_of(again)) == (422, True)


def test_what_fits_the_limit_is_released_and_the_rest_waits(client, finance, customer):
    switch("limit")
    long_ago = TODAY - timedelta(days=400)
    make.invoice(customer, 1, due_date=long_ago, issued_on=long_ago, paid=[("1", long_ago)])
    customers.set_limit(
        customer=customer, amount=Decimal(60), currency="EUR", starts_on=TODAY, because="Asked", by=make.BY
    )
    shipment = make.shipment(make.contract(customer), asked_on=TODAY)
    page = client.get(f"/shipments/{shipment.pk}/")
    assert "The order comes to €100.00; there is room for €60.00." in text_of(page)
    [(line, field)] = page.context["part"].rows
    assert field.value() == "24"

    do(client, shipment, "release-part", **{field.html_name: field.value()})

    rest = Shipment.objects.get(split_from=shipment)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.amount) == ("released", Decimal(60))
    assert (rest.state, rest.amount) == ("held", Decimal(40))
    assert f'href="/shipments/{rest.pk}/"' in client.get("/holds/").content.decode()
    assert f"The rest waits as {rest.number}" in page_of(client, shipment)
    assert line.product.code == "WATER"


def test_no_part_is_offered_where_the_credit_check_was_refused_and_one_sent_all_the_same_is_refused(client, customer):
    manager = make.manager()
    client.force_login(manager)
    switch("ramp")
    contract = make.contract(customer)
    asked = [("WATER", Decimal(4000), Decimal("2.5"))]
    order = gate.ask_next(contract=contract, lines=asked, on=TODAY, without_questions=True, by=make.BY)
    check = CreditCheck.objects.get()
    credit.decide_check(check=check, answer="refused", note="Nobody knows them", on=TODAY, by=manager)

    page = client.get(f"/shipments/{order.pk}/")
    credit_page = text_of(client.get("/customers/C-100/credit/"))
    sent = do(client, order, "release-part", **{f"line_{order.lines.get().pk}": "1"})

    assert "The credit check of this first order was refused." in text_of(page)
    assert ("part" in page.context, "The order comes to" in text_of(page) + credit_page) == (False, False)
    assert sent.status_code == 422
    assert "may not leave either, so it was not split. The credit check of this first order" in text_of(sent)
    assert Shipment.objects.count() == 1


def test_an_override_needs_reason_and_last_day_and_stays_on_the_way(client, manager, customer):
    switch("settlement")
    _first, second = two_deliveries(customer)
    do(client, second, "release")

    bare = do(client, second, "decide", decision="override")
    assert bare.status_code == 422
    assert "Say why this batch may leave against the gate." in text_of(bare)
    assert "Say until when the override holds." in text_of(bare)
    do(client, second, "decide", "2", decision="override", reason="Pays tomorrow", last_day="2026-11-25")

    assert state(second) == "released"
    assert GateOverride.objects.get().ends_before == date(2026, 11, 26)
    page = page_of(client, second)
    assert "Released: override Pays tomorrow" in page


def test_a_manager_releases_no_more_against_the_gate_than_the_right_allows(client, manager, customer):
    switch("settlement")
    contract = make.contract(customer, "two_deliveries", {"max_days": 30}, price="100")
    make.shipment(contract, [(make.product(), 1, "100")], delivered_on=TODAY)
    second = make.shipment(contract, [(make.product(), 60, "100")], asked_on=TODAY)

    refused = do(client, second, "decide", decision="override", reason="Pays tomorrow", last_day="2026-11-25")

    assert (refused.status_code, "Your role may not release so much" in text_of(refused)) == (422, True)
    assert 'value="Pays tomorrow"' in refused.content.decode()


def test_goods_are_delivered_with_proof_and_the_paper_opens_from_everywhere(client, finance, customer):
    contract = make.contract(customer)
    shipment = make.shipment(contract, asked_on=TODAY, released=True)
    note = SimpleUploadedFile("note.pdf", PDF)

    unsigned = do(client, shipment, "deliver", on="2026-11-24")
    assert (unsigned.status_code, "This field is required" in text_of(unsigned)) == (422, True)
    do(client, shipment, "deliver", "2", on="2026-11-24", signed_by="Lucía Ortega", file=note)
    do(client, shipment, "invoice", number="INV-90", issued_on="2026-11-24", vat_amount="")

    file = client.get(f"/shipments/{shipment.pk}/proof/")
    assert (file.content, file["Content-Type"], file["X-Content-Type-Options"]) == (PDF, "application/pdf", "nosniff")
    assert file["Content-Disposition"] == 'attachment; filename="note.pdf"'
    invoice = Invoice.objects.get(number="INV-90")
    for url in (f"/shipments/{shipment.pk}/", f"/invoices/{invoice.pk}/", "/customers/C-100/", "/shipments/"):
        assert f'href="/shipments/{shipment.pk}/proof/"' in client.get(url).content.decode(), url
    assert state(shipment) == "delivered"


def test_a_paper_that_comes_in_later_is_filed_once(client, finance, customer):
    shipment = make.shipment(make.contract(customer), delivered_on=TODAY)
    words = {"on": "2026-11-24", "signed_by": "Pablo Soler"}

    do(client, shipment, "file-proof", file=SimpleUploadedFile("a.pdf", PDF), **words)
    again = do(client, shipment, "file-proof", "2", file=SimpleUploadedFile("b.pdf", PDF + b"other"), **words)

    proof = Proof.objects.get()
    assert (proof.signed_by, bytes(proof.document.content)) == ("Pablo Soler", PDF)
    assert (again.status_code, "has its proof of delivery already" in text_of(again)) == (422, True)


def test_cash_on_delivery_is_handed_over_against_a_receipt_or_taken_back(client, customer):
    client.force_login(customer.owner)
    contract = make.contract(customer, "cash_on_delivery")
    paid, refused = (make.shipment(contract, asked_on=TODAY, released=True) for _ in range(2))
    bill = receivables.invoice_shipment(shipment=paid, number="INV-1", issued_on=TODAY, by=make.BY)
    receipt = make.receipt(bill.due_items.get(), 100, rep=customer.owner)
    words = {"on": "2026-11-24", "signed_by": "Lucía Ortega"}

    unknown = do(client, paid, "deliver", receipt="R-0", **words)
    assert (unknown.status_code, "There is no receipt R-0 of this customer" in text_of(unknown)) == (422, True)
    do(client, paid, "deliver", "2", receipt=receipt.number, **words)
    do(client, refused, "take-back", on="2026-11-24")

    assert (state(paid), state(refused)) == ("delivered", "returned")
    assert f"Receipt {receipt.number}" in page_of(client, paid)


def test_finance_bills_what_left_and_the_message_says_when_it_is_due(client, finance, customer):
    shipment = make.shipment(make.contract(customer), delivered_on=TODAY)

    answer = do(client, shipment, "invoice", number="INV-91", issued_on="2026-11-24", vat_amount="20")

    assert "Invoice INV-91 is booked, due on 24 Dec 2026." in text_of(answer)
    assert Invoice.objects.get().vat_amount == Decimal(20)
    twice = do(client, shipment, "invoice", "2", number="INV-92", issued_on="2026-11-24")
    assert (twice.status_code, "is billed already: invoice INV-91" in text_of(twice)) == (422, True)


def test_nobody_wants_it_any_more(client, customer):
    client.force_login(customer.owner)
    shipment = make.shipment(make.contract(customer), asked_on=TODAY)

    do(client, shipment, "cancel")

    assert state(shipment) == "cancelled"
    assert not Hold.objects.filter(cleared_at=None).exists()


# Consigned goods


def test_a_count_whose_figures_do_not_come_to_what_was_delivered_is_refused_beside_its_line(client, customer):
    client.force_login(customer.owner)
    shipment = make.shipment(make.contract(customer, "consignment", {"max_days": 90}), delivered_on=date(2026, 11, 3))
    [line] = shipment.lines.all()
    figures = {f"sold_{line.pk}": "10", f"returned_{line.pk}": "0", f"on_hand_{line.pk}": "29", f"lost_{line.pk}": ""}

    answer = do(client, shipment, "count", on="2026-11-24", **figures)

    assert (answer.status_code, "Together 39, delivered were 40." in text_of(answer)) == (422, True)
    assert not shipment.counts.exists()


def test_what_a_count_found_sold_is_booked_and_the_sum_stands_beside_what_was_delivered(client, finance, customer):
    contract = make.contract(customer, "consignment", {"max_days": 90, "due_days": 7})
    shipment = make.shipment(contract, delivered_on=date(2026, 11, 3))
    [line] = shipment.lines.all()
    figures = {f"sold_{line.pk}": "10", f"returned_{line.pk}": "2", f"on_hand_{line.pk}": "27", f"lost_{line.pk}": "1"}

    do(client, shipment, "count", on="2026-11-20", counted_by="Lucía Ortega", **figures)
    answer = do(client, shipment, "book-counted", number="INV-93", issued_on="2026-11-24")
    again = do(client, shipment, "book-counted", "2", number="INV-94", issued_on="2026-11-24")

    assert "Invoice INV-93 over €25.00 is booked for what was sold." in text_of(answer)
    assert "Everything that was counted as sold is billed already." in text_of(again)
    assert "10 2 27 1 40 40 × case" in page_of(client, shipment)
    [invoice] = Invoice.objects.all()
    assert "Counted as sold on 20 Nov 2026" in text_of(client.get(f"/invoices/{invoice.pk}/"))


# Who may


@pytest.mark.parametrize(
    ("person", "seen", "hidden"),
    [
        ("rep", {"Cancel shipment"}, {">Release<", "Override", "Keep on hold"}),
        ("manager", {">Release<", "Override", "Keep on hold", "Cancel shipment"}, {"Book invoice"}),
        ("auditor", set(), {">Release<", "Override", "Keep on hold", "Cancel shipment"}),
    ],
)
def test_each_role_has_its_buttons_and_no_others(client, customer, person, seen, hidden):
    switch("settlement")
    _first, second = two_deliveries(customer)
    gate.release(shipment=second, on=TODAY, by=make.BY)
    client.force_login(customer.owner if person == "rep" else make.manager() if person == "manager" else make.auditor())

    page = client.get(f"/shipments/{second.pk}/").content.decode()

    assert {button for button in seen | hidden if button in page} == seen


def test_a_rep_sees_nothing_of_anothers_goods(client, customer):
    shipment = make.shipment(make.contract(customer), asked_on=TODAY)
    client.force_login(make.rep("tom"))

    assert client.get(f"/shipments/{shipment.pk}/").status_code == 404
    assert rows_of(client.get("/shipments/?export=csv")) == []
    assert [section["count"] for section in client.get("/shipments/").context["sections"]] == [0] * 6


def test_the_same_deed_sent_twice_is_done_once_and_another_deed_of_the_page_is_not_taken_for_it(
    client, manager, customer
):
    switch("settlement")
    _first, second = two_deliveries(customer)
    page = client.get(f"/shipments/{second.pk}/").content.decode()
    keys = re.findall(r'name="key" value="([^"]+)"', page)
    assert len(keys) == len(set(keys))

    for _ in range(2):
        do(client, second, "release")

    assert state(second) == "held"
