"""From what was agreed to the day: each settlement method as a bookkeeper would count it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import money
from contracts import terms
from contracts.basis import Basis
from contracts.parameters import NotComputable


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
    ("method", "parameters", "said"),
    [
        ("after sale", {}, "'after sale' is no settlement method"),
        (["net"], {}, "is no settlement method"),
        ("net", "30 days", "net: expected keys with values"),
        ("net", {}, "days: expected a whole number"),
        ("net", {"days": "soon"}, "days: expected a whole number from 0 to 3650, got 'soon'"),
        ("net", {"days": -1}, "got -1"),
        ("net", {"days": True}, "got true"),
        ("net", {"days": 30.5}, "got 30.5"),
        ("net", {"days": Decimal("30.50")}, "got 30.50"),
        ("net", {"days": None}, "got null"),
        ("net", {"days": {"n": [1, "a", True]}}, 'got {"n": [1, "a", true]}'),
        ("net", {}, "got nothing"),
        ("net", {"days": 3651}, "got 3651"),
        ("net", {"days": 30, "from": "harvest"}, "from: 'harvest' is none of invoice, delivery, receipt"),
        ("net", {"days": 30, "from": "both"}, "from: 'both' is none of"),
        ("net", {"days": 30, "end_of_month": "perhaps"}, "end_of_month: 'perhaps' is none of none, before, after"),
        ("net", {"days": 30, "end_of_months": "after"}, "net: end_of_months not known"),
        ("net", {"days": 30, "holidays": "DE"}, "holidays: expected keys with values"),
        ("net", {"days": 30, "holidays": {"country": "ZZ"}}, "holidays: no calendar is known of 'ZZ'"),
        ("net", {"days": 30, "holidays": {"country": "de"}}, "holidays: no calendar is known of 'de'"),
        ("net", {"days": 30, "holidays": {"country": None}}, "holidays: no calendar is known of null"),
        ("net", {"days": 30, "holidays": {"country": ["DE"]}}, 'holidays: no calendar is known of ["DE"]'),
        ("net", {"days": 30, "holidays": {"country": "DE", "roll": "sideways"}}, "roll: 'sideways' is none of"),
        ("net", {"days": 30, "holidays": {"land": "DE"}}, "holidays: land not known"),
        ("net", {"days": 30, "discount": {"share": "0.02"}}, "days: expected a whole number"),
        ("net", {"days": 30, "discount": {"days": 10}}, "share: expected a share"),
        ("net", {"days": 30, "discount": {"share": "0", "days": 10}}, "share: a share of nothing"),
        ("net", {"days": 30, "discount": {"share": "1", "days": 10}}, "would leave nothing to pay"),
        ("net", {"days": 14, "discount": {"share": "0.02", "days": 15}}, "15 days are longer than the term of 14"),
        ("fixed", {}, "date: expected a date"),
        ("fixed", {"date": "Christmas"}, "date: expected a date such as 2026-12-24, got 'Christmas'"),
        ("fixed", {"date": "20261224"}, "date: expected a date"),
        ("fixed", {"date": "2026-W52-4"}, "date: expected a date"),
        ("fixed", {"date": "2026-02-30"}, "date: expected a date"),
        ("fixed", {"date": "1066-10-14"}, "date: expected a date"),
        ("fixed", {"date": 20261224}, "date: expected a date"),
        ("periodic", {}, "rule: expected days"),
        ("periodic", {"rule": 25}, "rule: expected days"),
        ("periodic", {"rule": "after October"}, "rule: 'after october' is not monthly N"),
        ("periodic", {"rule": "monthly 0"}, "rule: 'monthly 0' is not monthly N"),
        ("periodic", {"rule": "monthly 32"}, "rule: 'monthly 32' is not monthly N"),
        ("periodic", {"rule": "monthly ²"}, "rule: 'monthly ²' is not monthly N"),
        ("periodic", {"rule": "6th friday"}, "rule: '6th friday' is not monthly N"),
        ("periodic", {"rule": "2nd marketday"}, "rule: 'marketday' is no weekday"),
        ("periodic", {"rule": "weekly t"}, "rule: 't' is no weekday"),
        ("periodic", {"rule": ""}, "is not monthly N"),
        ("periodic", {"rule": "monthly 25", "min_days": -1}, "min_days: expected a whole number"),
        ("two_deliveries", {}, "max_days: expected a whole number"),
        ("two_deliveries", {"max_days": 30, "open_batches": 0}, "open_batches: expected a whole number from 1"),
        ("two_deliveries", {"max_days": 30, "next_asked_on": "soon"}, "next_asked_on: expected a date"),
        ("instalments", {}, "parts: expected a list"),
        ("instalments", {"parts": []}, "the shares do not add up to 1"),
        ("instalments", {"parts": [30]}, "parts: expected keys with values"),
        ("instalments", {"parts": [{"share": "0.3", "days": 30}]}, "the shares do not add up to 1"),
        ("instalments", {"parts": [{"share": "1", "days": 30}, {"share": "0", "days": 60}]}, "a share of nothing"),
        ("instalments", {"parts": [{"share": "1", "amount": "5", "days": 30}]}, "parts: amount not known"),
        ("in_advance", {"share": "0"}, "share: a share of nothing"),
        ("in_advance", {"share": "1.5"}, "share: expected a share"),
        ("in_advance", {"share": "-0.5"}, "share: expected a share"),
        ("in_advance", {"share": "NaN"}, "share: expected a share"),
        ("in_advance", {"share": Decimal("NaN")}, "share: expected a share"),
        ("in_advance", {"share": "30%"}, "share: expected a share"),
        ("in_advance", {"share": True}, "share: expected a share"),
        ("in_advance", {"share": "0.5", "discount": {"share": "0.02", "days": 10}}, "in_advance: discount not known"),
        ("cash_on_delivery", {"days": 30}, "cash_on_delivery: days not known"),
        ("consignment", {}, "max_days: expected a whole number"),
        ("consignment", {"max_days": 0}, "max_days: expected a whole number from 1"),
        ("consignment", {"max_days": 90, "rest": "forgotten"}, "rest: 'forgotten' is none of returned, bought"),
        ("consignment", {"max_days": 90, "counted": [{"on": "2026-02-01"}]}, "share: expected a share"),
        ("consignment", {"max_days": 90, "counted": [{"share": "0.4"}]}, "on: expected a date"),
        (
            "consignment",
            {"max_days": 90, "counted": [{"on": "2026-02-01", "share": "0.6"}, {"on": "2026-03-01", "share": "0.5"}]},
            "more was counted as sold than delivered",
        ),
    ],
)
def test_elastic_wording_makes_no_contract_active(method, parameters, said):
    assert not terms.is_computable(method, parameters)
    with pytest.raises(NotComputable) as refused:
        due_days(method, parameters, "2026-01-01")
    assert said in str(refused.value)


def test_a_count_before_the_delivery_is_a_slip():
    counted = {"max_days": 90, "counted": [{"on": "2026-01-09", "share": "0.4"}]}

    assert terms.is_computable("consignment", counted)  # the contract may stand, this delivery does not fit
    with pytest.raises(NotComputable, match="2026-01-09 is before the delivery of 2026-01-10"):
        due_days("consignment", counted, "2026-01-10")


def test_values_may_come_from_toml_and_code_as_well():
    parts = ({"share": Decimal("0.3"), "days": 30}, {"share": 0.7, "days": 60})

    assert due_days("fixed", {"date": date(2026, 12, 24)}, "2026-01-10") == ["2026-12-24"]
    assert due_days("instalments", {"parts": parts}, "2026-01-10") == ["2026-02-09", "2026-03-11"]
    assert due_days("in_advance", {"share": 1}, "2026-01-10") == ["2026-01-10"]


def test_a_day_knows_from_where_its_term_counts():
    basis = Basis(date(2026, 11, 3), date(2026, 11, 5), date(2026, 11, 9))

    def starts(method, parameters):
        return [due.starts_on for due in terms.schedule(method, parameters, basis)]

    assert starts("net", {"days": 30, "from": "receipt"}) == [date(2026, 11, 9)]
    assert starts("net", {"days": 30, "end_of_month": "before"}) == [date(2026, 11, 30)]
    assert starts("in_advance", {"share": "0.5"}) == [date(2026, 11, 3), date(2026, 11, 5)]


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


@pytest.mark.parametrize(
    ("method", "parameters", "delivered"),
    [
        ("fixed", {"date": "2026-11-02"}, None),
        ("two_deliveries", {"max_days": 30, "next_asked_on": "2026-10-20"}, "2026-10-01"),
        ("net", {"days": 10, "from": "delivery"}, "2026-10-01"),
    ],
)
def test_a_day_before_the_invoice_itself_says_so(method, parameters, delivered):
    basis = Basis(date(2026, 11, 3), date.fromisoformat(delivered) if delivered else None)

    [due] = terms.schedule(method, parameters, basis)

    assert due.is_before_invoice
    assert due.derivation.endswith("; warning: before the invoice of 2026-11-03")


def test_a_day_that_is_the_day_of_the_invoice_is_in_order():
    [due] = terms.schedule("fixed", {"date": "2026-11-03"}, Basis(date(2026, 11, 3)))

    assert (due.is_before_invoice, due.derivation) == (False, "the agreed date")


@pytest.mark.parametrize(
    ("method", "parameters", "days"),
    [
        ("in_advance", {"share": "1"}, 0),
        ("in_advance", {"share": "0.3", "rest_days": 20}, 20),
        ("cash_on_delivery", {}, 0),
        ("two_deliveries", {"max_days": 45}, 45),
        ("net", {"days": 30}, 30),
        ("net", {"days": 60, "end_of_month": "after"}, 60),  # as the trade names it, not what a month makes of it
        ("net", {"days": 30, "holidays": {"country": "DE", "roll": "forward"}}, 30),
        ("instalments", {"parts": [{"share": "0.5", "days": 30}, {"share": "0.5", "days": 90}]}, 90),
        ("consignment", {"max_days": 90}, 0),  # from the sale on
        ("consignment", {"max_days": 90, "due_days": 10}, 10),
        ("periodic", {"rule": "monthly 25"}, 15),
        ("periodic", {"rule": "monthly 25", "min_days": 30}, 45),
        ("fixed", {"date": "2026-12-24"}, 44),
        ("fixed", {"date": "2026-11-01"}, 0),  # over already: at once
        ("net", {"days": 9999}, None),
        ("", {}, None),
    ],
)
def test_terms_name_the_days_of_credit_by_which_prices_are_agreed(method, parameters, days):
    assert terms.credit_days(method, parameters, date(2026, 11, 10)) == days
