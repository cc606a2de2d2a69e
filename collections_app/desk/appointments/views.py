"""Doors of the times agreed with a customer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from collections_app.desk.appointments.forms import AppointmentForm
from collections_app.desk.appointments.tables import AppointmentsTable, of_appointments
from collections_app.visits import appointments as verbs
from collections_app.visits import plan_rights as rights
from collections_app.visits.habit_words import stated
from collections_app.visits.models import Appointment
from common import clock
from common.again import again
from common.lists import exports, file_of
from common.refusals import Refused
from common.templatetags.ui import clock as time_words
from common.templatetags.ui import weekday
from customers.models import Customer
from receivables.once import once
from staff.access import only_for, person

KEPT = 50  # past and cancelled ones on the page; the file has all of them


@require_http_methods(["GET", "HEAD", "POST"])
def appointments(request: HttpRequest, code: str) -> HttpResponse:
    user, today = person(request), clock.business_today()
    customer = get_object_or_404(Customer.objects.visible_to(user), code=code)
    rows = Appointment.objects.filter(customer=customer).order_by("-on", "-pk")
    if request.method == "POST":
        return _make(request, customer)
    table = AppointmentsTable(of_appointments(rows)) if request.GET.get("export") else None
    if table and (file := file_of(request, (_("Appointments"), table), name="appointments", as_of=today)):
        return file
    return _page(request, customer, AppointmentForm() if user.role in rights.CHANGES else None)


@only_for(*rights.CHANGES)
def _make(request: HttpRequest, customer: Customer) -> HttpResponse:
    user, today = person(request), clock.business_today()
    form = AppointmentForm(request.POST)

    def deed() -> str:
        said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        try:
            row = verbs.make_appointment(customer=customer, **said, today=today, by=user)
        except rights.ToBeConfirmed:
            form.ask()
            raise
        return _("Appointment on %(day)s at %(time)s.") % {"day": weekday(row.on), "time": time_words(row.starts_at)}

    if form.is_valid() and once(request, form, "visits.appointment_made", deed):
        return redirect("desk:appointments", code=customer.code)
    return _page(request, customer, form)


@require_POST
@only_for(*rights.CHANGES)
def cancel_appointment(request: HttpRequest, pk: int) -> HttpResponse:
    seen = Appointment.objects.filter(customer__in=Customer.objects.visible_to(person(request)))
    row = get_object_or_404(seen.select_related("customer"), pk=pk)

    def deed() -> bool:
        return verbs.cancel_appointment(appointment=row, today=clock.business_today(), by=person(request))

    try:
        done = again(deed)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Cancelled.") if done else _("It was cancelled before; nothing was changed."))
    return redirect("desk:appointments", code=row.customer.code)


def _page(request: HttpRequest, customer: Customer, form: AppointmentForm | None) -> HttpResponse:
    user, today = person(request), clock.business_today()
    rows = Appointment.objects.filter(customer=customer)
    coming = rows.filter(on__gte=today, cancelled_at=None).order_by("on", "pk")
    page: dict[str, Any] = {
        "customer": customer,
        "coming": coming,
        "before": rows.exclude(pk__in=coming.values("pk")).order_by("-on", "-pk")[:KEPT],
        "habits": [(row.get_kind_display(), stated(row)) for row in customer.habits.order_by("kind", "position", "pk")],
        "form": form,
        "as_of": today,
        "may_change": user.role in rights.CHANGES,
        "exports": exports(request),
    }
    return render(request, "desk/appointments.html", page, status=422 if form is not None and form.errors else 200)
