"""Money in the ledger: what it settles, what stays open, what is refused."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from audit.models import Entry
from collections_app import books
from common.refusals import Refused
from receivables import consequences, services
from receivables.models import Allocation, DueItem, Payment
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


def open_of(invoice):
    return [item.open_amount for item in invoice.due_items.order_by("position")]


def test_a_payment_settles_the_oldest_item_first_and_leaves_the_rest_unapplied(customer):
    older = make.invoice(customer, 100, due_date=date(2026, 1, 10))
    newer = make.invoice(customer, 80, due_date=date(2026, 2, 10))

    payment = make.payment(customer, 200, received_on=DAY)

    assert open_of(older) == open_of(newer) == [Decimal(0)]
    assert payment.unapplied_amount == Decimal(20)
    assert older.due_items.get().settled_on == DAY


def test_due_items_come_before_items_that_are_not_due(customer):
    not_due = make.invoice(customer, 100, due_date=date(2026, 4, 1), issued_on=date(2026, 1, 1))
    due = make.invoice(customer, 100, due_date=date(2026, 3, 1), issued_on=date(2026, 2, 1))

    make.payment(customer, 100, received_on=DAY)

    assert open_of(due) == [Decimal(0)]
    assert open_of(not_due) == [Decimal(100)]


def test_a_part_payment_stays_with_the_instalment_it_paid(customer):
    invoice = make.invoice(
        customer, 100, parts=[(date(2026, 2, 1), "30"), (date(2026, 3, 1), "50"), (date(2026, 4, 1), "20")]
    )

    make.payment(customer, 40, received_on=DAY)

    assert open_of(invoice) == [Decimal(0), Decimal(40), Decimal(20)]


def test_a_reversed_payment_opens_everything_it_settled_again(customer):
    invoice = make.invoice(customer, 100, due_date=date(2026, 2, 1))
    payment = make.payment(customer, 150, received_on=DAY)

    services.reverse_payment(payment=payment, on=date(2026, 3, 9), by=make.BY, because="cheque bounced")

    payment.refresh_from_db()
    item = invoice.due_items.get()
    assert (item.open_amount, item.settled_on, payment.unapplied_amount) == (Decimal(100), None, Decimal(0))
    assert Payment.objects.filter(reverses=payment, amount=-150).exists()
    assert Allocation.objects.filter(due_item=item).count() == 2


def test_a_payment_is_reversed_once(customer):
    payment = make.payment(customer, 50, received_on=DAY)
    services.reverse_payment(payment=payment, on=DAY, by=make.BY, because="booked twice")

    with pytest.raises(services.AlreadyDone, match="reversed already"):
        services.reverse_payment(payment=payment, on=DAY, by=make.BY, because="again")


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"amount": "0"}, "above zero"),
        ({"amount": "-5"}, "above zero"),
        ({"amount": "NaN"}, "above zero"),
        ({"amount": "1e12"}, "below a million million"),
        ({"amount": "10.001"}, "more decimals than EUR allows"),
        ({"amount": "10", "currency": "CHF"}, "no bank account in CHF"),
        ({"amount": "10", "currency": "XXQ"}, "not a currency code"),
        ({"amount": "10", "currency": "XXX"}, "not a currency code"),
        ({"amount": "10", "received_on": date(2100, 1, 1)}, "in the future"),
    ],
)
def test_bad_money_is_refused_and_changes_nothing(customer, values, refusal):
    make.invoice(customer, 100, due_date=date(2026, 2, 1))
    known = {"currency": "EUR", "received_on": DAY, "method": "transfer"} | values

    with pytest.raises(Refused, match=refusal):
        services.record_payment(customer=customer, by=make.BY, **known | {"amount": Decimal(known["amount"])})

    assert not Payment.objects.exists()
    assert DueItem.objects.get().open_amount == Decimal(100)


def test_no_more_than_an_item_owes_is_allocated_to_it(customer):
    item = make.due_item(customer, 100, due_date=date(2026, 2, 1))
    payment = make.payment(customer, 300, received_on=DAY, lines=[(item.pk, Decimal(40))])

    with pytest.raises(services.OverAllocated, match=r"owes only €60\.00"):
        services.allocate(source=payment, lines=[(item.pk, Decimal("60.01"))], on=DAY, by=make.BY)


def test_money_is_not_allocated_to_another_customers_item(customer):
    foreign = make.due_item(make.customer(), 100, due_date=date(2026, 2, 1))
    payment = make.payment(customer, 100, received_on=DAY, lines=[])

    with pytest.raises(services.ForeignItem):
        services.allocate(source=payment, lines=[(foreign.pk, Decimal(10))], on=DAY, by=make.BY)


def test_a_verified_receipt_becomes_one_payment_on_the_day_it_was_received(customer):
    item = make.due_item(customer, 100, due_date=date(2026, 2, 1))
    receipt = services.record_receipt(
        customer=customer, rep=make.rep(), method="cash", amount=Decimal(100), currency="EUR",
        lines=[(item.pk, Decimal(100))], received_on=DAY, key="k1",
    )  # fmt: skip
    item.refresh_from_db()
    assert item.open_amount == Decimal(100), "provisional money counts in no ageing"

    payment = services.verify_receipt(receipt=receipt, by=make.BY)

    item.refresh_from_db()
    assert (item.open_amount, payment.counts_on) == (Decimal(0), DAY)
    with pytest.raises(services.AlreadyDone):
        services.verify_receipt(receipt=receipt, by=make.BY)


def test_a_receipt_sent_twice_is_one_receipt(customer):
    item = make.due_item(customer, 100, due_date=date(2026, 2, 1))
    rep = make.rep()
    values = {
        "customer": customer, "rep": rep, "method": "cash", "amount": Decimal(10), "currency": "EUR",
        "lines": [(item.pk, Decimal(10))], "received_on": DAY, "key": "same",
    }  # fmt: skip

    first, second = services.record_receipt(**values), services.record_receipt(**values)

    assert first.pk == second.pk


def test_every_verb_leaves_a_trail(customer):
    payment = make.payment(customer, 50, received_on=DAY)
    services.reverse_payment(payment=payment, on=DAY, by=make.BY, because="booked twice")

    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "receivables.received",
        "receivables.reversed",
    ]


def test_an_empty_port_refuses_the_money(customer, monkeypatch):
    monkeypatch.setattr(consequences, "_installed", [])

    with pytest.raises(consequences.NothingInstalled):
        make.payment(customer, 50, received_on=DAY)

    assert not Payment.objects.exists()


def test_the_books_are_in_order_after_a_mixed_day(customer):
    make.invoice(customer, "1000.10", due_date=date(2026, 2, 1), paid=[("0.10", date(2026, 2, 2))])
    make.credit_note(customer, "33.30", issued_on=date(2026, 2, 3))
    make.credit_note(customer, "12.00", issued_on=date(2026, 2, 3), refunded_on=date(2026, 2, 9))
    services.reverse_payment(
        payment=make.payment(customer, "10.20", received_on=DAY),
        on=date(2026, 3, 5),
        by=make.BY,
        because="bounced",
    )
    make.payment(customer, "1100.00", received_on=date(2026, 3, 6))

    report = books.check(as_of=date(2026, 3, 10))

    assert {one.name: one.broken for one in report.invariants if one.broken} == {}


def test_check_books_says_what_is_not_checked_and_counts_the_rest(customer, capsys):
    make.invoice(customer, 100, due_date=DAY)

    call_command("check_books")
    said = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines()}
    call_command("check_books", "--json")
    counted = {one["name"]: one for one in json.loads(capsys.readouterr().out)["invariants"]}

    assert "not checked: letters are not sent by this product yet" in said["I10 one sending each"]
    assert "not checked: no night has classified yet" in said["I6 standings follow from the rules"]
    assert "1 checked, 0 broken" in said["I2 open amounts recomputed"]
    assert counted["I10 one sending each"] == {"name": "I10 one sending each", "checked": 0, "broken": []}
