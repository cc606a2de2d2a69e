"""Terms of the law: the one without an agreed date, and the longest one, on the very day."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from contracts import legal, terms
from contracts.basis import Basis
from contracts.legal import Longer
from contracts.parameters import NotComputable

INVOICED, DELIVERED, RECEIVED = date(2026, 11, 3), date(2026, 11, 5), date(2026, 11, 9)
BASIS = Basis(INVOICED, DELIVERED, RECEIVED)
MANUAL = Path(__file__).parents[2] / "docs" / "terms.md"


@pytest.mark.parametrize(
    ("country", "last_day"),
    [
        ("BE", date(2026, 12, 9)),
        ("CN", DELIVERED),
        ("DE", date(2026, 12, 9)),
        ("ES", date(2026, 12, 5)),
        ("FR", date(2026, 12, 5)),
        ("GB", date(2026, 12, 8)),  # the 9th of November is the first of thirty days
        ("IE", date(2026, 12, 9)),
        ("IT", date(2026, 12, 9)),
        ("PT", date(2026, 12, 9)),
    ],
)
def test_without_an_agreed_date_the_law_of_the_place_gives_one(country, last_day):
    [due] = terms.statutory(BASIS, country)

    assert due.due_on == last_day
    assert due.share == 1
    assert due.is_statutory
    assert due.derivation.startswith("statutory: ")
    assert legal.STATUTORY[country].act in due.derivation


def test_what_is_agreed_is_never_marked_statutory():
    assert not any(due.is_statutory for due in terms.schedule("net", {"days": 30}, BASIS))


def test_where_no_statutory_term_is_known_nobody_guesses():
    with pytest.raises(NotComputable, match="no date was agreed, and no statutory term is known of 'ZZ'"):
        terms.statutory(BASIS, "ZZ")


@pytest.mark.parametrize(
    ("country", "latest"),
    [
        ("BE", date(2027, 1, 8)),
        ("CN", date(2027, 1, 4)),
        ("DE", date(2027, 1, 8)),
        ("ES", date(2027, 1, 4)),
        ("FR", date(2027, 1, 2)),
        ("GB", date(2027, 1, 7)),
        ("IE", date(2027, 1, 8)),
        ("IT", date(2027, 1, 8)),
        ("PT", date(2027, 1, 8)),
    ],
)
def test_the_latest_day_is_lawful_and_the_day_after_warns(country, latest):
    assert legal.above_maximum(latest, BASIS, country) is None

    found = legal.above_maximum(latest + timedelta(1), BASIS, country)
    assert found is not None
    assert (found.latest_on, found.days_over) == (latest, 1)
    assert found.act == legal.MAXIMUM[country].period.act


@pytest.mark.parametrize(
    ("invoiced", "latest"),
    [
        (date(2026, 11, 3), date(2027, 1, 14)),  # 30 Nov + 45
        (date(2026, 1, 31), date(2026, 4, 1)),  # 45 days from either end come earlier than 60 from the invoice
        (date(2026, 11, 30), date(2027, 1, 31)),  # + 45 is 14 Jan, then month end
    ],
)
def test_french_terms_to_a_month_end_have_a_limit_of_their_own(invoiced, latest):
    basis = Basis(invoiced)

    assert legal.above_maximum(latest, basis, "FR", at_month_end=True) is None
    assert legal.above_maximum(latest + timedelta(1), basis, "FR", at_month_end=True) is not None


def test_only_some_laws_know_a_month_end():
    assert legal.above_maximum(date(2027, 1, 9), BASIS, "DE", at_month_end=True) is not None


def test_an_unknown_law_never_warns():
    assert legal.above_maximum(date(2036, 1, 1), BASIS, "ZZ") is None


def test_in_spain_and_belgium_no_longer_term_holds():
    never = {country for country, maximum in legal.MAXIMUM.items() if maximum.longer == Longer.NEVER}
    assert never == {"BE", "ES", "FR"}


@pytest.mark.parametrize(
    ("method", "parameters", "warnings"),
    [
        ("net", {"days": 90}, 1),
        ("fixed", {"date": "2027-06-30"}, 1),
        ("two_deliveries", {"max_days": 90}, 1),
        ("two_deliveries", {"max_days": 90, "next_asked_on": "2026-12-01"}, 0),
        ("periodic", {"rule": "monthly 25", "min_days": 60}, 1),
        ("instalments", {"parts": [{"share": "0.5", "days": 30}, {"share": "0.5", "days": 90}]}, 0),
        ("in_advance", {"share": "0.5", "rest_days": 90}, 0),
        ("consignment", {"max_days": 90, "rest": "bought"}, 0),
    ],
)
def test_the_maximum_is_about_terms_of_one_day(method, parameters, warnings):
    dues = terms.schedule(method, parameters, BASIS)
    assert len(terms.above_maximum(method, parameters, dues, BASIS, "ES")) == warnings


def test_every_law_with_a_maximum_has_a_statutory_term():
    assert set(legal.MAXIMUM) == set(legal.STATUTORY)


def test_the_manual_has_a_row_for_every_law():
    rows = [[cell.strip() for cell in line.split("|")] for line in MANUAL.read_text(encoding="utf-8").splitlines()]
    told = {(row[1], row[-2]) for row in rows if len(row) > 3}

    assert {(country, period.act) for country, period in legal.STATUTORY.items()} <= told
    assert {(country, maximum.period.act) for country, maximum in legal.MAXIMUM.items()} <= told
