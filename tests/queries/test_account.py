"""A customer's account on any day: the day before, the day itself, today, and by what was known then."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.letters.accounts import queries
from collections_app.standings import queries as standings
from common import clock
from receivables import services
from tests import factories as make

pytestmark = pytest.mark.django_db
DUE = date(2026, 1, 31)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


def balances(customer, day):
    """From open items, from the movements, and from the ageing: three ways to one figure."""
    held = {one.currency: one.balance for one in queries.account(customer, as_of=day).currencies if one.balance}
    moved = {row.currency: row.balance for row in queries.movements(customer, as_of=day)}
    aged: dict[str, Decimal] = {}
    for row in standings.ageing(as_of=day, by=("customer",)).rows:
        if row.customer == customer.code and row.amount:
            aged[row.currency] = row.amount
    assert held == {code: amount for code, amount in moved.items() if amount} == aged
    return held


def test_a_cheque_that_bounced_is_seen_the_day_before_the_day_itself_and_today(customer):
    make.invoice(customer, 100, due_date=DUE)
    payment = make.payment(customer, 100, received_on=date(2026, 2, 5), method="cheque")
    services.reverse_payment(payment=payment, on=date(2026, 2, 12), by=make.BY, because="bounced")

    assert balances(customer, date(2026, 2, 4)) == {"EUR": Decimal(100)}
    assert balances(customer, date(2026, 2, 5)) == balances(customer, date(2026, 2, 11)) == {}
    assert balances(customer, date(2026, 2, 12)) == balances(customer, clock.business_today()) == {"EUR": Decimal(100)}
    what = [(row.what, row.amount) for row in queries.movements(customer, as_of=date(2026, 2, 12))]
    assert what == [
        ("Invoice", Decimal(100)), ("Payment", Decimal(-100)), ("Payment taken back", Decimal(100))
    ]  # fmt: skip


def test_write_offs_credit_refunds_and_two_currencies_all_add_up(customer):
    make.account("USD")
    item = make.due_item(customer, 100, due_date=DUE)
    make.invoice(customer, 70, due_date=DUE, currency="USD")
    note = make.credit_note(customer, 30, issued_on=date(2026, 1, 20))
    services.refund(source=note, amount=Decimal(10), paid_on=date(2026, 2, 3), by=make.BY, because="Asked for")
    asked = services.ask_write_off(
        target=item, amount=Decimal(25), code="price", because="Agreed", on=date(2026, 2, 8), by=make.BY
    )
    services.grant_write_off(write_off=asked, on=date(2026, 2, 9), by=make.manager())
    make.payment(customer, 15, received_on=date(2026, 2, 11), lines=[])

    assert balances(customer, date(2026, 2, 2)) == {"EUR": Decimal(70), "USD": Decimal(70)}
    assert balances(customer, date(2026, 2, 8)) == {"EUR": Decimal(80), "USD": Decimal(70)}
    assert balances(customer, date(2026, 2, 9)) == {"EUR": Decimal(55), "USD": Decimal(70)}
    assert balances(customer, date(2026, 2, 11)) == {"EUR": Decimal(40), "USD": Decimal(70)}


def test_what_was_known_then_leaves_out_what_was_entered_later(customer):
    make.invoice(customer, 100, due_date=DUE)
    known = clock.business_today() - timedelta(days=2)

    assert not queries.account(customer, as_of=date(2026, 2, 10), known_on=known).currencies
    assert not queries.movements(customer, as_of=date(2026, 2, 10), known_on=known)


def test_money_of_a_payer_enters_the_account_that_it_settles(customer):
    branch = make.customer(payer=customer)
    item = make.due_item(branch, 60, due_date=DUE)
    make.payment(customer, 100, received_on=date(2026, 2, 5), lines=[(item.pk, Decimal(60))])

    assert balances(branch, date(2026, 2, 4)) == {"EUR": Decimal(60)}
    assert balances(branch, date(2026, 2, 5)) == {}
    assert balances(customer, date(2026, 2, 5)) == {"EUR": Decimal(-40)}
