"""A parent pays for its shops: one payment for many accounts, each balance right on every day, also after a bounce."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.standings import queries as standings
from collections_app.standings.accounts import balances
from common import clock
from customers import queries as families
from customers import services as customers
from customers.models import Mark
from receivables import services
from tests import factories as make

pytestmark = pytest.mark.django_db
BILLED, PAID, BOUNCED = date(2026, 2, 1), date(2026, 3, 10), date(2026, 3, 16)


@pytest.fixture
def chain(db):
    """Head office, and two shops that it pays for."""
    make.business()
    head, harbour, station = make.customer(code="HEAD"), make.customer(code="HARBOUR"), make.customer(code="STATION")
    for shop in (harbour, station):
        customers.set_payer(customer=shop, payer=head, on=BILLED, by=make.BY)
    return head, harbour, station


def balance(on, *accounts):
    found = {one.customer: one.amount for one in balances(as_of=on, customers=[account.pk for account in accounts])}
    return [found.get(account.pk, Decimal(0)) for account in accounts]


def billed(chain):
    head, harbour, station = chain
    make.invoice(harbour, 100, due_date=date(2026, 2, 20), issued_on=BILLED, number="H-1")
    make.invoice(station, 50, due_date=date(2026, 2, 10), issued_on=BILLED, number="S-1")
    make.invoice(head, 30, due_date=date(2026, 2, 25), issued_on=BILLED, number="P-1")


def test_one_payment_of_the_payer_settles_all_its_accounts_oldest_first(chain):
    head, harbour, station = chain
    billed(chain)

    payment = make.payment(head, 170, received_on=PAID)

    settled = [(row.due_item.invoice.number, row.amount) for row in payment.allocations.order_by("pk")]
    assert settled == [("S-1", 50), ("H-1", 100), ("P-1", 20)]
    assert balance(date(2026, 3, 9), head, harbour, station) == [30, 100, 50]
    assert balance(PAID, head, harbour, station) == [10, 0, 0]


def test_what_the_payer_sent_too_much_is_its_own_credit(chain):
    head, harbour, station = chain
    billed(chain)

    make.payment(head, 200, received_on=PAID)

    assert balance(PAID, head, harbour, station) == [-20, 0, 0]


def test_a_shop_that_pays_itself_settles_its_own_alone(chain):
    head, harbour, station = chain
    billed(chain)

    make.payment(harbour, 120, received_on=PAID)

    assert balance(PAID, head, harbour, station) == [30, -20, 50]


def test_a_payment_that_bounces_gives_every_account_its_debt_back_from_that_day(chain):
    head, harbour, station = chain
    billed(chain)
    payment = make.payment(head, 180, received_on=PAID)

    services.reverse_payment(payment=payment, on=BOUNCED, by=make.BY, because="cheque bounced")

    assert balance(PAID, head, harbour, station) == [0, 0, 0]
    assert balance(date(2026, 3, 15), head, harbour, station) == [0, 0, 0]
    assert balance(BOUNCED, head, harbour, station) == [30, 100, 50]


@pytest.mark.parametrize("day", [date(2026, 2, 1), PAID, BOUNCED])
def test_the_accounts_together_are_the_book_on_any_day(chain, day):
    head, harbour, station = chain
    billed(chain)
    payment = make.payment(head, 170, received_on=PAID)
    services.take_back(
        allocation=payment.allocations.order_by("pk").first(), on=BOUNCED, by=make.BY, because="not for the station"
    )

    [total] = standings.ageing(as_of=day).totals
    assert sum(balance(day, head, harbour, station)) == total.amount


def test_the_journal_says_who_paid_for_whom(chain):
    head, harbour, _station = chain
    make.invoice(harbour, 100, due_date=date(2026, 2, 20), issued_on=BILLED, number="H-1")
    make.payment(head, 100, received_on=PAID)

    receipt, allocation = services.export_journal(up_to=PAID, by=make.BY).rows.order_by("position")

    assert (receipt.customer_code, allocation.customer_code, allocation.text) == ("HEAD", "HARBOUR", "paid by HEAD")


def test_without_a_payer_the_account_is_on_its_own_again_and_what_was_settled_stays(chain):
    head, harbour, station = chain
    billed(chain)
    make.payment(head, 150, received_on=PAID)

    customers.set_payer(customer=harbour, payer=None, on=PAID, by=make.BY)

    assert families.pays_for(head) == sorted([head.pk, station.pk])
    assert balance(PAID, head, harbour, station) == [30, 0, 0]
    assert families.paid_for_ever() == {(head.pk, harbour.pk), (head.pk, station.pk)}


def test_naming_a_payer_leaves_a_trail_and_a_mark(chain):
    head, harbour, _station = chain
    customers.set_payer(customer=harbour, payer=head, on=PAID, by=make.BY)  # as it is already

    entries = Entry.objects.filter(verb=families.PAYER_SET, subject_key=str(harbour.pk))
    assert [(entry.before, entry.after) for entry in entries] == [
        ({"payer": None}, {"payer": head.pk, "on": "2026-02-01"})
    ]
    assert Mark.objects.filter(customer=harbour, because="payer changed").count() == 1


def test_a_payer_pays_for_itself(chain):
    head, harbour, _station = chain
    stranger = make.customer(code="STRANGER")

    for customer, payer, sentence in (
        (head, head, "pays for itself without a payer"),
        (stranger, harbour, "HARBOUR is paid for by HEAD. Name HEAD"),
        (head, stranger, "HEAD pays for HARBOUR itself"),
        (head, harbour, "HARBOUR is paid for by HEAD"),
    ):
        with pytest.raises(customers.NotAPayer, match=sentence):
            customers.set_payer(customer=customer, payer=payer, on=clock.business_today(), by=make.BY)

        customer.refresh_from_db()
        assert customer.payer is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_accounts_never_become_each_others_payer():
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    make.business()
    one, other = make.customer(), make.customer()
    together = Barrier(2)

    def name(customer, payer):
        together.wait()
        try:
            customers.set_payer(customer=customer, payer=payer, on=PAID, by=make.BY)
        except customers.NotAPayer:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(name, one, other), pool.submit(name, other, one)]

    assert sorted(future.result() for future in done) == [False, True]
