from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from collections_app.cases import services as cases
from collections_app.cases.models import Promise
from collections_app.visits import profiles, queries, services
from collections_app.visits.models import Plan, Stop
from common import clock
from customers.models import Habit
from receivables.models import Rate
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)
LATE = TUESDAY - timedelta(days=40)


@pytest.fixture
def rep():
    make.business(calendar="ES")
    return make.rep("carmen", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))


def customer(rep, amount="500.00", due_date=LATE, place=True, **values):
    made = make.customer(rep, **values)
    if place:
        make.site(made)
    make.invoice(made, amount, due_date=due_date)
    return made


def plan(rep, on=TUESDAY):
    return services.plan_day(on=on, rep=rep, by=make.BY)


def test_the_day_holds_owned_customers_with_something_due_in_order_of_worth(rep):
    small = customer(rep, "300.00")
    large = customer(rep, "4000.00")
    customer(rep, due_date=TUESDAY + timedelta(days=1))
    customer(make.rep("other"), "9000.00")

    stops = list(plan(rep).stops.order_by("position"))

    assert [stop.customer for stop in stops] == [large, small]
    assert stops[0].arrive_at.hour == 9
    assert [stop.ask_amount for stop in stops] == [Decimal(4000), Decimal(300)]


def test_the_terms_of_a_stop_add_up_to_its_worth_after_travel(rep):
    customer(rep, "3240.00")

    stop = plan(rep).stops.get()

    assert sum(Decimal(term["amount"]) for term in stop.terms) == stop.worth
    assert stop.terms[-1]["term"] == "travel"


def test_planned_again_with_the_same_facts_the_plan_stays_as_it_is(rep):
    customer(rep)
    before = plan(rep)
    stops = list(before.stops.values_list("pk", flat=True))

    after = plan(rep)

    assert (after.pk, after.made_at, list(after.stops.values_list("pk", flat=True))) == (
        before.pk,
        before.made_at,
        stops,
    )


def test_new_facts_replace_what_is_planned_and_keep_what_is_done(rep):
    first = customer(rep, "4000.00")
    customer(rep, "300.00")
    done = plan(rep).stops.get(customer=first)
    services.record_outcome(stop=done, kind="not in", key="k1", by=rep, on=TUESDAY)
    fresh = customer(rep, "900.00")

    stops = list(plan(rep).stops.order_by("position"))

    assert [stop.state for stop in stops] == ["done", "planned", "planned"]
    assert (stops[0].pk, stops[1].customer) == (done.pk, fresh)
    assert stops[1].arrive_at >= done.leave_at


def test_a_day_that_is_planned_again_keeps_the_stop_of_whoever_stays(rep):
    stays, skipped, goes = customer(rep, "4000.00"), customer(rep, "800.00"), customer(rep, "300.00")
    before = {stop.customer: stop.pk for stop in plan(rep).stops.all()}
    Stop.objects.filter(pk=before[skipped]).update(state="skipped")
    cases.open_dispute(due_item=goes.due_items.get(), amount=Decimal(300), reason="price", on=TUESDAY, by=make.BY)
    larger = customer(rep, "9000.00")

    stops = list(plan(rep).stops.order_by("position"))

    assert {stop.customer for stop in stops} == {larger, stays, skipped}
    assert {stop.pk for stop in stops if stop.customer in before} == {before[stays], before[skipped]}
    assert {stop.state for stop in stops} == {"planned"}
    assert [stop.position for stop in stops] == [1, 2, 3]
    assert [stop.arrive_at for stop in stops] == sorted(stop.arrive_at for stop in stops)


def test_stops_change_places_without_ever_standing_on_the_same_one(rep):
    customer(rep, "4000.00"), customer(rep, "300.00")
    keys = list(plan(rep).stops.order_by("position").values_list("pk", flat=True))
    for stored in (keys, keys[::-1]):  # whatever the order of the new plan, one of these is the other way round
        Stop.objects.update(position=F("position") + 100)
        for place, key in enumerate(stored, start=1):
            Stop.objects.filter(pk=key).update(position=place)
        Plan.objects.update(input_hash="other facts")

        stops = plan(rep).stops.order_by("position")

        assert [stop.position for stop in stops] == [1, 2]
        assert {stop.pk for stop in stops} == set(keys)


