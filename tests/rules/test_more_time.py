"""What more time costs, when it may be given, and from which day it is kept or void."""

from datetime import date
from decimal import Decimal

import pytest

from common.days import ONE_DAY
from receivables.more_time_rules import (
    LONGEST,
    Fate,
    Outcome,
    Part,
    Why,
    cost,
    fate_of,
    may_have_more,
    why_no_extension,
    why_no_plan,
)

GRANTED = date(2026, 3, 2)
FIRST, SECOND, THIRD = date(2026, 3, 10), date(2026, 4, 10), date(2026, 5, 11)
PLAN = [Part(FIRST, Decimal(100)), Part(SECOND, Decimal(100)), Part(THIRD, Decimal(50))]


def day(month, number):
    return date(2026, month, number)


# Cost


@pytest.mark.parametrize(
    ("amount", "until", "currency", "expected"),
    [
        ("1000", day(3, 31), "EUR", "6.58"),  # 1,000 × 8 % × 30 / 365 = 6.575…
        ("1000", day(3, 2), "EUR", "0.22"),  # one day
        ("365", date(2027, 3, 1), "EUR", "29.20"),  # a whole year
        ("100000", day(3, 31), "JPY", "658"),
        ("1000", day(3, 31), "KWD", "6.575"),
    ],
)
def test_an_extension_costs_amount_times_share_times_days(amount, until, currency, expected):
    item, part = Part(day(3, 1), Decimal(amount)), Part(until, Decimal(amount))

    assert str(cost([item], [part], yearly_share=Decimal("0.08"), currency=currency)) == expected


def test_a_plan_costs_every_amount_for_the_days_it_comes_later():
    items = [Part(day(1, 1), Decimal(100)), Part(day(1, 31), Decimal(100))]
    parts = [Part(day(2, 10), Decimal(150)), Part(day(3, 12), Decimal(50))]
    # 100 waits 40 days, 50 waits 10, 50 waits 40: 4,000 + 500 + 2,000 amount-days
    expected = Decimal("1.42")  # 6,500 × 8 % / 365

    assert cost(items, parts, yearly_share=Decimal("0.08"), currency="EUR") == expected


def test_money_that_comes_earlier_costs_nothing():
    assert cost(
        [Part(day(5, 1), Decimal(100))], [Part(day(4, 1), Decimal(100))], yearly_share=Decimal("0.08"), currency="EUR"
    ) == Decimal("0.00")


# May it be given?


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"open_amount": Decimal(0)}, Why.NOT_OPEN),
        ({"due_date": None}, Why.NO_DUE_DATE),
        ({"until": day(3, 1)}, Why.NOT_LATER),
        ({"until": day(3, 2)}, None),
        ({"due_date": day(2, 1), "until": day(3, 1)}, Why.PASSED),
        ({"due_date": day(2, 1), "until": GRANTED}, None),
        ({"until": GRANTED + LONGEST}, None),
        ({"until": GRANTED + LONGEST + ONE_DAY}, Why.TOO_FAR),
    ],
)
def test_an_open_item_gets_a_later_day_that_has_not_passed(change, why):
    values = {"open_amount": Decimal(100), "due_date": day(3, 1), "until": day(4, 1), "on": GRANTED} | change

    assert why_no_extension(**values) is why


def parts(*rows):
    return [Part(due_on, Decimal(amount)) for due_on, amount in rows]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (parts((FIRST, 60), (SECOND, 40)), None),
        (parts((GRANTED, 60), (SECOND, 40)), None),
        (parts((day(3, 1), 60), (SECOND, 40)), Why.PASSED),
        (parts((FIRST, 100)), Why.TOO_FEW_PARTS),
        (parts((FIRST, 100), (SECOND, 0)), Why.TOO_FEW_PARTS),
        (parts((SECOND, 60), (FIRST, 40)), Why.OUT_OF_ORDER),
        (parts((FIRST, 60), (FIRST, 40)), Why.OUT_OF_ORDER),
        (parts((FIRST, 60), (GRANTED + LONGEST + ONE_DAY, 40)), Why.TOO_FAR),
        (parts((FIRST, 60), (SECOND, "39.99")), Why.OTHER_SUM),
        (parts((FIRST, 60), (SECOND, "40.01")), Why.OTHER_SUM),
    ],
)
def test_the_parts_of_a_plan_ascend_and_are_the_whole(wanted, why):
    owed = [(Decimal(70), day(2, 1)), (Decimal(30), day(3, 15))]

    assert why_no_plan(open_amounts=owed, parts=wanted, on=GRANTED) is why


