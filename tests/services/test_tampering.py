"""Rows changed behind the services' back are found by `check_books`, each by the check that is about it."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from collections_app import books
from receivables import contradictions, minor_units, services
from receivables.models import (
    Allocation,
    Charge,
    CreditNote,
    DueItem,
    Extension,
    FxDifference,
    HandIn,
    InstalmentPart,
    Invoice,
    JournalRow,
    PaperLine,
    Payment,
    Receipt,
    ReceiptLine,
    Refund,
    WriteOff,
)
from tests import factories as make
from tests.tampering import past_the_triggers

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
LONG_AGO = date(2020, 1, 1)


def ago(days):
    return TODAY - timedelta(days=days)


@dataclass
class Book:
    """A company after a few weeks: paid, taken back, given up, received in the field, told to the ledger."""

    first: DueItem  # its payment was taken back; a verified receipt and a honoured paper have settled a part
    second: DueItem  # settled by the payment that was taken back from the first
    third: DueItem  # of another customer, a part of it written off
    quick: DueItem  # closed by a discount in time
    payment: Payment
    received: Payment  # of the verified receipt
    write_off: WriteOff
    asked: WriteOff
    discount: WriteOff
    receipt: Receipt
    hand_in: HandIn
    refund: Refund
    note: CreditNote
    charge: Charge
    back: Allocation  # the reversal


@pytest.fixture
def book(db):
    make.business()
    make.account("USD")
    rep = make.rep("carmen")
    one, other = make.customer(rep), make.customer(rep)
    first, second, third, quick = (
        make.due_item(customer, amount, due_date=ago(30), issued_on=ago(60))
        for customer, amount in ((one, 100), (one, 80), (other, 50), (other, 100))
    )
    DueItem.objects.filter(pk=quick.pk).update(discount_until=ago(20), discount_share=Decimal("0.02"))
    payment = make.payment(one, 100, received_on=ago(20), lines=[(first.pk, Decimal(60))])
    services.take_back(allocation=payment.allocations.get(), on=ago(15), by=make.BY, because="Another invoice")
    services.allocate(source=payment, lines=[(second.pk, Decimal(80))], on=ago(10), by=make.BY)
    refund = services.refund(source=payment, amount=Decimal(5), paid_on=ago(9), by=make.BY, because="Too much")
    prompt = make.payment(other, 98, received_on=ago(21), lines=[])
    [discount] = services.settle(
        source=prompt, lines=[(quick.pk, Decimal(98))], shorts=[(quick.pk, Decimal(2), "discount")], on=ago(21),
        by=make.BY,
    )  # fmt: skip
    given_up = [
        services.ask_write_off(target=third, amount=Decimal(20), code=code, because="So", on=ago(9), by=make.BY)
        for code in ("bad debt", "price")
    ]
    services.grant_write_off(write_off=given_up[0], on=ago(9), by=make.finance())
    receipt = make.receipt(first, 50, rep=rep, received_on=ago(5), method="transfer")
    received = services.verify_receipt(receipt=receipt, by=make.finance())
    services.honour_paper(paper=make.paper(first, 20, received_on=ago(5), matures_on=ago(2)), on=ago(2), by=make.BY)
    make.receipt(first, 10, rep=rep, received_on=ago(4))
    hand_in = make.hand_in(rep, on=ago(3))
    note = services.record_credit_note(
        customer=one, number="CN-1", amount=Decimal(7), currency="EUR", issued_on=ago(6), by=make.BY
    )
    charge = services.claim(due_item=third, kind="fee", amount=Decimal(4), basis="Clause 9", on=ago(8), by=make.BY)
    make.payment(other, 4, received_on=ago(7), lines=[], charges=[(charge.pk, Decimal(4))])
    dollars = make.payment(one, 30, received_on=ago(7), currency="USD", lines=[])
    services.exchange(
        payment=dollars, amount=Decimal(30), into="EUR", rate=Decimal("0.9"), source="ECB", on=ago(7), by=make.BY
    )
    make.extension(first, until=TODAY + timedelta(days=20))
    make.instalment_plan([make.due_item(other, 10, due_date=TODAY)])
    services.export_journal(up_to=TODAY, by=make.BY)
    assert books.check(as_of=TODAY).broken == 0
    return Book(
        first, second, third, quick, payment, received, *given_up, discount, receipt, hand_in, refund, note, charge,
        Allocation.objects.get(reverses__isnull=False),
    )  # fmt: skip


def change(row: Any, **values: Any) -> None:
    with past_the_triggers():
        type(row).objects.filter(pk=row.pk).update(**values)


@contextmanager
def undone():
    """What happens in here has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def broken():
    return {one.name: one.broken for one in books.check(as_of=TODAY).invariants if one.broken}


