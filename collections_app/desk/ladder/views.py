"""Doors of the supply ladder: who stands where, what a step would do, the step itself, and its notice."""

from decimal import Decimal
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from collections_app.desk.ladder import reading
from collections_app.desk.ladder.forms import (
    HUNDRED,
    PROPOSED,
    RUNGS,
    STANDING,
    ClimbForm,
    DownForm,
    LadderFilter,
    LookForm,
    PrintForm,
)
from collections_app.desk.ladder.page import Look, ladder_page, language_of
from collections_app.desk.ladder.tables import LadderTable
from collections_app.gate import ladder, ladder_outlook, ladder_rules, ladder_services, ladder_words
from collections_app.gate.ladder_services import DECIDES, SKIPS
from collections_app.gate.models import LadderStep
from common import clock
from common.lists import answer
from customers.models import Customer
from receivables import queries as ledger
from receivables.once import once
from staff.access import only_for, person
from staff.models import User


@require_safe
def ladder_list(request: HttpRequest) -> HttpResponse:
    user, today, base = person(request), clock.business_today(), ledger.base_currency()
    found = LadderFilter(request.GET, queryset=Customer.objects.visible_to(user), user=user, as_of=today)
    asked = found.form.cleaned_data if found.form.is_valid() else {}
    lines = reading.lines(user=user, as_of=today, margin=found.share)
    if any(asked.get(name) for name in ("q", "rep")):
        keys = set(found.qs.values_list("pk", flat=True))
        lines = [line for line in lines if line.pk in keys]
    totals = reading.totals(lines)
    kept = {PROPOSED: lambda line: line.is_proposed, STANDING: lambda line: bool(line.standing)}
    if asked.get("show"):
        lines = [line for line in lines if kept[asked["show"]](line)]
    rates = ledger.rates_on(today, base=base)
    return answer(
        request,
        table=LadderTable(lines, base=base),
        form=found.form,
        template="desk/ladder.html",
        name="supply-ladder",
        title=_("Supply ladder"),
        as_of=today,
        context={
            "base": base,
            "rates": [(code, stated) for code, stated in sorted(rates.items()) if code != base],
            "totals": totals,
            "margin": found.share,
            "urls": {name: _narrowed(request, name) for name in kept},
        },
    )


