"""Since when a standing is, and what was not known then."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from collections_app import night
from collections_app.cases import deciding
from collections_app.policy.thresholds import Thresholds
from collections_app.standings.explaining import facts_of
from receivables.models import DueItem
from tests import factories as make
from tests.services.explained import TUESDAY, ago, item_of, texts, told, warned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make.business()


def test_since_is_what_the_nights_have_noted():
    item = item_of(59)
    night.run(as_of=TUESDAY, by=make.BY)
    with time_machine.travel(datetime(2026, 11, 25, 10, tzinfo=UTC)):
        night.run(as_of=TUESDAY + timedelta(days=1), by=make.BY)
        DueItem.objects.update(due_date=ago(80))  # whatever the rows say today: that night it turned

        found = told(item, TUESDAY + timedelta(days=1))

    assert (found.standing, found.since) == ("quasi-bad", TUESDAY + timedelta(days=1))


def test_what_was_late_long_before_its_first_night_has_been_so_since_then_not_since_that_night():
    item = item_of(70)
    night.run(as_of=TUESDAY, by=make.BY)

    assert item.standing.since == TUESDAY
    assert told(item).since == TUESDAY - timedelta(days=10)


def test_since_of_a_past_day_is_what_the_night_of_that_day_knew():
    item = item_of(59)
    night.run(as_of=TUESDAY, by=make.BY)
    with time_machine.travel(datetime(2026, 11, 25, 10, tzinfo=UTC)):
        night.run(as_of=TUESDAY + timedelta(days=1), by=make.BY)

        assert (told(item, TUESDAY + timedelta(days=1)).standing, item.standing.standing) == ("quasi-bad", "quasi-bad")
        before = told(item, TUESDAY)

    past = item.past_standings.get()
    assert (before.standing, past.standing) == ("overdue", "overdue")
    assert before.since == ago(58)  # the first night found it so, and does not know since when


def test_since_of_a_day_without_a_night_is_walked_by_the_rows():
    item = item_of(70)

    assert told(item).since == ago(10)
    assert told(item, ago(11)).since == ago(69)


def test_what_was_not_known_then_is_not_told():
    with time_machine.travel(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        item = item_of(20)
    make.befall(item.customer, "insolvent", on=ago(12), reference="IN 77/26")
    warned(item.customer, on=ago(12))

    assert told(item, ago(10)).rule == "customer failed"
    then = told(item, ago(10), known_on=ago(10))
    assert then.rule == "late"
    assert not any("IN 77/26" in text for text in texts(then))
    assert not facts_of(item, as_of=ago(10), known_on=ago(10), thresholds=Thresholds()).has_severe_warning


def test_an_end_that_was_not_known_then_had_not_happened():
    with time_machine.travel(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        item = item_of(20)
        row = make.befall(item.customer, "closed", on=date(2026, 11, 10))
    deciding.end_condition(condition=row, ends_before=ago(10), on=TUESDAY, by=make.BY)

    assert told(item, ago(8)).rule == "late"
    assert told(item, ago(8), known_on=ago(8)).rule == "customer failed"


def test_a_lifted_override_still_held_as_it_was_known():
    with time_machine.travel(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        item = item_of(20)
        decided = deciding.override_standing(
            due_item=item, standing="unpaid", because="Goods came late", on=date(2026, 11, 10),
            ends_before=TUESDAY, by=make.manager(),
        )  # fmt: skip
    deciding.lift_override(override=decided, on=ago(0) - timedelta(days=5), by=make.manager())

    assert told(item, ago(3)).rule == "late"
    assert told(item, ago(3), known_on=ago(3)).rule == "override"
