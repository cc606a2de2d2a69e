"""What the pages of credit are tested with: a customer with limits and orders, and the page as text."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from common import clock
from contracts.models import Shipment
from customers import services as customers
from tests import factories as make


@pytest.fixture
def today():
    return clock.business_today()


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol", region="Valencia")


@pytest.fixture
def finance(client, customer):
    person = make.finance("niamh")
    client.force_login(person)
    return person


def text_of(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def page_of(customer):
    return reverse("desk:credit-of", args=[customer.code])


def limited(customer, amount, today, **values):
    return customers.set_limit(
        **{"customer": customer, "amount": Decimal(amount), "currency": "EUR", "starts_on": today}
        | {"because": "Asked for", "by": make.BY}
        | values
    )


def served_for_long(customer, today):
    long_ago = today - timedelta(days=400)
    make.invoice(customer, 1, due_date=long_ago, issued_on=long_ago, paid=[("1", long_ago)])


def order(customer, amount, *, number="S-9", **values):
    return Shipment.objects.create(
        customer=customer, number=number, asked_on=clock.business_today(), currency="EUR", amount=amount, **values
    )