def _narrowed(request: HttpRequest, show: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["show"] = show
    return f"?{query.urlencode()}"


@require_safe
def ladder_of(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, _customer(request, code))


@require_POST
@only_for(*DECIDES)
def climb(request: HttpRequest, code: str) -> HttpResponse:
    """What was looked at is what is done: the rung comes with the form, and the service says if it may still be."""
    customer = _customer(request, code)
    rungs = {str(number): number for number, _label in RUNGS}
    rung = rungs.get(request.POST.get("rung", ""), 0) or ladder_rules.next_rung(_standing(customer)) or ladder_rules.TOP
    look = ladder_outlook.outlook(customer, rung, as_of=clock.business_today())
    user = person(request)
    form = ClimbForm(request.POST, look=look, language=language_of(customer), user=user)

    def asks() -> str:
        ladder_services.ask(
            customer=customer,
            **_only(form, "rung", "because", "clause", "consent"),
            on=clock.business_today(),
            by=user,
        )
        return _("Asked. Another manager or admin approves it here.")

    def deed() -> str:
        if form.is_asked:
            return asks()
        said = form.cleaned_data
        step = ladder_services.climb(
            customer=customer,
            **_only(form, "rung", "because", "clause", "consent"),
            lost_margin=look.lost_margin(said["margin"] / HUNDRED),
            on=clock.business_today(),
            by=user,
        )
        values = {"rung": ladder_words.rung(step.rung)}
        if step.notice_id is None:
            return _("The customer stands on %(rung)s now. Its notice is not printed yet: print it here.") % values
        return _("The customer stands on %(rung)s now. Send the notice.") % values

    if form.is_valid() and once(request, form, "gate.ladder_climbed", deed):
        return redirect("desk:ladder-of", code=customer.code)
    if rung <= _standing(customer):  # somebody was quicker: the page shows the rung that follows now
        return _page(request, customer, refused=form, status=422)
    return _page(request, customer, looked_at=request.POST.dict(), climb_form=form, status=422)


@require_POST
@only_for(*DECIDES)
def step_down(request: HttpRequest, code: str) -> HttpResponse:
    customer = _customer(request, code)
    form = DownForm(request.POST, standing=_standing(customer))

    def deed() -> str:
        lower = ladder_services.step_down(
            customer=customer, **_only(form, "because", "rung"), on=clock.business_today(), by=person(request)
        )
        if lower is None:
            return _("The customer has left the supply ladder.")
        return _("The customer stands on %(rung)s now.") % {"rung": ladder_words.rung(lower.rung)}

    if form.is_valid() and once(request, form, "gate.ladder_stepped_down", deed):
        return redirect("desk:ladder-of", code=customer.code)
    return _page(request, customer, down_form=form, status=422)


def _only(form: Any, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names}


@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored bytes, never a new print."""
    seen = LadderStep.objects.visible_to(person(request)).select_related("notice")
    step = get_object_or_404(seen, pk=pk, notice__isnull=False)
    document: Any = step.notice
    answered = HttpResponse(bytes(document.content), content_type="application/pdf")
    answered.headers["Content-Disposition"] = f'attachment; filename="{document.name}"'
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered


@require_POST
@only_for(*DECIDES)
def print_notice(request: HttpRequest, pk: int) -> HttpResponse:
    step = get_object_or_404(LadderStep.objects.visible_to(person(request)).select_related("customer"), pk=pk)
    form = PrintForm(request.POST)

    def deed() -> str:
        ladder_services.print_notice(step=step, on=clock.business_today(), by=person(request))
        return _("The notice is printed and kept. Send it.")

    if form.is_valid() and once(request, form, "gate.ladder_noticed", deed):
        return redirect("desk:ladder-of", code=step.customer.code)
    return _page(request, _customer(request, step.customer.code), refused=form, status=422)


def _customer(request: HttpRequest, code: str) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(person(request)).select_related("owner"), code=code)


def _standing(customer: Customer) -> int:
    step = ladder.standing_on(customer)
    return step.rung if step else 0


def _page(
    request: HttpRequest,
    customer: Customer,
    *,
    looked_at: dict[str, str] | None = None,
    climb_form: ClimbForm | None = None,
    down_form: DownForm | None = None,
    refused: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page as it stands now, with the form that was refused."""
    standing, today = _standing(customer), clock.business_today()
    look_form = LookForm(looked_at or request.GET.dict(), standing=standing)
    found = ladder_page(customer, rung=look_form.looked_at, margin=look_form.share, as_of=today)
    may_decide = person(request).role in DECIDES
    page: dict[str, Any] = {
        "page": found,
        "as_of": today,
        "look_form": look_form,
        "may_decide": may_decide,
        "may_skip": person(request).role in SKIPS,
        "asked_here": found.look is not None
        and found.look.asked is not None
        and found.look.asked.by == person(request).get_username(),
        "print_form": PrintForm(),
        "refused": refused,
    }
    if climb_form is not None:
        page["climb_form"] = climb_form
    elif found.look is not None and _may_take(person(request), found.look):
        page["climb_form"] = _fresh(found.look, look_form.share, person(request))
    if may_decide and standing:
        page["down_form"] = down_form or DownForm(standing=standing)
    return render(request, "desk/ladder_of.html", page, status=status)


def _may_take(user: User, look: Look) -> bool:
    """Whoever would only be refused is offered no form; the page says what is lacking."""
    if look.asked is not None and look.asked.by == user.get_username():
        return False  # it waits for somebody else
    return look.outlook.is_open and user.role in (SKIPS if look.outlook.skipped else DECIDES)


def _fresh(look: Look, margin: Decimal, user: User) -> ClimbForm:
    initial = {"rung": int(look.outlook.rung), "margin": margin * HUNDRED, "clause": look.clause}
    if look.asked is not None:
        initial |= {"because": look.asked.because, "clause": look.asked.clause}
    return ClimbForm(look=look.outlook, language=look.language, user=user, initial=initial)
