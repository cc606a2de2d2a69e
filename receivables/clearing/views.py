"""Doors of clearing money: matching, one payment or credit note, and its corrections."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.lists import exports, file_of
from common.templatetags import ui
from customers import queries as families
from receivables import services
from receivables.clearing import matching, reading
from receivables.clearing.forms import AcceptForm, ExchangeForm, LinesForm, ReasonForm, RefundForm
from receivables.clearing.tables import WaitingTable
from receivables.models import Allocation, Charge, CreditNote, Payment, Refund
from receivables.once import once
from receivables.services import checks
from staff.access import only_for, person
from staff.models import Role

READS = (Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)
AT_ONCE = 25
MOST_ROWS = 200  # items beside which an amount can be typed; the proposals look at all of them
Source = Payment | CreditNote


class Moved(checks.Refused):
    """The proposal is no longer what it was."""


@require_safe
@only_for(*READS)
def match(request: HttpRequest) -> HttpResponse:
    """Unapplied money, oldest first, each with the best proposal; one click accepts it."""
    waiting = Payment.objects.visible_to(person(request)).filter(unapplied_amount__gt=0).select_related("customer")
    waiting, today = waiting.order_by("counts_on", "pk"), clock.business_today()
    if file := _waiting_file(request, waiting, today):
        return file
    page = Paginator(waiting, AT_ONCE).get_page(request.GET.get("page"))
    proposed = matching.of_all(list(page.object_list))
    rows = [
        {
            "payment": one,
            "days": (today - one.received_on).days,
            "best": next(iter(proposed[one.pk]), None),
            "accept": AcceptForm(auto_id=False),
        }
        for one in page.object_list
    ]
    shown = {"page": page, "rows": rows, "as_of": today, "may_act": _may_act(request), "exports": exports(request)}
    return render(request, "receivables/match.html", shown)


def _waiting_file(request: HttpRequest, waiting: "QuerySet[Payment]", today: date) -> HttpResponse | None:
    if "export" not in request.GET:
        return None
    payments = list(waiting)
    proposed = matching.of_all(payments)
    table = WaitingTable([{"payment": one, "best": next(iter(proposed[one.pk]), None)} for one in payments])
    return file_of(request, (_("Match payments"), table), name="match", as_of=today)


@require_safe
@only_for(*READS)
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, Payment, pk))


@require_safe
@only_for(*READS)
def credit_note(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, CreditNote, pk))


@require_POST
@only_for(Role.FINANCE)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept one proposal of a payment, as it was shown."""
    return _accept(request, _found(request, Payment, pk))


@require_POST
@only_for(Role.FINANCE)
def accept_credit(request: HttpRequest, pk: int) -> HttpResponse:
    return _accept(request, _found(request, CreditNote, pk))


def _accept(request: HttpRequest, source: Source) -> HttpResponse:
    form = AcceptForm(request.POST)

    def deed() -> str:
        wanted = next((one for one in matching.shown(source) if one.digest == form.cleaned_data["digest"]), None)
        if wanted is None:
            raise Moved(_("The book has moved since this proposal was made. Look at the new one."))
        services.settle(
            source=source,
            lines=wanted.lines,
            charges=wanted.charges,
            shorts=wanted.shorts,
            on=clock.business_today(),
            by=person(request),
        )
        return _("%(amount)s of %(customer)s is allocated.") % {
            "amount": ui.money_text(
                sum((amount for _key, amount in wanted.lines + wanted.charges), checks.ZERO), source.currency
            ),
            "customer": source.customer.name,
        }

    if form.is_valid() and once(request, form, "receivables.allocated", deed):
        return redirect(_next(request, source))
    return _page(request, source, refused=form, status=422)


@require_POST
@only_for(Role.FINANCE)
def allocate(request: HttpRequest, pk: int) -> HttpResponse:
    return _allocate(request, _found(request, Payment, pk))


@require_POST
@only_for(Role.FINANCE)
def allocate_credit(request: HttpRequest, pk: int) -> HttpResponse:
    return _allocate(request, _found(request, CreditNote, pk))


