"""Reps with their working time, absences and customers, as frozen rows in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.policy import queries as policy
from collections_app.visits.frames import time_at
from common.days import ONE_DAY
from common.templatetags import ui
from staff import working_time
from staff.models import Absence, RepDay, Role, User

OPENS = (Role.REP, Role.MANAGER, Role.ADMIN)  # a rep himself alone
PAST = 20  # absences that are over, on the page of one rep


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """`last_on` is the last day away."""

    key: int
    starts_on: date
    last_on: date
    because: str
    deputy: str
    deputy_key: int | None
    is_over: bool

    @property
    def words(self) -> str:
        days = {"first": ui.day(self.starts_on), "last": ui.day(self.last_on)}
        return _("%(first)s to %(last)s") % days if self.last_on > self.starts_on else _("on %(first)s") % days

    @property
    def stands_in(self) -> str:
        return _("%(name)s stands in") % {"name": self.deputy} if self.deputy else _("nobody stands in")


@dataclass(frozen=True, slots=True)
class RepRow:
    """What the list tells of a rep. Days and times are local."""

    key: int
    name: str
    team: str
    week: str
    away: str  # now, or next
    stands_in: str
    customers: int
    start: str
    end: str
    url: str


def reps_of(user: User) -> QuerySet[User]:
    """A manager's reps, all of them for an admin, a rep himself."""
    found = User.objects.visible_to(user).reps().select_related("team")
    return found.order_by("first_name", "last_name", "pk")


def rows(user: User, *, today: date) -> list[RepRow]:
    """Everybody this person may see, in the order of names. Five statements."""
    people = list(reps_of(user).annotate(owned=Count("customers")))
    week: dict[int, list[RepDay]] = defaultdict(list)
    for day in RepDay.objects.filter(rep__in=people).order_by("weekday"):
        week[day.rep_id].append(day)
    coming = Absence.objects.filter(ends_before__gt=today).select_related("rep", "deputy").order_by("starts_on", "pk")
    away: dict[int, list[Absence]] = defaultdict(list)
    for absence in coming.filter(rep__in=people):
        away[absence.rep_id].append(absence)
    covers: dict[int, list[Absence]] = defaultdict(list)
    for absence in coming.filter(deputy__in=people):
        covers[absence.deputy_id or 0].append(absence)
    hours = policy_hours(today)
    return [
        RepRow(
            key=rep.pk,
            name=str(rep),
            team=str(rep.team or ""),
            week=week_words(week[rep.pk], hours),
            away=_away(away[rep.pk], today),
            stands_in=_covers(covers[rep.pk], today),
            customers=rep.owned,
            start=spot_words(rep.latitude, rep.longitude, _("at the business")),
            end=spot_words(rep.end_latitude, rep.end_longitude, _("where it starts")),
            url=reverse("desk:working-time", args=[rep.pk]),
        )
        for rep in people
    ]


def policy_hours(on: date) -> str:
    rules = policy.in_force(on).planning
    return f"{ui.clock(time_at(rules.starts_at))}–{ui.clock(time_at(rules.ends_at))}"


def week_words(found: Iterable[RepDay], policy_hours: str) -> str:
    """ "Monday to Friday 09:00–17:30", or weekday by weekday where they differ."""
    days = list(found)
    if not days:
        return _("%(hours)s on working days, as the policy has it") % {"hours": policy_hours}
    spans: list[tuple[list[int], str]] = []
    for day in days:
        text = f"{ui.clock(day.starts_at)}–{ui.clock(day.ends_at)}"
        if spans and spans[-1][1] == text and spans[-1][0][-1] == day.weekday - 1:
            spans[-1][0].append(day.weekday)
        else:
            spans.append(([day.weekday], text))
    return ", ".join(f"{_span(weekdays)} {text}" for weekdays, text in spans)


def _span(weekdays: list[int]) -> str:
    first, last = working_time.weekday_name(weekdays[0]), working_time.weekday_name(weekdays[-1])
    return first if len(weekdays) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _away(found: list[Absence], today: date) -> str:
    if not found:
        return ""
    row = absence_row(found[0], today)
    said = {"days": row.words, "deputy": row.stands_in}
    if row.starts_on <= today:
        return _("Away now, %(days)s; %(deputy)s") % said
    return _("Away next %(days)s; %(deputy)s") % said


def _covers(found: list[Absence], today: date) -> str:
    return ", ".join(
        _("%(name)s, %(days)s") % {"name": row.rep, "days": absence_row(row, today).words} for row in found
    )


def absence_row(row: Absence, today: date) -> AbsenceRow:
    return AbsenceRow(
        key=row.pk,
        starts_on=row.starts_on,
        last_on=row.ends_before - ONE_DAY,
        because=row.because,
        deputy=str(row.deputy) if row.deputy else "",
        deputy_key=row.deputy_id,
        is_over=row.ends_before <= today,
    )


def spot_words(latitude: Any, longitude: Any, otherwise: str) -> str:
    if latitude is None or longitude is None:
        return otherwise
    return f"{latitude.normalize():f}, {longitude.normalize():f}"


def absences_of(rep: User, *, today: date) -> Mapping[str, list[AbsenceRow]]:
    """Those to come with those that run, and the last ones that are over."""
    found = Absence.objects.filter(rep=rep).select_related("deputy")
    coming = found.filter(ends_before__gt=today).order_by("starts_on", "pk")
    over = found.filter(ends_before__lte=today).order_by("-starts_on", "-pk")[:PAST]
    return {
        "coming": [absence_row(row, today) for row in coming],
        "over": [absence_row(row, today) for row in over],
    }
