"""A customer with an item late and one not, its rep, and tonight's night: what the pages of the desk show."""

from datetime import timedelta

import pytest

from collections_app.standings.models import Night
from common import clock
from tests import factories as make


@pytest.fixture
def today():
    return clock.business_today()


@pytest.fixture
def night(today):
    now = clock.now()
    return Night.objects.create(business_date=today, known_until=now, started_at=now, done_at=now)


@pytest.fixture
def carmen(night):
    make.business()
    return make.rep("carmen")


@pytest.fixture
def customer(carmen, today):
    found = make.customer(owner=carmen, code="C-100", name="Mercado Sol", region="Valencia")
    make.invoice(found, "3240.00", due_date=today - timedelta(days=64), number="0871")
    make.invoice(found, "1074.60", due_date=today + timedelta(days=3), number="0948")
    return found