@pytest.mark.parametrize(
    ("owed", "why"),
    [
        ([], Why.NOT_OPEN),
        ([(Decimal(100), day(2, 1)), (Decimal(0), day(2, 1))], Why.NOT_OPEN),
        ([(Decimal(100), None)], Why.NO_DUE_DATE),
    ],
)
def test_a_plan_is_about_open_items_with_due_dates(owed, why):
    assert why_no_plan(open_amounts=owed, parts=parts((FIRST, 60), (SECOND, 40)), on=GRANTED) is why


@pytest.mark.parametrize(("granted", "expected"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_customer_gets_more_time_so_many_times_a_year(granted, expected):
    assert may_have_more(granted, allowed=2) is expected


# Was it kept?


def fate(paid, as_of, covered=()):
    rows = [(on, Decimal(amount)) for on, amount in paid]
    given = [(on, Decimal(amount)) for on, amount in covered]
    return fate_of(parts=PLAN, granted_on=GRANTED, paid=rows, as_of=as_of, covered=given)


RUNS, KEPT, MISSED = Outcome.RUNS, Outcome.KEPT, Outcome.MISSED


@pytest.mark.parametrize(
    ("paid", "as_of", "expected"),
    [
        # nothing came: the part's own day is still on time
        ([], GRANTED, Fate(RUNS, GRANTED, 0)),
        ([], FIRST, Fate(RUNS, GRANTED, 0)),
        ([], day(3, 11), Fate(MISSED, day(3, 11), 0)),
        ([], day(8, 1), Fate(MISSED, day(3, 11), 0)),
        # a cent is missing
        ([(FIRST, "99.99")], day(3, 11), Fate(MISSED, day(3, 11), 0)),
        # on the day, and a day late
        ([(FIRST, 100)], day(3, 11), Fate(RUNS, FIRST, 1)),
        ([(day(3, 11), 100)], day(3, 11), Fate(MISSED, day(3, 11), 0)),
        # money of a day that has not come counts on that day
        ([(FIRST, 100)], day(3, 9), Fate(RUNS, GRANTED, 0)),
        # in two bits, ahead of time, and two parts at once
        ([(day(3, 3), 60), (day(3, 5), 40)], day(3, 6), Fate(RUNS, day(3, 5), 1)),
        ([(day(3, 5), 200)], day(3, 20), Fate(RUNS, day(3, 5), 2)),
        ([(day(3, 5), 199)], day(3, 20), Fate(RUNS, day(3, 5), 1)),
        # the second part is missed, whatever comes later
        ([(FIRST, 100), (day(4, 11), 150)], day(4, 11), Fate(MISSED, day(4, 11), 1)),
        # all of it
        ([(FIRST, 100), (SECOND, 100), (THIRD, 50)], THIRD, Fate(KEPT, THIRD, 2)),
        ([(day(3, 4), 250)], day(3, 4), Fate(KEPT, day(3, 4), 0)),
        # money that bounced counts no more, from its day on
        ([(FIRST, 100), (day(3, 20), -100)], day(3, 20), Fate(RUNS, day(3, 20), 0)),
        ([(FIRST, 100), (day(3, 20), -100)], day(3, 21), Fate(MISSED, day(3, 21), 0)),
        ([(FIRST, 100), (day(3, 20), -100), (day(3, 20), 100)], day(3, 21), Fate(RUNS, FIRST, 1)),
        # what counts from before the grant was known after it
        ([(day(2, 1), 100)], day(3, 11), Fate(RUNS, GRANTED, 1)),
    ],
)
def test_a_plan_follows_the_money(paid, as_of, expected):
    assert fate(paid, as_of) == expected


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([(FIRST, 100)], Fate(RUNS, GRANTED, 0)),  # it waits, and pays for nothing
        ([(FIRST, 99)], Fate(MISSED, day(3, 11), 0)),
        ([(day(3, 11), 100)], Fate(MISSED, day(3, 11), 0)),  # given too late
    ],
)
def test_a_receipt_given_in_time_lets_nothing_be_missed(covered, expected):
    assert fate([], day(3, 20), covered) == expected


def test_an_extension_is_a_plan_of_one_part_and_one_of_nothing_is_kept():
    one = [Part(FIRST, Decimal(100))]

    assert fate_of(parts=one, granted_on=GRANTED, paid=[], as_of=FIRST) == Fate(RUNS, GRANTED, 0)
    assert fate_of(parts=one, granted_on=GRANTED, paid=[(FIRST, Decimal(100))], as_of=FIRST) == Fate(KEPT, FIRST, 0)
    nothing = [Part(FIRST, Decimal(0))]
    assert fate_of(parts=nothing, granted_on=GRANTED, paid=[], as_of=GRANTED).outcome is KEPT
