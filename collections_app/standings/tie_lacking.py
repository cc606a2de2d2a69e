"""What the ledger did not have from us at the end of a day: events, invoices made here, and what its list says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from collections_app.standings.tie_rules import Cause, Lacking
from common import clock
from common.money import ZERO
from receivables import journal_events, listed
from receivables.journal_rules import RECEIPT
from receivables.models import (
    Allocation,
    CreditNote,
    DueItem,
    Invoice,
    JournalRow,
    KnownToLedger,
    Payment,
    Refund,
)

AT_ONCE = 500
BILLED_HERE, LISTED = "invoice made here", "item of the list"
Told = datetime | None  # when the ledger got it: None, not yet


@dataclass(slots=True)
class _Found:
    """By currency, and which rows of money these are."""

    untold: dict[str, list[Cause]] = field(default_factory=lambda: defaultdict(list))
    late: dict[str, list[Cause]] = field(default_factory=lambda: defaultdict(list))
    billed: dict[str, list[Cause]] = field(default_factory=lambda: defaultdict(list))
    settled: dict[str, list[Cause]] = field(default_factory=lambda: defaultdict(list))
    listed: dict[str, list[Cause]] = field(default_factory=lambda: defaultdict(list))
    allocations: dict[int, Told] = field(default_factory=dict)
    payments: dict[int, Told] = field(default_factory=dict)  # money in hand that a later list has matched


def on(day: date) -> dict[str, Lacking]:
    """By currency."""
    found = _Found()
    _events(day, found)
    _billed_here(day, found)
    _listed_otherwise(day, found)
    codes = {code for some in (found.untold, found.late, found.billed, found.settled, found.listed) for code in some}
    return {
        code: Lacking(
            untold=found.untold[code],
            late=found.late[code],
            billed=found.billed[code],
            settled=found.settled[code],
            listed=found.listed[code],
        )
        for code in codes
    }


def _events(day: date, found: _Found) -> None:
    """What we count on the day and the ledger did not have at its end: not told yet; or told, or shown by its own
    list, on a later day."""
    told = _told_after(day)
    for event in journal_events.waiting(up_to=day, known_before=clock.end_of(day)):
        since = told.get(event.subject)
        if event.noun == "allocation":
            found.allocations[event.key] = since
        if event.effect:
            what, number = event.bookings[0].kind, event.document_number or event.subject
            into = found.untold if since is None else found.late
            into[event.currency].append(Cause(what, number, event.customer_code, event.effect, since))
    later = {int(subject.split()[1]): since for subject, since in told.items() if subject.startswith("payment ")}
    for some in _chunks(later):
        rows = Payment.objects.filter(pk__in=some, reported_by_ledger=True, counts_on__lte=day)
        for payment in rows.select_related("customer").order_by("pk"):
            found.payments[payment.pk] = later[payment.pk]
            cause = Cause(RECEIPT, str(payment), payment.customer.code, -payment.amount, later[payment.pk])
            found.late[payment.currency].append(cause)


def _told_after(day: date) -> dict[str, datetime]:
    """By subject, when the ledger got what it did not have at the end of the day: from our journal or by itself."""
    end = clock.end_of(day)
    rows = JournalRow.objects.filter(reverses=None, is_taken_back=False, batch__made_at__gte=end, counts_on__lte=day)
    told: dict[str, datetime] = dict(rows.values_list("subject", "batch__made_at"))
    shown = KnownToLedger.objects.filter(on__gt=day).exclude(subject__startswith=listed.PREFIX)
    for subject, since in shown.values_list("subject", "on"):
        told[subject] = min(told.get(subject, datetime.max.replace(tzinfo=end.tzinfo)), clock.end_of(since))
    return told


def _billed_here(day: date, found: _Found) -> None:
    """Made here, and in no list until the day. One that was settled by then may be in no list ever: it is lacking
    together with the money on it, and the ledger has both once it has that."""
    later = Allocation.objects.filter(due_item__invoice=OuterRef("pk"), applies_on__gt=day)
    is_open = Exists(DueItem.objects.filter(invoice=OuterRef("pk"), open_amount__gt=0)) | Exists(later)
    rows = Invoice.objects.filter(Q(listed_on=None) | Q(listed_on__gt=day), made_here=True, issued_on__lte=day)
    rows = rows.select_related("customer").order_by("pk")
    for invoice in rows.filter(is_open).iterator():
        since = clock.end_of(invoice.listed_on) if invoice.listed_on else None
        found.billed[invoice.currency].append(_billed(invoice, since))
    money: dict[int, list[Told]] = defaultdict(list)
    for key, invoice_key in _on_invoices(found):
        money[invoice_key].append(key)
    for some in _chunks(money):
        for invoice in rows.filter(~is_open, pk__in=some):
            times = money[invoice.pk]
            since = None if None in times else max(one for one in times if one is not None)
            found.settled[invoice.currency].append(_billed(invoice, since))


def _billed(invoice: Invoice, since: Told) -> Cause:
    return Cause(BILLED_HERE, invoice.number, invoice.customer.code, invoice.amount, since)


def _on_invoices(found: _Found) -> Iterator[tuple[Told, int]]:
    """When the ledger got each row of money that it lacks, with the invoice made here that it settles."""
    of_ours = Allocation.objects.filter(due_item__invoice__made_here=True)
    columns = ("pk", "payment", "due_item__invoice")
    for column, told in (("pk", found.allocations), ("payment", found.payments)):
        for some in _chunks(told):
            for key, payment, invoice in of_ours.filter(**{f"{column}__in": some}).values_list(*columns):
                yield told[key if column == "pk" else payment], invoice


def _listed_otherwise(day: date, found: _Found) -> None:
    """Document by document, by how much ours was higher than the newest list until the day says, less what the events
    that the ledger lacks explain of that."""
    words = {what: word for what, word in listed.newest(up_to=day).items() if word.theirs is not None}
    _items(words, found)
    _notes(words, found)
    _left_of_money(words, found)


Words = Mapping[listed.Document, listed.Word]


def _of(kind: str, words: Words) -> dict[int, tuple[date, Decimal]]:
    return {
        key: (word.on, word.theirs) for (found, key), word in words.items() if found == kind and word.theirs is not None
    }


def _items(words: Words, found: _Found) -> None:
    theirs = _of("invoice", words)
    for some in _chunks(theirs):
        more: dict[int, Decimal] = defaultdict(lambda: ZERO)  # than is there: our open amount of the list's day
        for key, amount in DueItem.objects.filter(invoice__in=some).values_list("invoice", "open_amount"):
            more[key] += amount
        columns = ("pk", "payment", "due_item__invoice", "applies_on", "amount")
        for pk, payment, key, applies_on, amount in Allocation.objects.filter(due_item__invoice__in=some).values_list(
            *columns
        ):
            if applies_on > theirs[key][0] or pk in found.allocations or payment in found.payments:
                more[key] += amount
        for invoice in Invoice.objects.filter(pk__in=some).select_related("customer").order_by("pk"):
            _add(found, invoice, invoice.number, more[invoice.pk] - theirs[invoice.pk][1])


def _notes(words: Words, found: _Found) -> None:
    theirs = _of("credit_note", words)
    for some in _chunks(theirs):
        used = _later("credit_note", theirs, some)
        for note in CreditNote.objects.filter(pk__in=some).select_related("customer").order_by("pk"):
            ours = note.unapplied_amount + used[note.pk]
            _add(found, note, note.number, theirs[note.pk][1] - ours)


def _left_of_money(words: Words, found: _Found) -> None:
    theirs = _of("payment", words)
    for some in _chunks(theirs.keys() - found.payments.keys()):
        used = _later("payment", theirs, some)
        for payment in Payment.objects.filter(pk__in=some).select_related("customer").order_by("pk"):
            ours = payment.unapplied_amount + used[payment.pk]
            _add(found, payment, str(payment), theirs[payment.pk][1] - ours)


def _later(source: str, theirs: Mapping[int, tuple[date, Decimal]], some: list[int]) -> dict[int, Decimal]:
    """What was used of these after the day of their list."""
    used: dict[int, Decimal] = defaultdict(lambda: ZERO)
    of = {f"{source}__in": some}
    for rows, day in ((Allocation.objects.filter(**of), "applies_on"), (Refund.objects.filter(**of), "paid_on")):
        for key, on_day, amount in rows.values_list(source, day, "amount"):
            used[key] += amount if on_day > theirs[key][0] else ZERO
    return used


def _add(found: _Found, row: Any, number: str, amount: Decimal) -> None:
    if amount != ZERO:
        found.listed[row.currency].append(Cause(LISTED, number, row.customer.code, amount))


def _chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
