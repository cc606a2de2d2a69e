"""What binds: signatures, seals and retained title, place by place."""

from datetime import date, timedelta

import pytest

from contracts.execution import REGISTERED, is_executed, title_holds
from contracts.models import Contract

DELIVERED = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("execution", "has_authority", "elsewhere", "china"),
    [
        ("signature", True, True, False),
        ("signature", False, False, False),
        ("e-signature", True, True, False),
        ("contract seal", True, False, True),
        ("unit seal", True, False, True),
        ("personal seal", True, False, False),
        ("none", True, False, False),
    ],
)
def test_china_asks_for_the_units_seal_and_others_for_an_authorised_signature(
    execution, has_authority, elsewhere, china
):
    assert execution in Contract.Execution.values
    assert is_executed(execution, has_authority=has_authority, place="IE") is elsewhere
    assert is_executed(execution, has_authority=has_authority, place="ES") is elsewhere
    assert is_executed(execution, has_authority=has_authority, place="CN") is china


@pytest.mark.parametrize(
    ("agreed_on", "delivered_on", "outcome"),
    [
        (DELIVERED - timedelta(1), DELIVERED, (True, "")),
        (DELIVERED, DELIVERED, (True, "")),
        (DELIVERED + timedelta(1), DELIVERED, (False, "agreed after delivery")),
        (DELIVERED, None, (True, "")),
        (None, DELIVERED, (False, "agreed after delivery")),
    ],
)
def test_title_stays_ours_where_that_was_agreed_by_the_day_of_delivery(agreed_on, delivered_on, outcome):
    assert title_holds("simple", agreed_on, delivered_on, None, "IE") == outcome


@pytest.mark.parametrize("title", ["simple", "all moneys", "extended"])
@pytest.mark.parametrize("place", ["CH", "CN"])
def test_some_places_keep_title_only_by_their_register(title, place):
    assert place in REGISTERED
    assert title_holds(title, DELIVERED, DELIVERED, None, place) == (False, "not registered")
    assert title_holds(title, DELIVERED, DELIVERED, DELIVERED, place) == (True, "")


def test_what_was_never_agreed_is_not_kept():
    assert title_holds("none", DELIVERED, DELIVERED, DELIVERED, "IE") == (False, "not agreed")
