"""A refusal as a person meets it: these words, and not one row added or changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from audit.models import Entry
from common.models import Series
from common.refusals import Refused
from contracts.models import Contract, Count, CountLine, PriceLine, Proof, Shipment, ShipmentLine
from customers.models import Mark
from receivables.models import DueDateChange, DueItem, Invoice

TABLES = (
    *(Contract, PriceLine, Shipment, ShipmentLine, Proof, Count, CountLine),
    *(Invoice, DueItem, DueDateChange, Entry, Mark, Series),
)


def everything() -> list[Any]:
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


@contextmanager
def refused(kind: type[Refused], words: str) -> Iterator[None]:
    """The deed is refused with exactly these words and stores nothing."""
    before = everything()
    with pytest.raises(kind) as caught:
        yield
    assert str(caught.value) == words
    assert everything() == before
