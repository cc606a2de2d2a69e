from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_app.policy.thresholds import Thresholds
from collections_app.visits import chances
from collections_app.visits.chances import Adopted, Asking, Found, Learned, Own, Table, Uses, askings_of
from collections_app.visits.worth import USUAL

DAYS = chances.looked_at(Thresholds())
DUE = date(2026, 1, 5)
LATER = date(2027, 6, 1)
DAY = timedelta(days=1)


def of(settled_on, until=LATER):
    return list(askings_of(7, DUE, settled_on, until=until, days=DAYS))


def outcomes(settled_on, until=LATER):
    return [(row.days_late, row.standing, row.paid) for row in of(settled_on, until)]


# Askings


def test_an_item_is_asked_for_on_its_due_day_and_where_a_standing_or_band_begins():
    assert [(days, standing) for days, standing in DAYS] == [
        (0, "unpaid"), (1, "overdue"), (8, "overdue"), (31, "overdue"), (60, "quasi-bad"), (90, "quasi-bad"),
        (120, "quasi-bad"), (180, "bad"), (270, "bad"),
    ]  # fmt: skip


def test_bands_follow_the_thresholds_of_the_policy():
    days = chances.looked_at(Thresholds(quasi_bad=20, bad=45))

    assert days == ((0, "unpaid"), (1, "overdue"), (8, "overdue"), (20, "quasi-bad"), (45, "bad"), (135, "bad"))


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (-1, []),  # paid before it was due: never asked for
        (0, [(0, "unpaid", True)]),
        (14, [(0, "unpaid", True), (1, "overdue", True), (8, "overdue", True)]),
        (15, [(0, "unpaid", False), (1, "overdue", True), (8, "overdue", True)]),
    ],
)
def test_money_within_two_weeks_of_an_asking_pays_it(after, said):
    assert outcomes(DUE + after * DAY) == said


def test_an_outcome_counts_from_the_day_on_which_it_is_known():
    assert outcomes(None, until=DUE + 14 * DAY) == []
    assert outcomes(None, until=DUE + 15 * DAY) == [(0, "unpaid", False)]
    assert outcomes(DUE + 3 * DAY, until=DUE + 3 * DAY) == [(0, "unpaid", True), (1, "overdue", True)]
    assert {row.known_on for row in of(DUE + 3 * DAY)} == {DUE + 3 * DAY}


@pytest.mark.parametrize(
    ("standing", "late", "band"),
    [
        ("unpaid", 0, 0),
        ("overdue", 7, 1),
        ("overdue", 8, 8),
        ("quasi-bad", 10, 60),
        ("bad", 999, 270),
        ("dormant", 9, 0),
    ],
)
def test_days_late_lie_in_a_band_of_their_standing(standing, late, band):
    assert chances.band_of(standing, late, DAYS) == band


# What was learned


def asked(number, paid, *, customer=1, standing="overdue", late=1, on=DUE):
    """So many askings of which so many were paid."""
    return [
        Asking(customer, on + place * DAY, on + (place + 15) * DAY, standing, late, place < paid)
        for place in range(number)
    ]


def test_a_band_is_drawn_to_the_rate_of_its_standing_while_it_is_small():
    found = chances.found(asked(100, 80, late=1) + asked(4, 4, late=8))

    first, second = (found.cells.chance("overdue", late) for late in (1, 8))

    assert first == pytest.approx(Decimal("0.8013"), abs=Decimal("0.0001"))
    assert first < second < Decimal("0.86")


def test_a_standing_with_few_askings_has_no_band_of_its_own():
    found = chances.found(asked(100, 80) + asked(29, 0, standing="bad", late=180))

    assert set(found.cells.bands) == {"overdue"}


def test_a_chance_that_falls_with_the_days_is_held_at_its_highest():
    found = chances.found(asked(200, 160, late=1) + asked(200, 40, late=31))

    assert found.cells.chance("overdue", 31) == found.cells.chance("overdue", 1)


def test_a_customer_who_pays_more_often_than_others_in_the_same_band_has_better_odds():
    found = Found(Table.of({"overdue": ((0, Decimal("0.5")),)}), mean=0.5)
    better, usual, worse = Own(9, 10, 5.0), Own(5, 10, 5.0), Own(1, 10, 5.0)

    chance = [found.of(own).chance("overdue", 3, table=USUAL.table) for own in (better, usual, worse)]

    assert chance[0] > chance[1] == Decimal("0.5") > chance[2]
    assert found.of(Own()).chance("overdue", 3, table=USUAL.table) == Decimal("0.5")


def test_who_was_only_asked_when_it_was_hopeless_is_not_worse_than_others():
    found = Found(Table.of({"overdue": ((0, Decimal("0.6")),)}), mean=0.5)

    assert found.of(Own(0, 8, 0.2)).odds > found.of(Own(0, 8, 4.0)).odds


