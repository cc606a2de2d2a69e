"""Doors of an account: what moved and what is open on any day, on a page, as a list and as a PDF."""

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from collections_app.letters.accounts import queries, statement
from collections_app.letters.accounts.tables import MovementsTable
from collections_app.policy import queries as policy
from collections_app.standings.queries import AGREED, EFFECTIVE
from collections_app.standings.words import bucket_word
from common import clock, days
from common.lists import answer
from common.refusals import Refused
from customers.models import Customer
from receivables import buckets
from staff.access import person


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
        return self._reachable("as_of")

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
        if day is not None and not days.FIRST <= day <= clock.business_today():
            raise forms.ValidationError(_("This day has not come yet, or no book reaches it. Choose another day."))
        return day


@require_safe
def account(request: HttpRequest, code: str) -> HttpResponse:
    """The account at the end of a day: open items by currency, and every movement with its running balance."""
    found = _customer(request, code)
    form = AccountFilter(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    day = said.get("as_of") or clock.business_today()
    known_on = said.get("known_on")
    bounds = buckets.parse(said["buckets"]) if said.get("buckets") else policy.in_force(day).buckets
    moved = queries.movements(found, as_of=day, known_on=known_on)
    held = queries.account(found, as_of=day, known_on=known_on, bounds=bounds, due=said.get("due") or EFFECTIVE)
    return answer(
        request,
        table=MovementsTable(moved[::-1]),
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
        },
    )


@require_safe
def account_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The statement of the day, to send."""
    found = _customer(request, code)
    form = AccountFilter(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    day = said.get("as_of") or clock.business_today()
    try:
        content = statement.to_pdf(queries.account(found, as_of=day, known_on=said.get("known_on")))
    except Refused as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
    answered = HttpResponse(content, content_type="application/pdf")
    answered.headers["Content-Disposition"] = f'attachment; filename="statement-{found.pk}-{day.isoformat()}.pdf"'
    return answered


def _customer(request: HttpRequest, code: str) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(person(request)).select_related("owner"), code=code)
