"""Shipments: asked for, split, delivered with proof, taken back, cancelled; consigned goods are counted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.gate import services as gate
from common import documents
from contracts import queries, services
from contracts.models import Count, Product, Proof, Shipment
from customers.models import Mark
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals
from tests.refused import refused

pytestmark = pytest.mark.django_db
ASKED, DELIVERED, TODAY = date(2026, 11, 2), date(2026, 11, 4), date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


@pytest.fixture
def contract(customer):
    return make.contract(customer, number="C-7")


@pytest.fixture
def consigned(customer):
    """A batch of two products on consignment, at the customer's."""
    contract = make.contract(customer, "consignment", {"max_days": 90}, number="C-9")
    lines = [(make.product(), 40, "2.50"), (make.product("BEER"), 12, "10")]
    return make.shipment(contract, lines, number="S-9", delivered_on=DELIVERED)


def plan(customer, contract, lines=None, **values):
    return services.plan_shipment(
        **{
            "customer": customer,
            "contract": contract,
            "lines": lines or [(make.product(), Decimal(40), Decimal("2.50"))],
            "asked_on": ASKED,
            "currency": "EUR",
            "by": make.BY,
        }
        | values
    )


def lines_of(shipment):
    return [
        (line.product.code, line.quantity, line.amount)
        for line in shipment.lines.select_related("product").order_by("product__code")
    ]


def now(shipment):
    return Shipment.objects.get(pk=shipment.pk)


# Asking for goods


def test_goods_that_are_asked_for_wait_with_their_lines_and_their_number(customer, contract):
    site = make.site(customer)
    made = plan(
        customer,
        contract,
        [("WATER", Decimal("40"), Decimal("2.50")), (make.product("BEER"), Decimal("1.5"), Decimal("3.333333"))],
        site=site,
        without_questions=True,
    )

    assert (made.state, made.batch, made.number, made.release) == ("planned", 1, "SH-2026-00001", None)
    assert (made.amount, made.currency, made.site, made.without_questions) == (Decimal(105), "EUR", site, True)
    assert lines_of(made) == [("BEER", Decimal("1.5"), Decimal(5)), ("WATER", Decimal(40), Decimal(100))]
    assert Entry.objects.get(verb="contracts.shipment_planned").after["amount"] == "105.00"


def test_batches_count_the_shipments_of_a_contract_and_numbers_those_of_the_year(customer, contract):
    other = make.contract(customer)
    plan(customer, other, number="SH-2026-00002")

    made = [plan(customer, contract), plan(customer, contract), plan(customer, other), plan(customer, None)]

    assert [one.batch for one in made] == [1, 2, 2, None]
    assert [one.number for one in made] == [f"SH-2026-0000{place}" for place in (1, 3, 4, 5)], "given by hand: passed"


def test_a_cancelled_batch_keeps_its_place(customer, contract):
    services.cancel(shipment=plan(customer, contract), on=make.TODAY, by=make.BY)

    assert plan(customer, contract).batch == 2


PRODUCT = "WATER"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "A shipment has at least one product. Add a line."),
        ([("COLA", 1, 1)], 'There is no product "COLA". Correct the code, or add the product.'),
        ([(Product(name="Cola"), 1, 1)], 'There is no product "Cola". Correct the code, or add the product.'),
        ([(PRODUCT, 0, 1)], "Water: a quantity is above zero, with at most three decimals; 0 is not."),
        ([(PRODUCT, -1, 1)], "Water: a quantity is above zero, with at most three decimals; -1 is not."),
        ([(PRODUCT, "0.0001", 1)], "Water: a quantity is above zero, with at most three decimals; 0.0001 is not."),
        ([(PRODUCT, "NaN", 1)], "Water: a quantity is above zero, with at most three decimals; NaN is not."),
        ([(PRODUCT, 1, -1)], "Water: a price is zero or more, with at most six decimals; -1 is not."),
        ([(PRODUCT, 1, "0.1234567")], "Water: a price is zero or more, with at most six decimals; 0.1234567 is not."),
        ([(PRODUCT, 10**9, 10**9)], "Water: the amount is beyond a million million."),
    ],
)
def test_goods_that_nobody_can_deliver_are_not_planned(customer, contract, lines, words):
    wanted = [(product, Decimal(quantity), Decimal(price)) for product, quantity, price in lines]

    with refused(services.NotAnOrder, words):
        services.plan_shipment(
            customer=customer, contract=contract, lines=wanted, asked_on=ASKED, currency="EUR", by=make.BY
        )


