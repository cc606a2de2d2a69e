"""Doors of what people know or decide: conditions of a customer, overrides of a standing, answers to balances."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from collections_app.cases import deciding
from collections_app.cases.models import StandingOverride
from collections_app.desk.facts.forms import ConditionForm, ConfirmationForm, EndForm, LiftForm, OverrideForm
from collections_app.desk.facts.reading import ENTERS, explained_of
from collections_app.visits import befallen
from common import clock
from common.templatetags import ui
from customers.models import Condition, Customer
from receivables.models import DueItem
from receivables.once import once
from staff.access import only_for, person

FORM = ("GET", "HEAD", "POST")


@require_http_methods(FORM)
@only_for(*ENTERS)
def begin_condition(request: HttpRequest, code: str) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(person(request)), code=code)
    form = ConditionForm(_sent(request))

    def deed() -> str:
        said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        row = befallen.begin_condition(customer=customer, **said, on=clock.business_today(), by=person(request))
        return _("%(what)s since %(day)s.") % {"what": row.get_kind_display(), "day": ui.day(row.starts_on)}

    return _form(
        request,
        form,
        "cases.condition_begun",
        deed,
        customer=customer,
        title=_("What has befallen the customer"),
        note=_("Who is insolvent, handed over or assigned is neither visited nor dunned while it lasts."),
        submit=_("Save"),
        done_url=f"{_page_of(customer)}#condition",
    )


@require_http_methods(FORM)
@only_for(*ENTERS)
def end_condition(request: HttpRequest, pk: int) -> HttpResponse:
    seen = Condition.objects.filter(customer__in=Customer.objects.visible_to(person(request)))
    row = get_object_or_404(seen.select_related("customer"), pk=pk)
    form = EndForm(_sent(request))
    facts = {"what": row.get_kind_display(), "day": ui.day(row.starts_on)}

    def deed() -> str:
        said = form.cleaned_data["ends_before"]
        befallen.end_condition(condition=row, ends_before=said, on=clock.business_today(), by=person(request))
        return _("%(what)s: over since %(day)s.") % {"what": row.get_kind_display(), "day": ui.day(said)}

    return _form(
        request,
        form,
        "cases.condition_ended",
        deed,
        customer=row.customer,
        title=_("It is over"),
        note=_("%(what)s since %(day)s.") % facts,
        submit=_("Save"),
        done_url=f"{_page_of(row.customer)}#condition",
    )


@require_http_methods(FORM)
@only_for(*deciding.OVERRIDES)
def override_standing(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = person(request), clock.business_today()
    seen = DueItem.objects.visible_to(user).select_related("invoice", "customer")
    item = get_object_or_404(seen, pk=pk)
    told = explained_of([item.pk], user=user, as_of=today)[item.pk]
    form = OverrideForm(_sent(request), initial={"standing": told.standing})

    def deed() -> str:
        row = deciding.override_standing(due_item=item, **form.values, on=today, by=user)
        facts = {"number": item.invoice.number, "standing": ui.standing_word(row.standing)}
        return _("The standing of invoice %(number)s is “%(standing)s” until the override ends.") % facts

    return _form(
        request,
        form,
        "cases.standing_overridden",
        deed,
        customer=item.customer,
        title=_("Override the standing of %(number)s") % {"number": item.invoice.number},
        note=told.why,
        submit=_("Override the standing"),
        done_url=f"{told.url}#why",
    )


@require_http_methods(FORM)
@only_for(*deciding.OVERRIDES)
def lift_override(request: HttpRequest, pk: int) -> HttpResponse:
    user, today = person(request), clock.business_today()
    seen = StandingOverride.objects.visible_to(user).select_related("due_item__invoice", "customer")
    row = get_object_or_404(seen, pk=pk)
    form = LiftForm(_sent(request))

    def deed() -> str:
        deciding.lift_override(override=row, on=today, by=user)
        return _("The override is lifted: the rules decide again.")

    told = explained_of([row.due_item_id], user=user, as_of=today)[row.due_item_id]
    said = [fact.text for fact in told.facts if fact.kind == "override"]
    return _form(
        request,
        form,
        "cases.override_lifted",
        deed,
        customer=row.customer,
        title=_("Lift the override of %(number)s") % {"number": row.due_item.invoice.number},
        note=" ".join([*said, _("From today on the rules decide again; the days before stay as they were decided.")]),
        submit=_("Lift the override"),
        done_url=f"{told.url}#why",
    )


@require_http_methods(FORM)
@only_for(*ENTERS)
def record_confirmation(request: HttpRequest, code: str) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(person(request)), code=code)
    form = ConfirmationForm(_sent(request), customer=customer)

    def deed() -> str:
        said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        row = deciding.record_confirmation(customer=customer, **said, by=person(request))
        facts = {"day": ui.day(row.balance_on), "answer": str(row.get_answer_display()).lower()}
        return _("Balance of %(day)s: %(answer)s.") % facts

    return _form(
        request,
        form,
        "cases.confirmation_recorded",
        deed,
        customer=customer,
        title=_("Record the answer to a balance confirmation"),
        note=_("The newest answer counts. A refusal makes what is late quasi-bad; a signed slip is a sign of life."),
        submit=_("Save"),
        done_url=f"{_page_of(customer)}#confirmations",
    )


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _page_of(customer: Customer) -> str:
    return reverse("desk:customer", args=[customer.code])


def _form(
    request: HttpRequest, form: forms.Form, verb: str, deed: Callable[[], str], *, done_url: str, **shown: Any
) -> HttpResponse:
    if form.is_valid() and once(request, form, verb, deed):
        return redirect(done_url)
    page = {"form": form, "back_url": done_url, **shown}
    return render(request, "desk/fact.html", page, status=422 if form.errors else 200)
