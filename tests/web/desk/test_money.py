"""Receipts are verified or refused and payments booked by hand, once each."""

from decimal import Decimal

import pytest
from django.urls import reverse

from common import clock, money
from receivables import services as receivables
from receivables.models import Payment, Receipt
from tests import factories as make
from tests.web.desk.pages import key_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(customer, carmen, today):
    item = customer.due_items.get(invoice__number="0871")
    return receivables.record_receipt(
        customer=customer, rep=carmen, method="cash", amount=Decimal(500), currency="EUR",
        lines=[(item.pk, Decimal(500))], received_on=today, key="one",
    )  # fmt: skip


def test_finance_verifies_a_receipt_once_even_if_the_form_is_sent_twice(client, receipt):
    client.force_login(make.finance())
    key = key_of(client.get(f"/payments/receipts/{receipt.pk}/"))

    for _ in range(2):
        answer = client.post(f"/payments/receipts/{receipt.pk}/verify/", {"key": key}, follow=True)
        assert "is verified: €500.00 booked" in text_of(answer)

    assert Payment.objects.get().amount == money.stored(Decimal(500))


def test_a_decided_receipt_can_not_be_decided_again_and_says_why(client, receipt):
    client.force_login(make.finance())
    client.post(f"/payments/receipts/{receipt.pk}/refuse/", {"key": "a", "because": "no cash in the envelope"})

    answer = client.post(f"/payments/receipts/{receipt.pk}/verify/", {"key": "b"})

    assert answer.status_code == 422
    assert "is decided already" in text_of(answer)
    receipt.refresh_from_db()
    assert receipt.state == Receipt.State.REFUSED


def test_a_refusal_needs_its_reason(client, receipt):
    client.force_login(make.finance())

    answer = client.post(f"/payments/receipts/{receipt.pk}/refuse/", {"key": "a", "because": ""})

    assert answer.status_code == 422
    assert Receipt.objects.get().state == Receipt.State.PROVISIONAL


def test_the_count_of_receipts_stands_only_where_somebody_must_act(client, receipt):
    def counts(user):
        client.force_login(user)
        return [link.count for group in client.get("/customers/").context["nav"] for link in group.links if link.count]

    assert counts(make.finance()) == [1]
    assert counts(make.auditor()) == []


def payment_form(client, **changes):
    key = key_of(client.get("/payments/new/"))
    values = {
        "key": key, "customer": "C-100", "amount": "3240,00", "currency": "EUR", "method": "transfer",
        "received_on": clock.business_today().isoformat(), "reference": "TR-9",
    }  # fmt: skip
    return client.post("/payments/new/", values | changes, follow=True)


def test_a_recorded_payment_settles_the_oldest_first(client, customer):
    client.force_login(make.finance())

    answer = payment_form(client)

    assert "€3,240.00 of Mercado Sol booked and allocated, oldest first." in text_of(answer)
    assert customer.due_items.get(invoice__number="0871").open_amount == 0
    assert customer.due_items.get(invoice__number="0948").open_amount == Decimal("1074.60")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "1.2OO"}, "is not an amount"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "10.0011"}, "EUR has 2 decimal places"),
        ({"customer": "NOBODY"}, "There is no customer NOBODY"),
        ({"received_on": "2099-01-01"}, "is in the future"),
        ({"currency": "JPY"}, "JPY"),
    ],
)
def test_a_payment_that_cannot_be_says_what_where_and_what_next(client, customer, changes, said):
    client.force_login(make.finance())

    answer = payment_form(client, **changes)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Payment.objects.count() == 0


def test_a_form_changed_and_sent_again_is_asked_about_before_it_is_another_payment(client):
    make.business()
    customer = make.customer()
    client.force_login(make.finance())
    address = reverse("receivables:record-payment")
    sent = {"key": "k" * 32, "customer": customer.code, "amount": "10.00", "currency": "EUR", "method": "transfer"}
    sent |= {"received_on": "2026-01-05", "reference": "A"}

    assert [client.post(address, form).status_code for form in (sent, sent)] == [302, 302]
    asked = client.post(address, sent | {"amount": "25.00"})
    assert (asked.status_code, customer.payments.count()) == (422, 1)
    meant = sent | {"amount": "25.00", "key": asked.context["form"].data["key"]}
    assert client.post(address, meant).status_code == 302

    assert sorted(str(payment.amount) for payment in customer.payments.all()) == ["10.000", "25.000"]
