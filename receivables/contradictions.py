"""Rows of money that contradict each other: no verb leaves them behind, a hand in the tables does.

Read by `check_books`. Each function looks at one thing and names what is wrong, each row as a sentence.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Model, Q, QuerySet

from common.columns import MoneySum
from common.money import ZERO
from receivables.models import (
    Allocation,
    Charge,
    CreditNote,
    DueItem,
    HandIn,
    JournalRow,
    PaperLine,
    Payment,
    Receipt,
    ReceiptLine,
    Refund,
    WriteOff,
)
from receivables.models.methods import EXCHANGE


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at, over how many rows, and which are wrong."""

    name: str
    checked: int
    broken: list[str]


def look(*, most: int) -> list[Looked]:
    """Every contradiction; no more than so many rows of one are named."""
    looks: tuple[tuple[str, type[Model], Callable[[], Iterator[str]]], ...] = (
        ("I1 receipts are what was booked of them", Receipt, _receipts),
        ("I1 hand-ins are their receipts", HandIn, _hand_ins),
        ("I1 write-offs are as they were decided", WriteOff, _write_offs),
        ("I2 settled on the last day that settled", DueItem, _settled),
        ("I3 items are their invoice's", DueItem, _items),
        ("I12 nothing counts before it was there", Allocation, _days),
        ("I12 reversals are of their row", Allocation, _reversals),
        ("I12 the journal is what happened", JournalRow, _told),
    )
    return [Looked(name, model._default_manager.count(), _first(find(), most)) for name, model, find in looks]


def _first(found: Iterator[str], most: int) -> list[str]:
    return [row for row, _place in zip(found, range(most), strict=False)]


def _said(rows: QuerySet[Any], wrong: str) -> Iterator[str]:
    """Each of these rows with what is wrong about it."""
    noun = rows.model._meta.verbose_name
    for key in rows.order_by("pk").values_list("pk", flat=True):
        yield f"{noun} {key}: {wrong}"


# Days


def _days() -> Iterator[str]:
    """An allocation counts when both of its ends are there, a reversal not before its row."""
    for day in (
        *("due_item__invoice__issued_on", "charge__claimed_on", "payment__counts_on"),
        *("credit_note__issued_on", "write_off__decided_on"),
    ):
        yield from _said(Allocation.objects.filter(applies_on__lt=F(day)), f"counts before {day.split('__')[0]}")
    for day in ("payment__counts_on", "credit_note__issued_on"):
        yield from _said(Refund.objects.filter(paid_on__lt=F(day)), "paid out before the money was there")
    for model, column in REVERSED:
        yield from _said(model.objects.filter(**{f"{column}__lt": F(f"reverses__{column}")}), "before what it reverses")
        yield from _said(model.objects.filter(entered_at__lt=F("reverses__entered_at")), "entered before it")
    moved = Payment.objects.filter(Q(counts_on__lt=F("received_on")) | ~Q(method=EXCHANGE[0]))
    yield from _said(moved.exclude(counts_on=F("received_on")), "counts on another day than it was received")


REVERSED: tuple[tuple[Any, str], ...] = (
    (Allocation, "applies_on"),
    (Refund, "paid_on"),
    (Payment, "counts_on"),
    (CreditNote, "issued_on"),
    (Charge, "claimed_on"),
)


def _settled() -> Iterator[str]:
    """Something settled is settled on the latest day on which anything applied to it."""
    items = DueItem.objects.filter(open_amount=0)
    charges = Charge.objects.filter(open_amount=0, reverses=None, reversed_by=None)
    wrong = Q(settled_on=None) | Q(last=None) | ~Q(settled_on=F("last"))
    for rows in (items, charges):
        dated = rows.annotate(last=Max("allocations__applies_on"))
        yield from _said(dated.filter(wrong), "settled on another day than its last allocation")


# Ends


def _items() -> Iterator[str]:
    rows = DueItem.objects
    yield from _said(rows.exclude(customer=F("invoice__customer")), "another customer than its invoice")
    yield from _said(rows.exclude(currency=F("invoice__currency")), "another currency than its invoice")
    charges = Charge.objects
    yield from _said(charges.exclude(customer=F("due_item__customer")), "another customer than its item")
    yield from _said(charges.exclude(currency=F("due_item__currency")), "another currency than its item")


def _reversals() -> Iterator[str]:
    """A reversal has the ends of its row."""
    of: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (Allocation, ("due_item", "charge", "payment", "credit_note", "write_off")),
        (Refund, ("payment", "credit_note")),
        (Payment, ("customer", "currency")),
        (CreditNote, ("customer", "currency")),
        (Charge, ("customer", "currency", "due_item")),
    )
    for model, columns in of:
        for column in columns:
            yield from _said(model.objects.filter(_differs(column), reverses__isnull=False), f"another {column}")