def test_a_promise_due_that_day_is_a_commitment_even_on_what_is_not_due_yet(rep):
    made = customer(rep, "800.00", due_date=TUESDAY + timedelta(days=20))
    item = made.due_items.get()
    cases.promise(
        customer=made,
        amount=Decimal(300),
        currency="EUR",
        promised_on=TUESDAY,
        method="cash",
        lines=[(item.pk, Decimal(300))],
        on=TUESDAY - timedelta(days=7),
        by=make.BY,
    )

    stop = plan(rep).stops.get()

    assert (stop.ask_amount, stop.late_amount, stop.total_amount) == (Decimal(300), 0, Decimal(800))
    assert stop.is_commitment
    assert stop.reasons[0]["because"] == "promised today"


def test_disputed_promised_and_handed_over_amounts_are_not_asked_for(rep):
    disputed = customer(rep, "500.00")
    cases.open_dispute(due_item=disputed.due_items.get(), amount=Decimal(500), reason="price", on=TUESDAY, by=make.BY)
    partly = customer(rep, "500.00")
    cases.open_dispute(due_item=partly.due_items.get(), amount=Decimal(120), reason="price", on=TUESDAY, by=make.BY)
    customer(rep, handed_over_on=TUESDAY)
    customer(rep, closed_on=TUESDAY)

    stop = plan(rep).stops.get()

    assert (stop.customer, stop.ask_amount) == (partly, Decimal(380))


def test_whoever_has_no_position_is_named_with_a_phone(rep):
    lost = customer(rep, place=False)
    make.contact(lost, phone="+34 600 111 222")

    out = plan(rep).left_out.get()

    assert (out.customer, out.reason["because"], out.phone) == (lost, "no position", "+34 600 111 222")


def test_a_customer_is_visited_on_its_settlement_day_and_in_its_hours_only(rep):
    tuesdays, the_25th = customer(rep), customer(rep)
    Habit.objects.create(customer=tuesdays, kind=Habit.Kind.SETTLEMENT_DAY, rule="weekly tue")
    Habit.objects.create(customer=tuesdays, kind=Habit.Kind.HOURS, rule="10:00-12:00")
    Habit.objects.create(customer=the_25th, kind=Habit.Kind.SETTLEMENT_DAY, rule="monthly 25")

    found = plan(rep)

    assert found.stops.get().arrive_at.strftime("%H:%M") == "10:00"
    assert found.stops.get().customer == tuesdays
    assert found.left_out.get().reason == {"because": "not a payment day", "rule": "monthly 25"}


def test_a_taboo_holds_even_against_a_due_day(rep):
    made = customer(rep, due_date=TUESDAY)
    Habit.objects.create(customer=made, kind=Habit.Kind.TABOO, rule="weekly tue")

    found = plan(rep)

    assert not found.stops.exists()
    assert found.left_out.get().reason == {"because": "taboo"}


def test_one_stop_a_customer_in_the_currency_worth_most_with_the_others_named(rep):
    Rate.objects.create(currency="USD", on=TUESDAY - timedelta(days=3), rate=Decimal("0.9"), source="ECB")
    made = customer(rep, "200.00")
    make.invoice(made, "1000.00", due_date=LATE, currency="USD")

    stop = plan(rep).stops.get()

    assert (stop.currency, stop.ask_amount) == ("USD", Decimal(1000))
    assert stop.card["others"] == [{"currency": "EUR", "amount": "200.000"}]
    assert stop.reasons[-1]["because"] == "also in"


def test_nobody_is_planned_on_a_day_off(rep):
    customer(rep)

    assert not plan(rep, on=date(2026, 11, 29)).stops.exists()


def test_a_customer_belongs_to_the_rep_of_that_day(rep):
    made = customer(rep)
    from customers import services as customers

    heir = make.rep("heir")
    customers.hand_to(customer=made, rep=heir, on=TUESDAY + timedelta(days=1), by=make.BY)

    assert plan(rep).stops.count() == 1
    assert plan(rep, on=TUESDAY + timedelta(days=1)).stops.count() == 0


