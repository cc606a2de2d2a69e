"""Events that the ledger was not told, put together by the money that they are about.

A transfer, what it settles and what it was exchanged into are one story: the ledger has it as a whole, or not yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from receivables.journal_events import Event
from receivables.models import Allocation, CreditNote, FxDifference, Payment, Refund

AT_ONCE = 500
Source = tuple[str, int]  # a payment, credit note or write-off, by key


@dataclass(slots=True)
class Story:
    """`came_in` are the sources of which the ledger has not even the receipt. `hides` says that no list of open
    items could show it: it takes back what was told, or settles a charge.
    """

    events: list[Event] = field(default_factory=list)
    sources: set[Source] = field(default_factory=set)
    came_in: set[Source] = field(default_factory=set)
    invoices: set[int] = field(default_factory=set)
    hides: bool = False

    @property
    def subjects(self) -> list[str]:
        return [event.subject for event in self.events]

    @property
    def last_on(self) -> date:
        return max(event.counts_on for event in self.events)


@dataclass(frozen=True, slots=True)
class Part:
    """What one event is about. `takes_back` is the subject that it reverses."""

    sources: tuple[Source, ...]
    came_in: bool = False
    invoice: int | None = None
    charge: int | None = None
    takes_back: str = ""


def stories_of(events: Iterable[Event]) -> list[Story]:
    """In the order of their first events. Charges and reps' cash are no money of customers and tell no story."""
    told = [event for event in events if event.noun in _READERS]
    parts = _parts(told)
    untold = {event.subject for event in told}
    found: dict[Source, Story] = {}
    for event in told:
        part = parts[event.noun, event.key]
        story = _joined([found[key] for key in part.sources if key in found])
        story.events.append(event)
        story.sources.update(part.sources)
        if part.came_in and not part.takes_back:
            story.came_in.update(part.sources)
        if part.invoice is not None:
            story.invoices.add(part.invoice)
        goes_back = part.takes_back and (part.came_in or part.takes_back not in untold)
        story.hides = story.hides or part.charge is not None or bool(goes_back)
        found.update(dict.fromkeys(story.sources, story))
    return list({id(story): story for story in found.values()}.values())


def _joined(several: list[Story]) -> Story:
    """One story of those that turn out to hang together."""
    into = several[0] if several else Story()
    for other in several[1:]:
        if other is not into:
            into.events += other.events
            into.sources |= other.sources
            into.came_in |= other.came_in
            into.invoices |= other.invoices
            into.hides = into.hides or other.hides
    return into


def _parts(events: list[Event]) -> dict[tuple[str, int], Part]:
    keys: dict[str, list[int]] = {}
    for event in events:
        keys.setdefault(event.noun, []).append(event.key)
    return {
        (noun, key): part
        for noun, some in keys.items()
        for start in range(0, len(some), AT_ONCE)
        for key, part in _READERS[noun](some[start : start + AT_ONCE])
    }


Parts = Iterator[tuple[int, Part]]


def _payments(keys: list[int]) -> Parts:
    for key, reverses in Payment.objects.filter(pk__in=keys).values_list("pk", "reverses"):
        back = f"payment {reverses}" if reverses else ""
        yield key, Part((("payment", reverses or key),), came_in=True, takes_back=back)


def _credit_notes(keys: list[int]) -> Parts:
    for key, reverses in CreditNote.objects.filter(pk__in=keys).values_list("pk", "reverses"):
        back = f"credit note {reverses}" if reverses else ""
        yield key, Part((("credit note", reverses or key),), came_in=True, takes_back=back)


def _allocations(keys: list[int]) -> Parts:
    columns = ("pk", "reverses", "payment", "credit_note", "write_off", "due_item__invoice", "charge")
    for key, reverses, payment, note, off, invoice, charge in Allocation.objects.filter(pk__in=keys).values_list(
        *columns
    ):
        source = ("payment", payment) if payment else ("credit note", note) if note else ("write-off", off)
        back = f"allocation {reverses}" if reverses else ""
        yield key, Part((source,), invoice=invoice, charge=charge, takes_back=back)


def _refunds(keys: list[int]) -> Parts:
    columns = ("pk", "reverses", "payment", "credit_note", "exchange__into", "reverses__exchange__into")
    for key, reverses, payment, note, into, was_into in Refund.objects.filter(pk__in=keys).values_list(*columns):
        source: Source = ("payment", payment) if payment else ("credit note", note)
        exchanged = into or was_into
        linked = (("payment", exchanged),) if exchanged else ()
        yield key, Part((source, *linked), takes_back=f"refund {reverses}" if reverses else "")


def _exchanges(keys: list[int]) -> Parts:
    for key, into in FxDifference.objects.filter(pk__in=keys).values_list("pk", "into"):
        yield key, Part((("payment", into),))


_READERS = {
    "payment": _payments,
    "credit note": _credit_notes,
    "allocation": _allocations,
    "refund": _refunds,
    "exchange": _exchanges,
}