def test_a_contract_covers_what_is_asked_for_in_its_days_its_currency_and_by_its_customer(customer):
    contract = make.contract(customer, number="C-7", starts_on=ASKED, ends_before=TODAY)
    draft = make.contract(customer, number="C-8", state="draft")

    for values, words in (
        (
            {"asked_on": ASKED - timedelta(1)},
            "Contract C-7 starts on 2 Nov 2026: nothing can be asked for under it on 1 Nov 2026.",
        ),
        (
            {"asked_on": TODAY},
            "Contract C-7 holds until before 24 Nov 2026: nothing can be asked for under it on 24 Nov 2026.",
        ),
        ({"contract": draft}, "Contract C-8 is not active: nothing can be asked for under it."),
        ({"currency": "USD"}, "Contract C-7 is in EUR, the shipment in USD. Use one currency."),
        (
            {"customer": make.customer(name="Bar Luna")},
            "Contract C-7 is not one of Bar Luna. Choose a contract of theirs.",
        ),
        (
            {"site": make.site(make.customer())},
            "That delivery site is another customer's. Choose one of Mercado Sol.",
        ),
        ({"number": "S" * 41}, "A shipment has a number of at most 40 characters."),
    ):
        with refused(services.NotAnOrder, words):
            plan(**{"customer": customer, "contract": contract, **values})
    assert plan(customer, contract, asked_on=TODAY - timedelta(1)).state == "planned"


def test_after_the_end_of_a_contract_nothing_is_asked_for_under_it(customer, contract):
    services.end(contract=contract, on=ASKED, by=make.BY)

    with refused(services.NotAnOrder, "Contract C-7 is not active: nothing can be asked for under it."):
        plan(customer, contract)


@pytest.mark.parametrize(
    ("currency", "words"),
    [
        ("", "State the currency, such as EUR: a price without one is no price."),
        ("EURO", "EURO is not a currency code; expected one like EUR."),
    ],
)
def test_prices_need_a_currency(customer, currency, words):
    with refused(services.NotACurrency, words):
        plan(customer, None, currency=currency)


def test_a_number_is_given_once(customer, contract):
    plan(customer, contract, number=" DN-1 ")

    with refused(services.NotAnOrder, "Shipment DN-1 is here already. Choose another number."):
        plan(customer, None, number="DN-1")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_batches_asked_for_at_once_count_on_without_a_gap():
    customer = make.customer()
    contract = make.contract(customer)
    make.product()

    found = at_once(*[lambda: plan(customer, contract)] * 4)

    assert failures(found) == []
    assert sorted(one.batch for one in found) == [1, 2, 3, 4]
    assert sorted(one.number for one in found) == [f"SH-2026-0000{place}" for place in range(1, 5)]


# Prices that differ


def test_a_price_that_is_not_the_contracts_is_seen_before_anything_is_sent(customer, count_queries):
    contract = make.contract(customer)
    beer = make.product("BEER")
    services.set_price(
        contract=contract, product=make.product(), unit_price=Decimal("2.60"), starts_on=TODAY, by=make.BY
    )
    made = make.shipment(contract, [(make.product(), 40, "2.75"), (make.product(), 10, "2.50"), (beer, 6, "10")])

    found = queries.discrepancies(made)

    assert [(row.product.code, row.agreed, row.stated, row.difference, row.currency) for row in found] == [
        ("WATER", Decimal("2.50"), Decimal("2.75"), Decimal(10), "EUR"),
        ("BEER", None, Decimal(10), None, "EUR"),
    ]
    assert count_queries(lambda: queries.discrepancies(made)) == 2


