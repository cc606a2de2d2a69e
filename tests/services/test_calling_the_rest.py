"""A missed part of an instalment contract makes the rest callable, by recorded notice; the agreed dates stay."""

from datetime import date

import pytest

from audit.models import Entry
from collections_app import books
from contracts.models import Contract, Release, Shipment
from receivables import services
from receivables.models import DueItem
from receivables.services import checks
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("port_on_the_day_of_the_deed")]
OLD, DAY = date(2026, 1, 10), date(2026, 3, 2)
FIRST, SECOND, THIRD = date(2026, 3, 20), date(2026, 4, 20), date(2026, 5, 20)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


@pytest.fixture
def instalments(customer):
    """An invoice under a contract of instalments whose rest can be called: 100 each in March, April and May."""
    contract = Contract.objects.create(
        customer=customer, number="K-1", state="active", starts_on=OLD, currency="EUR", method="instalments",
        parameters={"parts": [{"days": 30, "share": "1"}]}, rest_callable=True,
    )  # fmt: skip
    release = Release.objects.create(kind="passed", by="test", at="2026-01-10T08:00Z")
    shipment = Shipment.objects.create(
        customer=customer, contract=contract, number="S-1", state="delivered", asked_on=OLD, delivered_on=OLD,
        currency="EUR", amount=300, release=release,
    )  # fmt: skip
    days = [(FIRST, "100"), (SECOND, "100"), (THIRD, "100")]
    return make.invoice(customer, 300, issued_on=OLD, parts=days, number="INST", shipment=shipment.pk)


def call(invoice, *, notice_on=date(2026, 3, 25), due_on=date(2026, 4, 1), reference="Letter 17"):
    return services.call_rest(invoice=invoice, notice_on=notice_on, due_on=due_on, by=make.BY, reference=reference)


def dates(invoice):
    return list(DueItem.objects.filter(invoice=invoice).order_by("position").values_list("due_date", flat=True))


def test_a_missed_part_makes_the_rest_due_by_a_recorded_notice(instalments):
    changes = call(instalments)

    assert dates(instalments) == [FIRST, date(2026, 4, 1), date(2026, 4, 1)]
    agreed = DueItem.objects.filter(invoice=instalments).order_by("position").values_list("agreed_due_date", flat=True)
    assert list(agreed) == [FIRST, SECOND, THIRD]
    assert {(change.applies_on, "Letter 17" in change.because) for change in changes} == {(date(2026, 3, 25), True)}
    assert Entry.objects.get(verb="receivables.rest_called").after["notice"] == "Letter 17"
    assert books.check(as_of=date(2026, 3, 25)).broken == 0
    with pytest.raises(checks.AlreadyDone):
        call(instalments)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"reference": " "}, "Name the notice"),
        ({"due_on": date(2026, 3, 24)}, "day of the notice or later"),
        ({"notice_on": FIRST}, "No part of invoice INST is missed"),
    ],
)
def test_without_a_miss_or_a_notice_the_dates_stay(instalments, values, said):
    with pytest.raises(checks.Refused, match=said):
        call(instalments, **values)
    assert dates(instalments) == [FIRST, SECOND, THIRD]


def test_a_part_that_was_paid_is_not_missed(customer, instalments):
    make.payment(customer, 100, received_on=FIRST)

    with pytest.raises(services.NotCallable, match="No part"):
        call(instalments)


def test_only_a_contract_that_says_so_makes_the_rest_callable(customer, instalments):
    Contract.objects.update(rest_callable=False)

    for invoice in (instalments, make.invoice(customer, 10, due_date=OLD)):
        with pytest.raises(services.NotCallable, match="no instalment contract"):
            call(invoice)


def test_time_that_was_granted_is_not_called(instalments):
    last = DueItem.objects.get(invoice=instalments, position=3)
    until = date(2026, 6, 20)
    row = services.ask_extension(due_item=last, until=until, because="Agreed", on=DAY, by=make.BY)
    services.grant_extension(extension=row, on=DAY, by=make.manager())

    call(instalments)

    assert dates(instalments) == [FIRST, date(2026, 4, 1), until]
