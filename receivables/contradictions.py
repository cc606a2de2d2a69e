"""Rows of money that contradict each other: no verb leaves them behind, a hand in the tables does.

Read by `check_books`. Each function looks at one thing and names what is wrong, each row as a sentence.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import F, Max, Model, Q, QuerySet

from common import broken_rows
from common.broken_rows import amount
from common.columns import MoneySum, exact
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
    """What was looked at, over how many rows, and which are wrong; `more` are not named."""

    name: str
    checked: int
    broken: list[str]
    more: int = 0


def look(*, most: int) -> list[Looked]:
    """Every contradiction; no more than so many rows of one are named, the others counted."""
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
    return [_looked(name, model, find(), most) for name, model, find in looks]


def _looked(name: str, model: type[Model], found: Iterator[str], most: int) -> Looked:
    named = list(islice(found, most))
    return Looked(name, model._default_manager.count(), named, more=sum(1 for _sentence in found))


def _said(rows: QuerySet[Any], wrong: str) -> Iterator[str]:
    """Each of these rows with what is wrong about it."""
    noun = rows.model._meta.verbose_name
    for (key,) in broken_rows.of(rows.values_list("pk")):
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
    totals = lines.objects.order_by().values_list(of, f"{of}__amount").annotate(total=exact(MoneySum("amount")))
    for key, there, total in broken_rows.of(totals.filter(total__gt=F(f"{of}__amount"))):
        yield f"{of} {key}: {amount(there)}, meant for {amount(total)}"


HAND_INS = f"""
    SELECT * FROM (
        SELECT h.id, h.expected_amount, h.counted_amount, h.difference, receipts.amount,
            ROUND(CASE WHEN h.state = '{HandIn.State.SENT_BACK}' THEN 0 ELSE h.expected_amount END, 3)
                <> ROUND(COALESCE(receipts.amount, 0), 3) AS is_other,
            ROUND(h.counted_amount - h.expected_amount, 3) <> ROUND(h.difference, 3) AS is_miscounted
        FROM receivables_handin h
        LEFT JOIN (
            SELECT hand_in_id, SUM(amount) AS amount FROM receivables_receipt
            WHERE hand_in_id IS NOT NULL GROUP BY hand_in_id
        ) receipts ON receipts.hand_in_id = h.id
    ) hand_ins WHERE is_other OR is_miscounted"""  # noqa: S608  a state of our own


def _hand_ins() -> Iterator[str]:
    """What was expected is what the receipts come to; one that was sent back has none."""
    for key, expected, counted, difference, found, is_other, is_miscounted in broken_rows.rows(HAND_INS):
        if is_other:
            yield f"hand-in {key}: {amount(expected)} expected, its receipts come to {amount(found)}"
        if is_miscounted:
            yield (
                f"hand-in {key}: {amount(counted)} counted of {amount(expected)}, a difference of {amount(difference)}"
            )
    rows = Receipt.objects.filter(hand_in__isnull=False)
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
    for key, payment in broken_rows.rows(NOTHING_SETTLED):
        yield f"write-off {key}: closed by rule with payment {payment}, which settles nothing of that item now"


# A payment that has settled something of the item, and was taken off it again.
NOTHING_SETTLED = f"""
    SELECT w.id, w.payment_id FROM receivables_writeoff w
    JOIN receivables_allocation a ON a.payment_id = w.payment_id AND a.due_item_id = w.due_item_id
    WHERE w.state = '{WriteOff.State.GRANTED}' AND w.by_rule <> ''
    GROUP BY w.id, w.payment_id HAVING ROUND(SUM(a.amount), 3) = 0"""  # noqa: S608  a state of our own


# The journal


def _told() -> Iterator[str]:
    """What went out to the company's ledger and was not taken back is there, with the amount that was told."""
    of: dict[str, type[Model]] = {
        "payment": Payment,
        "credit note": CreditNote,
        "refund": Refund,
        "allocation": Allocation,
        "charge": Charge,
    }
    for noun, model in of.items():
        found = TOLD.format(noun=f"{noun} ", key_from=len(noun) + 2, length=len(noun) + 1, table=model._meta.db_table)
        for key, told, row, here in broken_rows.rows(found):
            if row is None:
                yield f"{noun} {key}: {amount(told)} was told to the ledger, and is not there"
            else:
                yield f"{noun} {key}: {amount(here)}, told to the ledger as {amount(told)}"


# A subject ends in its row's key. It is read as a number: so the row is looked up by its key on SQLite too.
TOLD = """
    SELECT told.key, told.amount, s.id, ABS(s.amount) FROM (
        SELECT CAST(SUBSTR(subject, {key_from}) AS bigint) AS key, SUM(amount) AS amount FROM receivables_journalrow
        WHERE reverses_id IS NULL AND NOT is_taken_back AND SUBSTR(subject, 1, {length}) = '{noun}' GROUP BY 1
    ) told LEFT JOIN {table} s ON s.id = told.key
    WHERE s.id IS NULL OR ROUND(ABS(s.amount), 3) <> ROUND(told.amount, 3)"""
