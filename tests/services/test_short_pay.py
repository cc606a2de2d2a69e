"""Short payments: what a rule closes, what a second person has to give up, and the tax inside."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app import books
from receivables import consequences, services
from receivables.models import DueItem, WriteOff
from staff.models import BankAccount
from tests import factories as make

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 2, 10)


@pytest.fixture
def item(db):
    make.business()
    customer = make.customer()
    item = make.due_item(customer, 119, due_date=date(2026, 3, 1), issued_on=date(2026, 2, 1), vat_amount=Decimal(19))
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
    with pytest.raises(services.NotByRule, match=r"By rule €0\.00 of"):
        settled(paid(item, "118.99", LAST_DAY), item, "118.99", "0.01", "rounding", LAST_DAY)

    BankAccount.objects.update(tolerance=Decimal("0.05"))
    payment = item.customer.payments.get()
    [row] = settled(payment, item, "118.99", "0.01", "rounding", LAST_DAY)

    assert row.by_rule == "tolerance in EUR"
    item.refresh_from_db()
    assert item.open_amount == 0


def test_a_rule_closes_the_whole_item_or_nothing(item):
    BankAccount.objects.update(tolerance=Decimal("0.05"))
    payment = paid(item, "50", LAST_DAY)

    for short, code in (("2.38", "discount"), ("0.05", "rounding")):
        with pytest.raises(services.NotByRule, match=r"€\d+\.\d\d of .* would be left"):
            settled(payment, item, "50", short, code, LAST_DAY)

    payment.refresh_from_db()
    assert payment.unapplied_amount == Decimal(50)


@pytest.mark.parametrize("code", ["waived", "bad debt", "because"])
def test_a_payer_gives_none_of_the_reasons_that_only_we_have(item, code):
    payment = paid(item, "100", LAST_DAY)

    with pytest.raises(services.NotByRule, match="listed reasons"):
        settled(payment, item, "100", "19", code, LAST_DAY)

    assert not payment.allocations.exists()


@pytest.mark.parametrize(
    ("code", "tax"), [("damage", "1.90"), ("rebate", "1.90"), ("tax withheld", "0"), ("bank charge", "0")]
)
def test_what_lowers_the_price_lowers_its_tax_and_what_does_not_leaves_it(item, code, tax):
    [asked] = settled(paid(item, "107.10", LAST_DAY), item, "107.10", "11.90", code, LAST_DAY)

    assert (asked.state, asked.vat_amount) == ("asked", Decimal(tax))


def test_the_taxes_of_many_small_parts_add_up_to_the_tax_of_the_invoice(item):
    for place, code in enumerate(("price", "quantity", "damage", "freight", "rebate", "late discount", "unknown")):
        services.ask_write_off(
            target=item, amount=Decimal(17), code=code, because=f"part {place}", on=LAST_DAY, by=make.BY
        )

    rows = WriteOff.objects.all()
    assert sum(row.amount for row in rows) == item.amount
    assert sum(row.vat_amount for row in rows) == Decimal(19)


def test_a_short_payment_is_one_posting(item, monkeypatch):
    told = []
    follow = consequences.follow
    monkeypatch.setattr(consequences, "follow", lambda **said: (told.append(said["customers"]), follow(**said)))
    payment = paid(item, "116.62", LAST_DAY)

    settled(payment, item, "116.62", "2.38", "discount", LAST_DAY)

    assert told == [[item.customer_id]] * 2  # the payment, then all of its settling
