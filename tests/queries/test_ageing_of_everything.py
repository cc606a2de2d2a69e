"""Write-offs, charges, reversed credit notes and moved due dates in the ageing of any day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from collections_app import books
from collections_app.standings import queries as standings
from receivables import services
from receivables.models import DueDateChange
from tests import factories as make

pytestmark = pytest.mark.django_db
DUE = date(2026, 1, 31)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


def totals(as_of, **values):
    report = standings.ageing(as_of=as_of, **values)
    assert not [one for one in books.check(as_of=as_of).invariants if one.broken]
    return {row.bucket: row.amount for row in report.rows}


def written_off(item, amount, *, on, code="bad debt"):
    asked = services.ask_write_off(
        target=item, amount=Decimal(amount), code=code, because="No money left", on=on, by=make.BY
    )
    return services.grant_write_off(write_off=asked, on=on, by=make.manager())


def test_a_written_off_claim_leaves_the_ageing_on_its_day_and_stays_as_a_claim(customer):
    item = make.due_item(customer, 100, due_date=DUE)

    written_off(item, 60, on=date(2026, 3, 1))

    item.refresh_from_db()
    assert (item.open_amount, item.claim_amount) == (Decimal(40), Decimal(60))
    assert totals(date(2026, 2, 28)) == {"1-30": Decimal(100)}
    assert totals(date(2026, 3, 1)) == {"1-30": Decimal(40)}


def test_money_on_a_claim_first_takes_back_the_write_off_by_that_amount(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    written_off(item, 100, on=date(2026, 3, 1))

    make.payment(customer, 30, received_on=date(2026, 4, 1), lines=[(item.pk, Decimal(30))])

    item.refresh_from_db()
    assert (item.open_amount, item.claim_amount) == (Decimal(0), Decimal(70))
    assert totals(date(2026, 4, 1)) == {}
    assert item.settled_on == date(2026, 4, 1)


def test_a_charge_stands_outside_until_the_ledger_has_it(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    charge = services.claim(
        due_item=item, kind="fee", amount=Decimal(10), basis="Clause 7", on=date(2026, 2, 10), by=make.BY
    )
    assert totals(date(2026, 2, 10)) == {"1-30": Decimal(100)}

    make.payment(customer, 110, received_on=date(2026, 2, 20))
    assert totals(date(2026, 2, 20)) == {"unapplied": Decimal(-10)}

    charge.refresh_from_db()
    assert charge.open_amount == 0
    type(charge).objects.update(booked_on=date(2026, 3, 1))
    assert totals(date(2026, 3, 1)) == {}
    assert totals(date(2026, 2, 20)) == {"unapplied": Decimal(-10)}


def test_a_booked_charge_is_open_money_in_a_bucket_of_its_own(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    services.claim(due_item=item, kind="interest", amount=Decimal(4), basis="Act", on=date(2026, 2, 10), by=make.BY)
    item.charges.update(booked_on=date(2026, 3, 1))

    assert totals(date(2026, 3, 2)) == {"1-30": Decimal(100), "charges": Decimal(4)}


def test_a_reversed_credit_note_counts_until_its_reversal(customer):
    note = make.credit_note(customer, 30, issued_on=date(2026, 1, 1), due_date=DUE)

    services.reverse_credit_note(note=note, on=date(2026, 2, 5), by=make.BY, because="wrong customer")

    assert totals(date(2026, 2, 4)) == {"1-30": Decimal(-30)}
    assert totals(date(2026, 2, 5)) == {}


def test_a_moved_due_date_counts_from_its_day_and_the_agreed_one_can_still_be_asked_for(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    DueDateChange.objects.create(
        due_item=item, due_date=date(2026, 4, 30), because="Extension", applies_on=date(2026, 2, 20),
        entered_at=datetime(2026, 2, 20, tzinfo=UTC),
    )  # fmt: skip
    type(item).objects.filter(pk=item.pk).update(due_date=date(2026, 4, 30))

    assert totals(date(2026, 2, 19)) == {"1-30": Decimal(100)}
    assert totals(date(2026, 2, 20)) == {"not due": Decimal(100)}
    assert totals(date(2026, 2, 20), due="original") == {"1-30": Decimal(100)}


def test_money_that_came_before_the_invoice_applies_from_the_invoice_on(customer):
    make.payment(customer, 100, received_on=date(2026, 1, 5))
    item = make.due_item(customer, 100, due_date=DUE, issued_on=date(2026, 1, 10))
    payment = customer.payments.get()

    services.allocate(source=payment, lines=[(item.pk, Decimal(100))], on=date(2026, 1, 20), by=make.BY)
    assert totals(date(2026, 1, 12)) == {"not due": Decimal(100), "unapplied": Decimal(-100)}
    assert totals(date(2026, 1, 20)) == {}


def test_exchanged_money_is_out_of_one_currency_and_in_the_other(customer):
    make.account("USD")
    item = make.due_item(customer, 90, due_date=DUE)
    payment = make.payment(customer, 100, received_on=date(2026, 2, 2), currency="USD")

    row = services.exchange(
        payment=payment, amount=Decimal(100), into="EUR", rate=Decimal("0.9"), source="Bank", on=date(2026, 2, 3),
        by=make.BY,
    )  # fmt: skip
    services.allocate(source=row.into, lines=[(item.pk, Decimal(90))], on=date(2026, 2, 3), by=make.BY)

    assert totals(date(2026, 2, 3)) == {}
    services.reverse_exchange(exchange=row, on=date(2026, 2, 9), by=make.BY, because="wrong rate")
    report = standings.ageing(as_of=date(2026, 2, 9))
    assert {(row.currency, row.bucket): row.amount for row in report.rows} == {
        ("EUR", "1-30"): Decimal(90), ("USD", "unapplied"): Decimal(-100)
    }  # fmt: skip
    assert books.check(as_of=date(2026, 2, 9)).broken == 0


def test_the_command_the_board_and_both_readings_of_a_bucket_agree(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    make.invoice(customer, 50, due_date=date(2026, 3, 1))
    make.credit_note(customer, 20, issued_on=date(2026, 1, 1), due_date=date(2026, 2, 1))
    DueDateChange.objects.create(
        due_item=item, due_date=date(2026, 4, 30), because="Extension", applies_on=date(2026, 2, 20),
        entered_at=datetime(2026, 2, 20, tzinfo=UTC),
    )  # fmt: skip
    type(item).objects.filter(pk=item.pk).update(due_date=date(2026, 4, 30))
    day, bounds = date(2026, 4, 10), (15, 45)

    for due in ("effective", "original"):
        one_by_one: dict[str, Decimal] = {}
        for line in standings.open_lines(as_of=day):
            bucket = standings.bucket_of_line(line, as_of=day, bounds=bounds, due=due)
            one_by_one[bucket] = one_by_one.get(bucket, Decimal(0)) + line.amount
        assert totals(day, buckets=bounds, due=due) == one_by_one