def test_what_is_settled_is_left_alone_and_comes_back_when_the_money_does(rep):
    made = customer(rep, "500.00")
    stop = plan(rep).stops.get()
    item = made.due_items.get()

    cases.open_dispute(due_item=item, amount=Decimal(200), reason="price", on=TUESDAY, by=make.BY)
    services.cancel_settled(customers=[made.pk], on=TUESDAY)
    stop.refresh_from_db()
    assert (stop.state, stop.ask_amount) == ("planned", Decimal(300))

    dispute = cases.open_dispute(due_item=item, amount=Decimal(300), reason="price", on=TUESDAY, by=make.BY)
    services.cancel_settled(customers=[made.pk], on=TUESDAY)
    stop.refresh_from_db()
    assert (stop.state, stop.ask_amount) == ("cancelled", Decimal(300))

    cases.close_dispute(dispute=dispute, on=TUESDAY, by=make.BY)
    services.cancel_settled(customers=[made.pk], on=TUESDAY)
    stop.refresh_from_db()
    assert stop.state == "planned"


def said(stop):
    """What the card of a stop says of its amounts."""
    stop.refresh_from_db()
    card = queries.stop_card(stop, may_log=False, held=None)
    return card.ask_amount, card.reasons, card.say_first


def test_what_a_stop_says_follows_its_amounts(rep):
    made = customer(rep, "1940.00")
    first = made.due_items.get()
    make.invoice(made, "3000.00", due_date=LATE + timedelta(days=1), number="B")
    make.invoice(made, "240.00", due_date=LATE + timedelta(days=2), number="C")
    stop = plan(rep).stops.get()
    assert said(stop)[1][-1] == "3 items are late, €5,180.00 together"

    make.payment(made, 1940, received_on=TUESDAY, lines=[(first.pk, Decimal(1940))])

    assert said(stop) == (
        Decimal(3240),
        ("Invoice B is 39 days late", "2 items are late, €3,240.00 together"),
        "“€3,240.00 for invoices B and C is to be paid today.”",
    )


def test_a_promise_that_was_paid_is_no_reason_any_more(rep):
    made = customer(rep, "800.00", due_date=LATE)
    item = made.due_items.get()
    make.invoice(made, "50.00", due_date=LATE, number="B")
    Habit.objects.create(customer=made, kind=Habit.Kind.SETTLEMENT_DAY, rule="weekly tue")
    cases.promise(
        customer=made, amount=Decimal(800), currency="EUR", promised_on=TUESDAY, method="cash",
        lines=[(item.pk, Decimal(800))], on=TUESDAY - timedelta(days=7), by=make.BY,
    )  # fmt: skip
    stop = plan(rep).stops.get()
    assert said(stop)[1][0] == "Promised €800.00 for today"

    make.payment(made, 800, received_on=TUESDAY, lines=[(item.pk, Decimal(800))])

    assert said(stop)[1] == ("Invoice B is 40 days late", "Pays on Tuesday only")


def test_settling_looks_at_all_customers_at_once(rep, django_assert_max_num_queries):
    made = [customer(rep) for _ in range(12)]
    assert plan(rep).stops.count() > 10
    for one in made:
        cases.open_dispute(due_item=one.due_items.get(), amount=Decimal(500), reason="price", on=TUESDAY, by=make.BY)

    with django_assert_max_num_queries(9):
        services.cancel_settled(customers=[one.pk for one in made], on=TUESDAY)

    assert not Stop.objects.filter(state="planned").exists()


def test_the_card_counts_broken_promises_as_the_rule_does():
    """Made before the half-year in which the rule counts, broken in it."""
    asked = make.customer(make.rep("carmen"))
    for made, broken in ((250, 175), (40, 20), (260, 190)):
        Promise.objects.create(
            customer=asked, amount=50, currency="EUR", method="cash", state="broken", entered_at=clock.now(),
            made_on=TUESDAY - timedelta(days=made), promised_on=TUESDAY - timedelta(days=broken),
            grace_until=TUESDAY - timedelta(days=broken), settled_on=TUESDAY - timedelta(days=broken),
        )  # fmt: skip

    assert profiles.profiles(on=TUESDAY, customers=[asked])[asked.pk].broken == 2
