from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.cases import services as cases
from collections_app.gate import modes
from collections_app.gate import services as gate
from collections_app.visits import pages, queries, services
from collections_app.visits.deeds import Told
from collections_app.visits.models import Stop
from contracts import services as contracts
from contracts.models import Contract, Shipment
from customers.models import Habit
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
LATE = TUESDAY - timedelta(days=60)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TUESDAY)


@pytest.fixture
def rep():
    make.business(calendar="ES")
    return make.rep("carmen")


def customer(rep, amount="500.00", **values):
    made = make.customer(rep, **values)
    make.site(made)
    make.invoice(made, amount, due_date=LATE)
    return made


def day(rep, on=TUESDAY):
    services.plan_day(on=on, rep=rep, by=make.BY)
    return queries.today(rep=rep, on=on, user=rep)


def log(rep, of, kind, **told):
    stop = rep.plans.get(on=TUESDAY).stops.get(customer=of)
    return services.record_outcome(stop=stop, kind=kind, key=f"key {stop.pk}", by=rep, on=TUESDAY, told=Told(**told))


def test_next_then_done_and_not_today_hold_everybody_once(rep):
    visited, waiting, last = customer(rep, "900.00"), customer(rep, "800.00"), customer(rep, "300.00")
    nowhere = make.customer(rep)
    make.invoice(nowhere, "700.00", due_date=LATE)
    day(rep)
    log(rep, visited, "not in")

    page = queries.today(rep=rep, on=TUESDAY, user=rep)

    assert page.next.customer_name == waiting.name
    assert [row.customer_name for row in page.then] == [last.name]
    assert [(row.customer_name, row.outcome) for row in page.done] == [(visited.name, "Not in")]
    assert [row.customer_name for row in page.not_today] == [nowhere.name]
    assert (page.done_count, page.stop_count) == (1, 3)


def test_what_is_in_and_promised_is_summed_per_currency_without_what_was_corrected(rep):
    one, other = customer(rep, "900.00"), customer(rep, "800.00")
    day(rep)
    wrong = log(rep, one, "paid", amount=Decimal(900))
    services.record_outcome(
        stop=wrong.stop,
        kind="paid",
        key="right",
        by=rep,
        on=TUESDAY,
        told=Told(amount=Decimal(600), about="promise", promised_on=date(2026, 11, 27)),
        corrects=wrong,
    )
    log(rep, other, "promise", amount=Decimal(800), promised_on=date(2026, 11, 30))

    page = queries.today(rep=rep, on=TUESDAY, user=rep)

    assert page.sums == (queries.InAndPromised("EUR", Decimal(600), Decimal(1100)),)
    assert [(row.amount, row.currency) for row in page.carried.rows] == [(Decimal(600), "EUR")]
    assert page.in_share == Decimal(600) / Decimal(1700)


def test_the_card_speaks_in_sentences_with_figures(rep):
    made = make.customer(rep, name="Mercado Sol, S.L.")
    make.site(made)
    make.contact(made, in_until="12:00")
    Habit.objects.create(customer=made, kind=Habit.Kind.SETTLEMENT_DAY, rule="weekly tue")
    contract = contracts.agree(
        contract=Contract(
            customer=made,
            number="C-31",
            state="active",
            starts_on=date(2024, 1, 1),
            currency="EUR",
            method="two_deliveries",
            parameters={"max_days": 30},
        ),
        by=make.BY,
    )
    batch = Shipment(
        customer=made,
        contract=contract,
        number="S-13",
        batch=13,
        asked_on=LATE,
        delivered_on=LATE,
        currency="EUR",
        amount=Decimal(3240),
    )
    gate.take_over(shipments=[batch], by=make.BY)
    made.refresh_from_db()
    invoice = make.invoice(made, "3240.00", due_date=LATE, shipment=Shipment.objects.get(batch=13).pk)
    modes.set_mode(cause="settlement", segment="", mode="on", starts_on=TUESDAY, on=TUESDAY, by=make.BY)
    waits = Shipment.objects.create(
        customer=made, contract=contract, number="S-15", batch=15, asked_on=TUESDAY, currency="EUR", amount=100
    )
    gate.release(shipment=waits, on=TUESDAY, by=make.BY)
    cases.promise(
        customer=made,
        amount=Decimal(3240),
        currency="EUR",
        promised_on=TUESDAY,
        method="cash",
        lines=[(invoice.due_items.get().pk, Decimal(3240))],
        on=TUESDAY - timedelta(days=7),
        by=make.BY,
    )
    cases.say_excuse(customer=made, kind="not sold", note="38 cases left.", on=date(2026, 11, 12), by=make.BY)

    card = day(rep).next

    assert card.reasons == ("Promised €3,240.00 for today", "Batch 13 is 60 days late", "Pays on Tuesday only")
    assert card.say_first == "“Under our contract C-31, €3,240.00 for batch 13 is to be paid today.”"
    assert (card.hold_title, card.hold_text) == (
        "Batch 15 is on hold.",
        f"€3,240.00 on {invoice.number} settles it.",
    )
    assert card.hold_url == f"/shipments/{waits.pk}/"
    assert [(who.name, who.role) for who in card.who_pays] == [
        ("Lucía Ortega", "owner, signs payments · in until 12:00")
    ]
    assert card.excuse_title == "If they say “the goods have not sold”"
    assert card.excuse_text == "Said on Thu 12 Nov. 38 cases left."
    assert card.promises == "last: €3,240.00 by Tue 24 Nov, made Tue 17 Nov"
    assert card.standing == "quasi-bad"


