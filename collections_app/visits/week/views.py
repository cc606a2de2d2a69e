"""Doors to the week: the page, the printed list, and the button that plans it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from collections_app.visits import plan_rights as rights
from collections_app.visits import printed
from collections_app.visits.asked import day_of, number_of, rep_of, url_of
from collections_app.visits.models import Stop
from collections_app.visits.plans.reading import reps_of
from collections_app.visits.week.again import plan_week
from collections_app.visits.week.forms import WhoseWeek
from collections_app.visits.week.page import week_page
from collections_app.visits.week.reading import monday_of
from collections_app.visits.week.sheet import to_pdf
from common import clock
from common.refusals import Refused
from staff.access import only_for, person
from staff.models import Role, User

READERS = tuple(Role)


@require_safe
@only_for(*READERS)
def week(request: HttpRequest) -> HttpResponse:
    """One's own, the one that is asked for, or that of the first rep whom this person sees."""
    on, user = day_of(request), person(request)
    reps = reps_of(user)
    rep = rep_of(request) or next(iter(reps), None)
    if rep is None:
        return render(request, "visits/week.html", {"page": None})
    shown = {
        "page": week_page(rep=rep, on=on, user=user, today=clock.business_today()),
        "form": WhoseWeek(reps=reps, rep=rep, on=on) if len(reps) > 1 else None,
    }
    return render(request, "visits/week.html", shown)


@require_safe
@only_for(*READERS)
def sheet(request: HttpRequest) -> HttpResponse:
    on, user, rep = day_of(request), person(request), rep_of(request)
    if rep is None:
        return redirect("visits:week")
    page = week_page(rep=rep, on=on, user=user, today=clock.business_today())
    return printed.answer(lambda: to_pdf(page, now=clock.now()), name=f"week-{rep.get_username()}", on=monday_of(on))


@require_POST
@only_for(*rights.CHANGES)
def plan_again(request: HttpRequest) -> HttpResponse:
    user, today = person(request), clock.business_today()
    asked = number_of(request.POST.get("rep", "")) if request.POST.get("rep") else user.pk
    rep = get_object_or_404(User.objects.visible_to(user).reps(), pk=asked)
    on = day_of(request)
    try:
        plans = plan_week(rep=rep, on=on, today=today, by=user)  # no lock is held while the solver thinks
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        stops = Stop.objects.filter(plan__in=plans, state=Stop.State.PLANNED).count()
        words = ngettext(
            "%(name)s: the week is planned, %(count)s stop.", "%(name)s: the week is planned, %(count)s stops.", stops
        )
        messages.success(request, words % {"name": rep, "count": stops})
    return redirect(url_of("visits:week", rep, on))
