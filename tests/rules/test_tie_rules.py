"""What explains a difference between our balance and the ledger's, and what is honestly left over."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from collections_app.standings.tie_rules import MOST_LOOKED_AT, Cause, Lacking, adding_up, explain, lacking

EVENING, NIGHT = datetime(2026, 3, 11, 18, tzinfo=UTC), datetime(2026, 3, 11, 23, tzinfo=UTC)


def cause(amount, name="x", told=None):
    return Cause("receipt", name, "C1", Decimal(str(amount)), told)


def said(difference, untold=(), others=(), late=(), billed=()):
    known = Lacking(
        untold=[cause(one) for one in untold],
        late=[cause(one, told=EVENING) for one in late],
        billed=[cause(one) for one in billed],
    )
    found = explain(Decimal(str(difference)), known, others=[cause(one) for one in others])
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


@pytest.mark.parametrize(
    ("difference", "untold", "late", "billed", "causes", "left"),
    [
        ("100", [], [], ["100"], ["100"], "0"),
        ("70", ["-30"], [], ["100"], ["-30", "100"], "0"),
        ("-30", ["-30"], [], ["100"], ["-30"], "0"),
        ("50", ["-30"], ["-20"], ["100"], ["-30", "-20", "100"], "0"),
        ("70", ["-30"], ["-20"], ["100"], ["-30", "100"], "0"),
        ("-50", ["-30"], ["-20"], ["100"], ["-30", "-20"], "0"),
        ("5", [], [], ["900"], [], "5"),  # the ledger has the invoice, and 5 are another matter
        ("905", [], [], ["900"], ["900"], "5"),
    ],
)
def test_an_invoice_made_here_counts_where_it_leaves_less_open(difference, untold, late, billed, causes, left):
    assert said(difference, untold, (), late, billed) == (causes, left)


def proved(difference, **known):
    found = lacking(Decimal(str(difference)), Lacking(**known))
    return [str(one.amount) for one in found.causes], str(found.left)


def test_what_was_told_last_may_alone_be_missing_however_much_was_told_late_before():
    early = [cause(-amount, told=EVENING) for amount in (1, 2, 4, 8)]
    last = [cause(-amount, told=NIGHT) for amount in (100, 200, 400, 800)]

    assert proved(-1500, late=[*last, *early]) == (["-100", "-200", "-400", "-800"], "0")


def test_the_ledger_may_have_had_a_few_of_many_by_itself():
    untold = [cause(-amount) for amount in (1, 2, 4, 8, 16, 32)]

    assert proved(-58, untold=untold) == (["-2", "-8", "-16", "-32"], "0")
    assert proved("-58.01", untold=untold) == (["-1", "-2", "-4", "-8", "-16", "-32"], "4.99")


def test_an_invoice_that_was_settled_here_is_lacking_with_its_money_or_billed_there_alone():
    paid = {"untold": [cause(-100), cause(-7), cause(-20), cause(-50)], "settled": [cause(100)]}

    assert proved(-77, **paid) == (["-100", "-7", "-20", "-50", "100"], "0")
    assert proved(-177, **paid) == (["-100", "-7", "-20", "-50"], "0")


def test_what_a_list_says_item_by_item_is_looked_at_before_any_sum_that_fits():
    known = Lacking(untold=[cause(-200, "cheque")], listed=[cause(-80, "A2")])

    found = explain(Decimal(-280), known, others=[cause(-180, "R1"), cause(-100, "A2 opening")])

    assert [one.document for one in found.causes] == ["cheque", "A2"]


def test_one_cause_that_fits_is_better_than_several():
    assert [one.amount for one in adding_up(Decimal(5), [cause(2), cause(3), cause(5)])] == [5]


def test_the_same_cause_is_not_used_twice():
    assert adding_up(Decimal(4), [cause(2), cause(3)]) == ()
    assert len(adding_up(Decimal(4), [cause(2), cause(2)])) == 2


def test_among_many_causes_only_single_ones_are_looked_for_beyond_the_first():
    many = [cause(1000 + place) for place in range(MOST_LOOKED_AT)] + [cause(7), cause(8)]

    assert [one.amount for one in adding_up(Decimal(8), many)] == [8]
    assert adding_up(Decimal(15), many) == ()
