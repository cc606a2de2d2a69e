"""Credit notes, refunds and exchanges, and the second rows that take them back."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app import books
from receivables import services
from receivables.models import CreditNote, FxDifference, Payment, Rate
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 2), date(2026, 4, 1)


@pytest.fixture
def customer(db):
    make.business()
    make.account("USD")
    return make.customer()


@pytest.fixture
def item(customer):
    return make.due_item(customer, 100, due_date=date(2026, 2, 1))


def credit(customer, amount, **values):
    return services.record_credit_note(
        customer=customer, number=values.pop("number", "CN-1"), amount=Decimal(amount), currency="EUR",
        issued_on=DAY, by=make.BY, **values,
    )  # fmt: skip


def into_dollars(payment, amount=60, rate="1.1", **values):
    said = {"into": "USD", "source": "Central bank", "on": DAY, "by": make.BY} | values
    return services.exchange(payment=payment, amount=Decimal(amount), rate=Decimal(rate), **said)


def now(row):
    return type(row).objects.get(pk=row.pk)


def in_order():
    report = books.check(as_of=LATER)
    return {one.name: one.broken for one in report.invariants if one.broken} == {}


def test_a_linked_credit_note_settles_its_invoice_part_by_part_and_the_rest_is_free(customer):
    invoice = make.invoice(customer, 100, parts=[(date(2026, 2, 1), "60"), (date(2026, 3, 1), "40")])

    note = credit(customer, 110, invoice=invoice.pk)

    assert [item.open_amount for item in invoice.due_items.all()] == [0, 0]
    assert note.unapplied_amount == Decimal(10)
    assert in_order()


def test_a_free_credit_note_waits_until_it_is_allocated(customer, item):
    note = credit(customer, 30)
    assert (note.unapplied_amount, now(item).open_amount) == (Decimal(30), Decimal(100))

    services.allocate(source=note, lines=[(item.pk, Decimal(30))], on=LATER, by=make.BY)

    assert (now(note).unapplied_amount, now(item).open_amount) == (0, Decimal(70))
    assert in_order()


def test_a_reversed_credit_note_opens_its_invoice_again_once(customer, item):
    note = credit(customer, 30, invoice=item.invoice_id)

    services.reverse_credit_note(note=note, on=LATER, by=make.BY, because="Goods were not returned")

    assert (now(note).unapplied_amount, now(item).open_amount) == (0, Decimal(100))
    with pytest.raises(services.AlreadyDone):
        services.reverse_credit_note(note=note, on=LATER, by=make.BY, because="Again")
    assert in_order()


def test_the_number_of_a_credit_note_is_used_once_per_customer(customer):
    credit(customer, 30)

    with pytest.raises(services.AlreadyDone, match="is here already"):
        credit(customer, 50)

    assert CreditNote.objects.count() == 1


def test_a_refund_is_no_more_than_is_left_and_its_reversal_gives_it_back(customer):
    payment = make.payment(customer, 100, received_on=DAY)
    row = services.refund(source=payment, amount=Decimal(40), paid_on=DAY, by=make.BY, because="Paid twice")
    with pytest.raises(services.NothingLeft, match=r"Only €60\.00"):
        services.refund(source=payment, amount=Decimal(61), paid_on=DAY, by=make.BY, because="Paid twice")
    with pytest.raises(services.AlreadyDone, match="reverse the refund first"):
        services.reverse_payment(payment=payment, on=DAY, by=make.BY, because="Bounced")

    services.reverse_refund(refund=row, on=LATER, by=make.BY, because="The transfer came back")

    assert now(payment).unapplied_amount == Decimal(100)
    with pytest.raises(services.AlreadyDone):
        services.reverse_refund(refund=row, on=LATER, by=make.BY, because="Again")
    assert in_order()


def test_money_is_exchanged_at_the_stated_rate_and_its_difference_is_a_row(customer):
    Rate.objects.create(currency="USD", on=DAY, rate=Decimal("0.9"), source="Central bank")
    payment = make.payment(customer, 100, received_on=DAY)

    row = into_dollars(payment)

    assert now(payment).unapplied_amount == Decimal(40)
    assert (row.into.currency, row.into.amount, row.into.unapplied_amount) == ("USD", Decimal(66), Decimal(66))
    assert row.difference == Decimal("-0.60")  # 66.00 USD are 59.40 EUR
    assert in_order()


def test_without_a_rate_of_the_day_the_difference_is_unknown(customer):
    assert into_dollars(make.payment(customer, 100, received_on=DAY)).difference is None


def test_a_reversed_exchange_opens_what_it_settled_and_gives_the_first_money_back(customer):
    dollars = make.due_item(customer, 66, due_date=date(2026, 2, 1), currency="USD")
    payment = make.payment(customer, 100, received_on=DAY)
    row = into_dollars(payment)
    services.allocate(source=row.into, lines=[(dollars.pk, Decimal(66))], on=DAY, by=make.BY)

    services.reverse_exchange(exchange=row, on=LATER, by=make.BY, because="The rate was another")

    assert (now(payment).unapplied_amount, now(dollars).open_amount) == (Decimal(100), Decimal(66))
    with pytest.raises(services.AlreadyDone):
        services.reverse_exchange(exchange=row, on=LATER, by=make.BY, because="Again")
    assert in_order()


def test_exchanged_money_is_taken_back_by_its_exchange_alone(customer):
    row = into_dollars(make.payment(customer, 100, received_on=DAY))

    with pytest.raises(services.AlreadyDone, match="reverse the exchange"):
        services.reverse_payment(payment=row.into, on=LATER, by=make.BY, because="Bounced")
    with pytest.raises(services.AlreadyDone, match="reverse the exchange"):
        services.reverse_refund(refund=row.refund, on=LATER, by=make.BY, because="Bounced")


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"rate": "0"}, services.NotARate),
        ({"source": " "}, services.NotARate),
        ({"into": "EUR"}, services.NotARate),
        ({"into": "XXX"}, services.NotARate),
        ({"amount": "100.01"}, services.NothingLeft),
        ({"on": date(2026, 3, 1)}, services.TooEarly),
        ({"on": date(2100, 1, 1)}, services.NotYet),
    ],
)
def test_a_bad_exchange_is_refused_and_changes_nothing(customer, values, refusal):
    payment = make.payment(customer, 100, received_on=DAY)

    with pytest.raises(refusal):
        into_dollars(payment, **values)

    assert (now(payment).unapplied_amount, Payment.objects.count()) == (Decimal(100), 1)
    assert not FxDifference.objects.exists()
