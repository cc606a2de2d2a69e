"""One story for each way of settling: what was delivered, when it is due, what waits, which money lets it go."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from collections_app import books, night
from collections_app.gate import modes, services
from collections_app.gate.queries import answers
from collections_app.standings import queries as standings
from contracts import services as contracts
from contracts.models import Shipment
from receivables import services as receivables
from receivables.models import DueItem, Invoice
from tests import factories as make

pytestmark = pytest.mark.django_db
WATER = [("WATER", Decimal(40), Decimal("2.50"))]  # 100.00


@contextmanager
def on(day):
    with time_machine.travel(datetime(day.year, day.month, day.day, 10, tzinfo=UTC), tick=False):
        yield day


def november(day):
    return on(date(2026, 11, day))


def december(day):
    return on(date(2026, 12, day))


@pytest.fixture(autouse=True)
def house(db):
    """The gate holds for every cause but the ramp of new customers, from 1 November on."""
    make.business()
    with november(1) as day:
        for cause in ("settlement", "limit", "late", "warning", "execution", "insurer"):
            modes.set_mode(cause=cause, segment="", mode="on", starts_on=day, on=day, by=make.BY)
        modes.set_mode(cause="ramp", segment="", mode="off", starts_on=day, on=day, by=make.BY)


@pytest.fixture
def customer():
    return make.customer(owner=make.rep("carmen"))


def asks(contract, day, **values):
    return services.ask_next(contract=contract, lines=WATER, on=day, by=make.BY, **values)


def leaves(shipment, day):
    return services.release(shipment=shipment, on=day, by=make.BY).may_leave


def why(shipment, day):
    [row] = Shipment.objects.filter(pk=shipment.pk).select_related("contract", "customer")
    return [cause.sentence for cause in answers([row], as_of=day)[row.pk].holds]


def arrives(shipment, day, **values):
    return services.deliver(shipment=shipment, on=day, signed_by="Lucía Ortega", by=make.BY, **values)


def bills(shipment, day):
    return receivables.invoice_shipment(shipment=shipment, number=f"INV-{shipment.number}", issued_on=day, by=make.BY)


def goes_out(contract, day):
    """Asked for, released, delivered and billed on one day."""
    shipment = asks(contract, day)
    assert leaves(shipment, day)
    arrives(shipment, day)
    return shipment, bills(shipment, day)


def pays(customer, amount, day, **values):
    return make.payment(customer, amount, received_on=day, **values)


def state(shipment):
    return Shipment.objects.get(pk=shipment.pk).state


def due(invoice):
    return list(invoice.due_items.order_by("position").values_list("due_date", "amount"))


def in_order(day):
    assert [one for one in books.check(as_of=day).invariants if one.broken] == []


def test_two_deliveries_one_settlement(customer):
    contract = make.contract(customer, "two_deliveries", {"max_days": 30}, settlement_clause="6.2")
    with november(2) as day:
        _first, bill = goes_out(contract, day)
        assert due(bill) == [(date(2026, 12, 2), Decimal(100))]

    with november(16) as day:  # the next batch is asked for: what is open is due today
        second = asks(contract, day)
        assert due(bill) == [(day, Decimal(100))]
        assert not leaves(second, day)
        assert why(second, day) == [f"An earlier batch is not settled: €100.00 on {bill.number}."]

    with november(18) as day:
        pays(customer, 60, day)
        assert state(second) == "held"
        pays(customer, 40, day)
        assert state(second) == "released"
        in_order(day)


def test_in_advance_a_share_now_and_the_rest_after_delivery(customer):
    contract = make.contract(customer, "in_advance", {"share": "0.4", "rest_days": 14})
    with november(2) as day:
        order = asks(contract, day)
        bill = bills(order, day)  # pro forma
        assert due(bill) == [(day, Decimal(40)), (None, Decimal(60))]
        assert not leaves(order, day)
        assert why(order, day) == ["€40.00 of the advance payment are not here yet."]

    with november(4) as day:
        pays(customer, 40, day)
        assert state(order) == "released"

    with november(6) as day:
        arrives(order, day)
        assert due(bill) == [(date(2026, 11, 2), Decimal(40)), (date(2026, 11, 20), Decimal(60))]
        in_order(day)


def test_in_advance_money_named_for_the_order_is_on_its_invoice_and_nothing_is_left_to_ask_for(customer):
    contract = make.contract(customer, "in_advance", {"share": "0.3", "rest_days": 14})
    with november(2) as day:
        order = asks(contract, day)
        assert not leaves(order, day)

    with november(4) as day:  # the money is here before there is a bill
        paid = pays(customer, 30, day, lines=[], reference=order.number)
        assert state(order) == "released"

    with november(6) as day:
        arrives(order, day)
        bill = bills(order, day)
        share, rest = bill.due_items.order_by("position")
        assert due(bill) == [(day, Decimal(30)), (date(2026, 11, 20), Decimal(70))]
        assert (share.open_amount, share.settled_on, rest.open_amount) == (0, day, 70)
        paid.refresh_from_db()
        assert paid.unapplied_amount == 0

    with november(7) as day:
        night.run(as_of=day, by=make.BY)
        in_order(day)
    with november(8) as day:  # the share was due two days ago: who has paid it is not late
        night.run(as_of=day, by=make.BY)
        assert {row.bucket for row in standings.ageing(as_of=day).rows} == {"not due"}
        in_order(day)

    with november(20) as day:
        pays(customer, 70, day)
        assert not DueItem.objects.open().exists()
        in_order(day)


def test_cash_on_delivery_goes_over_the_counter_against_a_receipt_or_comes_back(customer):
    contract = make.contract(customer, "cash_on_delivery")
    with november(2) as day:
        first = asks(contract, day)
        assert leaves(first, day)
        with pytest.raises(services.NoReceipt):
            arrives(first, day)
        bill = bills(first, day)
        receipt = make.receipt(bill.due_items.get(), 100, rep=customer.owner)
        arrives(first, day, receipt=receipt)
        assert due(bill) == [(day, Decimal(100))]
        second = asks(contract, day)
        assert leaves(second, day)

    with november(3) as day:  # the shop is closed: the goods come back, and nothing is owed for them
        contracts.take_back_goods(shipment=second, on=day, by=make.BY)
        assert state(second) == "returned"

    with november(4) as day:  # finance never got the cash of the first
        receivables.refuse_receipt(receipt=receipt, because="Not handed in", by=make.BY)
        third = asks(contract, day)
        assert not leaves(third, day)
        assert why(third, day) == [f"Shipment {first.number} has left and has neither receipt nor return."]
        pays(customer, 100, day)
        assert state(third) == "released"
        in_order(day)


def test_on_settlement_days_with_time_to_check_the_invoice(customer):
    contract = make.contract(customer, "periodic", {"rule": "monthly 25", "min_days": 20})
    with november(2) as day:
        _shipment, bill = goes_out(contract, day)
        assert due(bill) == [(date(2026, 11, 25), Decimal(100))]
    with november(9) as day:
        _shipment, later = goes_out(contract, day)
        assert due(later) == [(date(2026, 12, 25), Decimal(100))]

    with december(9) as day:  # 14 days late is not yet a reason to keep goods
        assert leaves(asks(contract, day), day)
    with december(10) as day:
        waits = asks(contract, day)
        assert not leaves(waits, day)
        assert why(waits, day) == [f"€100.00 on {bill.number} is late, the oldest for 15 days."]
        pays(customer, 100, day, lines=[(bill.due_items.get().pk, Decimal(100))])
        assert state(waits) == "released"
        in_order(day)


def test_net_days_and_an_extension_that_is_missed(customer):
    contract = make.contract(customer, "net", {"days": 10, "from": "delivery"})
    with november(2) as day:
        _shipment, bill = goes_out(contract, day)
        item = bill.due_items.get()
        assert item.due_date == date(2026, 11, 12)

    with november(20) as day:
        asked = receivables.ask_extension(
            due_item=item, until=date(2026, 12, 4), because="A flood in the cellar", on=day, by=customer.owner
        )
        receivables.grant_extension(extension=asked, on=day, by=make.manager())
    with december(3) as day:  # by the agreed date 21 days late, by the one in force not late at all
        second = asks(contract, day)
        assert leaves(second, day)
    with december(5) as day:
        receivables.void_missed(as_of=day)
        third = asks(contract, day)
        assert not leaves(third, day)
        assert why(third, day) == [f"€100.00 on {bill.number} is late, the oldest for 23 days."]
        late = {
            when: {row.bucket for row in standings.ageing(as_of=date.fromisoformat(when)).rows}
            for when in ("2026-12-04", "2026-12-05")
        }
        assert late == {"2026-12-04": {"not due"}, "2026-12-05": {"1-30"}}
        in_order(day)


def test_a_fixed_date_for_a_single_deal(customer):
    contract = make.contract(customer, "fixed", {"date": "2026-12-24"})
    with november(2) as day:
        shipment, bill = goes_out(contract, day)
        assert due(bill) == [(date(2026, 12, 24), Decimal(100))]
    with on(date(2027, 1, 8)) as day:
        again = asks(contract, day)
        assert not leaves(again, day)
        pays(customer, 100, day)
        assert (state(shipment), state(again)) == ("delivered", "released")
        in_order(day)


def test_instalments_add_up_and_a_missed_one_calls_the_rest_by_notice(customer):
    parts = [{"share": "0.3", "days": 10}, {"share": "0.3", "days": 40}, {"share": "0.4", "days": 70}]
    contract = make.contract(customer, "instalments", {"parts": parts}, rest_callable=True)
    with november(2) as day:
        _shipment, bill = goes_out(contract, day)
        assert [amount for _day, amount in due(bill)] == [Decimal(30), Decimal(30), Decimal(40)]

    with november(20) as day:
        receivables.call_rest(
            invoice=bill, notice_on=day, due_on=day + timedelta(days=7), reference="Letter 12", by=make.BY
        )
        items = list(bill.due_items.order_by("position"))
        assert [item.due_date for item in items] == [date(2026, 11, 12), date(2026, 11, 27), date(2026, 11, 27)]
        assert [item.agreed_due_date for item in items[1:]] == [date(2026, 12, 12), date(2027, 1, 11)]

    with november(28) as day:
        waits = asks(contract, day)
        assert not leaves(waits, day)
        pays(customer, 30, day)
        assert state(waits) == "released", "what is one day late keeps nothing yet"
        in_order(day)


def test_consigned_goods_are_due_when_they_are_counted_as_sold(customer):
    contract = make.contract(customer, "consignment", {"max_days": 90})
    with november(2) as day:
        batch = asks(contract, day)
        assert leaves(batch, day)
        arrives(batch, day)
        assert not Invoice.objects.exists(), "unsold goods are stock, and in no ageing"

    with november(16) as day:
        found = make.counted(batch, (15, 0, 24, 1), on=day)
        bill = receivables.book_counted_sales(count=found, number="INV-K1", issued_on=day, by=make.BY)
        assert due(bill) == [(day, Decimal("37.50"))]
        assert DueItem.objects.get().open_amount == Decimal("37.50")

    with november(24) as day:
        found = make.counted(batch, (20, 4, 15, 1), on=day)
        bill = receivables.book_counted_sales(count=found, number="INV-K2", issued_on=day, by=make.BY)
        assert bill.amount == Decimal("12.50")
        pays(customer, 50, day)
        in_order(day)
