"""Reading what is here already: documents to compare a file with, files that came in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common import clock
from common.money import ZERO
from customers.models import Customer
from intake import report
from intake.comparing import Booked
from intake.models import File
from intake.report import Report
from intake.shipped import Loaded
from receivables.models import Allocation, CreditNote, DueItem, Invoice, Refund
from staff.models import User

AT_ONCE = 900  # keys in one statement: below the limit of every database


def chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def booked(numbers: Iterable[str]) -> dict[str, list[Booked]]:
    """By number, every invoice and credit note that is here."""
    found: dict[str, list[Booked]] = defaultdict(list)
    for some in chunks(numbers):
        items: dict[int, list[tuple[date | None, Decimal, date | None]]] = defaultdict(list)
        for key, due, left, settled_on in (
            DueItem.objects.filter(invoice__number__in=some)
            .order_by("invoice", "position")
            .values_list("invoice_id", "agreed_due_date", "open_amount", "settled_on")
        ):
            items[key].append((due, left, settled_on))
        for key, number, customer, amount, currency, issued_on in Invoice.objects.filter(number__in=some).values_list(
            "pk", "number", "customer__code", "amount", "currency", "issued_on"
        ):
            parts = items[key]
            found[number].append(
                Booked(
                    key=key,
                    kind="invoice",
                    number=number,
                    customer=customer,
                    amount=amount,
                    currency=currency,
                    issued_on=issued_on,
                    due_dates=tuple(part[0] for part in parts),
                    open_amount=sum((part[1] for part in parts), ZERO),
                    settled_on=max((part[2] for part in parts if part[2]), default=None),
                )
            )
        for row in CreditNote.objects.filter(number__in=some).select_related("customer"):
            found[row.number].append(
                Booked(
                    key=row.pk,
                    kind="credit_note",
                    number=row.number,
                    customer=row.customer.code,
                    amount=row.amount,
                    currency=row.currency,
                    issued_on=row.issued_on,
                    due_dates=(row.due_date,),
                    open_amount=row.unapplied_amount,
                    settled_on=None,
                )
            )
    return found


Moment = tuple[int | None, ...]


def moment() -> Moment:
    """The newest rows of the book: unchanged means that what was compared a moment ago still holds."""
    return tuple(
        model.objects.aggregate(newest=Max("pk"))["newest"]
        for model in (Customer, Invoice, CreditNote, Allocation, Refund)
    )


def customer_keys(codes: Iterable[str]) -> dict[str, int]:
    return {
        code: key
        for some in chunks(codes)
        for code, key in Customer.objects.filter(code__in=some).values_list("code", "pk")
    }


def owners(usernames: Iterable[str]) -> dict[str, User]:
    """Reps by their name for signing in."""
    return {user.username: user for some in chunks(usernames) for user in User.objects.reps().filter(username__in=some)}


def stored(sha256: str, profile: Loaded) -> File | None:
    """The import of exactly this file by this profile, if its rows were stored."""
    return File.objects.filter(
        sha256=sha256,
        profile=profile.name,
        profile_hash=profile.sha256,
        kind=profile.profile.kind,
        state=File.State.STORED,
    ).first()


KINDS = {"invoice": _("Invoices"), "credit_note": _("Credit notes"), "payment": _("Payments")}


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


def preview(file: File) -> Preview:
    done = report.from_json(file.report)
    waiting = file.state == File.State.WAITING
    return Preview(
        pk=file.pk,
        name=file.name,
        profile=file.profile,
        is_waiting=waiting,
        received_by=file.received_by,
        received_on=clock.business_day(file.received_at),
        stored_on=clock.business_day(file.stored_at) if file.stored_at else None,
        report=done,
        can_store_all=waiting and not done.has_problems,
        can_store_good=waiting and done.has_problems and not done.unreadable and done.taken > 0,
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
    )


def _figures(done: Report) -> tuple[Figure, ...]:
    return (
        Figure(_("New documents"), done.invoices_added + done.credit_notes_added),
        Figure(_("New customers"), done.customers_added),
        Figure(_("Settled or part paid"), done.settled + done.changed),
        Figure(_("Unchanged"), done.unchanged),
        Figure(_("Duplicates"), done.duplicates),
        Figure(_("Refused rows"), done.refused_rows),
    )


@dataclass(frozen=True, slots=True)
class FileRow:
    """One line of the list of files."""

    name: str
    url: str
    profile: str
    state: str
    received_at: datetime
    received_by: str
    rows: int
    added: int
    settled: int
    unchanged: int
    refused: int


def file_rows(files: Iterable[File]) -> list[FileRow]:
    rows = []
    for file in files:
        done = report.from_json(file.report)
        rows.append(
            FileRow(
                name=file.name,
                url=reverse("intake:file", args=[file.pk]),
                profile=file.profile,
                state=file.get_state_display(),
                received_at=file.received_at,
                received_by=file.received_by,
                rows=done.rows,
                added=done.invoices_added + done.credit_notes_added,
                settled=done.settled + done.changed,
                unchanged=done.unchanged,
                refused=done.refused_rows,
            )
        )
    return rows
