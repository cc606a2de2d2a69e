"""Habits of a customer as frozen rows: what it states beside what was learned, steps, absences and weekdays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import get_day_names
from babel.lists import format_list
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from collections_app.visits import habit_words as words
from collections_app.visits import learned as learned_habits
from collections_app.visits import permitted
from collections_app.visits.habit_words import Told
from collections_app.visits.rhythm import Learned
from common import days
from common.templatetags import ui
from customers.models import Customer, CustomerAbsence, Habit
from staff.models import Business, Role, User

WRITES = (Role.REP, Role.MANAGER, Role.FINANCE, Role.ADMIN)
POOLS = (Role.MANAGER, Role.ADMIN)  # who decides that a whole team may visit a customer
Kind = Habit.Kind


@dataclass(frozen=True, slots=True)
class Line:
    """One stated habit; `drop_url` for those who may say that it holds no longer."""

    text: str
    by: str
    on: date | None
    drop_url: str = ""
    place: int = 0  # of a step


@dataclass(frozen=True, slots=True)
class Beside:
    """What is stated of a thing, and what was learned of it; `add_url` to state more."""

    what: str
    stated: tuple[Line, ...]
    learned: Told | None
    add_url: str = ""
    add: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """An absence that lasts or is to come; the last day is in it."""

    who: str
    first: date
    last: date
    note: str
    is_now: bool
    end_url: str


@dataclass(frozen=True, slots=True)
class Weekdays:
    """On which weekdays a site is open or somebody is in."""

    who: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class HabitsPage:
    rhythm: list[Beside]
    rules: list[Beside]
    steps: list[Line]
    absences: list[Away]
    weekdays: list[Weekdays]
    pool: str
    step_url: str
    absence_url: str
    pool_url: str


def habits_page(customer: Customer, *, user: User, today: date) -> HabitsPage:
    may_write = user.role in WRITES
    lines = _lines(customer, may_write=may_write)
    learned = learned_habits.known([customer.pk]).get(customer.pk, Learned())
    here = [customer.code]
    return HabitsPage(
        rhythm=_rhythm(customer, lines, learned, today, may_write=may_write),
        rules=[
            Beside(str(kind.label), tuple(lines.get(kind, ())), None, _add_url(customer, kind, may_write), _ADD[kind]())
            for kind in (Kind.METHOD, Kind.TABOO, Kind.INVOICE_TYPE, Kind.RECONCILIATION)
        ],
        steps=lines.get(Kind.STEP, []),
        absences=_absences(customer, today, may_write=may_write),
        weekdays=_weekdays(customer, may_write=may_write),
        pool=str(customer.pool or ""),
        step_url=_add_url(customer, Kind.STEP, may_write),
        absence_url=reverse("desk:note-away", args=here) if may_write else "",
        pool_url=reverse("desk:set-pool", args=here) if user.role in POOLS else "",
    )


def panel(customer: Customer, *, today: date) -> list[Beside]:
    """The same in short, for the customer's page: what is neither stated nor learned is left out."""
    lines = _lines(customer, may_write=False)
    learned = learned_habits.known([customer.pk]).get(customer.pk, Learned())
    rows = _rhythm(customer, lines, learned, today, may_write=False)
    rest = [kind for kind in Kind if kind not in (Kind.SETTLEMENT_DAY, Kind.HOURS)]
    rows += [Beside(str(kind.label), tuple(lines.get(kind, ())), None) for kind in rest]
    return [row for row in rows if row.stated or (row.learned and row.learned.observations)]


_ADD: dict[str, Any] = {
    Kind.SETTLEMENT_DAY: lambda: _("State a settlement day"),
    Kind.HOURS: lambda: _("State hours"),
    Kind.METHOD: lambda: _("State a method"),
    Kind.TABOO: lambda: _("State when never to visit"),
    Kind.INVOICE_TYPE: lambda: _("State an invoice type"),
    Kind.RECONCILIATION: lambda: _("State a reconciliation"),
}


