"""The list of invoices that comes with money, the days on which it was announced, and what is proposed from them."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from collections_app.gate import modes
from common import clock
from receivables import services
from receivables.models import Invoice, Payment
from tests import factories as make

pytestmark = pytest.mark.django_db
NAMED = "The payer named these invoices."


@pytest.fixture
def today(db):
    make.business()
    return clock.business_today()


@pytest.fixture
def customer(today):
    made = make.customer(make.rep("carmen"))
    for place, number in enumerate(("INV-1", "INV-2", "INV-3")):
        make.invoice(made, 100, due_date=today - timedelta(days=30 - place), number=number)
    return made


@pytest.fixture
def desk(client, today):
    client.force_login(make.finance())
    return client


def send(desk, customer, **said):
    values = {
        "key": uuid4().hex, "customer": customer.code, "amount": "100", "currency": "EUR", "method": "transfer",
        "received_on": clock.business_today().isoformat(),
    }  # fmt: skip
    return desk.post("/payments/new/", values | said)


def open_amounts(customer):
    rows = customer.due_items.order_by("invoice__number").values_list("invoice__number", "open_amount")
    return dict(rows)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_money_settles_what_the_payer_names_before_what_is_oldest(desk, customer):
    answer = send(desk, customer, amount="150", named="inv 3\nINV-2")

    assert answer.status_code == 302
    assert open_amounts(customer) == {"INV-1": 100, "INV-2": 0, "INV-3": 50}
    assert Payment.objects.get().named == "inv 3\nINV-2"
    assert "booked and allocated to what the payer names." in text(desk.get(answer.url))


def test_a_number_that_nobody_owes_on_is_asked_for_once(desk, customer):
    doubted = send(desk, customer, named="INV-3, INV-99")

    assert doubted.status_code == 422
    assert "INV-99 is not known here: no open invoice and no waiting order of this customer" in text(doubted)
    assert send(desk, customer, named="INV-3, INV-99", sure="on").status_code == 302
    assert open_amounts(customer)["INV-3"] == 0


def test_what_the_payer_named_is_proposed_on_the_page_of_the_payment_and_in_the_list(desk, customer, today):
    make.payment(customer, 120, received_on=today, lines=[], named=["INV-3", "INV-2"])

    page, listed = text(desk.get(f"/payments/{Payment.objects.get().pk}/")), text(desk.get("/payments/match/"))

    assert NAMED in page and NAMED in listed
    assert "<dt>Named by the payer</dt><dd>INV-3<br>INV-2</dd>" in page


def test_money_of_a_receipt_is_meant_for_the_invoices_on_the_receipt(desk, customer, today):
    third = customer.due_items.get(invoice__number="INV-3")
    receipt = make.receipt(third, 100, rep=customer.owner, received_on=today)
    before = make.payment(customer, 100, received_on=today, lines=[(third.pk, Decimal(100))])
    payment = services.verify_receipt(receipt=receipt, by=make.BY)
    services.reverse_payment(payment=before, on=today, by=make.BY, because="Bounced")

    assert NAMED in text(desk.get(f"/payments/{payment.pk}/"))


def named_on_receipts(customer, today, many):
    """Payments of receipts whose invoices are open again, because other money on them bounced."""
    for _ in range(many):
        item = make.due_item(customer, 10, due_date=today)
        receipt = make.receipt(item, 10, rep=customer.owner, received_on=today)
        settled = make.payment(customer, 10, received_on=today, lines=[(item.pk, Decimal(10))])
        services.verify_receipt(receipt=receipt, by=make.BY)
        services.reverse_payment(payment=settled, on=today, by=make.BY, because="Bounced")


def test_the_page_of_waiting_money_asks_as_often_for_many_named_payments(desk, customer, today, count_queries):
    page = lambda: desk.get("/payments/match/")  # noqa: E731
    named_on_receipts(customer, today, 1)
    few = count_queries(page)
    named_on_receipts(customer, today, 8)

    assert count_queries(page) == few
    assert text(page()).count(NAMED) == 9


# Named for an order


@pytest.fixture
def order(customer):
    """Goods in advance that wait for €100.00; the gate keeps them until it is here."""
    modes.set_mode(
        cause="settlement", segment="", mode="on", starts_on=clock.business_today(), on=clock.business_today(),
        by=make.BY,
    )  # fmt: skip
    contract = make.contract(customer, "in_advance", {"share": "1"})
    made = make.shipment(contract, number="ADV1", asked_on=clock.business_today(), released=True)
    assert made.state == "held"
    return made


@pytest.mark.parametrize("how", [{"named": "adv 1"}, {"reference": "Order ADV1, thank you"}, {"reference": "ADV1"}])
def test_money_that_the_payer_names_for_an_order_waits_for_it_and_lets_the_goods_go(desk, customer, order, how):
    answer = send(desk, customer, **how)

    payment = Payment.objects.get()
    assert "€100.00 waits for order ADV1" in text(desk.get(answer.url))
    assert set(open_amounts(customer).values()) == {Decimal(100)}, "old debt is not settled with it"
    assert (payment.unapplied_amount, payment.reference) == (100, "ADV1")
    assert "thank you" not in how.get("reference", "") or "thank you" in payment.named
    order.refresh_from_db()
    assert order.state == "released"


def test_what_is_named_beside_the_order_is_settled_and_the_rest_waits(desk, customer, order):
    send(desk, customer, amount="150", named="INV-3, ADV1")

    payment = Payment.objects.get()
    assert open_amounts(customer) == {"INV-1": 100, "INV-2": 100, "INV-3": 0}
    assert (payment.unapplied_amount, payment.reference) == (50, "ADV1")


def test_money_on_a_pro_forma_invoice_of_the_order_is_for_the_order(desk, customer, order, today):
    invoice = make.invoice(customer, 100, due_date=today, number="PF-1")
    Invoice.objects.filter(pk=invoice.pk).update(shipment=order)

    send(desk, customer, named="PF-1")

    assert open_amounts(customer) == {"INV-1": 100, "INV-2": 100, "INV-3": 100, "PF-1": 0}


def test_money_for_an_order_is_not_offered_to_old_debt_by_one_click(desk, customer, order, today):
    make.payment(customer, 100, received_on=today, lines=[], named=["ADV1"])

    page, listed = text(desk.get(f"/payments/{Payment.objects.get().pk}/")), text(desk.get("/payments/match/"))

    assert "The payer named order ADV1. €100.00 stays unapplied and waits for order ADV1." in page
    assert "The payer named order ADV1." in listed
    assert "Accept</button>" not in listed


def test_money_for_two_orders_is_recorded_in_two_parts(desk, customer, order):
    make.shipment(customer, number="ADV2", asked_on=clock.business_today())

    answer = send(desk, customer, named="ADV1, ADV2", sure="on")

    assert answer.status_code == 422
    assert "Money waits for one order at a time, and ADV1, ADV2 are named." in text(answer)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("why", ["another customer's", "delivered", "in another currency"])
def test_an_order_that_does_not_wait_for_this_money_is_not_known(desk, customer, today, why):
    if why == "another customer's":
        make.shipment(make.customer(), number="ADV1")
    elif why == "delivered":
        make.shipment(customer, number="ADV1", delivered_on=today)
    else:
        make.shipment(customer, number="ADV1", currency="USD")

    assert "ADV1 is not known here" in text(send(desk, customer, named="ADV1"))
    assert not Payment.objects.exists()


# Announced


def test_the_days_on_which_money_was_announced_are_kept_and_shown(desk, customer, today):
    told, expected = today - timedelta(days=4), today - timedelta(days=2)

    send(desk, customer, amount="500", sure="on", instructed_on=told.isoformat(), expected_on=expected.isoformat())

    payment = Payment.objects.get()
    assert (payment.instructed_on, payment.expected_on) == (told, expected)
    page = text(desk.get(f"/payments/{payment.pk}/"))
    assert "<dt>Instructed</dt><dd>20 Nov 2026</dd>" in page
    assert "<dt>Expected</dt><dd>22 Nov 2026</dd>" in page


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"instructed_on": "2026-11-20", "expected_on": "2026-11-19"}, "expected_on", "19 Nov 2026 is before the cust"),
        ({"instructed_on": "2026-11-25"}, "instructed_on", "25 Nov 2026 is after the money came."),
        ({"instructed_on": "1926-11-20"}, "instructed_on", "That day is out of reach of any book. Correct the year."),
        ({"expected_on": "2926-11-20"}, "expected_on", "That day is out of reach of any book. Correct the year."),
    ],
)
def test_days_in_the_wrong_order_or_of_another_century_are_said_beside_their_field(
    desk, customer, said, field, sentence
):
    answer = send(desk, customer, **said)

    assert answer.status_code == 422
    beside = text(answer).split(f'for="id_{field}"')[1].split("</div>")[0]
    assert sentence in beside
    assert not Payment.objects.exists()


def test_money_may_come_before_it_was_expected(desk, customer, today):
    assert send(desk, customer, expected_on=(today + timedelta(days=9)).isoformat()).status_code == 302


def test_the_database_keeps_the_two_days_in_order(customer, today):
    payment = make.payment(customer, 10, received_on=today, instructed_on=today, expected_on=today)

    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(expected_on=today - timedelta(days=1))
