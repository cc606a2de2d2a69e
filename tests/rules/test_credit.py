"""Credit as a credit controller would argue it: exposure, ramp, first orders, insurers, concentration, splits."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.gate import credit_rules as rules
from collections_app.gate.credit_rules import Cover, Doubt, InsuredTerms, OpenItem, Part
from collections_app.gate.split_rules import Expected, OrderLine, propose

CASES = json.loads(
    (Path(__file__).parents[1] / "data/ar-cases/cases.json").read_text(encoding="utf-8"), parse_int=Decimal
)
TODAY = date(2026, 11, 24)
RATES = {"EUR": Decimal(1), "GBP": Decimal("1.1934")}


def days(count):
    return TODAY + timedelta(days=count)


# Exposure and limits


@pytest.mark.parametrize("case", CASES["credit_limit"], ids=str)
def test_the_known_cases_of_limits_are_answered_as_expected(case):
    assert rules.is_exceeded(case["exposure"], case["limit"]) is case["exceeded"]


@pytest.mark.parametrize(("exposure", "exceeded"), [("99.99", False), ("100.00", False), ("100.01", True)])
def test_exactly_at_the_limit_is_within_it(exposure, exceeded):
    assert rules.is_exceeded(Decimal(exposure), Decimal(100)) is exceeded


@pytest.mark.parametrize(
    ("exposure", "limit", "used"),
    [
        ("50", "200", "0.25"),
        ("200", "200", "1"),
        ("0", "200", "0"),
        (None, "200", None),
        ("50", None, None),
        ("5", "0", None),
    ],
)
def test_the_used_share_is_undefined_without_a_rate_and_of_a_limit_of_nothing(exposure, limit, used):
    found = rules.used(exposure and Decimal(exposure), limit and Decimal(limit))

    assert found == (used and Decimal(used))


def test_the_parts_of_an_exposure_add_up_in_base_currency_and_keep_their_own():
    sums = {
        Part.OPEN: {"EUR": Decimal("100.10"), "GBP": Decimal("10.01")},
        Part.CONSIGNED: {"GBP": Decimal("33.33")},
    }

    found = rules.exposure(sums, RATES, "EUR")

    assert [(part.part, part.amount) for part in found.parts] == [
        (Part.OPEN, Decimal("112.05")),
        (Part.ON_THE_WAY, Decimal(0)),
        (Part.CONSIGNED, Decimal("39.78")),
    ]
    assert found.parts[0].sums == (("EUR", Decimal("100.10")), ("GBP", Decimal("10.01")))
    assert found.total == Decimal("151.83")


def test_a_currency_without_a_rate_is_named_and_nothing_is_summed_without_it():
    found = rules.exposure({Part.OPEN: {"EUR": Decimal(10), "JPY": Decimal(900)}}, RATES, "EUR")

    assert (found.total, found.missing) == (None, ("JPY",))
    assert [part.amount for part in found.parts] == [None, Decimal(0), Decimal(0)]


def test_what_has_no_amount_needs_no_rate():
    assert rules.exposure({Part.OPEN: {"JPY": Decimal(0)}}, RATES, "EUR").total == 0


def test_several_accounts_count_as_one():
    found = rules.together(
        [
            {Part.OPEN: {"EUR": Decimal(10)}, Part.ON_THE_WAY: {"EUR": Decimal(1)}},
            {Part.OPEN: {"EUR": Decimal(5), "GBP": Decimal(2)}},
        ]
    )

    assert found[Part.OPEN] == {"EUR": Decimal(15), "GBP": Decimal(2)}
    assert found[Part.ON_THE_WAY] == {"EUR": Decimal(1)}


# New customers


def climbed(settled, *, granted="3000", start="500", needed=6):
    return rules.ramp(
        start=Decimal(start), granted=granted and Decimal(granted), settled=settled, needed=needed, base="EUR"
    )


@pytest.mark.parametrize(
    ("settled", "allowed"),
    [(0, "500.00"), (1, "916.67"), (3, "1750.00"), (5, "2583.33"), (6, "3000.00"), (60, "3000.00")],
)
def test_credit_grows_from_the_start_to_the_whole_limit_with_each_settlement_on_time(settled, allowed):
    assert climbed(settled).allowed == Decimal(allowed)


def test_the_ramp_shows_every_step_and_which_are_reached():
    found = climbed(2, needed=4, granted="2500")

    assert [(step.settled, step.allowed, step.is_reached) for step in found.steps] == [
        (0, Decimal("500.00"), True),
        (1, Decimal("1000.00"), True),
        (2, Decimal("1500.00"), True),
        (3, Decimal("2000.00"), False),
        (4, Decimal("2500.00"), False),
    ]


@pytest.mark.parametrize(("settled", "allowed"), [(0, "500.00"), (1, "1000.00"), (9, "5000.00")])
def test_without_a_stated_limit_each_settlement_adds_the_first_step_again(settled, allowed):
    found = climbed(settled, granted=None)

    assert found.allowed == Decimal(allowed)
    assert len(found.steps) <= 7
    assert [step.is_reached for step in found.steps][-2:] == [True, False]


def test_a_limit_below_the_first_step_is_the_whole_of_it():
    assert [climbed(settled, granted="200").allowed for settled in (0, 6)] == [Decimal("200.00")] * 2
    assert climbed(0, granted="0").allowed == 0


def test_a_policy_without_steps_opens_the_whole_limit_at_once():
    assert climbed(0, needed=0).allowed == Decimal("3000.00")


@pytest.mark.parametrize(
    ("first", "is_new"), [(None, True), (days(0), True), (days(-364), True), (days(-365), False), (days(-366), False)]
)
def test_a_customer_counts_as_new_for_a_year_from_its_first_invoice(first, is_new):
    assert rules.is_new(first_invoice_on=first, as_of=TODAY, new_for=365) is is_new


@pytest.mark.parametrize(
    ("amount", "without_questions", "doubt"),
    [
        ("1999.99", False, None),
        ("2000.00", False, Doubt.LARGE),
        ("1999.99", True, Doubt.UNQUESTIONING),
        ("2000.00", True, Doubt.LARGE),
        (None, False, None),
        (None, True, Doubt.UNQUESTIONING),
    ],
)
def test_a_first_order_that_is_large_or_came_too_easily_is_looked_at(amount, without_questions, doubt):
    found = rules.doubt_about(
        amount_in_base=amount and Decimal(amount), without_questions=without_questions, first_order_from=Decimal(2000)
    )

    assert found == doubt


# Insurers


def late(invoice, due_date, *, agreed=None, latest=None, is_told=False):
    return OpenItem(1, invoice, agreed or due_date, due_date, latest or due_date, is_told)


@pytest.mark.parametrize(("ends_before", "ended_on"), [(days(1), None), (days(0), days(-1)), (days(-9), days(-10))])
def test_a_cover_lasts_until_its_last_day(ends_before, ended_on):
    assert rules.cover(InsuredTerms(ends_before, None, None), [], TODAY) == Cover(ended_on=ended_on)


@pytest.mark.parametrize(("due", "missed"), [(days(-29), ""), (days(-30), ""), (days(-31), "INV-1")])
def test_the_notification_day_itself_is_in_time(due, missed):
    terms = InsuredTerms(days(99), None, 30)

    assert rules.cover(terms, [late("INV-1", due)], TODAY).not_told == missed


def test_whoever_was_told_misses_nothing_and_the_oldest_of_the_others_is_named():
    items = [late("INV-3", days(-40)), late("INV-1", days(-90), is_told=True), late("INV-2", days(-60))]

    assert rules.cover(InsuredTerms(days(99), None, 30), items, TODAY).not_told == "INV-2"


@pytest.mark.parametrize(("latest", "over"), [(days(60), None), (days(61), 1), (days(75), 15)])
def test_an_extension_is_longer_than_the_insurer_allows_from_the_first_day_beyond(latest, over):
    items = [late("INV-1", days(20), agreed=days(0), latest=latest), late("INV-2", days(1), agreed=days(0))]

    assert rules.cover(InsuredTerms(days(99), 60, None), items, TODAY).over_extension == over


def test_an_insurer_who_asks_for_nothing_is_told_nothing():
    items = [late("INV-1", days(-900), agreed=days(-999))]

    assert rules.cover(InsuredTerms(days(99), None, None), items, TODAY) == Cover()


# Concentration


def test_the_ten_largest_and_the_index_say_on_how_few_a_book_hangs():
    found = rules.concentration([Decimal(100)] * 8 + [Decimal(50)] * 4 + [Decimal(0)])

    assert (found.debtors, found.total) == (12, Decimal(1000))
    assert found.largest_share == Decimal("0.9")
    assert found.index == 900  # 8 × 10² + 4 × 5²


def test_a_single_debtor_is_the_whole_and_nobody_is_nothing():
    assert rules.concentration([Decimal(7)]).index == 10_000
    assert rules.concentration([Decimal(0)]) == rules.Concentration(0, Decimal(0), None, None)


# Orders that are too large


def order(*lines):
    return [
        OrderLine(product, Decimal(quantity), Decimal(price), Decimal(share))
        for product, quantity, price, share in lines
    ]


WINE = order(("red", 100, "10", "0.6"), ("white", 50, "20", "0.3"), ("cava", 5, "100", "0.1"))  # 2,500


def offered(lines=WINE, *, room, payments=(), after=None):
    return propose(
        lines,
        room=Decimal(room),
        payments=[Expected(days(day), Decimal(amount), document) for day, amount, document in payments],
        on=TODAY,
        currency="EUR",
        settled_after=after or (lambda day: None),
    )


def whole(portion):
    return [int(quantity) for quantity in portion.quantities] if portion else None


def test_what_fits_now_keeps_all_varieties_in_proportion():
    found = offered(room=1250)

    assert whole(found.now) == [51, 26, 2]
    assert found.now.amount == Decimal("1230.00")
    assert found.now.on == TODAY


def test_where_not_a_unit_of_each_fits_the_least_sold_variety_waits():
    found = offered(room=95)

    assert whole(found.now) == [5, 2, 0]


def test_a_variety_of_which_no_unit_fits_does_not_keep_back_the_others():
    dear = order(("cava", 5, "100", "0.9"), ("red", 9, "10", "0.1"))

    assert whole(offered(dear, room=60).now) == [0, 6]


def test_the_rest_follows_on_the_days_on_which_payments_make_room():
    found = offered(room=1250, payments=[(10, "800", "INV-1"), (20, "900", "INV-2")])

    assert [(portion.on, whole(portion)) for portion in found.later] == [
        (days(10), [32, 15, 2]),
        (days(20), [17, 9, 1]),
    ]
    assert [[one.document for one in portion.after] for portion in found.later] == [["INV-1"], ["INV-2"]]
    assert not any(found.rest)


def test_what_is_late_is_expected_today_and_named():
    found = offered(room=-300, payments=[(-40, "800", "INV-1")])

    [first] = found.later
    assert found.now is None
    assert (first.on, first.after[0].document, first.amount <= 500) == (TODAY, "INV-1", True)


def test_a_payment_too_small_for_a_unit_waits_for_the_next_and_both_are_named():
    found = offered(order(("cava", 1, "100", "1")), room=-50, payments=[(5, "60", "INV-1"), (9, "90", "INV-2")])

    [only] = found.later
    assert (only.on, [one.document for one in only.after]) == (days(9), ["INV-1", "INV-2"])


def test_the_goods_that_leave_are_paid_themselves_and_make_room_again():
    found = offered(order(("red", 30, "10", "1")), room=100, after=lambda day: day + timedelta(days=30))

    assert whole(found.now) == [10]
    assert [(portion.on, whole(portion)) for portion in found.later] == [(days(30), [10]), (days(60), [10])]
    assert found.later[1].after[0].goods_of == days(30)


def test_where_nothing_ever_fits_it_says_how_much_more_must_become_free():
    found = offered(room=-100, payments=[(-3, "90", "INV-1")])

    assert (found.now, found.later) == (None, ())
    assert found.rest == tuple(line.quantity for line in WINE)
    assert found.lacking == Decimal("20.00")


def test_an_order_that_fits_leaves_as_it_is_even_in_parts_of_a_unit():
    found = offered(order(("oil", "2.5", "10", "1")), room=25)

    assert (found.now.quantities, found.later) == ((Decimal("2.5"),), ())


LINES = st.lists(
    st.builds(
        OrderLine,
        product=st.text(max_size=3),
        quantity=st.decimals("0.5", 500, places=1),
        unit_price=st.decimals(0, 300, places=4),
        share=st.decimals(0, 1, places=2),
    ),
    min_size=1,
    max_size=6,
)
PAYMENTS = st.lists(
    st.builds(
        Expected,
        on=st.dates(days(-60), days(90)),
        amount=st.decimals("0.01", 3000, places=2),
        document=st.text(max_size=2),
    ),
    max_size=6,
)


@given(LINES, st.decimals(-2000, 5000, places=2), PAYMENTS, st.integers(0, 60))
def test_no_portion_is_larger_than_its_room_and_nothing_is_lost(lines, room, payments, term):
    found = propose(
        lines,
        room=room,
        payments=payments,
        on=TODAY,
        currency="EUR",
        settled_after=lambda day: day + timedelta(days=term),
    )
    portions = ([found.now] if found.now else []) + list(found.later)

    for portion in portions:
        room += sum(one.amount for one in portion.after)
        assert portion.amount <= room
        assert any(portion.quantities)
        room -= portion.amount
    assert [portion.on for portion in portions] == sorted(portion.on for portion in portions)
    for place, line in enumerate(lines):
        going = sum((portion.quantities[place] for portion in portions), Decimal(0))
        assert going + found.rest[place] == line.quantity
        for portion in portions:
            assert portion.quantities[place] >= 0
