"""What stories of rounds share: a team in Valencia, its rep Carmen, and customers who have owed for forty days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from staff.models import Team
from tests import factories as make

TUESDAY = date(2026, 11, 24)
WEDNESDAY, THURSDAY, FRIDAY = (TUESDAY + timedelta(days=n) for n in (1, 2, 3))
WEEK = [TUESDAY, WEDNESDAY, THURSDAY, FRIDAY]
LATE = TUESDAY - timedelta(days=40)
VALENCIA = {"latitude": Decimal("39.4699"), "longitude": Decimal("-0.3763")}


@pytest.fixture
def team():
    make.business(calendar="ES")
    return Team.objects.create(name="East")


@pytest.fixture
def rep(team):
    return make.rep("carmen", team=team, **VALENCIA)


def customer(rep, amount="500.00", due_date=LATE, **values):
    made = make.customer(rep, **values)
    make.site(made)
    make.invoice(made, amount, due_date=due_date)
    return made
