"""When the night runs: once for every business date, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from collections_app import night, tasks
from collections_app.standings.models import Night
from common import clock
from tests import factories as make

pytestmark = pytest.mark.django_db
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def done(monkeypatch) -> list[date]:
    """The business dates whose night was run, in order; a night takes no time here."""
    found: list[date] = []

    def run(*, as_of: date, **_: object) -> Night:
        now = clock.now()
        found.append(as_of)
        return Night.objects.create(business_date=as_of, known_until=now, started_at=now, done_at=now)

    monkeypatch.setattr(night, "run", run)
    monkeypatch.setattr(tasks.ask_for_night, "apply_async", lambda **_: None)
    make.business()
    return found


def ring(start: datetime, end: datetime, step: timedelta = TEN_MINUTES) -> None:
    """The beat asks every ten minutes, in UTC."""
    moment = start
    while moment <= end:
        with time_machine.travel(moment, tick=False):
            tasks.ask_for_night()
        moment += step


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


@pytest.mark.parametrize("changes_on", [date(2026, 3, 29), date(2026, 10, 25)], ids=["to summer", "to winter"])
def test_a_change_of_clocks_neither_skips_nor_doubles_a_night(done, changes_on):
    first, last = changes_on - timedelta(days=2), changes_on + timedelta(days=2)

    ring(datetime(first.year, first.month, first.day, tzinfo=UTC), datetime(2026, last.month, last.day, 12, tzinfo=UTC))

    assert done == days(first, last)


def test_two_beats_that_ask_in_the_same_minute_make_one_night(done):
    moment = datetime(2026, 6, 15, 6, tzinfo=UTC)

    ring(moment, moment)
    ring(moment, moment)

    assert done == [date(2026, 6, 15)]


def test_after_26_hours_without_a_beat_the_missed_date_comes_first(done):
    ring(datetime(2026, 6, 15, 6, tzinfo=UTC), datetime(2026, 6, 15, 6, tzinfo=UTC))

    ring(datetime(2026, 6, 17, 8, tzinfo=UTC), datetime(2026, 6, 17, 8, 30, tzinfo=UTC))

    assert done == days(date(2026, 6, 15), date(2026, 6, 17))


@pytest.mark.parametrize("jump", [timedelta(hours=-5), timedelta(days=-3), timedelta(days=2, hours=7)])
def test_a_clock_that_jumps_gives_one_night_for_each_date_in_order(done, jump):
    start = datetime(2026, 6, 10, tzinfo=UTC)
    ring(start, start + timedelta(days=3, hours=6))
    jumped = start + timedelta(days=3, hours=6) + jump

    ring(jumped, jumped + timedelta(days=5))

    assert done == sorted(set(done))
    assert done == days(done[0], done[-1])


def test_before_night_at_the_day_has_no_night_yet(done, settings):
    ring(datetime(2026, 6, 15, 0, 10, tzinfo=UTC), datetime(2026, 6, 15, 1, 50, tzinfo=UTC))
    assert done == []

    ring(datetime(2026, 6, 15, 2, 0, tzinfo=UTC), datetime(2026, 6, 15, 2, 0, tzinfo=UTC))  # 04:00 in Madrid

    assert done == [date(2026, 6, 15)]


def test_a_night_that_was_cut_off_is_taken_up_within_a_minute(monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.ask_for_night, "apply_async", lambda **values: rung.append(values))
    now = clock.now()
    Night.objects.create(business_date=clock.business_today(), known_until=now, started_at=now)

    tasks.fetch_marks()

    assert len(rung) == 1
