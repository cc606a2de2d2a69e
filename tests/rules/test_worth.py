from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collections_app.policy.keys import CATALOGUE, Kind
from collections_app.policy.thresholds import Worth as Said
from collections_app.visits import worth
from collections_app.visits.chances import Learned, Table
from collections_app.visits.worth import USUAL, Asked, Circumstances, Term, Weights, Worth

STANDINGS = st.sampled_from(sorted(USUAL.table.bands))
AMOUNTS = st.decimals(min_value="0.01", max_value="9999999", places=2)
PARTS = st.builds(
    Asked,
    AMOUNTS,
    STANDINGS,
    st.integers(0, 800),
    promised_today=st.booleans(),
    is_coming=st.booleans(),
    term_days=st.none() | st.integers(0, 200),
    kind=st.sampled_from([worth.INVOICE, worth.INSTALMENT, worth.CONSIGNED, worth.UNCONTRACTED, "another"]),
)
SHARES = st.decimals("0.005", "0.995", places=4)
CELLS = st.dictionaries(
    STANDINGS,
    st.dictionaries(st.integers(0, 400), SHARES, min_size=1, max_size=4).map(lambda steps: sorted(steps.items())),
).map(Table.of)
LEARNED = st.builds(
    Learned,
    cells=CELLS,
    odds=st.none() | st.decimals("0.0001", "500", places=4),
    rate=st.none() | SHARES,
    seen=st.integers(0, 99),
)
CIRCUMSTANCES = st.builds(
    Circumstances,
    settlement_day=st.booleans(),
    payout_day=st.none() | st.booleans(),
    kept=st.integers(0, 9),
    made=st.integers(9, 12),
    steps=st.integers(0, 9),
    needs_papers=st.booleans(),
    warning=st.sampled_from(["", worth.MILD, worth.SEVERE]),
    learned=st.none() | LEARNED,
    unconfirmed=st.booleans(),
)


def value_of(key):
    """Any value that the policy accepts."""
    if key.kind == Kind.STEPS:
        days = st.lists(st.integers(1, 900), min_size=key.count[0], max_size=key.count[0], unique=True)
        return days.map(lambda found: tuple(sorted(found)))
    least = Decimal("0.001") if key.kind == Kind.SHARE else key.least
    number = st.decimals(least, min(key.most, Decimal(10**7)), places=3).map(str)
    return st.tuples(*[number] * key.count[0]) if key.kind == Kind.FACTORS else number


SECTION = [key for key in CATALOGUE if key.section == "worth" and key.kind != Kind.WHOLE]
WEIGHTS = st.fixed_dictionaries({key.name: value_of(key) for key in SECTION}).map(lambda said: Weights.of(Said(**said)))


def of(*asked, weights=USUAL, currency="EUR", **known):
    return worth.worth_of(asked, Circumstances(**known), weights=weights, currency=currency)


def term(found, name):
    return sum((row.amount for row in found.terms if row.name == name), Decimal(0))


def test_the_terms_of_a_visit_read_as_steps_from_the_amount_to_the_worth():
    weights = Weights.of(Said(urgency_quasi_bad="1", sure="0.95"))
    asked = Asked(Decimal("3240.00"), "quasi-bad", 60, promised_today=True)

    value = of(asked, weights=weights, settlement_day=True, kept=1, made=3)
    value = worth.less_travel(value, minutes=13, cost_per_minute=Decimal("0.60"), currency="EUR")

    assert value.terms == (
        Term("asked", Decimal("3240.00")),
        Term("chance", Decimal("-1879.20")),
        Term("promise today", Decimal("816.48")),
        Term("settlement day", Decimal("544.32")),
        Term("promises kept", Decimal("-77.76")),
        Term("travel", Decimal("-7.80")),
    )
    assert value.amount == Decimal("2636.04")


def test_each_of_the_trades_factors_is_a_term_of_its_own():
    asked = Asked(Decimal("20000.00"), "overdue", 10, term_days=90, kind=worth.CONSIGNED)

    value = of(asked, steps=2, needs_papers=True, warning=worth.SEVERE, payout_day=True, unconfirmed=True)

    assert [row.name for row in value.terms] == [
        "asked", "chance", "urgency", "payout day", "warning", "term", "amount and kind", "procedure", "unconfirmed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "name", "amount"),
    [
        ({"payout_day": True}, "payout day", "85.05"),  # 1000 × 0.54 × 1.05 = 567.00
        ({"payout_day": False}, "payout day", "-56.70"),
        ({"payout_day": True, "settlement_day": True}, "payout day", "0"),
        ({"settlement_day": True}, "settlement day", "141.75"),
        ({"warning": worth.MILD}, "warning", "56.70"),
        ({"warning": worth.SEVERE}, "warning", "141.75"),
        ({"steps": 1}, "procedure", "-17.01"),
        ({"steps": 9}, "procedure", "-80.10"),  # as five
        ({"needs_papers": True}, "procedure", "-28.35"),
        ({"unconfirmed": True}, "unconfirmed", "-170.10"),
    ],
)
def test_what_is_known_moves_the_worth_by_its_factor(known, name, amount):
    assert term(of(Asked(Decimal(1000), "overdue", 10), **known), name) == Decimal(amount)


