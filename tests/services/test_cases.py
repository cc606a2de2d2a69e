"""Promises, disputes and receipts: what they take out of asking, and when it comes back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.cases import queries, services
from collections_app.cases.models import Dispute, Promise
from common import clock
from customers.models import Mark
from receivables import services as receivables
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(db):
    make.business()
    return clock.business_today()


@pytest.fixture
def item(today):
    return make.due_item(make.customer(), 100, due_date=today - timedelta(days=10))


def promised(item, amount, *, on, by, method="transfer"):
    return services.promise(
        customer=item.customer, amount=Decimal(amount), currency="EUR", promised_on=by, method=method,
        lines=[(item.pk, Decimal(amount))], on=on, by=make.BY,
    )  # fmt: skip


def left_to_ask(item, as_of, **asker):
    rows = queries.suppressed(as_of=as_of, customers=[item.customer_id], **asker)
    return queries.askable([item], rows)[item.pk]


def test_a_running_promise_is_left_alone_until_its_day(item, today):
    promised(item, 60, on=today, by=today + timedelta(days=5))

    assert left_to_ask(item, today) == Decimal(40)


def test_a_promise_is_asked_for_at_the_door_on_its_day_and_nowhere_else_before_its_grace_has_ended(item, today):
    friday = today + timedelta(days=3)
    promise = promised(item, 60, on=today, by=friday)
    days = (friday - timedelta(days=1), friday, promise.grace_until, promise.grace_until + timedelta(days=1))

    at_the_door = [left_to_ask(item, day, at_the_door=True) for day in days]
    elsewhere = [left_to_ask(item, day) for day in days]

    assert promise.grace_until == date(2026, 12, 1)
    assert at_the_door == [Decimal(40), Decimal(100), Decimal(40), Decimal(100)]
    assert elsewhere == [Decimal(40), Decimal(40), Decimal(40), Decimal(100)]


def test_a_disputed_amount_is_not_asked_for_until_it_is_answered(item, today):
    dispute = services.open_dispute(due_item=item, amount=Decimal(30), reason="price", on=today, by=make.BY)
    assert left_to_ask(item, today) == Decimal(70)

    services.close_dispute(dispute=dispute, on=today, by=make.BY)
    assert left_to_ask(item, today) == Decimal(100)


def test_an_amount_covered_by_a_provisional_receipt_is_not_asked_for_again(item, today):
    receipt = receivables.record_receipt(
        customer=item.customer, rep=make.rep(), method="cash", amount=Decimal(80), currency="EUR",
        lines=[(item.pk, Decimal(80))], received_on=today, key="k",
    )  # fmt: skip
    assert left_to_ask(item, today) == Decimal(20)

    receivables.refuse_receipt(receipt=receipt, because="the money is not there", by=make.BY)
    assert left_to_ask(item, today) == Decimal(100)


@pytest.mark.parametrize("kind", ["insolvent", "handed over", "assigned"])
def test_who_is_in_other_hands_is_not_asked(item, today, kind):
    make.befall(item.customer, kind)

    assert left_to_ask(item, today) == Decimal(0)


def test_a_promise_not_paid_by_the_end_of_its_grace_is_broken(item, today):
    promise = promised(item, 60, on=today, by=today, method="cash")

    moved = services.settle_promises(as_of=today + timedelta(days=1))

    promise.refresh_from_db()
    assert moved == {item.customer_id}
    assert (promise.state, promise.settled_on) == ("broken", today + timedelta(days=1))
    assert services.settle_promises(as_of=today + timedelta(days=1)) == set(), "a second run moves nothing"


def test_money_from_before_the_promise_does_not_keep_it(item, today):
    make.payment(item.customer, 40, received_on=today - timedelta(days=3))
    promise = promised(item, 60, on=today, by=today, method="cash")

    services.settle_promises(as_of=today + timedelta(days=1))

    promise.refresh_from_db()
    assert promise.state == "broken"


@pytest.mark.parametrize(
    ("amount", "days", "refusal"),
    [("0", 1, "above zero"), ("10.001", 1, "above zero"), ("100.01", 1, "More is promised"), ("10", -1, "has passed")],
)
def test_an_impossible_promise_is_refused(item, today, amount, days, refusal):
    with pytest.raises(services.NotPromisable, match=refusal):
        promised(item, amount, on=today, by=today + timedelta(days=days))

    assert not Promise.objects.exists()


def test_no_more_than_the_open_amount_can_be_disputed(item, today):
    services.open_dispute(due_item=item, amount=Decimal(80), reason="price", on=today, by=make.BY)

    with pytest.raises(services.NotDisputable, match=r"€100\.00 is open and €80\.00 disputed already"):
        services.open_dispute(due_item=item, amount=Decimal(30), reason="damage", on=today, by=make.BY)


def test_a_settled_item_has_nothing_left_to_dispute(item, today):
    services.open_dispute(due_item=item, amount=Decimal(30), reason="price", on=today, by=make.BY)

    make.payment(item.customer, 100, received_on=today)

    assert Dispute.objects.get().closed_on == today


def test_every_case_leaves_a_mark(item, today):
    Mark.objects.all().delete()
    promised(item, 10, on=today, by=today)
    services.open_dispute(due_item=item, amount=Decimal(5), reason="price", on=today, by=make.BY)
    services.made_contact(customer=item.customer, channel="call", reached=True, on=today, by=make.BY)

    assert [mark.because for mark in Mark.objects.order_by("pk")] == ["promise", "dispute", "contact"]


def test_a_promise_is_for_a_day_within_the_bound_of_the_policy(db):
    make.business()
    customer = make.customer()
    item = make.due_item(customer, 100, due_date=date(2026, 3, 1))
    on = date(2026, 3, 2)
    told = {
        "customer": customer, "amount": Decimal(50), "currency": "EUR", "method": "transfer",
        "lines": [(item.pk, Decimal(50))], "on": on, "by": make.BY,
    }  # fmt: skip

    with pytest.raises(services.NotPromisable, match="until 31 May 2026"):
        services.promise(promised_on=on + timedelta(days=91), **told)
    assert services.promise(promised_on=on + timedelta(days=90), **told).promised_on == date(2026, 5, 31)
