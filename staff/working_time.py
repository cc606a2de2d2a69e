"""Verbs about when and from where a rep works: the week, the places of the day, absences with their deputies.

Times are local. Days of an absence run from `starts_on` until before `ends_before`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from common import clock
from common.days import ONE_DAY
from common.refusals import Refused, WrongDay
from common.templatetags import ui
from staff.models import Absence, RepDay, Role, User

LEADS = (Role.MANAGER, Role.ADMIN)


class NotYourPeople(Refused):
    """Somebody of another team, or nobody who visits."""


class NotAShift(Refused):
    """Hours that no working day can have."""


class NoSuchPlace(Refused):
    """Half a position, or one that is not on earth."""


class AwayTwice(WrongDay):
    """Two absences of one person at the same time, or one that ends before it starts."""


class NotADeputy(Refused):
    """Somebody who cannot stand in."""


class DeputyToBeConfirmed(NotADeputy):
    """Somebody of another team: done when confirmed."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Working time of a weekday (0 is Monday)."""

    weekday: int
    starts_at: time
    ends_at: time
    lunch_from: time | None = None
    lunch_until: time | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Degrees."""

    latitude: Decimal
    longitude: Decimal


def may_lead(user: User, rep: User) -> bool:
    """May this person set the working time of that one? A manager of his teams' reps, an admin of all."""
    if user.role == Role.ADMIN:
        return rep.role == Role.REP
    return user.role == Role.MANAGER and User.objects.visible_to(user).filter(pk=rep.pk, role=Role.REP).exists()


@transaction.atomic
def set_days(*, rep: User, rows: Sequence[Shift], by: User) -> None:
    """The rep's week from now on. Without rows the policy's hours hold again; else a weekday without one is free."""
    _check_leads(by, rep)
    _lock(rep)
    for row in rows:
        _check_shift(row)
    if len({row.weekday for row in rows}) < len(rows):
        raise NotAShift(_("A weekday has one working time. Enter each weekday once."))
    before = _written(_shifts(rep))
    after = _written(rows)
    if before == after:
        return
    RepDay.objects.filter(rep=rep).delete()
    RepDay.objects.bulk_create(
        RepDay(
            rep=rep,
            weekday=row.weekday,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            lunch_from=row.lunch_from,
            lunch_until=row.lunch_until,
        )
        for row in sorted(rows, key=lambda row: row.weekday)
    )
    audit.record(verb="staff.working_time_set", subject=rep, by=by, before=before, after=after)


@transaction.atomic
def set_lunches(*, rep: User, lunches: dict[int, tuple[time | None, time | None]], by: User) -> None:
    """When the rep eats, by weekday; he may say so himself. Weekdays that have no working time are passed over."""
    if by.pk != rep.pk:
        _check_leads(by, rep)
    _lock(rep)
    known = _shifts(rep)
    if not known:
        raise NotAShift(
            _("Your working time is the policy's. Ask your manager to enter your own; then your lunch can be kept.")
        )
    before, changed = _written(known), []
    for row in known:
        start, end = lunches.get(row.weekday, (row.lunch_from, row.lunch_until))
        changed.append(Shift(row.weekday, row.starts_at, row.ends_at, start, end))
        _check_shift(changed[-1])
    if before == _written(changed):
        return
    for row in changed:
        RepDay.objects.filter(rep=rep, weekday=row.weekday).update(
            lunch_from=row.lunch_from, lunch_until=row.lunch_until
        )
    audit.record(verb="staff.lunch_set", subject=rep, by=by, before=before, after=_written(changed))


@transaction.atomic
def set_places(*, rep: User, start: Spot | None, end: Spot | None, by: User) -> None:
    """Where the rep's day starts and ends. No start: at the business; no end: where it started."""
    if by.pk != rep.pk:
        _check_leads(by, rep)
    for spot in (start, end):
        if spot is not None and not (abs(spot.latitude) <= 90 and abs(spot.longitude) <= 180):
            raise NoSuchPlace(
                _("%(latitude)s, %(longitude)s is no place on earth. Latitude comes first, from -90 to 90.")
                % {"latitude": spot.latitude, "longitude": spot.longitude}
            )
    _lock(rep)
    columns = {
        "latitude": start.latitude if start else None,
        "longitude": start.longitude if start else None,
        "end_latitude": end.latitude if end else None,
        "end_longitude": end.longitude if end else None,
    }
    User.objects.filter(pk=rep.pk).update(**columns)
    # The trail keeps that it was changed, not where somebody lives.
    told = {"start": start is not None, "end": end is not None}
    audit.record(verb="staff.places_set", subject=rep, by=by, after=told)


@transaction.atomic
def note_absence(
    *,
    rep: User,
    starts_on: date,
    ends_before: date,
    because: str,
    deputy: User | None,
    by: User,
    confirmed: bool = False,
) -> Absence:
    """Days on which the rep is away. The deputy sees and visits his customers meanwhile; they stay his.

    Refuses a second absence at the same time, and a deputy who is away himself or does not visit; one of another team
    only until it is confirmed.
    """
    _check_leads(by, rep)
    if ends_before <= starts_on:
        raise AwayTwice(_("The last day is before the first one. Correct the days."), starts_on)
    _lock(rep, deputy)
    other = _overlapping(rep, starts_on, ends_before).first()
    if other is not None:
        raise AwayTwice(
            _("%(name)s is away from %(first)s to %(last)s already. End that absence first, or choose other days.")
            % {"name": rep, "first": ui.day(other.starts_on), "last": ui.day(other.ends_before - ONE_DAY)},
            starts_on,
        )
    _check_stands_in_for_nobody(rep, starts_on, ends_before)
    if deputy is not None:
        _check_deputy(deputy, rep, starts_on, ends_before, confirmed=confirmed)
    row = Absence.objects.create(
        rep=rep,
        starts_on=starts_on,
        ends_before=ends_before,
        because=because.strip(),
        deputy=deputy,
        entered_by=by.get_username(),
        entered_at=clock.now(),
    )
    audit.record(
        verb="staff.absence_noted",
        subject=row,
        by=by,
        after={"rep": rep, "starts_on": starts_on, "ends_before": ends_before, "deputy": deputy},
    )
    return row


@transaction.atomic
def end_absence(*, absence: Absence, ends_before: date, by: User) -> None:
    """The rep is back on this day. On the day it starts, or before: it never was, and the row goes."""
    _check_leads(by, absence.rep)
    _lock(absence.rep, absence.deputy)
    row = Absence.objects.filter(pk=absence.pk).first()
    if row is None or ends_before > row.ends_before:
        raise AwayTwice(
            _("An absence can only end earlier. Note another one for the days after it."),
            ends_before,
        )
    if ends_before == row.ends_before:
        return
    before = {"starts_on": row.starts_on, "ends_before": row.ends_before, "deputy": row.deputy}
    audit.record(verb="staff.absence_ended", subject=row, by=by, before=before, after={"ends_before": ends_before})
    if ends_before <= row.starts_on:
        row.delete()
        return
    Absence.objects.filter(pk=row.pk).update(ends_before=ends_before)


@transaction.atomic
def set_deputy(*, absence: Absence, deputy: User | None, today: date, by: User, confirmed: bool = False) -> None:
    """Somebody else stands in from now on, or nobody."""
    _check_leads(by, absence.rep)
    _lock(absence.rep, absence.deputy, deputy)
    row = Absence.objects.select_related("rep", "deputy").filter(pk=absence.pk).first()
    if row is None or row.ends_before <= today:
        raise AwayTwice(_("That absence is over. Note another one if the rep is away again."), today)
    if row.deputy_id == (deputy.pk if deputy else None):
        return
    if deputy is not None:
        _check_deputy(deputy, row.rep, max(row.starts_on, today), row.ends_before, confirmed=confirmed)
    Absence.objects.filter(pk=row.pk).update(deputy=deputy)
    audit.record(verb="staff.deputy_set", subject=row, by=by, before={"deputy": row.deputy}, after={"deputy": deputy})


def _check_leads(by: User, rep: User) -> None:
    if not may_lead(by, rep):
        raise NotYourPeople(_("%(name)s is no rep of your teams. Ask an admin.") % {"name": rep})


