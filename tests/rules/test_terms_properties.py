"""What holds of due dates whatever was agreed."""

import calendar
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from common import days, money
from contracts import terms
from contracts.basis import Basis
from contracts.settlement_days import WEEKDAYS, settlement_day

COUNTRIES = ("", "DE", "ES", "CN", "SA")
METHODS = (
    "in_advance", "cash_on_delivery", "two_deliveries", "periodic", "net", "fixed", "instalments", "consignment",
)  # fmt: skip

some_day = st.dates(date(2015, 1, 1), date(2040, 12, 31))
count = st.integers(0, 400)
starts = st.sampled_from(["invoice", "delivery", "receipt"])
rules = st.one_of(
    st.integers(1, 31).map("monthly {}".format),
    st.just("last-working-day"),
    st.sampled_from(WEEKDAYS).map("weekly {}".format),
    st.tuples(st.sampled_from(["1st", "2nd", "3rd", "4th", "5th"]), st.sampled_from(WEEKDAYS)).map(" ".join),
)
holidays = st.fixed_dictionaries({"country": st.sampled_from(COUNTRIES), "roll": st.sampled_from(["forward", "back"])})


@st.composite
def shares(draw):
    """Parts in hundredths that add up to one."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), max_size=5)))
    return [Decimal(upto - before) / 100 for before, upto in zip([0, *cuts], [*cuts, 100], strict=True)]


@st.composite
def agreed(draw):
    """Any method with any sensible parameters: all of them have a day."""
    method = draw(st.sampled_from(["two_deliveries", "periodic", "net", "instalments", "in_advance"]))
    parameters = {
        "two_deliveries": {"max_days": draw(count)},
        "periodic": {"rule": draw(rules), "min_days": draw(count)},
        "net": {
            "days": draw(count),
            "from": draw(starts),
            "end_of_month": draw(st.sampled_from(["none", "before", "after"])),
        },
        "instalments": {
            "from": draw(starts),
            "parts": [{"share": str(part), "days": draw(count)} for part in draw(shares())],
        },
        "in_advance": {"share": str(draw(shares())[0]), "rest_days": draw(count)},
    }[method]
    return method, parameters | draw(st.one_of(st.just({}), st.fixed_dictionaries({"holidays": holidays})))


@st.composite
def delivered(draw):
    invoiced = draw(some_day)
    return Basis(
        invoiced, invoiced + timedelta(draw(st.integers(-20, 20))), invoiced + timedelta(draw(st.integers(0, 9)))
    )


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from([30, "0.5", "DE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "days", "from", "end_of_month", "share", "rest_days", "max_days", "open_batches", "next_asked_on", "rule",
    "min_days", "date", "parts", "counted", "rest", "discount", "holidays", "country", "roll", "on",
)  # fmt: skip
with_our_keys = st.dictionaries(st.sampled_from(KEYS), anything | st.dictionaries(st.sampled_from(KEYS), anything))


@given(st.sampled_from(METHODS) | anything, with_our_keys | anything)
def test_whether_terms_can_be_computed_is_always_answered(method, parameters):
    assert terms.is_computable(method, parameters) in (True, False)


@given(agreed(), delivered())
def test_no_day_comes_before_its_term_starts(method_and_parameters, basis):
    for due in terms.schedule(*method_and_parameters, basis):
        assert due.due_on >= due.starts_on


@given(agreed(), delivered())
def test_what_is_computable_is_computable_for_every_delivery(method_and_parameters, basis):
    assert terms.is_computable(*method_and_parameters)
    assert terms.schedule(*method_and_parameters, basis)


@given(agreed(), delivered(), st.decimals("0.001", "99999999", places=3), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_the_amounts_add_up_to_the_cent(method_and_parameters, basis, amount, currency):
    amount = money.rounded(amount, currency)
    parts = terms.amounts(terms.schedule(*method_and_parameters, basis), amount, currency)

    assert sum(parts) == amount
    assert all(part >= 0 and money.is_exact(part, currency) for part in parts)


@given(agreed(), delivered(), holidays)
def test_holidays_lead_to_a_working_day_and_to_the_nearest(method_and_parameters, basis, calendar_rule):
    method, parameters = method_and_parameters
    country = calendar_rule["country"]
    for due in terms.schedule(method, parameters | {"holidays": calendar_rule}, basis):
        assert days.is_working_day(due.due_on, country)
        agreed_on = due.moved_from or due.due_on
        first, last = sorted([agreed_on, due.due_on])
        between = [first + timedelta(step) for step in range((last - first).days + 1)]
        assert not any(days.is_working_day(day, country) for day in between if day != due.due_on)


@given(agreed(), delivered())
def test_rolled_forward_nothing_is_due_earlier_than_agreed(method_and_parameters, basis):
    method, parameters = method_and_parameters
    rolled = terms.schedule(method, parameters | {"holidays": {"country": "DE", "roll": "forward"}}, basis)
    assert all(due.moved_from is None or due.due_on > due.moved_from for due in rolled)


@given(rules, some_day, count, st.none() | holidays)
def test_a_settlement_day_keeps_the_least_days_after_delivery(rule, delivered_on, least, calendar_rule):
    parameters = {"rule": rule, "min_days": least} | ({"holidays": calendar_rule} if calendar_rule else {})
    [due] = terms.schedule("periodic", parameters, Basis(delivered_on))
    assert due.due_on >= delivered_on + timedelta(least)


@given(st.integers(1, 31), some_day)
def test_a_day_of_the_month_is_that_day_or_the_last_of_a_shorter_month(wanted, earliest):
    found = settlement_day(f"monthly {wanted}", earliest)

    assert found.day == min(wanted, calendar.monthrange(found.year, found.month)[1])
    assert 0 <= (found - earliest).days <= 31


@given(st.sampled_from(WEEKDAYS), some_day)
def test_a_weekly_day_is_that_weekday_within_a_week(name, earliest):
    found = settlement_day(f"weekly {name}", earliest)

    assert calendar.day_name[found.weekday()].lower() == name
    assert 0 <= (found - earliest).days < 7


@given(st.integers(1, 5), st.sampled_from(WEEKDAYS), some_day)
def test_an_nth_weekday_has_as_many_of_its_name_before_it_in_the_month(nth, name, earliest):
    found = settlement_day(f"{('1st', '2nd', '3rd', '4th', '5th')[nth - 1]} {name}", earliest)

    assert calendar.day_name[found.weekday()].lower() == name
    assert (found.day - 1) // 7 == nth - 1
    assert found >= earliest


@given(some_day, st.sampled_from(COUNTRIES))
def test_after_the_last_working_day_of_a_month_nobody_works_in_it(earliest, country):
    found = settlement_day("last-working-day", earliest, country)

    after = [found + timedelta(step) for step in range(1, 31)]
    assert days.is_working_day(found, country)
    assert not any(days.is_working_day(day, country) for day in after if day.month == found.month)


@given(agreed(), delivered(), st.integers(0, 400))
def test_a_discount_never_outlasts_the_term(method_and_parameters, basis, within):
    method, parameters = method_and_parameters
    offered = parameters | {"discount": {"share": "0.02", "days": within}}
    if not terms.is_computable(method, offered):
        return
    for due in terms.schedule(method, offered, basis):
        assert due.starts_on <= due.discount_until <= due.due_on
        assert due.discount_share == Decimal("0.02")


@given(shares(), st.lists(st.integers(0, 200), min_size=6, max_size=6), st.sampled_from(["returned", "bought"]))
def test_consigned_goods_are_sold_bought_or_stock_and_nothing_else(parts, after, rest):
    delivered_on = date(2026, 1, 10)
    counted = [
        {"on": (delivered_on + timedelta(step)).isoformat(), "share": str(part)}
        for part, step in zip(parts[:-1], after, strict=False)
    ]
    dues = terms.schedule("consignment", {"max_days": 90, "rest": rest, "counted": counted}, Basis(delivered_on))

    assert sum(due.share for due in dues) == 1
    stock = [due for due in dues if due.due_on is None]
    assert [due.share for due in stock] == ([parts[-1]] if rest == "returned" else [])
    assert rest == "returned" or all(due.due_on <= delivered_on + timedelta(90) for due in dues)
