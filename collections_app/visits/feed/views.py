"""The door for calendars: no sign-in, whoever has the link reads."""

from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collections_app.visits.asked import url_of
from collections_app.visits.feed.reading import calendar_of
from common import clock
from staff import calendar_link


@login_not_required
@require_safe
@never_cache
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A wrong token, an old one and that of somebody who left are all a missing page."""
    rep = calendar_link.owner_of(token)
    if rep is None:
        raise Http404

    def address(on: date) -> str:
        return request.build_absolute_uri(url_of("visits:round", rep, on))

    with translation.override(rep.language):
        content = calendar_of(rep, today=clock.business_today(), address=address)
    answered = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answered.headers["Content-Disposition"] = 'inline; filename="visits.ics"'
    answered.headers["X-Content-Type-Options"] = "nosniff"
    answered.headers["Referrer-Policy"] = "no-referrer"
    return answered
