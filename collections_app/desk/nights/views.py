"""Doors of the nights: the list, and how one of them gets on."""

from django import forms
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from collections_app.desk.navigation import DESK
from collections_app.desk.nights.reading import progress
from collections_app.desk.nights.tables import NightsTable
from collections_app.standings.models import Night
from common import clock
from common.lists import answer
from staff.access import only_for

REFRESHED_EVERY = 5  # seconds, while a night runs


@require_safe
@only_for(*DESK)
def nights(request: HttpRequest) -> HttpResponse:
    found = Night.objects.annotate(
        work=Sum("steps__milliseconds"),
        pieces=Count("steps"),
        pieces_done=Count("steps", filter=Q(steps__done_at__isnull=False)),
    )
    newest = Night.objects.order_by("-business_date").first()
    return answer(
        request,
        table=NightsTable(found),
        form=forms.Form(),
        template="desk/nights.html",
        name="nights",
        title=_("Nights"),
        as_of=clock.business_today(),
        context={"unfinished": progress(newest, now=clock.now()) if newest and newest.done_at is None else None},
    )


@require_safe
@only_for(*DESK)
def night(request: HttpRequest, pk: int) -> HttpResponse:
    found = progress(get_object_or_404(Night.objects.select_related("policy"), pk=pk), now=clock.now())
    page = {"progress": found, "night": found.night, "refreshed_every": REFRESHED_EVERY if found.is_running else 0}
    return render(request, "desk/night.html", page)
