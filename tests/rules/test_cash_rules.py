"""Cash in the field: counting, deadlines, limits and numbers, without a database."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import money
from receivables import cash_rules as rules

FRIDAY = date(2026, 11, 20)


def amounts(**values):
    return {currency: Decimal(amount) for currency, amount in values.items()}


@pytest.mark.parametrize(
    ("currency", "counted", "amount"),
    [
        ("EUR", {"50": 3, "20": 1, "0.05": 2}, "170.10"),
        ("EUR", {}, "0"),
        ("JPY", {"10000": 2, "1": 3}, "20003"),
        ("KWD", {"20": 1, "0.005": 1}, "20.005"),
        ("NOK", {"500.00": 1, "0.01": 1}, "500.01"),  # not in the list: one, two and five of each decade
    ],
)
def test_notes_and_coins_add_up(currency, counted, amount):
    assert rules.counted_amount(counted, currency) == Decimal(amount)


@pytest.mark.parametrize(
    "counted",
    [{"30": 1}, {"50": -1}, {"50": 10_000}, {"50": True}, {"50": 1.5}, {"fifty": 1}, {"NaN": 1}, {"0.001": 1}],
)
def test_what_is_no_note_of_the_currency_cannot_be_counted(counted):
    with pytest.raises(rules.NotACount):
        rules.counted_amount(counted, "EUR")


@given(st.sampled_from(sorted(rules.IN_USE)), st.lists(st.integers(0, 50), min_size=1, max_size=15))
def test_a_count_is_kept_as_it_was_counted(currency, numbers):
    counted = dict(zip(map(str, rules.denominations(currency)), numbers, strict=False))

    kept = rules.sorted_out(counted, currency)

    assert rules.counted_amount(kept, currency) == rules.counted_amount(counted, currency)
    assert all(kept.values())


@pytest.mark.parametrize("currency", sorted(rules.IN_USE))
def test_every_listed_note_fits_its_currency_and_stands_in_order(currency):
    worths = rules.denominations(currency)

    assert all(money.is_exact(worth, currency) for worth in worths)
    assert list(worths) == sorted(set(worths), reverse=True)


@pytest.mark.parametrize(
    ("received_on", "working_days", "until"),
    [
        (FRIDAY, 1, date(2026, 11, 23)),  # over the weekend
        (date(2026, 12, 4), 1, date(2026, 12, 7)),
        (date(2026, 12, 7), 1, date(2026, 12, 9)),  # the eighth of December is a holiday in Spain
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 2, date(2026, 11, 24)),
    ],
)
def test_cash_is_due_at_the_bank_in_working_days_of_the_business(received_on, working_days, until):
    assert rules.deposit_by(received_on, working_days, "ES") == until


def test_currencies_are_added_in_the_base_currency():
    rates = {"EUR": Decimal(1), "USD": Decimal("0.9")}

    assert rules.in_base(amounts(EUR="100", USD="200"), rates, "EUR") == Decimal("280.00")


def test_without_a_rate_the_sum_is_not_known_and_the_rest_can_still_be_over_the_limit():
    carried, rates = amounts(EUR="2100", CHF="5"), {"EUR": Decimal(1)}

    assert rules.in_base(carried, rates, "EUR") is None
    assert rules.is_over(carried, rates, "EUR", Decimal(2000))
    assert not rules.is_over(carried, rates, "EUR", Decimal(2100)), "the limit itself may be carried"


@pytest.mark.parametrize(
    ("cash", "paid", "above"),
    [
        ({1: "1000"}, {}, None),
        ({1: "1000.01"}, {}, (1, "0", "1000")),
        ({1: "400"}, {1: "600"}, None),
        ({1: "400.01"}, {1: "600"}, (1, "600", "400")),
        ({1: "1"}, {1: "1500"}, (1, "1500", "0")),
        ({1: "900", 2: "900"}, {}, None),  # two deals
        ({1: "900", None: "1001"}, {}, (None, "0", "1000")),  # money for no deal yet is one of its own
        ({1: "0"}, {1: "2000"}, None),  # nothing more in cash
    ],
)
def test_split_payments_of_one_deal_are_added(cash, paid, above):
    found = rules.above_limit(
        {deal: Decimal(amount) for deal, amount in cash.items()},
        paid={deal: Decimal(amount) for deal, amount in paid.items()},
        limit=Decimal(1000),
    )

    assert (found and (found.deal, found.paid, found.allowed)) == (
        above and (above[0], Decimal(above[1]), Decimal(above[2]))
    )


@pytest.mark.parametrize(
    ("used", "last", "missing"),
    [
        ([], 0, []),
        ([1, 2, 3], 3, []),
        ([1, 3, 6], 6, [(2, 2), (4, 5)]),
        ([2], 4, [(1, 1), (3, 4)]),
        ([], 2, [(1, 2)]),
        ([5, 1, 1], 5, [(2, 4)]),
    ],
)
def test_numbers_that_were_passed_over_are_holes(used, last, missing):
    assert rules.spans(used, last) == missing


@given(st.sets(st.integers(1, 60)), st.integers(0, 60))
def test_used_numbers_and_holes_are_all_numbers_of_the_series(used, last):
    holes = {number for first, until in rules.spans(used, last) for number in range(first, until + 1)}

    assert holes | {one for one in used if one <= last} == set(range(1, last + 1))
    assert not holes & used


@pytest.mark.parametrize(("rep", "device", "position"), [(7, "web", 12), (123, "tab3", 4), (1, "A1", 123_456)])
def test_a_printed_number_is_read_back(rep, device, position):
    assert rules.place_of(rules.number_of(rep, device, position)) == (rep, device, position)


@pytest.mark.parametrize(
    "text", ["", "R7", "7-0012", "R7-12", "R7-a-b-0012", "R7-0012; DROP", "R７-0012", "R7-" + "9" * 30]
)
def test_what_is_no_number_is_not_read(text):
    assert rules.place_of(text) is None


@pytest.mark.parametrize("name", ["", "my phone", "a-b", "x" * 13, "téléphone"])
def test_a_device_has_a_name_that_a_number_can_carry(name):
    assert not rules.is_device(name)