def _differs(column: str) -> Q:
    """Of a reversal and its row: one of them is empty, or both are and not the same."""
    here, there = Q(**{f"{column}__isnull": True}), Q(**{f"reverses__{column}__isnull": True})
    return (here & ~there) | (~here & there) | (~here & ~there & ~Q(**{column: F(f"reverses__{column}")}))


# Money in the field


def _receipts() -> Iterator[str]:
    """A verified receipt is a payment or a paper of its customer, amount and day; no other receipt is."""
    verified = Receipt.objects.filter(state=Receipt.State.VERIFIED)
    yield from _said(verified.filter(payment=None, paper=None), "verified, and neither a payment nor a paper")
    for end in ("payment", "paper"):
        booked = Receipt.objects.filter(**{f"{end}__isnull": False})
        yield from _said(booked.exclude(state=Receipt.State.VERIFIED), f"not verified, and a {end} of it")
        for column in ("customer", "currency", "amount", "received_on"):
            yield from _said(booked.exclude(**{column: F(f"{end}__{column}")}), f"its {end} has another {column}")
    yield from _beyond(ReceiptLine, "receipt")
    yield from _beyond(PaperLine, "paper")


def _beyond(lines: type[ReceiptLine] | type[PaperLine], of: str) -> Iterator[str]:
    """Meant for more than there is."""
    totals = lines.objects.order_by().values_list(of, f"{of}__amount").annotate(total=MoneySum("amount"))
    for key, amount, total in totals.iterator():
        if total > amount:
            yield f"{of} {key}: {amount}, meant for {total}"


def _hand_ins() -> Iterator[str]:
    """What was expected is what the receipts come to; one that was sent back has none."""
    rows = Receipt.objects.filter(hand_in__isnull=False).order_by()
    sums = dict(rows.values_list("hand_in").annotate(total=MoneySum("amount")))
    for key, state, expected, counted, difference in HandIn.objects.order_by("pk").values_list(
        "pk", "state", "expected_amount", "counted_amount", "difference"
    ):
        found = sums.get(key, ZERO)
        if found != (ZERO if state == HandIn.State.SENT_BACK else expected):
            yield f"hand-in {key}: {expected} expected, its receipts come to {found}"
        if counted - expected != difference:
            yield f"hand-in {key}: {counted} counted of {expected}, a difference of {difference}"
    others = rows.exclude(currency=F("hand_in__currency")) | rows.exclude(rep=F("hand_in__rep"))
    yield from _said(others, "in a hand-in of another rep or currency")


# What was given up


def _write_offs() -> Iterator[str]:
    """Only what is granted stands in the books, and nothing that was given up for the sake of money that is gone."""
    standing = Q(allocations__reverses=None, allocations__reversed_by=None, allocations__isnull=False)
    granted = WriteOff.objects.filter(state=WriteOff.State.GRANTED)
    yield from _said(WriteOff.objects.exclude(pk__in=granted).filter(standing).distinct(), "not granted, and booked")
    gone = Q(payment__reversed_by__isnull=False) | Q(credit_note__reversed_by__isnull=False)
    waiting = WriteOff.objects.filter(state__in=(WriteOff.State.ASKED, WriteOff.State.GRANTED))
    yield from _said(waiting.filter(gone), "for the sake of money that is gone")
    by_rule = granted.filter(payment__isnull=False, due_item__isnull=False).exclude(by_rule="").order_by("pk")
    used = Allocation.objects.filter(payment__in=by_rule.values("payment"), due_item__isnull=False).order_by()
    rows = used.values_list("payment", "due_item").annotate(total=MoneySum("amount"))
    settled = {(payment, item): total for payment, item, total in rows}
    for key, payment, item in by_rule.values_list("pk", "payment", "due_item"):
        if settled.get((payment, item)) == ZERO:
            yield f"write-off {key}: closed by rule with payment {payment}, which settles nothing of that item now"


# The journal


def _told() -> Iterator[str]:
    """What went out to the company's ledger and was not taken back is there, with the amount that was told."""
    of: dict[str, Any] = {
        "payment": Payment,
        "credit note": CreditNote,
        "refund": Refund,
        "allocation": Allocation,
        "charge": Charge,
    }
    living = JournalRow.objects.filter(reverses=None, is_taken_back=False)
    for noun, model in of.items():
        told: dict[int, Decimal] = defaultdict(Decimal)
        rows = living.filter(subject__startswith=f"{noun} ").values_list("subject", "amount")
        for subject, amount in rows.iterator():
            told[int(subject.removeprefix(f"{noun} "))] += amount
        amounts = dict(model.objects.values_list("pk", "amount").iterator()) if told else {}
        for key, amount in told.items():
            if key not in amounts:
                yield f"{noun} {key}: {amount} was told to the ledger, and is not there"
            elif abs(amounts[key]) != amount:
                yield f"{noun} {key}: {abs(amounts[key])}, told to the ledger as {amount}"