def test_without_a_contract_no_price_differs(customer):
    assert queries.discrepancies(make.shipment(customer)) == []


# Splitting


def test_a_split_leaves_both_sides_with_what_they_have_to_the_cent(customer, contract):
    made = plan(
        customer,
        contract,
        [
            (make.product("BEER"), Decimal(3), Decimal("3.335")),
            (make.product("COLA"), Decimal(2), Decimal(7)),
            (make.product(), Decimal(40), Decimal("2.50")),
        ],
        without_questions=True,
    )
    beer, _cola, water = made.lines.order_by("pk")

    rest = services.split(shipment=made, keep={beer.pk: Decimal(1), water.pk: Decimal(40)}, by=make.BY)

    assert lines_of(made) == [("BEER", 1, Decimal("3.34")), ("WATER", 40, Decimal(100))]
    assert lines_of(rest) == [("BEER", 2, Decimal("6.67")), ("COLA", 2, Decimal(14))]
    assert (now(made).amount, rest.amount) == (Decimal("103.34"), Decimal("20.67"))
    assert (rest.state, rest.split_from, rest.batch, rest.number) == ("planned", made, 2, "SH-2026-00002")
    assert (rest.contract, rest.asked_on, rest.without_questions) == (contract, ASKED, True)
    entry = Entry.objects.get(verb="contracts.shipment_split")
    assert Decimal(entry.before["amount"]) == Decimal(entry.after["amount"]) + Decimal(entry.after["rest_amount"])


def test_a_split_needs_quantities_of_the_shipment_on_both_sides(customer, contract):
    made = plan(customer, contract)
    [line] = made.lines.all()
    foreign = plan(customer, contract).lines.get()

    both = "A split leaves something on both sides. Choose other quantities."
    for keep, words in (
        ({}, both),
        ({line.pk: Decimal(0)}, both),
        ({line.pk: Decimal(40)}, both),
        ({line.pk: Decimal(41)}, "Water: from zero to 40 can stay, with at most three decimals; 41 cannot."),
        ({line.pk: Decimal(-1)}, "Water: from zero to 40 can stay, with at most three decimals; -1 cannot."),
        (
            {line.pk: Decimal("0.0001")},
            "Water: from zero to 40 can stay, with at most three decimals; 0.0001 cannot.",
        ),
        ({foreign.pk: Decimal(1)}, f"A line is not of shipment {made.number}. Open the page again."),
    ):
        with refused(services.NotASplit, words):
            services.split(shipment=made, keep=keep, by=make.BY)


def test_only_waiting_goods_are_split_or_cancelled(customer, contract):
    made = make.shipment(contract, number="S-1", released=True)
    keep = {made.lines.get().pk: Decimal(1)}

    with refused(services.NotInState, "Shipment S-1 does not wait any more. Only waiting goods are split."):
        services.split(shipment=made, keep=keep, by=make.BY)
    with refused(services.NotInState, "Shipment S-1 does not wait any more. Only waiting goods are cancelled."):
        services.cancel(shipment=made, on=make.TODAY, by=make.BY)


def test_a_cancelled_shipment_is_not_cancelled_again(customer, contract):
    made = plan(customer, contract, number="S-1")

    services.cancel(shipment=made, on=make.TODAY, by=make.BY)

    assert now(made).state == "cancelled"
    assert Entry.objects.get(verb="contracts.shipment_cancelled").before == {"state": "planned"}
    with refused(services.NotInState, "Shipment S-1 does not wait any more. Only waiting goods are cancelled."):
        services.cancel(shipment=made, on=make.TODAY, by=make.BY)


# Delivering and taking back


