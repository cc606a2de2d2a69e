"""The round as a GPX file for the rep's own device."""

from django.utils.translation import gettext as _

from collections_app.visits import gpx
from collections_app.visits.day import reading
from collections_app.visits.day.page import title_of
from collections_app.visits.day.reading import Round


def gpx_of(found: Round) -> bytes:
    """What is left of the round, with the numbers of the list: who was visited needs no way any more."""
    numbers = found.numbers
    rows = reading.placed([stop for stop in found.visits if stop.state == stop.State.PLANNED])
    return gpx.gpx(
        title=title_of(found.rep, found.on),
        on=found.on,
        stops=[
            gpx.Stop(numbers[stop.pk], stop.customer.name, place.latitude, place.longitude, stop.arrive_at)
            for stop, place in rows
        ],
        start=found.start,
        start_name=_("Start"),
        end=found.end if found.end != found.start else None,
        end_name=_("End"),
    )
