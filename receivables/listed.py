"""What the ledger's lists have otherwise than our book, document by document, as it was stored with each list.

Beside the events that a list has shown, `KnownToLedger` keeps what it says of a document on which the two differ:
"listed invoice 17 2026-11-24 70.000", and "… same" from the list on that has it as we do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from receivables.models import KnownToLedger

PREFIX = "listed "
SAME = "same"
Document = tuple[str, int]  # "invoice", "credit_note" or "payment" (what is left of it), by key


@dataclass(frozen=True, slots=True)
class Word:
    """What a list says is open of a document; None where it says what we say."""

    what: Document
    on: date
    theirs: Decimal | None

    @property
    def subject(self) -> str:
        kind, key = self.what
        return f"{PREFIX}{kind} {key} {self.on.isoformat()} {SAME if self.theirs is None else self.theirs}"


def newest(*, up_to: date) -> dict[Document, Word]:
    """The last word on each document that a list until this day had otherwise than we."""
    rows = KnownToLedger.objects.filter(subject__startswith=PREFIX, on__lte=up_to).order_by("on", "pk")
    words = (_word(subject) for subject in rows.values_list("subject", flat=True).iterator())
    return {word.what: word for word in words}


def of_day(on: date) -> Iterable[int]:
    """Keys of the rows that a list of this day left: another list of the same day says it anew."""
    return KnownToLedger.objects.filter(subject__startswith=PREFIX, on=on).values_list("pk", flat=True)


def _word(subject: str) -> Word:
    kind, key, on, theirs = subject.removeprefix(PREFIX).split()
    return Word((kind, int(key)), date.fromisoformat(on), None if theirs == SAME else Decimal(theirs))