def test_released_goods_are_delivered_with_the_name_and_the_paper(customer, contract):
    made = make.shipment(contract, released=True)
    slip = documents.store(b"%PDF slip", name="slip.pdf", content_type="application/pdf")

    services.deliver(shipment=made, on=DELIVERED, signed_by=" Lucía Ortega ", document=slip, by=make.BY)

    assert (now(made).state, now(made).delivered_on) == ("delivered", DELIVERED)
    proof = Proof.objects.get()
    assert (proof.shipment, proof.signed_by, proof.signed_on, proof.document) == (made, "Lucía Ortega", DELIVERED, slip)
    assert Entry.objects.get(verb="contracts.shipment_delivered").after["sha256"] == slip.sha256
    assert Mark.objects.filter(customer=customer, because="goods").exists()


def test_a_delivery_needs_a_release_a_name_and_a_day_after_the_asking(customer, contract):
    waits = plan(customer, contract, number="S-1")
    made = make.shipment(contract, number="S-2", released=True)

    with refused(services.NotInState, "Shipment S-1 is not released. Only released goods are delivered."):
        services.deliver(shipment=waits, on=DELIVERED, signed_by="Lucía", by=make.BY)
    with refused(services.NotNamed, "Say who signed for the goods."):
        services.deliver(shipment=made, on=DELIVERED, signed_by=" ", by=make.BY)
    with refused(
        services.TooEarly,
        "Shipment S-2 was asked for on 2 Nov 2026 and cannot be delivered on 1 Nov 2026, before that.",
    ):
        services.deliver(shipment=made, on=ASKED - timedelta(1), signed_by="Lucía", by=make.BY)

    services.deliver(shipment=made, on=ASKED, signed_by="Lucía", by=make.BY)
    with refused(services.NotInState, "Shipment S-2 was delivered on 2 Nov 2026. Nothing was changed."):
        services.deliver(shipment=made, on=DELIVERED, signed_by="Lucía", by=make.BY)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_goods_are_delivered_once_whoever_is_faster():
    made = make.shipment(make.contract(make.customer()), number="S-1", released=True)

    found = at_once(*[lambda: services.deliver(shipment=made, on=ASKED, signed_by="Lucía", by=make.BY)] * 2)

    assert failures(found) == []
    assert refusals(found) == ["Shipment S-1 was delivered on 2 Nov 2026. Nothing was changed."]
    assert Proof.objects.count() == 1


def test_delivered_goods_come_back_on_a_day_after_their_delivery(customer, contract):
    made = make.shipment(contract, number="S-1", delivered_on=DELIVERED)

    with refused(
        services.TooEarly,
        "Shipment S-1 was delivered on 4 Nov 2026 and cannot come back on 3 Nov 2026, before that.",
    ):
        services.take_back_goods(shipment=made, on=DELIVERED - timedelta(1), by=make.BY)

    services.take_back_goods(shipment=made, on=TODAY, by=make.BY)
    assert (now(made).state, now(made).delivered_on, now(made).returned_on) == ("returned", DELIVERED, TODAY)
    with refused(services.NotInState, "Shipment S-1 is not with the customer. Only goods that have left come back."):
        services.take_back_goods(shipment=made, on=TODAY, by=make.BY)


def test_goods_that_were_refused_at_the_door_come_back_on_that_day_without_a_proof(customer, contract):
    made = make.shipment(contract, number="S-1", released=True)

    with refused(
        services.TooEarly,
        "Shipment S-1 was asked for on 2 Nov 2026 and cannot come back on 1 Nov 2026, before that.",
    ):
        services.take_back_goods(shipment=made, on=ASKED - timedelta(1), by=make.BY)

    services.take_back_goods(shipment=made, on=DELIVERED, by=make.BY)
    assert (now(made).state, now(made).delivered_on, now(made).returned_on) == ("returned", DELIVERED, DELIVERED)
    assert not Proof.objects.exists()


