"""Instalment plans: what is owed on several items is due part by part; one missed part makes the plan void."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app import books
from collections_app.standings import queries as standings
from customers.models import Mark
from receivables import more_time_queries as queries
from receivables import services
from receivables.models import DueDateChange, InstalmentPlan
from receivables.services import checks
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("port_on_the_day_of_the_deed")]
OLD, NEW, DAY = date(2026, 1, 10), date(2026, 2, 20), date(2026, 3, 2)
FIRST, SECOND, THIRD = date(2026, 3, 20), date(2026, 4, 20), date(2026, 5, 20)
PARTS = [(FIRST, Decimal(100)), (SECOND, Decimal(100)), (THIRD, Decimal(50))]


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), name="Mercado Sol")


@pytest.fixture
def old(customer):
    return make.due_item(customer, 150, due_date=OLD, number="OLD")


@pytest.fixture
def new(customer):
    return make.due_item(customer, 100, due_date=NEW, number="NEW")


@pytest.fixture
def boss(customer):
    return make.manager("maria")


def ask(items, *, parts=PARTS, on=DAY, by=make.BY, customer=None, currency="EUR"):
    return services.ask_plan(
        customer=customer or items[0].customer, currency=currency, items=[item.pk for item in items], parts=parts,
        because="Lost its largest customer", on=on, by=by,
    )  # fmt: skip


def grant(row, by, on=DAY):
    return services.grant_plan(plan=row, on=on, by=by)


def pay(customer, amount, on):
    return make.payment(customer, amount, received_on=on)


def after_money(customer, as_of):
    services.void_missed(as_of=as_of, customers=[customer.pk])
    services.keep_plans(as_of=as_of, customers=[customer.pk])


def now(row):
    return type(row).objects.get(pk=row.pk)


def facts(row):
    row = now(row)
    return row.state, row.ended_on


def due(*items):
    return [now(item).due_date for item in items]


def late_on(item, day):
    lines = [line for line in standings.open_lines(as_of=day) if (line.kind, line.key) == ("due item", item.pk)]
    return max(0, (day - lines[0].due_date).days) if lines else None


def in_order(as_of):
    report = books.check(as_of=as_of)
    return {one.name: one.broken for one in report.invariants if one.broken} == {}


# Asking and deciding


def test_a_plan_keeps_its_items_and_parts_in_their_order_and_says_what_it_costs(old, new):
    row = ask([old, new])

    assert [(one.due_item, one.amount) for one in row.items.order_by("position")] == [
        (old, Decimal(150)), (new, Decimal(100))
    ]  # fmt: skip
    assert [(one.due_on, one.amount) for one in row.parts.order_by("position")] == PARTS
    # 100 waits 69 days and 50 waits 100 from 10 Jan, 50 waits 59 and 50 waits 89 from 20 Feb: 19,300 × 8 % / 365
    assert row.cost_amount == Decimal("4.23")
    assert (due(old, new), row.state) == ([OLD, NEW], "asked")


def test_granted_all_its_items_are_due_with_the_first_part(old, new, boss):
    row = grant(ask([old, new]), boss)

    assert (due(old, new), now(old).agreed_due_date, row.state) == ([FIRST, FIRST], OLD, "granted")
    assert {change.plan for change in DueDateChange.objects.all()} == {row}
    assert Mark.objects.filter(customer=old.customer, because="extension").exists()
    assert Entry.objects.filter(verb="receivables.plan_granted").count() == 1
    assert in_order(DAY)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([(FIRST, Decimal(250))], "two parts or more"),
        ([(FIRST, Decimal(100)), (SECOND, Decimal(149))], "The parts add up to €249.00, and €250.00 is open"),
        ([(SECOND, Decimal(100)), (FIRST, Decimal(150))], "one after the other"),
        ([(date(2026, 3, 1), Decimal(100)), (FIRST, Decimal(150))], "has passed"),
        ([(FIRST, Decimal("0")), (SECOND, Decimal(250))], "above zero"),
        ([(FIRST, Decimal("100.001")), (SECOND, Decimal("149.999"))], "more decimals than EUR"),
    ],
)
def test_parts_that_make_no_plan(old, new, parts, said):
    with pytest.raises(checks.Refused, match=said):
        ask([old, new], parts=parts)
    assert not InstalmentPlan.objects.exists()


def test_a_plan_is_about_open_items_of_one_customer_and_currency(customer, old, new):
    make.account("USD")
    others = make.due_item(make.customer(), 100, due_date=NEW)
    dollars = make.due_item(customer, 100, due_date=NEW, currency="USD")
    settled = make.due_item(customer, 100, due_date=NEW, paid=[("100", NEW)])

    for wrong in (others, dollars, old):
        with pytest.raises(checks.ForeignItem):
            ask([old, wrong], customer=customer)
    with pytest.raises(services.NoMoreTime, match="nothing open"):
        ask([old, settled])
    with pytest.raises(services.NoMoreTime, match="nothing open"):
        ask([], customer=customer)


def test_an_item_has_an_extension_or_a_plan_and_one_of_them(old, new, boss):
    services.ask_extension(due_item=new, until=FIRST, because="So", on=DAY, by=make.BY)
    with pytest.raises(checks.AlreadyDone, match="NEW"):
        ask([old, new])
    row = ask([old], parts=[(FIRST, Decimal(100)), (SECOND, Decimal(50))])
    for _ in range(2):  # while it waits, and while it runs
        with pytest.raises(checks.AlreadyDone, match="OLD"):
            services.ask_extension(due_item=old, until=THIRD, because="So", on=DAY, by=make.BY)
        if row.state == "asked":
            row = grant(row, boss)


def test_a_plan_counts_among_the_extensions_of_the_year(customer, old, new, boss):
    grant(ask([old, new]), boss)

    assert queries.count_this_year(customer, 2026) == 1


def test_a_second_person_decides_within_its_right(customer, boss):
    item = make.due_item(customer, 6000, due_date=OLD)
    row = ask([item], parts=[(FIRST, Decimal(3000)), (SECOND, Decimal(3000))], by=boss)

    with pytest.raises(checks.NotPermitted, match="second person"):
        grant(row, boss)
    with pytest.raises(checks.NotPermitted, match="than your role may grant"):
        grant(row, make.manager("other"))
    with pytest.raises(checks.NotPermitted, match="does not decide"):
        services.decline_plan(plan=row, on=DAY, by=make.rep(), because="No")
    services.decline_plan(plan=row, on=DAY, by=make.finance(), because="Pays others first")
    assert (now(row).state, due(item)) == ("declined", [OLD])


def test_money_that_came_while_it_waited_asks_for_another_plan(customer, old, new, boss):
    row = ask([old, new])
    pay(customer, 10, DAY)

    with pytest.raises(services.NoMoreTime, match="add up to"):
        grant(row, boss)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_of_two_who_grant_at_once_one_does(old, new):
    row = ask([old, new])
    first, second = make.finance("niamh"), make.finance("colm")

    found = at_once(lambda: grant(row, first), lambda: grant(row, second))

    assert (failures(found), refusals(found)) == ([], ["This is decided already."])
    assert DueDateChange.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_of_an_extension_and_a_plan_asked_at_once_one_is_taken(old, new):
    found = at_once(
        lambda: ask([old, new]),
        lambda: services.ask_extension(due_item=old, until=SECOND, because="So", on=DAY, by=make.BY),
    )

    assert (failures(found), len(refusals(found))) == ([], 1)


# Kept or void


def test_paid_part_by_part_it_is_kept_and_each_time_the_next_part_is_due(customer, old, new, boss):
    row = grant(ask([old, new]), boss)

    pay(customer, 100, date(2026, 3, 18))
    after_money(customer, date(2026, 3, 18))
    assert due(old, new) == [SECOND, SECOND]

    pay(customer, 60, SECOND)
    after_money(customer, SECOND)
    assert due(new) == [SECOND], "part of a part moves nothing"

    pay(customer, 40, SECOND)
    after_money(customer, SECOND)
    assert (due(new), facts(row)) == ([THIRD], ("granted", None))

    pay(customer, 50, THIRD)
    after_money(customer, THIRD)
    assert (facts(row), now(new).open_amount) == (("kept", THIRD), 0)
    assert in_order(THIRD)


def test_two_parts_paid_at_once_leave_the_third(customer, old, new, boss):
    grant(ask([old, new]), boss)
    pay(customer, 200, DAY)
    after_money(customer, DAY)

    assert due(new) == [THIRD]
    assert DueDateChange.objects.filter(due_item=old).count() == 1, "a settled item is due no more"


def test_run_again_it_changes_nothing(customer, old, new, boss):
    grant(ask([old, new]), boss)
    pay(customer, 100, FIRST)

    assert services.keep_plans(as_of=FIRST, customers=[customer.pk]) == set()
    assert services.keep_plans(as_of=FIRST) == set()


def test_the_first_missed_part_makes_it_void_and_every_day_keeps_its_days_late(customer, old, new, boss):
    row = grant(ask([old, new]), boss)
    pay(customer, 100, FIRST)
    after_money(customer, FIRST)

    assert services.void_missed(as_of=SECOND) == set()
    assert services.void_missed(as_of=date(2026, 6, 1)) == {customer.pk}

    assert (facts(row), due(old, new)) == (("void", date(2026, 4, 21)), [OLD, NEW])
    late = {
        date(2026, 3, 1): (50, 9),  # before the grant
        DAY: (0, 0),
        FIRST: (0, 0),
        SECOND: (0, 0),
        date(2026, 4, 21): (101, 60),
    }
    assert {day: (late_on(old, day), late_on(new, day)) for day in late} == late
    assert in_order(date(2026, 6, 1))


def test_a_settled_item_stays_out_of_it(customer, old, new, boss):
    grant(ask([old, new]), boss)
    pay(customer, 150, FIRST)
    after_money(customer, FIRST)
    services.void_missed(as_of=date(2026, 4, 21))

    assert (due(old, new), DueDateChange.objects.filter(due_item=old).count()) == ([FIRST, NEW], 1)


def test_money_that_bounces_brings_the_part_back_and_after_its_day_the_miss(customer, old, new, boss):
    row = grant(ask([old, new]), boss)
    paid = pay(customer, 100, FIRST)
    after_money(customer, FIRST)
    assert due(old, new) == [SECOND, SECOND]

    services.reverse_payment(payment=paid, on=date(2026, 3, 25), by=make.BY, because="Bounced")
    after_money(customer, date(2026, 3, 25))
    assert (due(old, new), facts(row)) == ([FIRST, FIRST], ("granted", None))

    services.void_missed(as_of=date(2026, 3, 26))
    assert (due(old, new), facts(row)) == ([OLD, NEW], ("void", date(2026, 3, 26)))


def test_a_payment_taken_back_on_its_own_day_brings_the_part_back(customer, old, new, boss):
    row = grant(ask([old, new]), boss)
    paid = pay(customer, 100, FIRST)
    after_money(customer, FIRST)

    services.reverse_payment(payment=paid, on=FIRST, by=make.BY, because="Booked twice")
    after_money(customer, FIRST)
    assert (due(old, new), services.keep_plans(as_of=FIRST, customers=[customer.pk])) == ([FIRST, FIRST], set())

    services.void_missed(as_of=date(2026, 3, 21))
    assert (due(old, new), facts(row)) == ([OLD, NEW], ("void", date(2026, 3, 21)))


def test_the_bank_statement_of_the_morning_lets_the_plan_stand_again(customer, old, new, boss):
    row = grant(ask([old, new]), boss)
    services.void_missed(as_of=date(2026, 3, 21))
    assert facts(row)[0] == "void"

    pay(customer, 100, FIRST)
    after_money(customer, date(2026, 3, 21))

    assert (facts(row), due(old, new)) == (("granted", None), [SECOND, SECOND])
    assert late_on(old, date(2026, 3, 21)) == 0
    assert Entry.objects.filter(verb="receivables.plan_stands_again").count() == 1
    assert in_order(date(2026, 3, 21))


def test_a_void_plan_does_not_stand_again_beside_a_new_one(customer, old, new, boss):
    row = grant(ask([old, new]), boss)
    services.void_missed(as_of=date(2026, 3, 21))
    ask([old, new], on=date(2026, 3, 21), parts=[(SECOND, Decimal(100)), (THIRD, Decimal(150))])

    pay(customer, 100, FIRST)
    after_money(customer, date(2026, 3, 21))

    assert (facts(row), due(old, new)) == (("void", date(2026, 3, 21)), [OLD, NEW])


def test_money_of_an_earlier_day_that_is_entered_later_counts_for_the_plan(customer, old, new, boss):
    grant(ask([old, new]), boss)
    pay(customer, 100, date(2026, 2, 25))
    after_money(customer, date(2026, 3, 5))

    assert due(old, new) == [SECOND, SECOND]


def test_a_date_that_the_ledger_moved_meanwhile_stays_until_the_next_part(customer, old, new, boss):
    grant(ask([old, new]), boss)
    moved = date(2026, 3, 28)
    services.move_due_date(due_item=new, due_date=moved, on=date(2026, 3, 5), by=make.BY, because="The ledger's list")

    after_money(customer, date(2026, 3, 6))
    assert due(old, new) == [FIRST, moved]
    services.void_missed(as_of=date(2026, 3, 21))
    assert due(old, new) == [OLD, moved]
