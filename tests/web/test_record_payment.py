"""Booking money by hand: what is unlikely is asked for once."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from common import clock
from customers.models import Customer
from receivables.models import Payment
from staff.models import Business
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


def test_customers_are_offered_by_code_and_name_those_who_owe_first(desk, client):
    make.customer(code="A-1", name="Anything Settled")

    page = client.get("/payments/new/").content.decode()

    offered = page.split("<datalist")[1].split("</datalist>")[0]
    names = re.findall(r'<option value="[^"]+">([^<]+)</option>', offered)
    assert names == [Customer.objects.exclude(code="A-1").get().name, "Anything Settled"]
    assert page.count('list="customers"') == 2


def test_at_most_five_hundred_customers_are_offered(desk, client):
    now = clock.now()
    Customer.objects.bulk_create(
        [Customer(code=f"M{number:04d}", name=f"Mart {number}", entered_at=now) for number in range(600)]
    )

    page = client.get("/payments/new/").content.decode()

    assert page.split("<datalist")[1].split("</datalist>")[0].count("<option") == 500


def test_a_chosen_customer_is_named_with_what_is_open_of_its_accounts(desk, client):
    customer = Customer.objects.get()
    branch = make.customer(name="Branch", payer=customer)
    make.invoice(branch, 30, due_date=clock.business_today(), number="B-1")

    page = client.get("/payments/new/", {"customer": customer.code}).content.decode()

    owed = page.split('id="open"')[1].split("</section>")[0]
    assert "€130.00" in owed and "€100.00" in owed and "€30.00" in owed
    assert owed.index("€100.00") < owed.index("B-1") < owed.index("Branch")
    assert f'<input type="hidden" name="customer" value="{customer.code}"' in page


def test_a_number_that_is_nobodys_is_said_and_the_field_stays(desk, client):
    page = client.get("/payments/new/", {"customer": "C-404"}).content.decode()
    odd = client.get("/payments/new/", {"customer": "C-1\x00"})

    assert odd.status_code == 200
    assert "There is no customer C-404." in page
    assert 'id="open"' not in page and 'id="id_customer"' in page


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


def test_a_day_of_long_ago_is_asked_for_in_a_book_that_goes_back_farther(desk):
    Business.objects.update(opening_on=clock.business_today() - timedelta(days=2000))

    asked = desk(received_on=(clock.business_today() - timedelta(days=900)).isoformat())

    assert asked.status_code == 422
    assert "7 Jun 2024 is long ago." in asked.content.decode()
    assert not Payment.objects.exists()


def test_a_day_before_the_book_was_taken_over_is_asked_for_though_it_is_not_long_ago(desk):
    Business.objects.update(opening_on=clock.business_today() - timedelta(days=100))

    assert desk(received_on=(clock.business_today() - timedelta(days=101)).isoformat()).status_code == 422
    assert desk(received_on=(clock.business_today() - timedelta(days=100)).isoformat()).status_code == 302


def test_a_box_that_has_to_be_ticked_is_not_called_optional(desk):
    asked = desk(amount="10000").content.decode()

    label = asked.split("Yes, this is right")[1].split("</label>")[0]
    assert "(optional)" not in label


def test_a_day_that_has_not_come_is_said_beside_its_field_and_in_the_summary(desk):
    answer = desk(received_on="2026-11-25")

    said = "25 Nov 2026 is in the future. Enter the day on which it happened."
    assert answer.context["form"].errors == {"received_on": [said]}
    assert f'<a href="#id_received_on"><b>Received on</b> {said}</a>' in answer.content.decode()


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
