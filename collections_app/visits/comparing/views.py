"""Door of the comparison of two visits."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from collections_app.visits.comparing.page import comparison
from collections_app.visits.models import Stop
from staff.access import person


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """`a` and `b` name two stops that the person may see; without them there is nothing to compare."""
    if not {"a", "b"} & set(request.GET):
        return redirect("visits:today")
    first = _stop(request, "a")
    if not request.GET.get("b"):
        return redirect("visits:stop", pk=first.pk)
    return render(request, "visits/compare.html", {"page": comparison(first, _stop(request, "b"))})


def _stop(request: HttpRequest, name: str) -> Stop:
    key = request.GET.get(name, "")
    if not (key.isascii() and key.isdecimal()) or len(key) > 18:
        raise Http404(key)
    rows = Stop.objects.visible_to(person(request)).select_related("plan", "customer")
    return get_object_or_404(rows, pk=int(key))
