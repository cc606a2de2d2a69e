"""What explains a difference between our balance and the ledger's, and what is honestly left over."""

from decimal import Decimal

import pytest

from collections_app.standings.tie_rules import MOST_LOOKED_AT, Cause, adding_up, explain


def cause(amount, name="x"):
    return Cause("receipt", name, "C1", Decimal(str(amount)))


def said(difference, untold=(), others=(), late=()):
    found = explain(
        Decimal(str(difference)),
        untold=[cause(one) for one in untold],
        late=[cause(one) for one in late],
        others=[cause(one) for one in others],
    )
    return [str(one.amount) for one in found.causes], str(found.left)


@pytest.mark.parametrize(
    ("difference", "untold", "others", "causes", "left"),
    [
        ("0", ["-5"], [], [], "0"),
        ("-100", ["-60", "-40"], [], ["-60", "-40"], "0"),
        ("-60", ["-60", "-40", "-7"], [], ["-60"], "0"),
        ("-67", ["-60", "-40", "-7"], [], ["-60", "-7"], "0"),
        ("-90", ["-60"], ["30", "-30"], ["-60", "-30"], "0"),
        ("30", ["-60"], ["30", "5"], ["30"], "0"),
        ("-12.34", [], ["1", "2"], [], "-12.34"),
        ("-72.34", ["-60"], ["1"], ["-60"], "-12.34"),
        ("10", [], ["1", "2", "3", "4"], [], "10"),
        ("9", [], ["1", "2", "3", "4"], ["2", "3", "4"], "0"),
        ("6", [], ["3", "9"], [], "6"),
    ],
)
def test_what_is_untold_comes_first_then_what_fits_exactly_then_what_is_left(difference, untold, others, causes, left):
    assert said(difference, untold, others) == (causes, left)


@pytest.mark.parametrize(
    ("difference", "untold", "late", "others", "causes", "left"),
    [
        ("-90", ["-70"], ["-20"], [], ["-70", "-20"], "0"),
        ("-70", ["-70"], ["-20"], [], ["-70"], "0"),
        ("-20", ["-70"], ["-20"], [], ["-20"], "0"),
        ("-82.34", ["-70"], ["-150", "-11.9"], [], ["-70"], "-12.34"),
        ("-242", ["-70"], ["-150", "-11.9"], [], ["-70", "-150", "-11.9"], "-10.1"),
        ("-65", ["-70"], ["-20"], ["5"], ["-70", "5"], "0"),
        ("-85", ["-70"], ["-20"], ["5"], ["-70", "-20", "5"], "0"),
    ],
)
def test_what_was_told_late_counts_where_it_leaves_less_open(difference, untold, late, others, causes, left):
    assert said(difference, untold, others, late) == (causes, left)


def test_one_cause_that_fits_is_better_than_several():
    assert [one.amount for one in adding_up(Decimal(5), [cause(2), cause(3), cause(5)])] == [5]


def test_the_same_cause_is_not_used_twice():
    assert adding_up(Decimal(4), [cause(2), cause(3)]) == ()
    assert len(adding_up(Decimal(4), [cause(2), cause(2)])) == 2


def test_among_many_causes_only_single_ones_are_looked_for_beyond_the_first():
    many = [cause(1000 + place) for place in range(MOST_LOOKED_AT)] + [cause(7), cause(8)]

    assert [one.amount for one in adding_up(Decimal(8), many)] == [8]
    assert adding_up(Decimal(15), many) == ()
