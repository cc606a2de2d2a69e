"""The week as frozen rows for the page and for the printed list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.visits import plan_rights as rights
from collections_app.visits import sentences
from collections_app.visits.asked import url_of
from collections_app.visits.day import words
from collections_app.visits.frames import minutes_of
from collections_app.visits.models import Appointment, Plan, Stop
from collections_app.visits.week import bars, reading
from collections_app.visits.week.reading import Day, Owes, Week
from common import days
from common.templatetags.ui import clock, width
from contracts.wording import pays_on
from staff.models import User

FIRST = 4  # rows of a part that are shown at once


@dataclass(frozen=True, slots=True)
class BarRow:
    """Places on the drawing, in per cent."""

    label: str
    window_x: str
    window_width: str
    visit_x: str
    visit_width: str


@dataclass(frozen=True, slots=True)
class StopRow:
    time: str
    name: str
    url: str
    window: str
    waiting: str
    way: str
    bar: BarRow | None
    ask_amount: Decimal
    currency: str
    phone: str
    commitment: str
    state: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class OwesRow:
    name: str
    url: str
    amount: Decimal
    currency: str
    note: str


@dataclass(frozen=True, slots=True)
class Part:
    """A list of which the first rows are shown at once."""

    title: str
    rows: tuple[OwesRow, ...]

    @property
    def first(self) -> tuple[OwesRow, ...]:
        return self.rows[:FIRST]

    @property
    def more(self) -> tuple[OwesRow, ...]:
        return self.rows[FIRST:]


@dataclass(frozen=True, slots=True)
class DayColumn:
    on: date
    is_today: bool
    is_past: bool
    url: str
    is_planned: bool
    is_approved: bool
    off: str
    empty: str
    totals: str
    is_estimated: bool
    stops: tuple[StopRow, ...]
    home: str
    appointments: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WeekPage:
    """`reps` are the others whose week this person may open, with their keys."""

    rep: int
    rep_name: str
    is_own: bool
    first: date
    last: date
    base: str
    days: tuple[DayColumn, ...]
    stop_count: int
    worth: Decimal
    way: str
    before_url: str
    after_url: str
    print_url: str
    may_plan: bool
    is_planned: bool


def week_page(*, rep: User, on: date, user: User, today: date) -> WeekPage:
    """Thirteen statements at any size."""
    found = reading.read(rep=rep, on=on, user=user)
    columns = tuple(_column(day, found, today) for day in found.days)
    visits = [stop for day in found.days for stop in day.round.visits]
    monday = reading.monday_of(on)
    week = timedelta(days=reading.WEEK)
    return WeekPage(
        rep=rep.pk,
        rep_name=str(rep),
        is_own=rep.pk == user.pk,
        first=found.first,
        last=found.last,
        base=found.base,
        days=columns,
        stop_count=len(visits),
        worth=sum((stop.worth for stop in visits), Decimal(0)),
        way=words.kilometres(sum((day.round.kilometres for day in found.days), Decimal(0))),
        before_url=_week_url(rep, monday - week),
        after_url=_week_url(rep, monday + week),
        print_url=url_of("visits:week-sheet", rep, monday),
        may_plan=rights.may_change(user, rep) and monday + week > today,
        is_planned=any(day.round.plan is not None for day in found.days),
    )


def _week_url(rep: User, monday: date) -> str:
    """Empty where the calendar ends."""
    return url_of("visits:week", rep, monday) if days.FIRST <= monday < days.LAST - timedelta(days=7) else ""


def _column(day: Day, week: Week, today: date) -> DayColumn:
    found, plan = day.round, day.round.plan
    is_past = day.on < today
    return DayColumn(
        on=day.on,
        is_today=day.on == today,
        is_past=is_past,
        url=url_of("visits:round", week.rep, day.on) if plan is not None else "",
        is_planned=plan is not None,
        is_approved=plan is not None and plan.state == Plan.State.APPROVED,
        off=words.off(day.frame.off),
        empty=_empty(day, is_past=is_past),
        totals=_totals(day),
        is_estimated=bool(found.frame.get("is_estimated")),
        stops=tuple(_stop(stop, day) for stop in found.stops),
        home=_("back at %(time)s") % {"time": clock(found.home_at)} if found.home_at else "",
        appointments=tuple(_appointment(row) for row in day.appointments),
        parts=tuple(_parts(day, week.base, is_past=is_past)),
    )


def _empty(day: Day, *, is_past: bool) -> str:
    """Why nothing is planned, where a day off does not say it."""
    if day.round.stops or day.frame.off:
        return ""
    if day.round.plan is not None:
        return _("No visits on this day.")
    return _("This day was not planned.") if is_past else _("Not planned yet. Plans are made every night.")


def _totals(day: Day) -> str:
    if not day.round.visits:
        return ""
    return f"{words.kilometres(day.round.kilometres)} · " + _("driving %(length)s") % {
        "length": words.duration(day.round.load.driving)
    }


def _stop(stop: Stop, day: Day) -> StopRow:
    is_open = stop.state == Stop.State.PLANNED
    return StopRow(
        time=clock(stop.start_at or stop.arrive_at),
        name=stop.customer.name,
        url=reverse("visits:stop", args=[stop.pk]),
        window=words.hours(stop),
        waiting=sentences.waiting(stop.arrive_at, stop.start_at),
        way=words.way(stop.travel_minutes, stop.kilometres),
        bar=_bar(stop, day) if is_open else None,
        ask_amount=stop.ask_amount,
        currency=stop.currency,
        phone=stop.card.get("phone") or "",
        commitment=words.commitment(stop) if is_open else "",
        state="" if is_open else str(stop.get_state_display()),
        is_open=is_open,
    )


def _bar(stop: Stop, day: Day) -> BarRow | None:
    frame = day.round.frame
    hours = (frame.get("starts_at", day.frame.starts_at), frame.get("ends_at", day.frame.ends_at))
    window = (minutes_of(stop.opens_at), minutes_of(stop.closes_at)) if stop.opens_at and stop.closes_at else None
    begins = stop.start_at or stop.arrive_at
    visit = (minutes_of(begins), minutes_of(stop.leave_at)) if begins and stop.leave_at else None
    bar = bars.bar_of(day=hours, window=window, visit=visit)
    if bar is None or bar.visit is None:
        return None
    return BarRow(
        label=_("%(window)s, visit %(visit)s")
        % {"window": words.window(stop), "visit": f"{clock(begins)}–{clock(stop.leave_at)}"},
        window_x=width(bar.window.begins),
        window_width=width(bar.window.width),
        visit_x=width(bar.visit.begins),
        visit_width=width(bar.visit.width),
    )


def _appointment(row: Appointment) -> str:
    """ "10:00–10:30 Mercado Sol, with Lucía Ortega"."""
    said = {"start": clock(row.starts_at), "end": clock(row.ends_at), "name": row.customer.name, "who": row.with_whom}
    if row.with_whom:
        return _("%(start)s–%(end)s %(name)s, with %(who)s") % said
    return f"{said['start']}–{said['end']} {said['name']}"


def _parts(day: Day, base: str, *, is_past: bool) -> Iterable[Part]:
    """Who is still to be visited is nothing to say of a day that is over."""
    if not is_past:
        yield Part(_("Pay on this day, not planned"), _owes_rows(day.settling))
    yield Part(_("Promised"), _owes_rows(day.promised))
    yield Part(_("Falls due"), _owes_rows(day.due))
    yield Part(_("Did not fit"), tuple(_out(row, base) for row in day.round.out))


def _owes_rows(rows: Sequence[Owes]) -> tuple[OwesRow, ...]:
    return tuple(
        OwesRow(
            name=row.name,
            url=reverse("desk:customer", args=[row.code]),
            amount=row.amount,
            currency=row.currency,
            note=pays_on(row.rule) if row.rule else _("visit planned") if row.is_planned else "",
        )
        for row in rows
    )


def _out(row: Any, base: str) -> OwesRow:
    return OwesRow(
        name=row.customer.name,
        url=reverse("desk:customer", args=[row.customer.code]),
        amount=row.worth,
        currency=base,
        note=sentences.left_out(row.reason),
    )
