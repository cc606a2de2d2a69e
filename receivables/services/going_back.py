"""Money and credit going back off what they settled, and with them whatever was given up for their sake.

A payment of 116.62 closed an invoice of 119.00, because 2.38 was a discount in time. When that money goes, the 2.38 is
open again as well: nobody has paid in time.
"""

from collections.abc import Iterator, Sequence

from django.db.models import Q, QuerySet

from audit import services as audit
from audit.services import Actor
from common import clock
from receivables.ledger import Posting
from receivables.models import Allocation, Charge, CreditNote, Payment, WriteOff

AT_ONCE = 500
ENDS = ("due_item__invoice", "charge", "payment", "credit_note", "write_off")
#: Why a request is declined that nobody can decide any more; kept with it as the rule.
MONEY_GONE, CHARGE_GONE = "its payment was taken back", "its charge was taken back"


def live(rows: QuerySet[Allocation]) -> list[Allocation]:
    """Allocations that stand, with both of their ends."""
    return list(rows.filter(reverses=None, reversed_by=None).select_related(*ENDS).order_by("pk"))


def take_back(book: Posting, rows: Sequence[Allocation], *, by: Actor, because: str) -> None:
    """Undo allocations of one payment or credit note, and what was given up with it.

    A rule closed an item as a whole. It is open again, so what a rule closed beside other money goes as well.
    """
    _fall(book, rows, _with_its_money(rows) | ~Q(by_rule=""), by=by, because=because)


def take_back_alone(book: Posting, rows: Sequence[Allocation], *, by: Actor, because: str) -> None:
    """The same where the company's ledger has said how much is open: what other money closed stays closed."""
    _fall(book, rows, _with_its_money(rows), by=by, because=because)


def end_with_money(book: Posting, source: Payment | CreditNote, *, by: Actor, because: str) -> None:
    """Nothing that was given up for the sake of this money outlives it, wherever it was."""
    _end(book, WriteOff.objects.filter(_for_the_sake_of(source)), rule=MONEY_GONE, by=by, because=because)


def end_with_charge(book: Posting, charge: Charge, *, by: Actor, because: str) -> None:
    """A charge that should not have been: what was given up of it, or should have been, ends with it."""
    _end(book, WriteOff.objects.filter(charge=charge), rule=CHARGE_GONE, by=by, because=because)


def reverse(book: Posting, off: WriteOff, *, by: Actor, because: str) -> None:
    """A granted write-off that should not stand: what still is of it comes back as open."""
    book.take_back(live(Allocation.objects.filter(write_off=off)), on=book.on)
    WriteOff.objects.filter(pk=off.pk).update(state=WriteOff.State.REVERSED)
    after = {"because": because, "on": book.on}
    audit.record(verb="receivables.write_off_reversed", subject=off, by=by, after=after)


def _for_the_sake_of(source: Payment | CreditNote) -> Q:
    return Q(payment=source) if isinstance(source, Payment) else Q(credit_note=source)


def _with_its_money(rows: Sequence[Allocation]) -> Q:
    found = Q(pk__in=[])
    for source in {row.payment or row.credit_note for row in rows} - {None}:
        found |= _for_the_sake_of(source)  # type: ignore[arg-type]
    return found


def _fall(book: Posting, rows: Sequence[Allocation], wanted: Q, *, by: Actor, because: str) -> None:
    book.take_back(rows, on=book.on)
    for items in _items(rows):
        found = WriteOff.objects.filter(wanted, due_item__in=items)
        _end(book, found, rule=MONEY_GONE, by=by, because=because)


def _items(rows: Sequence[Allocation]) -> Iterator[list[int]]:
    keys = sorted({row.due_item_id for row in rows if row.due_item_id})
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def _end(book: Posting, offs: QuerySet[WriteOff], *, rule: str, by: Actor, because: str) -> None:
    """What is granted is reversed; what is asked is declined, for there is nothing left to decide."""
    for off in offs.filter(state__in=(WriteOff.State.ASKED, WriteOff.State.GRANTED)).order_by("pk"):
        if off.state == WriteOff.State.GRANTED:
            reverse(book, off, by=by, because=because)
        else:
            _decline(book, off, rule=rule, by=by, because=because)


def _decline(book: Posting, off: WriteOff, *, rule: str, by: Actor, because: str) -> None:
    WriteOff.objects.filter(pk=off.pk).update(
        state=WriteOff.State.DECLINED,
        by_rule=rule,
        decided_on=max(book.on, off.asked_on),
        decided_at=clock.now(),
    )
    after = {"because": because, "rule": rule}
    audit.record(verb="receivables.write_off_declined", subject=off, by=by, after=after)
