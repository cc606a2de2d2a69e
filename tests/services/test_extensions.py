"""Extensions: asked by one, granted within one's right by another, kept or void; days late follow on every day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app import books
from collections_app.standings import queries as standings
from collections_app.standings import services as standing_services
from collections_app.standings.models import Night, Standing
from common import clock
from customers.models import Mark
from receivables import more_time_queries as queries
from receivables import services
from receivables.models import DueDateChange, Extension, Rate
from receivables.services import checks
from staff.models import Approval, Business, Role
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("port_on_the_day_of_the_deed")]
DUE, ASKED, UNTIL = date(2026, 3, 1), date(2026, 3, 12), date(2026, 4, 10)
VOID_FROM = date(2026, 4, 11)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), name="Mercado Sol")


@pytest.fixture
def item(customer):
    return make.due_item(customer, 1000, due_date=DUE, number="INV-1")


@pytest.fixture
def boss(customer):
    return make.manager("maria")


def ask(item, *, until=UNTIL, on=ASKED, by=make.BY, because="Waits for its own customer's money"):
    return services.ask_extension(due_item=item, until=until, because=because, on=on, by=by)


def grant(row, by, on=ASKED):
    return services.grant_extension(extension=row, on=on, by=by)


def now(row):
    return type(row).objects.get(pk=row.pk)


def facts(row):
    row = now(row)
    return row.state, row.ended_on


def in_order(as_of):
    report = books.check(as_of=as_of)
    return {one.name: one.broken for one in report.invariants if one.broken} == {}


# Asking and deciding


def test_asking_changes_nothing_and_says_what_waiting_costs(item, boss):
    row = ask(item)

    assert (row.state, row.cost_amount) == ("asked", Decimal("8.77"))  # 1,000 × 8 % × 40 / 365
    assert (now(item).due_date, DueDateChange.objects.count()) == (DUE, 0)


def test_a_granted_extension_moves_the_due_date_in_force_and_never_the_agreed_one(item, boss):
    row = grant(ask(item), boss)

    change = DueDateChange.objects.get()
    assert (now(item).due_date, now(item).agreed_due_date) == (UNTIL, DUE)
    assert (change.due_date, change.applies_on, change.extension) == (UNTIL, ASKED, row)
    assert (row.state, row.approved_by, row.decided_on) == ("granted", "maria", ASKED)
    assert Mark.objects.filter(customer=item.customer, because="extension").exists()
    assert Entry.objects.get(verb="receivables.extension_granted").after["due_date"] == str(UNTIL)
    assert in_order(ASKED)


def test_whoever_asks_neither_grants_nor_declines(item, boss):
    row = ask(item, by=boss)

    with pytest.raises(checks.NotPermitted, match="second person"):
        grant(row, boss)
    with pytest.raises(checks.NotPermitted, match="second person"):
        services.decline_extension(extension=row, on=ASKED, by=boss, because="No")
    assert now(row).state == "asked"


def test_a_declined_one_leaves_the_due_date_and_its_reason_on_the_trail(item, boss):
    row = ask(item)
    services.decline_extension(extension=row, on=ASKED, by=boss, because="Twice late this year")

    assert (now(row).state, now(item).due_date) == ("declined", DUE)
    assert Entry.objects.get(verb="receivables.extension_declined").after == {"because": "Twice late this year"}
    with pytest.raises(checks.AlreadyDone):
        grant(row, boss)
    assert ask(item).state == "asked", "it may be asked for again"


@pytest.mark.parametrize(
    ("amount", "role", "may"),
    [
        (5000, Role.MANAGER, True),
        ("5000.01", Role.MANAGER, False),
        ("5000.01", Role.FINANCE, True),
        ("5000.01", Role.ADMIN, True),
        (1, Role.REP, False),
        (1, Role.AUDITOR, False),
    ],
)
def test_who_may_grant_follows_from_what_is_open(customer, amount, role, may):
    item = make.due_item(customer, amount, due_date=DUE)
    row = ask(item)
    person = make.person(role)

    if may:
        assert grant(row, person).state == "granted"
    else:
        with pytest.raises(checks.NotPermitted, match="than your role may grant"):
            grant(row, person)


def test_only_what_is_open_now_counts_for_the_right(customer, boss):
    item = make.due_item(customer, 8000, due_date=DUE)
    row = ask(item)
    make.payment(customer, 3500, received_on=ASKED)

    assert grant(row, boss).state == "granted"


def test_in_another_currency_the_rate_of_the_day_decides_and_without_one_whoever_may_any(customer, boss):
    make.account("USD")
    item = make.due_item(customer, 6000, due_date=DUE, currency="USD")
    row = ask(item)

    with pytest.raises(checks.NotPermitted, match="no rate for USD"):
        grant(row, boss)
    Rate.objects.create(currency="USD", on=DUE, rate=Decimal("0.8"), source="ECB")
    assert grant(row, boss).state == "granted"


def test_finance_grants_without_a_rate_unless_it_has_a_ceiling_of_its_own(customer):
    make.account("USD")
    item = make.due_item(customer, 10, due_date=DUE, currency="USD")
    Approval.objects.create(role=Role.FINANCE, kind="extension", up_to=Decimal(100))
    row = ask(item)

    with pytest.raises(checks.NotPermitted):
        grant(row, make.finance())
    assert grant(row, make.admin_user()).state == "granted"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"until": DUE}, "not later than the due date in force"),
        ({"until": ASKED - timedelta(days=1)}, "has passed"),
        ({"because": "  "}, "Say why"),
        ({"on": date(2026, 11, 25)}, "is in the future"),
    ],
)
def test_what_cannot_be_asked_for(item, values, said):
    with pytest.raises(checks.Refused, match=said):
        ask(item, **values)
    assert not Extension.objects.exists()


def test_a_settled_item_and_one_without_a_due_date_need_no_time(customer):
    settled = make.due_item(customer, 10, due_date=DUE, paid=[("10", DUE)])
    dateless = make.due_item(customer, 10, due_date=None, issued_on=DUE)

    for item, said in ((settled, "nothing open"), (dateless, "without a due date")):
        with pytest.raises(services.NoMoreTime, match=said):
            ask(item)


def test_what_was_settled_or_has_passed_while_it_waited_is_not_granted(customer, item, boss):
    late, settled = ask(item), ask(make.due_item(customer, 10, due_date=DUE))
    make.payment(customer, 10, received_on=ASKED, lines=[(settled.due_item_id, Decimal(10))])

    with pytest.raises(services.NoMoreTime, match="has passed"):
        grant(late, boss, on=VOID_FROM)
    with pytest.raises(services.NoMoreTime, match="nothing open"):
        grant(settled, boss)


def test_there_is_one_at_a_time(item, boss):
    row = ask(item)
    for _ in range(2):  # while it waits, and while it runs
        with pytest.raises(checks.AlreadyDone, match="INV-1"):
            ask(item, until=UNTIL + timedelta(days=5))
        if row.state == "asked":
            row = grant(row, boss)


def test_a_customer_is_given_more_time_so_many_times_a_year(customer, boss):
    Business.objects.update(extensions_per_year=2)
    items = [make.due_item(customer, 10, due_date=DUE) for _ in range(4)]
    waiting = ask(items[2])
    for item in items[:2]:
        grant(ask(item), boss)

    assert queries.count_this_year(customer, 2026) == 2
    with pytest.raises(services.NoMoreTime, match="2 times in 2026"):
        grant(waiting, boss)
    with pytest.raises(services.NoMoreTime, match="2 times in 2026"):
        ask(items[3])
    assert queries.count_this_year(customer, 2025) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_of_two_who_grant_at_once_one_does(item):
    row = ask(item)
    first, second = make.finance("niamh"), make.finance("colm")

    found = at_once(lambda: grant(row, first), lambda: grant(row, second))

    assert (failures(found), refusals(found)) == ([], ["This is decided already."])
    assert DueDateChange.objects.count() == 1
    assert in_order(ASKED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_of_two_at_once_beyond_the_number_of_the_year_one_is_granted(customer):
    Business.objects.update(extensions_per_year=1)
    rows = [ask(make.due_item(customer, 10, due_date=DUE)) for _ in range(2)]
    boss = make.finance()

    found = at_once(*(lambda row=row: grant(row, boss) for row in rows))

    assert (failures(found), len(refusals(found))) == ([], 1)
    assert queries.count_this_year(customer, 2026) == 1


# Kept or void


def test_paid_in_time_it_is_kept_on_that_day(item, boss):
    row = grant(ask(item), boss)
    make.payment(item.customer, 400, received_on=date(2026, 3, 20))
    assert services.keep_plans(as_of=UNTIL, customers=[item.customer_id]) == set()

    make.payment(item.customer, 600, received_on=UNTIL)

    assert facts(row) == ("kept", UNTIL)
    assert services.keep_plans(as_of=UNTIL, customers=[item.customer_id]) == set()


def test_at_the_first_miss_it_is_void_and_the_agreed_date_is_in_force_again(item, boss):
    row = grant(ask(item), boss)
    assert services.void_missed(as_of=UNTIL) == set(), "the day itself is on time"

    assert services.void_missed(as_of=VOID_FROM) == {item.customer_id}

    assert (facts(row), now(item).due_date) == (("void", VOID_FROM), DUE)
    assert [(one.due_date, one.applies_on) for one in DueDateChange.objects.order_by("pk")] == [
        (UNTIL, ASKED), (DUE, VOID_FROM)
    ]  # fmt: skip
    assert services.void_missed(as_of=VOID_FROM) == set()
    assert in_order(VOID_FROM)


def test_nights_that_were_left_out_change_no_day(item, boss):
    row = grant(ask(item), boss)
    make.payment(item.customer, 1000, received_on=date(2026, 4, 20))

    services.void_missed(as_of=date(2026, 6, 1), customers=[item.customer_id])

    assert facts(row) == ("void", VOID_FROM)
    assert late_on(item, date(2026, 4, 15)) == 45
    assert late_on(item, date(2026, 4, 20)) is None


def late_on(item, day):
    """Days late of an item at the end of a day, by the statement that every page shares; None where it is settled."""
    lines = [line for line in standings.open_lines(as_of=day) if (line.kind, line.key) == ("due item", item.pk)]
    return max(0, (day - lines[0].due_date).days) if lines else None


def buckets_on(day, due="effective"):
    return {row.bucket for row in standings.ageing(as_of=day, due=due).rows}


@pytest.mark.parametrize(
    ("day", "late", "effective", "original"),
    [
        (DUE, 0, "not due", "not due"),
        (date(2026, 3, 11), 10, "1-30", "1-30"),  # the day before the grant
        (ASKED, 0, "not due", "1-30"),
        (UNTIL, 0, "not due", "31-60"),
        (VOID_FROM, 41, "31-60", "31-60"),
        (date(2026, 5, 31), 91, "91+", "91+"),
    ],
)
def test_every_day_keeps_its_own_days_late_and_the_agreed_date_can_be_asked_for(
    item, boss, day, late, effective, original
):
    grant(ask(item), boss)
    services.void_missed(as_of=date(2026, 6, 1))

    assert late_on(item, day) == late
    assert (buckets_on(day), buckets_on(day, due="original")) == ({effective}, {original})


def test_the_standing_of_today_follows_the_grant_at_once(customer):
    today = clock.business_today()
    Night.objects.create(business_date=today, known_until=clock.now(), started_at=clock.now(), done_at=clock.now())
    item = make.due_item(customer, 100, due_date=today - timedelta(days=90))
    standing_services.classify(as_of=today)
    assert Standing.objects.get(due_item=item).standing == "quasi-bad"

    grant(ask(item, until=today + timedelta(days=5), on=today), make.finance(), on=today)

    assert Standing.objects.get(due_item=item).standing == "unpaid"


def test_a_date_that_the_ledger_moved_comes_back_and_not_the_agreed_one(item, boss):
    moved = date(2026, 3, 8)
    services.move_due_date(due_item=item, due_date=moved, on=date(2026, 3, 2), by=make.BY, because="The ledger's list")
    grant(ask(item), boss)

    services.void_missed(as_of=VOID_FROM)

    assert now(item).due_date == moved


def test_a_date_that_the_ledger_moves_later_than_the_miss_stays_in_force(item, boss):
    grant(ask(item), boss)
    moved = date(2026, 5, 30)
    services.move_due_date(due_item=item, due_date=moved, on=date(2026, 4, 20), by=make.BY, because="The ledger's list")

    services.void_missed(as_of=date(2026, 4, 25))

    assert now(item).due_date == moved
    assert (late_on(item, date(2026, 4, 15)), late_on(item, date(2026, 4, 20))) == (45, 0)
    assert in_order(date(2026, 4, 25))


def test_money_in_time_that_is_known_later_lets_it_stand_again(item, boss):
    row = grant(ask(item), boss)
    services.void_missed(as_of=VOID_FROM)

    make.payment(item.customer, 1000, received_on=UNTIL)
    services.keep_plans(as_of=VOID_FROM, customers=[item.customer_id])

    assert facts(row) == ("kept", UNTIL)
    assert in_order(VOID_FROM)


def test_money_after_the_day_lets_nothing_stand_again(item, boss):
    row = grant(ask(item), boss)
    services.void_missed(as_of=VOID_FROM)

    make.payment(item.customer, 1000, received_on=VOID_FROM)
    services.keep_plans(as_of=VOID_FROM, customers=[item.customer_id])

    assert facts(row) == ("void", VOID_FROM)


def test_a_receipt_given_in_time_keeps_it_alive_until_finance_decides(customer):
    today = clock.business_today()
    item = make.due_item(customer, 100, due_date=today - timedelta(days=20))
    row = grant(ask(item, until=today, on=today), make.finance(), on=today)
    receipt = make.receipt(item, 100, rep=customer.owner, method="transfer")

    assert services.void_missed(as_of=today + timedelta(days=1)) == set()
    services.refuse_receipt(receipt=receipt, by=make.BY, because="Nothing came")
    assert services.void_missed(as_of=today + timedelta(days=2)) == {customer.pk}
    assert facts(row) == ("void", today + timedelta(days=1))


def test_what_lived_on_a_day_is_told_of_any_day(item, boss):
    row = grant(ask(item), boss)
    services.void_missed(as_of=VOID_FROM)

    lived = {day: queries.running(item.customer, day) for day in (DUE, ASKED, UNTIL, VOID_FROM)}
    assert lived == {DUE: [], ASKED: [row], UNTIL: [row], VOID_FROM: []}