def test_a_batch_that_money_let_go_this_morning_is_on_no_card_any_more(rep):
    modes.set_mode(cause="late", segment="", mode="on", starts_on=TUESDAY, on=TUESDAY, by=make.BY)
    made, other = customer(rep, "900.00"), customer(rep, "800.00")
    make.due_item(made, "50.00", due_date=TUESDAY)
    waits = [make.shipment(make.contract(one), asked_on=TUESDAY) for one in (made, other)]
    for shipment in waits:
        gate.release(shipment=shipment, on=TUESDAY, by=make.BY)
    page = day(rep)
    assert page.next.hold_title == "Batch 1 is on hold."
    assert [row.is_held for row in page.then] == [True]

    for one, amount in ((made, "900.00"), (other, "700.00")):
        make.payment(one, amount, received_on=TUESDAY)
    page = queries.today(rep=rep, on=TUESDAY, user=rep)

    held = {row.customer_name: row.is_held for row in page.then} | {page.next.customer_name: bool(page.next.hold_title)}
    assert held == {made.name: False, other.name: True}


def test_a_settled_customer_is_shown_as_settled(rep):
    made = customer(rep, "500.00")
    day(rep)

    make.payment(made, "500.00", received_on=TUESDAY)
    page = queries.today(rep=rep, on=TUESDAY, user=rep)

    assert [row.outcome for row in page.done] == ["Settled: nothing left to ask for"]
    assert page.empty_title == "All visits of the day are done."


def test_what_happened_at_a_stop_names_who_logged_it(rep):
    customer(rep, "500.00")
    day(rep)
    stop = Stop.objects.select_related("plan", "customer").get()
    type(rep).objects.update(first_name="Carmen", last_name="Ruiz")
    services.record_outcome(stop=stop, kind="not in", key="k1", by=rep, on=TUESDAY)
    stop.refresh_from_db()

    [logged] = pages.stop_page(stop, user=rep, today=TUESDAY).logged

    assert logged.who == "Carmen Ruiz"


def test_another_rep_sees_nothing_of_the_day(rep):
    customer(rep)
    day(rep)

    assert queries.today(rep=rep, on=TUESDAY, user=make.rep("other")).next is None


@pytest.mark.parametrize("count", [10, 300])
def test_a_day_is_read_in_six_statements_at_any_size(rep, count, django_assert_max_num_queries):
    for number in range(count):
        made = make.customer(rep)
        make.site(made, latitude=f"{39 + number / 10_000:.6f}")
        make.contact(made)
        make.invoice(made, "400.00", due_date=LATE)
    services.plan_day(on=TUESDAY, rep=rep, by=make.BY)

    with django_assert_max_num_queries(6):
        page = queries.today(rep=rep, on=TUESDAY, user=rep)

    assert page.stop_count + len(page.not_today) + page.more_not_today == count


def test_planning_asks_a_fixed_number_of_questions(rep, django_assert_max_num_queries):
    for _ in range(60):
        customer(rep)

    with django_assert_max_num_queries(60):
        services.plan_day(on=TUESDAY, rep=rep, by=make.BY)
