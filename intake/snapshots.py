"""Snapshots: what stands in the way of one, what it books beside its new documents, and its differences."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import Actor
from common import clock
from common.money import ZERO
from common.templatetags import ui
from customers import queries as families
from customers.models import Customer
from intake import booked, booking, queries, questions, snapshot
from intake.models import Difference, File
from intake.open_items import PAPER, RECEIPT, Findings, Matched
from intake.profile import Profile
from intake.reading import Reading
from receivables import services as receivables
from receivables.book import Explained, InHand, Listed
from receivables.models import Invoice
from staff.models import Business


def compare(read: Reading, profile: Profile, *, day: date) -> Findings:
    """The list beside our book of its day."""
    first = queries.first_snapshot()
    book = booked.of_day(
        (document.number for document in read.documents),
        day=day,
        segments=profile.snapshot.segments,
        opening_on=queries.opening_on() or first,
    )
    findings = snapshot.compare(
        read,
        book,
        day=day,
        unique_by=profile.documents.unique_by,
        has_amount=any(profile.has(name) for name in ("amount", "debit", "credit")),
        has_due="due_on" in read.columns or "terms" in read.columns,
    )
    findings.takes_over = first is None and not Invoice.objects.exists()
    return findings


def hindrance(read: Reading, profile: Profile, *, day: date) -> str:
    """Why this list cannot be stored, whoever confirms it."""
    newest = queries.newest_snapshot(profile.snapshot.segments)
    if newest is not None and day < newest:
        return _(
            "This list is of %(day)s, and one of %(newest)s is here already. Nothing was imported: an older list "
            "would undo the newer one. Import the newest list."
        ) % {"day": ui.day(day), "newest": ui.day(newest)}
    if read.unknown:
        return ngettext(
            "The number of %(count)d refused row cannot be read, so its document would count as settled. "
            "Nothing was imported; correct the file and import it again.",
            "The numbers of %(count)d refused rows cannot be read, so their documents would count as settled. "
            "Nothing was imported; correct the file and import it again.",
            read.unknown,
        ) % {"count": read.unknown}
    return ""


def doubt(findings: Findings) -> str:
    """What a person has to confirm, since it may be a broken export."""
    if not findings.is_doubtful:
        return ""
    if findings.is_empty:
        return _("The list is empty: all open items would be settled. Check the export, or confirm it.")
    return _(
        "%(vanished)d of %(known)d open items would be settled, more than 30 per cent. "
        "Check that the list is complete, or confirm it."
    ) % {"vanished": findings.vanished, "known": findings.known}


def touched(findings: Findings) -> set[str]:
    """The customers to lock: those of the list, those whose items may vanish, and their payers' families."""
    codes = {here.booked.customer for here in findings.covered}
    moved = {match.money.customer for match in findings.matched} | findings.applied_customers
    for customer in Customer.objects.filter(code__in=sorted(moved)):
        codes |= set(Customer.objects.filter(pk__in=families.family(customer)).values_list("code", flat=True))
    return codes


def book(read: Reading, findings: Findings, profile: Profile, *, by: Actor) -> None:
    """The money that the list shows, beside its new documents; and what the ledger needs not be told any more."""
    explained = Explained(
        on=findings.day,
        in_hand=tuple(_in_hand(match) for match in findings.matched),
        applied=tuple(findings.applied),
    )
    receivables.explain_falls(rows=explained, by=by)
    for rows in booking.falls(findings):
        receivables.record_book(rows=rows, on=findings.day, by=by)
    receivables.note_known(
        listed=Listed(
            on=findings.day,
            open_amounts=findings.listed,
            unread=frozenset((*read.left_out, *findings.unread)),
            segments=tuple(profile.snapshot.segments),
            on_account=frozenset(findings.on_account),
        )
    )


def _in_hand(match: Matched) -> InHand:
    money = match.money
    return InHand(
        over=match.over,
        receipt=money.key if money.what == RECEIPT else None,
        paper=money.key if money.what == PAPER else None,
    )


def close(read: Reading, findings: Findings, file: File, profile: Profile, *, by: Actor) -> None:
    """What stays of a stored list: its differences, its control totals, the take-over day."""
    _note_differences(findings, file, profile, left_out=read.left_out)
    if findings.takes_over:
        Business.objects.filter(opening_on=None).update(opening_on=findings.day)
    if profile.snapshot.control_total and not read.refused:
        totals = dict.fromkeys((here.booked.currency for here in findings.covered), ZERO)
        for document in read.documents:
            sign = 1 if document.kind == "invoice" else -1
            totals[document.currency] = totals.get(document.currency, ZERO) + sign * document.open_amount
        for currency, amount in totals.items():
            receivables.state_total(currency=currency, on=findings.day, amount=amount, source=file.name, by=by)


def _note_differences(findings: Findings, file: File, profile: Profile, *, left_out: Iterable[str]) -> None:
    """New ones are shown, known ones wait on, and those that the list does not have any more are gone."""
    waiting = {one.identity: one for one in _covered(profile).exclude(number__in=list(left_out))}
    found = {one.identity: one for one in findings.differences}
    now = clock.now()
    gone = [one.pk for identity, one in waiting.items() if identity not in found]
    Difference.objects.filter(pk__in=gone).update(state=Difference.State.GONE, decided_at=now)
    keys = queries.customer_keys(one.here.booked.customer for one in found.values())
    Difference.objects.bulk_create(
        [
            questions.row(one, file, keys[one.here.booked.customer], findings.day)
            for identity, one in found.items()
            if identity not in waiting
        ],
        batch_size=500,
    )
    questions.mark()


def _covered(profile: Profile) -> "QuerySet[Difference]":
    segments = profile.snapshot.segments
    rows = Difference.objects.open().select_related("customer")
    return rows.filter(Q(invoice__segment__in=segments) | Q(credit_note__segment__in=segments)) if segments else rows
