"""Doors of cash in the field: what reps carry, counting and handing it in, the bank's line, void numbers."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock, documents, money, photos
from common.lists import answer
from common.templatetags import ui
from receivables import cash_queries, cash_rules, services
from receivables.cash.filters import CashFilter, HandInsFilter, OwnCashFilter, VoidNumbersFilter
from receivables.cash.forms import CloseForm, CountForm, SendBackForm, SignForm, VoidForm, slip_token
from receivables.cash.tables import CarriedTable, HandInsTable, OwnCashTable, VoidNumbersTable
from receivables.models import HandIn, Receipt, VoidNumber
from receivables.once import once
from staff import queries as people
from staff.access import only_for, person
from staff.models import Role, User

READS = (Role.REP, Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_safe
@only_for(*READS)
def cash(request: HttpRequest) -> HttpResponse:
    """A rep sees the own receipts in cash, the office a row a rep and currency."""
    user, today = person(request), clock.business_today()
    seen = _of_reps(Receipt.objects.cash_in_hand(), user)
    context: dict[str, Any] = {}
    if user.role == Role.REP:
        found: Any = OwnCashFilter(request.GET, queryset=seen.select_related("customer"))
        table: Any = OwnCashTable(found.qs)
        context["carried"] = cash_queries.carried_by(user, on=today)
    else:
        found = CashFilter(request.GET, queryset=seen)
        table = CarriedTable(cash_queries.in_hand(found.qs, on=today))
        context["to_receive"] = sum(rows.count() for rows in cash_queries.to_receive(user))
    return answer(
        request,
        table=table,
        form=found.form,
        template="receivables/cash.html",
        name="cash",
        title=_("Cash in hand"),
        as_of=today,
        context=context,
    )


def _of_reps(rows: Any, user: User) -> Any:
    """Cash is a matter of the rep, not of the customer it came from."""
    return rows if user.sees_everything else rows.filter(rep__in=User.objects.visible_to(user))


# Counting and handing in


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.REP)
def count(request: HttpRequest) -> HttpResponse:
    """Three steps without script: the count, its review, the signature."""
    sent = request.POST if request.method == "POST" else request.GET
    code = sent.get("currency", "")
    if request.method == "POST" and money.is_known(code) and sent.get("step") != "again":
        return _counted(request, code)
    carried = cash_queries.carried_by(person(request), on=_today())
    row = next((one for one in carried.rows if one.currency == code), None)
    if row is None:
        messages.info(request, _("You carry no cash to hand in."))
        return redirect("receivables:cash")
    expected = money.rounded(row.amount, code)
    kept = {name: value for name, value in sent.items() if name not in ("key", "step")}
    form = CountForm(code=code, user=person(request), initial=kept | {"currency": code, "expected": expected})
    return _count_page(request, form, expected)


def _counted(request: HttpRequest, code: str) -> HttpResponse:
    user = person(request)
    data = request.POST.copy()
    form = CountForm(data, request.FILES, code=code, user=user)
    is_whole = form.is_valid()
    if form.cleaned_data.get("photo"):
        name = f"slip-{user.get_username()}-{_today()}.jpg"
        document = documents.store(form.cleaned_data["photo"], name=name, content_type=photos.CONTENT_TYPE)
        data["slip"] = slip_token(document, user)
        form.cleaned_data["slip"] = document
    if not is_whole:
        return _count_page(request, form, form.cleaned_data.get("expected"), status=422)
    if request.POST.get("step") == "sign" and once(request, form, "receivables.cash_handed_in", _signing(form, user)):
        return redirect("receivables:hand-ins")
    return render(
        request,
        "receivables/hand_in_review.html",
        {"form": form, "expected": form.cleaned_data["expected"], "slip": form.cleaned_data["slip"]},
        status=422 if form.errors else 200,
    )


def _signing(form: CountForm, user: User) -> Callable[[], str]:
    def deed() -> str:
        said = form.cleaned_data
        made = services.hand_in_cash(
            rep=user,
            currency=form.code,
            counted=form.counted,
            expected=said["expected"],
            slip_number=said["slip_number"],
            slip=said["slip"],
            difference_code=said["difference_code"] if form.difference else "",
            difference_note=said["difference_note"] if form.difference else "",
            on=_today(),
            key=said["key"],
        )
        return _("%(amount)s is handed in with slip %(slip)s. Finance signs next.") % {
            "amount": ui.money_text(made.counted_amount, made.currency),
            "slip": made.slip_number,
        }

    return deed


def _count_page(request: HttpRequest, form: CountForm, expected: Any, status: int = 200) -> HttpResponse:
    page = {"form": form, "expected": expected, "currency": form.code}
    return render(request, "receivables/count_cash.html", page, status=status)


def _today() -> date:
    return clock.business_today()


# Hand-ins


@require_safe
@only_for(*READS)
def hand_ins(request: HttpRequest) -> HttpResponse:
    seen = HandIn.objects.visible_to(person(request)).select_related("rep")
    found = HandInsFilter(request.GET, queryset=seen)
    return answer(
        request,
        table=HandInsTable(found.qs),
        form=found.form,
        template="receivables/hand_ins.html",
        name="hand-ins",
        title=_("Hand-ins"),
        as_of=_today(),
    )


@require_safe
@only_for(*READS)
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    return _hand_in_page(request, _hand_in(request, pk))


@require_safe
@only_for(*READS)
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """The photo of the deposit slip."""
    found = _hand_in(request, pk)
    if found.slip is None:
        raise Http404(pk)
    answered = HttpResponse(bytes(found.slip.content), content_type=photos.CONTENT_TYPE)
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return answered


@require_POST
@only_for(Role.FINANCE)
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _hand_in(request, pk), SignForm(request.POST)

    def deed() -> str:
        services.receive_hand_in(hand_in=found, by=person(request))
        return _("Hand-in %(slip)s is received. The bank's line closes it.") % {"slip": found.slip_number}

    return _done(request, found, form, "receivables.cash_received", deed)


@require_POST
@only_for(Role.FINANCE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    found = _hand_in(request, pk)
    form = CloseForm(request.POST, code=found.currency)

    def deed() -> str:
        said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
        services.close_hand_in(hand_in=found, by=person(request), **said)
        return _("Hand-in %(slip)s is closed: its receipts are verified.") % {"slip": found.slip_number}

    return _done(request, found, form, "receivables.cash_banked", deed)


@require_POST
@only_for(Role.FINANCE)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = _hand_in(request, pk), SendBackForm(request.POST)

    def deed() -> str:
        services.send_back_hand_in(hand_in=found, because=form.cleaned_data["because"], by=person(request))
        return _("Hand-in %(slip)s is sent back: %(rep)s counts again.") % {
            "slip": found.slip_number,
            "rep": found.rep,
        }

    return _done(request, found, form, "receivables.cash_sent_back", deed)


def _hand_in(request: HttpRequest, pk: int) -> HandIn:
    return get_object_or_404(HandIn.objects.visible_to(person(request)).select_related("rep", "slip"), pk=pk)


def _done(request: HttpRequest, found: HandIn, form: Any, verb: str, deed: Callable[[], str]) -> HttpResponse:
    if form.is_valid() and once(request, form, verb, deed):
        return redirect("receivables:hand-in", found.pk)
    return _hand_in_page(request, found, refused=form, status=422)


def _hand_in_page(request: HttpRequest, found: HandIn, *, refused: Any = None, status: int = 200) -> HttpResponse:
    """The form that was refused keeps what was typed; the others are fresh."""
    may_act = person(request).role == Role.FINANCE
    counted_amount = money.rounded(found.counted_amount, found.currency)
    forms = {
        "receive": SignForm(),
        "close": CloseForm(code=found.currency, initial={"amount": counted_amount}),
        "send_back": SendBackForm(),
    }
    forms |= {name: refused for name, form in forms.items() if type(form) is type(refused)}
    page = forms | {
        "hand_in": found,
        "received_by": people.names([found.received_by])[found.received_by],
        "lines": [
            (worth, number, money.rounded(worth * number, found.currency))
            for worth in cash_rules.denominations(found.currency)
            if (number := found.counted.get(str(worth), 0))
        ],
        "receipts": found.receipts.select_related("customer").order_by("pk"),
        "refused": refused,
        "may_receive": may_act and found.state == HandIn.State.HANDED_IN,
        "may_close": may_act and found.state == HandIn.State.RECEIVED,
        "may_send_back": may_act and found.state in (HandIn.State.HANDED_IN, HandIn.State.RECEIVED),
    }
    return render(request, "receivables/hand_in.html", page, status=status)


# Numbers


@require_safe
@only_for(*READS)
def numbers(request: HttpRequest) -> HttpResponse:
    """Void numbers, and those that are missing."""
    user = person(request)
    found = VoidNumbersFilter(request.GET, queryset=_of_reps(VoidNumber.objects.select_related("rep"), user))
    reps = None if user.sees_everything else User.objects.visible_to(user).values_list("pk", flat=True)
    return answer(
        request,
        table=VoidNumbersTable(found.qs),
        form=found.form,
        template="receivables/numbers.html",
        name="void-numbers",
        title=_("Receipt numbers"),
        as_of=_today(),
        context={"holes": cash_queries.receipt_holes(reps=reps), "may_void": user.role in (Role.REP, Role.FINANCE)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.REP, Role.FINANCE)
def void_number(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method != "POST":
        form = VoidForm(user=user, initial={"number": request.GET.get("number", "")})
        return render(request, "receivables/void_number.html", {"form": form})
    form = VoidForm(request.POST, user=user)

    def deed() -> str:
        rep, device, position = form.cleaned_data["number"]
        services.void_number(rep=rep, device=device, position=position, because=form.cleaned_data["because"], by=user)
        return _("Number %(number)s is void.") % {"number": cash_rules.number_of(rep.pk, device, position)}

    if form.is_valid() and once(request, form, "receivables.number_voided", deed):
        return redirect("receivables:numbers")
    return render(request, "receivables/void_number.html", {"form": form}, status=422)
