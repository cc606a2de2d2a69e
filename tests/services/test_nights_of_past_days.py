"""The night of a past day, run later: what is of this moment stays, and the check takes nothing for broken."""

from datetime import date, timedelta

import pytest
import time_machine

from collections_app import books, night
from collections_app.standings.models import Standing
from receivables import services as receivables
from receivables.models import DueDateChange
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY, PAST = make.TODAY, date(2026, 10, 26)
FIRST, SECOND = date(2026, 11, 3), date(2026, 12, 15)


@pytest.fixture
def customer(db):
    make.business(calendar="")
    return make.customer(owner=make.rep("carmen"))


def test_a_night_of_a_past_day_takes_no_part_of_a_plan_for_unpaid(customer):
    item = make.due_item(customer, 100, due_date=TODAY - timedelta(days=60))
    with time_machine.travel("2026-10-20T10:00:00+01:00", tick=True):
        plan = make.instalment_plan([item], parts=[(FIRST, "50"), (SECOND, "50")])
        receivables.grant_plan(plan=plan, on=date(2026, 10, 20), by=make.manager("maria"))
    with time_machine.travel("2026-11-03T10:00:00+01:00", tick=True):
        make.payment(customer, 50, received_on=FIRST)
    night.run(as_of=TODAY, by=make.BY)
    before = DueDateChange.objects.count()

    night.run(as_of=PAST, by=make.BY)

    item.refresh_from_db()
    assert (item.due_date, DueDateChange.objects.count()) == (SECOND, before)
    assert Standing.objects.get().standing == "unpaid"
    assert books.check(as_of=TODAY).broken == 0


def test_an_extension_missed_on_a_night_that_was_left_out_is_void_from_its_own_day(customer):
    item = make.due_item(customer, 100, due_date=date(2026, 10, 20))
    with time_machine.travel("2026-10-21T10:00:00+01:00", tick=True):
        asked = make.extension(item, until=date(2026, 11, 20))
        receivables.grant_extension(extension=asked, on=date(2026, 10, 21), by=make.manager("maria"))
        night.run(as_of=date(2026, 10, 21), by=make.BY)

    night.run(as_of=date(2026, 11, 10), by=make.BY)  # two weeks late
    item.refresh_from_db()
    assert (item.due_date, Standing.objects.get().standing) == (date(2026, 10, 20), "unpaid")

    night.run(as_of=TODAY, by=make.BY)

    assert Standing.objects.get().standing == "overdue"
    assert DueDateChange.objects.filter(due_date=date(2026, 10, 20)).get().applies_on == date(2026, 11, 21)
    assert books.check(as_of=TODAY).broken == 0


def test_a_due_date_moved_after_the_night_proves_nothing_about_what_the_night_found(customer):
    """On the day of the night the first was late and the second not; by the dates of today the second is older."""
    moved = make.due_item(customer, 100, due_date=date(2026, 10, 20))
    make.due_item(customer, 70, due_date=date(2026, 12, 1), issued_on=date(2026, 10, 1))
    asked = make.extension(moved, until=date(2026, 12, 20))
    receivables.grant_extension(extension=asked, on=TODAY, by=make.manager("maria"))

    night.run(as_of=PAST, by=make.BY)

    assert sorted(Standing.objects.values_list("standing", flat=True)) == ["overdue", "unpaid"]
    assert books.check(as_of=TODAY).broken == 0
