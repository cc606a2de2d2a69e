"""Money that was named for an order settles the invoice of that order, whichever of the two comes first."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app import books
from contracts.models import Shipment
from receivables import consequences, services
from receivables.models import Allocation, Payment
from tests import factories as make
from tests.intake.agreed import BATCH, agreement, store

pytestmark = pytest.mark.django_db
PAID, DELIVERED, ISSUED, TODAY = date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 6), date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


@pytest.fixture
def order(customer):
    """100.00, of which 30 % are to be paid in advance."""
    contract = make.contract(customer, "in_advance", {"share": "0.3", "rest_days": 30})
    return make.shipment(contract, number="SH-2026-00022", delivered_on=DELIVERED)


def bill(shipment, number="INV-1", issued_on=ISSUED):
    return services.invoice_shipment(shipment=shipment, number=number, issued_on=issued_on, by=make.BY)


def named(customer, amount, number="SH-2026-00022", received_on=PAID, **values):
    """Money that waits for the order."""
    return make.payment(customer, amount, received_on=received_on, lines=[], reference=number, **values)


def open_amounts(invoice):
    return [item.open_amount for item in invoice.due_items.order_by("position")]


def left(payment):
    return Payment.objects.get(pk=payment.pk).unapplied_amount


def in_order():
    assert [one for one in books.check(as_of=TODAY).invariants if one.broken] == []


def test_money_named_for_an_order_is_on_the_invoice_of_that_order_as_soon_as_it_is_booked(customer, order):
    paid = named(customer, 30)

    made = bill(order)

    assert (open_amounts(made), left(paid)) == ([0, 70], 0)
    settled = Allocation.objects.get()
    assert (settled.amount, settled.applies_on, settled.due_item.settled_on) == (30, ISSUED, ISSUED)
    entry = Entry.objects.get(verb="receivables.allocated")
    assert (entry.subject_key, entry.after["order"], Decimal(entry.after["amount"])) == (
        str(paid.pk), "SH-2026-00022", 30,
    )  # fmt: skip
    in_order()


def test_the_later_of_the_day_of_the_money_and_of_the_invoice_counts(customer, order):
    paid = named(customer, 30, received_on=date(2026, 11, 10))

    bill(order)

    assert paid.allocations.get().applies_on == date(2026, 11, 10)


def test_no_more_is_settled_than_the_invoice_owes_and_the_oldest_money_goes_first(customer, order):
    newer = named(customer, 80, received_on=date(2026, 11, 5))
    older = named(customer, 60)

    made = bill(order)

    assert (open_amounts(made), left(older), left(newer)) == ([0, 0], 0, 40)
    assert [(row.payment, row.amount) for row in Allocation.objects.order_by("pk")] == [
        (older, 30), (older, 30), (newer, 40),
    ]  # fmt: skip
    in_order()


def test_what_came_back_in_the_meantime_is_not_used_for_a_day_on_which_it_was_used_otherwise(customer, order):
    paid = named(customer, 30)
    elsewhere = make.due_item(customer, 30, due_date=PAID)
    [row] = services.allocate(source=paid, lines=[(elsewhere.pk, Decimal(30))], on=PAID, by=make.BY)
    services.take_back(allocation=row, on=date(2026, 11, 12), by=make.BY, because="Meant for the order")

    made = bill(order)

    assert open_amounts(made) == [0, 70]
    assert made.due_items.get(position=1).allocations.get().applies_on == date(2026, 11, 12)


def test_money_of_another_order_currency_or_customer_and_money_in_the_field_stay_where_they_are(customer, order):
    others = [
        named(customer, 30, number="SH-2026-00023"),
        named(customer, 30, number=""),
        named(customer, 30, currency="USD"),
        named(make.customer(), 30),
    ]
    owed = make.due_item(customer, 30, due_date=PAID)
    make.receipt(owed, 30, rep=make.rep(), received_on=PAID)

    made = bill(order)

    assert open_amounts(made) == [30, 70]
    assert [left(one) for one in others] == [30, 30, 30, 30]
    assert not Allocation.objects.exists()


def test_reversed_money_settles_nothing(customer, order):
    services.reverse_payment(payment=named(customer, 30), on=DELIVERED, by=make.BY, because="Bounced")

    assert open_amounts(bill(order)) == [30, 70]


def test_what_follows_money_follows(customer, monkeypatch, order):
    """A reminder of the invoice would be a second demand: the port is called after the money is on it."""
    seen = []
    paid = named(customer, 30)
    monkeypatch.setattr(
        consequences, "_installed", [lambda *, customers, on, by: seen.append((customers, on, left(paid)))]
    )

    bill(order)

    assert seen[-1] == ([customer.pk], ISSUED, 0)


def test_where_the_pro_forma_was_there_first_money_under_the_number_of_the_order_settles_it(customer):
    contract = make.contract(customer, "in_advance", {"share": "0.3", "rest_days": 30})
    waits = make.shipment(contract, number="SH-2026-00022")
    made = bill(waits)

    paid = named(customer, 30, received_on=date(2026, 11, 10))

    assert (open_amounts(made), paid.unapplied_amount) == ([0, 70], 0)
    assert paid.allocations.get().applies_on == date(2026, 11, 10)
    in_order()


def test_an_invoice_of_the_ledger_takes_the_money_when_it_is_linked_to_the_order(customer, order):
    paid = named(customer, 30)
    made = make.invoice(customer, 100, due_date=date(2026, 12, 6), issued_on=ISSUED)

    for _ in range(2):
        services.link_shipments(links=[(made, order)], on=TODAY, by=make.BY)

    assert (open_amounts(made), left(paid)) == ([70], 0)
    assert paid.allocations.get().applies_on == ISSUED
    in_order()


def test_an_invoice_that_a_file_links_to_its_goods_takes_the_money_that_was_named_for_them(db):
    make.business()
    agreed = agreement()
    bill = make.invoice(agreed.customer, 100, number="88", due_date=date(2026, 11, 4), issued_on=date(2026, 10, 5))
    paid = make.payment(agreed.customer, 30, received_on=date(2026, 10, 2), lines=[], reference="S-1")

    store("shipments", BATCH + "88")

    paid.refresh_from_db()
    assert (paid.unapplied_amount, bill.due_items.get().open_amount) == (0, 70)
    assert paid.allocations.get().applies_on == date(2026, 10, 5)


def test_an_invoice_on_which_the_ledger_has_money_is_left_to_a_person_for_it_may_be_the_same(customer, order):
    paid = named(customer, 30)
    made = make.invoice(customer, 100, due_date=date(2026, 12, 6), issued_on=ISSUED, paid=[("30", ISSUED)])

    services.link_shipments(links=[(made, order)], on=TODAY, by=make.BY)

    assert (open_amounts(made), left(paid)) == ([70], 30)


def test_money_less_the_cash_discount_in_time_is_left_for_the_proposal_that_closes_both(customer):
    terms = {"days": 30, "discount": {"share": "0.02", "days": 10}}
    shipment = make.shipment(make.contract(customer, "net", terms), number="S-2", delivered_on=DELIVERED)
    exact, short = named(customer, 98, number="S-2"), make.shipment(shipment.contract, delivered_on=DELIVERED)
    part = named(customer, 50, number=short.number)

    made, other = bill(shipment), bill(short, "INV-2")

    assert (open_amounts(made), left(exact)) == ([100], 98)
    assert (open_amounts(other), left(part)) == ([50], 0)


def test_the_journal_tells_the_ledger_which_invoice_the_prepayment_settled(customer, order):
    named(customer, 30)
    bill(order)

    batch = services.export_journal(up_to=TODAY, by=make.BY)

    assert [(row.kind, row.counts_on, row.amount, row.document_number) for row in batch.rows.order_by("position")] == [
        ("receipt", PAID, 30, "SH-2026-00022"),
        ("allocation", ISSUED, 30, "INV-1"),
    ]


def test_many_invoices_without_waiting_money_ask_once(customer, count_queries):
    def asked(many):
        shipments = [make.shipment(customer, delivered_on=DELIVERED) for _ in range(many)]
        links = [(make.invoice(customer, 100, due_date=TODAY), one) for one in shipments]
        return count_queries(lambda: services.link_shipments(links=links, on=TODAY, by=make.BY))

    assert asked(1) == asked(8)
    assert Shipment.objects.count() == 9
