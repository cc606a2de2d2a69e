"""Ageing reads each table once: twice the book is twice the work, and a single customer costs the same in any book."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection

from collections_app.policy import queries as policy
from collections_app.standings import lines, statement, totals
from collections_app.standings import queries as standings
from common import clock
from receivables import services
from receivables.models import Allocation, Charge, CreditNote, DueDateChange, DueItem, Invoice, Payment, Refund
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
QUARTER = TODAY - timedelta(days=90)
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="counts the steps of SQLite's machine")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def grow(customers, count):
    """So many items in turn, each paid by a payment of its own and moved once; one in ten with a free credit note."""
    first, amount = Invoice.objects.count(), Decimal("10.10")
    whose = [customers[n % len(customers)] for n in range(count)]
    invoices = Invoice.objects.bulk_create(
        Invoice(
            customer=customer, number=f"N-{first + n}", amount=amount, currency="EUR", issued_on=ago(120),
            entered_at=NOW - timedelta(days=120),
        )
        for n, customer in enumerate(whose)
    )  # fmt: skip
    items = DueItem.objects.bulk_create(
        DueItem(
            invoice=one, customer=one.customer, currency="EUR", amount=amount, open_amount=0, settled_on=ago(n % 100),
            due_date=ago(60), agreed_due_date=ago(90),
        )
        for n, one in enumerate(invoices)
    )  # fmt: skip
    DueDateChange.objects.bulk_create(
        DueDateChange(due_item=item, due_date=ago(60), because="", applies_on=ago(95), entered_at=NOW) for item in items
    )
    payments = Payment.objects.bulk_create(
        Payment(
            customer=item.customer, method="transfer", amount=amount, currency="EUR", received_on=item.settled_on,
            counts_on=item.settled_on, entered_at=NOW, unapplied_amount=0,
        )
        for item in items
    )  # fmt: skip
    Allocation.objects.bulk_create(
        Allocation(due_item=item, payment=payment, amount=amount, applies_on=item.settled_on, entered_at=NOW)
        for item, payment in zip(items, payments, strict=True)
    )
    CreditNote.objects.bulk_create(
        CreditNote(
            customer=whose[n], number=f"CN-{first + n}", amount=4, currency="EUR", issued_on=ago(100), entered_at=NOW,
            unapplied_amount=4,
        )
        for n in range(0, count, 10)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def steps(deed: Callable[[], Any]) -> int:
    """How many hundreds of instructions SQLite carries out for it."""
    found = 0

    def one_more() -> int:
        nonlocal found
        found += 1
        return 0

    connection.connection.set_progress_handler(one_more, 100)
    try:
        deed()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return found


def read(**values) -> list:
    found = lines.open_then(policy=policy.in_force(TODAY), **values)
    with connection.cursor() as cursor:
        cursor.execute(found.sql, found.params)
        return cursor.fetchall()


@on_sqlite
@pytest.mark.parametrize(("as_of", "known_on"), [(TODAY, None), (QUARTER, None), (QUARTER, TODAY)])
def test_twice_the_book_is_twice_the_work(as_of, known_on):
    make.business()
    customers = [make.customer() for _ in range(40)]
    grow(customers, 1_000)
    of_one = steps(lambda: standings.ageing(as_of=as_of, known_on=known_on))

    grow(customers, 1_000)

    assert steps(lambda: standings.ageing(as_of=as_of, known_on=known_on)) < 2.4 * of_one


@on_sqlite
@pytest.mark.parametrize(("as_of", "known_on"), [(TODAY, None), (QUARTER, None), (QUARTER, TODAY)])
def test_a_single_customer_costs_the_same_in_any_book(as_of, known_on):
    make.business()
    one, *others = [make.customer() for _ in range(40)]
    grow([one], 20)
    grow(others, 1_000)
    before = steps(lambda: read(as_of=as_of, known_on=known_on, customers=[one.pk]))

    grow(others, 2_000)

    assert steps(lambda: read(as_of=as_of, known_on=known_on, customers=[one.pk])) < 1.3 * before


@on_sqlite
def test_a_night_reads_only_credit_that_is_left_or_was_used_since():
    make.business()
    customers = [make.customer() for _ in range(40)]

    def lines_of_the_night() -> int:
        params = {"night": TODAY, "as_of": TODAY, "known_until": statement.as_stored(NOW + timedelta(hours=1))}
        found = totals.of_night(TODAY, params, (30, 60))
        with connection.cursor() as cursor:
            cursor.execute(found, params)
            return len(cursor.fetchall())

    grow(customers, 1_000)
    of_one = steps(lines_of_the_night)
    grow(customers, 1_000)

    assert steps(lines_of_the_night) < 2.4 * of_one
    assert of_one < 1_000  # a hundred steps for each payment, all of which are used up
    assert lines_of_the_night() == 200


# What is left of credit and charges is worked out from what came later. The same from all rows until the day:


MODELS = {"payment": Payment, "credit note": CreditNote, "charge": Charge}


def left_by_rows(as_of, until):
    """By kind and key, from the rows alone, one after the other."""
    booked = {row.pk for row in Charge.objects.all() if row.booked_on is not None and row.booked_on <= as_of}
    left = defaultdict(Decimal)

    def counts(row, day):
        return day <= as_of and row.entered_at < until

    for kind, day in (("payment", "counts_on"), ("credit note", "issued_on"), ("charge", "claimed_on")):
        for row in MODELS[kind].objects.all():
            is_there = counts(row, getattr(row, day)) and (kind != "charge" or (row.reverses_id or row.pk) in booked)
            left[kind, row.reverses_id or row.pk] += row.amount if is_there else 0
    for row in Allocation.objects.all():
        if counts(row, row.applies_on) and (row.charge_id is None or row.charge_id in booked):
            source = ("payment", row.payment_id) if row.payment_id else ("credit note", row.credit_note_id)
            left[source] -= row.amount
            left["charge", row.charge_id] -= row.amount
    for row in Refund.objects.all():
        if counts(row, row.paid_on):
            left["payment" if row.payment_id else "credit note", row.payment_id or row.credit_note_id] -= row.amount
    return {key: amount for key, amount in left.items() if key[1] and amount > 0}


def something(dice: random.Random, customer) -> None:
    """Money, credit or a charge, used, given back, taken back or free."""
    today = clock.business_today()
    item = make.due_item(customer, 100, due_date=today - timedelta(days=1))
    what = dice.choice(["money", "money back", "taken back", "bounced", "note", "note back", "charge", "waived charge"])
    if what.startswith("note"):
        note = make.credit_note(customer, 30, issued_on=today)
        if what == "note":
            services.allocate(source=note, lines=[(item.pk, Decimal(12))], on=today, by=make.BY)
        else:
            services.reverse_credit_note(note=note, on=today, by=make.BY, because="Wrong customer")
    elif what.endswith("charge"):
        charge = services.claim(due_item=item, kind="fee", amount=Decimal(4), basis="Clause 7", on=today, by=make.BY)
        if dice.random() < 0.6:
            Charge.objects.filter(pk=charge.pk).update(booked_on=today)
        if what == "charge":
            make.payment(customer, 3, received_on=today, lines=[], charges=[(charge.pk, Decimal(3))])
        else:
            services.waive(charge=charge, amount=Decimal(4), on=today, by=make.BY, because="Our delay")
    else:
        payment = make.payment(customer, 50, received_on=today, lines=[(item.pk, Decimal(20))])
        if what == "money back":
            services.refund(source=payment, amount=Decimal(5), paid_on=today, by=make.BY, because="Too much")
        elif what == "taken back":
            allocation = payment.allocations.get()
            services.take_back(allocation=allocation, on=today, by=make.BY, because="Another invoice")
        elif what == "bounced":
            services.reverse_payment(payment=payment, on=today, by=make.BY, because="Bounced")


@pytest.mark.parametrize("seed", range(2))
def test_what_is_left_of_credit_on_any_day_is_what_its_rows_say(seed):
    make.business(calendar="")
    dice = random.Random(seed)
    customers = [make.customer() for _ in range(3)]
    days = [ago(20 - 2 * place) for place in range(10)]
    for day in days:
        with time_machine.travel(datetime(day.year, day.month, day.day, 11, tzinfo=UTC), tick=True):
            for customer in customers:
                something(dice, customer)

    for as_of in days[::2]:
        for known_on in (None, *days[1::3]):
            until = clock.end_of(known_on) if known_on else clock.end_of(TODAY)
            expected = left_by_rows(as_of, until)
            for some in (None, [customers[0].pk]):
                found = [standings.line_of(row) for row in read(as_of=as_of, known_on=known_on, customers=some)]
                credit = {(one.kind, one.key): abs(one.amount) for one in found if one.kind != "due item"}
                mine = {
                    (kind, key): amount
                    for (kind, key), amount in expected.items()
                    if some is None or MODELS[kind].objects.filter(pk=key, customer__in=some).exists()
                }
                assert credit == mine, (as_of, known_on)