@pytest.mark.parametrize(
    ("days", "amount"), [(None, 0), (30, 0), (31, "-15.75"), (60, "-15.75"), (61, "-26.25")]
)  # 1000 × 0.50 × 1.05 = 525.00
def test_a_longer_term_makes_the_money_less_ready(days, amount):
    assert term(of(Asked(Decimal(1000), "overdue", 1, term_days=days)), "term") == Decimal(amount)


def test_what_exceeds_a_large_amount_counts_less_and_more_still_counts_more():
    exact, above = (of(Asked(Decimal(amount), "unpaid", 0)) for amount in (10_000, 12_000))

    assert term(exact, "amount and kind") == 0
    assert term(above, "amount and kind") == Decimal(-100)  # 2,000 × (1 − 0.9) × 0.50
    assert above.amount > exact.amount


def test_what_falls_due_soon_counts_at_its_share():
    due, coming = Asked(Decimal(1000), "unpaid", 0), Asked(Decimal(500), "unpaid", 0, is_coming=True)

    value = of(due, coming)

    assert (term(value, "asked"), term(value, "coming")) == (1000, 50)
    assert value.amount == Decimal("525.00")


def test_what_was_learned_takes_the_place_of_the_tables_chance():
    asked = Asked(Decimal(1000), "overdue", 10)
    cells = Table.of({"overdue": ((0, Decimal("0.5")),)})

    twice = of(asked, learned=Learned(cells, odds=Decimal(2)))
    own = of(asked, learned=Learned(rate=Decimal("0.25")))

    assert term(twice, "chance") + term(twice, "learned") == Decimal("-333.30")  # odds of 2 to 1
    assert term(own, "chance") + term(own, "learned") == -750


def test_nothing_was_learned_of_the_dormant():
    asked = Asked(Decimal(1000), "dormant", 500)

    assert of(asked, learned=Learned(rate=Decimal("0.9"))) == of(asked)


def test_a_visit_is_never_worth_more_than_is_asked_for():
    asked = Asked(Decimal("100.00"), "overdue", 40, promised_today=True)

    assert of(asked, settlement_day=True, kept=9, made=9).amount == Decimal("95.00")


def test_a_chance_that_is_written_falling_is_held_at_its_highest():
    weights = Weights.of(Said(chance_overdue=("0.6", "0.5", "0.7")))

    assert [weights.chance("overdue", days) for days in (1, 7, 8, 30, 31, 59)] == [
        Decimal(share) for share in ("0.6", "0.6", "0.6", "0.6", "0.7", "0.7")
    ]


def test_every_weight_of_the_policy_is_one_of_the_weights():
    assert {field.name for field in fields(Said)} == {key.name for key in SECTION} | {"coming_within"}


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_terms_are_whole_minor_units_of_the_base_currency(currency):
    value = of(Asked(Decimal("1234.567"), "bad", 200), currency=currency, kept=1, made=5)

    assert all(worth.money.is_exact(row.amount, currency) for row in value.terms)


@settings(deadline=None)
@given(parts=st.lists(PARTS, min_size=1, max_size=6), known=CIRCUMSTANCES, weights=WEIGHTS)
def test_the_terms_add_up_to_the_cent_and_never_beyond_the_sure_share(parts, known, weights):
    value = worth.worth_of(parts, known, weights=weights, currency="EUR")

    assert value.amount == sum(row.amount for row in value.terms)
    assert worth.money.is_exact(value.amount, "EUR")
    assert [row.name for row in value.terms] == [name for name in worth.TERMS if term(value, name)]
    assert 0 <= value.amount <= worth.money.rounded(weights.sure * sum(part.amount for part in parts), "EUR")


@settings(deadline=None)
@given(parts=st.lists(PARTS, min_size=1, max_size=3), more=AMOUNTS, known=CIRCUMSTANCES, weights=WEIGHTS)
def test_worth_never_falls_when_an_amount_rises(parts, more, known, weights):
    larger = [replace(parts[0], amount=parts[0].amount + more), *parts[1:]]

    before, after = (worth.worth_of(rows, known, weights=weights, currency="EUR") for rows in (parts, larger))

    assert after.amount >= before.amount


@settings(deadline=None)
@given(parts=st.lists(PARTS, min_size=1, max_size=3), days=st.integers(0, 400), known=CIRCUMSTANCES, weights=WEIGHTS)
def test_worth_never_falls_when_an_item_grows_later_in_its_standing(parts, days, known, weights):
    later = [replace(parts[0], days_late=parts[0].days_late + days), *parts[1:]]

    before, after = (worth.worth_of(rows, known, weights=weights, currency="EUR") for rows in (parts, later))

    assert after.amount >= before.amount


@settings(deadline=None)
@given(standing=STANDINGS, days=st.integers(0, 800), more=st.integers(0, 400), weights=WEIGHTS, learned=LEARNED)
def test_chance_times_urgency_never_falls_with_the_days_inside_a_standing(standing, days, more, weights, learned):
    urgency = weights.urgency[standing]

    assert urgency >= 1
    assert weights.chance(standing, days) * urgency <= weights.chance(standing, days + more) * urgency
    early, late = (learned.chance(standing, on, table=weights.table) for on in (days, days + more))
    assert early * urgency <= late * urgency


def test_a_term_of_nothing_is_not_named():
    assert Worth((Term("asked", Decimal(5)),)).plus("travel", Decimal(0)).terms == (Term("asked", Decimal(5)),)
