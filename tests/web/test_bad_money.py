"""Bad input on the pages of money: a clear refusal beside its field, and not one row is another."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from common import clock
from receivables import services
from receivables.models import Payment
from tests import factories as make
from tests.ledger import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(db):
    make.business()
    return clock.business_today()


@pytest.fixture
def item(today):
    return make.due_item(make.customer(), 100, due_date=today - timedelta(days=40), number="INV-1")


@pytest.fixture
def desk(today):
    client = Client()
    client.force_login(make.finance("niamh"))
    return client


def send(desk: Client, address: str, **said: Any) -> str:
    """What the page says to what was sent; nothing may have changed by it."""
    before = rows.everything()
    answer = desk.post(address, {"key": uuid4().hex, "on": clock.business_today().isoformat(), **said})
    assert answer.status_code == 422
    assert rows.everything() == before
    return answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "0"}, "above zero"),
        ({"amount": "-5"}, "above zero"),
        ({"amount": "ten"}, "ten is not an amount"),
        ({"amount": "10.001"}, "decimals"),
        ({"currency": "CHF"}, "no bank account in CHF"),
        ({"currency": "XXQ"}, "no bank account in XXQ"),
        ({"received_on": "2026-11-25"}, "is in the future"),
        ({"received_on": "31.02.2026"}, "Enter a valid date"),
        ({"method": "barter"}, "barter"),
        ({"customer": "NOBODY"}, "no customer NOBODY"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_in_a_sentence(desk, item, today, wrong, said):
    values = {
        "customer": item.customer.code, "amount": "10", "currency": "EUR", "method": "transfer",
        "received_on": today.isoformat(),
    }  # fmt: skip

    page = send(desk, "/payments/new/", **values | wrong)

    assert said in page


def test_money_is_not_allocated_to_another_customers_item(desk, item, today):
    foreign = make.due_item(make.customer(), 100, due_date=today)
    payment = make.payment(item.customer, 50, received_on=today, lines=[])

    page = send(desk, f"/payments/{payment.pk}/allocate/", **{f"item_{foreign.pk}": "10"})

    assert "Enter an amount beside at least one item." in page


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_nothing_or_less_is_not_allocated(desk, item, today, amount):
    payment = make.payment(item.customer, 50, received_on=today, lines=[])

    send(desk, f"/payments/{payment.pk}/allocate/", **{f"item_{item.pk}": amount})


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/payments/{payment}/reverse/", "reversed already"),
        ("/allocations/{allocation}/take-back/", "taken back already"),
        ("/credit-notes/{note}/reverse/", "reversed already"),
        ("/refunds/{refund}/reverse/", "reversed already"),
        ("/charges/{charge}/reverse/", "reversed already"),
    ],
)
def test_what_is_taken_back_is_not_taken_back_again(desk, item, today, address, said):
    payment = make.payment(item.customer, 50, received_on=today)
    note = make.credit_note(item.customer, 5, issued_on=today)
    other = make.payment(item.customer, 9, received_on=today, lines=[])
    refund = services.refund(source=other, amount=Decimal(9), paid_on=today, by=make.BY, because="Paid twice")
    charge = services.claim(due_item=item, kind="fee", amount=Decimal(5), basis="Clause 7", on=today, by=make.BY)
    [allocation] = payment.allocations.all()
    how = {"on": today, "by": make.BY, "because": "Wrong"}
    services.reverse_payment(payment=payment, **how)
    services.reverse_credit_note(note=note, **how)
    services.reverse_refund(refund=refund, **how)
    services.reverse_charge(charge=charge, **how)
    keys = {
        "payment": payment.pk, "allocation": allocation.pk, "note": note.pk, "refund": refund.pk, "charge": charge.pk
    }  # fmt: skip

    page = send(desk, address.format(**keys), because="Once more")

    assert said in page


def test_a_correction_before_its_own_day_or_in_the_future_is_refused(desk, item, today):
    payment = make.payment(item.customer, 50, received_on=today)
    address = f"/payments/{payment.pk}/reverse/"

    early = send(desk, address, because="Bounced", on=(today - timedelta(days=1)).isoformat())
    late = send(desk, address, because="Bounced", on=(today + timedelta(days=1)).isoformat())

    assert "before" in early
    assert "is in the future" in late
    assert not Payment.objects.filter(reverses=payment).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"into": "CHF"}, "There is no bank account in CHF. Add one, or check the currency."),
        ({"into": "EUR"}, "The money is in EUR already. Choose another currency."),
        ({"rate": "0"}, "above zero"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "51"}, "left"),
    ],
)
def test_a_bad_exchange_is_refused(desk, item, today, wrong, said):
    make.account("USD")
    payment = make.payment(item.customer, 50, received_on=today, lines=[])
    values = {"amount": "50", "into": "USD", "rate": "1.1", "source": "Bank"}

    assert said in send(desk, f"/payments/{payment.pk}/exchange/", **values | wrong)
