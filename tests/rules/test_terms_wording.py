"""Where a due day comes from, in the words of a page."""

from datetime import date

import pytest
from django.utils import translation

from contracts import legal, terms, wording
from contracts.basis import Basis

BASIS = Basis(date(2026, 11, 3), date(2026, 11, 5), date(2026, 11, 9))


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def told(method, parameters):
    dues = terms.schedule(method, parameters, BASIS)
    return [wording.derivation(method, parameters, BASIS, due, part) for part, due in enumerate(dues, start=1)]


@pytest.mark.parametrize(
    ("method", "parameters", "sentences"),
    [
        ("in_advance", {}, ["Before the goods leave"]),
        (
            "in_advance",
            {"share": "0.3", "rest_days": 30},
            ["Before the goods leave", "The rest 30 days from the delivery of 5 Nov 2026"],
        ),
        ("cash_on_delivery", {}, ["On delivery, 5 Nov 2026"]),
        ("two_deliveries", {"max_days": 30}, ["30 days from the delivery of 5 Nov 2026 at the latest"]),
        (
            "two_deliveries",
            {"max_days": 30, "next_asked_on": "2026-11-19"},
            ["The next delivery was asked for on 19 Nov 2026"],
        ),
        (
            "two_deliveries",
            {"max_days": 30, "next_asked_on": "2027-02-19"},
            ["30 days from the delivery of 5 Nov 2026 at the latest"],
        ),
        (
            "two_deliveries",
            {"max_days": 30, "holidays": {"roll": "forward"}},
            ["30 days from the delivery of 5 Nov 2026 at the latest"],
        ),
        (
            "periodic",
            {"rule": "monthly 25"},
            ["First settlement day (monthly, day 25) from the delivery of 5 Nov 2026 on"],
        ),
        (
            "periodic",
            {"rule": "5th friday", "min_days": 1},
            [
                "First settlement day (fifth Friday of the month, where there is one) "
                "at least 1 day after the delivery of 5 Nov 2026"
            ],
        ),
        ("net", {"days": 30}, ["30 days from the invoice of 3 Nov 2026"]),
        ("net", {"days": 1, "from": "delivery"}, ["1 day from the delivery of 5 Nov 2026"]),
        ("net", {"days": 14, "from": "receipt"}, ["14 days from the receipt of the invoice on 9 Nov 2026"]),
        (
            "net",
            {"days": 45, "end_of_month": "before"},
            ["45 days from the end of the month of the invoice of 3 Nov 2026"],
        ),
        (
            "net",
            {"days": 45, "end_of_month": "before", "from": "delivery"},
            ["45 days from the end of the month of the delivery of 5 Nov 2026"],
        ),
        (
            "net",
            {"days": 45, "end_of_month": "before", "from": "receipt"},
            ["45 days from the end of the month in which the invoice was received, on 9 Nov 2026"],
        ),
        (
            "net",
            {"days": 30, "end_of_month": "after"},
            ["30 days from the invoice of 3 Nov 2026, then to the end of the month"],
        ),
        (
            "net",
            {"days": 30, "end_of_month": "after", "from": "delivery"},
            ["30 days from the delivery of 5 Nov 2026, then to the end of the month"],
        ),
        (
            "net",
            {"days": 30, "end_of_month": "after", "from": "receipt"},
            ["30 days from the receipt of the invoice on 9 Nov 2026, then to the end of the month"],
        ),
        ("fixed", {"date": "2026-12-24"}, ["On the day agreed"]),
        (
            "instalments",
            {"parts": [{"share": "0.3", "days": 1}, {"share": "0.7", "days": 60}]},
            [
                "Part 1 of 2, 1 day from the invoice of 3 Nov 2026",
                "Part 2 of 2, 60 days from the invoice of 3 Nov 2026",
            ],
        ),
        (
            "instalments",
            {"from": "delivery", "parts": [{"share": "1", "days": 30}]},
            ["Part 1 of 1, 30 days from the delivery of 5 Nov 2026"],
        ),
        (
            "instalments",
            {"from": "receipt", "parts": [{"share": "1", "days": 30}]},
            ["Part 1 of 1, 30 days from the receipt of the invoice on 9 Nov 2026"],
        ),
        (
            "consignment",
            {
                "max_days": 90,
                "counted": [{"on": "2026-11-20", "share": "0"}, {"on": "2026-12-01", "share": "0.4"}],
            },
            ["Counted as sold on 1 Dec 2026", "Not sold yet: it is stock until 3 Feb 2027, then it comes back"],
        ),
        ("consignment", {"max_days": 90, "rest": "bought"}, ["Not sold by 3 Feb 2027: bought"]),
    ],
)
def test_a_due_day_says_where_it_comes_from(method, parameters, sentences):
    assert told(method, parameters) == sentences


@pytest.mark.parametrize(
    ("country", "sentence"),
    [
        ("DE", "30 days from goods and invoice, 9 Nov 2026, by law, as no date was agreed (BGB § 286 (3))"),
        ("ES", "30 days from the delivery of 5 Nov 2026, by law, as no date was agreed (Ley 3/2004, art. 4.1)"),
        ("CN", "On delivery, 5 Nov 2026, by law, as no date was agreed (民法典第六百二十八条)"),
        (
            "GB",
            "30 days from goods and invoice, 9 Nov 2026 counted, by law, as no date was agreed "
            "(Late Payment of Commercial Debts (Interest) Act 1998, s. 4(2A))",
        ),
    ],
)
def test_a_statutory_day_names_its_act(country, sentence):
    assert wording.statutory(BASIS, country) == sentence


def test_every_law_can_be_worded():
    assert all(wording.statutory(BASIS, country) for country in legal.STATUTORY)


def test_a_moved_day_and_a_discount_are_told_beside_it():
    parameters = {"days": 32, "discount": {"share": "0.02", "days": 10}, "holidays": {"country": "ES"}}
    [due] = terms.schedule("net", parameters, BASIS)

    assert due.due_on == date(2026, 12, 7)
    assert wording.remarks(due) == [
        "Moved from 5 Dec 2026, when nobody works.",
        "2.0% less if paid by 13 Nov 2026.",
    ]


def test_a_plain_day_needs_no_remark():
    [due] = terms.schedule("net", {"days": 30}, BASIS)
    assert wording.remarks(due) == []


@pytest.mark.parametrize(
    ("country", "due_on", "sentences"),
    [
        (
            "ES",
            date(2027, 1, 5),
            [
                "1 day later than the law allows: 4 Jan 2027 at the latest (Ley 3/2004, art. 4.3).",
                "No longer term can be agreed.",
            ],
        ),
        (
            "DE",
            date(2027, 2, 7),
            [
                "30 days later than the law allows: 8 Jan 2027 at the latest (BGB § 271a (1)).",
                "A longer term must be agreed expressly and must not be grossly unfair to us.",
            ],
        ),
    ],
)
def test_a_term_above_the_maximum_says_by_how_much_and_what_may_save_it(country, due_on, sentences):
    assert wording.above_maximum(legal.above_maximum(due_on, BASIS, country)) == sentences


def test_a_fifth_weekday_is_worded_for_contract_and_door():
    assert wording.settlement_day("5th fri") == "fifth Friday of the month, where there is one"
    assert wording.pays_on("5th fri") == "Pays on the fifth Friday of the month, where there is one"
