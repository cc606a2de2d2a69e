"""From what was agreed to the day: each settlement method as a bookkeeper would count it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import money
from contracts import terms
from contracts.terms import Basis, NotComputable


def due_days(method, parameters, invoiced, delivered=None):
    basis = Basis(date.fromisoformat(invoiced), date.fromisoformat(delivered or invoiced))
    return [due.due_on.isoformat() if due.due_on else None for due in terms.schedule(method, parameters, basis)]


@pytest.mark.parametrize(
    ("method", "parameters", "invoiced", "delivered", "expected"),
    [
        # the published cases of a payment terms module
        ("net", {"days": 0}, "2019-01-01", None, ["2019-01-01"]),
        ("net", {"days": 45, "end_of_month": "before"}, "2019-01-01", None, ["2019-03-17"]),
        ("periodic", {"rule": "monthly 15", "min_days": 31}, "2019-01-01", None, ["2019-02-15"]),
        ("periodic", {"rule": "monthly 15", "min_days": 31}, "2019-01-31", None, ["2019-03-15"]),
        ("net", {"days": 0, "end_of_month": "after"}, "2019-01-31", None, ["2019-01-31"]),
        ("periodic", {"rule": "monthly 1", "min_days": 1}, "2019-01-01", None, ["2019-02-01"]),
        # our own
        ("net", {"days": 30}, "2026-01-31", None, ["2026-03-02"]),
        ("net", {"days": 30, "end_of_month": "after"}, "2026-01-31", None, ["2026-03-31"]),
        ("net", {"days": 30, "end_of_month": "before"}, "2024-01-31", None, ["2024-03-01"]),
        ("net", {"days": 14, "from": "delivery"}, "2026-01-10", "2026-01-02", ["2026-01-16"]),
        ("in_advance", {"share": "1"}, "2026-01-10", None, ["2026-01-10"]),
        ("in_advance", {"share": "0.4", "rest_days": 30}, "2026-01-10", "2026-01-20", ["2026-01-10", "2026-02-19"]),
        ("cash_on_delivery", {}, "2026-01-10", "2026-01-12", ["2026-01-12"]),
        ("two_deliveries", {"max_days": 30}, "2026-01-10", "2026-01-12", ["2026-02-11"]),
        (
            "two_deliveries",
            {"max_days": 30, "next_asked_on": "2026-01-29"},
            "2026-01-10",
            "2026-01-12",
            ["2026-01-29"],
        ),
        (
            "two_deliveries",
            {"max_days": 30, "next_asked_on": "2026-03-29"},
            "2026-01-10",
            "2026-01-12",
            ["2026-02-11"],
        ),
        ("periodic", {"rule": "monthly 31"}, "2026-02-10", None, ["2026-02-28"]),
        ("periodic", {"rule": "last-working-day"}, "2026-05-05", None, ["2026-05-29"]),
        ("periodic", {"rule": "2nd tuesday"}, "2026-05-13", None, ["2026-06-09"]),
        ("periodic", {"rule": "2nd tuesday"}, "2026-05-12", None, ["2026-05-12"]),
        ("periodic", {"rule": "weekly tue", "min_days": 7}, "2026-05-13", None, ["2026-05-26"]),
        ("fixed", {"date": "2026-12-24"}, "2026-01-10", None, ["2026-12-24"]),
        (
            "instalments",
            {"parts": [{"share": "0.3", "days": 30}, {"share": "0.7", "days": 60}]},
            "2026-01-10",
            None,
            ["2026-02-09", "2026-03-11"],
        ),
        ("consignment", {"max_days": 90}, "2026-01-10", None, [None]),
        (
            "consignment",
            {"max_days": 90, "counted": [{"on": "2026-02-01", "share": "0.4"}]},
            "2026-01-10",
            None,
            ["2026-02-01", None],
        ),
        (
            "fixed",
            {"date": "2026-12-25", "holidays": {"country": "DE", "roll": "forward"}},
            "2026-01-10",
            None,
            ["2026-12-28"],
        ),
        (
            "fixed",
            {"date": "2026-12-25", "holidays": {"country": "DE", "roll": "back"}},
            "2026-01-10",
            None,
            ["2026-12-24"],
        ),
    ],
)
def test_a_settlement_method_gives_its_day(method, parameters, invoiced, delivered, expected):
    assert due_days(method, parameters, invoiced, delivered) == expected


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("after sale", {}),
        ("net", {}),
        ("net", {"days": "soon"}),
        ("net", {"days": -1}),
        ("net", {"days": 30, "from": "harvest"}),
        ("net", {"days": 30, "end_of_month": "perhaps"}),
        ("fixed", {}),
        ("periodic", {"rule": "after October"}),
        ("periodic", {"rule": "monthly 32"}),
        ("two_deliveries", {}),
        ("instalments", {"parts": [{"share": "0.3", "days": 30}]}),
        ("in_advance", {"share": "1.5"}),
    ],
)
def test_elastic_wording_makes_no_contract_active(method, parameters):
    assert not terms.is_computable(method, parameters)
    with pytest.raises((NotComputable, ValueError)):
        due_days(method, parameters, "2026-01-01")


@given(
    st.decimals("0.01", "999999.99", places=2),
    st.lists(st.integers(1, 50), min_size=1, max_size=8),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_the_parts_of_an_invoice_add_up_to_it(amount, weights, currency):
    amount = money.rounded(amount, currency)
    shares = [Decimal(weight) / sum(weights) for weight in weights]
    parts = money.split(amount, shares, currency)

    assert sum(parts) == amount
    assert all(money.is_exact(part, currency) for part in parts)
