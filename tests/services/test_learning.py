"""Rhythms read from the book and kept: from which money and goods, in how many statements, learned again when."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from collections_app.cases import services as cases
from collections_app.gate import services as gate
from collections_app.visits import learned as learned_habits
from collections_app.visits import learning
from collections_app.visits.models import LearnedHabit
from collections_app.visits.payout_days import Payout
from collections_app.visits.rhythm import Figure, Hours
from common import clock
from contracts.models import Shipment
from customers import services as customers
from receivables import services as receivables
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
TUESDAYS = [date(2026, 11, 17) - timedelta(28 * one) for one in range(10)][::-1]


@pytest.fixture(autouse=True)
def business():
    make.business()


def pays(of, on, *, due=None, amount="100.00", **values):
    """An invoice, and the money that settles it."""
    item = make.due_item(of, amount, due_date=due or on - timedelta(4), issued_on=on - timedelta(34))
    return make.payment(of, amount, received_on=on, lines=[(item.pk, Decimal(amount))], **values)


def learn(*some):
    learning.learn(as_of=TODAY, customers=[one.pk for one in some] if some else None)
    return [learned_habits.known([one.pk]).get(one.pk) for one in some]


def test_the_pay_out_day_the_delay_and_the_cycle_come_from_the_book():
    customer = make.customer()
    for day in TUESDAYS:
        pays(customer, day)

    [learned] = learn(customer)

    assert learned.payout == Figure(Payout(("weekly tue",), 0), 10)
    assert learned.delay == Figure(4, 10)
    assert learned.cycle.value == 28
    assert learned.restock_on.value == TUESDAYS[-1] - timedelta(34) + timedelta(28)
    assert learned.last_paid_on == TUESDAYS[-1]


def test_below_four_payments_the_number_is_kept_and_nothing_is_said():
    customer = make.customer()
    for day in TUESDAYS[:3]:
        pays(customer, day)

    [learned] = learn(customer)

    assert learned.payout == Figure(None, 3)
    assert LearnedHabit.objects.get(customer=customer, kind="pay-out day").value == {}


def test_whoever_never_paid_nor_bought_has_no_row():
    learn(make.customer())

    assert not LearnedHabit.objects.exists()


def test_the_day_of_the_receipt_counts_and_its_hour_is_learned():
    customer, rep = make.customer(), make.rep()
    for day in TUESDAYS[-5:]:
        item = make.due_item(customer, "50.00", due_date=day - timedelta(2))
        with time_machine.travel(datetime.combine(day, time(10, 40), tzinfo=ZoneInfo("Europe/Madrid")), tick=False):
            receipt = make.receipt(item, "50.00", rep=rep)
        with time_machine.travel(datetime.combine(day + timedelta(3), time(9), tzinfo=ZoneInfo("Europe/Madrid"))):
            receivables.verify_receipt(receipt=receipt, by=make.BY)

    [learned] = learn(customer)

    assert learned.settlement_days == ("weekly tue",)
    assert learned.hours == Figure(Hours(time(10, 30), time(11, 0)), 5)
    assert learned.delay == Figure(2, 5)


def test_a_receipt_that_waits_for_finance_is_a_payment_and_a_refused_one_is_none():
    customer, rep = make.customer(), make.rep()
    for day in TUESDAYS[:3]:
        pays(customer, day)
    waits, refused = (make.receipt(make.due_item(customer, "9.00", due_date=TODAY), "9.00", rep=rep) for _ in range(2))
    receivables.refuse_receipt(receipt=refused, because="Not there", by=make.BY)

    [learned] = learn(customer)

    assert learned.payout.observations == 4
    assert learned.last_paid_on == waits.received_on


def test_what_was_taken_back_has_never_been_paid():
    customer = make.customer()
    for day in TUESDAYS[:4]:
        bounced = pays(customer, day)
    receivables.reverse_payment(payment=bounced, on=TODAY, because="Bounced", by=make.BY)

    [learned] = learn(customer)

    assert learned.payout.observations == 3


def test_a_direct_debit_is_our_day_and_not_the_customers():
    customer = make.customer()
    for day in TUESDAYS[:5]:
        pays(customer, day, method="direct_debit")

    [learned] = learn(customer)

    assert learned.payout.observations == 0


def test_a_contested_item_says_nothing_of_how_late_the_customer_pays():
    customer = make.customer()
    for day in TUESDAYS[:4]:
        pays(customer, day)
    item = make.due_item(customer, "70.00", due_date=date(2026, 3, 2))
    dispute = cases.open_dispute(due_item=item, amount=Decimal(70), reason="price", on=date(2026, 3, 3), by=make.BY)
    cases.close_dispute(dispute=dispute, on=TODAY, by=make.BY)
    make.payment(customer, "70.00", received_on=TODAY, lines=[(item.pk, Decimal(70))])

    [learned] = learn(customer)

    assert learned.delay == Figure(4, 4)
    assert learned.payout.observations == 5


def test_an_account_learns_from_the_money_of_its_payer():
    payer, account = make.customer(), make.customer()
    customers.set_payer(customer=account, payer=payer, on=TODAY, by=make.BY)
    for day in TUESDAYS[:5]:
        item = make.due_item(account, "80.00", due_date=day - timedelta(1))
        make.payment(payer, "80.00", received_on=day, lines=[(item.pk, Decimal(80))])

    ours, theirs = learn(account, payer)

    assert (ours.settlement_days, ours.delay.value) == (("weekly tue",), 1)
    assert (theirs.settlement_days, theirs.delay.observations) == (("weekly tue",), 0)


def test_deliveries_count_before_invoices_where_goods_are_known():
    customer = make.customer()
    goods = [
        Shipment(
            customer=customer, number=f"S-{place}", asked_on=day, delivered_on=day, currency="EUR", amount=Decimal(10)
        )
        for place, day in enumerate(date(2026, 11, 2) - timedelta(21 * one) for one in range(5))
    ]  # fmt: skip
    gate.take_over(shipments=goods, by=make.BY)
    for day in TUESDAYS:
        pays(customer, day)

    [learned] = learn(customer)

    assert learned.cycle == Figure(21, 5)
    assert learned.restock_on.value == date(2026, 11, 23)


def test_learned_twice_for_a_day_nothing_changes():
    customer = make.customer()
    for day in TUESDAYS:
        pays(customer, day)

    first = learning.learn(as_of=TODAY)
    before = list(LearnedHabit.objects.order_by("pk").values())

    assert (first, learning.learn(as_of=TODAY)) == (4, 0)
    assert list(LearnedHabit.objects.order_by("pk").values()) == before


def test_only_who_has_paid_or_bought_since_is_learned_again():
    moving, resting = make.customer(), make.customer()
    for day in TUESDAYS:
        pays(moving, day)
        pays(resting, day)
    learning.learn(as_of=TODAY + timedelta(1))  # what is entered on the day itself is looked at twice
    LearnedHabit.objects.update(observations=99)

    later = TODAY + timedelta(3)
    with time_machine.travel(datetime.combine(later, time(9), tzinfo=ZoneInfo("Europe/Madrid"))):
        pays(moving, TODAY + timedelta(2))
        learning.learn(as_of=later)

    assert set(LearnedHabit.objects.filter(customer=resting).values_list("observations", flat=True)) == {99}
    assert LearnedHabit.objects.get(customer=moving, kind="pay-out day").observations == 11


def test_everybody_is_learned_again_after_a_month():
    customer = make.customer()
    for day in TUESDAYS:
        pays(customer, day)
    learning.learn(as_of=TODAY)
    LearnedHabit.objects.update(observations=99)

    learning.learn(as_of=TODAY + learning.AFRESH)

    assert LearnedHabit.objects.get(customer=customer, kind="pay-out day").observations == 10


def test_a_night_of_a_past_day_undoes_nothing():
    customer = make.customer()
    for day in TUESDAYS:
        pays(customer, day)
    learning.learn(as_of=TODAY)

    assert learning.learn(as_of=TODAY - timedelta(300)) == 0
    assert learned_habits.known([customer.pk])[customer.pk].payout.observations == 10


def test_what_is_no_more_to_be_seen_loses_its_row():
    customer = make.customer()
    payments = [pays(customer, day) for day in TUESDAYS[:4]]
    learning.learn(as_of=TODAY)
    for payment in payments:
        receivables.reverse_payment(payment=payment, on=TODAY, because="Bounced", by=make.BY)

    learning.learn(as_of=TODAY)

    assert not LearnedHabit.objects.filter(customer=customer, kind="pay-out day").exists()


def test_the_night_learns_in_pieces_by_their_first_customer():
    customer = make.customer()
    for day in TUESDAYS:
        pays(customer, day)

    [piece] = learning.pieces()

    assert learning.learn_piece(as_of=TODAY, first=piece) == 4
    assert learning.learn_piece(as_of=TODAY, first=piece + 1) == 0


def test_many_customers_are_learned_in_as_many_statements_as_one(django_assert_max_num_queries):
    for _one in range(12):
        customer = make.customer()
        for day in TUESDAYS[:5]:
            pays(customer, day)

    with django_assert_max_num_queries(24):
        learning.learn(as_of=clock.business_today())

    assert LearnedHabit.objects.filter(kind="pay-out day").count() == 12
