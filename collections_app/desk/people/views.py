"""Doors of the people who visit: when and from where they work, when they are away and who stands in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collections_app.desk.people import reading
from collections_app.desk.people.forms import AbsenceForm, BackForm, DeputyForm, PlacesForm, WeekForm
from collections_app.desk.people.reading import OPENS
from collections_app.desk.people.tables import PeopleTable
from common import clock
from common.lists import exports, file_of
from common.templatetags import ui
from receivables.once import once
from staff import working_time
from staff.access import only_for, person
from staff.models import Absence, RepDay, Role, User


@require_safe
@only_for(*OPENS)
def people(request: HttpRequest) -> HttpResponse:
    user, today = person(request), clock.business_today()
    if user.role == Role.REP:
        return redirect("desk:working-time", pk=user.pk)
    table = PeopleTable(reading.rows(user, today=today))
    if file := file_of(request, (_("Reps"), table), name="reps", as_of=today):
        return file
    page = {"table": PeopleTable(table.data.data), "as_of": today, "exports": exports(request)}
    return render(request, "desk/people.html", page)


@require_safe
@only_for(*OPENS)
def working_time_of(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _rep(request, pk))


@require_POST
@only_for(*OPENS)
def set_week(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole week for whoever leads; the rep himself says when he eats."""
    user, rep = person(request), _rep(request, pk)
    leads = working_time.may_lead(user, rep)
    form = WeekForm(request.POST, known=_days(rep), lunch_only=not leads)

    def deed() -> str:
        if leads:
            working_time.set_days(rep=rep, rows=form.shifts, by=user)
        else:
            working_time.set_lunches(rep=rep, lunches=form.lunches, by=user)
        return _("Saved. Plans that are made from now on keep to it.")

    return _answer(request, rep, form, "staff.working_time_set", deed, "week_form")


@require_POST
@only_for(*OPENS)
def set_places(request: HttpRequest, pk: int) -> HttpResponse:
    rep = _rep(request, pk)
    form = PlacesForm(request.POST, rep=rep)

    def deed() -> str:
        working_time.set_places(rep=rep, start=form.start, end=form.end, by=person(request))
        return _("Saved. Plans that are made from now on keep to it.")

    return _answer(request, rep, form, "staff.places_set", deed, "places_form")


@require_POST
@only_for(*working_time.LEADS)
def note_absence(request: HttpRequest, pk: int) -> HttpResponse:
    rep = _rep(request, pk)
    deputies = _deputies(rep)
    form = AbsenceForm(request.POST, deputies=deputies)

    def deed() -> str:
        said = form.cleaned_data
        try:
            row = working_time.note_absence(
                rep=rep,
                starts_on=said["starts_on"],
                ends_before=form.ends_before,
                because=said["because"],
                deputy=_chosen(deputies, said["deputy"]),
                confirmed=said["confirmed"],
                by=person(request),
            )
        except working_time.DeputyToBeConfirmed:
            form.ask()
            raise
        shown = reading.absence_row(row, clock.business_today())
        return _("%(name)s is away %(days)s; %(deputy)s. Plans of these days are made again in the night.") % {
            "name": rep,
            "days": shown.words,
            "deputy": shown.stands_in,
        }

    return _answer(request, rep, form, "staff.absence_noted", deed, "absence_form")


@require_POST
@only_for(*working_time.LEADS)
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    absence = _absence(request, pk)
    form = BackForm(request.POST, of=absence.pk)

    def deed() -> str:
        back_on = form.cleaned_data["back_on"]
        working_time.end_absence(absence=absence, ends_before=back_on, by=person(request))
        return _("%(name)s is back on %(day)s.") % {"name": absence.rep, "day": ui.day(back_on)}

    return _answer(request, absence.rep, form, "staff.absence_ended", deed, "")


@require_POST
@only_for(*working_time.LEADS)
def set_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    absence = _absence(request, pk)
    deputies = _deputies(absence.rep)
    form = DeputyForm(request.POST, deputies=deputies, of=absence.pk)

    def deed() -> str:
        said = form.cleaned_data
        deputy = _chosen(deputies, said["deputy"])
        try:
            working_time.set_deputy(
                absence=absence,
                deputy=deputy,
                confirmed=said["confirmed"],
                today=clock.business_today(),
                by=person(request),
            )
        except working_time.DeputyToBeConfirmed:
            form.ask()
            raise
        return _("%(name)s stands in now.") % {"name": deputy} if deputy else _("Nobody stands in now.")

    return _answer(request, absence.rep, form, "staff.deputy_set", deed, "", refused_of=absence.pk)


def _rep(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(reading.reps_of(person(request)), pk=pk)


def _absence(request: HttpRequest, pk: int) -> Absence:
    found = Absence.objects.filter(rep__in=reading.reps_of(person(request)).order_by())
    return get_object_or_404(found.select_related("rep", "deputy"), pk=pk)


def _days(rep: User) -> list[RepDay]:
    return list(RepDay.objects.filter(rep=rep).order_by("weekday"))


def _deputies(rep: User) -> list[User]:
    """Everybody who visits; the rep's own team comes first."""
    others = User.objects.reps().exclude(pk=rep.pk).select_related("team").order_by("first_name", "last_name", "pk")
    return sorted(others, key=lambda one: one.team_id != rep.team_id)


def _chosen(deputies: list[User], key: str) -> User | None:
    return next((one for one in deputies if str(one.pk) == key), None)


def _answer(
    request: HttpRequest,
    rep: User,
    form: Any,
    verb: str,
    deed: Callable[[], str],
    name: str,
    *,
    refused_of: int | None = None,
) -> HttpResponse:
    if form.is_valid() and once(request, form, verb, deed):
        return redirect("desk:working-time", pk=rep.pk)
    again = {refused_of: form} if refused_of is not None else {}
    return _page(request, rep, refused=form, deputy_refused=again, **({name: form} if name else {}))


def _page(
    request: HttpRequest, rep: User, *, refused: Any = None, deputy_refused: dict[int, Any] | None = None, **forms: Any
) -> HttpResponse:
    """The rep's page as it stands now, with the form that was refused."""
    user, today = person(request), clock.business_today()
    leads, known = working_time.may_lead(user, rep), _days(rep)
    absences, deputies = reading.absences_of(rep, today=today), _deputies(rep)
    hours = reading.policy_hours(today)
    page: dict[str, Any] = {
        "rep": rep,
        "week": reading.week_words(known, hours),
        "policy_hours": hours,
        "leads": leads,
        "as_of": today,
        "refused": refused,
        "places_form": PlacesForm(rep=rep),
        "week_form": WeekForm(known=known, lunch_only=not leads) if leads or known else None,
        "over": absences["over"],
        "coming": [
            {
                "row": row,
                "back_form": BackForm(of=row.key, initial={"back_on": today}),
                "deputy_form": (deputy_refused or {}).get(
                    row.key, DeputyForm(deputies=deputies, of=row.key, initial={"deputy": row.deputy_key or ""})
                ),
            }
            for row in absences["coming"]
        ],
        **({"absence_form": AbsenceForm(deputies=deputies)} if leads else {}),
        **forms,
    }
    return render(request, "desk/working_time.html", page, status=422 if refused else 200)
