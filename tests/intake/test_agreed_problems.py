"""What is wrong with files of contracts and price lines, in the words that a person is told."""

from datetime import date

import pytest

from audit.services import SystemActor
from contracts import services as contracts
from contracts.models import Contract, PriceLine, Product
from intake import services, shipped
from intake.agreed import fields
from intake.models import File
from intake.services import NotTaken
from tests import factories as make
from tests.intake.agreed import AGREED, HERE, NOBODY, TODAY, WATER, agreement, refused, store, warned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agreed(db):
    make.business()
    make.customer(code="C2", name="Birch Bar")
    return agreement()


CONTRACTS = {
    "an unknown customer": (
        AGREED.replace("C-1,C1", "C-9,C9"),
        f'line 2, column "customer", value "C9": {NOBODY}',
    ),
    "an end before the start": (
        AGREED.replace("C-1", "C-9").replace("2026-01-01,", "2026-01-01,2025-12-01"),
        'line 2, column "ends on", value "2025-12-01": '
        "ends before it starts, on 2026-01-01; correct one of the two days",
    ),
    "no currency": (
        AGREED.replace("C-1", "C-9").replace("EUR", ""),
        'line 2, column "currency", value "": empty; amounts without a currency say nothing',
    ),
    "no first day": (
        AGREED.replace("C-1", "C-9").replace("2026-01-01", ""),
        'line 2, column "starts on", value "": empty; from which day does the contract hold?',
    ),
    "a code of terms that nobody knows": (
        AGREED.replace("C-1", "C-9").replace("net 30", "after sale"),
        'line 2, column "terms", value "after sale": not a code of the profile; add it to [terms]',
    ),
    "terms from which no day follows": (
        AGREED.replace("C-1", "C-9").replace("net 30", "net 9999"),
        'line 2, column "terms", value "net 9999": no due date follows from net {"days": 9999}: '
        "days: expected a whole number from 0 to 3650, got 9999",
    ),
    "an active contract without terms": (
        AGREED.replace("C-1", "C-9").replace("net 30", ""),
        'line 2, column "terms", value "": '
        "empty; no due date follows without a settlement method; only a draft may leave it open",
    ),
    "elastic wording": (
        AGREED.replace("C-1", "C-9").replace("net 30,", "net 30,Payment after the goods are sold"),
        'line 2, column "wording", value "Payment after the goods are sold": '
        'does not say when payment is due: "after the goods are sold"; agree on a day that can be computed',
    ),
    "wording that marks a number of days": (
        AGREED.replace("C-1", "C-9").replace("net 30,", "net 30,Payment 30 days after the goods are sold"),
        'line 2, column "wording", value "Payment 30 days after the goods are sold": does not say when payment is due: '
        '"after the goods are sold"; agree on a day that can be computed, or import a draft and have somebody answer '
        "for the clause",
    ),
    "a way of signing that is none of ours": (
        AGREED.replace("C-1", "C-9").replace("signature", "handshake"),
        'line 2, column "execution", value "handshake": none of signature, contract seal, unit seal, personal seal, '
        "e-signature, none; say in the profile which of them it means",
    ),
    "signed on a day to come": (
        AGREED.replace("C-1", "C-9").replace("2026-01-02", "2027-01-02"),
        'line 2, column "signed on", value "2027-01-02": '
        "after 2026-11-24; a contract counts from the day it was signed",
    ),
    "ended, but still running": (
        AGREED.replace("C-1", "C-9").replace("active", "ended"),
        'line 2, column "state", value "ended": ended, but its last day is not over; state the day on which it ended',
    ),
    "agreed terms that differ": (
        AGREED.replace("net 30", "net 60"),
        'line 2, column "terms", value "net 60": changed: contract C-1 is here already and active, with '
        '"{"days": 30}"; other terms need a new contract',
    ),
    "an agreed first day that differs": (
        AGREED.replace("2026-01-01", "2026-03-01"),
        'line 2, column "starts on", value "2026-03-01": changed: contract C-1 is here already and active, with '
        '"2026-01-01"; other terms need a new contract',
    ),
    "back to a draft": (
        AGREED.replace("active", "draft"),
        'line 2, column "state", value "draft": changed: contract C-1 is here already and active; it does not go back',
    ),
    "a cell that is too long": (
        AGREED.replace("C-1", "C" * 41),
        f'line 2, column "contract", value "{"C" * 41}": longer than 40 characters',
    ),
}


@pytest.mark.parametrize("kind", CONTRACTS)
def test_a_bad_contract_is_told_by_line_column_and_value(kind, agreed):
    row, told = CONTRACTS[kind]
    make.contract(agreed.customer, number="C-8")  # the signature of C-1 is another matter
    Contract.objects.filter(number="C-1").update(signed_on=date(2026, 1, 2))

    assert refused("contracts", row) == [told]
    assert (Contract.objects.count(), File.objects.count()) == (2, 0)


