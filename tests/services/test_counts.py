"""Consigned goods are counted: what became of every line, and what is still stock."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from contracts import queries, services
from contracts.models import Count, Shipment
from customers.models import Mark
from tests import factories as make
from tests.refused import refused

pytestmark = pytest.mark.django_db
DELIVERED, TODAY = date(2026, 11, 4), date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


@pytest.fixture
def contract(customer):
    return make.contract(customer, number="C-7")


@pytest.fixture
def consigned(customer):
    """A batch of two products on consignment, at the customer's."""
    contract = make.contract(customer, "consignment", {"max_days": 90}, number="C-9")
    lines = [(make.product(), 40, "2.50"), (make.product("BEER"), 12, "10")]
    return make.shipment(contract, lines, number="S-9", delivered_on=DELIVERED)


def now(shipment):
    return Shipment.objects.get(pk=shipment.pk)


def test_a_count_says_what_became_of_every_line(customer, consigned):
    made = make.counted(consigned, (10, 2, 27, 1), (0, 0, 12, 0), on=date(2026, 11, 10))

    water, beer = made.lines.order_by("line")
    assert (water.delivered, water.sold, water.returned, water.on_hand, water.lost) == (40, 10, 2, 27, 1)
    assert (beer.delivered, beer.on_hand) == (12, 12)
    assert (made.counted_by, made.entered_by) == ("Lucía Ortega", "test")
    assert Entry.objects.get(verb="contracts.counted").after["sold"] == "10"
    assert Mark.objects.filter(customer=customer, because="count").exists()


@pytest.mark.parametrize(
    ("water", "words"),
    [
        (
            (10, 2, 24, 1),
            "Water: 3 of 40 delivered are missing. Say whether they are sold or lost.",
        ),
        ((10, 2, 30, 1), "Water: 3 more than the 40 delivered are counted. Count again."),
        ((-1, 0, 41, 0), "Water: a count is zero or more, with at most three decimals; -1 is not."),
    ],
)
def test_a_count_that_does_not_come_to_what_was_delivered_is_refused_with_the_difference(consigned, water, words):
    with refused(services.NotACount, words):
        make.counted(consigned, water, (0, 0, 12, 0), on=TODAY)


def test_totals_since_the_delivery_never_fall(consigned):
    make.counted(consigned, (10, 2, 27, 1), (0, 0, 12, 0), on=date(2026, 11, 10))

    for water, words in (
        ((9, 2, 28, 1), "Water: 10 were sold by 10 Nov 2026; later it cannot be 9. Count again."),
        ((10, 1, 28, 1), "Water: 2 came back by 10 Nov 2026; later it cannot be 1. Count again."),
        ((10, 2, 28, 0), "Water: 1 were lost by 10 Nov 2026; later it cannot be 0. Count again."),
    ):
        with refused(services.NotACount, words):
            make.counted(consigned, water, (0, 0, 12, 0), on=TODAY)


def test_a_count_that_is_entered_late_stands_between_its_neighbours(consigned):
    make.counted(consigned, (10, 0, 30, 0), (0, 0, 12, 0), on=date(2026, 11, 10))
    make.counted(consigned, (30, 0, 10, 0), (0, 0, 12, 0), on=date(2026, 11, 20))

    with refused(services.NotACount, "Water: 31 were sold by 15 Nov 2026; later it cannot be 30. Count again."):
        make.counted(consigned, (31, 0, 9, 0), (0, 0, 12, 0), on=date(2026, 11, 15))
    make.counted(consigned, (20, 0, 20, 0), (0, 0, 12, 0), on=date(2026, 11, 15))


def test_every_line_of_the_batch_is_counted_once(consigned):
    water, beer = consigned.lines.order_by("pk")
    full, none = (water.pk, *map(Decimal, (0, 0, 40, 0))), (beer.pk, *map(Decimal, (0, 0, 12, 0)))
    each_once = "Each line of shipment S-9 is counted once, and no other."

    for lines, words in (
        ([full], "Beer is not counted. Count every line of the batch."),
        ([], "Water is not counted. Count every line of the batch."),
        ([full, none, none], each_once),
        ([full, none, (0, *none[1:])], each_once),
    ):
        with refused(services.NotACount, words):
            services.record_count(shipment=consigned, counted_on=TODAY, counted_by="Lucía", lines=lines, by=make.BY)


def test_only_delivered_goods_on_consignment_are_counted_from_their_delivery_on(customer, contract, consigned):
    planned = make.shipment(consigned.contract, number="S-10")
    sold = make.shipment(contract, number="S-1", delivered_on=DELIVERED)
    all_there = (0, 0, 40, 0)

    with refused(services.NotACount, "Shipment S-1 is not on consignment: there is nothing to count."):
        make.counted(sold, all_there, on=TODAY)
    with refused(services.NotACount, "Shipment S-10 is not at the customer's. Only delivered goods are counted."):
        make.counted(planned, all_there, on=TODAY)
    with refused(
        services.NotACount,
        "Shipment S-9 was delivered on 4 Nov 2026 and cannot be counted on 3 Nov 2026, before that.",
    ):
        make.counted(consigned, all_there, (0, 0, 12, 0), on=DELIVERED - timedelta(1))

    make.counted(consigned, all_there, (0, 0, 12, 0), on=DELIVERED)
    with refused(services.NotACount, "Shipment S-9 was counted on 4 Nov 2026 already. Count it again another day."):
        make.counted(consigned, all_there, (0, 0, 12, 0), on=DELIVERED)
    assert Count.objects.count() == 1


def test_a_batch_that_is_sold_in_part_comes_back_by_a_count(consigned):
    make.counted(consigned, (1, 0, 39, 0), (0, 0, 12, 0), on=TODAY)

    with refused(services.NotInState, "Part of shipment S-9 is sold. Record a count that says what came back."):
        services.take_back_goods(shipment=consigned, on=TODAY, by=make.BY)


def test_what_is_not_sold_is_stock_by_the_latest_count(consigned):
    make.counted(consigned, (10, 0, 30, 0), (0, 0, 12, 0), on=date(2026, 11, 10))
    make.counted(consigned, (10, 28, 2, 0), (12, 0, 0, 0), on=date(2026, 11, 20))

    def stock(as_of):
        return [(row.product.code, row.quantity, row.amount) for row in queries.unsold(consigned, as_of)]

    water, beer = Decimal("2.50"), Decimal(10)
    assert stock(date(2026, 11, 3)) == []
    assert stock(date(2026, 11, 9)) == [("WATER", 40, 40 * water), ("BEER", 12, 12 * beer)]
    assert stock(date(2026, 11, 10)) == [("WATER", 30, 30 * water), ("BEER", 12, 12 * beer)]
    assert stock(TODAY) == [("WATER", 2, 2 * water)]


def test_goods_that_came_back_or_were_bought_at_the_end_are_stock_no_more(customer, consigned):
    bought = make.shipment(
        make.contract(customer, "consignment", {"max_days": 10}, consignment_rest="bought"), delivered_on=DELIVERED
    )
    services.take_back_goods(shipment=consigned, on=TODAY, by=make.BY)
    back = now(consigned)

    assert len(queries.unsold(back, TODAY - timedelta(1))) == 2
    assert queries.unsold(back, TODAY) == []
    assert len(queries.unsold(bought, DELIVERED + timedelta(9))) == 1
    assert queries.unsold(bought, DELIVERED + timedelta(10)) == []
    assert queries.unsold(make.shipment(make.contract(customer), delivered_on=DELIVERED), TODAY) == []