RECEIPTS, HAND_INS = "I1 receipts are what was booked of them", "I1 hand-ins are their receipts"
WRITE_OFFS = "I1 write-offs are as they were decided"
SETTLED, ITEMS = "I2 settled on the last day that settled", "I3 items are their invoice's"
DAYS, REVERSALS = "I12 nothing counts before it was there", "I12 reversals are of their row"
TOLD, FINE = "I12 the journal is what happened", "I5 amounts fit their currency"
UNAPPLIED, OPEN, TIES = (
    "I1 allocations within their payment",
    "I2 open amounts recomputed",
    "I4 ageing ties to the ledger",
)
DUE = "I12 due dates as they were moved"


def finer_allocation(book):
    change(book.second.allocations.get(), amount=Decimal("79.999"))
    change(book.second, open_amount=Decimal("0.001"), settled_on=None)
    change(book.payment, unapplied_amount=Decimal("15.001"))


def taken_back(book):
    payment = make.payment(book.third.customer, 3, received_on=ago(3), lines=[])
    services.reverse_payment(payment=payment, on=ago(2), by=make.BY, because="Bounced")
    return payment


CASES = {
    "an item of another customer than its invoice": (
        ITEMS, lambda b: change(b.third, customer=b.first.customer)),
    "an item in another currency than its invoice": (ITEMS, lambda b: change(b.third, currency="USD")),
    "an allocation before its invoice and its payment": (
        DAYS, lambda b: change(b.second.allocations.get(), applies_on=LONG_AGO)),
    "a reversal before what it reverses": (DAYS, lambda b: change(b.back, applies_on=LONG_AGO)),
    "a reversal that was entered before its row": (
        DAYS, lambda b: change(b.back, entered_at=b.back.entered_at - timedelta(days=9))),
    "a refund before its payment": (DAYS, lambda b: change(b.refund, paid_on=LONG_AGO)),
    "a write-off in the books before it was decided": (
        DAYS, lambda b: change(b.write_off.allocations.get(), applies_on=ago(11))),
    "a payment moved to another day": (DAYS, lambda b: change(b.received, counts_on=LONG_AGO)),
    "a reversal on another item": (REVERSALS, lambda b: change(b.back, due_item=b.third)),
    "a reversal for another payment": (REVERSALS, lambda b: change(b.back, payment=b.received)),
    "an item settled on another day": (SETTLED, lambda b: change(b.second, settled_on=LONG_AGO)),
    "a charge settled on another day": (SETTLED, lambda b: change(b.charge, settled_on=LONG_AGO)),
    "a payment of another amount": (UNAPPLIED, lambda b: change(b.payment, amount=Decimal(120))),
    "what is left of a payment": (UNAPPLIED, lambda b: change(b.payment, unapplied_amount=Decimal(16))),
    "what is left of a credit note": (UNAPPLIED, lambda b: change(b.note, unapplied_amount=Decimal(6))),
    "a payment and what is left of it together": (
        TOLD, lambda b: change(b.payment, amount=Decimal(120), unapplied_amount=Decimal(35))),
    "a verified receipt without its payment": (RECEIPTS, lambda b: change(b.received, receipt=None)),
    "a verified receipt of another amount": (RECEIPTS, lambda b: change(b.receipt, amount=Decimal(51))),
    "a verified receipt of another day": (RECEIPTS, lambda b: change(b.receipt, received_on=ago(6))),
    "a booked receipt that is refused": (RECEIPTS, lambda b: change(b.receipt, state="refused")),
    "a paper meant for more than it is": (RECEIPTS, lambda b: change(PaperLine.objects.get(), amount=Decimal(5000))),
    "a hand-in that expected another amount": (
        HAND_INS, lambda b: change(b.hand_in, expected_amount=Decimal(500), counted_amount=Decimal(500))),
    "a hand-in whose difference is hidden": (HAND_INS, lambda b: change(b.hand_in, counted_amount=Decimal(8))),
    "a receipt taken out of its hand-in": (HAND_INS, lambda b: change(b.hand_in.receipts.get(), hand_in=None)),
    "a declined write-off that stands in the books": (WRITE_OFFS, lambda b: change(b.write_off, state="declined")),
    "a discount whose payment was taken back": (
        WRITE_OFFS, lambda b: change(b.discount, payment=taken_back(b))),
    "a write-off that waits for the sake of a payment that is gone": (
        WRITE_OFFS, lambda b: change(b.asked, payment=taken_back(b))),
    "a discount of a payment that settles nothing of its item any more": (
        WRITE_OFFS, lambda b: change(b.discount, payment=b.payment, due_item=b.first)),
    "a due date moved without a word": (DUE, lambda b: change(b.first, due_date=date(2030, 1, 1))),
    "a journal row of another amount": (TOLD, lambda b: change(JournalRow.objects.first(), amount=Decimal(1))),
    "what an item still owes": (OPEN, lambda b: change(b.first, open_amount=Decimal(29))),
    "an allocation finer than a cent": (FINE, finer_allocation),
}  # fmt: skip


