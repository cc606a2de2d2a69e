"""What the page of one file shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.templatetags import ui
from intake import report
from intake.models import Difference, File
from intake.problems import SHOWN
from intake.profile import RECEIVABLES
from intake.report import Report
from staff import queries as people

KINDS = {
    "invoice": _("Invoices"),
    "credit_note": _("Credit notes"),
    "payment": _("Payments"),
    "opening": _("Opening entries"),
    "shipment": _("Shipments"),
}

BEHIND = {report.MONEY: _("Money booked here"), "invoice": _("Invoice made here")}


@dataclass(frozen=True, slots=True)
class Figure:
    label: str | Promise
    count: int


@dataclass(frozen=True, slots=True)
class Total:
    """What new documents or money of a kind sum to, in one currency."""

    currency: str
    kind: str | Promise
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Shown:
    """A difference as the page tells it; without addresses where there is nothing to decide, or not yet."""

    number: str
    customer: str
    what: str | Promise
    ours: str
    theirs: str
    state: str | Promise = ""
    accept_url: str = ""
    keep_url: str = ""
    review_url: str = ""  # a question that needs its page


@dataclass(frozen=True, slots=True)
class Behind:
    """An invoice that was made here, or a document on which money was booked here, that the ledger has not yet."""

    number: str
    customer: str
    what: str | Promise
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything the page of one file shows."""

    pk: int
    name: str
    profile: str
    is_waiting: bool
    received_by: str
    received_on: date
    stored_on: date | None
    report: Report
    can_store_all: bool
    can_store_good: bool
    refused_rows_url: str
    confirm_url: str
    drop_url: str
    figures: tuple[Figure, ...]
    totals: tuple[Total, ...]
    as_of: date | None
    differences: tuple[Shown, ...]
    behind: tuple[Behind, ...]


def preview(file: File) -> Preview:
    done = report.from_json(file.report)
    waiting = file.state == File.State.WAITING
    may_store = waiting and not done.hindrance and not done.already_imported
    return Preview(
        pk=file.pk,
        name=file.name,
        profile=file.profile,
        is_waiting=waiting,
        received_by=people.names([file.received_by])[file.received_by],
        received_on=clock.business_day(file.received_at),
        stored_on=clock.business_day(file.stored_at) if file.stored_at else None,
        report=done,
        can_store_all=may_store and not done.has_problems,
        can_store_good=may_store and done.has_problems and not done.unreadable and done.taken > 0,
        refused_rows_url=reverse("intake:refused_rows", args=[file.pk])
        if done.refused_rows and not done.unreadable
        else "",
        confirm_url=reverse("intake:confirm", args=[file.pk]),
        drop_url=reverse("intake:drop", args=[file.pk]),
        figures=_figures(done),
        totals=tuple(
            Total(row["currency"], KINDS.get(row["kind"], row["kind"]), row["count"], Decimal(row["amount"]))
            for row in done.totals
        ),
        as_of=date.fromisoformat(done.as_of) if done.as_of else None,
        differences=tuple(_foreseen(one) for one in done.differences) if waiting else tuple(_stored(file)),
        behind=tuple(
            Behind(
                row["number"],
                row["customer"],
                BEHIND[row.get("what", report.MONEY)],
                row["currency"],
                Decimal(row["amount"]),
            )
            for row in done.behind
        ),
    )


def _foreseen(one: Mapping[str, Any]) -> Shown:
    what = Difference.What(one["what"])
    ours, theirs = one["ours"], one["theirs"]
    if what == Difference.What.ELSEWHERE:
        return Shown(one["number"], one["customer"], what.label, ours, theirs)
    if what == Difference.What.DUE_DATE:
        ours, theirs = (_day(date.fromisoformat(text) if text else None) for text in (ours, theirs))
    else:
        ours, theirs = (_amount(Decimal(text), one["currency"]) for text in (ours, theirs))
    if what in Difference.IN_HAND:
        ours = _with_money(ours, one["in_hand"])
    return Shown(one["number"], one["customer"], what.label, ours, theirs)


def _stored(file: File) -> Iterator[Shown]:
    """The differences that this file was the first to show, and what became of them."""
    named = Difference.objects.filter(file=file).select_related("customer", "other", "receipt", "paper")
    for row in named.order_by("pk")[:SHOWN]:
        is_open = row.state == Difference.State.OPEN
        is_plain = is_open and row.in_hand is None
        yield Shown(
            row.number,
            row.customer.name,
            row.get_what_display(),
            ours(row),
            theirs(row),
            row.get_state_display(),
            reverse("intake:accept", args=[row.pk]) if is_plain else "",
            reverse("intake:keep", args=[row.pk]) if is_plain else "",
            reverse("intake:difference", args=[row.pk]) if is_open and not is_plain else "",
        )


def ours(row: Difference) -> str:
    if row.other is not None:
        return row.number
    if row.our_amount is None:
        return _day(row.our_date)
    amount = _amount(row.our_amount, row.currency)
    return _with_money(amount, row.in_hand.number) if row.in_hand else amount


def theirs(row: Difference) -> str:
    if row.other is not None:
        return row.other.number
    if row.their_amount is not None:
        return _amount(row.their_amount, row.currency)
    return _day(row.their_date)


def fallen(row: Difference) -> Decimal | None:
    """The amount that the question is about, where money in hand, or on another invoice, may be it."""
    if row.other is not None:
        return row.our_amount
    if row.in_hand is not None and row.our_amount is not None and row.their_amount is not None:
        return row.our_amount - row.their_amount
    return None


def _with_money(amount: str, number: str) -> str:
    return gettext("%(amount)s, and %(number)s in hand") % {"amount": amount, "number": number}


def _amount(amount: Decimal, currency: str) -> str:
    return ui.written(amount, currency, symbol=True)


def _day(day: date | None) -> str:
    return ui.day(day) if day else gettext("no due date")


def _figures(done: Report) -> tuple[Figure, ...]:
    if done.kind != RECEIVABLES:
        return (
            *_agreed_figures(done),
            Figure(_("Changed"), done.changed),
            Figure(_("Unchanged"), done.unchanged),
            Figure(_("Duplicates"), done.duplicates),
            Figure(_("Refused rows"), done.refused_rows),
        )
    figures = [
        Figure(_("New documents"), done.invoices_added + done.credit_notes_added),
        Figure(_("New customers"), done.customers_added),
        Figure(_("Settled or part paid"), done.settled + done.changed),
        Figure(_("Unchanged"), done.unchanged),
        Figure(_("Duplicates"), done.duplicates),
        Figure(_("Refused rows"), done.refused_rows),
    ]
    if done.as_of:
        figures += [
            Figure(_("Reported by the ledger"), done.reported),
            Figure(_("Receipts matched"), done.matched_receipts),
            Figure(_("Opening entries"), done.opening_entries),
            Figure(_("To decide"), done.to_decide),
        ]
    return tuple(figures)


def _agreed_figures(done: Report) -> tuple[Figure, ...]:
    if done.kind == "contracts":
        return (Figure(_("New contracts"), done.contracts_added),)
    if done.kind == "price-lines":
        return Figure(_("New price lines"), done.price_lines_added), Figure(_("New products"), done.products_added)
    return (
        Figure(_("New shipments"), done.shipments_added),
        Figure(_("Still planned"), done.shipments_planned),
        Figure(_("Invoices linked"), done.invoices_linked),
    )
