"""Doors of where customers are: those without a position, and the place of one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from collections_app.desk.navigation import ACTS
from collections_app.desk.place import reading
from collections_app.desk.place.forms import PlaceForm
from collections_app.desk.place.tables import PlacesFilter, PlacesTable
from common import clock
from common.lists import answer
from customers import placing
from customers.models import Customer
from receivables import queries as ledger
from receivables.once import once
from staff.access import only_for, person


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """They are in no round: somebody calls them, or gives them a position."""
    user, today, base = person(request), clock.business_today(), ledger.base_currency()
    rates = ledger.rates_on(today, base=base)
    seen = reading.customers(user=user, as_of=today, rates=rates)
    found = PlacesFilter(request.GET, queryset=seen, user=user, as_of=today)
    return answer(
        request,
        table=PlacesTable(found.qs, base=base, may_place=user.role in ACTS),
        form=found.form,
        template="desk/places.html",
        name="customers-without-a-position",
        title=_("Customers without a position"),
        as_of=today,
        context={"base": base, "rates": [(code, stated) for code, stated in sorted(rates.items()) if code != base]},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*ACTS)
def place(request: HttpRequest, code: str) -> HttpResponse:
    """The paying site. With `look` nothing is kept: the map shows what was typed."""
    user = person(request)
    customer = get_object_or_404(Customer.objects.visible_to(user).select_related("owner"), code=code)
    is_sent, is_look = request.method == "POST", "look" in request.POST
    form = PlaceForm(request.POST if is_sent else None, site=placing.paying_site(customer))

    def deed() -> str:
        placing.keep_paying_site(customer=customer, said=form.said, by=user)
        return _("The place of %(customer)s is kept.") % {"customer": customer.name}

    doubt = ""
    if is_sent and form.is_valid():
        said = form.said
        doubt = reading.doubt(customer, said.position, said.country.upper()) if said.position else ""
        if not is_look and once(request, form, "customers.site_kept", deed):
            if doubt:
                messages.warning(request, doubt)
                return redirect("desk:place", code=customer.code)
            return redirect(_then(request, customer))
    position = form.position_said
    page = {
        "customer": customer,
        "form": form,
        "doubt": doubt,
        "around": reading.surroundings(customer, position, user=user) if position else None,
        "back_url": _then(request, customer),
    }
    return render(request, "desk/place.html", page, status=422 if form.errors else 200)


def _then(request: HttpRequest, customer: Customer) -> str:
    """Back to the list, where somebody came from there; else to the customer."""
    if request.GET.get("then") == "places":
        return reverse("desk:places")
    return f"{reverse('desk:customer', args=[customer.code])}#people"
