"""Booking money by hand: what is unlikely is asked for once."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from common import clock
from receivables.models import Payment
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    make.business()
    client.force_login(make.finance())
    customer = make.customer()
    make.invoice(customer, 100, due_date=clock.business_today() - timedelta(days=5))

    def send(**said):
        values = {
            "key": uuid4().hex,
            "customer": customer.code,
            "amount": "100",
            "currency": "EUR",
            "method": "transfer",
            "received_on": clock.business_today().isoformat(),
        }
        return client.post("/payments/new/", values | said)

    return send


def test_an_amount_is_read_as_it_is_typed(desk):
    assert desk(amount="1.050,25", sure="on").status_code == 302
    assert Payment.objects.get().amount == Decimal("1050.25")


def test_a_day_of_long_ago_is_asked_for_once(desk):
    long_ago = (clock.business_today() - timedelta(days=500)).isoformat()

    asked = desk(received_on=long_ago)
    assert asked.status_code == 422
    assert "is long ago" in asked.content.decode()
    assert not Payment.objects.exists()

    assert desk(received_on=long_ago, sure="on").status_code == 302


def test_far_more_than_is_open_is_asked_for_once(desk):
    asked = desk(amount="10000")
    assert asked.status_code == 422
    assert "far more than the" in asked.content.decode()

    assert desk(amount="10000", sure="on").status_code == 302
    assert desk(amount="120").status_code == 422  # now nothing is open any more


def test_a_day_no_book_reaches_is_refused(desk):
    assert desk(received_on="1066-10-14", sure="on").status_code == 422


def test_three_decimals_are_read_where_the_currency_has_them(desk):
    make.account("KWD")

    assert desk(amount="1.234", sure="on").status_code == 422  # euros: a thousand, or a fraction?
    assert desk(amount="1.234", currency="KWD", sure="on").status_code == 302
    assert Payment.objects.get().amount == Decimal("1.234")
