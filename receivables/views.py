"""Doors of money, for finance: payments, and the receipts of reps to verify."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import clock
from common.lists import answer
from common.templatetags import ui
from receivables import cash_queries, queries, services
from receivables.clearing import matching
from receivables.filters import PaymentsFilter, ReceiptsFilter
from receivables.forms import PaymentForm, RefuseForm, VerifyForm
from receivables.models import Payment, PaymentMethod, Receipt
from receivables.once import once
from receivables.proposals import Proposal, Reason
from receivables.tables import PaymentsTable, ReceiptsTable
from staff import queries as people
from staff.access import only_for, person
from staff.models import Role

READS = (Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)


@require_safe
@only_for(*READS)
def payments(request: HttpRequest) -> HttpResponse:
    seen = Payment.objects.visible_to(person(request)).select_related("customer", "receipt", "reversed_by")
    found = PaymentsFilter(request.GET, queryset=seen)
    return answer(
        request,
        table=PaymentsTable(found.qs),
        form=found.form,
        template="receivables/payments.html",
        name="payments",
        title=_("Payments"),
        as_of=clock.business_today(),
        context={"may_record": _may_act(request)},
    )


@require_safe
@only_for(*READS)
def receipts(request: HttpRequest) -> HttpResponse:
    """Receipts that wait are shown unless a state is asked for."""
    seen = Receipt.objects.visible_to(person(request)).select_related("customer", "rep")
    asked = request.GET.copy()
    if "state" not in asked:
        asked["state"] = Receipt.State.PROVISIONAL
    found = ReceiptsFilter(asked, queryset=seen)
    return answer(
        request,
        table=ReceiptsTable(found.qs, may_decide=_may_act(request)),
        form=found.form,
        template="receivables/receipts.html",
        name="receipts",
        title=_("Receipts of reps"),
        as_of=clock.business_today(),
        context={"holes": cash_queries.receipt_holes()},
    )


@require_safe
@only_for(*READS)
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    return _receipt_page(request, pk, verify=VerifyForm(), refuse=RefuseForm(), status=200)


@require_POST
@only_for(Role.FINANCE)
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    form = VerifyForm(request.POST)
    found = get_object_or_404(Receipt.objects.visible_to(person(request)), pk=pk)

    def deed() -> str:
        payment = services.verify_receipt(receipt=found, by=person(request))
        return _("Receipt %(number)s is verified: %(amount)s booked.") % {
            "number": found.number,
            "amount": ui.money_text(payment.amount, payment.currency),
        }

    if form.is_valid() and once(request, form, "receivables.receipt_verified", deed):
        return redirect("receivables:receipts")
    return _receipt_page(request, pk, verify=form, refuse=RefuseForm(), status=422)


@require_POST
@only_for(Role.FINANCE)
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    form = RefuseForm(request.POST)
    found = get_object_or_404(Receipt.objects.visible_to(person(request)), pk=pk)

    def deed() -> str:
        services.refuse_receipt(receipt=found, because=form.cleaned_data["because"], by=person(request))
        return _("Receipt %(number)s is refused: its amount is asked for again.") % {"number": found.number}

    if form.is_valid() and once(request, form, "receivables.receipt_refused", deed):
        return redirect("receivables:receipts")
    return _receipt_page(request, pk, verify=VerifyForm(), refuse=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(Role.FINANCE)
def record_payment(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _payment_page(
            request, PaymentForm(user=person(request), initial={"customer": request.GET.get("customer", "")})
        )
    form = PaymentForm(request.POST, user=person(request))

    booked: list[Payment] = []

    def deed() -> str:
        values = {key: value for key, value in form.cleaned_data.items() if key not in ("key", "sure")}
        payment, named = _book(request, values)
        booked[:] = [payment]
        return _said(payment, named)

    if form.is_valid() and once(request, form, "receivables.received", deed):
        if booked and booked[0].unapplied_amount:
            return redirect("receivables:payment", pk=booked[0].pk)
        return redirect("receivables:payments")
    return _payment_page(request, form, status=422)


def _payment_page(request: HttpRequest, form: PaymentForm, status: int = 200) -> HttpResponse:
    page = {
        "form": form,
        "wanted": request.GET.get("customer", ""),
        "payers": queries.payers(person(request)),
        "chosen": form.chosen,
        "owed": queries.what_is_open(form.chosen) if form.chosen else None,
    }
    return render(request, "receivables/record_payment.html", page, status=status)


def _book(request: HttpRequest, values: dict[str, Any]) -> tuple[Payment, Proposal | None]:
    """Money settles what the payer or its reference names, or waits for the order; without a name the oldest first."""
    named = matching.named_by(
        values["reference"],
        values["named"],
        customer=values["customer"],
        amount=values["amount"],
        currency=values["currency"],
        on=values["received_on"],
    )
    if named is None:
        return services.record_payment(by=person(request), **values), None
    if order := named.proposal.order:
        values |= _for_order(order, values)
    payment = services.record_payment(by=person(request), lines=named.lines, charges=named.charges, **values)
    if named.shorts:
        services.settle(source=payment, lines=(), shorts=named.shorts, on=values["received_on"], by=person(request))
    return payment, named.proposal


def _for_order(number: str, values: dict[str, Any]) -> dict[str, Any]:
    """The gate finds the money by its reference; what the payer wrote there stays among what he named."""
    before = values["reference"]
    return {"reference": number, "named": [*values["named"], *([before] if before not in ("", number) else [])]}


def _said(payment: Payment, named: Proposal | None) -> str:
    facts = {
        "amount": ui.money_text(payment.amount, payment.currency),
        "customer": payment.customer.name,
        "rest": ui.money_text(payment.unapplied_amount, payment.currency),
    }
    if payment.unapplied_amount and named is not None and named.order:
        facts["order"] = named.order
        return _("%(amount)s of %(customer)s booked; %(rest)s waits for order %(order)s.") % facts
    if payment.unapplied_amount:
        return _("%(amount)s of %(customer)s booked; %(rest)s is unapplied.") % facts
    if named is not None and named.reason == Reason.NAMED:
        return _("%(amount)s of %(customer)s booked and allocated to what the payer names.") % facts
    if named is not None and named.reason == Reason.REFERENCE:
        return _("%(amount)s of %(customer)s booked and allocated to what the reference names.") % facts
    return _("%(amount)s of %(customer)s booked and allocated, oldest first.") % facts


def _receipt_page(
    request: HttpRequest, pk: int, *, verify: VerifyForm, refuse: RefuseForm, status: int
) -> HttpResponse:
    seen = Receipt.objects.visible_to(person(request)).select_related("customer", "rep", "payment", "hand_in", "paper")
    found = get_object_or_404(seen, pk=pk)
    page = {
        "receipt": found,
        "decided_by": people.names([found.decided_by])[found.decided_by],
        "lines": found.lines.select_related("due_item__invoice").order_by("pk"),
        "verify": verify,
        "refuse": refuse,
        "may_decide": _may_act(request) and found.state == Receipt.State.PROVISIONAL,
        "is_carried": Receipt.objects.cash_in_hand().filter(pk=found.pk).exists(),
        "may_keep": found.method in (PaymentMethod.CHEQUE, PaymentMethod.BILL),
    }
    return render(request, "receivables/receipt.html", page, status=status)


def _may_act(request: HttpRequest) -> bool:
    return person(request).role == Role.FINANCE
