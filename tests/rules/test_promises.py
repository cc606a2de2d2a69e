"""A promise, its grace, and the day on which it is broken."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app.cases.rules import Fate, fate_of, grace_until

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("method", "until"),
    [("cash", FRIDAY), ("transfer", date(2026, 11, 24)), ("cheque", date(2026, 11, 24))],
)
def test_grace_is_none_for_cash_and_two_working_days_otherwise(method, until):
    assert grace_until(FRIDAY, method=method, country="IE", cash_days=0, other_days=2) == until


def judge(paid, on, as_of):
    return fate_of(
        promised=Decimal(100), paid=Decimal(paid), paid_in_full_on=on, grace_until=date(2026, 11, 24), as_of=as_of
    )


@pytest.mark.parametrize(
    ("paid", "on", "as_of", "fate"),
    [
        (0, None, date(2026, 11, 24), Fate.OPEN),
        (0, None, date(2026, 11, 25), Fate.BROKEN),
        (100, date(2026, 11, 24), date(2026, 11, 25), Fate.KEPT),
        (100, date(2026, 11, 25), date(2026, 11, 25), Fate.BROKEN),
        (99, date(2026, 11, 24), date(2026, 11, 24), Fate.OPEN),
        (99, date(2026, 11, 24), date(2026, 11, 25), Fate.BROKEN),
        (120, date(2026, 11, 20), date(2026, 11, 20), Fate.KEPT),
    ],
)
def test_a_promise_paid_after_its_grace_is_broken(paid, on, as_of, fate):
    assert judge(paid, on, as_of).fate == fate


def test_a_broken_promise_broke_on_the_day_after_its_grace():
    assert judge(0, None, date(2027, 1, 1)).on == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("paid", "on", "covered", "fate"),
    [
        (0, None, 100, Fate.OPEN),
        (0, None, 99, Fate.BROKEN),
        (60, date(2026, 11, 24), 40, Fate.OPEN),
        (60, date(2026, 11, 25), 40, Fate.BROKEN),  # a part came late, whatever covers the rest
        (100, date(2026, 11, 25), 100, Fate.BROKEN),
        (100, date(2026, 11, 24), 0, Fate.KEPT),
    ],
)
def test_what_was_given_in_time_keeps_a_promise_from_breaking(paid, on, covered, fate):
    verdict = fate_of(
        promised=Decimal(100), paid=Decimal(paid), paid_in_full_on=on, grace_until=date(2026, 11, 24),
        as_of=date(2026, 12, 1), covered=Decimal(covered),
    )  # fmt: skip

    assert verdict.fate == fate
