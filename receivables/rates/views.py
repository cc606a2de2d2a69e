"""Doors of rates: what was stated, and stating one."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.forms import add_refusal
from common.lists import answer
from common.refusals import Refused
from common.templatetags import ui
from receivables import queries, services
from receivables.models import Rate
from receivables.rates.forms import RatesFilter, StateRateForm
from receivables.rates.tables import RatesTable
from staff.access import only_for, person
from staff.models import Role

READS = (Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_safe
@only_for(*READS)
def rates(request: HttpRequest) -> HttpResponse:
    return _page(request, StateRateForm())


@require_POST
@only_for(Role.FINANCE)
def state(request: HttpRequest) -> HttpResponse:
    form = StateRateForm(request.POST)
    if form.is_valid():
        try:
            made = services.state_rate(**form.cleaned_data, by=person(request))
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            facts = {
                "currency": made.currency,
                "rate": f"{made.rate.normalize():f}",
                "base": queries.base_currency(),
                "day": ui.day(made.on),
            }
            messages.success(request, _("One %(currency)s is %(rate)s %(base)s on %(day)s.") % facts)
            return redirect("receivables:rates")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: StateRateForm, status: int = 200) -> HttpResponse:
    later = Rate.objects.filter(currency=OuterRef("currency"), on=OuterRef("on"), pk__gt=OuterRef("pk"))
    found = RatesFilter(request.GET, queryset=Rate.objects.annotate(is_replaced=Exists(later)))
    page = answer(
        request,
        table=RatesTable(found.qs),
        form=found.form,
        template="receivables/rates.html",
        name="rates",
        title=_("Rates"),
        as_of=clock.business_today(),
        tie=("-pk",),
        context={
            "state_form": form,
            "base": queries.base_currency(),
            "may_state": person(request).role == Role.FINANCE,
        },
    )
    page.status_code = max(page.status_code, status)
    return page
