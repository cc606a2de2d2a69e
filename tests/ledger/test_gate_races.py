"""Receipt against release at the same moment: never a batch too early, and never one stuck.

`make test-deep` races a thousand times.
"""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from collections_app import marks, night
from collections_app.gate import credit_services as credit
from collections_app.gate import modes, services
from common.again import again
from contracts import services as contracts
from contracts.models import Contract, Release, Shipment
from customers import services as customers
from customers.models import Customer, Group
from receivables import book
from receivables import services as receivables
from tests import factories as make
from tests.ledger.at_once import failures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
TODAY = date(2026, 11, 24)
ROUNDS = int(os.environ.get("RACE_ROUNDS", "150"))
CONTROLS = 40
GROUPS = 8
OPEN = Decimal(100)


def gate_is_on():
    make.business()
    for cause in ("limit", "late", "warning", "execution", "ramp", "insurer"):
        modes.set_mode(cause=cause, segment="", mode="off", starts_on=TODAY, on=TODAY, by=make.BY)
    modes.set_mode(cause="settlement", segment="", mode="on", starts_on=TODAY, on=TODAY, by=make.BY)


def stories(count):
    """Customers whose first batch is open and whose second is planned; what each will pay settles it, or almost."""
    found = [make.customer() for _ in range(count)]
    invoices, waiting = [], []
    for customer in found:
        contract = contracts.agree(
            contract=Contract(
                customer=customer, number="C-1", state="active", starts_on=date(2024, 1, 1), currency="EUR",
                method="two_deliveries", parameters={"max_days": 30},
            ),
            by=make.BY,
        )  # fmt: skip
        values = {"customer": customer, "contract": contract, "currency": "EUR", "amount": OPEN, "asked_on": TODAY}
        [first] = services.take_over(
            shipments=[Shipment(**values, number=f"{customer.code}-1", batch=1, delivered_on=TODAY)], by=make.BY
        )
        waiting.append(Shipment.objects.create(**values, number=f"{customer.code}-2", batch=2))
        part = book.Part(TODAY + timedelta(days=30), OPEN)
        invoices.append(
            book.NewInvoice(customer.pk, f"I-{customer.code}", OPEN, "EUR", TODAY, (part,), shipment=first.pk)
        )
    receivables.record_book(rows=book.Book(invoices=invoices), on=TODAY, by=make.BY)
    return list(zip(found, waiting, strict=True))


def race(customer, shipment, amount):
    """Both at the same moment, each in a connection of its own; which came first is left to the database."""
    start = Barrier(2)

    def pays():
        start.wait(timeout=30)
        again(
            lambda: receivables.record_payment(
                customer=customer, method="transfer", amount=amount, currency="EUR", received_on=TODAY, by=make.BY
            )
        )

    def releases():
        start.wait(timeout=30)
        return again(lambda: services.release(shipment=shipment, on=TODAY, by=make.BY)).may_leave

    return pays, releases


def hang_up(threads):
    """Each of the two its own connection: neither is done before the other has begun."""
    both = Barrier(2)
    list(threads.map(lambda _: (both.wait(timeout=30), connection.close()), range(2)))


def run(rounds):
    """(amount paid, did the release pass at once, state afterwards) of each round, and what failed."""
    found, failed = [], []

    def kept(deed):
        try:
            return deed()
        except Exception as error:
            return error

    with ThreadPoolExecutor(2, initializer=connection.ensure_connection) as threads:
        for place, (customer, shipment) in enumerate(rounds):
            amount = OPEN if place % 2 else OPEN - Decimal("0.01")
            pays, releases = race(customer, shipment, amount)
            paid, passed = threads.map(kept, (pays, releases))
            failed += failures([paid, passed])
            shipment.refresh_from_db()
            found.append((amount, passed, shipment.state, shipment.release))
        hang_up(threads)
    return found, failed