TERMS_WRITTEN_WRONG = {
    "a key that stands twice": (
        '{""days"": 30, ""days"": 60}',
        '{"days": 30, "days": 60}": "days" stands twice; keep the one that was agreed',
    ),
    "a key that stands twice further in": (
        '{""parts"": [{""share"": ""1"", ""days"": 30, ""days"": 60}]}',
        '{"parts": [{"share": "1", "days": 30, "days": 60}]}": "days" stands twice; keep the one that was agreed',
    ),
    "no terms at all": ("thirty days", 'thirty days": not written as {"days": 30}; see docs/terms.md'),
    "a list": ("[30]", '[30]": not written as {"days": 30}; see docs/terms.md'),
}


@pytest.mark.parametrize("kind", TERMS_WRITTEN_WRONG)
def test_terms_that_nobody_can_read_for_sure_are_told_once_by_line_and_column(kind):
    written, told = TERMS_WRITTEN_WRONG[kind]
    content = f'contract,customer,starts on,currency,method,parameters\nC-9,C1,2026-01-01,EUR,net,"{written}"\n'
    how = {"name": "c.csv", "profile": shipped.by_name("contracts"), "on": TODAY, "by": make.BY}

    with pytest.raises(NotTaken) as refusal:
        services.store(content=content.encode(), **how)

    assert [one.text for one in refusal.value.outcome.problems] == [f'line 2, column "parameters", value "{told}']
    assert not Contract.objects.filter(number="C-9").exists()


def test_goods_are_not_due_before_their_contract_begins_and_each_contract_is_looked_at():
    rows = [
        f'C-{place},C1,2026-0{month}-01,EUR,fixed,"{{""date"": ""2026-08-31""}}"' for place, month in ((8, 7), (9, 9))
    ]
    content = "\n".join(("contract,customer,starts on,currency,method,parameters", *rows, ""))

    with pytest.raises(NotTaken) as refusal:
        services.store(
            content=content.encode(), name="c.csv", profile=shipped.by_name("contracts"), on=TODAY, by=make.BY
        )

    [told] = refusal.value.outcome.problems
    assert told.text.startswith('line 3, column "parameters"')
    assert told.text.endswith("due before the contract starts, on 2026-09-01")


def test_a_draft_with_elastic_wording_is_taken_with_a_warning():
    row = AGREED.replace("C-1", "C-9").replace("active", "draft").replace("net 30,", "net 30,Payment after sale")

    assert warned("contracts", row) == [
        'line 2, column "wording", value "Payment after sale": does not say when payment is due: "after sale"; '
        "it cannot become active with this wording"
    ]


def test_a_file_makes_active_what_somebody_has_answered_for_and_says_it_again_without_harm():
    row = AGREED.replace("C-1", "C-9").replace("net 30,", "net 30,Payment 30 days after they are sold")
    store("contracts", row.replace("active", "draft"))
    made = Contract.objects.get(number="C-9")
    contracts.read_clause(contract=made, grounds="Sales are reported by the till each day.", by=SystemActor("f", "F"))

    assert (store("contracts", row).report.changed, store("contracts", row + "\n").report.unchanged) == (1, 1)
    made.refresh_from_db()
    assert made.state == "active"


def test_a_draft_with_elastic_wording_here_is_not_made_active_by_a_file_that_does_not_say_it():
    store("contracts", AGREED.replace("C-1", "C-9").replace("active", "draft").replace("30,", "30,Payment after sale"))

    assert refused("contracts", AGREED.replace("C-1", "C-9")) == [
        'line 2, column "state", value "active": contract C-9 does not say when payment is due: "after sale"; '
        "correct it first"
    ]


def test_a_number_twice_with_other_values_is_told_with_both():
    other = AGREED.replace("C-1", "C-9")

    assert refused("contracts", other, other.replace("net 30", "net 60")) == [
        'line 3, column "terms", value "net 60": contract C-9 is on line 2 already, there with "net 30"; '
        "keep one of them"
    ]


