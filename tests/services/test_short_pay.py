"""Short payments: what a rule closes, what a second person has to give up, and the tax inside."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app import books
from receivables import services
from receivables.models import DueItem, Invoice, WriteOff
from staff.models import BankAccount
from tests import factories as make

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 2, 10)


@pytest.fixture
def item(db):
    make.business()
    customer = make.customer()
    item = make.due_item(customer, 119, due_date=date(2026, 3, 1), issued_on=date(2026, 2, 1))
    Invoice.objects.update(vat_amount=Decimal(19))
    DueItem.objects.update(discount_until=LAST_DAY, discount_share=Decimal("0.02"))
    item.refresh_from_db()
    return item


def paid(item, amount, on):
    return make.payment(item.customer, amount, received_on=on, lines=[])


def settled(payment, item, amount, short, code, on):
    return services.settle(
        source=payment, lines=[(item.pk, Decimal(amount))], shorts=[(item.pk, Decimal(short), code)], on=on, by=make.BY
    )


def test_a_cash_discount_in_time_closes_the_item_with_its_share_of_the_tax(item):
    payment = paid(item, "116.62", LAST_DAY)

    [row] = settled(payment, item, "116.62", "2.38", "discount", LAST_DAY)

    item.refresh_from_db()
    assert (item.open_amount, item.settled_on) == (Decimal(0), LAST_DAY)
    assert (row.state, row.amount, row.vat_amount) == ("granted", Decimal("2.38"), Decimal("0.38"))
    assert books.check(as_of=LAST_DAY).broken == 0


def test_a_discount_taken_too_late_or_too_high_is_not_closed_by_rule_and_nothing_is_booked(item):
    late = paid(item, "116.62", date(2026, 2, 11))
    with pytest.raises(services.NotByRule):
        settled(late, item, "116.62", "2.38", "discount", date(2026, 2, 11))
    with pytest.raises(services.NotByRule):
        settled(paid(item, "100", LAST_DAY), item, "100", "19", "discount", LAST_DAY)

    item.refresh_from_db()
    assert item.open_amount == Decimal(119)
    assert not WriteOff.objects.exists()


def test_a_late_discount_stays_open_until_a_second_person_gives_it_up(item):
    payment = paid(item, "116.62", date(2026, 2, 11))

    [asked] = settled(payment, item, "116.62", "2.38", "late discount", date(2026, 2, 11))
    item.refresh_from_db()
    assert (asked.state, item.open_amount) == ("asked", Decimal("2.38"))

    with pytest.raises(services.NotPermitted, match="second person"):
        services.grant_write_off(write_off=asked, on=date(2026, 2, 12), by=make.BY)
    services.grant_write_off(write_off=asked, on=date(2026, 2, 12), by=make.manager())
    item.refresh_from_db()
    assert (item.open_amount, item.claim_amount) == (Decimal(0), Decimal(0))


def test_a_small_difference_is_closed_within_the_tolerance_of_the_currency(item):
    with pytest.raises(services.NotByRule):
        settled(paid(item, "118.99", LAST_DAY), item, "118.99", "0.01", "rounding", LAST_DAY)

    BankAccount.objects.update(tolerance=Decimal("0.05"))
    payment = item.customer.payments.get()
    [row] = settled(payment, item, "118.99", "0.01", "rounding", LAST_DAY)

    assert row.by_rule == "tolerance in EUR"
    item.refresh_from_db()
    assert item.open_amount == 0


def test_the_discount_is_given_once(item):
    payment = paid(item, "50", LAST_DAY)
    settled(payment, item, "50", "2.38", "discount", LAST_DAY)

    with pytest.raises(services.NotByRule, match=r"By rule 0\.00"):
        services.settle(source=payment, lines=[], shorts=[(item.pk, Decimal(1), "discount")], on=LAST_DAY, by=make.BY)
