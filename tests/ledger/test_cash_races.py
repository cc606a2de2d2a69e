"""Several at once never hand in the same cash, take one number twice or pass half a deal each."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app import books
from receivables import cash_queries, services
from receivables.models import CashLimit, HandIn, Payment, Receipt
from staff.models import Business
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
DAY = date(2026, 11, 2)


@pytest.fixture
def rep():
    make.business()
    return make.rep("carmen")


@pytest.fixture
def item(rep):
    return make.due_item(make.customer(rep), 5000, due_date=date(2026, 10, 1))


def hands_in(rep, key):
    return lambda: services.hand_in_cash(
        rep=rep, currency="EUR", counted={"100": 1}, expected=Decimal(100), slip_number=key, on=DAY, key=key
    )


def gives(item, rep, amount, key, **values):
    return lambda: services.record_receipt(
        customer=item.customer, rep=rep, method="cash", amount=Decimal(amount), currency="EUR",
        lines=[(item.pk, Decimal(amount))], received_on=DAY, key=key, **values,
    )  # fmt: skip


def test_the_same_cash_is_handed_in_once(rep, item):
    make.receipt(item, 100, rep=rep, received_on=DAY)

    found = at_once(*(hands_in(rep, f"slip {number}") for number in range(6)))

    assert failures(found) == []
    assert len(refusals(found)) == 5
    assert HandIn.objects.get().receipts.count() == 1


def test_a_hand_in_is_closed_once(rep, item):
    make.receipt(item, 100, rep=rep, received_on=DAY)
    hand_in, finance = hands_in(rep, "slip")(), make.finance()
    services.receive_hand_in(hand_in=hand_in, by=finance)

    found = at_once(
        *(
            lambda: services.close_hand_in(
                hand_in=hand_in, reference="7", banked_on=DAY, amount=Decimal(100), by=finance
            )
            for _ in range(4)
        )
    )

    assert failures(found) == []
    assert len(refusals(found)) == 3
    assert Payment.objects.count() == 1
    assert books.check(as_of=DAY).broken == 0


def test_receipts_of_one_rep_at_once_have_numbers_without_a_hole(rep):
    items = [make.due_item(make.customer(rep), 50, due_date=date(2026, 10, 1)) for _ in range(8)]

    found = at_once(*(gives(item, rep, 10, f"key {item.pk}") for item in items))

    assert failures(found) == refusals(found) == []
    assert sorted(Receipt.objects.values_list("position", flat=True)) == list(range(1, 9))
    assert cash_queries.receipt_holes() == []


def test_one_number_of_a_device_goes_to_one_receipt_or_is_void(rep):
    items = [make.due_item(make.customer(rep), 50, due_date=date(2026, 10, 1)) for _ in range(4)]
    deeds = [gives(item, rep, 10, f"key {item.pk}", device="tab1", position=1) for item in items]

    found = at_once(
        *deeds, lambda: services.void_number(rep=rep, device="tab1", position=1, because="Torn", by=make.BY)
    )

    assert failures(found) == []
    assert len(refusals(found)) == 4


def test_two_halves_of_a_deal_do_not_pass_the_limit_side_by_side(rep, item):
    Business.objects.update(country="ES")
    CashLimit.objects.filter(country="ES").delete()
    CashLimit.objects.create(
        country="ES", amount=Decimal("999.99"), currency="EUR", basis="Ley 11/2021", starts_on=date(2021, 7, 11)
    )

    found = at_once(*(gives(item, rep, 600, f"key {number}") for number in range(4)))

    assert failures(found) == []
    assert len(refusals(found)) == 3
    assert Receipt.objects.get().amount == Decimal(600)
