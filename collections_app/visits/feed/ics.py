"""Visits as an iCalendar file. Pure: values in, bytes out. It leaves the house: no amounts (decision 020)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from collections_app.visits.travel import Located

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a sequence counts seconds from here, and has 31 bits
REFRESH = "PT1H"  # how often a calendar should look again
USUAL = timedelta(minutes=30)  # of a visit whose end nobody planned


@dataclass(frozen=True, slots=True)
class Visit:
    """Times are local; a visit without a begin takes the whole day. `planned_at` is when its plan was made."""

    uid: str
    on: date
    begins: time | None
    ends: time | None
    title: str
    where: str
    place: Located | None
    planned_at: datetime
    is_cancelled: bool
    url: str


def calendar(*, name: str, visits: Sequence[Visit], zone: str) -> bytes:
    """A VEVENT for each visit. The same visit keeps its UID when the day is planned again, and its SEQUENCE rises."""
    import icalendar  # of the extra `plan`, and only where a calendar asks

    made = icalendar.Calendar()
    made.add("prodid", "-//Payround//Visits//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", zone)
    made.add("refresh-interval", icalendar.vDuration.from_ical(REFRESH), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", REFRESH)
    for visit in visits:
        made.add_component(_event(visit, ZoneInfo(zone)))
    days = [visit.on for visit in visits]
    if days:
        made.add_missing_timezones(first_date=date(min(days).year, 1, 1), last_date=date(max(days).year + 1, 1, 1))
    return bytes(made.to_ical())


def sequence(planned_at: datetime, *, is_cancelled: bool) -> int:
    """Rises with each plan; one that was cancelled afterwards is later than the plan it stands in."""
    return max(int((planned_at - EPOCH).total_seconds()), 0) + is_cancelled


def _event(visit: Visit, zone: ZoneInfo) -> Any:
    import icalendar

    event = icalendar.Event()
    event.add("uid", visit.uid)
    event.add("sequence", sequence(visit.planned_at, is_cancelled=visit.is_cancelled))
    event.add("dtstamp", visit.planned_at)
    event.add("last-modified", visit.planned_at)
    if visit.begins is None:
        event.add("dtstart", visit.on)
        event.add("dtend", visit.on + timedelta(days=1))
    else:
        begins = datetime.combine(visit.on, visit.begins, tzinfo=zone)
        ends = datetime.combine(visit.on, visit.ends, tzinfo=zone) if visit.ends else begins + USUAL
        event.add("dtstart", begins)
        event.add("dtend", max(ends, begins))
    event.add("summary", " ".join(visit.title.split()))
    event.add("status", "CANCELLED" if visit.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if visit.is_cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    if visit.where:
        event.add("location", visit.where)
    if visit.place is not None:
        event.add("geo", (float(visit.place.latitude), float(visit.place.longitude)))
    if visit.url:
        event.add("url", visit.url)
    return event