def test_the_gate_lets_go_what_is_then_delivered(customer, contract):
    made = plan(customer, contract)

    gate.release(shipment=made, on=ASKED, by=make.BY)
    gate.deliver(shipment=made, on=DELIVERED, signed_by="Lucía", by=make.BY)

    assert (now(made).state, now(made).release.kind) == ("delivered", "passed")


# Counting consigned goods


def test_a_count_says_what_became_of_every_line(customer, consigned):
    made = make.counted(consigned, (10, 2, 27, 1), (0, 0, 12, 0), on=date(2026, 11, 10))

    water, beer = made.lines.order_by("line")
    assert (water.delivered, water.sold, water.returned, water.on_hand, water.lost) == (40, 10, 2, 27, 1)
    assert (beer.delivered, beer.on_hand) == (12, 12)
    assert (made.counted_by, made.entered_by) == ("Lucía Ortega", "test")
    assert Entry.objects.get(verb="contracts.counted").after["sold"] == "10"
    assert Mark.objects.filter(customer=customer, because="count").exists()


@pytest.mark.parametrize(
    ("water", "words"),
    [
        (
            (10, 2, 24, 1),
            "Water: 3 of 40 delivered are missing. Say whether they are sold or lost.",
        ),
        ((10, 2, 30, 1), "Water: 3 more than the 40 delivered are counted. Count again."),
        ((-1, 0, 41, 0), "Water: a count is zero or more, with at most three decimals; -1 is not."),
    ],
)
def test_a_count_that_does_not_come_to_what_was_delivered_is_refused_with_the_difference(consigned, water, words):
    with refused(services.NotACount, words):
        make.counted(consigned, water, (0, 0, 12, 0), on=TODAY)


def test_totals_since_the_delivery_never_fall(consigned):
    make.counted(consigned, (10, 2, 27, 1), (0, 0, 12, 0), on=date(2026, 11, 10))

    for water, words in (
        ((9, 2, 28, 1), "Water: 10 were sold by 10 Nov 2026; later it cannot be 9. Count again."),
        ((10, 1, 28, 1), "Water: 2 came back by 10 Nov 2026; later it cannot be 1. Count again."),
        ((10, 2, 28, 0), "Water: 1 were lost by 10 Nov 2026; later it cannot be 0. Count again."),
    ):
        with refused(services.NotACount, words):
            make.counted(consigned, water, (0, 0, 12, 0), on=TODAY)


def test_a_count_that_is_entered_late_stands_between_its_neighbours(consigned):
    make.counted(consigned, (10, 0, 30, 0), (0, 0, 12, 0), on=date(2026, 11, 10))
    make.counted(consigned, (30, 0, 10, 0), (0, 0, 12, 0), on=date(2026, 11, 20))

    with refused(services.NotACount, "Water: 31 were sold by 15 Nov 2026; later it cannot be 30. Count again."):
        make.counted(consigned, (31, 0, 9, 0), (0, 0, 12, 0), on=date(2026, 11, 15))
    make.counted(consigned, (20, 0, 20, 0), (0, 0, 12, 0), on=date(2026, 11, 15))


def test_every_line_of_the_batch_is_counted_once(consigned):
    water, beer = consigned.lines.order_by("pk")
    full, none = (water.pk, *map(Decimal, (0, 0, 40, 0))), (beer.pk, *map(Decimal, (0, 0, 12, 0)))
    each_once = "Each line of shipment S-9 is counted once, and no other."

    for lines, words in (
        ([full], "Beer is not counted. Count every line of the batch."),
        ([], "Water is not counted. Count every line of the batch."),
        ([full, none, none], each_once),
        ([full, none, (0, *none[1:])], each_once),
    ):
        with refused(services.NotACount, words):
            services.record_count(shipment=consigned, counted_on=TODAY, counted_by="Lucía", lines=lines, by=make.BY)


