"""The night holds the books against the ledger's control totals: the newest of each currency, and those not proved."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from collections_app import books, night
from collections_app.standings.models import Night
from receivables import services
from receivables.models import ControlTotal
from staff.models import Business
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def customer(db):
    make.business()
    made = make.customer(code="C1")
    make.invoice(made, 100, due_date=date(2026, 10, 1), number="INV-1")
    return made


def stated(amount, on=YESTERDAY, currency="EUR"):
    return services.state_total(currency=currency, on=on, amount=Decimal(str(amount)), by=make.BY)


def run(as_of=TODAY):
    return night.run(as_of=as_of, by=make.BY)


def broken(as_of=TODAY):
    return [row for one in books.check(as_of=as_of).invariants for row in one.broken]


def test_the_night_of_today_finds_that_the_total_of_yesterday_does_not_tie(customer):
    stated("1.00")

    done = run()

    assert done.check_broken == 1
    assert done.broken == [
        {
            "name": "I4 ageing ties to the ledger",
            "rows": ["EUR on 2026-11-23: ageing 100.000, control total 1.000"],
        }
    ]


def test_check_books_fails_with_the_total_of_yesterday(customer, capsys):
    stated("1.00")

    with pytest.raises((CommandError, SystemExit)):
        call_command("check_books", as_of="2026-11-24")


def test_a_total_that_ties_is_proved_by_the_night_and_a_corrected_one_is_looked_at_again(customer):
    stated(100)
    assert run().check_broken == 0
    assert ControlTotal.objects.get().proved_at is not None

    stated(99)

    assert ControlTotal.objects.get().proved_at is None
    assert run().check_broken == 1


def test_every_total_of_the_last_month_that_was_never_proved_is_looked_at(customer):
    for days_ago, amount in ((31, 7), (30, 8), (3, 9), (1, 100)):
        stated(amount, on=TODAY - timedelta(days=days_ago))

    assert [row.partition(":")[0] for row in broken()] == ["EUR on 2026-10-25", "EUR on 2026-11-21"]


def test_a_proved_total_is_not_looked_at_again_unless_it_is_the_newest(customer):
    stated(100, on=YESTERDAY - timedelta(days=1))
    stated(100)
    run()

    make.payment(customer, 40, received_on=YESTERDAY - timedelta(days=3), reported_by_ledger=True)

    assert broken() == ["EUR on 2026-11-23: ageing 60.000, control total 100.000"]


def test_the_newest_total_of_a_currency_counts_however_old_it_is(customer):
    make.invoice(customer, 50, due_date=date(2026, 3, 1), currency="USD")
    stated(100)
    stated(51, on=date(2026, 6, 30), currency="USD")

    assert broken() == ["USD on 2026-06-30: ageing 50.000, control total 51.000"]


def test_a_total_of_a_later_day_says_nothing_about_an_earlier_one(customer):
    stated("1.00", on=TODAY)

    assert broken(as_of=YESTERDAY) == []
    assert len(broken(as_of=TODAY)) == 1


def test_money_that_the_ledger_was_not_told_yet_breaks_no_total(customer):
    make.payment(customer, 30, received_on=YESTERDAY)
    stated(100)

    assert broken() == []
    stated(70)
    assert broken() == []
    stated(71)
    assert broken() == ["EUR on 2026-11-23: ageing 70.000, control total 71.000"]


def test_what_was_told_a_day_late_breaks_neither_total_of_its_day_and_one_cent_beside_does(customer):
    """The ledger draws its total before our journal is read, or after."""
    make.payment(customer, 30, received_on=YESTERDAY)
    services.export_journal(up_to=TODAY, by=make.BY)

    found = {}
    for amount in ("100", "70", "70.01", "99.99", "130"):
        stated(amount)
        found[amount] = bool(broken())

    assert found == {"100": False, "70": False, "70.01": True, "99.99": True, "130": True}


def test_a_total_of_a_day_before_the_take_over_is_not_known(customer):
    stated(5, on=date(2026, 11, 1))
    Business.objects.update(opening_on=date(2026, 11, 2))

    assert broken() == []


def test_a_night_that_finds_the_books_in_order_again_says_so(customer):
    stated("1.00")
    run()
    stated(100)

    assert (run().check_broken, Night.objects.get().broken) == (0, [])
