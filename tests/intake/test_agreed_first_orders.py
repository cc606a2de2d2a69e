"""A first order that a file plans is looked at before it leaves, like one that is planned on a page."""

import pytest

from audit.models import Entry
from collections_app.cases.models import ToDo
from collections_app.gate import services as gate
from collections_app.gate.models import CreditCheck
from collections_app.gate.noting import AT_ONCE
from collections_app.gate.queries import answers
from contracts.models import Shipment
from tests import factories as make
from tests.intake.agreed import BATCH, TODAY, agreement, store

pytestmark = pytest.mark.django_db

LARGE = "S-{number},C1,C-1,,2026-11-20,,WATER,4000,2.50,,,,"


@pytest.fixture
def agreed(db):
    make.business()
    return agreement()


def asked():
    return [(check.shipment.number, check.because, check.answer) for check in CreditCheck.objects.order_by("shipment")]


def test_a_large_first_order_planned_by_a_file_waits_for_a_credit_check_like_one_of_a_page(agreed):
    store("shipments", LARGE.format(number=1))
    by_file = Shipment.objects.get(number="S-1")
    lines = [("WATER", make.money(4000), make.money("2.50"))]
    by_page = gate.ask_next(contract=agreed, lines=lines, on=TODAY, by=make.BY, number="S-2")

    assert asked() == [("S-1", "large", ""), ("S-2", "large", "")]
    waiting = ToDo.objects.filter(because=ToDo.Because.CREDIT_CHECK, done_on=None).order_by("pk")
    assert list(waiting.values_list("about", flat=True)) == ["S-1", "S-2"]
    for shipment in (by_file, by_page):
        causes = [cause.kind for cause in answers([shipment], as_of=TODAY)[shipment.pk].causes]
        noted = shipment.holds.filter(cleared_at=None, cause="ramp")
        assert ("check waits" in causes, noted.count()) == (True, 1)
    assert Entry.objects.filter(verb="gate.credit_check_asked").count() == 2


def test_an_order_of_a_file_that_also_brings_goods_delivered_before_is_no_first_one(agreed):
    store("shipments", BATCH, LARGE.format(number=2))

    assert asked() == []


def test_a_first_order_of_a_usual_size_asks_nobody(agreed):
    store("shipments", LARGE.format(number=1).replace("4000", "40"))

    assert asked() == []


def test_however_many_orders_a_file_plans_each_first_one_is_checked(agreed):
    orders = [LARGE.format(number=number) for number in range(1, AT_ONCE + 2)]
    store("shipments", *orders)

    assert len(asked()) == AT_ONCE + 1


def test_a_file_of_orders_by_customers_who_have_bought_before_asks_once_whether_they_have(agreed, count_queries):
    store("shipments", BATCH)

    few = count_queries(lambda: gate.note_planned(shipments=planned(agreed, AT_ONCE + 1), on=TODAY, by=make.BY))
    many = count_queries(lambda: gate.note_planned(shipments=planned(agreed, 3 * AT_ONCE), on=TODAY, by=make.BY))

    assert few == many


def planned(contract, count):
    rows = [
        Shipment(
            customer=contract.customer, contract=contract, number=f"P-{count}-{place}", asked_on=TODAY,
            currency="EUR", amount=make.money(9000),
        )
        for place in range(count)
    ]  # fmt: skip
    return Shipment.objects.bulk_create(rows)