def test_what_was_changed_in_the_tables_is_found_by_the_check_that_is_about_it(book):
    missed = {}
    for case, (name, tamper) in CASES.items():
        with undone():
            tamper(book)
            if name not in broken():
                missed[case] = name

    assert not missed


def test_a_deleted_payment_that_the_ledger_was_told_of_is_missed(book):
    lonely = make.payment(book.third.customer, 3, received_on=ago(1), lines=[])
    services.export_journal(up_to=TODAY, by=make.BY)

    with past_the_triggers():
        Payment.objects.filter(pk=lonely.pk)._raw_delete("default")

    assert broken() == {TOLD: [f"payment {lonely.pk}: 3.000 was told to the ledger, and is not there"]}


def test_what_is_shifted_from_one_customer_to_another_is_found_although_the_whole_book_ties(book):
    change(book.third, customer=book.first.customer)

    codes = book.first.customer.code, book.third.customer.code
    assert [line.split(":")[0] for line in broken()[TIES]] == [f"{code} EUR" for code in sorted(codes)]


def test_an_amount_finer_than_its_currency_is_found_in_every_column(book):
    columns = {
        "write_off": "vat_amount", "refund": "amount", "note": "unapplied_amount", "charge": "amount",
        "first": "claim_amount",
    }  # fmt: skip
    for row, column in columns.items():
        with undone():
            change(getattr(book, row), **{column: Decimal("0.333")})
            assert any(column.replace("_", " ") in line for line in broken()[FINE]), column


def test_lines_of_receipts_papers_plans_and_exchanges_are_looked_at_as_well(book):
    for model, column in ((ReceiptLine, "amount"), (PaperLine, "amount"), (InstalmentPart, "amount"),
                          (Extension, "cost_amount"), (FxDifference, "difference")):  # fmt: skip
        with undone():
            change(model.objects.first(), **{column: Decimal("0.333")})
            assert len(list(minor_units.too_fine())) == 1, model


def test_no_column_of_money_is_left_out():
    from django.apps import apps

    with_money = {model for model in apps.get_app_config("receivables").get_models() if minor_units.columns(model)}

    assert with_money == {*minor_units.CURRENCY, *minor_units.IN_BASE}


def test_no_more_rows_are_named_than_asked_for(book):
    with past_the_triggers():
        DueItem.objects.update(currency="USD")

    assert [len(one.broken) for one in contradictions.look(most=2) if one.name == ITEMS] == [2]


def test_a_book_in_order_names_nothing_and_says_how_much_was_looked_at(book):
    report = {one.name: one for one in books.check(as_of=TODAY).invariants}

    assert not broken()
    assert report[ITEMS].checked == DueItem.objects.count()
    assert report[DAYS].checked == Allocation.objects.count()
    assert Invoice.objects.count() == 5
