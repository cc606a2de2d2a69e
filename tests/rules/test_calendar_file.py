"""Visits as a calendar reads them: times with their zone, a number that rises with each plan, and no amounts."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import icalendar
from hypothesis import given
from hypothesis import strategies as some

from collections_app.visits.feed import ics
from collections_app.visits.feed.ics import Visit

TUESDAY = date(2026, 11, 24)
PLANNED = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Here:
    latitude: Decimal = Decimal("39.469900")
    longitude: Decimal = Decimal("-0.376300")


VISIT = Visit(
    uid="a", on=TUESDAY, begins=time(10), ends=time(10, 25), title="1. Mercado Sol",
    where="Calle del Puerto 18, Valencia", place=Here(), planned_at=PLANNED, is_cancelled=False, url="https://payround.example/today/round/",
)  # fmt: skip


def read(*visits: Visit, zone: str = "Europe/Madrid") -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(ics.calendar(name="Carmen", visits=visits, zone=zone))


def only(visit: Visit) -> icalendar.Event:
    [event] = read(visit).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return event


def test_a_visit_has_its_times_its_place_and_the_zone_they_are_in():
    made = read(VISIT)
    [event] = made.walk("VEVENT")

    assert (event["DTSTART"].dt.isoformat(), event["DTEND"].dt.isoformat()) == (
        "2026-11-24T10:00:00+01:00", "2026-11-24T10:25:00+01:00",
    )  # fmt: skip
    assert event["DTSTART"].params["TZID"] == "Europe/Madrid"
    assert [str(zone["TZID"]) for zone in made.walk("VTIMEZONE")] == ["Europe/Madrid"]
    assert event["GEO"].to_ical() == "39.4699;-0.3763"
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("1. Mercado Sol", "Calle del Puerto 18, Valencia")
    assert str(event["STATUS"]) == "CONFIRMED"


def test_a_summer_day_is_in_summer_time():
    event = only(replace(VISIT, on=date(2026, 7, 1)))

    assert event["DTSTART"].dt.utcoffset() == timedelta(hours=2)


def test_what_was_cancelled_says_so_and_takes_no_time():
    event = only(replace(VISIT, is_cancelled=True))

    assert (str(event["STATUS"]), str(event["TRANSP"])) == ("CANCELLED", "TRANSPARENT")
    assert event["SEQUENCE"] > only(VISIT)["SEQUENCE"]


def test_a_visit_without_a_time_takes_the_day_and_one_without_a_place_has_none():
    event = only(replace(VISIT, begins=None, ends=None, place=None, where="", url=""))

    assert (event["DTSTART"].dt, event["DTEND"].dt) == (TUESDAY, TUESDAY + timedelta(days=1))
    assert not {"GEO", "LOCATION", "URL"} & set(event)


def test_no_visits_are_a_calendar_as_well():
    assert str(read()["X-WR-CALNAME"]) == "Carmen"


@given(some.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=3650)), some.booleans())
def test_a_later_plan_has_a_higher_number_that_fits_a_calendar(later, was_cancelled):
    before = ics.sequence(PLANNED, is_cancelled=False)
    after = ics.sequence(PLANNED + later + timedelta(seconds=1), is_cancelled=was_cancelled)

    assert before < after < 2**31


@given(some.text(max_size=80))
def test_a_name_of_any_signs_stays_one_line(name):
    events = read(replace(VISIT, title=name), replace(VISIT, uid="b")).walk("VEVENT")

    assert len(events) == 2
