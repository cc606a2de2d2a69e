"""A consigned batch that sells slowly is helped to sell; nobody duns for it."""

from datetime import date, timedelta

import pytest

from collections_app import night
from collections_app.cases.models import ToDo
from collections_app.gate import consignment
from receivables.models import DueItem
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
DELIVERED = TODAY - timedelta(days=45)


@pytest.fixture
def batch():
    make.business()
    contract = make.contract(make.customer(owner=make.rep("carmen")), "consignment", {"max_days": 90})
    return make.shipment(contract, asked_on=DELIVERED, delivered_on=DELIVERED)


def tasks():
    return list(ToDo.objects.filter(done_on=None).values_list("because", "about", "owner__username"))


@pytest.mark.parametrize(("on", "is_slow"), [(TODAY - timedelta(days=1), False), (TODAY, True)])
def test_a_batch_that_nobody_has_counted_is_slow_from_the_day_of_the_policy_on(batch, on, is_slow):
    assert consignment.help_to_sell(as_of=on) == int(is_slow)


@pytest.mark.parametrize(("sold", "returned", "is_slow"), [(19, 0, True), (20, 0, False), (0, 40, False)])
def test_less_than_half_sold_is_slow_and_what_came_back_is_not(batch, sold, returned, is_slow):
    make.counted(batch, (sold, returned, 40 - sold - returned, 0), on=date(2026, 11, 20))

    assert consignment.help_to_sell(as_of=TODAY) == int(is_slow)


def test_the_night_opens_one_task_for_the_rep_and_nothing_is_due(batch):
    night.run(as_of=TODAY, by=make.BY)
    night.run(as_of=TODAY, by=make.BY)

    assert tasks() == [("slow batch", batch.number, "carmen")]
    assert not DueItem.objects.exists()


def test_once_it_sells_the_task_is_done(batch):
    consignment.help_to_sell(as_of=TODAY)
    make.counted(batch, (30, 0, 10, 0), on=TODAY)

    consignment.help_to_sell(as_of=TODAY)

    assert tasks() == []
