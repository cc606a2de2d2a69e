"""What the ledger knows without the journal: its own list of open items shows it, so it must not be told again.

Finance books a transfer, the ledger books it from its bank statement, and the next list agrees with us. In the
journal the same money would reach the ledger a second time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from common import clock, days, numbers
from common.columns import MoneySum
from common.money import ZERO
from receivables import journal_events
from receivables.book import Listed
from receivables.models import Allocation, CreditNote, DueItem, Invoice, KnownToLedger, Payment
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
    return keep((subject for one in stories if ours.agrees(one) for subject in one.subjects), on=listed.on)


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
        self._invoices = {
            row.pk: row
            for some in _chunks(invoices)
            for row in Invoice.objects.filter(pk__in=some).only("number", "issued_on", "segment")
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
        """What the list says is open; None where it says nothing about it."""
        listed = self._listed
        if ("invoice", invoice.pk) in listed.open_amounts:
            return listed.open_amounts["invoice", invoice.pk]
        is_covered = not listed.segments or invoice.segment in listed.segments
        was_read = invoice.issued_on <= listed.on and invoice.number not in listed.unread
        return ZERO if is_covered and was_read else None


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
