"""What is wrong with files of shipments, in the words that a person is told."""

from datetime import date

import pytest

from collections_app.gate import services as gate
from contracts import services as contracts
from contracts.models import Contract, Shipment
from customers.models import Customer
from intake.models import File
from receivables.models import Invoice
from tests import factories as make
from tests.intake.agreed import BATCH, HERE, NOBODY, WATER, agreement, refused, store, warned

pytestmark = pytest.mark.django_db

ELSEWHERE = "correct the file, or the shipment on its page"
PLANNED = "S-1,C1,C-1,,2026-11-20,,WATER,40,2.50,,,,"


@pytest.fixture(autouse=True)
def agreed(db):
    make.business()
    make.customer(code="C2", name="Birch Bar")
    return agreement()


SHIPMENTS = {
    "an unknown customer": (
        BATCH.replace("S-1,C1", "S-1,C9"),
        f'line 2, column "customer", value "C9": {NOBODY}',
    ),
    "an unknown contract": (
        BATCH.replace("C-1", "C-9"),
        f'line 2, column "contract", value "C-9": {HERE}',
    ),
    "another customer's contract": (
        BATCH.replace("S-1,C1", "S-1,C2"),
        'line 2, column "contract", value "C-1": contract C-1 is another customer\'s (C1), not C2\'s',
    ),
    "an unknown product": (
        BATCH.replace("WATER", "WINE"),
        'line 2, column "product", value "WINE": '
        "no such product is here; import the price lines first, they bring the products",
    ),
    "a shipment before its contract": (
        BATCH.replace("2026-10-01", "2025-12-31"),
        'line 2, column "asked on", value "2025-12-31": before contract C-1 starts, on 2026-01-01',
    ),
    "delivered before it was asked for": (
        BATCH.replace("2026-10-05,W", "2026-09-30,W"),
        'line 2, column "delivered on", value "2026-09-30": delivered before the goods were asked for, on 2026-10-01',
    ),
    "delivered on a day to come": (
        BATCH.replace("2026-10-05,W", "2026-12-05,W"),
        'line 2, column "delivered on", value "2026-12-05": '
        "after 2026-11-24; goods to come have no day of delivery yet",
    ),
    "signed for without a delivery": (
        BATCH.replace("2026-10-05,W", ",W"),
        'line 2, column "signed by", value "Lucía Ortega": signed for, but without a day of delivery',
    ),
    "signed for before they were asked for": (
        BATCH.replace("Ortega,2026-10-05", "Ortega,2026-09-30"),
        'line 2, column "signed on", value "2026-09-30": signed for before the goods were asked for, on 2026-10-01',
    ),
    "signed for by nobody": (
        BATCH.replace("Lucía Ortega", ""),
        'line 2, column "signed by", value "": empty; who signed for the goods?',
    ),
    "a quantity of nothing": (
        BATCH.replace(",40,", ",0,").replace("100.00", ""),
        'line 2, column "quantity", value "0": zero; a line has a quantity above zero',
    ),
    "an amount that does not follow": (
        BATCH.replace("100.00", "110.00"),
        'line 2, column "amount", value "110.00": 40 at 2.50 are 100.00; correct one of the three',
    ),
    "no price": (
        BATCH.replace("2.50,100.00", ","),
        'line 2, column "price", value "": empty; a line needs its price',
    ),
    "no contract and no currency": (
        BATCH.replace("C-1", ""),
        'line 2, column "currency", value "": empty; goods without a contract need their currency',
    ),
    "an amount beyond all measure": (
        BATCH.replace(",40,2.50,100.00", ",99999999999,11,"),
        'line 2, column "quantity", value "99999999999": an amount of a million million or more; check the shipment',
    ),
    "a quantity that no line can hold": (
        BATCH.replace(",40,2.50,100.00", ",100000000000,0.01,"),
        'line 2, column "quantity", value "100000000000": a quantity of a hundred thousand million or more; check it',
    ),
    "an amount finer than its currency": (
        BATCH.replace(",40,2.50,100.00", ",40,2.50,100.001"),
        'line 2, column "amount", value "100.001": more decimals than EUR has (2)',
    ),
    "no number": (
        BATCH.replace("S-1", ""),
        'line 2, column "shipment", value "": empty; a shipment needs its number',
    ),
}


