"""Profiles of contracts, price lines and shipments: what they must say, and what is refused."""

from datetime import date
from typing import Any

import pytest

from intake import profile
from intake.agreed import reading
from intake.agreed.reading import AgreedReading
from intake.profile import ProfileWrong

CONTRACTS = """
kind = "contracts"
[columns]
number = "no"
customer_number = "customer"
starts_on = "from"
terms = "terms"
has_authority = "may sign"
title = "title"
[constants]
currency = "EUR"
"""
PRICES = """
kind = "price-lines"
[columns]
contract = "contract"
product = "article"
unit_price = "price*"
[amounts]
decimal = ","
currency_from_heading = true
"""
SHIPMENTS = """
kind = "shipments"
[file]
fill_down = ["number", "customer_number", "asked_on"]
skip = [{ starts_with = "Total" }]
[columns]
number = "note"
customer_number = "customer"
asked_on = "asked"
product = "article"
quantity = "cases"
unit_price = "price"
[constants]
currency = "EUR"
"""


def read(source: str, content: str) -> AgreedReading:
    return reading.read(
        content.encode(), name="x.csv", profile=profile.parse(source, name="x"), today=date(2026, 11, 24)
    )


WRONG = {
    "no terms": (
        CONTRACTS.replace('terms = "terms"\n', ""),
        "columns.terms: say which column holds a terms code, or method for the settlement method itself",
    ),
    "no currency": (CONTRACTS.replace('currency = "EUR"', ""), "columns.currency: say which column holds the currency"),
    "a field of another kind": (
        CONTRACTS.replace("title =", "unit_price ="),
        "columns.unit_price: no such key; there are benefits_while_current",
    ),
    "a table of another kind": (CONTRACTS + "[open]\nrule = 'always'\n", "open: no such key; there are amounts"),
    "a list of open items": ('mode = "snapshot"' + CONTRACTS, "mode: no such key"),
    "a word that means nothing of ours": (
        CONTRACTS + '[executions]\nstamped = "seal"\n',
        "executions.stamped: 'seal' is none of signature, contract seal, unit seal",
    ),
    "prices without a contract": (
        PRICES.replace('contract = "contract"\n', ""),
        "columns.contract: say which column holds the contract's number",
    ),
    "goods without a price": (
        SHIPMENTS.replace('unit_price = "price"\n', ""),
        "columns.unit_price: say which column holds the price of one unit, or amount for the amount of the line",
    ),
    "a kind that is none": (CONTRACTS.replace('"contracts"', '"orders"'), "kind: 'orders' is none of receivables"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_profile_that_cannot_be_used_says_why(what):
    source, told = WRONG[what]

    with pytest.raises(ProfileWrong) as refusal:
        profile.parse(source, name="x")

    assert str(refusal.value).startswith(told)


def test_a_table_of_contracts_is_none_of_receivables():
    with pytest.raises(ProfileWrong, match="titles: no such key"):
        profile.parse('[columns]\nnumber = "no"\n[titles]\nEV = "simple"\n', name="x")


def test_words_of_the_file_become_ours_and_yes_and_no_are_read_in_its_language():
    source = CONTRACTS + (
        '[titles]\n"EV" = "simple"\n[yes_no]\nyes = "ja"\nno = "nein"\n'
        '[terms]\nZ1 = { method = "fixed", date = 2026-12-24 }\n'
    )

    found = read(
        source, "no,customer,from,terms,may sign,title\n1,C1,2026-01-01,z1,NEIN,ev\n2,C1,2026-01-01,z1,,none\n"
    )

    first, second = (dict(row.stated) for row in found.contracts)
    assert (first["has_authority"], "has_authority" in second) == (False, False)
    assert (first["title"], second["title"]) == ("simple", "none")
    assert first["parameters"] == {"date": "2026-12-24"}  # as it is stored
    assert [problem.text for problem in found.problems] == [
        'line 2, column "title", value "ev": on which day was it agreed? State title_agreed_on, '
        "or the day of the signature"
    ]


@pytest.mark.parametrize(("written", "told"), [("maybe", "neither yes (yes, y, true, 1, x, sí, si, 是) nor no")])
def test_a_word_that_is_neither_yes_nor_no_is_a_problem(written, told):
    [problem] = read(CONTRACTS, f"no,customer,from,terms,may sign,title\n1,C1,2026-01-01,,{written},\n").problems[:1]

    assert problem.problem.startswith(told)


def test_the_currency_of_prices_may_stand_in_their_heading():
    found = read(PRICES, "contract;article;price (CHF)\nC-1;WATER;2,125\n")

    assert [(str(row.unit_price), row.currency) for row in found.prices] == [("2.125", "CHF")]


def test_goods_grouped_by_their_note_are_one_shipment():
    found = read(
        SHIPMENTS,
        "note,customer,asked,article,cases,price\nS-1,C1,2026-10-01,WATER,4,2.50\n,,,LEMON,2,7\nTotal,,,,6,\n",
    )

    [goods] = found.goods
    assert [(line.number, line.customer, line.product) for line in goods.lines] == [
        ("S-1", "C1", "WATER"),
        ("S-1", "C1", "LEMON"),
    ]
    assert (goods.amount_in("EUR"), found.skipped) == (24, 1)


AMOUNTS: list[tuple[str, str, str, bool]] = [
    ("40", "2.50", "100.00", True),
    ("40", "2.47", "98.67", True),  # a price of 2.46675, rounded
    ("40", "2.47", "98.59", False),
    ("3", "3.33", "10.00", True),
    ("3", "0", "0.00", True),
    ("40", "2.5", "101.00", False),  # written without its last digit, and no rounding of it
]


@pytest.mark.parametrize(("quantity", "price", "amount", "agrees"), AMOUNTS)
def test_an_amount_agrees_with_a_price_that_was_rounded(quantity: str, price: str, amount: str, agrees: Any):
    source = SHIPMENTS.replace('unit_price = "price"', 'unit_price = "price"\namount = "amount"')
    row = f"S-1,C1,2026-10-01,WATER,{quantity},{price},{amount}"

    found = read(source, f"note,customer,asked,article,cases,price,amount\n{row}\n")

    assert (found.problems == []) is agrees