@given(
    standing=st.sampled_from(["unpaid", "overdue", "quasi-bad", "bad", "dormant", "unheard of"]),
    days=st.integers(0, 900),
    odds=st.decimals("0.0001", "900", places=4),
)
def test_a_learned_chance_is_one(standing, days, odds):
    cells = Table.of({"overdue": ((0, Decimal("0.0050")), (30, Decimal("0.9950")))})

    assert 0 < Learned(cells, odds=odds).chance(standing, days, table=USUAL.table) < 1


# Whether it is used


def lives(seed, kinds, customers=40, items=30):
    """Customers of several kinds, each with its own rate of paying within two weeks; what is late is harder to get."""
    random = Random(seed)
    found = []
    for customer in range(customers):
        rate = random.choice(kinds)
        for place in range(items):
            on = DUE + timedelta(days=random.randrange(600))
            standing, late, factor = random.choice([("unpaid", 0, 1.0), ("overdue", 8, 0.8), ("quasi-bad", 60, 0.2)])
            paid = random.random() < rate * factor
            known = on + timedelta(days=random.randrange(15) if paid else 15)
            found.append(Asking(customer, on, known, standing, late, paid))
            del place
    return found


def test_what_foretells_later_outcomes_better_than_the_own_rate_is_used():
    judged = chances.judge(lives(1, [0.95, 0.5, 0.1]), USUAL.table)

    assert judged.uses is Uses.LEARNED
    assert judged.learned.log_loss < judged.own_rate.log_loss < judged.table.log_loss
    assert judged.learned.brier < judged.own_rate.brier
    assert judged.later == pytest.approx(judged.outcomes / 3, abs=5)


def test_with_few_outcomes_the_table_counts_whatever_was_found():
    few = lives(1, [0.95, 0.5, 0.1])[:299]

    assert chances.judge(few, USUAL.table).uses is Uses.TABLE


def test_where_standings_say_nothing_the_own_rate_or_the_table_counts():
    random = Random(5)
    rows = []
    for customer in range(40):
        rate = random.choice([0.9, 0.1])
        for _ in range(30):
            on = DUE + timedelta(days=random.randrange(600))
            early = on < DUE + timedelta(days=400)
            # Bands that told much until the time that judges, and the contrary of it since.
            standing = random.choice(["unpaid", "overdue"])
            told = 0.3 if (standing == "unpaid") == early else -0.3
            paid = random.random() < min(max(rate + told, 0), 1)
            rows.append(
                Asking(customer, on, on + timedelta(days=15), standing, 1 if standing == "overdue" else 0, paid)
            )

    assert chances.judge(rows, USUAL.table).uses is Uses.OWN_RATE


def test_nothing_of_an_asking_is_known_before_its_outcome_is():
    """Who is asked twice before the first outcome is known is foretold as one of whom nothing is known."""
    early = lives(2, [0.8, 0.2])
    on = max(row.on for row in early) + timedelta(days=30)
    twice = [Asking(999, on + place * DAY, on + 20 * DAY, "overdue", 8, paid=True) for place in (0, 1)]
    rows = sorted([*early, *twice], key=lambda row: row.on)

    told = {(row.customer, row.on): own for row, own in chances._histories(rows, chances.found(early))}

    assert [(told[999, row.on].asked, told[999, row.on].paid) for row in twice] == [(0, 0), (0, 0)]


def test_the_order_of_the_rows_changes_nothing():
    rows = lives(3, [0.9, 0.3])

    assert chances.judge(rows, USUAL.table) == chances.judge(rows[::-1], USUAL.table)


def test_too_little_to_part_into_earlier_and_later_is_not_judged():
    assert chances.judge([], USUAL.table) is None
    assert chances.judge(asked(2, 1), USUAL.table) is None


def test_an_area_under_the_curve_counts_pairs_and_half_of_the_ties():
    assert chances.auc([True, False, True, False], [0.9, 0.1, 0.5, 0.5]) == 0.875
    assert chances.auc([True, True], [0.9, 0.1]) == 0.5


# What is used


def test_the_own_rate_takes_the_place_of_the_table_once_something_is_known():
    adopted = Adopted(Uses.OWN_RATE, Found(Table({}), mean=0.5))

    nothing, three = adopted.of([]), adopted.of(asked(3, 3))

    assert nothing.chance("overdue", 8, table=USUAL.table) == USUAL.chance("overdue", 8)
    assert three.chance("overdue", 8, table=USUAL.table) == Decimal("0.8750")
    assert (nothing.seen, three.seen) == (0, 3)


def test_where_the_table_counts_nothing_is_known_of_anybody():
    assert Adopted().of(asked(30, 30)) is None
