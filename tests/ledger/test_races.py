"""Two or twenty at once never spend one payment twice, and nobody sees a deadlock."""

import time
from datetime import date
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Sum

from collections_app import books
from common.again import REPEATS, again
from common.refusals import Refused
from customers import services as customers
from customers.models import Customer
from receivables import services
from receivables.models import Allocation, Payment, WriteOff
from receivables.services import claims
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
DAY = date(2026, 3, 2)
DUE = date(2026, 2, 1)
PEOPLE = 20
ROUNDS = 5


@pytest.fixture
def customer():
    make.business()
    return make.customer()


def allocates(payment, item, amount, on=DAY):
    return lambda: services.allocate(source=payment, lines=[(item.pk, Decimal(amount))], on=on, by=make.BY)


def allocated(payment):
    return Allocation.objects.filter(payment=payment).aggregate(total=Sum("amount"))["total"] or 0


def broken():
    return [one for one in books.check(as_of=DAY).invariants if one.broken]


def test_twenty_people_never_spend_one_payment_twice(customer):
    items = [make.due_item(customer, 7, due_date=DUE) for _ in range(PEOPLE)]
    payment = make.payment(customer, 100, received_on=DAY, lines=[])

    found = at_once(*(allocates(payment, item, 7) for item in items))

    payment.refresh_from_db()
    assert failures(found) == []
    assert refusals(found) == ["Only €2.00 of the payment is left."] * 6
    assert (allocated(payment), payment.unapplied_amount) == (Decimal(98), Decimal(2))
    assert broken() == []


def test_without_the_lock_the_same_payment_is_spent_twice(customer, monkeypatch):
    """The control: were it not for the lock, the test above would fail."""
    items = [make.due_item(customer, 7, due_date=DUE) for _ in range(PEOPLE)]
    payment = make.payment(customer, 100, received_on=DAY, lines=[])
    release = claims.release

    def thinks(*args, **kwargs):
        time.sleep(0.2)
        release(*args, **kwargs)

    monkeypatch.setattr(customers, "lock", lambda keys: None)
    monkeypatch.setattr(claims, "release", thinks)
    at_once(*(allocates(payment, item, 7) for item in items))

    assert allocated(payment) > payment.amount
    assert "I1 allocations within their payment" in [one.name for one in broken()]


