"""Doors of the plans: the next days, one day rep by rep, and what people want of its visits."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collections_app.visits import plan_rights as rights
from collections_app.visits import wishes
from collections_app.visits.models import Plan, Stop
from collections_app.visits.plans import ahead, reading
from collections_app.visits.plans.forms import MoveForm, PinForm, SkipForm, TeamFilter
from collections_app.visits.plans.tables import (
    LeftOutTable,
    PlansTable,
    StopsOfDayTable,
    of_days,
    of_left_out,
    of_stops,
)
from collections_app.visits.plans.wanted import wishes_visible_to
from common import clock, days
from common.again import again
from common.lists import exports, file_of
from common.refusals import Refused
from common.templatetags.ui import clock as time_words
from common.templatetags.ui import weekday
from receivables import queries as ledger
from receivables.once import once
from staff.access import only_for, person
from staff.models import Role, User


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    today, base = clock.business_today(), ledger.base_currency()
    table = PlansTable(of_days(ahead.days_ahead(user=person(request), today=today), base))
    if file := file_of(request, (_("Plans"), table), name="plans", as_of=today):
        return file
    return render(request, "visits/plans.html", {"table": table, "as_of": today, "exports": exports(request)})


@require_safe
def plans_of_day(request: HttpRequest, on: str) -> HttpResponse:
    day = _day(on)
    form = TeamFilter(request.GET or None, user=person(request))
    page = _read(request, day, form.chosen)
    named = (
        (_("Stops"), StopsOfDayTable(of_stops(page.columns, page.base))),
        (_("Did not fit"), LeftOutTable(of_left_out(page.columns, page.base))),
    )
    if file := file_of(request, *named, name="plans", as_of=day, form=form):
        return file
    return _page(request, page, form)


@require_POST
@only_for(*rights.CHANGES)
def replan(request: HttpRequest, on: str) -> HttpResponse:
    """The only page that plans; reading one never does."""
    day = _day(on)
    rep = get_object_or_404(User.objects.visible_to(person(request)).reps(), pk=_number(request.POST.get("rep", "")))

    def deed() -> str:
        plan = wishes.plan_again(rep=rep, on=day, today=clock.business_today(), by=person(request))
        return _planned(plan)

    return _do(request, deed, ahead.day_url(day))


@require_POST
@only_for(Role.REP)
def replan_today(request: HttpRequest) -> HttpResponse:
    today = clock.business_today()

    def deed() -> str:
        return _planned(wishes.plan_again(rep=person(request), on=today, today=today, by=person(request)))

    return _do(request, deed, "visits:today")


def _planned(plan: Plan) -> str:
    left = plan.stops.filter(state=Stop.State.PLANNED).count()
    said = {"name": plan.rep, "count": left}
    return ngettext("%(name)s: planned, %(count)s stop.", "%(name)s: planned, %(count)s stops.", left) % said


@require_POST
@only_for(*rights.DECIDES)
def approve(request: HttpRequest, on: str) -> HttpResponse:
    day = _day(on)

    def deed() -> str:
        found = wishes.approve(plans=_asked(request, day), today=clock.business_today(), by=person(request))
        if not found:
            return _("No plan waits for approval.")
        return ngettext("%(count)s plan approved.", "%(count)s plans approved.", found) % {"count": found}

    return _do(request, deed, ahead.day_url(day))


@require_POST
@only_for(*rights.DECIDES)
def take_back_approval(request: HttpRequest, on: str) -> HttpResponse:
    day = _day(on)

    def deed() -> str:
        found = wishes.take_back_approval(plans=_asked(request, day), today=clock.business_today(), by=person(request))
        return _("The approval is taken back.") if found else _("It was taken back before; nothing was changed.")

    return _do(request, deed, ahead.day_url(day))


def _asked(request: HttpRequest, day: date) -> Any:
    """The plan that was named, or all of the day: of the reps that this person sees."""
    found = Plan.objects.visible_to(person(request)).filter(on=day)
    return found.filter(pk=_number(request.POST["plan"])) if request.POST.get("plan") else found


@require_POST
@only_for(*rights.CHANGES)
def pin(request: HttpRequest, on: str) -> HttpResponse:
    day, user = _day(on), person(request)
    reps = reading.reps_of(user)
    form = PinForm(request.POST, user=user, reps=reps)

    def deed() -> str:
        said = form.cleaned_data
        rep = next((one for one in reps if str(one.pk) == said["rep"]), None)
        wishes.pin(
            customer=said["customer"], on=day, rep=rep, because=said["because"], today=clock.business_today(), by=user
        )
        return _arrival(said["customer"].pk, said["customer"].name, day)

    if form.is_valid() and once(request, form, "visits.pinned", deed):
        return redirect(ahead.day_url(day))
    return _page(request, _read(request, day, ""), TeamFilter(None, user=user), pin_form=form)


@require_POST
@only_for(*rights.DECIDES)
def move(request: HttpRequest, on: str) -> HttpResponse:
    day, user = _day(on), person(request)
    reps = reading.reps_of(user)
    stops = Stop.objects.visible_to(user).filter(plan__on=day, state=Stop.State.PLANNED)
    found = {str(row.pk): row for row in stops.select_related("plan__rep", "customer")}
    named = found.get(request.POST.get("stop", ""))
    form = MoveForm(
        request.POST,
        of=named.plan.rep_id if named else 0,
        stops=[(row.pk, row.customer.name) for row in found.values()],
        reps=reps,
    )

    def deed() -> str:
        said = form.cleaned_data
        stop, rep = found[said["stop"]], next(one for one in reps if str(one.pk) == said["rep"])
        wishes.reassign(stop=stop, to_rep=rep, because=said["because"], today=clock.business_today(), by=user)
        return _arrival(stop.customer_id, stop.customer.name, day)

    if form.is_valid() and once(request, form, "visits.reassigned", deed):
        return redirect(ahead.day_url(day))
    return _page(request, _read(request, day, ""), TeamFilter(None, user=user), move_form=form)


def _arrival(customer: int, name: str, day: date) -> str:
    """Where the visit stands now, or that it found no place."""
    stops = Stop.objects.filter(customer=customer, plan__on=day, state=Stop.State.PLANNED)
    stop = stops.select_related("plan__rep").first()
    said = {"customer": name, "day": weekday(day)}
    if stop is not None and stop.arrive_at is not None:
        there = {"customer": name, "rep": stop.plan.rep, "time": time_words(stop.arrive_at)}
        return _("%(customer)s: %(rep)s arrives at %(time)s.") % there
    if Plan.objects.filter(on=day, left_out__customer=customer).exists():
        return _("%(customer)s is wanted on %(day)s, and did not fit. “Did not fit” says why.") % said
    return _("%(customer)s is wanted on %(day)s. It comes into the plan when the day is planned.") % said


# One stop


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*rights.CHANGES)
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    stop, user, today = _stop(request, pk), person(request), clock.business_today()
    form = SkipForm(request.POST if request.method == "POST" else None, on=stop.plan.on)

    def deed() -> str:
        said = form.cleaned_data
        asked: dict[str, Any] = {"customer": stop.customer, "on": stop.plan.on, "because": said["because"]}
        if said["instead_on"]:
            wishes.postpone(**asked, to=said["instead_on"], today=today, by=user)
            return _arrival(stop.customer_id, stop.customer.name, said["instead_on"])
        wishes.skip(**asked, today=today, by=user)
        return _("%(customer)s is skipped. The reason is kept.") % {"customer": stop.customer.name}

    if form.is_valid() and once(request, form, "visits.skipped", deed):
        return redirect(_home(user, stop.plan.on, today))
    page = {"form": form, "stop": stop}
    return render(request, "visits/skip.html", page, status=422 if form.errors else 200)


@require_POST
@only_for(*rights.CHANGES)
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    stop = _stop(request, pk)

    def deed() -> str:
        wishes.lock(stop=stop, today=clock.business_today(), by=person(request))
        return _("%(customer)s is locked: it keeps its rep and its time.") % {"customer": stop.customer.name}

    return _do(request, deed, _back(request, stop))


@require_POST
@only_for(*rights.CHANGES)
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    stop = _stop(request, pk)

    def deed() -> str:
        wishes.unlock(stop=stop, today=clock.business_today(), by=person(request))
        return _("%(customer)s is free again: planning may move it.") % {"customer": stop.customer.name}

    return _do(request, deed, _back(request, stop))


@require_POST
@only_for(*rights.CHANGES)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = person(request), clock.business_today()
    wish = get_object_or_404(wishes_visible_to(user).select_related("customer", "rep"), pk=pk)

    def deed() -> str:
        wishes.withdraw(wish=wish, today=today, by=user)
        return _("For %(customer)s it is taken back.") % {"customer": wish.customer.name}

    back = ahead.day_url(wish.on) if request.POST.get("back") == "plans" else _home(user, wish.on, today)
    return _do(request, deed, back)


def _stop(request: HttpRequest, pk: int) -> Stop:
    rows = Stop.objects.visible_to(person(request)).select_related("plan__rep", "customer")
    return get_object_or_404(rows, pk=pk)


def _back(request: HttpRequest, stop: Stop) -> str:
    return ahead.day_url(stop.plan.on) if request.POST.get("back") == "plans" else stop_url(stop)


def stop_url(stop: Stop) -> str:
    return reverse("visits:stop", args=[stop.pk])


def _home(user: User, on: date, today: date) -> str:
    """A rep goes back to his round, everybody else to the plans of the day."""
    return "visits:today" if user.role == Role.REP and on == today else ahead.day_url(on)


# What the doors share


def _do(request: HttpRequest, deed: Callable[[], str], back: str) -> HttpResponse:
    """A deed of one button: done, or refused, it says so on the page it came from. Done twice it changes nothing."""
    try:
        messages.success(request, again(deed))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(back)


def _read(request: HttpRequest, day: date, team: str) -> reading.DayPage:
    user = person(request)
    return reading.day_page(
        on=day, user=user, today=clock.business_today(), reps=reading.reps_of(user, team), team=team
    )


def _page(
    request: HttpRequest,
    page: reading.DayPage,
    form: TeamFilter,
    *,
    pin_form: PinForm | None = None,
    move_form: MoveForm | None = None,
) -> HttpResponse:
    user = person(request)
    reps = reading.reps_of(user)
    refused = pin_form or move_form
    shown: dict[str, Any] = {"page": page, "form": form, "exports": exports(request), "refused": refused}
    if page.may_change:
        shown["pin_form"] = pin_form or PinForm(user=user, reps=reps)
    if page.may_decide and len(reps) > 1:
        shown["moves"] = {
            column.rep: MoveForm(of=column.rep, stops=column.open_stops, reps=reps)
            for column in page.columns
            if column.open_stops
        }
    return render(request, "visits/plans_of_day.html", shown, status=422 if refused else 200)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404(text) from None
    if not days.FIRST <= day < days.LAST:
        raise Http404(text)
    return day


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Http404(text)
    return int(text)
