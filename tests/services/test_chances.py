from datetime import timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.visits import chance_facts as facts
from collections_app.visits import chance_services as services
from collections_app.visits import chances, worth_words
from collections_app.visits.models import Chances, Outcome, Plan, Stop
from common import clock
from receivables import book
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def house(db):
    make.business()


def paid_after(customer, days, *, ago, amount="100.00"):
    """An item that fell due so many days ago, and its money so many days later."""
    due = TODAY - ago * DAY
    item = make.due_item(customer, amount, due_date=due)
    if days is not None:
        make.payment(customer, amount, received_on=due + days * DAY, lines=[(item.pk, Decimal(amount))])
    return item


def many(prompt, slow, number=60):
    """A prompt and a slow customer, with enough behind them to learn from."""
    rows = [
        book.NewInvoice(
            customer=customer.pk,
            number=f"{customer.pk}-{place}",
            amount=Decimal(100),
            currency="EUR",
            issued_on=due - 30 * DAY,
            parts=(book.Part(due, Decimal(100)),),
            paid=(book.Paid(Decimal(100), due + late * DAY),),
        )
        for place in range(number)
        for due in [TODAY - (700 - 8 * place) * DAY]
        for customer, late in ((prompt, 2), (slow, 40))
    ]
    receivables.record_book(rows=book.Book(invoices=rows), on=TODAY, by=make.BY)


def visited(customer, on, *, kind="not in", amount=None, ask="100.00", receipt=None, standing="overdue", late=10):
    rep = make.rep()
    plan = Plan.objects.create(rep=rep, on=on, input_hash="x", made_at=clock.now())
    stop = Stop.objects.create(
        plan=plan, customer=customer, position=1, ask_amount=Decimal(ask), currency="EUR", worth=1, standing=standing,
        terms=[], reasons=[{"because": "late", "days": late}], state="done",
    )  # fmt: skip
    return Outcome.objects.create(
        stop=stop, key=f"{plan.pk}", kind=kind, amount=amount, currency="EUR", receipt=receipt, happened_on=on,
        entered_at=clock.now(), entered_by="x",
    )  # fmt: skip


# What is known


def test_the_history_of_items_tells_what_came_of_asking():
    customer = make.customer()
    paid_after(customer, 3, ago=100)
    paid_after(customer, None, ago=20)

    found = facts.of_items(as_of=TODAY)

    assert [(row.days_late, row.paid) for row in found] == [(0, True), (1, True), (0, False), (1, False)]
    assert {row.customer for row in found} == {customer.pk}


def test_what_was_written_off_or_credited_is_no_payment():
    customer = make.customer()
    item = make.due_item(customer, 50, due_date=TODAY - 60 * DAY)
    make.credit_note(customer, 50, issued_on=TODAY - 55 * DAY)
    DueItem.objects.filter(pk=item.pk).update(open_amount=0, settled_on=TODAY - 55 * DAY)

    assert facts.of_items(as_of=TODAY) == []


@pytest.mark.parametrize(
    ("after", "amount", "paid"), [(3, "50.00", True), (3, "49.99", False), (14, "100.00", True), (15, "100.00", False)]
)
def test_a_visit_is_paid_where_half_of_it_comes_within_two_weeks(after, amount, paid):
    customer = make.customer()
    on = TODAY - 60 * DAY
    visited(customer, on)
    make.payment(customer, amount, received_on=on + after * DAY, lines=[])

    [row] = facts.of_visits(as_of=TODAY)

    assert (row.paid, row.standing, row.days_late) == (paid, "overdue", 8)
    assert row.known_on == (on + after * DAY if paid else on + 15 * DAY)


def test_money_at_the_door_pays_a_visit_on_its_day_and_is_counted_once():
    customer, on = make.customer(), TODAY - 60 * DAY
    item = make.due_item(customer, 100, due_date=on - 10 * DAY)
    receipt = make.receipt(item, 50, rep=make.rep(), received_on=on)
    visited(customer, on, kind="paid", amount=Decimal(50), receipt=receipt)
    less = make.customer()
    other = make.due_item(less, 100, due_date=on - 10 * DAY)
    visited(less, on, kind="paid", amount=Decimal(40), receipt=make.receipt(other, 40, rep=make.rep(), received_on=on))

    found = {row.customer: row for row in facts.of_visits(as_of=TODAY)}

    assert (found[customer.pk].paid, found[customer.pk].known_on) == (True, on)
    assert not found[less.pk].paid