def test_twenty_payments_at_once_settle_an_item_once(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    payments = [make.payment(customer, 60, received_on=DAY, lines=[]) for _ in range(PEOPLE)]

    found = at_once(*(allocates(payment, item, 60) for payment in payments))

    item.refresh_from_db()
    assert failures(found) == []
    assert refusals(found) == [f"{item.invoice.number} owes only €40.00."] * (PEOPLE - 1)
    assert item.open_amount == Decimal(40)
    assert broken() == []


def test_money_that_is_reversed_while_it_is_allocated_settles_nothing(customer):
    for _ in range(ROUNDS):
        items = [make.due_item(customer, 10, due_date=DUE) for _ in range(4)]
        payment = make.payment(customer, 40, received_on=DAY, lines=[])

        found = at_once(
            lambda payment=payment: services.reverse_payment(payment=payment, on=DAY, by=make.BY, because="Bounced"),
            *(allocates(payment, item, 10) for item in items),
        )

        payment.refresh_from_db()
        assert failures(found) == []
        assert set(refusals(found)) <= {"Nothing of the payment is left."}
        assert (allocated(payment), payment.unapplied_amount) == (Decimal(0), Decimal(0))
        for item in items:
            item.refresh_from_db()
            assert item.open_amount == Decimal(10)
    assert broken() == []


def test_an_item_is_paid_or_written_off_and_not_both(customer):
    boss = make.manager()
    for _ in range(ROUNDS):
        item = make.due_item(customer, 100, due_date=DUE)
        asked = services.ask_write_off(
            target=item, amount=Decimal(100), code="price", because="Agreed", on=DAY, by=make.BY
        )

        found = at_once(
            lambda item=item: make.payment(customer, 100, received_on=DAY, lines=[(item.pk, Decimal(100))]),
            lambda asked=asked: services.grant_write_off(write_off=asked, on=DAY, by=boss),
        )

        item.refresh_from_db()
        assert failures(found) == []
        assert len(refusals(found)) == 1
        assert item.open_amount == Decimal(0)
        assert Allocation.objects.filter(due_item=item).count() == 1
    assert broken() == []


def test_a_write_off_is_decided_once(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    asked = services.ask_write_off(target=item, amount=Decimal(60), code="price", because="So", on=DAY, by=make.BY)
    first, second = make.manager(), make.manager()

    found = at_once(
        lambda: services.grant_write_off(write_off=asked, on=DAY, by=first),
        lambda: services.decline_write_off(write_off=asked, on=DAY, by=second, because="No"),
        lambda: services.grant_write_off(write_off=asked, on=DAY, by=second),
    )

    assert failures(found) == []
    assert refusals(found) == ["This write-off is decided already."] * 2
    assert WriteOff.objects.get().state in ("granted", "declined")
    assert broken() == []


def test_two_people_of_finance_verify_a_receipt_once(customer):
    for number in range(ROUNDS):
        item = make.due_item(customer, 100, due_date=DUE)
        receipt = services.record_receipt(
            customer=customer, rep=make.rep(), method="transfer", amount=Decimal(100), currency="EUR",
            lines=[(item.pk, Decimal(100))], received_on=DAY, key=f"k{number}",
        )  # fmt: skip

        verify = lambda receipt=receipt: services.verify_receipt(receipt=receipt, by=make.BY)  # noqa: E731
        found = at_once(verify, verify)

        assert failures(found) == []
        assert refusals(found) == [f"Receipt {receipt.number} is decided already."]
        assert Payment.objects.filter(receipt=receipt).count() == 1
    assert broken() == []


def test_a_receipt_sent_twice_at_once_is_one_receipt(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    values = {
        "customer": customer, "rep": make.rep(), "method": "transfer", "amount": Decimal(10), "currency": "EUR",
        "lines": [(item.pk, Decimal(10))], "received_on": DAY, "key": "same",
    }  # fmt: skip

    found = at_once(*[lambda: services.record_receipt(**values)] * 4)

    assert failures(found) == refusals(found) == []
    assert len({receipt.pk for receipt in found}) == 1


def test_a_paper_is_honoured_once(customer):
    item = make.due_item(customer, 100, due_date=DUE)
    paper = services.take_paper(
        customer=customer, kind="cheque", number="1", drawer="The shop", amount=Decimal(100), currency="EUR",
        received_on=DAY, matures_on=DAY, lines=[(item.pk, Decimal(100))], by=make.BY,
    )  # fmt: skip

    honour = lambda: services.honour_paper(paper=paper, on=DAY, by=make.BY)  # noqa: E731
    found = at_once(honour, honour)

    assert failures(found) == []
    assert refusals(found) == ["This paper is decided already."]
    assert Payment.objects.count() == 1
    assert broken() == []


def test_a_payer_and_its_accounts_never_wait_for_each_other(customer):
    """Money of the payer, receipts and papers of its account: all of them lock the family in one order."""
    branch = make.customer(payer=customer)
    for number in range(ROUNDS):
        ours, theirs = make.due_item(customer, 50, due_date=DUE), make.due_item(branch, 50, due_date=DUE)
        receipt = services.record_receipt(
            customer=branch, rep=make.rep(), method="transfer", amount=Decimal(10), currency="EUR",
            lines=[(theirs.pk, Decimal(10))], received_on=DAY, key=f"k{number}",
        )  # fmt: skip
        papers = [
            services.take_paper(
                customer=branch, kind="cheque", number=f"{number}/{place}", drawer="The shop", amount=Decimal(10),
                currency="EUR", received_on=DAY, matures_on=DAY, lines=[(theirs.pk, Decimal(10))], by=make.BY,
            )
            for place in range(2)
        ]  # fmt: skip
        charge = services.claim(due_item=theirs, kind="fee", amount=Decimal(5), basis="Clause 7", on=DAY, by=make.BY)
        lines = [(ours.pk, Decimal(20)), (theirs.pk, Decimal(20))]
        paid = make.payment(customer, 5, received_on=DAY, lines=[], charges=[(charge.pk, Decimal(5))])

        found = at_once(
            lambda lines=lines: make.payment(customer, 40, received_on=DAY, lines=lines),
            lambda receipt=receipt: services.verify_receipt(receipt=receipt, by=make.BY),
            lambda papers=papers: services.honour_paper(paper=papers[0], on=DAY, by=make.BY),
            lambda papers=papers: services.dishonour_paper(paper=papers[1], on=DAY, by=make.BY, because="Bounced"),
            lambda charge=charge: services.reverse_charge(charge=charge, because="Wrong", on=DAY, by=make.BY),
            lambda paid=paid: services.reverse_payment(payment=paid, on=DAY, by=make.BY, because="Bounced"),
        )

        assert failures(found) == refusals(found) == []
    assert broken() == []


def test_a_verb_that_met_a_deadlock_is_done_again(customer):
    """Two deeds that lock in opposite orders: the database undoes one of them, and the door does it again."""
    other = make.customer()
    tries = []

    def locks(first, second):
        def deed():
            tries.append(first)
            Customer.objects.select_for_update().get(pk=first.pk)
            time.sleep(0.3)
            Customer.objects.select_for_update().get(pk=second.pk)
            return "done"

        return lambda: again(deed)

    found = at_once(locks(customer, other), locks(other, customer))

    assert found == ["done", "done"]
    assert len(tries) > 2


def test_the_door_gives_up_after_three_repeats_and_repeats_nothing_else(customer):
    tries = []

    def fails(sqlstate):
        def deed():
            tries.append(sqlstate)
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{sqlstate}'; END $$")

        return deed

    for sqlstate in ("40P01", "40001"):
        with pytest.raises(OperationalError):
            again(fails(sqlstate))
    assert tries == ["40P01"] * (1 + REPEATS) + ["40001"] * (1 + REPEATS)

    with pytest.raises(OperationalError):
        again(fails("57014"))
    with pytest.raises(OperationalError), transaction.atomic():
        again(fails("40P01"))
    assert tries[-2:] == ["57014", "40P01"], "inside a transaction there is nothing left to do again"


def test_a_refusal_is_not_repeated():
    tries = []

    def refuses():
        tries.append(1)
        raise Refused("No.")

    with pytest.raises(Refused):
        again(refuses)
    assert len(tries) == 1