def test_receipt_against_release_is_never_too_early_and_never_stuck():
    gate_is_on()

    found, failed = run(stories(ROUNDS))

    assert failed == []
    too_early = [one for one in found if one[0] < OPEN and one[2] == "released"]
    stuck = [one for one in found if one[0] == OPEN and one[2] != "released"]
    assert (too_early, stuck) == ([], [])
    kinds = Counter(release.kind for _amount, _passed, _state, release in found if release)
    assert kinds.keys() == {Release.Kind.PASSED, Release.Kind.SETTLED}, "both came first, now and then"


def test_without_the_customers_lock_batches_stay_stuck(monkeypatch):
    """The control: were it not for the lock, the test above would fail."""
    gate_is_on()
    rounds = stories(CONTROLS)
    known = services.queries.answers

    def thinks(*args, **kwargs):
        answered = known(*args, **kwargs)
        time.sleep(0.05)
        return answered

    monkeypatch.setattr(customers, "lock", lambda keys: None)
    monkeypatch.setattr(services.queries, "answers", thinks)
    found, _failed = run(rounds)

    assert [one for one in found if one[0] == OPEN and one[2] != "released"]
    assert Customer.objects.count() == CONTROLS


# Accounts that share a limit


def groups(count):
    """Groups with a limit of 1,000 of which 700 are used: two accounts owe 350 each and wait for goods of 600 each."""
    make.business()
    make.account("EUR")
    for cause in ("settlement", "late", "warning", "execution", "ramp", "insurer"):
        modes.set_mode(cause=cause, segment="", mode="off", starts_on=TODAY, on=TODAY, by=make.BY)
    modes.set_mode(cause="limit", segment="", mode="on", starts_on=TODAY, on=TODAY, by=make.BY)
    manager = make.manager()
    found = []
    for place in range(count):
        group = Group.objects.create(name=f"Group {place}")
        credit.grant_limit(
            group=group, amount=Decimal(1000), currency="EUR", starts_on=TODAY, because="Agreed", on=TODAY, by=manager
        )
        accounts = [make.customer(group=group) for _ in range(2)]
        goods = {"currency": "EUR", "amount": Decimal(600), "asked_on": TODAY}
        for customer in accounts:
            make.due_item(customer, 350, due_date=TODAY)
        for customer in accounts:
            waits = Shipment.objects.create(customer=customer, number=f"{customer.code}-1", **goods)
            assert not services.release(shipment=waits, on=TODAY, by=make.BY).may_leave
        found.append(accounts)
    return found


def both_pay(rounds):
    """Both accounts pay 300 at the same moment: then there is room for one of the two batches. How many went."""
    released, failed = [], []
    with ThreadPoolExecutor(2, initializer=connection.ensure_connection) as threads:
        for accounts in rounds:
            start = Barrier(2)

            def pays(customer, start=start):
                start.wait(timeout=30)
                money = {"method": "transfer", "amount": Decimal(300), "currency": "EUR", "received_on": TODAY}
                try:
                    again(lambda: receivables.record_payment(customer=customer, by=make.BY, **money))
                except Exception as error:
                    return error

            failed += failures(list(threads.map(pays, accounts)))
            marks.fetch()
            released.append(Shipment.objects.filter(customer__in=accounts, state="released").count())
        hang_up(threads)
    return released, failed


def test_two_accounts_of_a_group_that_pay_at_once_use_its_room_once():
    rounds = groups(GROUPS)
    night.run(as_of=TODAY, by=make.BY)

    released, failed = both_pay(rounds)

    assert failed == []
    assert set(released) == {1}, "never beyond the limit, and within the minute never stuck"


def test_without_the_locks_of_the_family_its_room_is_used_twice(monkeypatch):
    """The control: were it not for the family, the test above would fail."""
    rounds = groups(GROUPS)
    night.run(as_of=TODAY, by=make.BY)
    known = services.queries.answers

    def thinks(*args, **kwargs):
        answered = known(*args, **kwargs)
        time.sleep(0.05)
        return answered

    monkeypatch.setattr(services, "_holds_family", lambda customer: True)
    monkeypatch.setattr(customers, "lock_at_once", lambda keys: set())
    monkeypatch.setattr(services.queries, "answers", thinks)
    released, _failed = both_pay(rounds)

    assert set(released) != {1}
