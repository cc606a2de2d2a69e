"""Falls that may be money in hand: the question stands with the money, so that nobody books it before a decision."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from audit.services import Actor
from common import clock
from common.money import ZERO
from intake import booked, explaining, open_items
from intake.models import Difference, File
from receivables import services as receivables
from receivables.book import Book, InHand, Settled


def row(one: open_items.Difference, file: File, customer: int, day: date) -> Difference:
    """The row of what the rule of lists has found."""
    kind, key = one.here.what
    money = one.in_hand
    return Difference(
        file=file,
        customer_id=customer,
        invoice_id=key if kind == "invoice" else None,
        credit_note_id=key if kind == "credit_note" else None,
        other_id=one.other.booked.key if one.other else None,
        due_item_id=one.item,
        receipt_id=money.key if money and money.what == open_items.RECEIPT else None,
        paper_id=money.key if money and money.what == open_items.PAPER else None,
        what=one.what,
        number=one.here.booked.number,
        currency=one.here.booked.currency,
        as_of=day,
        our_amount=one.our_amount,
        their_amount=one.their_amount,
        our_date=one.our_date,
        their_date=one.their_date,
        entered_at=clock.now(),
    )


def mark() -> None:
    """Receipts and papers of differences that wait; all others are free again."""
    waiting = Difference.objects.open().filter(what__in=Difference.IN_HAND).order_by("-pk")
    rows = list(waiting.values_list("receipt", "paper", "number"))
    receivables.put_in_question(
        receipts={receipt: number for receipt, _paper, number in rows if receipt},
        papers={paper: number for _receipt, paper, number in rows if paper},
    )


def same_money(difference: Difference) -> list[Difference]:
    """What else waits for the same receipt or paper: it is decided once."""
    waiting = Difference.objects.open().filter(what=difference.what)
    same = waiting.filter(receipt=difference.receipt, paper=difference.paper).exclude(pk=difference.pk)
    return list(same.select_related("customer", "invoice").order_by("pk"))


def book_as_in_hand(several: Sequence[Difference], *, by: Actor) -> None:
    """The receipt or paper settles what has fallen, in this order; what fell beyond it only the ledger knows of."""
    money, day = several[0].in_hand, several[0].as_of
    if money is None:
        raise TypeError(f"difference {several[0].pk} names no money in hand")  # the database's constraint forbids it
    invoices = [one.invoice_id for one in several]
    meant = money.lines.exclude(due_item__invoice__in=invoices).values_list("amount", flat=True)
    left = money.amount - sum(meant, ZERO)
    over: dict[int, Decimal] = {}
    beyond: list[Settled] = []
    for one in several:
        fall, key = fallen(one), one.invoice_id or 0
        part = min(fall, left)
        left -= part
        if part:
            over[key] = part
        if fall > part:
            beyond.append(Settled(key=key, on=day, amount=fall - part))
    taken = InHand(over=over, receipt=several[0].receipt_id, paper=several[0].paper_id)
    receivables.book_in_hand(money=taken, on=day, by=by)
    _report(beyond, day, by=by)


def ask_on(difference: Difference) -> Difference | None:
    """It is not this money in hand, but it may be another: that is the next question."""
    here, fall = _here(difference), fallen(difference)
    if here is None or not fall:
        return None
    waiting = booked.in_hand(difference.as_of)
    kept = {one.identity for one in Difference.objects.filter(state=Difference.State.KEPT, invoice=difference.invoice)}
    found = explaining.questions(open_items.Fall(here, fall, difference.their_amount or ZERO), waiting)
    following = next((one for one in found if one.identity not in kept), None)
    if following is None:
        return None
    asked = row(following, difference.file, difference.customer_id, difference.as_of)
    asked.save(force_insert=True)
    return asked


def book_as_other(difference: Difference, *, by: Actor) -> Decimal:
    """It was other money: a payment that only the ledger knew of. Returns how much."""
    fall = fallen(difference)
    if fall:
        settled = Settled(key=difference.invoice_id or 0, on=difference.as_of, amount=fall)
        _report([settled], difference.as_of, by=by)
    return fall


def fallen(difference: Difference) -> Decimal:
    """What the ledger has settled beyond our book, by all that is known now."""
    here = _here(difference)
    if here is None:
        return ZERO
    return max(min(here.then, here.booked.open_amount) - (difference.their_amount or ZERO), ZERO)


def _here(difference: Difference) -> open_items.Here | None:
    return booked.one_of_day(difference.number, what=("invoice", difference.invoice_id or 0), day=difference.as_of)


def _report(settled: list[Settled], on: date, *, by: Actor) -> None:
    if settled:
        receivables.record_book(rows=Book(settled_invoices=settled), on=on, by=by)
