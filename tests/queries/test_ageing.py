"""Ageing of any day, from the dated rows, to the cent."""

import json
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from collections_app.standings import queries as standings
from common import clock
from customers import services as customers
from receivables import buckets, services
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


def by_bucket(as_of, **values):
    report = standings.ageing(as_of=as_of, **values)
    return {row.bucket: (row.count, row.amount) for row in report.rows}


def test_the_published_case_of_three_names(customer):
    """Facts of a public test suite: 92, 89 and 38 days late on 30 June 2022."""
    for due_date, amount in ((date(2022, 3, 30), 100), (date(2022, 4, 2), 200), (date(2022, 5, 23), 300)):
        make.invoice(customer, amount, due_date=due_date)

    assert by_bucket(date(2022, 6, 30)) == {
        "31-60": (1, Decimal(300)),
        "61-90": (1, Decimal(200)),
        "91+": (1, Decimal(100)),
    }


def test_a_past_day_shows_what_was_open_then(customer):
    make.invoice(
        customer,
        100,
        due_date=date(2026, 1, 31),
        issued_on=date(2026, 1, 1),
        paid=[("40", date(2026, 2, 10))],
    )

    assert by_bucket(date(2025, 12, 31)) == {}
    assert by_bucket(date(2026, 1, 31)) == {"not due": (1, Decimal(100))}
    assert by_bucket(date(2026, 2, 9)) == {"1-30": (1, Decimal(100))}
    assert by_bucket(date(2026, 2, 10)) == {"1-30": (1, Decimal(60))}


def test_a_reversal_counts_from_its_own_day(customer):
    make.invoice(customer, 100, due_date=date(2026, 1, 31))
    payment = make.payment(customer, 100, received_on=date(2026, 2, 5))
    services.reverse_payment(payment=payment, on=date(2026, 2, 12), by=make.BY, because="bounced")

    assert by_bucket(date(2026, 2, 4)) == {"1-30": (1, Decimal(100))}
    assert by_bucket(date(2026, 2, 5)) == by_bucket(date(2026, 2, 11)) == {}
    assert by_bucket(date(2026, 2, 12)) == {"1-30": (1, Decimal(100))}


def test_credit_notes_and_unapplied_money_stand_negative(customer):
    make.credit_note(customer, 30, issued_on=date(2026, 1, 1), due_date=date(2026, 1, 20))
    make.payment(customer, 50, received_on=date(2026, 1, 25))

    assert by_bucket(date(2026, 2, 1)) == {"1-30": (1, Decimal(-30)), "unapplied": (1, Decimal(-50))}
    apart = by_bucket(date(2026, 2, 1), credits_apart=True)
    assert apart == {"credit notes": (1, Decimal(-30)), "unapplied": (1, Decimal(-50))}


def test_what_was_known_then_leaves_out_what_was_entered_later(customer):
    make.invoice(customer, 100, due_date=date(2026, 1, 31))
    make.payment(customer, 100, received_on=date(2026, 2, 5))
    before_it_was_entered = clock.business_today() - timedelta(days=2)

    assert by_bucket(date(2026, 2, 6)) == {}
    assert by_bucket(date(2026, 2, 6), known_on=before_it_was_entered) == {}, "nothing had been entered yet"


def test_every_cent_of_a_long_sum_is_there(customer):
    for _ in range(60):
        make.invoice(customer, "0.10", due_date=date(2026, 1, 31))

    [total] = standings.ageing(as_of=date(2026, 2, 1)).totals
    assert (total.count, total.amount) == (60, Decimal("6.000"))


@pytest.mark.parametrize("bounds", [(30, 60, 90), (30, 60, 90, 180), (7,), (1, 2, 3)])
def test_buckets_partition_the_days(bounds):
    as_of = date(2026, 6, 30)
    ranges = buckets.buckets(as_of=as_of, bounds=bounds)

    for late in range(-400, 400):
        day = as_of - timedelta(days=late)
        hits = [
            one.name
            for one in ranges
            if (one.due_after is None or day > one.due_after) and (one.due_until is None or day <= one.due_until)
        ]
        assert hits == [buckets.bucket_of(day, as_of=as_of, bounds=bounds)]


def test_the_command_prints_one_document(customer):
    make.invoice(customer, 100, due_date=date(2026, 1, 31))
    out = StringIO()

    call_command("ageing", as_of="2026-02-15", json=True, by="standing,bucket,currency", stdout=out)

    assert json.loads(out.getvalue()) == {
        "as_of": "2026-02-15",
        "rows": [{"standing": "overdue", "bucket": "1-30", "currency": "EUR", "count": 1, "amount": "100.00"}],
        "totals": [{"currency": "EUR", "count": 1, "amount": "100.00"}],
    }


@pytest.mark.parametrize(
    "options", [{"as_of": "31.02.2026"}, {"as_of": "0001-01-01"}, {"buckets": "30,20"}, {"by": "colour"}]
)
def test_a_wrong_call_exits_with_status_two(customer, options):
    with pytest.raises(CommandError) as error:
        call_command("ageing", json=True, **options)

    assert error.value.returncode == 2


def test_an_ageing_per_rep_names_the_rep_of_that_day(customer):
    first, second = make.rep("first"), make.rep("second")
    owned = make.customer(owner=first)
    make.invoice(owned, 100, due_date=date(2026, 1, 31))
    customers.hand_to(customer=owned, rep=second, on=date(2026, 3, 1), by=make.BY)

    assert [row.rep for row in standings.ageing(as_of=date(2026, 2, 28), by=("rep",)).rows] == ["first"]
    assert [row.rep for row in standings.ageing(as_of=date(2026, 3, 1), by=("rep",)).rows] == ["second"]