def _add_url(customer: Customer, kind: str, may_write: bool) -> str:
    return f"{reverse('desk:state-habit', args=[customer.code])}?kind={kind.replace(' ', '+')}" if may_write else ""


def _lines(customer: Customer, *, may_write: bool) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for habit in customer.habits.order_by("kind", "position", "pk"):
        of_kind = found.setdefault(habit.kind, [])
        url = reverse("desk:drop-habit", args=[habit.pk]) if may_write else ""
        of_kind.append(Line(words.stated(habit), habit.stated_by, habit.stated_on, url, len(of_kind) + 1))
    return found


def _rhythm(
    customer: Customer, lines: dict[str, list[Line]], learned: Learned, today: date, *, may_write: bool
) -> list[Beside]:
    country = Business.objects.values_list("calendar", flat=True).first() or ""

    def beside(kind: Kind, told: Told) -> Beside:
        return Beside(
            str(kind.label), tuple(lines.get(kind, ())), told, _add_url(customer, kind, may_write), _ADD[kind]()
        )

    return [
        beside(Kind.SETTLEMENT_DAY, words.payout(learned, today=today, country=country)),
        beside(Kind.HOURS, words.hours(learned)),
        Beside(_("Pays how late"), (), words.delay(learned)),
        Beside(_("Buys"), (), words.cycle(learned)),
        Beside(_("Next restock"), (), words.restock(learned, today=today)),
    ]


def _absences(customer: Customer, today: date, *, may_write: bool) -> list[Away]:
    rows: Iterable[CustomerAbsence] = (
        customer.absences.filter(ends_before__gt=today).select_related("contact").order_by("starts_on", "pk")
    )
    return [
        Away(
            who=row.contact.name if row.contact else _("Everybody: closed"),
            first=row.starts_on,
            last=row.ends_before - days.ONE_DAY,
            note=row.note,
            is_now=row.starts_on <= today,
            end_url=reverse("desk:end-away", args=[row.pk]) if may_write else "",
        )
        for row in rows
    ]


def _weekdays(customer: Customer, *, may_write: bool) -> list[Weekdays]:
    """Of the site that is visited, and of everybody who may sign."""
    found = []
    site = customer.sites.order_by("-pays_here", "pk").first()
    if site is not None:
        open_days = permitted.weekdays(site.open_days)
        said = weekday_names(open_days) if open_days else _("on the working days of the business")
        url = reverse("desk:open-days", args=[customer.code]) if may_write else ""
        found.append(Weekdays(pgettext("shop", "Open"), said, url))
    for contact in customer.contacts.filter(left_on=None).order_by("pk"):
        in_days = permitted.weekdays(contact.in_days)
        said = weekday_names(in_days) if in_days else _("whenever it is open")
        url = reverse("desk:signing-days", args=[contact.pk]) if may_write else ""
        found.append(Weekdays(f"{contact.name}, {contact.get_role_display()}", said, url))
    return found


def weekday_names(found: Iterable[int]) -> str:
    names: Any = get_day_names("wide", locale=ui.active_locale())
    return format_list([names[day] for day in sorted(found)], locale=ui.active_locale())


@dataclass(frozen=True, slots=True)
class FileRow:
    """A line of the file: what, as it is stated, as it was learned."""

    what: str
    stated: str
    learned: str
    observations: int | None
    changed_on: date | None


def file_rows(page: HabitsPage) -> list[FileRow]:
    rows = [_file_row(row) for row in (*page.rhythm, *page.rules)]
    step = str(Kind.STEP.label)
    return rows + [FileRow(step, line.text, "", None, None) for line in page.steps]


def _file_row(row: Beside) -> FileRow:
    told = row.learned
    return FileRow(
        row.what,
        _joined([line.text for line in row.stated]),
        told.text if told else "",
        told.observations if told else None,
        told.drift_since if told else None,
    )


def _joined(texts: Sequence[str]) -> str:
    return "; ".join(texts)