@pytest.mark.parametrize("kind", SHIPMENTS)
def test_a_bad_shipment_is_told_by_line_column_and_value(kind):
    row, told = SHIPMENTS[kind]

    assert refused("shipments", row) == [told]
    assert (Shipment.objects.count(), File.objects.count()) == (0, 0)


def test_every_problem_of_a_row_is_told_at_once():
    row = "S-1,C9,C-9,x,2026-10-01,2026-09-05,WINE,0,-1,,,,"

    assert [text.split('"')[1] for text in refused("shipments", row)] == [
        "delivered on",
        "quantity",
        "price",
        "batch",
        "customer",
        "product",
    ]


def test_goods_of_a_draft_are_refused(agreed):
    Contract.objects.update(state="draft")

    assert refused("shipments", BATCH) == [
        'line 2, column "contract", value "C-1": contract C-1 is not active but draft'
    ]


def test_goods_that_are_here_stay_as_they_are_when_their_contract_has_ended(agreed):
    store("shipments", PLANNED)
    contracts.end(contract=agreed, on=date(2026, 11, 23), by=make.BY)

    assert store("shipments", PLANNED, "").report.unchanged == 1


def test_goods_after_the_end_of_their_contract_are_refused(agreed):
    Contract.objects.update(ends_before=date(2026, 9, 1))

    assert refused("shipments", BATCH) == [
        'line 2, column "asked on", value "2026-10-01": contract C-1 holds until before 2026-09-01'
    ]


def test_the_lines_of_a_shipment_say_the_same_about_it():
    make.product("LEMON")

    assert refused("shipments", BATCH, BATCH.replace("WATER", "LEMON").replace("2026-10-01", "2026-10-02")) == [
        'line 3, column "asked on", value "2026-10-02": shipment S-1 is on line 2 already, there with "2026-10-01"; '
        "all its lines say the same"
    ]


def test_a_batch_that_is_another_shipment_already_is_told():
    store("shipments", BATCH)

    assert refused("shipments", BATCH.replace("S-1", "S-2")) == [
        'line 2, column "batch", value "1": batch 1 of contract C-1 is shipment S-1 already'
    ]


