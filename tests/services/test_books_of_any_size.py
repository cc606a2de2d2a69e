"""`check_books` lets the database compare: broken rows alone come out, few of them named and all of them counted."""

import hashlib
import tracemalloc
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from collections_app import books
from collections_app.letters.models import Letter, Run
from collections_app.standings.models import Standing
from common.models import Document
from customers.models import Ownership
from receivables.models import Allocation, DueDateChange, DueItem, Invoice, Payment
from tests import factories as make
from tests.tampering import past_the_triggers

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(make.rep("carmen"), code="C1")


def paid_items(customer, count):
    """So many items, each paid by a payment of its own after its due date was moved."""
    day, at, amount = TODAY - timedelta(days=30), NOW, Decimal("10.10")
    first = Invoice.objects.count()
    invoices = Invoice.objects.bulk_create(
        Invoice(customer=customer, number=f"N-{first + n}", amount=amount, currency="EUR", issued_on=day, entered_at=at)
        for n in range(count)
    )
    items = DueItem.objects.bulk_create(
        DueItem(
            invoice=invoice, customer=customer, currency="EUR", amount=amount, open_amount=0, settled_on=TODAY,
            due_date=TODAY, agreed_due_date=day,
        )
        for invoice in invoices
    )  # fmt: skip
    DueDateChange.objects.bulk_create(
        DueDateChange(due_item=item, due_date=TODAY, because="", applies_on=day, entered_at=at) for item in items
    )
    payments = Payment.objects.bulk_create(
        Payment(
            customer=customer, method="transfer", amount=amount, currency="EUR", received_on=TODAY, counts_on=TODAY,
            entered_at=at, unapplied_amount=0,
        )
        for _item in items
    )  # fmt: skip
    Allocation.objects.bulk_create(
        Allocation(due_item=item, payment=payment, amount=amount, applies_on=TODAY, entered_at=at)
        for item, payment in zip(items, payments, strict=True)
    )
    return items


def broken(name):
    return {one.name: one.broken for one in books.check(as_of=TODAY).invariants}[name]


def peak_of_a_check():
    tracemalloc.start()
    try:
        assert books.check(as_of=TODAY).broken == 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_book_of_thirty_times_as_many_rows_takes_no_more_memory(customer):
    paid_items(customer, 100)
    peak_of_a_check()  # what is kept from a first look is no row of the book
    small = peak_of_a_check()

    paid_items(customer, 2_900)

    assert peak_of_a_check() < small + 300_000


def test_broken_rows_that_are_not_named_are_counted(customer, capsys):
    paid_items(customer, 25)
    DueItem.objects.update(settled_on=None)

    report = books.check(as_of=TODAY)
    with pytest.raises(SystemExit):
        call_command("check_books", as_of=TODAY.isoformat())

    named = {one.name: (len(one.broken), one.more) for one in report.invariants if one.broken}
    expected = {"I2 open amounts recomputed": (20, 5), "I2 settled on the last day that settled": (20, 5)}
    assert (named, report.broken) == (expected, 50)
    said = capsys.readouterr().out
    assert "25 checked, 25 broken" in said
    assert "    and 5 more\n" in said


def test_an_older_item_in_a_better_standing_is_found(customer):
    older = make.due_item(customer, 10, due_date=TODAY - timedelta(days=90))
    later = make.due_item(customer, 10, due_date=TODAY - timedelta(days=9))
    for item, standing, rule in ((older, "overdue", "late"), (later, "quasi-bad", "broken promises")):
        Standing.objects.create(
            due_item=item, customer=customer, standing=standing, rule=rule, since=TODAY, open_amount=10,
            disputed_amount=0, from_night=TODAY,
        )  # fmt: skip

    assert broken("I7 age never improves a standing") == [
        f"due item {older.pk} of customer {customer.pk} is older and in the better standing overdue"
    ]


def test_periods_of_two_owners_are_found(customer):
    since = Ownership.objects.get().starts_on
    Ownership.objects.create(
        customer=customer, rep=make.rep("joan"), starts_on=since - timedelta(days=9),
        ends_before=since + timedelta(days=1), entered_at=NOW,
    )  # fmt: skip

    assert broken("I12 corrections are reversals") == [f"customer {customer.pk} has two owners on {since}"]


def test_a_reversal_of_another_amount_is_found(customer):
    [item] = paid_items(customer, 1)
    was = Allocation.objects.get()
    Allocation.objects.create(
        due_item=item, payment=was.payment, amount=Decimal("-10.09"), applies_on=TODAY, entered_at=was.entered_at,
        reverses=was,
    )  # fmt: skip

    assert f"allocation {Allocation.objects.get(reverses=was).pk}" in broken("I12 corrections are reversals")


def test_letters_whose_bytes_have_changed_are_found(customer):
    run = Run.objects.create(as_of=TODAY, issued_at=NOW, issued_by="finn")
    for number, content in enumerate((b"as issued", b"changed"), start=1):
        document = Document.objects.create(
            sha256=hashlib.sha256(content).hexdigest(), name="Letter", content_type="application/pdf", content=content,
            stored_at=NOW,
        )  # fmt: skip
        Letter.objects.create(
            run=run, customer=customer, currency=("EUR", "USD")[number - 1], language="en", level=1, year=2026,
            number=number, total_amount=1, pay_by=TODAY, frozen={}, document=document, sha256=document.sha256,
            rendered_at=NOW,
        )  # fmt: skip
    with past_the_triggers():
        Document.objects.filter(content=b"changed").update(content=b"other")

    assert broken("I9 letters as issued") == ["letter D1 2026-0002: its bytes have changed"]
