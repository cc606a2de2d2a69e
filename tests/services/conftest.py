"""What several tests of verbs share."""

from datetime import UTC, datetime, time

import pytest
import time_machine

from collections_app import after_money
from receivables import consequences


@pytest.fixture
def port_on_the_day_of_the_deed():
    """Stories of months: what follows money follows on the day of each deed, as it would have."""

    def act(*, customers, on, by):
        with time_machine.travel(datetime.combine(on, time(12), tzinfo=UTC), tick=False):
            after_money.act(customers=customers, on=on, by=by)

    consequences.install(act)
    yield
    consequences.install(after_money.act)
