"""Settlement in words: the same rule on a contract and at the customer's door, with its counts in the singular."""

import pytest
from django.utils import translation

from collections_app.desk.wording import settlement
from contracts.wording import pays_on, settlement_day


@pytest.mark.parametrize(
    ("rule", "day", "sentence"),
    [
        ("weekly tue", "weekly on Tuesday", "Pays on Tuesday only"),
        ("Weekly Tuesday", "weekly on Tuesday", "Pays on Tuesday only"),
        ("monthly 25", "monthly, day 25", "Pays on day 25 of the month"),
        ("last-working-day", "last working day of the month", "Pays on the last working day of the month"),
        ("2nd tuesday", "second Tuesday of the month", "Pays on the second Tuesday of the month"),
        ("mornings", "mornings", "Pays on: mornings"),
        ("weekly often", "weekly often", "Pays on: weekly often"),
        ("monthly", "monthly", "Pays on: monthly"),
    ],
)
def test_a_settlement_day_is_worded_once_for_the_contract_and_the_door(rule, day, sentence):
    with translation.override("en"):
        assert settlement_day(rule) == day
        assert pays_on(rule) == sentence


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("net", {"days": 1}, "1 day from the invoice"),
        ("net", {"days": 30}, "30 days from the invoice"),
        ("net", {"days": 1, "end_of_month": "before"}, "Month end after the invoice, then 1 day"),
        ("in_advance", {"share": "0.5", "rest_days": 1}, "50.0% in advance, the rest 1 day after delivery"),
        (
            "periodic",
            {"rule": "weekly tue", "min_days": 1},
            "On the settlement day (weekly on Tuesday), at least 1 day after delivery",
        ),
        ("net", {"days": None}, "0 days from the invoice"),
    ],
)
def test_one_day_is_a_day(method, parameters, words):
    with translation.override("en"):
        assert settlement(method, parameters) == words
