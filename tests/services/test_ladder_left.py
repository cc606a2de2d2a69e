"""The supply ladder as it holds goods and as it is left: by payment, by the night, by a person."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from audit.models import Entry
from collections_app.cases import services as cases
from collections_app.gate import ladder, ladder_notice, ladder_services, ladder_words, services
from collections_app.gate.models import LadderStep
from collections_app.policy import queries as policies
from contracts.models import Shipment
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make
from tests.services.ladder_stories import (
    TUESDAY,
    asked,
    asks,
    climbs,
    late_by,
    leave,
    only_the_ladder_holds,
    settle,
    sold,
    stands,
    state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db, monkeypatch):
    """The ladder alone holds goods; letters are printed elsewhere (tests/print)."""
    only_the_ladder_holds()
    monkeypatch.setattr(ladder_notice, "to_pdf", lambda sheet: sheet["subject"].encode())


@pytest.fixture
def boss():
    return make.manager("maria")


# What it holds


def test_small_batches_leave_and_large_ones_wait(boss):
    customer = late_by(20)
    contract = make.contract(customer)
    sold(contract, 100, 300, 200)
    climbs(customer, 1, boss)

    small, large = asked(contract, (make.product(), 1, 100)), asked(contract, (make.product(), 1, "100.01"))

    assert (small.state, large.state) == ("released", "held")
    [hold] = large.holds.filter(cleared_at=None)
    assert (hold.cause, hold.facts["kind"], hold.ground) == (
        "ladder", "batch too large", "Sale of Goods Act 1893, ss. 39-43",
    )  # fmt: skip


def test_with_two_known_deliveries_no_batch_is_too_large(boss):
    customer = late_by(20)
    contract = make.contract(customer)
    sold(contract, 100, 100)
    climbs(customer, 1, boss)

    assert asked(contract, (make.product(), 1, 900)).state == "released"


def test_each_currency_has_a_usual_batch_of_its_own(boss):
    customer = late_by(20)
    euros, dollars = make.contract(customer), make.contract(customer, currency="USD")
    sold(euros, 100, 100, 100)
    climbs(customer, 1, boss)

    assert asked(euros, (make.product(), 1, 51)).state == "held"
    assert asked(dollars, (make.product(), 1, 51)).state == "released"


def test_gifts_stay_from_the_second_rung_on_and_best_sellers_from_the_third(boss):
    customer = late_by(40)
    contract = make.contract(customer)
    tea, cola, mugs = make.product("TEA"), make.product("COLA"), make.product("MUG")
    for product, count in ((cola, 9), (tea, 8), (make.product(), 7), (mugs, 1)):
        day = TUESDAY - timedelta(days=20)
        make.shipment(contract, [(product, count, 1)], asked_on=day, delivered_on=day)
    gift, seller, plain = (
        asked(contract, *lines, release=False)
        for lines in ([(mugs, 1, 1), (cola, 1, 0)], [(cola, 1, 1)], [(mugs, 1, 1)])
    )

    def kinds():
        shipments = list(Shipment.objects.filter(state__in=Shipment.WAITS))
        found = ladder.over_rungs(
            ladder.standing_on(customer), shipments, as_of=TUESDAY, policy=policies.in_force(TUESDAY).ladder
        )
        return [found.get(shipment.pk, "") for shipment in (gift, seller, plain)]

    assert kinds() == ["", "", ""]
    for rung, expected in (
        (1, ["", "", ""]),
        (2, ["benefits", "", ""]),
        (3, ["best-sellers", "best-sellers", ""]),
        (4, ["no supply"] * 3),
    ):
        LadderStep.objects.all().delete()
        make.ladder_step(customer, rung)
        assert kinds() == expected, rung


def test_many_shipments_ask_as_many_questions_as_one(count_queries, boss):
    customer = late_by(40)
    contract = make.contract(customer)
    sold(contract, 100, 100, 100)
    step = make.ladder_step(customer, 3)
    rows = [asked(contract, (make.product(), 1, 30), release=False) for _ in range(12)]
    policy = policies.in_force(TUESDAY).ladder

    def asks(shipments):
        return count_queries(lambda: ladder.over_rungs(step, shipments, as_of=TUESDAY, policy=policy))

    assert asks(rows[:1]) == asks(rows) == 3


# Left


def test_the_ladder_is_left_and_the_goods_go_in_the_very_transaction_of_the_payment(boss):
    customer = late_by(60)
    contract = make.contract(customer)
    asks(customer, 4, make.admin_user())
    climbs(customer, 4, boss)
    shipment = asked(contract, (make.product(), 1, 100))
    assert shipment.state == "held"

    with transaction.atomic():
        settle(customer)
        leave(customer)
        services.look_again(customers=[customer.pk], on=TUESDAY, by=make.BY)
        assert (stands(customer), state(shipment)) == (0, "released")
        transaction.set_rollback(True)
    assert (stands(customer), state(shipment)) == (4, "held")

    settle(customer)
    leave(customer)
    services.look_again(customers=[customer.pk], on=TUESDAY, by=make.BY)
    assert (stands(customer), state(shipment)) == (0, "released")
    step = LadderStep.objects.get()
    assert (step.left_on, step.left_because) == (TUESDAY, ladder_words.SETTLED)


def test_leaving_twice_changes_nothing_more():
    customer = late_by(20)
    make.ladder_step(customer, 1)
    settle(customer)
    LadderStep.objects.update(left_on=None, left_because="")  # as if nobody had looked yet

    assert leave(customer) == {customer.pk}
    entries = Entry.objects.filter(verb="gate.ladder_left").count()
    assert leave(customer) == set()
    assert Entry.objects.filter(verb="gate.ladder_left").count() == entries


def test_a_cent_that_is_late_keeps_the_rung_and_what_is_not_due_does_not():
    paid, owing = late_by(20), late_by(20)
    for customer in (paid, owing):
        make.due_item(customer, 500, due_date=TUESDAY)
        make.ladder_step(customer, 1)
    settle(paid)
    settle(owing, "999.99")
    leave(paid, owing)

    assert (stands(paid), stands(owing)) == (0, 1)


def test_a_credit_a_write_off_an_extension_and_a_dispute_lead_off_as_money_does(boss):
    credited, written_off, extended, disputed = (late_by(20) for _ in range(4))
    items = {item.customer_id: item for item in DueItem.objects.all()}
    for customer in (credited, written_off, extended, disputed):
        make.ladder_step(customer, 1)
    note = make.credit_note(credited, 1000, issued_on=TUESDAY)
    receivables.settle(source=note, lines=[(items[credited.pk].pk, Decimal(1000))], on=TUESDAY, by=make.BY)
    asked_for = receivables.ask_write_off(
        target=items[written_off.pk], amount=Decimal(1000), code="bad debt", because="Gone", on=TUESDAY,
        by=make.finance(),
    )  # fmt: skip
    receivables.grant_write_off(write_off=asked_for, on=TUESDAY, by=boss)
    longer = make.extension(items[extended.pk], until=TUESDAY + timedelta(days=30))
    receivables.grant_extension(extension=longer, on=TUESDAY, by=boss)
    cases.open_dispute(
        due_item=items[disputed.pk], amount=Decimal(1000), reason="quality", on=TUESDAY, by=make.BY
    )  # fmt: skip

    leave(credited, written_off, extended, disputed)

    assert [stands(one) for one in (credited, written_off, extended, disputed)] == [0, 0, 0, 0]


def test_neither_an_unverified_receipt_nor_a_promise_leads_off():
    customer = late_by(20)
    make.ladder_step(customer, 1)
    make.receipt(DueItem.objects.get(), 1000, rep=make.rep())

    assert leave(customer) == set()
    assert stands(customer) == 1


def test_the_night_looks_at_everybody_on_the_ladder():
    customers = [late_by(20) for _ in range(3)]
    for customer in customers:
        make.ladder_step(customer, 2)
    DueItem.objects.filter(customer=customers[0]).update(due_date=TUESDAY)

    assert ladder_services.leave_all_settled(on=TUESDAY, by=make.BY) == 1
    assert ladder_services.leave_all_settled(on=TUESDAY, by=make.BY) == 0
    assert [stands(customer) for customer in customers] == [0, 2, 2]


def test_looking_at_many_asks_as_many_questions_as_at_one(count_queries):
    customers = [late_by(20) for _ in range(8)]
    for customer in customers:
        make.ladder_step(customer, 1)

    def asks(*some):
        return count_queries(lambda: leave(*some))

    assert asks(*customers[:1]) == asks(*customers)


# Down


def test_a_person_leads_down_with_a_reason_and_held_goods_leave_again(boss):
    customer = late_by(60)
    contract = make.contract(customer)
    asks(customer, 4, make.admin_user())
    climbs(customer, 4, boss)
    shipment = asked(contract, (make.product(), 1, 100))

    lower = ladder_services.step_down(customer=customer, because="Paid the half", on=TUESDAY, by=boss, rung=2)
    assert (lower.rung, stands(customer), state(shipment)) == (2, 2, "released")
    assert lower.clause == "Sale of Goods Act 1893, ss. 39-43"

    assert ladder_services.step_down(customer=customer, because="Paid the rest", on=TUESDAY, by=boss) is None
    assert stands(customer) == 0
    reasons = list(LadderStep.objects.order_by("pk").values_list("rung", "left_because"))
    assert reasons == [(4, "Paid the half"), (2, "Paid the rest")]
    assert Entry.objects.filter(verb="gate.ladder_stepped_down").count() == 2


def test_leading_down_needs_a_rung_a_reason_and_a_right(boss):
    customer = late_by(60)
    with pytest.raises(ladder_services.NotStanding, match="stands on no rung"):
        ladder_services.step_down(customer=customer, because="x", on=TUESDAY, by=boss)
    make.ladder_step(customer, 2)

    for values, words in (
        ({"because": " "}, "Say why"),
        ({"because": "x" * 61}, "60 letters"),
        ({"rung": 2}, "Choose a rung below 2"),
        ({"rung": 5}, "Choose a rung below 2"),
        ({"by": make.rep()}, "Your role may not"),
        ({"on": TUESDAY - timedelta(days=12)}, "stands on its rung since 13 Nov 2026"),
    ):
        with pytest.raises(ladder_services.Refused, match=words):
            ladder_services.step_down(**{"customer": customer, "because": "x", "on": TUESDAY, "by": boss} | values)
    assert stands(customer) == 2
