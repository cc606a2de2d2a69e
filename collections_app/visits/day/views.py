"""Doors to the round of a day: the page with its map, the sheet to fill in by hand, the file for a device."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collections_app.visits import printed
from collections_app.visits.asked import day_of, rep_of, whose_day
from collections_app.visits.day import reading
from collections_app.visits.day.device import gpx_of
from collections_app.visits.day.page import round_page
from collections_app.visits.day.sheet import to_pdf
from common import clock
from common.tables import file_name
from staff.access import only_for, person
from staff.models import Role

READERS = tuple(Role)


@require_safe
@only_for(*READERS)
def day_round(request: HttpRequest) -> HttpResponse:
    on, rep = day_of(request), rep_of(request)
    if rep is None:
        return whose_day(on)
    return render(request, "visits/round.html", {"page": round_page(rep=rep, on=on, user=person(request))})


@require_safe
@only_for(*READERS)
def sheet(request: HttpRequest) -> HttpResponse:
    on, rep = day_of(request), rep_of(request)
    if rep is None:
        return whose_day(on)
    found = reading.read(rep=rep, on=on, user=person(request))
    return printed.answer(lambda: to_pdf(found, now=clock.now()), name=f"round-{rep.get_username()}", on=on)


@require_safe
@only_for(*READERS)
def device_file(request: HttpRequest) -> HttpResponse:
    on, rep = day_of(request), rep_of(request)
    if rep is None:
        return whose_day(on)
    content = gpx_of(reading.read(rep=rep, on=on, user=person(request)))
    answered = HttpResponse(content, content_type="application/gpx+xml")
    name = file_name(f"round-{rep.get_username()}", as_of=on, filters={}, ending="gpx")
    answered.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered
