"""The documents that are here already, as a file is compared with them: by number, and as they were on a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.db.models import Q, QuerySet

from common import clock
from common.columns import MoneySum
from common.days import ONE_DAY
from common.money import ZERO
from intake.comparing import Booked
from intake.models import Difference
from intake.open_items import LATE, PAPER, RECEIPT, BookOfDay, Here, InHand, Unapplied
from receivables import journal_events
from receivables.models import (
    Allocation,
    CreditNote,
    DueItem,
    Invoice,
    Paper,
    PaperLine,
    Payment,
    Receipt,
    ReceiptLine,
    Refund,
)

AT_ONCE = 900  # keys in one statement: below the limit of every database


def chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def by_number(numbers: Iterable[str]) -> dict[str, list[Booked]]:
    """By number, every invoice and credit note that is here."""
    found: dict[str, list[Booked]] = defaultdict(list)
    for some in chunks(numbers):
        for one in (*_invoices(Q(invoice__number__in=some)), *_credit_notes(Q(number__in=some))):
            found[one.number].append(one)
    return found


def _invoices(which: Q) -> Iterator[Booked]:
    """Invoices by their due items: what is open is the sum of these."""
    rows = (
        DueItem.objects.filter(which)
        .order_by("invoice", "position")
        .values_list(
            "invoice_id",
            "invoice__number",
            "invoice__customer__code",
            "invoice__amount",
            "currency",
            "invoice__issued_on",
            "pk",
            "agreed_due_date",
            "due_date",
            "open_amount",
            "settled_on",
        )
    )
    for (key, number, customer, amount, currency, issued_on), items in groupby(rows.iterator(), itemgetter(*range(6))):
        keys, agreed, in_force, left, settled = zip(*(item[6:] for item in items), strict=True)
        yield Booked(
            key=key,
            kind="invoice",
            number=number,
            customer=customer,
            amount=amount,
            currency=currency,
            issued_on=issued_on,
            due_dates=agreed,
            open_amount=sum(left, ZERO),
            settled_on=max((day for day in settled if day), default=None),
            items=keys,
            in_force=in_force,
        )


def _credit_notes(which: Q) -> Iterator[Booked]:
    for row in CreditNote.objects.filter(which, reverses=None).select_related("customer").order_by("pk").iterator():
        yield Booked(
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


# --- the book of a day --------------------------------------------------------------------------


class _Days:
    """What moved the open amounts after the day, and the money of the last days that the ledger may not have yet."""

    def __init__(self, day: date) -> None:
        self.after: dict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
        self.recent: dict[tuple[str, int], list[Decimal]] = defaultdict(list)
        allocations = (("invoice", "due_item__invoice"), ("credit_note", "credit_note"))
        for kind, column in allocations:
            self._add(kind, Allocation.objects.filter(applies_on__gt=day), column)
        self._add("credit_note", Refund.objects.filter(paid_on__gt=day), "credit_note")
        live = Allocation.objects.filter(_lately("applies_on", day), reverses=None, reversed_by=None)
        ours = live.exclude(payment__reported_by_ledger=True, payment__receipt=None, payment__paper=None)
        for kind, column in allocations:
            for key, amount in (
                ours.filter(**{f"{column}__isnull": False}).order_by("-pk").values_list(column, "amount")
            ):
                self.recent[kind, key].append(amount)

    def _add(self, kind: str, rows: object, column: str) -> None:
        sums = rows.filter(**{f"{column}__isnull": False}).order_by().values_list(column)  # type: ignore[attr-defined]
        for key, total in sums.annotate(total=MoneySum("amount")):
            self.after[kind, key] += total

    def of(self, booked: Booked) -> Here:
        what = (booked.kind, booked.key)
        return Here(booked, booked.open_amount + self.after.get(what, ZERO), tuple(self.recent.get(what, ())))


def _lately(column: str, day: date) -> Q:
    """It counts from, or was entered in, the last days up to this one."""
    since = day - LATE
    return Q(**{f"{column}__lte": day}) & (
        Q(**{f"{column}__gte": since}) | Q(entered_at__gte=clock.end_of(since - ONE_DAY))
    )


def of_day(
    numbers: Iterable[str], *, day: date, segments: Sequence[str] = (), opening_on: date | None = None
) -> BookOfDay:
    """All that a list of a day is compared with; `segments` where it covers only these."""
    days = _Days(day)
    covered = Q(invoice__segment__in=segments) if segments else Q()
    covered_notes = Q(segment__in=segments) if segments else Q()
    theirs = ~Q(pk__in=journal_events.credit_not_told(by=day))  # what the ledger never heard of cannot vanish from it
    waiting = set(Invoice.objects.not_in_ledger().values_list("pk", flat=True))
    invoices = list(_invoices(covered & Q(open_amount__gt=0, invoice__issued_on__lte=day)))
    notes = _credit_notes(covered_notes & theirs & Q(unapplied_amount__gt=0, issued_on__lte=day))
    still = [*(one for one in invoices if one.key not in waiting), *notes]
    return BookOfDay(
        by_number={number: [days.of(one) for one in several] for number, several in by_number(numbers).items()},
        open=[days.of(one) for one in still],
        made_here=[days.of(one) for one in invoices if one.key in waiting],
        in_hand=in_hand(day),
        unapplied=_unapplied(),
        kept=frozenset(one.identity for one in Difference.objects.filter(state=Difference.State.KEPT)),
        waiting=frozenset(one.identity for one in Difference.objects.open()),
        opening_on=opening_on,
    )


def one_of_day(number: str, *, what: tuple[str, int], day: date) -> Here | None:
    """One document as it was at the end of a day."""
    days = _Days(day)
    for one in by_number([number]).get(number, ()):
        if (one.kind, one.key) == what:
            return days.of(one)
    return None


def in_hand(day: date) -> list[InHand]:
    """Receipts that wait, and papers that are neither honoured nor come back."""
    receipts = Receipt.objects.filter(state=Receipt.State.PROVISIONAL, received_on__lte=day)
    papers = Paper.objects.filter(state__in=Paper.WAITS, received_on__lte=day)
    named = _named(ReceiptLine.objects.filter(receipt__in=receipts), "receipt")
    covered = _named(PaperLine.objects.filter(paper__in=papers), "paper")
    found = [_money(row, RECEIPT, row.received_on, named[row.pk]) for row in receipts.select_related("customer")]
    return found + [_money(row, PAPER, row.matures_on, covered[row.pk]) for row in papers.select_related("customer")]


def _named(lines: "QuerySet[ReceiptLine] | QuerySet[PaperLine]", whose: str) -> dict[int, dict[int, Decimal]]:
    """By receipt or paper, what it is meant to settle of each invoice."""
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for key, invoice, amount in lines.values_list(whose, "due_item__invoice", "amount"):
        found[key][invoice] += amount
    return found


def _money(row: Receipt | Paper, what: str, starts_on: date, lines: dict[int, Decimal]) -> InHand:
    return InHand(
        what, row.pk, row.number, row.customer.code, row.currency, row.received_on, starts_on, row.amount, dict(lines)
    )


def _unapplied() -> list[Unapplied]:
    rows = Payment.objects.filter(unapplied_amount__gt=0, reverses=None).order_by("pk")
    return [
        Unapplied(*values)
        for values in rows.values_list("pk", "customer__code", "currency", "counts_on", "unapplied_amount")
    ]
