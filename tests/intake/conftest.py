from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from tests import factories as make


@pytest.fixture
def on_a_tuesday(db: None) -> Iterator[None]:
    """24 November 2026, at noon: the business is there, and its lists are of the days before."""
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=True):
        make.business()
        yield
