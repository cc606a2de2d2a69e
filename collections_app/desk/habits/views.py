"""Doors of a customer's habits: stated beside learned, and what is stated, dropped or noted."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collections_app.desk.habits.forms import STATE_FORMS, AbsenceForm, PoolForm, WeekdaysForm
from collections_app.desk.habits.reading import POOLS, WRITES, file_rows, habits_page
from collections_app.desk.habits.tables import HabitsTable
from collections_app.visits import habit_words, permitted
from collections_app.visits.habits import state_habit as state
from common import clock, days
from common.lists import exports, file_of
from customers import habits as verbs
from customers.models import Contact, Customer, CustomerAbsence, Habit
from receivables.once import once
from staff.access import only_for, person
from staff.models import Role, Team, User

FORM = ("GET", "HEAD", "POST")
NOTES = {
    Habit.Kind.SETTLEMENT_DAY: lambda: _("On these days it pays anybody; on other days nobody is sent there."),
    Habit.Kind.HOURS: lambda: _("Visits begin and end between these times."),
    Habit.Kind.METHOD: lambda: _("How it usually pays."),
    Habit.Kind.TABOO: lambda: _("Nobody comes then, whatever is due or promised. Nothing is taboo unless it is said."),
    Habit.Kind.INVOICE_TYPE: lambda: _("Which of our invoices it wants, and when it must be there."),
    Habit.Kind.RECONCILIATION: lambda: _("What both sides compare before it pays."),
    Habit.Kind.STEP: lambda: _("What happens between our invoice and the money."),
}


@require_safe
def habits(request: HttpRequest, code: str) -> HttpResponse:
    customer, today = _customer(request, code), clock.business_today()
    found = habits_page(customer, user=person(request), today=today)
    block = _("Habits of %(name)s") % {"name": customer.name}, HabitsTable(file_rows(found))
    if file := file_of(request, block, name=f"habits-{customer.code}", as_of=today):
        return file
    page = {"customer": customer, "page": found, "exports": exports(request), "as_of": today}
    return render(request, "desk/habits.html", page)


@require_http_methods(FORM)
@only_for(*WRITES)
def state_habit(request: HttpRequest, code: str) -> HttpResponse:
    customer = _customer(request, code)
    kind = request.GET.get("kind", Habit.Kind.SETTLEMENT_DAY.value)
    if kind not in STATE_FORMS:
        raise Http404
    form = STATE_FORMS[kind](_sent(request))

    def deed() -> str:
        made = state(customer=customer, kind=kind, **form.said(), by=person(request))
        return _("Stated: %(what)s.") % {"what": habit_words.stated(made)}

    return _form(
        request, form, "visits.habit_stated", deed, customer=customer, title=Habit.Kind(kind).label,
        note=NOTES[Habit.Kind(kind)](),
    )  # fmt: skip


@require_POST
@only_for(*WRITES)
def drop_habit(request: HttpRequest, pk: int) -> HttpResponse:
    seen = Habit.objects.filter(customer__in=Customer.objects.visible_to(person(request)))
    row = get_object_or_404(seen.select_related("customer"), pk=pk)
    said = habit_words.stated(row)
    verbs.drop_habit(habit=row, by=person(request))
    messages.success(request, _("It holds no longer: %(what)s.") % {"what": said})
    return redirect("desk:habits", code=row.customer.code)


@require_http_methods(FORM)
@only_for(*WRITES)
def note_away(request: HttpRequest, code: str) -> HttpResponse:
    customer = _customer(request, code)
    form = AbsenceForm(_sent(request), customer=customer)

    def deed() -> str:
        said = form.cleaned_data
        verbs.note_absence(
            customer=customer, contact=said["who"], starts_on=said["starts_on"],
            ends_before=said["last_day"] + days.ONE_DAY, note=said["note"], by=person(request),
        )  # fmt: skip
        return _("The absence is noted.")

    return _form(
        request, form, "customers.absence_noted", deed, customer=customer, title=_("Note an absence"),
        note=_("Nobody is sent there while it is closed, nor while everybody who signs is away."),
    )  # fmt: skip


@require_POST
@only_for(*WRITES)
def end_away(request: HttpRequest, pk: int) -> HttpResponse:
    seen = CustomerAbsence.objects.filter(customer__in=Customer.objects.visible_to(person(request)))
    row = get_object_or_404(seen.select_related("customer"), pk=pk)
    today = clock.business_today()
    if row.ends_before > today:  # else it was over before
        verbs.end_absence(absence=row, back_on=today, by=person(request))
    messages.success(request, _("The absence is over."))
    return redirect("desk:habits", code=row.customer.code)


@require_http_methods(FORM)
@only_for(*WRITES)
def open_days(request: HttpRequest, code: str) -> HttpResponse:
    customer = _customer(request, code)
    site = customer.sites.order_by("-pays_here", "pk").first()
    if site is None:
        messages.error(request, _("No site is known. Enter where it is first."))
        return redirect("desk:habits", code=customer.code)
    none = _("None ticked: the working days of the business.")
    form = WeekdaysForm(_sent(request), known=permitted.weekdays(site.open_days), none=none)

    def deed() -> str:
        verbs.set_open_days(site=site, weekdays=form.cleaned_data["weekdays"], by=person(request))
        return _("The weekdays are kept.")

    return _form(
        request, form, "customers.open_days_set", deed, customer=customer, title=_("Open on"),
        note=_("On other weekdays nobody is sent there."),
    )  # fmt: skip


@require_http_methods(FORM)
@only_for(*WRITES)
def signing_days(request: HttpRequest, pk: int) -> HttpResponse:
    seen = Contact.objects.filter(customer__in=Customer.objects.visible_to(person(request)), left_on=None)
    contact = get_object_or_404(seen.select_related("customer"), pk=pk)
    none = _("None ticked: whenever it is open.")
    form = WeekdaysForm(_sent(request), known=permitted.weekdays(contact.in_days), none=none)

    def deed() -> str:
        verbs.set_signing_days(contact=contact, weekdays=form.cleaned_data["weekdays"], by=person(request))
        return _("The weekdays are kept.")

    return _form(
        request, form, "customers.signing_days_set", deed, customer=contact.customer,
        title=_("%(name)s is in on") % {"name": contact.name},
        note=_("Nobody is sent there on a weekday on which nobody who signs is in."),
    )  # fmt: skip


@require_http_methods(FORM)
@only_for(*POOLS)
def set_pool(request: HttpRequest, code: str) -> HttpResponse:
    customer = _customer(request, code)
    form = PoolForm(_sent(request), teams=_teams(person(request), customer), initial={"team": customer.pool_id})

    def deed() -> str:
        team = form.cleaned_data["team"]
        verbs.set_pool(customer=customer, team=team, by=person(request))
        return _("Visited by any rep of %(team)s.") % {"team": team} if team else _("Visited by its own rep alone.")

    return _form(
        request, form, "customers.pool_set", deed, customer=customer, title=_("Who may visit it"),
        note=_("All reps of the team see the customer. Its own rep still answers for it."),
    )  # fmt: skip


def _teams(user: User, customer: Customer) -> Any:
    """A manager chooses among the own teams, and keeps the one it has."""
    own = Team.objects.all() if user.role != Role.MANAGER else Team.objects.filter(managers=user)
    return Team.objects.filter(Q(pk__in=own.values("pk")) | Q(pk=customer.pool_id)).order_by("name")


def _customer(request: HttpRequest, code: str) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(person(request)).select_related("pool"), code=code)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(
    request: HttpRequest, form: forms.Form, verb: str, deed: Callable[[], str], *, customer: Customer, **shown: Any
) -> HttpResponse:
    back_url = reverse("desk:habits", args=[customer.code])
    if form.is_valid() and once(request, form, verb, deed):
        return redirect(back_url)
    page = {"form": form, "customer": customer, "back_url": back_url, "submit": _("Save"), **shown}
    return render(request, "desk/fact.html", page, status=422 if form.errors else 200)