CHANGES = {
    "another quantity": (
        BATCH.replace(",40,", ",50,").replace("100.00", "125.00"),
        'line 2, column "quantity", value "50": '
        f"changed: shipment S-1 is here already, with 40 WATER at 2.5; {ELSEWHERE}",
    ),
    "another day": (
        BATCH.replace("2026-10-01", "2026-09-30"),
        'line 2, column "asked on", value "2026-09-30": '
        f"changed: shipment S-1 is here already, asked for on 2026-10-01; {ELSEWHERE}",
    ),
    "another day of delivery": (
        BATCH.replace("2026-10-05,W", "2026-10-06,W"),
        'line 2, column "delivered on", value "2026-10-06": '
        "changed: shipment S-1 is here already, delivered on 2026-10-05; correct the file",
    ),
    "somebody else's": (
        BATCH.replace("S-1,C1,C-1", "S-1,C2,C-2"),
        f'line 2, column "customer", value "C2": changed: shipment S-1 is here already, customer C1\'s; {ELSEWHERE}',
    ),
    "signed by somebody else": (
        BATCH.replace("Lucía", "Luis"),
        'line 2, column "signed by", value "Luis Ortega": '
        f"changed: shipment S-1 is here already, signed for by Lucía Ortega; {ELSEWHERE}",
    ),
    "another batch": (
        BATCH.replace("C-1,1", "C-1,7"),
        f'line 2, column "batch", value "7": changed: shipment S-1 is here already, as batch 1; {ELSEWHERE}',
    ),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_number_that_is_here_with_other_values_is_told_with_both(kind):
    row, told = CHANGES[kind]
    make.contract(Customer.objects.get(code="C2"), number="C-2")
    store("shipments", BATCH)

    assert told in refused("shipments", row)


def test_a_planned_shipment_is_never_released_by_a_file():
    store("shipments", PLANNED)

    assert refused("shipments", PLANNED.replace("-20,,", "-20,2026-11-23,")) == [
        'line 2, column "delivered on", value "2026-11-23": changed: shipment S-1 is here already, planned and not '
        "delivered; release it at the gate and note its delivery there"
    ]
    assert Shipment.objects.get().release is None


def test_a_cancelled_shipment_does_not_come_back_by_a_file():
    store("shipments", PLANNED)
    gate.cancel(shipment=Shipment.objects.get(), on=date(2026, 11, 24), by=make.BY)

    assert refused("shipments", PLANNED, "") == [
        'line 2, column "shipment", value "S-1": changed: shipment S-1 is here already, cancelled; '
        "goods that are wanted again need a new number"
    ]


# --- invoices -----------------------------------------------------------------------------------


def billed(agreed, **values):
    return make.invoice(agreed.customer, 100, number="88", due_date=date(2026, 11, 4), **values)


def test_an_invoice_that_is_not_here_is_told_and_the_goods_are_taken():
    assert warned("shipments", BATCH + "88") == [
        'line 2, column "invoice", value "88": no invoice 88 of C1 is here, so these goods count as not billed; '
        "import the receivables first"
    ]


def test_an_invoice_bills_one_shipment(agreed):
    billed(agreed)
    second = BATCH.replace("S-1", "S-2").replace("C-1,1", "C-1,2")

    assert refused("shipments", BATCH + "88", second + "88") == [
        'line 3, column "invoice", value "88": invoice 88 bills shipment S-1 on line 2 too; here an invoice bills '
        "one shipment, so leave out what is billed together"
    ]
    store("shipments", BATCH + "88")
    assert refused("shipments", second + "88") == [
        'line 2, column "invoice", value "88": invoice 88 bills shipment S-1 already'
    ]


def test_an_invoice_in_another_currency_does_not_bill_the_goods(agreed):
    make.account("USD")
    billed(agreed, currency="USD")

    assert refused("shipments", BATCH + "88") == [
        'line 2, column "invoice", value "88": invoice 88 is in USD, the goods are in EUR'
    ]
    assert Invoice.objects.get().shipment is None


# --- the good rows alone ------------------------------------------------------------------------


def test_a_shipment_is_taken_with_all_of_its_lines_or_not_at_all():
    good = BATCH.replace("S-1", "S-2").replace("C-1,1", "C-1,2")

    outcome = store("shipments", BATCH, BATCH.replace("WATER", "WINE"), good, good_rows=True)

    refused_rows = File.objects.get().refused_rows
    assert refused_rows is not None
    lines = bytes(refused_rows.content).decode("utf-8-sig").splitlines()
    assert [shipment.number for shipment in Shipment.objects.all()] == ["S-2"]
    assert (outcome.report.refused_rows, outcome.report.problem_count) == (2, 1)
    assert lines[1].endswith("not taken because of another row of the file")
    assert lines[2].endswith(
        '"product: no such product is here; import the price lines first, they bring the products"'
    )


def test_a_planned_line_at_the_price_of_the_tier_that_the_contract_reaches_is_no_difference(agreed):
    tiers = [WATER.replace("2.50,EUR,", f"{price},EUR,{days}") for days, price in ((14, "2.30"), (30, "2.40"))]
    store("price-lines", *tiers)  # the contract has 30 days net

    assert warned("shipments", PLANNED.replace("2.50", "2.40")) == []
    assert warned("shipments", PLANNED.replace("S-1", "S-2").replace("2.50", "2.30")) == [
        'line 2, column "price", value "2.30": at 2.3, agreed in contract C-1: 2.5'
    ]


def test_a_planned_line_that_differs_from_the_contract_is_told_before_anything_is_sent(agreed):
    planned = "S-1,C1,C-1,,2026-11-20,,WATER,40,{},,,,"

    assert warned("shipments", planned.format("2.60")) == [
        'line 2, column "price", value "2.60": at 2.6, agreed in contract C-1: 2.5'
    ]


def test_delivered_goods_at_another_price_than_agreed_are_taken_with_a_warning(agreed):
    row = "S-1,C1,C-1,1,2026-10-01,2026-10-05,WATER,40,3.00,,,,"

    assert warned("shipments", row) == ['line 2, column "price", value "3.00": at 3, agreed in contract C-1: 2.5']

    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.amount) == ("delivered", 120)


def test_delivered_goods_at_the_agreed_price_or_without_one_give_no_warning(agreed):
    make.product("LEMON")

    assert warned("shipments", BATCH, BATCH.replace("S-1,C1,C-1,1", "S-2,C1,C-1,2").replace("WATER", "LEMON")) == []
    assert Shipment.objects.count() == 2
