"""What the gate says to its readers."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from collections_app.gate import words


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def named(count):
    return {"documents": ", ".join(f"INV-{place}" for place in range(1, count + 1)), "days": "20"}


def test_up_to_five_documents_are_named():
    assert words.way_out("late", Decimal(50), "EUR", named(5)) == (
        "€50.00 on INV-1, INV-2, INV-3, INV-4, INV-5 settles it."
    )


def test_a_longer_row_of_documents_ends_with_how_many_more_there_are():
    assert words.cause("late", Decimal(50), "EUR", named(30)) == (
        "€50.00 on INV-1, INV-2, INV-3, INV-4 and 26 more is late, the oldest for 20 days."
    )
