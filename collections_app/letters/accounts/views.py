"""Doors of an account: what moved and what is open on any day, on a page, as a list and as a PDF."""

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from collections_app.letters.accounts import queries, statement
from collections_app.letters.accounts.movements import Movements
from collections_app.letters.accounts.tables import MovementsTable
from collections_app.policy import queries as policy
from collections_app.standings.queries import AGREED, EFFECTIVE, NotKnown, check_known
from collections_app.standings.words import bucket_word
from common import clock, days, past
from common.lists import answer
from common.refusals import Refused
from common.tables import file_name
from customers.models import Customer
from receivables import buckets
from staff.access import person

MOST = 50  # open items of a currency on the page; the list of receivables has all of them


class AccountFilter(forms.Form):
    """Of which day, by what was known when, aged by which due date, in which buckets."""

    as_of = forms.DateField(label=gettext_lazy("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    known_on = forms.DateField(
        label=gettext_lazy("As known on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    due = forms.ChoiceField(
        label=gettext_lazy("Due date"),
        required=False,
        choices=(("", gettext_lazy("In force")), (AGREED, gettext_lazy("As agreed"))),
    )
    buckets = forms.CharField(
        label=gettext_lazy("Days late"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "30,60,90,180", "inputmode": "numeric"}),
    )

    def clean_as_of(self) -> date | None:
        day = self._reachable("as_of")
        if day is not None:
            try:
                check_known(day)
            except NotKnown as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return day

    def clean_known_on(self) -> date | None:
        return self._reachable("known_on")

    def clean_buckets(self) -> str:
        text: str = self.cleaned_data["buckets"].replace(" ", "")
        if text:
            try:
                buckets.parse(text)
            except ValueError:
                raise forms.ValidationError(
                    _("Bounds are whole days, above zero and rising, for example 30,60,90.")
                ) from None
        return text

    def _reachable(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and day < days.FIRST:
            raise forms.ValidationError(_("No book reaches back that far. Choose a later day."))
        if day is not None:
            try:
                past.check(day)
            except past.NotYet as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return day


@require_safe
def account(request: HttpRequest, code: str) -> HttpResponse:
    """The account at the end of a day: open items by currency, and every movement with its running balance."""
    found = _customer(request, code)
    form = AccountFilter(request.GET)
    held, known_on = _read(found, form, most=MOST)
    day = held.as_of
    return answer(
        request,
        table=MovementsTable(Movements(found, as_of=day, known_on=known_on)),
        form=form,
        template="letters/account.html",
        name=f"account-{found.code}",
        title=_("Account"),
        as_of=day,
        context={
            "customer": found,
            "account": held,
            "words": {name: bucket_word(name) for one in held.currencies for name, _amount in one.buckets},
            "known_on": known_on,
            "query": request.GET.urlencode(),
        },
    )


@require_safe
def account_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The statement of the day, to send."""
    found = _customer(request, code)
    form = AccountFilter(request.GET)
    if not form.is_valid():  # the page says what is wrong; a statement of another day is never sent by mistake
        return redirect(f"{reverse('letters:account', args=[code])}?{request.GET.urlencode()}")
    held, _known_on = _read(found, form, most=statement.MOST)
    try:
        content = statement.to_pdf(held)
    except Refused as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
    answered = HttpResponse(content, content_type="application/pdf")
    name = file_name(f"statement-{found.code}", as_of=held.as_of, filters={}, ending="pdf")
    answered.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered


def _read(customer: Customer, form: AccountFilter, *, most: int) -> tuple[queries.Account, date | None]:
    """The account that the address asks for; where it asks for something impossible, that of today."""
    said = form.cleaned_data if form.is_valid() else {}
    day = said.get("as_of") or clock.business_today()
    known_on = said.get("known_on")
    bounds = buckets.parse(said["buckets"]) if said.get("buckets") else policy.in_force(day).buckets
    due = said.get("due") or EFFECTIVE
    return queries.account(customer, as_of=day, known_on=known_on, bounds=bounds, due=due, most=most), known_on


def _customer(request: HttpRequest, code: str) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(person(request)).select_related("owner"), code=code)