PRICES = {
    "an unknown contract": (
        WATER.replace("C-1", "C-9"),
        f'line 2, column "contract", value "C-9": {HERE}',
    ),
    "no currency": (
        WATER.replace("EUR", ""),
        'line 2, column "currency", value "": empty; a price without currency is no price',
    ),
    "another currency than the contract's": (
        WATER.replace("EUR", "USD"),
        'line 2, column "currency", value "USD": contract C-1 is in EUR; use one currency',
    ),
    "no price": (
        WATER.replace("2.50", ""),
        'line 2, column "price", value "": empty; a price line has a price of zero or more',
    ),
    "a price below zero": (
        WATER.replace("2.50", "-2.50"),
        'line 2, column "price", value "-2.50": below zero; a price line has a price of zero or more',
    ),
    "a price too fine": (
        WATER.replace("2.50", "2.1234567"),
        'line 2, column "price", value "2.1234567": more than 6 decimals',
    ),
    "an end before the start": (
        WATER.replace("2026-01-01,", "2026-01-01,2025-12-01"),
        'line 2, column "ends on", value "2025-12-01": '
        "ends before it starts, on 2026-01-01; correct one of the two days",
    ),
    "an end before the contract starts": (
        WATER.replace("WATER", "LEMON").replace("2026-01-01,", ",2025-12-01"),
        'line 2, column "ends on", value "2025-12-01": ends before it starts, with contract C-1 on 2026-01-01',
    ),
    "another price for the day that is here": (
        WATER.replace("2.50", "2.60"),
        'line 2, column "price", value "2.60": changed: WATER of contract C-1 is here already from 2026-01-01, '
        "at 2.50; a new price needs a first day of its own",
    ),
    "a price that overlaps one that is here": (
        WATER.replace("2.50", "2.60").replace("2026-01-01", "2025-06-01"),
        'line 2, column "starts on", value "2025-06-01": WATER of contract C-1 has two prices for the same days: '
        "2.50 from 2026-01-01 here already, and 2.60 from 2025-06-01; end one before the other starts",
    ),
    "another unit than the product's": (
        WATER.replace("case", "bottle"),
        'line 2, column "unit", value "bottle": WATER is counted by case here; a price of another unit is another',
    ),
    "credit days that are no number of days": (
        WATER.replace("EUR,", "EUR,30.5"),
        'line 2, column "credit days", value "30.5": not a whole number from 0 to 32767',
    ),
}


@pytest.mark.parametrize("kind", PRICES)
def test_a_bad_price_is_told_by_line_column_and_value(kind):
    row, told = PRICES[kind]

    assert refused("price-lines", row) == [told]
    assert (PriceLine.objects.count(), Product.objects.count(), File.objects.count()) == (1, 1, 0)


def test_overlapping_prices_of_a_file_name_both_lines():
    lemon = WATER.replace("WATER", "LEMON")

    assert refused("price-lines", lemon, lemon.replace("2.50", "2.60").replace("2026-01-01", "2026-07-01")) == [
        'line 3, column "starts on", value "2026-07-01": LEMON of contract C-1 has two prices for the same days: '
        "2.50 from 2026-01-01 on line 2, and 2.60 from 2026-07-01; end one before the other starts"
    ]


def test_a_new_product_with_two_units_is_told():
    lemon = WATER.replace("WATER", "LEMON")

    assert refused("price-lines", lemon, lemon.replace("case", "crate").replace("EUR,", "EUR,60")) == [
        'line 3, column "unit", value "crate": LEMON is counted by case in another row; keep one of them'
    ]


def test_the_name_of_a_product_that_is_here_stays_and_is_told():
    row = WATER.replace("Still water", "Sparkling").replace("2026-01-01", "2027-01-01")

    assert warned("price-lines", row) == [
        'line 2, column "name", value "Sparkling": WATER is "Still water" here; that name stays'
    ]


def test_a_contract_number_of_two_customers_needs_to_be_told_apart():
    make.contract(make.customer(code="C3"), number="C-1")

    assert refused("price-lines", WATER) == [
        'line 2, column "contract", value "C-1": contract C-1 is of several customers (C1, C3); '
        "add a column that says whose"
    ]


# --- the good rows alone ------------------------------------------------------------------------


def test_of_overlapping_prices_neither_is_taken_and_the_others_are():
    lemon = WATER.replace("WATER", "LEMON")
    later = lemon.replace("2026-01-01", "2026-07-01")

    report = store("price-lines", lemon, later, WATER.replace("WATER", "COLA"), good_rows=True).report

    assert (report.price_lines_added, report.products_added, report.refused_rows) == (1, 1, 2)
    assert set(Product.objects.values_list("code", flat=True)) == {"WATER", "COLA"}


def test_the_good_contracts_are_taken_without_the_bad_ones():
    report = store("contracts", AGREED.replace("C-1", "C-8"), AGREED.replace("C-1,C1", "C-9,C9"), good_rows=True).report

    assert (report.contracts_added, report.refused_rows) == (1, 1)


# --- words --------------------------------------------------------------------------------------


def test_the_words_of_a_profile_are_those_of_the_contract():
    assert tuple(Contract.Execution.values) == fields.EXECUTIONS
    assert tuple(Contract.Title.values) == fields.TITLES
    assert tuple(Contract.State.values) == fields.STATES