def _lock(*people: User | None) -> None:
    """In one order, so that two absences that name each other's reps wait and never block one another."""
    keys = sorted({one.pk for one in people if one is not None})
    list(User.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk"))


def _shifts(rep: User) -> list[Shift]:
    return [
        Shift(row.weekday, row.starts_at, row.ends_at, row.lunch_from, row.lunch_until)
        for row in RepDay.objects.filter(rep=rep).order_by("weekday")
    ]


def _written(rows: Sequence[Shift]) -> dict[str, Any]:
    """By weekday, as the trail keeps it: "09:00-17:30, lunch 13:00-14:00"."""
    found = {}
    for row in sorted(rows, key=lambda row: row.weekday):
        text = f"{row.starts_at:%H:%M}-{row.ends_at:%H:%M}"
        if row.lunch_from and row.lunch_until:
            text += f", lunch {row.lunch_from:%H:%M}-{row.lunch_until:%H:%M}"
        found[str(row.weekday)] = text
    return found


def _check_shift(row: Shift) -> None:
    if not 0 <= row.weekday <= 6:
        raise NotAShift(_("There are seven weekdays. Correct the weekday."))
    named = {"day": weekday_name(row.weekday), "start": ui.clock(row.starts_at), "end": ui.clock(row.ends_at)}
    if row.ends_at <= row.starts_at:
        raise NotAShift(_("%(day)s ends at %(end)s, before it starts at %(start)s. Correct the times.") % named)
    if (row.lunch_from is None) != (row.lunch_until is None):
        raise NotAShift(_("%(day)s: lunch needs both times, or none.") % named)
    if row.lunch_from is None or row.lunch_until is None:
        return
    if row.lunch_until <= row.lunch_from:
        raise NotAShift(_("%(day)s: lunch ends before it starts. Correct the times.") % named)
    if row.lunch_from < row.starts_at or row.lunch_until > row.ends_at:
        raise NotAShift(
            _("%(day)s: lunch lies outside the working time, %(start)s to %(end)s. Correct the times.") % named
        )


def weekday_name(weekday: int) -> str:
    """ "Tuesday", in the language of the page."""
    return str(ui.active_locale().days["stand-alone"]["wide"][weekday])


def _overlapping(rep: User, starts_on: date, ends_before: date) -> Any:
    return Absence.objects.filter(rep=rep, starts_on__lt=ends_before, ends_before__gt=starts_on).order_by("starts_on")


def _check_stands_in_for_nobody(rep: User, starts_on: date, ends_before: date) -> None:
    """Whoever stands in for somebody else is needed; else those customers would have nobody."""
    covered = (
        Absence.objects.filter(deputy=rep, starts_on__lt=ends_before, ends_before__gt=starts_on)
        .select_related("rep")
        .order_by("starts_on")
        .first()
    )
    if covered is not None:
        raise NotADeputy(
            _("%(name)s stands in for %(other)s until %(last)s. Give %(other)s another deputy first.")
            % {"name": rep, "other": covered.rep, "last": ui.day(covered.ends_before - ONE_DAY)}
        )


def _check_deputy(deputy: User, rep: User, starts_on: date, ends_before: date, *, confirmed: bool) -> None:
    if deputy.pk == rep.pk:
        raise NotADeputy(_("Nobody stands in for himself. Choose another rep."))
    if deputy.role != Role.REP or not deputy.is_active:
        raise NotADeputy(_("%(name)s is not a rep. Choose a rep.") % {"name": deputy})
    away = _overlapping(deputy, starts_on, ends_before).first()
    if away is not None:
        raise NotADeputy(
            _("%(name)s is away from %(first)s to %(last)s. Choose another deputy.")
            % {"name": deputy, "first": ui.day(away.starts_on), "last": ui.day(away.ends_before - ONE_DAY)}
        )
    if deputy.team_id != rep.team_id and not confirmed:
        raise DeputyToBeConfirmed(
            _("%(name)s belongs to another team and will see %(rep)s's customers. Tick the box if this is meant.")
            % {"name": deputy, "rep": rep}
        )