def _allocate(request: HttpRequest, source: Source) -> HttpResponse:
    form = _lines_form(source, request.POST)

    def deed() -> str:
        services.settle(
            source=source,
            lines=form.lines,
            charges=form.charge_lines,
            shorts=form.shorts,
            on=form.cleaned_data["on"],
            by=person(request),
        )
        return _("The allocation is booked.")

    if form.is_valid() and once(request, form, "receivables.allocated", deed):
        return redirect(_address(source))
    return _page(request, source, refused=form, lines=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.FINANCE)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo one allocation."""
    rows = Allocation.objects.filter(write_off=None, reverses=None)
    row = get_object_or_404(rows.select_related("payment", "credit_note", "due_item__invoice", "charge"), pk=pk)
    owed = row.due_item.invoice.number if row.due_item else str(Charge.Kind(row.charge.kind).label)  # type: ignore[union-attr]
    return _correct(
        request,
        row.payment or row.credit_note,  # type: ignore[arg-type]
        verb="receivables.taken_back",
        title=_("Take back the allocation to %(owed)s") % {"owed": owed},
        amount=row.amount,
        act=lambda said: services.take_back(allocation=row, by=person(request), **said),
        done=_("The allocation is taken back; its money is unapplied again."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.FINANCE)
def reverse_refund(request: HttpRequest, pk: int) -> HttpResponse:
    """A refund that did not go out, or an exchange that should not have been."""
    rows = Refund.objects.filter(reverses=None)
    row = get_object_or_404(rows.select_related("payment", "credit_note", "exchange__into__customer"), pk=pk)
    exchanged = getattr(row, "exchange", None)

    def act(said: dict[str, Any]) -> None:
        if exchanged is None:
            services.reverse_refund(refund=row, by=person(request), **said)
        else:
            services.reverse_exchange(exchange=exchanged, by=person(request), **said)

    return _correct(
        request,
        row.payment or row.credit_note,  # type: ignore[arg-type]
        verb="receivables.refund_reversed",
        title=_("Reverse the refund") if exchanged is None else _("Reverse the exchange"),
        amount=row.amount,
        act=act,
        done=_("It is reversed; the money is unapplied again."),
    )


@require_POST
@only_for(Role.FINANCE)
def reverse_payment(request: HttpRequest, pk: int) -> HttpResponse:
    source = _found(request, Payment, pk)
    return _deed(
        request,
        source,
        "reverse",
        ReasonForm(request.POST, auto_id="reverse_%s"),
        verb="receivables.reversed",
        act=lambda said: services.reverse_payment(
            payment=source, on=said["on"], by=person(request), because=said["because"]
        ),
        said=_("The payment is taken back; what it settled is open again."),
    )


@require_POST
@only_for(Role.FINANCE)
def reverse_credit_note(request: HttpRequest, pk: int) -> HttpResponse:
    source = _found(request, CreditNote, pk)
    return _deed(
        request,
        source,
        "reverse",
        ReasonForm(request.POST, auto_id="reverse_%s"),
        verb="receivables.reversed",
        act=lambda said: services.reverse_credit_note(
            note=source, on=said["on"], by=person(request), because=said["because"]
        ),
        said=_("The credit note is taken back; what it settled is open again."),
    )


@require_POST
@only_for(Role.FINANCE)
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    return _refund(request, _found(request, Payment, pk))


@require_POST
@only_for(Role.FINANCE)
def refund_credit(request: HttpRequest, pk: int) -> HttpResponse:
    return _refund(request, _found(request, CreditNote, pk))


def _refund(request: HttpRequest, source: Source) -> HttpResponse:
    return _deed(
        request,
        source,
        "refund",
        RefundForm(request.POST, auto_id="refund_%s", currency=source.currency),
        verb="receivables.refunded",
        act=lambda said: services.refund(
            source=source, amount=said["amount"], paid_on=said["on"], by=person(request), because=said["because"]
        ),
        said=_("The refund is booked."),
    )


@require_POST
@only_for(Role.FINANCE)
def exchange(request: HttpRequest, pk: int) -> HttpResponse:
    source = _found(request, Payment, pk)
    return _deed(
        request,
        source,
        "exchange",
        ExchangeForm(request.POST, auto_id="exchange_%s", currency=source.currency),
        verb="receivables.exchanged",
        act=lambda said: services.exchange(
            payment=source,
            amount=said["amount"],
            into=said["into"],
            rate=said["rate"],
            source=said["source"],
            on=said["on"],
            by=person(request),
        ),
        said=_("The money is exchanged; it is unapplied in the other currency."),
    )


def _correct(
    request: HttpRequest,
    source: Source,
    *,
    verb: str,
    title: str,
    amount: Decimal,
    act: Callable[[dict[str, Any]], None],
    done: str,
) -> HttpResponse:
    """The page on which one row of this money is taken back, with a day and a reason."""
    source = _found(request, type(source), source.pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def deed() -> str:
        act({"on": form.cleaned_data["on"], "because": form.cleaned_data["because"]})
        return done

    if form.is_valid() and once(request, form, verb, deed):
        return redirect(_address(source))
    page = {
        "source": source,
        "name": _name(source),
        "back": _address(source),
        "form": form,
        "title": title,
        "amount": amount,
    }
    return render(request, "receivables/correct.html", page, status=422 if form.errors else 200)


def _deed(
    request: HttpRequest,
    source: Source,
    name: str,
    form: forms.Form,
    *,
    verb: str,
    act: Callable[[Any], Any],
    said: str,
) -> HttpResponse:
    """A correction on the page of the money: done once; refused, the page again with what was typed."""

    def deed() -> str:
        act(form.cleaned_data)
        return said

    if form.is_valid() and once(request, form, verb, deed):
        return redirect(_address(source))
    return _page(request, source, refused=form, status=422, **{name: form})


def _page(request: HttpRequest, source: Source, *, status: int = 200, **shown: Any) -> HttpResponse:
    may_act = _may_act(request) and source.reverses_id is None and not hasattr(source, "reversed_by")
    page: dict[str, Any] = {
        "source": source,
        "name": _name(source),
        "is_payment": isinstance(source, Payment),
        "reported_to": reading.reported_to(source) if isinstance(source, Payment) else "",
        "rows": reading.used(source),
        "may_act": may_act,
        "as_of": clock.business_today(),
        "exchanged": getattr(source, "exchange", None),
        "reverse": ReasonForm(auto_id="reverse_%s"),
        "accept": AcceptForm(auto_id=False),
    }
    if may_act and source.unapplied_amount:
        proposed = matching.shown(source)
        page["proposals"] = proposed
        page["lines"] = _lines_form(source, best=next(iter(proposed), None))
        left: dict[str, Any] = {"currency": source.currency, "left": source.unapplied_amount}
        page["refund"] = RefundForm(auto_id="refund_%s", **left)
        if isinstance(source, Payment):
            page["exchange"] = ExchangeForm(auto_id="exchange_%s", **left)
    return render(request, "receivables/money.html", page | shown, status=status)


def _lines_form(source: Source, data: Any = None, *, best: matching.Shown | None = None) -> LinesForm:
    """Every open item within reach, with the best proposal filled in."""
    reach = families.family(source.customer)
    items = [item for item in checks.open_items(reach, source.currency).values() if item.open_amount]
    items.sort(key=lambda item: (item.due_date is None, item.due_date, item.pk))
    claimed = sorted(checks.open_charges(reach, source.currency).values(), key=lambda charge: charge.pk)
    return LinesForm(data, items=items[:MOST_ROWS], charges=claimed[:MOST_ROWS], best=best)


def _found(request: HttpRequest, model: Any, pk: int) -> Any:
    more = ("receipt", "exchange__refund__payment") if model is Payment else ("invoice",)
    seen = model.objects.visible_to(person(request)).select_related("customer", "reverses", "reversed_by", *more)
    return get_object_or_404(seen, pk=pk)


def _name(source: Source) -> str:
    if isinstance(source, Payment):
        return _("Payment of %(amount)s") % {"amount": ui.money_text(source.amount, source.currency)}
    return _("Credit note %(number)s") % {"number": source.number}


def _address(source: Source) -> str:
    name = "payment" if isinstance(source, Payment) else "credit-note"
    return reverse(f"receivables:{name}", args=[source.pk])


def _next(request: HttpRequest, source: Source) -> str:
    """Back to the list of what waits, if it was accepted there."""
    return reverse("receivables:match") if request.POST.get("from") == "match" else _address(source)


def _may_act(request: HttpRequest) -> bool:
    return person(request).role == Role.FINANCE
