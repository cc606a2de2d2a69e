"""Room that several accounts share, and what says at once what it waits for though nobody asked for it on a page."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app import marks, night
from collections_app.gate import credit_services as credit
from collections_app.gate import modes, services
from collections_app.gate.models import Hold
from contracts import services as contracts
from contracts.models import Shipment
from customers import services as customers
from customers.models import Group, Mark
from tests import factories as make

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def house(db):
    """What a new customer may owe is told elsewhere; here everybody is known for long, and limits hold."""
    make.business()
    for cause, mode in (("ramp", "off"), ("limit", "on")):
        modes.set_mode(cause=cause, segment="", mode=mode, starts_on=TUESDAY, on=TUESDAY, by=make.BY)


def waiting(customer, amount):
    return Shipment.objects.create(
        customer=customer, contract=make.contract(customer), number=f"S-{customer.code}", asked_on=TUESDAY,
        currency="EUR", amount=Decimal(amount), batch=1,
    )  # fmt: skip


def release(shipment):
    return services.release(shipment=shipment, on=TUESDAY, by=make.BY)


def state(shipment):
    shipment.refresh_from_db()
    return shipment.state


# Accounts that share a limit


def granted(amount, **holder):
    credit.grant_limit(
        amount=Decimal(amount), currency="EUR", starts_on=TUESDAY, because="Agreed", on=TUESDAY, by=make.manager(),
        **holder,
    )  # fmt: skip


def together(limit=1000):
    """Two accounts of a group with a limit: the first owes it all, the second waits for room."""
    group = Group.objects.create(name="Grupo Sol")
    payer, waits = (make.customer(group=group) for _ in range(2))
    granted(limit, group=group)
    owed = make.due_item(payer, limit, due_date=TUESDAY)
    second = waiting(waits, 400)
    assert [cause.cause for cause in release(second).holds] == ["limit"]
    return payer, owed, second


def test_money_of_another_account_of_the_group_releases_in_its_own_transaction():
    payer, _owed, second = together()

    make.payment(payer, 399, received_on=TUESDAY)
    assert state(second) == "held"
    make.payment(payer, 1, received_on=TUESDAY)

    assert (state(second), second.release.kind) == ("released", "settled")
    assert not Hold.objects.filter(shipment=second, cleared_at=None).exists()


def test_money_of_an_account_with_the_same_payer_releases_as_well():
    payer = make.customer()
    one, waits = make.customer(payer=payer), make.customer(payer=payer)
    granted(1000, customer=payer)
    make.due_item(one, 1000, due_date=TUESDAY)
    second = waiting(waits, 400)
    assert not release(second).may_leave

    make.payment(one, 500, received_on=TUESDAY)

    assert state(second) == "released"


def test_what_is_busy_at_that_moment_is_looked_at_within_the_minute(monkeypatch):
    payer, _owed, second = together()
    night.run(as_of=TUESDAY, by=make.BY)
    monkeypatch.setattr(customers, "lock_at_once", lambda keys: set())

    make.payment(payer, 500, received_on=TUESDAY)
    assert (state(second), Mark.objects.filter(customer=second.customer).exists()) == ("held", True)

    monkeypatch.undo()
    marks.fetch()
    assert state(second) == "released"


# Planned otherwise than by asking on a page


def test_the_rest_of_a_split_batch_says_at_once_what_it_waits_for():
    customer = make.customer()
    granted(250, customer=customer)
    whole = contracts.plan_shipment(
        customer=customer, contract=make.contract(customer, price="25"), asked_on=TUESDAY, currency="EUR", by=make.BY,
        lines=[(make.product(), Decimal(16), Decimal(25))],
    )  # fmt: skip

    answer = services.release_part(shipment=whole, keep={whole.lines.get().pk: Decimal(10)}, on=TUESDAY, by=make.BY)

    assert answer.may_leave
    rest = Shipment.objects.get(split_from=whole)
    assert (state(rest), [(hold.cause, hold.amount) for hold in rest.holds.all()]) == ("held", [("limit", 150)])
