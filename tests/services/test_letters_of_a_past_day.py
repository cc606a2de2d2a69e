"""A letter of a past day asks for what was open on that day."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collections_app.letters import queries
from common import clock
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_money_that_came_later_is_not_in_the_letter_of_a_past_day():
    make.business()
    customer, today = make.customer(), clock.business_today()
    part_paid = make.due_item(customer, 100, due_date=today - timedelta(days=60))
    settled = make.due_item(customer, 50, due_date=today - timedelta(days=50))
    make.invoice(customer, 70, due_date=today - timedelta(days=5))
    make.payment(customer, 30, received_on=today - timedelta(days=20), lines=[(part_paid.pk, Decimal(30))])
    make.payment(customer, 60, received_on=today - timedelta(days=10), lines=[
        (part_paid.pk, Decimal(10)), (settled.pk, Decimal(50))
    ])  # fmt: skip

    def asked(day):
        [letter] = queries.proposal(as_of=day).letters
        return [(item.paid, item.open_amount) for item in letter.items]

    assert asked(today - timedelta(days=15)) == [(Decimal(30), Decimal(70)), (Decimal(0), Decimal(50))]
    assert asked(today) == [(Decimal(40), Decimal(60)), (Decimal(0), Decimal(70))]


def test_money_on_account_is_that_of_the_day():
    make.business()
    customer, today = make.customer(), clock.business_today()
    make.invoice(customer, 100, due_date=today - timedelta(days=60))
    make.payment(customer, 20, received_on=today - timedelta(days=10), lines=[])

    [then] = queries.proposal(as_of=today - timedelta(days=15)).letters
    [now] = queries.proposal(as_of=today).letters

    assert (then.unapplied_amount, now.unapplied_amount) == (Decimal(0), Decimal(20))
