"""The supply ladder: which rung may follow, what of a batch it keeps, when it is left, what its letter may say."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.gate import ladder_conduct
from collections_app.gate import ladder_rules as rules
from collections_app.gate.ladder_rules import Batch, Breach, Footing, Lack, Line, Rung, Usual
from collections_app.gate.models import Rung as StoredRung
from collections_app.policy.thresholds import Ladder

TUESDAY = date(2026, 11, 24)
TERMS = rules.terms_of(Ladder(), notice=10)
OWES = Breach(days_late=200, late=Decimal(5000))
OVER = Footing(4, notice_until=TUESDAY - timedelta(days=1))


def lacks(rung, **facts):
    known = {"breach": OWES, "footing": OVER, "terms": TERMS, "as_of": TUESDAY, "may_fetch_goods": True}
    return [one.kind for one in rules.lacking(rung, **known | facts)]


def test_rules_and_tables_count_the_same_rungs():
    assert [(rung.name, rung.value) for rung in Rung] == [(rung.name, rung.value) for rung in StoredRung]


# Which rung may follow


@pytest.mark.parametrize(("rung", "first_day"), list(enumerate(Ladder().late_from, start=1)))
def test_each_rung_begins_on_its_very_day(rung, first_day):
    assert lacks(rung, breach=Breach(first_day, Decimal(5000))) == []
    assert lacks(rung, breach=Breach(first_day - 1, Decimal(5000))) == [Lack.NOT_LATE]


def test_the_ladder_begins_at_the_least_amount():
    assert lacks(1, breach=Breach(15, Decimal("100.00"))) == []
    assert lacks(1, breach=Breach(15, Decimal("99.99"))) == [Lack.TOO_LITTLE]


def test_what_has_no_rate_cannot_be_compared_unless_the_rest_is_enough():
    assert lacks(1, breach=Breach(15, Decimal(0), ("USD",))) == [Lack.NO_RATE]
    assert lacks(1, breach=Breach(15, Decimal(100), ("USD",))) == []


def test_who_owes_nothing_late_is_on_no_rung_to_come():
    assert lacks(1, breach=Breach()) == [Lack.NOT_LATE, Lack.TOO_LITTLE]


@pytest.mark.parametrize(("until", "expected"), [(TUESDAY, [Lack.NOTICE_RUNS]), (TUESDAY - timedelta(days=1), [])])
@pytest.mark.parametrize("rung", [5, 6])
def test_the_time_that_the_last_letter_gave_is_kept_also_where_a_rung_is_skipped(rung, until, expected):
    assert lacks(rung, footing=Footing(4, until)) == expected


def test_the_court_file_needs_a_letter_before_it():
    assert lacks(Rung.COURT_FILE, footing=Footing()) == [Lack.NO_NOTICE]
    assert lacks(Rung.NO_SUPPLY, footing=Footing()) == []


def test_goods_come_back_under_title_or_consent_alone():
    assert lacks(Rung.RETURN_OF_GOODS, may_fetch_goods=False) == [Lack.NO_TITLE]
    assert lacks(Rung.NO_SUPPLY, may_fetch_goods=False) == []
    assert lacks(Rung.COURT_FILE, may_fetch_goods=False) == []


@pytest.mark.parametrize("because", ["insolvent", "in court", "handed over"])
def test_whose_claim_is_with_others_climbs_no_further(because):
    [lack] = rules.lacking(5, breach=Breach(), footing=OVER, terms=TERMS, as_of=TUESDAY, lost_because=because)

    assert (lack.kind, lack.facts) == (Lack.LOST, {"because": because})


@pytest.mark.parametrize(
    ("standing", "following", "to_the_top"),
    [(0, 1, [1, 2, 3, 4, 5]), (1, 2, [2, 3, 4, 5]), (4, 5, [5]), (5, 6, []), (6, 0, [])],
)
def test_rungs_follow_one_by_one(standing, following, to_the_top):
    assert rules.next_rung(standing) == following
    assert rules.skipped(6, standing) == to_the_top
    assert rules.skipped(following, standing) == []


@pytest.mark.parametrize(
    ("left", "expected"),
    [([], True), ([Decimal(0)], True), ([Decimal(0), Decimal("0.01")], False), ([Decimal("-5")], True)],
)
def test_the_ladder_is_left_when_nothing_undisputed_is_late(left, expected):
    assert rules.is_over(left) is expected


# What a rung keeps back

WATER, COLA, GIFT = 1, 2, 3
USUAL = Usual(Decimal(500), frozenset({COLA}))
BATCHES = {
    "small": Batch(Decimal(500), [Line(WATER, Decimal(5), Decimal(500))]),
    "large": Batch(Decimal("500.01"), [Line(WATER, Decimal(5), Decimal("500.01"))]),
    "with a gift": Batch(Decimal(100), [Line(WATER, Decimal(5), Decimal(100)), Line(GIFT, Decimal(0), Decimal(0))]),
    "with cola": Batch(Decimal(800), [Line(WATER, Decimal(5), Decimal(600)), Line(COLA, Decimal(8), Decimal(200))]),
}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("small", ["", "", "", "no supply", "no supply", "no supply"]),
        ("large", ["batch too large"] * 3 + ["no supply"] * 3),
        ("with a gift", ["", "benefits", "benefits", "no supply", "no supply", "no supply"]),
        ("with cola", ["batch too large", "batch too large", "best-sellers", "no supply", "no supply", "no supply"]),
    ],
)
def test_each_rung_keeps_its_own_and_what_those_below_it_keep(name, kinds):
    assert [rules.over(rung, BATCHES[name], USUAL) for rung in Rung] == kinds


def test_on_no_rung_everything_leaves():
    assert {rules.over(0, batch, USUAL) for batch in BATCHES.values()} == {""}
    assert rules.may_leave(0, BATCHES["with cola"], USUAL) == 800


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        ("small", [500, 500, 500, 0, 0, 0]),
        ("with a gift", [100, 100, 100, 0, 0, 0]),
        ("with cola", [500, 500, 500, 0, 0, 0]),
    ],
)
def test_what_of_a_batch_could_still_leave(name, amounts):
    assert [rules.may_leave(rung, BATCHES[name], USUAL) for rung in Rung] == amounts


def test_best_sellers_are_taken_out_before_the_batch_is_made_small():
    batch = Batch(Decimal(600), [Line(WATER, Decimal(5), Decimal(400)), Line(COLA, Decimal(8), Decimal(200))])

    assert rules.may_leave(Rung.BEST_SELLERS_WITHHELD, batch, USUAL) == 400


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([100, 200], None),
        ([300, 100, 200], 100),
        ([100, 200, 300, 400], 125),
        ([100] * 6 + [9000] * 9, 50),  # older ones do not count
        (["33.33"] * 3, "16.67"),
    ],
)
def test_the_largest_batch_is_a_share_of_the_median_of_the_last_six_of_at_least_three(amounts, expected):
    found = rules.largest([Decimal(str(one)) for one in amounts], share=Decimal("0.5"), currency="EUR")

    assert found == (None if expected is None else Decimal(str(expected)))


def test_without_a_usual_batch_none_is_too_large():
    assert rules.over(Rung.SMALLER_BATCHES, BATCHES["with cola"], Usual()) == ""


def test_best_sellers_are_ranked_by_quantity_and_of_equals_the_older_product():
    delivered = {1: Decimal(5), 2: Decimal(9), 3: Decimal(5), 4: Decimal(1)}

    assert rules.best_sellers(delivered, 2) == {2, 1}
    assert rules.best_sellers({}, 3) == frozenset()


def test_the_lost_margin_is_that_of_what_would_have_been_kept_back_a_month():
    taken = [(BATCHES["with cola"], USUAL)] * 6
    kept = rules.a_month(rules.kept_back(Rung.SMALLER_BATCHES, taken), "EUR")

    assert kept == 300
    assert rules.lost_margin(kept, Decimal("0.25"), "EUR") == 75
    assert rules.a_month(rules.kept_back(Rung.NO_SUPPLY, taken), "EUR") == 800


# What a letter may say


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Clause 9.3, competent court of Cork", 6),
        ("Nos reservamos acciones legales", 6),
        ("否则我们将起诉", 6),
        ("Clause 7: return of goods", 5),
        ("devolución de la mercancía", 5),
        ("我们将停止供货", 4),
        ("Clause 4: no supply", 4),
    ],
)
def test_no_letter_speaks_of_a_rung_above_its_own(text, first):
    assert [bool(ladder_conduct.too_much(text, rung)) for rung in Rung] == [rung < first for rung in Rung]


@pytest.mark.parametrize("text", ["Pay immediately", "Es URGENTE", "老赖名单", "We shall tell your neighbour"])
def test_no_letter_invents_urgency_or_shames(text):
    assert all(ladder_conduct.too_much(text, rung) for rung in Rung)


@pytest.mark.parametrize("text", ["Courtesy copy, issued in Courtown", "Sale of Goods Act 1893, ss. 39-43", "民法典"])
def test_parts_of_words_are_no_threat(text):
    assert ladder_conduct.too_much(text, 1) == []
