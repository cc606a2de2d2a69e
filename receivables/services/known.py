"""What the ledger knows without the journal: its own list of open items shows it, so it must not be told again.

Finance books a transfer, the ledger books it from its bank statement, and the next list agrees with us. In the
journal the same money would reach the ledger a second time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from common import clock, days, numbers
from common.columns import MoneySum
from common.money import ZERO
from receivables import journal_events
from receivables import listed as lists
from receivables.book import Listed
from receivables.models import Allocation, CreditNote, DueItem, Invoice, KnownToLedger, Payment, Refund
from receivables.services.journal import SERIES
from receivables.stories import Story, stories_of

AT_ONCE = 500


@transaction.atomic
def note_known(*, listed: Listed) -> int:
    """Mark the money of which the list shows all: it agrees with our book about every item that this money settles,
    and nothing of it is left. Returns how many events the journal leaves out from now on.
    """
    stories = [one for one in _untold() if not one.hides]
    ours = _Ours(stories, listed)
    _note_otherwise(listed)
    return keep((subject for one in stories if ours.agrees(one) for subject in one.subjects), on=listed.on)


@transaction.atomic
def note_listed(*, invoices: Iterable[int], on: date) -> None:
    """A list, or any other file of the ledger, has these: what was made here of them is in the ledger now."""
    waiting = set(Invoice.objects.not_in_ledger().values_list("pk", flat=True))
    for some in _chunks(waiting.intersection(invoices)):
        Invoice.objects.filter(pk__in=some).update(listed_on=on)


@transaction.atomic
def note_sources(sources: Iterable[Payment | CreditNote], *, on: date) -> None:
    """The ledger has this money, though on another item: nothing that happened with it so far is told again."""
    keys = {("payment" if isinstance(one, Payment) else "credit note", one.pk) for one in sources}
    keep((subject for one in _untold() if one.sources & keys for subject in one.subjects), on=on)


def keep(subjects: Iterable[str], *, on: date) -> int:
    """From the end of this day the ledger has these events."""
    rows = [KnownToLedger(subject=subject, on=on, entered_at=clock.now()) for subject in dict.fromkeys(subjects)]
    return len(KnownToLedger.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True))


def _untold() -> list[Story]:
    numbers.raise_to(SERIES, 0)  # held like an export, which would tell at this moment what is marked here
    return stories_of(journal_events.waiting(up_to=days.LAST))


class _Ours:
    """Our book of what some stories are about, beside the list: now, and as it was at the end of the list's day."""

    def __init__(self, stories: Sequence[Story], listed: Listed) -> None:
        self._listed = listed
        invoices = {key for one in stories for key in one.invoices}
        columns = ("number", "issued_on", "segment", "made_here", "listed_on")
        self._invoices = {
            row.pk: row for some in _chunks(invoices) for row in Invoice.objects.filter(pk__in=some).only(*columns)
        }
        self._open = _sums(DueItem, "invoice", "open_amount", invoices)
        self._later = _sums(Allocation, "due_item__invoice", "amount", invoices, applies_on__gt=listed.on)
        notes = {key for one in stories for kind, key in one.sources if kind == "credit note"}
        payments = {key for one in stories for kind, key in one.came_in if kind == "payment"}
        self._notes = {row.pk: row for some in _chunks(notes) for row in CreditNote.objects.filter(pk__in=some)}
        self._left = _sums(Payment, "pk", "unapplied_amount", payments - set(listed.on_account))

    def agrees(self, story: Story) -> bool:
        """What happened up to the list's day is compared as of that day; money of later days with all that is known."""
        if any(self._left.get(key, ZERO) for kind, key in story.came_in if kind == "payment"):
            return False
        notes = [key for kind, key in story.sources if kind == "credit note"]
        shown = [self._note_is_listed(key) for key in notes]
        is_past = story.last_on <= self._listed.on
        items = [self._item_is_listed(key, is_past=is_past) for key in story.invoices]
        return bool(items or notes) and all(items) and all(shown)

    def _item_is_listed(self, key: int, *, is_past: bool) -> bool:
        invoice = self._invoices[key]
        ours = self._open.get(key, ZERO) + (self._later.get(key, ZERO) if is_past else ZERO)
        return self._theirs(invoice) == ours

    def _note_is_listed(self, key: int) -> bool:
        """A note of which nothing is left has no row in the list; its items tell."""
        note = self._notes[key]
        theirs = self._listed.open_amounts.get(("credit_note", key))
        return note.unapplied_amount == (ZERO if theirs is None else theirs)

    def _theirs(self, invoice: Invoice) -> Decimal | None:
        return _theirs(invoice, self._listed)


def _theirs(invoice: Invoice, listed: Listed) -> Decimal | None:
    """What the list says is open; None where it says nothing about it."""
    if ("invoice", invoice.pk) in listed.open_amounts:
        return listed.open_amounts["invoice", invoice.pk]
    if invoice.is_not_in_ledger:  # it is not settled there, it was never there
        return None
    is_covered = not listed.segments or invoice.segment in listed.segments
    was_read = invoice.issued_on <= listed.on and invoice.number not in listed.unread
    return ZERO if is_covered and was_read else None


def _note_otherwise(listed: Listed) -> None:
    """Keep what the list has otherwise than our book of its day, so that a control total can be held against both
    item by item; and that it has by now as we do what an earlier list had otherwise.
    """
    KnownToLedger.objects.filter(pk__in=list(lists.of_day(listed.on))).delete()
    before = lists.newest(up_to=listed.on)
    differed = {what for what, word in before.items() if word.theirs is not None}
    pairs = {**_items(listed, differed), **_notes(listed), **_left_of_field_money(listed, differed)}
    words = []
    for what, (ours, theirs) in pairs.items():
        if ours != theirs:
            words.append(lists.Word(what, listed.on, theirs))
        elif what in differed:
            words.append(lists.Word(what, listed.on, None))
    keep((word.subject for word in words), on=listed.on)


Pairs = dict[lists.Document, tuple[Decimal, Decimal]]  # ours on the list's day, theirs


def _items(listed: Listed, differed: Iterable[lists.Document]) -> Pairs:
    ours: dict[int, Decimal] = defaultdict(lambda: ZERO)
    ours.update(_totals(DueItem.objects.filter(open_amount__gt=0), "invoice", "open_amount"))
    later = Allocation.objects.filter(applies_on__gt=listed.on, due_item__isnull=False)
    for key, amount in _totals(later, "due_item__invoice", "amount").items():
        ours[key] += amount
    theirs = {key: amount for (kind, key), amount in listed.open_amounts.items() if kind == "invoice"}
    silent = {key for key, amount in ours.items() if amount} | {key for kind, key in differed if kind == "invoice"}
    columns = ("number", "issued_on", "segment", "made_here", "listed_on")
    for some in _chunks(silent - theirs.keys()):
        for invoice in Invoice.objects.filter(pk__in=some).only(*columns):
            said = _theirs(invoice, listed)
            if said is not None:
                theirs[invoice.pk] = said
    return {("invoice", key): (ours[key], amount) for key, amount in theirs.items()}


def _notes(listed: Listed) -> Pairs:
    theirs = {key: amount for (kind, key), amount in listed.open_amounts.items() if kind == "credit_note"}
    ours = _sums(CreditNote, "pk", "unapplied_amount", theirs)
    used = _sums(Allocation, "credit_note", "amount", theirs, applies_on__gt=listed.on)
    back = _sums(Refund, "credit_note", "amount", theirs, paid_on__gt=listed.on)
    return {("credit_note", key): (ours[key] + used[key] + back[key], amount) for key, amount in theirs.items()}


def _left_of_field_money(listed: Listed, differed: Iterable[lists.Document]) -> Pairs:
    """A receipt or paper that a list has matched, of which the ledger has settled less than we have received."""
    rows = Payment.objects.filter(reported_by_ledger=True, reverses=None, counts_on__lte=listed.on)
    rows = rows.filter(Q(receipt__isnull=False) | Q(paper__isnull=False))
    if listed.segments:  # money is of no segment: only a list of the whole book says that it is not there
        return {}
    keys = set(rows.filter(unapplied_amount__gt=0).values_list("pk", flat=True))
    keys |= set(rows.filter(allocations__applies_on__gt=listed.on).values_list("pk", flat=True))
    keys |= {key for kind, key in differed if kind == "payment"}
    left = _sums(Payment, "pk", "unapplied_amount", keys)
    used = _sums(Allocation, "payment", "amount", keys, applies_on__gt=listed.on)
    back = _sums(Refund, "payment", "amount", keys, paid_on__gt=listed.on)
    return {
        ("payment", key): (ZERO if key in listed.on_account else left[key] + used[key] + back[key], ZERO)
        for key in keys
    }


def _totals(rows: QuerySet[Any], column: str, amount: str) -> dict[int, Decimal]:
    return dict(rows.order_by().values_list(column).annotate(total=MoneySum(amount)))


def _sums(model: type, column: str, amount: str, keys: Iterable[int], **only: object) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for some in _chunks(keys):
        rows = model.objects.filter(**{f"{column}__in": some}, **only)  # type: ignore[attr-defined]
        found.update(rows.order_by().values_list(column).annotate(total=MoneySum(amount)))
    return found


def _chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
