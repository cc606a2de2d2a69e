"""What a payment is meant for: the best guess first, with its reason."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.allocation import Kind, Line, Owed
from receivables.proposals import Candidate, Reason, as_said, numbers_in, proposals

DAY = date(2026, 3, 2)


def candidate(key, amount, *, number="", due=date(2026, 2, 1), discount="0", kind=Kind.PRINCIPAL):
    owed = Owed(key, due, date(2026, 1, 1), Decimal(amount), kind)
    return Candidate(owed, number or f"INV-{key:05d}", Decimal(discount))


def best(amount, *candidates, reference="", **said):
    return proposals(Decimal(amount), candidates, reference=reference, on=DAY, **said)[0]


def lines(proposal):
    return {line.key: line.amount for line in proposal.lines}


def test_what_the_payer_named_comes_first():
    found = best("50", candidate(1, "50"), candidate(2, "80"), named=["inv 2"], reference="INV-00001")
    assert (found.reason, lines(found)) == (Reason.NAMED, {2: Decimal(50)})


def test_an_invoice_number_is_found_in_the_reference_however_it_is_written():
    for text in ("payment inv 4711", "INV-04711 thanks", "RE:INV/4711", "4711", "inv-4711, inv-9"):
        found = best("10", candidate(1, "10"), candidate(4711, "80"), reference=text)
        assert (found.reason, lines(found)) == (Reason.REFERENCE, {4711: Decimal(10)}), text


def test_a_short_number_or_a_part_of_a_longer_one_is_no_hit():
    for text in ("invoice 12 of March", "account 99471100", "2026"):
        found = best("80", candidate(12, "10"), candidate(4711, "80"), reference=text)
        assert found.reason == Reason.EXACT, text


@pytest.mark.parametrize(
    ("number", "reference", "is_hit"),
    [
        ("2026-0042", "payment 2026-0042", True),
        ("2026-0042", "20260042", True),
        ("2026/1042", "invoice 1042", True),
        ("2026-1", "rent of 2026-01-15", False),
        ("2026-0001", "rent of 2026-01-15", False),
        ("2026", "year 2026", False),
        ("INV-2026", "order of 02.03.2026", False),
        ("INV-2026", "inv 2026", True),
        ("INV-00012", "rooms 12, 34", False),
        ("INV-1234", "rooms 12, 34", False),
        ("F 7", "F7", False),
        ("发票２０２６００８８", "20260088", True),
        ("no digits", "no digits", False),
    ],
)
def test_a_number_is_found_where_it_is_meant_and_not_in_dates(number, reference, is_hit):
    found = best("10", candidate(1, "10"), candidate(2, "80", number=number), reference=reference)
    assert (found.reason == Reason.REFERENCE) == is_hit


def test_a_named_invoice_is_paid_before_the_charges_on_it_and_both_where_there_is_enough():
    billed, fee = candidate(7, "100", number="INV-777"), candidate(7, "40", number="INV-777", kind=Kind.COST)
    assert best("100", fee, billed, reference="INV-777").lines == (Line(7, Decimal(100)),)
    both = best("140", fee, billed, reference="INV-777")
    assert (sum(line.amount for line in both.lines), both.left) == (Decimal(140), Decimal(0))


def test_a_charge_has_no_discount_and_no_tolerance_of_an_item_with_the_same_key():
    fee = candidate(1, "40", kind=Kind.COST)
    for amount in ("39.99", "39.20"):
        found = proposals(Decimal(amount), [fee], reference="", on=DAY, tolerance=Decimal(1))
        assert [one.shorts for one in found] == [()]


def test_the_exact_amount_of_one_item_then_a_combination_then_the_oldest():
    one, two, three = candidate(1, "40"), candidate(2, "60"), candidate(3, "25")
    assert best("60", one, two, three).reason == Reason.EXACT
    found = best("85", one, two, three)
    assert (found.reason, lines(found)) == (Reason.COMBINATION, {2: Decimal(60), 3: Decimal(25)})
    found = best("70", one, two, three)
    assert (found.reason, lines(found), found.left) == (Reason.OLDEST, {1: Decimal(40), 2: Decimal(30)}, Decimal(0))


def test_the_fewest_items_make_the_combination_and_of_those_the_oldest():
    items = [candidate(key, amount) for key, amount in ((1, "10"), (2, "20"), (3, "30"), (4, "40"), (5, "50"))]
    assert lines(best("60", *items)) == {1: Decimal(10), 5: Decimal(50)}


def test_a_cash_discount_in_time_explains_the_rest():
    found = best("98", candidate(1, "100", discount="2"))
    assert (found.reason, lines(found)) == (Reason.DISCOUNT, {1: Decimal(98)})
    assert [(short.amount, short.code) for short in found.shorts] == [(Decimal(2), "discount")]


def test_a_reference_with_discounts_on_both_invoices_settles_both():
    found = best(
        "147", candidate(1001, "100", discount="2"), candidate(1002, "50", discount="1"), reference="1001 and 1002"
    )
    assert found.reason == Reason.REFERENCE
    assert sum(short.amount for short in found.shorts) == Decimal(3)


def test_a_cash_discount_that_came_too_late_is_named_and_left_to_a_person():
    late = Candidate(candidate(1, "100").owed, "INV-00001", late_discount=Decimal(2))
    found = best("98", late)
    assert (found.reason, lines(found)) == (Reason.LATE_DISCOUNT, {1: Decimal(98)})
    assert [(short.amount, short.code) for short in found.shorts] == [(Decimal(2), "late discount")]
    named = best("98", late, reference="INV 1")
    assert (named.reason, named.shorts) == (Reason.REFERENCE, found.shorts)


def test_of_many_items_a_combination_is_looked_for_in_bounded_time_and_the_sum_of_all_is_found():
    many = [candidate(key, f"{key}.03") for key in range(1, 41)]
    total = sum(one.open for one in many)
    assert best(str(total), *many).reason == Reason.COMBINATION
    assert best("400.01", *many).reason == Reason.OLDEST


def test_a_difference_within_the_tolerance_is_closed_and_above_it_stays_open():
    assert best("99.99", candidate(1, "100"), tolerance=Decimal("0.01")).shorts[0].code == "rounding"
    assert best("99.98", candidate(1, "100"), tolerance=Decimal("0.01")).reason == Reason.OLDEST


amounts = st.decimals("0.01", "500", places=2)


@given(st.lists(st.tuples(amounts, st.integers(-60, 60)), min_size=1, max_size=12), amounts, st.text(max_size=20))
def test_no_proposal_gives_more_than_is_open_or_than_there_is(rows, amount, reference):
    candidates = [
        candidate(key, str(open_amount), due=date.fromordinal(DAY.toordinal() + shift))
        for key, (open_amount, shift) in enumerate(rows, start=1)
    ]
    found = proposals(amount, candidates, reference=reference, on=DAY, tolerance=Decimal("0.05"))

    assert found
    assert found == proposals(
        amount, list(reversed(candidates)), reference=reference, on=DAY, tolerance=Decimal("0.05")
    )
    for one in found:
        paid = lines(one)
        assert sum(paid.values()) + one.left == amount
        for key, part in paid.items():
            rest = sum((short.amount for short in one.shorts if short.key == key), Decimal(0))
            assert Decimal(0) < part
            assert part + rest <= candidates[key - 1].open
        if one.reason == Reason.COMBINATION:
            assert sum(paid.values()) == amount
            assert all(candidates[key - 1].open == part for key, part in paid.items())


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("INV-1\nINV-2", ("INV-1", "INV-2")),
        (" INV-1 ,INV 2;\tINV/3\r\n", ("INV-1", "INV 2", "INV/3")),
        ("INV-1    INV-2", ("INV-1", "INV-2")),
        ("INV-1, INV-1, inv-01", ("INV-1",)),
        ("—, \n , ;", ()),
        ("", ()),
    ],
)
def test_the_numbers_of_a_payers_list_are_read_as_they_are_written(text, numbers):
    assert numbers_in(text) == numbers


def test_a_number_is_the_same_without_its_separators_and_leading_zeros():
    assert as_said("inv 00042") == as_said("INV-42") != as_said("INV-420")


# Named, and short of something


def shorts(proposal):
    return [(one.key, one.amount, one.code) for one in proposal.shorts]


def test_invoices_named_and_paid_less_their_discounts_are_settled_less_them_and_nothing_is_left():
    found = best("196.50", candidate(1, "100", discount="2"), candidate(2, "100", discount="1.50"),
                 named=["INV-1", "INV-2"])  # fmt: skip

    assert (found.reason, found.left) == (Reason.NAMED, Decimal(0))
    assert lines(found) == {1: Decimal(98), 2: Decimal("98.50")}
    assert shorts(found) == [(1, Decimal(2), "discount"), (2, Decimal("1.50"), "discount")]


def test_of_invoices_named_only_those_with_a_discount_keep_one():
    found = best("198", candidate(1, "100", discount="2"), candidate(2, "100"), named=["INV-1", "INV-2"])

    assert lines(found) == {1: Decimal(98), 2: Decimal(100)}
    assert shorts(found) == [(1, Decimal(2), "discount")]


@pytest.mark.parametrize(
    ("amount", "closed"), [("200", []), ("199.50", [(2, Decimal("0.50"), "rounding")]), ("199.49", []), ("100", [])]
)
def test_a_difference_within_the_tolerance_is_closed_on_the_last_of_the_invoices_named(amount, closed):
    found = best(amount, candidate(1, "100"), candidate(2, "100"), named=["INV-1", "INV-2"], tolerance=Decimal("0.50"))

    assert (found.reason, found.left, shorts(found)) == (Reason.NAMED, Decimal(0), closed)


def test_no_line_is_empty_and_nothing_is_closed_where_the_money_does_not_reach_the_last_invoice():
    found = best(
        "99.80", candidate(1, "99.80"), candidate(2, "0.20"), named=["INV-1", "INV-2"], tolerance=Decimal("0.50")
    )

    assert (lines(found), shorts(found)) == ({1: Decimal("99.80")}, [])


def late(key, amount, discount):
    owed = Owed(key, date(2026, 2, 1), date(2026, 1, 1), Decimal(amount), Kind.PRINCIPAL)
    return Candidate(owed, f"INV-{key:05d}", late_discount=Decimal(discount))


@pytest.mark.parametrize(
    ("amount", "asked"), [("98", [(1, Decimal(2), "late discount")]), ("97", []), ("100", []), ("101", [])]
)
def test_a_discount_that_came_too_late_is_asked_for_where_exactly_that_is_missing(amount, asked):
    found = best(amount, late(1, "100", "2"), named=["INV-1"])

    assert (found.reason, shorts(found)) == (Reason.NAMED, asked)


def test_of_two_invoices_named_no_late_discount_is_guessed():
    found = best("198", late(1, "100", "2"), late(2, "100", "2"), named=["INV-1", "INV-2"])

    assert (lines(found), shorts(found)) == ({1: Decimal(100), 2: Decimal(98)}, [])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"discount": "2"}, (Reason.DISCOUNT, [(1, Decimal(2), "discount")])),
        ({}, (Reason.TOLERANCE, [(1, Decimal(2), "rounding")])),
    ],
)
def test_what_the_amount_alone_says_leaves_nothing_of_it(values, said):
    found = best("98", candidate(1, "100", **values), tolerance=Decimal(2))

    assert (found.reason, shorts(found)) == said
    assert (lines(found), found.left) == ({1: Decimal(98)}, Decimal(0))


# All of them


def reasons(amount, *candidates, **said):
    said = {"reference": ""} | said
    return [one.reason for one in proposals(Decimal(amount), candidates, on=DAY, **said)]


def test_the_same_lines_are_proposed_once_for_their_best_reason_and_others_beside_them():
    older, newer = candidate(1, "80", due=date(2026, 1, 5)), candidate(2, "100")

    assert reasons("80", older, newer, named=["INV-1"]) == [Reason.NAMED]
    assert reasons("100", older, newer, named=["INV-2"]) == [Reason.NAMED, Reason.OLDEST]


def test_where_nothing_is_open_nothing_is_proposed():
    assert reasons("100") == []


def test_a_discount_is_proposed_where_exactly_that_is_missing_and_nowhere_else():
    assert Reason.DISCOUNT not in reasons("97", candidate(1, "100", discount="2"))
    assert Reason.LATE_DISCOUNT not in reasons("97", late(1, "100", "2"))


@pytest.mark.parametrize(
    ("charges_first", "expected"),
    [(True, [(7, Kind.COST, 5), (1, Kind.PRINCIPAL, 1)]), (False, [(1, Kind.PRINCIPAL, 6)])],
)
def test_charges_are_settled_in_the_agreed_order_and_stay_charges(charges_first, expected):
    found = best("6", candidate(1, "100"), candidate(7, "5", kind=Kind.COST), charges_first=charges_first)

    assert found.reason == Reason.OLDEST
    assert [(line.key, line.kind, line.amount) for line in found.lines] == expected


def test_two_items_that_sum_to_the_amount_leave_nothing():
    found = best("180", candidate(1, "80"), candidate(2, "100"))

    assert (found.reason, found.left, lines(found)) == (Reason.COMBINATION, Decimal(0), {1: 80, 2: 100})
