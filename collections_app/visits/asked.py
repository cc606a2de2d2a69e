"""What an address asks for: a day, and whose. Nobody's day but those that the person may see."""

from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from common import clock, days
from staff.access import person
from staff.models import Role, User


def day_of(request: HttpRequest) -> date:
    """`?date=`, else today. A day out of reach is a missing page."""
    text = request.GET.get("date", "")
    try:
        day = date.fromisoformat(text) if text else clock.business_today()
    except ValueError:
        raise Http404(text) from None
    if not days.FIRST <= day < days.LAST:
        raise Http404(text)
    return day


def rep_of(request: HttpRequest) -> User | None:
    """`?rep=`, else a rep's own day; None where somebody else has to choose first."""
    user = person(request)
    if "rep" in request.GET:
        reps = User.objects.visible_to(user).reps()
        return get_object_or_404(reps, pk=number_of(request.GET["rep"]))
    return user if user.role == Role.REP else None


def number_of(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Http404(text)
    return int(text)


def whose_day(on: date) -> HttpResponse:
    """Whoever has no day of his own chooses a rep first."""
    return redirect(f"{reverse('visits:today')}?{urlencode({'date': on.isoformat()})}")


def url_of(page: str, rep: User, on: date) -> str:
    """The page of this rep and day, for whoever reads it."""
    return f"{reverse(page)}?{urlencode({'rep': rep.pk, 'date': on.isoformat()})}"
