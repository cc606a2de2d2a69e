"""From goods to invoices: each method's due days, each shipment once, consigned goods as they are counted as sold."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.gate import services as gate
from contracts import services as contracts
from contracts.models import Contract
from receivables import services
from receivables.models import DueDateChange, Invoice
from receivables.services import checks
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals
from tests.refused import refused

pytestmark = pytest.mark.django_db
ASKED, DELIVERED, ISSUED, TODAY = date(2026, 11, 2), date(2026, 11, 4), date(2026, 11, 6), date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol", segment="trade")


def delivered(customer, method="net", parameters=None, *, lines=None, number="S-1", **values):
    contract = make.contract(customer, method, parameters, number="C-7", **values)
    return make.shipment(contract, lines, number=number, delivered_on=DELIVERED)


def bill(shipment, number="INV-1", issued_on=ISSUED, **values):
    return services.invoice_shipment(shipment=shipment, number=number, issued_on=issued_on, by=make.BY, **values)


def due(invoice):
    return [(item.due_date, item.amount) for item in invoice.due_items.order_by("position")]


# What is due when


def test_a_shipment_is_billed_with_its_amount_its_goods_and_the_name_of_the_rule(customer):
    made = bill(delivered(customer), vat_amount=Decimal("18.70"))

    assert (made.amount, made.currency, made.vat_amount, made.issued_on) == (100, "EUR", Decimal("18.70"), ISSUED)
    assert (made.terms_text, made.segment, made.shipment.number) == ("net", "trade", "S-1")
    item = made.due_items.get()
    assert (item.due_date, item.agreed_due_date, item.open_amount) == (date(2026, 12, 6), date(2026, 12, 6), 100)
    assert Entry.objects.get(verb="receivables.shipment_invoiced").after["shipment"] == "S-1"


@pytest.mark.parametrize(
    ("method", "parameters", "parts"),
    [
        ("net", {"days": 30, "from": "delivery"}, [("2026-12-04", 100)]),
        ("net", {"days": 30, "from": "receipt"}, [("2026-12-06", 100)]),
        ("net", {"days": 30, "end_of_month": "after"}, [("2026-12-31", 100)]),
        ("cash_on_delivery", {}, [("2026-11-04", 100)]),
        ("two_deliveries", {"max_days": 45}, [("2026-12-19", 100)]),
        ("periodic", {"rule": "monthly 25", "min_days": 30}, [("2026-12-25", 100)]),
        ("fixed", {"date": "2027-01-15"}, [("2027-01-15", 100)]),
        (
            "instalments",
            {"parts": [{"share": "0.333", "days": 10}, {"share": "0.667", "days": 40}]},
            [("2026-11-16", "33.30"), ("2026-12-16", "66.70")],
        ),
        (
            "in_advance",
            {"share": "0.3", "rest_days": 30},
            [("2026-11-06", 30), ("2026-12-04", 70)],
        ),
    ],
)
def test_each_method_gives_its_own_due_days(customer, method, parameters, parts):
    made = bill(delivered(customer, method, parameters))

    assert due(made) == [(date.fromisoformat(day), Decimal(amount)) for day, amount in parts]
    assert made.terms_text == method


def test_a_discount_of_the_terms_stands_on_the_due_item(customer):
    made = bill(delivered(customer, "net", {"days": 30, "discount": {"share": "0.02", "days": 10}}))

    item = made.due_items.get()
    assert (item.discount_until, item.discount_share) == (ISSUED + timedelta(10), Decimal("0.02"))


def test_a_part_that_comes_to_nothing_is_no_due_item(customer):
    parameters = {"parts": [{"share": "0.1", "days": 10}, {"share": "0.9", "days": 40}]}

    made = bill(delivered(customer, "instalments", parameters, lines=[("WATER", 1, "0.04")]))

    assert due(made) == [(ISSUED + timedelta(40), Decimal("0.04"))]


@pytest.mark.parametrize(
    ("asked_on", "open_batches", "due_on"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 20)),
        (date(2026, 11, 3), 1, DELIVERED),  # asked for before these goods were there
        (date(2026, 11, 20), 2, date(2026, 12, 4)),  # two batches may be open: the third one brings it forward
    ],
)
def test_a_next_delivery_that_was_asked_for_before_the_bill_makes_it_due_on_that_day(
    customer, asked_on, open_batches, due_on
):
    first = delivered(customer, "two_deliveries", {"max_days": 30, "open_batches": open_batches})
    contracts.cancel(shipment=make.shipment(first.contract, asked_on=ASKED), on=make.TODAY, by=make.BY)
    make.shipment(first.contract, asked_on=asked_on)

    assert due(bill(first, issued_on=TODAY)) == [(due_on, 100)]


def test_the_rest_of_a_split_order_is_not_asked_for_anew(customer):
    contract = make.contract(customer, "two_deliveries", {"max_days": 30})
    made = make.shipment(contract)
    contracts.split(shipment=made, keep={made.lines.get().pk: Decimal(10)}, by=make.BY)

    gate.release(shipment=made, on=ASKED, by=make.BY)
    contracts.deliver(shipment=made, on=DELIVERED, signed_by="Lucía", by=make.BY)

    assert due(bill(made)) == [(DELIVERED + timedelta(30), 25)]


@pytest.mark.parametrize(
    ("country", "rule", "due_on"),
    [
        ("IE", "statutory", date(2026, 12, 6)),  # 30 days from goods and invoice
        ("ES", "statutory", date(2026, 12, 4)),  # 30 days from the delivery
        ("CN", "statutory", DELIVERED),
        ("", "statutory", date(2026, 12, 6)),  # of the business: Ireland
        ("JP", "NET30", date(2026, 12, 6)),  # its law is not known here
    ],
)
def test_without_a_contract_the_law_of_the_place_says_when(customer, country, rule, due_on):
    made = bill(make.shipment(make.customer(country=country), delivered_on=DELIVERED))

    assert (made.terms_text, due(made)) == (rule, [(due_on, 100)])


# What can be billed


def test_a_shipment_is_billed_once(customer):
    shipment = delivered(customer)
    bill(shipment)

    with refused(services.NotBillable, "Shipment S-1 is billed already: invoice INV-1."):
        bill(shipment, number="INV-2")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_bill_a_shipment_at_once_one_is_refused():
    make.business()
    shipment = delivered(make.customer())

    found = at_once(*[lambda number=number: bill(shipment, number=number) for number in ("INV-1", "INV-2")])

    assert failures(found) == []
    [invoice] = Invoice.objects.all()
    assert refusals(found) == [f"Shipment S-1 is billed already: invoice {invoice.number}."]


def test_an_order_paid_in_advance_is_billed_before_it_leaves_and_its_rest_waits_for_the_delivery(customer):
    contract = make.contract(customer, "in_advance", {"share": "0.3", "rest_days": 14})
    shipment = make.shipment(contract)

    made = bill(shipment)
    assert due(made) == [(ISSUED, 30), (None, 70)]
    assert services.date_by_delivery(shipment=shipment, by=make.BY) == []

    gate.release(shipment=shipment, on=ISSUED, by=make.BY)
    contracts.deliver(shipment=shipment, on=date(2026, 11, 20), signed_by="Lucía", by=make.BY)
    services.date_by_delivery(shipment=shipment, by=make.BY)

    assert due(made) == [(ISSUED, 30), (date(2026, 12, 4), 70)]
    change = DueDateChange.objects.get()
    assert (change.applies_on, change.because) == (date(2026, 11, 20), "Delivered on 20 Nov 2026")
    assert Entry.objects.get(verb="receivables.dated_by_delivery").after == {"due_dates": "2026-12-04"}
    assert services.date_by_delivery(shipment=shipment, by=make.BY) == [], "told twice, dated once"


def test_goods_billed_on_their_way_get_their_day_when_they_arrive_and_moved_days_stay(customer):
    contract = make.contract(customer, "net", {"days": 30, "from": "delivery"})
    on_its_way, moved, of_a_file = (make.shipment(contract, released=True) for _ in range(3))
    billed = [bill(on_its_way, "INV-1"), bill(moved, "INV-2")]
    imported = make.invoice(customer, 100, due_date=date(2027, 1, 1), shipment=of_a_file.pk, terms_text="X")
    assert due(billed[0]) == [(date(2026, 12, 6), 100)]
    services.move_due_date(
        due_item=billed[1].due_items.get(), due_date=date(2027, 2, 1), on=ISSUED, by=make.BY, because="Agreed"
    )

    for shipment in (on_its_way, moved, of_a_file):
        contracts.deliver(shipment=shipment, on=date(2026, 11, 9), signed_by="Lucía", by=make.BY)
        services.date_by_delivery(shipment=shipment, by=make.BY)

    assert due(billed[0]) == [(date(2026, 12, 9), 100)]
    assert billed[0].due_items.get().agreed_due_date == date(2026, 12, 6)
    assert due(billed[1]) == [(date(2027, 2, 1), 100)]
    assert due(imported) == [(date(2027, 1, 1), 100)]


def test_a_customer_who_is_late_is_billed_for_what_has_left(customer):
    shipment = delivered(customer)
    make.invoice(customer, 9000, due_date=date(2026, 1, 1))

    assert bill(shipment).amount == 100


def test_what_has_not_left_came_back_or_is_worth_nothing_is_not_billed(customer):
    contract = make.contract(customer)
    back = make.shipment(contract, number="S-2", delivered_on=DELIVERED)
    contracts.take_back_goods(shipment=back, on=DELIVERED, by=make.BY)
    gone = make.shipment(contract, number="S-3")
    contracts.cancel(shipment=gone, on=make.TODAY, by=make.BY)
    consigned = make.contract(customer, "consignment", {"max_days": 90})

    for shipment, words in (
        (
            make.shipment(contract, number="S-1"),
            "Shipment S-1 has not left. Only orders paid in advance are billed before that.",
        ),
        (back, "Shipment S-2 came back or was cancelled: there is nothing to bill."),
        (gone, "Shipment S-3 came back or was cancelled: there is nothing to bill."),
        (
            make.shipment(contract, [("WATER", 1, "0")], number="S-4", delivered_on=DELIVERED),
            "Shipment S-4 comes to nothing: there is nothing to bill.",
        ),
        (
            make.shipment(consigned, number="S-5", delivered_on=DELIVERED),
            "Shipment S-5 is on consignment: what a count finds sold is billed. Record a count.",
        ),
    ):
        with refused(services.NotBillable, words):
            bill(shipment)


def test_a_contract_that_came_without_computable_terms_gives_no_due_day(customer):
    shipment = delivered(customer)
    Contract.objects.update(parameters={})  # ended elsewhere, taken over as it was

    with refused(
        services.NotBillable,
        "No due date follows from contract C-7: days: expected a whole number from 0 to 3650, got nothing.",
    ):
        bill(shipment)


def test_a_bill_has_a_free_number_a_day_that_has_come_and_a_tax_inside_it(customer):
    make.invoice(customer, number="INV-0", due_date=TODAY)
    shipment = delivered(customer)
    tax = "The tax is a part of €100.00, with the decimals of the currency."

    for kind, values, words in (
        (services.NotAnInvoiceNumber, {"number": " "}, "An invoice has a number of at most 60 characters."),
        (services.NotAnInvoiceNumber, {"number": "I" * 61}, "An invoice has a number of at most 60 characters."),
        (
            services.NotAnInvoiceNumber,
            {"number": "INV-0"},
            "Mercado Sol has an invoice INV-0 already. Choose another number.",
        ),
        (
            services.NotYet,
            {"issued_on": TODAY + timedelta(1)},
            "25 Nov 2026 is in the future. Enter the day on which it happened.",
        ),
        (services.NotAnAmount, {"vat_amount": Decimal(100)}, tax),
        (services.NotAnAmount, {"vat_amount": Decimal(-1)}, tax),
        (services.NotAnAmount, {"vat_amount": Decimal("18.705")}, tax),
    ):
        with refused(kind, words):
            bill(shipment, **values)
    assert bill(shipment, vat_amount=Decimal(0)).vat_amount == 0


# Consigned goods


@pytest.fixture
def consigned(customer):
    """40 cases of water at 2.50 and 3 of beer at 3.335, to be sold within 90 days."""
    lines = [("WATER", 40, "2.50"), (make.product("BEER"), 3, "3.335")]
    return delivered(customer, "consignment", {"max_days": 90}, lines=lines)


def sell(count, number, issued_on=TODAY):
    return services.book_counted_sales(count=count, number=number, issued_on=issued_on, by=make.BY)


def test_what_a_count_finds_sold_is_billed_and_due_on_the_day_of_the_count(consigned):
    counted = make.counted(consigned, (10, 0, 30, 0), (1, 0, 2, 0), on=date(2026, 11, 20))

    made = sell(counted, "INV-1")

    assert (made.amount, made.shipment, made.terms_text) == (Decimal("28.34"), consigned, "consignment")
    assert due(made) == [(date(2026, 11, 20), Decimal("28.34"))]
    assert Entry.objects.get(verb="receivables.counted_sales_invoiced").after["counted_on"] == "2026-11-20"


def test_each_bill_has_what_was_sold_since_the_one_before_and_together_they_are_the_batch(consigned):
    first = make.counted(consigned, (10, 0, 30, 0), (1, 0, 2, 0), on=date(2026, 11, 10))
    second = make.counted(consigned, (10, 0, 30, 0), (2, 0, 1, 0), on=date(2026, 11, 12))
    third = make.counted(consigned, (40, 0, 0, 0), (3, 0, 0, 0), on=date(2026, 11, 20))

    bills = [sell(first, "INV-1"), sell(second, "INV-2"), sell(third, "INV-3")]

    assert [made.amount for made in bills] == [Decimal("28.34"), Decimal("3.33"), Decimal("78.34")]
    assert sum(made.amount for made in bills) == consigned.amount


def test_a_count_that_was_passed_over_is_billed_with_the_next_one_and_then_not_again(consigned):
    first = make.counted(consigned, (10, 0, 30, 0), (0, 0, 3, 0), on=date(2026, 11, 10))
    second = make.counted(consigned, (12, 0, 28, 0), (0, 0, 3, 0), on=date(2026, 11, 12))

    assert sell(second, "INV-1").amount == 30
    assert sell(second, "INV-2") is None
    assert sell(first, "INV-2") is None
    assert Invoice.objects.count() == 1


def test_where_nothing_was_sold_there_is_nothing_to_bill(consigned):
    assert sell(make.counted(consigned, (0, 20, 19, 1), (0, 3, 0, 0), on=TODAY), "INV-1") is None


def test_a_file_that_billed_the_whole_batch_leaves_nothing_to_bill(consigned):
    make.invoice(consigned.customer, "130.01", due_date=TODAY, shipment=consigned.pk, vat_amount=Decimal(20))

    assert sell(make.counted(consigned, (40, 0, 0, 0), (3, 0, 0, 0), on=TODAY), "INV-1") is None


@pytest.mark.parametrize(
    ("rest", "counted_on", "amount", "due_on"),
    [
        ("bought", DELIVERED + timedelta(9), 25, DELIVERED + timedelta(9)),
        ("bought", DELIVERED + timedelta(10), 100, DELIVERED + timedelta(10)),
        ("bought", DELIVERED + timedelta(14), 100, DELIVERED + timedelta(10)),  # bought on the last day
        ("returned", DELIVERED + timedelta(14), 25, DELIVERED + timedelta(14)),
    ],
)
def test_what_is_left_on_the_last_day_is_bought_where_the_contract_says_so(customer, rest, counted_on, amount, due_on):
    shipment = delivered(customer, "consignment", {"max_days": 10}, consignment_rest=rest)

    made = sell(make.counted(shipment, (10, 0, 30, 0), on=counted_on), "INV-1")

    assert due(made) == [(due_on, amount)]


def test_goods_bought_on_the_last_day_are_billed_beside_what_was_sold_before(customer):
    shipment = delivered(customer, "consignment", {"max_days": 10}, consignment_rest="bought")
    before = make.counted(shipment, (10, 0, 30, 0), on=DELIVERED + timedelta(9))
    after = make.counted(shipment, (12, 4, 24, 0), on=DELIVERED + timedelta(12))

    bills = [sell(before, "INV-1"), sell(after, "INV-2")]

    assert [made.amount for made in bills] == [25, 65]
    assert due(bills[1]) == [(DELIVERED + timedelta(10), 65)]


@pytest.mark.parametrize(
    ("parameters", "due_on"),
    [
        ({"due_days": 14}, date(2026, 12, 5)),
        ({"due_days": 14, "holidays": {"country": "IE"}}, date(2026, 12, 7)),  # a Saturday
    ],
)
def test_counted_sales_are_due_so_many_days_after_the_count_as_the_contract_has_it(customer, parameters, due_on):
    shipment = delivered(customer, "consignment", {"max_days": 90})
    Contract.objects.update(parameters={"max_days": 90, **parameters})

    made = sell(make.counted(shipment, (10, 0, 30, 0), on=date(2026, 11, 21)), "INV-1")

    assert due(made) == [(due_on, 25)]


def test_counted_sales_are_billed_on_the_day_of_the_count_or_later(consigned):
    counted = make.counted(consigned, (10, 0, 30, 0), (0, 0, 3, 0), on=date(2026, 11, 20))

    with refused(
        checks.TooEarly,
        "19 Nov 2026 is before 20 Nov 2026, the day it counts from. Choose that day or a later one.",
    ):
        sell(counted, "INV-1", issued_on=date(2026, 11, 19))
    with refused(services.NotAnInvoiceNumber, "An invoice has a number of at most 60 characters."):
        sell(counted, "")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_count_is_billed_once_by_two_at_once():
    make.business()
    shipment = delivered(make.customer(), "consignment", {"max_days": 90})
    counted = make.counted(shipment, (10, 0, 30, 0), on=TODAY)

    found = at_once(*[lambda number=number: sell(counted, number) for number in ("INV-1", "INV-2")])

    assert failures(found) == []
    assert sorted(made is None for made in found) == [False, True]
    assert Invoice.objects.get().amount == 25
