"""A customer's account on any day: the day before, the day itself, today, and by what was known then."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collections_app.letters.accounts import queries
from collections_app.letters.accounts.movements import Movements
from collections_app.standings import queries as standings
from common import clock
from receivables import services
from receivables.models import Charge
from tests import factories as make

pytestmark = pytest.mark.django_db
DUE = date(2026, 1, 31)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


def oldest_first(customer, **day):
    return list(Movements(customer, **day))[::-1]


def balances(customer, day):
    """From open items, from the movements, and from the ageing: three ways to one figure."""
    account = queries.account(customer, as_of=day, most=50)
    held = {one.currency: one.balance for one in account.currencies if one.balance}
    moved = {row.currency: row.balance for row in oldest_first(customer, as_of=day)}
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
    what = [(row.what, row.amount) for row in oldest_first(customer, as_of=date(2026, 2, 12))]
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

    assert not queries.account(customer, as_of=date(2026, 2, 10), known_on=known, most=50).currencies
    assert not Movements(customer, as_of=date(2026, 2, 10), known_on=known)


def test_money_of_a_payer_enters_the_account_that_it_settles(customer):
    branch = make.customer(payer=customer)
    item = make.due_item(branch, 60, due_date=DUE)
    make.payment(customer, 100, received_on=date(2026, 2, 5), lines=[(item.pk, Decimal(60))])

    assert balances(branch, date(2026, 2, 4)) == {"EUR": Decimal(60)}
    assert balances(branch, date(2026, 2, 5)) == {}
    assert balances(customer, date(2026, 2, 5)) == {"EUR": Decimal(-40)}


def test_every_kind_of_movement_has_its_name_and_its_taking_back_another(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    note = make.credit_note(customer, 30, issued_on=date(2026, 2, 1))
    back = services.refund(source=note, amount=Decimal(10), paid_on=date(2026, 2, 2), by=make.BY, because="Asked for")
    services.reverse_refund(refund=back, on=date(2026, 2, 3), by=make.BY, because="Not sent")
    asked = services.ask_write_off(
        target=item, amount=Decimal(25), code="price", because="Agreed", on=date(2026, 2, 4), by=make.BY
    )
    services.grant_write_off(write_off=asked, on=date(2026, 2, 4), by=make.manager())
    services.reverse_write_off(write_off=asked, on=date(2026, 2, 5), by=make.BY, because="Not agreed")

    moved = [(row.what, row.amount) for row in oldest_first(customer, as_of=date(2026, 2, 5))]

    assert moved == [
        ("Invoice", Decimal(100)),
        ("Credit note", Decimal(-30)),
        ("Refund", Decimal(10)),
        ("Refund taken back", Decimal(-10)),
        ("Write-off", Decimal(-25)),
        ("Write-off taken back", Decimal(25)),
    ]
    assert balances(customer, date(2026, 2, 5)) == {"EUR": Decimal(70)}


def test_a_charge_is_on_the_account_from_the_day_on_which_the_ledger_has_it(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    charge = services.claim(
        due_item=item, kind="fee", amount=Decimal(40), basis="Clause 7", on=date(2026, 2, 10), by=make.BY
    )
    make.payment(customer, 15, received_on=date(2026, 2, 12), charges=[(charge.pk, Decimal(15))])
    Charge.objects.filter(pk=charge.pk).update(booked_on=date(2026, 2, 20))

    assert balances(customer, date(2026, 2, 11)) == {"EUR": Decimal(100)}
    assert balances(customer, date(2026, 2, 12)) == {"EUR": Decimal(85)}
    assert balances(customer, date(2026, 2, 20)) == {"EUR": Decimal(125)}


def test_exchanged_money_leaves_one_currency_and_enters_the_other(customer):
    make.account("USD")
    make.invoice(customer, 100, due_date=DUE)
    dollars = make.payment(customer, 50, received_on=date(2026, 2, 5), currency="USD")
    services.exchange(
        payment=dollars, amount=Decimal(50), into="EUR", rate=Decimal("0.9"), source="ECB", on=date(2026, 2, 6),
        by=make.BY,
    )  # fmt: skip

    assert balances(customer, date(2026, 2, 5)) == {"EUR": Decimal(100), "USD": Decimal(-50)}
    assert balances(customer, date(2026, 2, 6))["EUR"] == Decimal(55)
    assert [row.what for row in oldest_first(customer, as_of=date(2026, 2, 6))[-2:]] == ["Exchanged", "Exchanged"]


def test_an_item_is_late_by_the_due_date_in_force_or_by_the_agreed_one(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    services.move_due_date(
        due_item=item, due_date=date(2026, 3, 31), on=date(2026, 2, 20), by=make.BY, because="Extended"
    )

    def aged(day, due):
        [one] = queries.account(customer, as_of=day, due=due, most=50).currencies
        [line] = one.items
        return line.due_date, line.days_late, [name for name, amount in one.buckets if amount]

    assert aged(date(2026, 2, 19), "effective") == (DUE, 19, ["1-30"])
    assert aged(date(2026, 3, 10), "effective") == (date(2026, 3, 31), 0, ["not due"])
    assert aged(date(2026, 3, 10), "original") == (DUE, 38, ["31-60"])


def test_a_late_entry_shows_the_day_on_which_it_was_entered(customer):
    make.invoice(customer, 100, due_date=DUE)

    [row] = Movements(customer, as_of=DUE)

    assert (row.on, row.entered_on) == (DUE - timedelta(days=30), clock.business_today())
    assert row.late_entry == row.entered_on


def test_a_page_of_a_long_account_reads_its_rows_and_sums_the_whole_in_the_database(customer):
    make.many_invoices(customer, 120, due_date=DUE)
    make.payment(customer, 25, received_on=date(2026, 2, 5), lines=[])
    moved = Movements(customer, as_of=date(2026, 2, 5))

    with CaptureQueriesContext(connection) as asked:
        [one] = queries.account(customer, as_of=date(2026, 2, 5), most=50).currencies
        page = moved[50:100]

    assert len(asked) <= 9
    assert (one.item_count, len(one.items), one.open, one.credit) == (120, 50, Decimal(1200), Decimal(-25))
    assert (one.more, dict(one.buckets)["1-30"]) == (70, Decimal(1200))
    assert len(page) == 50 and page == list(moved)[50:100]
    assert page[0].balance - page[1].balance == page[0].amount
