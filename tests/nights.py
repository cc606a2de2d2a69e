"""Nights for tests that are about what a night stored: only the steps that concern standings."""

from datetime import date
from typing import Any
from unittest import mock

from collections_app import night
from collections_app.standings import nightly
from collections_app.standings.models import Night
from tests import factories as make

STANDINGS_ONLY = {"look", nightly.CLASSIFY, nightly.AUDIT, "close", "totals"}


def run(day: date, **values: Any) -> Night:
    steps = tuple(step for step in night.STEPS if step.name in STANDINGS_ONLY)
    with mock.patch.object(night, "STEPS", steps):
        return night.run(as_of=day, by=make.BY, **values)
