"""Doors of cheques and bills in hand: the list by maturity, one paper, taking one."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.columns import MoneySum
from common.lists import answer
from common.templatetags import ui
from receivables import services
from receivables.models import Paper, Receipt
from receivables.once import once
from receivables.papers.filters import WAITING, PapersFilter
from receivables.papers.forms import DayForm, DishonourForm, GiveBackForm, KeepForm, TakeForm
from receivables.papers.tables import PapersTable
from staff.access import only_for, person
from staff.models import Role

READS = (Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_safe
@only_for(*READS)
def papers(request: HttpRequest) -> HttpResponse:
    """Papers that wait are shown, by maturity, unless a state is asked for."""
    asked = request.GET.copy()
    if "state" not in asked:
        asked["state"] = WAITING
    found = PapersFilter(asked, queryset=Paper.objects.visible_to(person(request)).select_related("customer"))
    totals = found.qs.order_by("currency").values_list("currency").annotate(total=MoneySum("amount"))
    return answer(
        request,
        table=PapersTable(found.qs),
        form=found.form,
        template="receivables/papers.html",
        name="papers",
        title=_("Papers in hand"),
        as_of=clock.business_today(),
        context={"totals": list(totals), "may_take": _may_act(request)},
    )


@require_safe
@only_for(*READS)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.FINANCE)
def take(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method != "POST":
        form = TakeForm(user=user, initial={"customer": request.GET.get("customer", "")})
        return render(request, "receivables/take_paper.html", {"form": form})
    form = TakeForm(request.POST, user=user)

    def deed() -> str:
        return _taken(services.take_paper(lines=None, by=user, **_said(form)))

    if form.is_valid() and once(request, form, "receivables.paper_taken", deed):
        return redirect("receivables:papers")
    return render(request, "receivables/take_paper.html", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.FINANCE)
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """The cheque or bill of a provisional receipt becomes paper in hand."""
    found = get_object_or_404(Receipt.objects.visible_to(person(request)).select_related("customer"), pk=pk)
    page: dict[str, Any] = {"receipt": found}
    if request.method != "POST":
        kind = Paper.Kind.CHEQUE if found.method == "cheque" else Paper.Kind.BILL
        form = KeepForm(initial={"kind": kind, "drawer": found.customer.name})
        return render(request, "receivables/take_paper.html", page | {"form": form})
    form = KeepForm(request.POST)

    def deed() -> str:
        return _taken(services.keep_receipt(receipt=found, by=person(request), **_said(form)))

    if form.is_valid() and once(request, form, "receivables.paper_taken", deed):
        return redirect("receivables:receipts")
    return render(request, "receivables/take_paper.html", page | {"form": form}, status=422)


def _taken(made: Paper) -> str:
    return _("Paper %(number)s of %(amount)s is in hand until %(day)s.") % {
        "number": made.number,
        "amount": ui.money_text(made.amount, made.currency),
        "day": ui.day(made.matures_on),
    }


@require_POST
@only_for(Role.FINANCE)
def present(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _found(request, pk), DayForm(request.POST)

    def deed() -> str:
        services.present_paper(paper=found, by=person(request), **_said(form))
        return _("Paper %(number)s is with the bank.") % {"number": found.number}

    return _done(request, found, "present", form, deed)


@require_POST
@only_for(Role.FINANCE)
def honour(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _found(request, pk), DayForm(request.POST)

    def deed() -> str:
        payment = services.honour_paper(paper=found, by=person(request), **_said(form))
        return _("Paper %(number)s is honoured: %(amount)s booked.") % {
            "number": found.number,
            "amount": ui.money_text(payment.amount, payment.currency),
        }

    return _done(request, found, "honour", form, deed)


@require_POST
@only_for(Role.FINANCE)
def dishonour(request: HttpRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    form = DishonourForm(request.POST, code=found.currency)

    def deed() -> str:
        services.dishonour_paper(paper=found, by=person(request), **_said(form))
        return _("Paper %(number)s is dishonoured: its amounts are asked for again.") % {"number": found.number}

    return _done(request, found, "dishonour", form, deed)


@require_POST
@only_for(Role.FINANCE)
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _found(request, pk), GiveBackForm(request.POST)

    def deed() -> str:
        services.return_paper(paper=found, by=person(request), **_said(form))
        return _("Paper %(number)s is given back: its amounts are asked for again.") % {"number": found.number}

    return _done(request, found, "give_back", form, deed)


def _said(form: Any) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "key"}


def _found(request: HttpRequest, pk: int) -> Paper:
    seen = Paper.objects.visible_to(person(request)).select_related("customer", "receipt", "payment")
    return get_object_or_404(seen, pk=pk)


def _done(request: HttpRequest, found: Paper, name: str, form: Any, deed: Callable[[], str]) -> HttpResponse:
    if form.is_valid() and once(request, form, f"receivables.paper_{name}", deed):
        return redirect("receivables:paper", found.pk)
    return _page(request, found, status=422, refused=form, **{name: form})


def _page(request: HttpRequest, found: Paper, *, status: int = 200, refused: Any = None, **forms: Any) -> HttpResponse:
    """A form that was refused keeps what was typed; the others are fresh."""
    fresh = {
        "present": DayForm(),
        "honour": DayForm(),
        "dishonour": DishonourForm(code=found.currency),
        "give_back": GiveBackForm(),
    }
    may_act, waits = _may_act(request), found.state in Paper.WAITS
    page = (
        fresh
        | forms
        | {
            "paper": found,
            "lines": found.lines.select_related("due_item__invoice").order_by("pk"),
            "refused": refused,
            "may_present": may_act and found.state == Paper.State.IN_HAND,
            "may_honour": may_act and waits,
            "may_dishonour": may_act and (waits or found.state == Paper.State.HONOURED),
        }
    )
    return render(request, "receivables/paper.html", page, status=status)


def _may_act(request: HttpRequest) -> bool:
    return person(request).role == Role.FINANCE
