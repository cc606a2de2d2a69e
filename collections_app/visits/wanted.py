"""What people want of certain visits: pins, skips, appointments, and collections that were confirmed by telephone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from collections_app.visits.frames import minutes_of
from collections_app.visits.models import Announced, Appointment, Wish
from collections_app.visits.route import Window
from common import days

SPARE = 15  # minutes by which a confirmed visit may begin earlier or later
UNSURE = (Announced.State.NOT_REACHED, Announced.State.REFUSED)
AGREED = (Announced.State.CONFIRMED, Announced.State.DIFFERS)  # he comes for us at his hour, if for another amount


@dataclass(frozen=True, slots=True)
class Wanting:
    """Of one customer on one day. `begins`: when the visit has to begin."""

    is_pinned: bool = False
    has_appointment: bool = False
    begins: Window | None = None
    is_confirmed: bool = False
    is_unsure: bool = False  # asked for a confirmation, and did not give it, or was never called in time


NOTHING = Wanting()


@dataclass(frozen=True, slots=True)
class Wanted:
    by_day: Mapping[tuple[int, date], Wanting] = field(default_factory=dict)
    skipped: Mapping[tuple[int, date], dict[str, Any]] = field(default_factory=dict)
    reps: Mapping[tuple[int, date], int] = field(default_factory=dict)  # for whom a customer is pinned

    def of(self, customer: int, day: date) -> Wanting:
        return self.by_day.get((customer, day), NOTHING)

    def skip(self, customer: int, day: date) -> dict[str, Any]:
        """Why it is to be left out on that day; empty: nobody wants that."""
        return self.skipped.get((customer, day), {})

    @property
    def expected(self) -> set[int]:
        """Who is to be visited whatever the standing calls for."""
        return {customer for (customer, _day), one in self.by_day.items() if one.is_pinned or one.has_appointment}


def read(*, on: Sequence[date], customers: Collection[int] | None, today: date, calendar: str) -> Wanted:
    """Of everybody, or of these. Three statements. Each wish counts for its own day.

    `today` tells whether a call that is still open can be made in time: on the last working day before the visit.
    """
    of = {} if customers is None else {"customer__in": customers}
    found: dict[tuple[int, date], dict[str, Any]] = {}
    skipped: dict[tuple[int, date], dict[str, Any]] = {}
    reps = {}
    for wish in Wish.objects.filter(on__in=on, **of).order_by("on", "pk"):
        if wish.kind == Wish.Kind.SKIP:
            skipped[wish.customer_id, wish.on] = {"because": "skipped", "why": wish.because}
            continue
        found.setdefault((wish.customer_id, wish.on), {})["is_pinned"] = True
        if wish.rep_id is not None:
            reps[wish.customer_id, wish.on] = wish.rep_id
    for row in Announced.objects.filter(on__in=on, **of):
        said = found.setdefault((row.customer_id, row.on), {})
        said["is_unsure"] = row.state in UNSURE or _is_too_late(row, today, calendar)
        said["is_confirmed"] = row.state == Announced.State.CONFIRMED
        if row.state in AGREED and row.said_at is not None:
            at = minutes_of(row.said_at)
            said |= {"has_appointment": True, "begins": Window(at - SPARE, at + SPARE)}
    for made in Appointment.objects.filter(on__in=on, cancelled_at=None, **of):
        begins = Window(minutes_of(made.starts_at), minutes_of(made.ends_at))
        found.setdefault((made.customer_id, made.on), {}).update(has_appointment=True, begins=begins)
    return Wanted({key: Wanting(**values) for key, values in found.items()}, skipped, reps)


def _is_too_late(row: Announced, today: date, calendar: str) -> bool:
    """Nobody has called, and the last working day before the visit has passed."""
    last = days.roll(row.on - days.ONE_DAY, calendar, forward=False)
    return row.state == Announced.State.OPEN and today > last
