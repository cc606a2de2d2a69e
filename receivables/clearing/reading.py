"""What a payment or credit note was used for, as its page shows it: dated rows, and the rows that took them back."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from django.urls import reverse
from django.utils.translation import gettext as _

from common.templatetags import ui
from customers.models import Condition
from customers.queries import IN_OTHER_HANDS, runs
from receivables.models import Allocation, CreditNote, Payment, Refund


@dataclass(frozen=True, slots=True)
class Used:
    """One row; `correct_url` is where it is taken back, and empty where it is taken back already."""

    on: date
    entered_at: datetime
    words: str
    url: str
    amount: Decimal
    is_reversal: bool
    correct_url: str


def used(source: Payment | CreditNote) -> list[Used]:
    allocations = source.allocations.select_related("due_item__invoice", "charge__due_item__invoice", "reversed_by")
    refunds = source.refunds.select_related("exchange__into", "reverses__exchange__into", "reversed_by")
    rows = [_allocated(row) for row in allocations.order_by("pk")] + [_refunded(row) for row in refunds.order_by("pk")]
    return sorted(rows, key=attrgetter("on", "entered_at"))


def _allocated(row: Allocation) -> Used:
    if row.due_item is not None:
        words, url = row.due_item.invoice.number, reverse("desk:invoice", args=[row.due_item.invoice_id])
    else:
        charge = row.charge
        words = f"{charge.get_kind_display()} {charge.due_item.invoice.number}"  # type: ignore[union-attr]
        url = reverse("receivables:charge", args=[row.charge_id])
    return _row(row, row.applies_on, words, url, "receivables:take-back")


def _refunded(row: Refund) -> Used:
    exchanged = getattr(row.reverses or row, "exchange", None)
    if exchanged is None:
        return _row(row, row.paid_on, _("Refund"), "", "receivables:reverse-refund")
    words = _("Exchanged into %(currency)s at %(rate)s, %(source)s") % {
        "currency": exchanged.into.currency,
        "rate": f"{exchanged.rate.normalize():f}",
        "source": exchanged.source,
    }
    url = reverse("receivables:payment", args=[exchanged.into_id])
    return _row(row, row.paid_on, words, url, "receivables:reverse-refund")


def _row(row: Allocation | Refund, on: date, words: str, url: str, correct: str) -> Used:
    is_live = row.reverses_id is None and not hasattr(row, "reversed_by")
    correct_url = reverse(correct, args=[row.pk]) if is_live else ""
    return Used(on, row.entered_at, words, url, row.amount, row.reverses_id is not None, correct_url)


def reported_to(payment: Payment) -> str:
    """Money of a customer whose debts somebody else sees to is booked all the same, and reported to them; empty for
    everybody else.
    """
    if payment.reverses_id is not None:
        return ""
    running = Condition.objects.filter(
        runs(payment.counts_on), customer=payment.customer_id, kind__in=IN_OTHER_HANDS
    ).order_by("starts_on", "pk")
    said = [_reported(row) for row in running]
    return " ".join(said)


def _reported(row: Condition) -> str:
    facts = {"day": ui.day(row.starts_on), "reference": row.reference}
    words = {
        Condition.Kind.INSOLVENT.value: _(
            "Received after the insolvency was opened on %(day)s: tell the administrator."
        ),
        Condition.Kind.HANDED_OVER.value: _("Received after the hand-over of %(day)s: tell the agency or lawyer."),
        Condition.Kind.ASSIGNED.value: _("Received after the assignment of %(day)s: tell the assignee."),
    }
    found = words[row.kind] % facts
    return f"{found} ({row.reference})" if row.reference else found
