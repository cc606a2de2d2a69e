"""The tie line: our balance beside the control total, and the names of what they do not share."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from collections_app.standings import tie
from receivables import services
from receivables.models import Charge
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY, NEXT = date(2026, 3, 10), date(2026, 3, 11)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(code="C1")


def at(day, hour=9):
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), tick=False)


def stated(amount, currency="EUR", on=DAY):
    services.state_total(currency=currency, on=on, amount=Decimal(str(amount)), by=make.BY)


def the_tie(currency="EUR"):
    return next(one for one in tie.ties(on=DAY) if one.currency == currency)


def causes(found):
    return [(one.what, one.document, str(one.amount.normalize())) for one in found.explanation.causes]


def test_equal_sums_tie(customer):
    make.invoice(customer, 100, due_date=date(2026, 2, 1))
    stated(100)

    assert (the_tie().difference, the_tie().is_tied, causes(the_tie())) == (0, True, [])


def test_without_a_stated_total_nothing_is_compared(customer):
    make.invoice(customer, 100, due_date=date(2026, 2, 1))

    assert (the_tie().ledger, the_tie().difference, the_tie().is_tied) == (None, None, False)


def test_a_total_of_a_currency_in_which_nothing_is_open_is_compared_as_well(customer):
    stated(50, "USD")

    assert (the_tie("USD").ours, the_tie("USD").difference, the_tie("USD").explanation.left) == (0, -50, -50)


def test_what_was_booked_here_and_not_told_the_ledger_explains_the_difference(customer):
    make.invoice(customer, 100, due_date=date(2026, 2, 1))
    make.payment(customer, 30, received_on=DAY, reference="RF18")
    services.record_credit_note(
        customer=customer, number="CN-7", amount=Decimal(10), currency="EUR", issued_on=DAY, by=make.BY
    )
    stated(100)

    assert causes(the_tie()) == [("credit note", "CN-7", "-1E+1"), ("receipt", "RF18", "-3E+1")]
    assert the_tie().explanation.left == 0


def test_what_went_out_on_a_later_day_was_not_in_the_ledgers_total(customer):
    with at(DAY):
        make.invoice(customer, 100, due_date=date(2026, 2, 1))
        make.payment(customer, 30, received_on=DAY, reference="RF18")
        services.export_journal(up_to=DAY, by=make.BY)
        make.payment(customer, 20, received_on=DAY, reference="RF19")
        stated(70)
    with at(NEXT):
        services.export_journal(up_to=NEXT, by=make.BY)

    assert causes(the_tie()) == [("receipt", "RF19", "-2E+1")]


def test_a_claimed_charge_is_outside_until_the_ledger_has_it(customer):
    late = make.due_item(customer, 100, due_date=date(2026, 2, 1))
    services.claim(due_item=late, kind=Charge.Kind.FEE, amount=Decimal(40), basis="clause 7", on=DAY, by=make.BY)
    stated(100)

    assert the_tie().is_tied

    with at(NEXT):
        services.export_journal(up_to=DAY, by=make.BY)

    assert [(what, amount) for what, _document, amount in causes(the_tie())] == [("charge", "4E+1")]


def test_an_open_item_of_exactly_the_difference_is_named(customer):
    make.invoice(customer, 100, due_date=date(2026, 1, 1))
    make.invoice(customer, "12.30", due_date=date(2026, 1, 1), number="INV-12")
    stated(100)

    assert causes(the_tie()) == [("open item", "INV-12", "12.3")]


def test_up_to_three_of_the_last_days_may_add_up_to_it(customer):
    for number, amount in (("A", 11), ("B", 17), ("C", 29), ("D", 41)):
        make.invoice(customer, amount, due_date=date(2026, 4, 1), issued_on=DAY, number=number)
    stated(98 - 57)

    assert {document for _what, document, _amount in causes(the_tie())} == {"A", "B", "C"}


def test_a_payment_that_the_ledger_moved_to_another_day_is_named(customer):
    make.invoice(customer, 100, due_date=date(2026, 2, 1))
    make.payment(customer, 30, received_on=DAY, reference="RF18", reported_by_ledger=True)
    stated(100)

    assert causes(the_tie()) == [("reported payment", "RF18", "-3E+1")]


def test_what_nothing_explains_is_left_and_said(customer):
    make.invoice(customer, 100, due_date=date(2026, 1, 1))
    make.payment(customer, 30, received_on=DAY, reference="RF18")
    stated("82.34")

    found = the_tie()

    assert causes(found) == [("receipt", "RF18", "-3E+1")]
    assert found.explanation.left == Decimal("17.66")


def test_other_currencies_explain_nothing(customer):
    make.account("USD")
    make.payment(customer, 30, received_on=DAY, currency="USD")
    make.invoice(customer, 100, due_date=date(2026, 1, 1))
    stated(130)

    assert the_tie().explanation.causes == ()
    assert the_tie().explanation.left == -30


def test_many_rows_cost_no_more_questions(customer, count_queries):
    def grow(number):
        make.many_invoices(customer, number, due_date=DAY)
        make.payment(customer, 3, received_on=DAY)

    grow(3)
    stated(7)
    few = count_queries(lambda: tie.ties(on=DAY))
    for _ in range(5):
        grow(30)

    assert count_queries(lambda: tie.ties(on=DAY)) == few


# Where it shows


@pytest.fixture
def finance(client, customer) -> Client:
    client.force_login(make.finance("niamh"))
    return client


def test_the_board_names_what_explains_the_difference_of_its_day(finance, customer):
    make.invoice(customer, 100, due_date=date(2026, 1, 1))
    make.payment(customer, 30, received_on=DAY, reference="RF18")
    stated("99.00")

    page = finance.get(f"/ageing/?as_of={DAY}").content.decode()

    assert "does not tie" in page
    assert "Payment that the ledger did not have that day: RF18" in page
    assert "Not explained:" in page
    assert "€1.00" in page
