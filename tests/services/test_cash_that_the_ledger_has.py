"""Cash whose receipt the company's ledger has by itself: the journal books neither the receipt nor its deposit."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app import books
from receivables import services
from receivables.models import KnownToLedger
from tests import factories as make

pytestmark = pytest.mark.django_db
FRIDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 24)
ON_BANK, ON_CASH = "1000", "1010"


@pytest.fixture
def rep(db):
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def finance(rep):
    return make.finance("niamh")


@pytest.fixture
def receipts(rep):
    customer = make.customer(rep)
    items = [make.due_item(customer, amount, due_date=date(2026, 10, 1)) for amount in (100, 50)]
    return [make.receipt(item, item.amount, rep=rep, received_on=FRIDAY) for item in items]


def banked(rep, finance, counted=None, *, amount, meanwhile=(), **values):
    """Handed in, received, and closed by the bank's line; what happens meanwhile happens before the line."""
    hand_in = make.hand_in(rep, counted, on=FRIDAY, **values)
    services.receive_hand_in(hand_in=hand_in, by=finance)
    for deed in meanwhile:
        deed()
    services.close_hand_in(hand_in=hand_in, reference="CASH 7", banked_on=TUESDAY, amount=Decimal(amount), by=finance)


def on_account(number):
    batch = services.export_journal(up_to=TUESDAY, by=make.BY)
    rows = batch.rows.all() if batch else []
    return sum((row.amount * ((row.debit == number) - (row.credit == number)) for row in rows), Decimal(0))


def reported(receipt, by):
    return lambda: services.verify_receipt(receipt=receipt, by=by, reported_by_ledger=True)


def test_a_deposit_leaves_out_the_receipt_that_the_ledger_reported(rep, finance, receipts):
    banked(rep, finance, amount=150, meanwhile=[reported(receipts[0], finance)])

    batch = services.export_journal(up_to=TUESDAY, by=make.BY)

    rows = [(row.kind, row.debit, row.credit, row.amount) for row in batch.rows.all()]
    assert ("deposit", ON_BANK, ON_CASH, Decimal(50)) in rows
    assert ("receipt", ON_CASH, "1210", Decimal(50)) in rows
    assert books.check(as_of=TUESDAY).broken == 0


def test_of_cash_that_the_ledger_has_altogether_nothing_is_told(rep, finance, receipts):
    banked(rep, finance, amount=150, meanwhile=[reported(one, finance) for one in receipts])

    assert services.export_journal(up_to=TUESDAY, by=make.BY) is None


def test_a_difference_leaves_nothing_on_the_cash_account_whoever_booked_the_receipts(rep, finance, receipts):
    lost = {"difference_code": "lost", "difference_note": "Ten are gone"}
    banked(rep, finance, {"100": 1, "20": 2}, amount=140, meanwhile=[reported(receipts[0], finance)], **lost)

    assert on_account(ON_CASH) == Decimal(0)


def test_a_deposit_leaves_out_the_receipt_whose_money_the_list_has_shown(rep, finance, receipts):
    payment = services.verify_receipt(receipt=receipts[0], by=finance)
    KnownToLedger.objects.create(subject=f"payment {payment.pk}", on=TUESDAY, entered_at=payment.entered_at)
    banked(rep, finance, amount=150)

    assert on_account(ON_CASH) == Decimal(0)