def test_a_visit_that_did_not_take_place_and_one_whose_weeks_still_run_say_nothing():
    visited(make.customer(), TODAY - 60 * DAY, kind="could not visit")
    visited(make.customer(), TODAY - 10 * DAY)

    assert facts.of_visits(as_of=TODAY) == []


def test_visits_count_once_there_are_enough_of_them(monkeypatch):
    customer = make.customer()
    paid_after(customer, 3, ago=100)
    visited(customer, TODAY - 60 * DAY)

    assert facts.known(as_of=TODAY).source == "payments"

    monkeypatch.setattr(facts, "ENOUGH", 1)
    assert facts.known(as_of=TODAY).source == "visits"


def test_of_a_large_book_every_nth_customer_is_read_with_all_of_its_items(monkeypatch):
    for _ in range(6):
        customer = make.customer()
        paid_after(customer, 3, ago=100)
        paid_after(customer, 3, ago=60)
    monkeypatch.setattr(facts, "AT_MOST", 6)

    found = facts.of_items(as_of=TODAY)

    assert len({row.customer for row in found}) == 3
    assert len(found) == 3 * 4


def test_reading_takes_as_many_statements_at_any_size(count_queries):
    customers = [make.customer() for _ in range(6)]
    for customer in customers:
        paid_after(customer, 3, ago=100)

    def read(some):
        return lambda: facts.of_customers(as_of=TODAY, customers=[one.pk for one in some], source="payments")

    assert count_queries(read(customers[:1])) == count_queries(read(customers)) == 2


# Learning


def test_with_too_few_outcomes_nothing_is_stored():
    paid_after(make.customer(), 3, ago=100)

    assert services.learn(as_of=TODAY, by=make.BY) == 0
    assert not Chances.objects.exists()
    assert services.learned_of(on=TODAY, customers=[1]) == {}


def test_what_was_learned_is_kept_with_its_figures_and_counts_for_each_customer():
    prompt, slow, new = make.customer(), make.customer(), make.customer()
    many(prompt, slow)

    assert services.learn(as_of=TODAY, by=make.BY) == 1
    row = Chances.objects.get()
    learned = services.learned_of(on=TODAY, customers=[prompt.pk, slow.pk, new.pk])
    table = services.Weights.of(services.policy.in_force(TODAY).worth).table
    chance = {key: one.chance("unpaid", 0, table=table) for key, one in learned.items()}

    assert (row.source, row.is_adopted, row.outcomes >= chances.ENOUGH) == ("payments", True, True)
    assert row.log_loss < row.simple_log_loss
    assert row.brier < row.simple_brier
    assert chance[slow.pk] < Decimal("0.3") < chance[new.pk] < Decimal("0.8") < chance[prompt.pk]
    assert Entry.objects.filter(verb="visits.chances_learned").count() == 1
    assert "Chances were learned on 24 Nov 2026 from" in worth_words.where_chances_come_from(row)


def test_it_is_learned_once_a_month():
    many(make.customer(), make.customer())

    counts = [services.learn(as_of=day, by=make.BY) for day in (TODAY, TODAY, TODAY + 3 * DAY, TODAY + 10 * DAY)]

    assert counts == [1, 0, 0, 1]  # the fourth is in December


def test_a_day_counts_what_was_learned_until_then():
    many(make.customer(), make.customer())
    services.learn(as_of=TODAY, by=make.BY)

    assert services.current(TODAY - DAY) is None
    assert services.current(TODAY + DAY) == Chances.objects.get()


@pytest.mark.parametrize(
    ("uses", "said"),
    [
        ("own rate", "Chances are each customer's own past rate, out of 312 outcomes known on 24 Nov 2026."),
        ("table", "Chances are those of the policy: too little was learned yet that foretells better."),
    ],
)
def test_it_is_said_where_chances_come_from(uses, said):
    row = Chances(adopted_on=TODAY, uses=uses, source="payments", outcomes=312, entered_at=clock.now())

    assert worth_words.where_chances_come_from(row) == said


def test_where_the_own_rate_counts_a_customer_without_a_past_keeps_the_table():
    customer = make.customer()
    paid_after(customer, 3, ago=100)
    Chances.objects.create(
        adopted_on=TODAY,
        uses="own rate",
        source="payments",
        outcomes=312,
        cells={"mean": "0.5"},
        entered_at=clock.now(),
    )

    found = services.learned_of(on=TODAY, customers=[customer.pk, 0])

    assert (found[customer.pk].rate, found[0].rate) == (Decimal("0.8333"), None)
