"""What stands against a limit, whose debts count against it, and in how many queries it is read."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collections_app.gate import credit, splitting
from collections_app.gate import services as gate
from collections_app.policy import queries as policies
from common import clock
from contracts.models import Contract, Count, CountLine, Product, Shipment, ShipmentLine
from customers import services as customers
from customers.models import Customer, Group
from receivables import services as receivables
from receivables.models import Extension, InstalmentPart, InstalmentPlan, PlanItem, Rate
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return clock.business_today()


@pytest.fixture
def customer():
    make.business()
    return make.customer(name="Mercado Sol")


def delivered(customer, amount=100, *, number="S-1", currency="EUR", lines=(), **values):
    """Goods that have left; `lines` are (product, quantity, unit price) and sum to the amount."""
    day = clock.business_today()
    row = Shipment(
        **{"customer": customer, "number": number, "asked_on": day, "delivered_on": day, "currency": currency}
        | {"amount": make.money(amount)}
        | values
    )
    gate.take_over(shipments=[row], by=make.BY)
    with_lines(row, lines)
    return row


def planned(customer, amount, *, number="S-9", lines=(), **values):
    row = Shipment.objects.create(
        **{"customer": customer, "number": number, "asked_on": clock.business_today(), "currency": "EUR"}
        | {"amount": make.money(amount)}
        | values
    )
    with_lines(row, lines)
    return row


def with_lines(shipment, lines):
    for code, quantity, price in lines:
        product = Product.objects.get_or_create(code=code, defaults={"name": code.capitalize()})[0]
        ShipmentLine.objects.create(
            shipment=shipment, product=product, quantity=quantity, unit_price=Decimal(price),
            amount=Decimal(quantity) * Decimal(price),
        )  # fmt: skip


def contract(customer, method="consignment", **parameters):
    return Contract.objects.create(
        customer=customer,
        number="K-1",
        state="active",
        method=method,
        starts_on=clock.business_today(),
        currency="EUR",
        parameters=parameters or {"max_days": 90},
    )


def served_for_long(customer, today):
    """One settled invoice of more than a year ago: no new customer."""
    long_ago = today - timedelta(days=400)
    make.invoice(customer, 1, due_date=long_ago, issued_on=long_ago, paid=[("1", long_ago)])


def counted(shipment, on, *, sold, on_hand, returned=0):
    count = Count.objects.create(shipment=shipment, counted_on=on, entered_at=clock.now(), entered_by="test")
    line = shipment.lines.get()
    CountLine.objects.create(
        count=count, line=line, delivered=line.quantity, sold=sold, on_hand=on_hand, returned=returned
    )


def limited(amount, *, on, customer=None, group=None, **values):
    return customers.set_limit(
        **{"customer": customer, "group": group, "amount": make.money(amount), "currency": "EUR", "starts_on": on}
        | {"because": "Asked for", "by": make.BY}
        | values
    )


def insured(amount, *, on, ends_in=200, **values):
    return limited(amount, on=on, **{"insurer": "Atradius", "ends_before": on + timedelta(days=ends_in)} | values)


def parts(customer, today):
    found = credit.credit_of(customer, today).own
    return {part.part.value: part.amount for part in found.parts}


# Exposure


def test_open_items_goods_on_the_way_and_consigned_stock_add_up(customer, today):
    make.invoice(customer, "100.10", due_date=today)
    delivered(customer, "40.20")
    delivered(customer, 60, number="S-2", contract=contract(customer), lines=[("red", 6, "10")])

    found = credit.credit_of(customer, today)

    assert parts(customer, today) == {
        "open": Decimal("100.10"), "on the way": Decimal("40.20"), "consigned": Decimal(60),
    }  # fmt: skip
    assert found.own.total == Decimal("200.30")
    assert found.own.parts[0].sums == (("EUR", Decimal("100.10")),)


def test_neither_provisional_cash_nor_a_paper_in_hand_lowers_it_and_verified_money_does(customer, today):
    item = make.due_item(customer, 100, due_date=today)
    make.receipt(item, 30, rep=make.rep())
    make.paper(item, 40)
    assert credit.credit_of(customer, today).own.total == 100

    make.payment(customer, 25, received_on=today)

    assert credit.credit_of(customer, today).own.total == 75


@pytest.mark.parametrize("state", ["planned", "held", "cancelled"])
def test_goods_that_have_not_left_do_not_count(customer, today, state):
    planned(customer, 500, state=state)

    assert credit.credit_of(customer, today).own.total == 0


def test_goods_that_came_back_do_not_count(customer, today):
    row = delivered(customer, 500)
    Shipment.objects.filter(pk=row.pk).update(state="returned", returned_on=today)

    assert credit.credit_of(customer, today).own.total == 0


def test_goods_that_are_invoiced_count_once_as_an_open_item(customer, today):
    row = delivered(customer, 500)
    make.invoice(customer, 605, due_date=today, shipment=row.pk)

    assert parts(customer, today) == {"open": 605, "on the way": 0, "consigned": 0}


def test_a_shipment_can_be_left_out(customer, today):
    row = delivered(customer, 500)
    delivered(customer, 20, number="S-2")
    policy = policies.in_force(today)
    limited(1000, on=today, customer=customer)

    [facts] = credit.for_gate(customer, [row], as_of=today, policy=policy).limits(row)

    assert facts.exposure == 20


def test_consigned_stock_is_what_the_last_count_left_and_what_it_sold_waits_for_its_invoice(customer, today):
    row = delivered(customer, 100, contract=contract(customer), lines=[("red", 10, "10")])
    counted(row, today - timedelta(days=9), sold=1, on_hand=9)
    counted(row, today - timedelta(days=2), sold=4, on_hand=5, returned=1)
    counted(row, today + timedelta(days=1), sold=9, on_hand=0, returned=1)

    assert parts(customer, today) == {"open": 0, "on the way": 40, "consigned": 50}

    make.invoice(customer, "36.30", due_date=today, shipment=row.pk, vat_amount=Decimal("6.30"))
    assert parts(customer, today) == {"open": Decimal("36.30"), "on the way": 10, "consigned": 50}


def test_consigned_goods_that_are_billed_before_a_count_are_no_stock_any_more(customer, today):
    row = delivered(customer, 100, contract=contract(customer), lines=[("red", 10, "10")])
    make.invoice(customer, 30, due_date=today, shipment=row.pk)

    assert parts(customer, today) == {"open": 30, "on the way": 0, "consigned": 70}


def test_other_currencies_are_converted_part_by_part_and_a_missing_rate_is_named(customer, today):
    make.account("GBP")
    Rate.objects.create(currency="GBP", on=today, rate=Decimal("1.1934"), source="ECB")
    make.invoice(customer, "10.01", due_date=today, currency="GBP")
    limited(100, on=today, customer=customer)
    found = credit.credit_of(customer, today)
    assert (found.own.total, found.tightest.room) == (Decimal("11.95"), Decimal("88.05"))

    delivered(customer, 5, currency="USD")
    found = credit.credit_of(customer, today)

    assert (found.own.total, found.missing, found.tightest.room, found.tightest.used) == (None, ("USD",), None, None)
    [facts] = facts_of(customer, today).limits(planned(customer, 1))
    assert (facts.exposure, facts.missing_rate, facts.limit) == (None, "USD", 100)


def facts_of(customer, today, *shipments):
    return credit.for_gate(customer, shipments, as_of=today, policy=policies.in_force(today))


def test_a_limit_in_a_currency_without_a_rate_cannot_be_compared(customer, today):
    limited(100, on=today, customer=customer, currency="USD")

    [facts] = facts_of(customer, today).limits(planned(customer, 1))

    assert (facts.limit, facts.currency, facts.exposure, facts.missing_rate) == (100, "USD", None, "USD")
    assert credit.credit_of(customer, today).missing == ("USD",)


# Whose debts count


def test_the_payers_limit_counts_all_it_pays_for_and_the_groups_all_its_customers(customer, today):
    group = Group.objects.create(name="Grupo Sol")
    payer = make.customer(name="Central")
    Customer.objects.filter(pk=customer.pk).update(payer=payer, group=group)
    sister = make.customer(payer=payer)
    member = make.customer(group=group)
    for one, amount in ((customer, 10), (payer, 100), (sister, 1000), (member, 5)):
        make.invoice(one, amount, due_date=today)
    limited(50, on=today, customer=customer)
    limited(2000, on=today, customer=payer)
    limited(12, on=today, group=group)

    found = credit.credit_of(customer, today)

    assert [(limit.of, limit.holder, limit.exposure.total) for limit in found.limits] == [
        ("customer", "Mercado Sol", 10),
        ("payer", "Central", 1110),
        ("group", "Grupo Sol", 15),
    ]
    assert (found.own.total, found.tightest.of, found.tightest.is_exceeded, found.room) == (10, "group", True, -3)
    facts = facts_of(customer, today).limits(planned(customer, 1))
    assert [(fact.limit, fact.exposure, fact.of_group) for fact in facts] == [
        (50, 10, ""), (2000, 1110, "Central"), (12, 15, "Grupo Sol"),
    ]  # fmt: skip
    assert credit.credit_of(payer, today).together.total == 1110


def test_the_last_limit_that_has_started_is_the_one_in_force(customer, today):
    limited(100, on=today - timedelta(days=50), customer=customer)
    limited(200, on=today, customer=customer)
    limited(900, on=today + timedelta(days=1), customer=customer)

    by_day = {day: credit.credit_of(customer, today + timedelta(days=day)).own_limit for day in (-51, -50, -1, 0, 1)}

    assert {day: limit and limit.amount for day, limit in by_day.items()} == {
        -51: None, -50: 100, -1: 100, 0: 200, 1: 900,
    }  # fmt: skip


def test_a_limit_that_ended_without_another_allows_nothing(customer, today):
    limited(100, on=today - timedelta(days=50), customer=customer, ends_before=today)

    assert credit.credit_of(customer, today - timedelta(days=1)).room == 100
    assert credit.credit_of(customer, today).room == 0


def test_an_insured_limit_that_ended_holds_until_another_comes_or_our_own_says_to_go_on(customer, today):
    insured(100, on=today - timedelta(days=50), customer=customer, ends_in=50)
    limited(300, on=today - timedelta(days=60), customer=customer)
    shipment = planned(customer, 1)
    last_day = today - timedelta(days=1)

    assert [fact.ended_on for fact in facts_of(customer, today).limits(shipment)] == [None, last_day]

    limited(200, on=today, customer=customer)
    assert [fact.insurer for fact in facts_of(customer, today).limits(shipment)] == [""]


# New customers


def test_a_customer_without_an_invoice_is_new_and_starts_small(customer, today):
    limited(3000, on=today, customer=customer)
    shipment = planned(customer, 100)

    ramp = facts_of(customer, today).ramp(shipment)

    assert (ramp.allowed, ramp.exposure, ramp.settled_on_time, ramp.steps) == (500, 0, 0, 6)


def test_only_what_was_paid_in_time_earns_credit(customer, today):
    finance = make.finance()
    in_time = make.due_item(customer, 10, due_date=today, number="IN-TIME")
    too_late = make.due_item(customer, 11, due_date=today - timedelta(days=1), number="LATE")
    credited = make.due_item(customer, 12, due_date=today, number="CREDITED")
    given_up = make.due_item(customer, 13, due_date=today, number="GIVEN-UP")
    make.due_item(customer, 14, due_date=today, number="OPEN")
    make.payment(customer, 10, received_on=today, lines=[(in_time.pk, Decimal(10))])
    make.payment(customer, 11, received_on=today, lines=[(too_late.pk, Decimal(11))])
    note = make.credit_note(customer, 12, issued_on=today)
    receivables.allocate(source=note, lines=[(credited.pk, Decimal(12))], on=today, by=finance)
    asked = receivables.ask_write_off(
        target=given_up, amount=Decimal(13), code="price", because="Agreed", on=today, by=finance
    )
    receivables.grant_write_off(write_off=asked, on=today, by=make.manager())

    assert credit.credit_of(customer, today).ramp.settled == 1


def test_a_customer_of_more_than_a_year_has_no_ramp(customer, today):
    make.invoice(customer, 10, due_date=today, issued_on=today - timedelta(days=365))

    assert credit.credit_of(customer, today).ramp is None
    assert credit.credit_of(customer, today - timedelta(days=1)).ramp is not None
    assert facts_of(customer, today).ramp(planned(customer, 1)) is None


# Insurers


def test_the_insurer_is_missed_and_an_extension_too_long_only_under_his_limit(customer, today):
    item = make.due_item(customer, 100, due_date=today - timedelta(days=31), number="INV-1")
    other = make.due_item(customer, 100, due_date=today + timedelta(days=5), number="INV-2")
    receivables.move_due_date(
        due_item=other, due_date=today + timedelta(days=40), on=today, by=make.BY, because="Extension granted"
    )
    shipment = planned(customer, 1)
    limited(1000, on=today, customer=customer)
    insured(900, on=today, customer=customer, notify_after_days=30, largest_extension_days=30)

    own, theirs = facts_of(customer, today).limits(shipment)

    assert (own.notify_missed, own.overdue_extension) == ("", None)
    assert (theirs.notify_missed, theirs.overdue_extension) == ("INV-1", 5)
    assert item.open_amount == 100


def test_a_running_plan_counts_to_its_last_part(customer, today):
    item = make.due_item(customer, 100, due_date=today)
    plan = InstalmentPlan.objects.create(
        customer=customer, currency="EUR", because="Fire", cost_amount=1, state="granted", asked_by="a", asked_on=today,
        entered_at=clock.now(), approved_by="b", decided_on=today,
    )  # fmt: skip
    for position, later in enumerate((10, 70)):
        InstalmentPart.objects.create(
            plan=plan, position=position, due_on=today + timedelta(days=later), amount=50
        )  # fmt: skip
    PlanItem.objects.create(plan=plan, due_item=item, position=1, amount=100)
    insured(900, on=today, customer=customer, largest_extension_days=60)

    assert credit.credit_of(customer, today).insured.cover.over_extension == 10
    assert not Extension.objects.exists()


# Orders that are too large


def test_an_order_that_fits_needs_no_offer_and_without_a_limit_nothing_is_too_large(customer, today):
    served_for_long(customer, today)
    shipment = planned(customer, 800, lines=[("red", 80, "10")])
    assert splitting.offers(customer, [shipment], as_of=today) == []

    limited(900, on=today, customer=customer)

    assert splitting.offers(customer, [shipment], as_of=today) == []


def test_an_order_that_is_too_large_is_offered_in_parts_with_the_payments_that_make_room(customer, today):
    served_for_long(customer, today)
    late = make.due_item(customer, 300, due_date=today - timedelta(days=3), number="LATE")
    make.invoice(customer, 200, due_date=today + timedelta(days=12), number="SOON")
    limited(1000, on=today, customer=customer)
    net = contract(customer, "net", days=30)
    shipment = planned(customer, 1000, contract=net, lines=[("red", 80, "10"), ("white", 10, "20")])

    [offer] = splitting.offers(customer, [shipment], as_of=today)

    assert offer.room == 500
    assert [line.product.code for line in offer.lines] == ["red", "white"]
    assert offer.proposal.now.quantities == (40, 5)
    later = [(portion.on, [one.document for one in portion.after]) for portion in offer.proposal.later]
    assert later == [(today, [late.invoice.number]), (today + timedelta(days=12), ["SOON"])]


# Queries


def book(count, today):
    """Customers with everything that credit reads: payers, groups, insurers, consignment, new ones and old."""
    group = Group.objects.create(name=f"Group {count}")
    payer = make.customer(group=group)
    insured(9000, on=today, group=group, notify_after_days=30, largest_extension_days=30)
    made = []
    for place in range(count):
        one = make.customer(payer=payer if place % 2 else None, group=group if place % 3 else None)
        made.append(one)
        limited(1000 + place, on=today, customer=one)
        delivered(one, 10, number=f"S-{count}-{place}")
        if place % 5 == 0:
            agreed = Contract.objects.create(
                customer=one, number="K", state="active", method="consignment", starts_on=today, currency="EUR"
            )
            delivered(one, 60, number=f"C-{count}-{place}", contract=agreed, lines=[("red", 6, "10")])
    for one in made[:10]:
        make.invoice(one, 100, due_date=today - timedelta(days=60))
    return made


def test_three_hundred_customers_are_read_in_as_many_queries_as_ten(today, count_queries):
    make.business()
    few, many = book(10, today), book(300, today)

    def read(keys):
        return lambda: credit.positions(keys, as_of=today)

    counts = [count_queries(read(keys)) for keys in ([one.pk for one in few], [one.pk for one in many], None)]

    assert len(set(counts[:2])) == 1
    assert counts[2] <= counts[0] <= 16


def test_everybody_read_at_once_stands_as_each_alone(today):
    make.business()
    made = book(12, today)
    everybody = credit.positions(None, as_of=today)

    for one in made:
        assert everybody[one.pk] == credit.credit_of(one, today)


def test_the_gate_reads_the_credit_of_a_customer_in_few_queries(customer, today, count_queries):
    limited(1000, on=today, customer=customer)
    insured(900, on=today, customer=customer, notify_after_days=30)
    make.invoice(customer, 100, due_date=today - timedelta(days=40))
    shipments = [planned(customer, 1, number=f"S-{place}") for place in range(5)]
    policy = policies.in_force(today)

    def ask():
        facts = credit.for_gate(customer, shipments, as_of=today, policy=policy)
        return [(facts.limits(one), facts.ramp(one)) for one in shipments]

    assert count_queries(ask) <= 16