def test_only_delivered_goods_on_consignment_are_counted_from_their_delivery_on(customer, contract, consigned):
    planned = make.shipment(consigned.contract, number="S-10")
    sold = make.shipment(contract, number="S-1", delivered_on=DELIVERED)
    all_there = (0, 0, 40, 0)

    with refused(services.NotACount, "Shipment S-1 is not on consignment: there is nothing to count."):
        make.counted(sold, all_there, on=TODAY)
    with refused(services.NotACount, "Shipment S-10 is not at the customer's. Only delivered goods are counted."):
        make.counted(planned, all_there, on=TODAY)
    with refused(
        services.NotACount,
        "Shipment S-9 was delivered on 4 Nov 2026 and cannot be counted on 3 Nov 2026, before that.",
    ):
        make.counted(consigned, all_there, (0, 0, 12, 0), on=DELIVERED - timedelta(1))

    make.counted(consigned, all_there, (0, 0, 12, 0), on=DELIVERED)
    with refused(services.NotACount, "Shipment S-9 was counted on 4 Nov 2026 already. Count it again another day."):
        make.counted(consigned, all_there, (0, 0, 12, 0), on=DELIVERED)
    assert Count.objects.count() == 1


def test_a_batch_that_is_sold_in_part_comes_back_by_a_count(consigned):
    make.counted(consigned, (1, 0, 39, 0), (0, 0, 12, 0), on=TODAY)

    with refused(services.NotInState, "Part of shipment S-9 is sold. Record a count that says what came back."):
        services.take_back_goods(shipment=consigned, on=TODAY, by=make.BY)


def test_what_is_not_sold_is_stock_by_the_latest_count(consigned):
    make.counted(consigned, (10, 0, 30, 0), (0, 0, 12, 0), on=date(2026, 11, 10))
    make.counted(consigned, (10, 28, 2, 0), (12, 0, 0, 0), on=date(2026, 11, 20))

    def stock(as_of):
        return [(row.product.code, row.quantity, row.amount) for row in queries.unsold(consigned, as_of)]

    water, beer = Decimal("2.50"), Decimal(10)
    assert stock(date(2026, 11, 3)) == []
    assert stock(date(2026, 11, 9)) == [("WATER", 40, 40 * water), ("BEER", 12, 12 * beer)]
    assert stock(date(2026, 11, 10)) == [("WATER", 30, 30 * water), ("BEER", 12, 12 * beer)]
    assert stock(TODAY) == [("WATER", 2, 2 * water)]


def test_goods_that_came_back_or_were_bought_at_the_end_are_stock_no_more(customer, consigned):
    bought = make.shipment(
        make.contract(customer, "consignment", {"max_days": 10}, consignment_rest="bought"), delivered_on=DELIVERED
    )
    services.take_back_goods(shipment=consigned, on=TODAY, by=make.BY)
    back = now(consigned)

    assert len(queries.unsold(back, TODAY - timedelta(1))) == 2
    assert queries.unsold(back, TODAY) == []
    assert len(queries.unsold(bought, DELIVERED + timedelta(9))) == 1
    assert queries.unsold(bought, DELIVERED + timedelta(10)) == []
    assert queries.unsold(make.shipment(make.contract(customer), delivered_on=DELIVERED), TODAY) == []


@pytest.mark.parametrize("deed", ["count", "delivery", "return"])
def test_what_happens_to_goods_has_happened_and_only_the_asked_for_day_may_lie_ahead(
    customer, contract, consigned, deed
):
    tomorrow = TODAY + timedelta(days=1)
    deeds = {
        "count": lambda: make.counted(consigned, (10, 0, 30, 0), (0, 0, 12, 0), on=tomorrow),
        "delivery": lambda: services.deliver(
            shipment=make.shipment(contract, released=True), on=tomorrow, signed_by="Ana", by=make.BY
        ),
        "return": lambda: services.take_back_goods(shipment=consigned, on=tomorrow, by=make.BY),
    }

    with pytest.raises(services.NotYet, match="25 Nov 2026 is in the future"):
        deeds[deed]()
    assert plan(customer, contract, asked_on=tomorrow).asked_on == tomorrow
