"""Reading what has not gone back to the company's ledger yet: one event for each row of money, reversals included.

Nothing that the ledger knows is among them: not what it reported, nor what hangs on that (allocations, refunds,
reversals), nor what its own list has shown, nor the opening entries of the take-over.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from common import clock
from common.columns import MoneySum
from common.money import ZERO
from receivables import journal_rules as rules
from receivables import queries
from receivables.journal_rules import Bookings
from receivables.models import (
    Allocation,
    Charge,
    CreditNote,
    FxDifference,
    HandIn,
    JournalRow,
    KnownToLedger,
    Payment,
    Refund,
)
from receivables.models.methods import OPENING


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened here and belongs into the ledger. `key` is of the row `noun` that it books.

    `is_counted` is False for what hangs on a charge that the ledger does not have: it changes no balance yet.
    """

    noun: str
    key: int
    counts_on: date
    customer_code: str
    document_number: str
    currency: str
    text: str
    bookings: Bookings
    ending: str = ""
    is_counted: bool = True

    @property
    def subject(self) -> str:
        return f"{self.noun} {self.key}{self.ending}"

    @property
    def effect(self) -> Decimal:
        """What it changes of the customers' balance."""
        return rules.effect(self.bookings) if self.is_counted else ZERO


@dataclass(frozen=True, slots=True)
class Wanted:
    """Events until a day that no living row has; `known_before`: rows of batches made later do not count."""

    up_to: date
    known_before: datetime | None = None

    def untold(
        self, rows: QuerySet[Any], noun: str, kinds: tuple[str, ...], *related: str, ending: str = ""
    ) -> Iterator[Any]:
        """Those rows that are not told yet, with what belongs to them. Compared here: a join over text is slow."""
        told = self._told(noun, kinds, ending)
        keys = [key for key in rows.order_by("pk").values_list("pk", flat=True).iterator() if key not in told]
        for start in range(0, len(keys), AT_ONCE):
            part = rows.model._default_manager.filter(pk__in=keys[start : start + AT_ONCE])
            yield from part.select_related(*related).order_by("pk")

    def _told(self, noun: str, kinds: tuple[str, ...], ending: str) -> set[int]:
        rows = JournalRow.objects.filter(
            kind__in=kinds, subject__startswith=f"{noun} ", reverses=None, is_taken_back=False
        )
        if self.known_before is not None:
            rows = rows.filter(batch__made_at__lt=self.known_before)
        return _keys(rows.values_list("subject", flat=True).iterator(), noun, ending) | self.known(noun, ending)

    def known(self, noun: str, ending: str = "") -> set[int]:
        """What the ledger's own lists have shown."""
        rows = KnownToLedger.objects.filter(subject__startswith=f"{noun} ")
        if self.known_before is not None:
            rows = rows.filter(on__lte=self.up_to)
        return _keys(rows.values_list("subject", flat=True).iterator(), noun, ending)


def _keys(subjects: Iterable[str], noun: str, ending: str) -> set[int]:
    """Of subjects such as "payment 17" the numbers, of those with this ending."""
    numbers = (subject.removeprefix(f"{noun} ") for subject in subjects if subject.endswith(ending))
    return {int(number) for text in numbers if (number := text.removesuffix(ending)).isdecimal()}


AT_ONCE = 500


def credit_not_told(*, by: date) -> set[int]:
    """Keys of our own credit notes, not used up, that the ledger did not have at the end of a day."""
    wanted = Wanted(by, clock.end_of(by))
    rows = CreditNote.objects.filter(reported_by_ledger=False, reverses=None, unapplied_amount__gt=0)
    return {row.pk for row in wanted.untold(rows, "credit note", (rules.CREDIT_NOTE, rules.VAT))}


def waiting(*, up_to: date, known_before: datetime | None = None) -> list[Event]:
    """Events of this day or earlier that are in no living row, in the order of the file.

    What depends on something is read before it, so that no settlement goes out before its money or charge.
    """
    wanted = Wanted(up_to, known_before)
    readers: tuple[Callable[[Wanted], Iterator[Event]], ...] = (
        _given_up,
        _allocations,
        _exchanges,
        _exchanges_reversed,
        _refunds,
        _charges,
        _credit_notes,
        _payments,
        _hand_ins,
        _deposits,
    )
    found = [event for read in readers for event in read(wanted) if event.bookings and event.counts_on <= up_to]
    return sorted(found, key=_place)


def _place(event: Event) -> tuple[date, int, int, str]:
    return event.counts_on, rules.KINDS.index(event.bookings[0].kind), event.key, event.ending


OURS = Q(reported_by_ledger=False) & ~Q(method=OPENING[0])
FROM_OURS = Q(payment__reported_by_ledger=False) & ~Q(payment__method=OPENING[0])
FROM_OUR_CREDIT = Q(credit_note__reported_by_ledger=False)


def _payments(wanted: Wanted) -> Iterator[Event]:
    rows = Payment.objects.filter(OURS, counts_on__lte=wanted.up_to)
    for row in wanted.untold(rows, "payment", (rules.RECEIPT, rules.EXCHANGE), "customer"):
        bookings = rules.receipt(row.method, row.amount)
        yield _event(
            "payment",
            row,
            day=row.counts_on,
            customer=row.customer,
            number=row.reference,
            text=row.method,
            bookings=bookings,
        )


def _credit_notes(wanted: Wanted) -> Iterator[Event]:
    """A linked one carries the tax share of its invoice; of a free one the share is not known."""
    rows = CreditNote.objects.filter(reported_by_ledger=False, issued_on__lte=wanted.up_to)
    for row in wanted.untold(rows, "credit note", (rules.CREDIT_NOTE, rules.VAT), "customer", "invoice"):
        of = row.invoice
        tax = (
            rules.vat_share(of.vat_amount, part=row.amount, whole=of.amount, currency=of.currency)
            if of is not None and of.vat_amount
            else ZERO
        )
        bookings = rules.credit_note(row.amount, tax)
        yield _event(
            "credit note",
            row,
            day=row.issued_on,
            customer=row.customer,
            number=row.number,
            text=of.number if of else "",
            bookings=bookings,
        )


def _refunds(wanted: Wanted) -> Iterator[Event]:
    rows = Refund.objects.filter(FROM_OURS | FROM_OUR_CREDIT, paid_on__lte=wanted.up_to)
    exchanged = set(FxDifference.objects.values_list("refund", flat=True))
    for row in wanted.untold(
        rows, "refund", (rules.REFUND, rules.EXCHANGE), "payment__customer", "credit_note__customer"
    ):
        source = row.payment or row.credit_note
        is_exchange = (row.reverses_id or row.pk) in exchanged
        bookings = rules.refund(row.amount, is_exchange=is_exchange)
        yield _event(
            "refund",
            row,
            day=row.paid_on,
            customer=source.customer,
            number=str(source),
            text="",
            bookings=bookings,
            currency=source.currency,
        )


def _charges(wanted: Wanted) -> Iterator[Event]:
    """A charge counts from the day on which it goes to the ledger, not from the day it was claimed."""
    rows = Charge.objects.filter(claimed_on__lte=wanted.up_to)
    for row in wanted.untold(rows, "charge", (rules.CHARGE,), "customer", "due_item__invoice", "reverses"):
        day, is_counted = _booked(row.reverses or row, row.claimed_on, wanted)
        number, bookings = row.due_item.invoice.number, rules.charge(row.kind, row.amount)
        yield _event(
            "charge",
            row,
            day=day,
            customer=row.customer,
            number=number,
            text=row.basis,
            bookings=bookings,
            is_counted=is_counted,
        )


def _allocations(wanted: Wanted) -> Iterator[Event]:
    """Of an account that another one pays for, the text names the payer."""
    rows = Allocation.objects.filter(FROM_OURS | FROM_OUR_CREDIT, applies_on__lte=wanted.up_to)
    sources = ("payment__customer", "credit_note__customer")
    for row in wanted.untold(rows, "allocation", (rules.ALLOCATION,), *TARGET, *sources):
        source = row.payment or row.credit_note
        owner, number, day, is_counted = _settled(row, wanted)
        text = str(source) if source.customer_id == owner.pk else f"paid by {source.customer.code}"
        bookings = rules.allocation(row.amount)
        yield _event(
            "allocation",
            row,
            day=day,
            customer=owner,
            number=number,
            text=text,
            bookings=bookings,
            currency=source.currency,
            is_counted=is_counted,
        )


def _given_up(wanted: Wanted) -> Iterator[Event]:
    rows = Allocation.objects.filter(write_off__isnull=False, applies_on__lte=wanted.up_to)
    for row in wanted.untold(rows, "allocation", (*rules.GIVEN_UP, rules.VAT), *TARGET, "write_off"):
        off = row.write_off
        owner, number, day, is_counted = _settled(row, wanted)
        tax = rules.vat_share(off.vat_amount, part=row.amount, whole=off.amount, currency=off.currency)
        bookings, text = rules.given_up(off.code, row.amount, tax), off.because or off.by_rule
        yield _event(
            "allocation",
            row,
            day=day,
            customer=owner,
            number=number,
            text=text,
            bookings=bookings,
            currency=off.currency,
            is_counted=is_counted,
        )


def _exchanges(wanted: Wanted) -> Iterator[Event]:
    """What an exchange won or lost; the money itself moves by its refund and payment."""
    rows = _our_exchanges().filter(exchanged_on__lte=wanted.up_to)
    for row in wanted.untold(rows, "exchange", (rules.EXCHANGE,), "into__customer"):
        yield _exchange_event(row, row.exchanged_on, row.difference, "")


def _exchanges_reversed(wanted: Wanted) -> Iterator[Event]:
    rows = _our_exchanges().filter(refund__reversed_by__paid_on__lte=wanted.up_to)
    related = ("into__customer", "refund__reversed_by")
    for row in wanted.untold(rows, "exchange", (rules.EXCHANGE,), *related, ending=BACK):
        yield _exchange_event(row, row.refund.reversed_by.paid_on, -row.difference, BACK)


BACK = " reversed"


def _our_exchanges() -> Any:
    return FxDifference.objects.filter(into__reported_by_ledger=False, difference__isnull=False)


def _exchange_event(row: FxDifference, day: date, amount: Decimal, ending: str) -> Event:
    bookings, text = rules.exchange_difference(amount), f"rate {row.rate.normalize():f} {row.source}"
    base = queries.base_currency()
    return _event(
        "exchange",
        row,
        day=day,
        customer=row.into.customer,
        number=row.into.reference,
        text=text,
        bookings=bookings,
        currency=base,
        ending=ending,
    )


def _hand_ins(wanted: Wanted) -> Iterator[Event]:
    """The difference of a rep's cash counts from the day on which finance signs it."""
    rows = HandIn.objects.filter(received_at__lt=clock.end_of(wanted.up_to)).exclude(difference=0)
    for row in wanted.untold(rows, "hand-in", (rules.HAND_IN,), "rep"):
        day, bookings = clock.business_day(row.received_at), rules.hand_in_difference(row.difference)
        text = f"{row.rep.get_username()}: {row.difference_code}"
        yield _event("hand-in", row, day=day, customer=None, number=row.slip_number, text=text, bookings=bookings)


def _deposits(wanted: Wanted) -> Iterator[Event]:
    """Of the cash that came to the bank, what went through our cash account: the ledger has the rest by itself."""
    rows = HandIn.objects.filter(banked_on__lte=wanted.up_to)
    theirs = _cash_of_the_ledger(wanted)
    for row in wanted.untold(rows, "hand-in", (rules.DEPOSIT,), "rep"):
        bookings = rules.deposit(row.counted_amount - theirs.get(row.pk, ZERO))
        text = f"{row.rep.get_username()}: {row.bank_reference}"
        yield _event(
            "hand-in", row, day=row.banked_on, customer=None, number=row.slip_number, text=text, bookings=bookings
        )


def _cash_of_the_ledger(wanted: Wanted) -> dict[int, Decimal]:
    """By hand-in, the receipts that the ledger reported as paid, or of which its list has shown the money."""
    cash = Payment.objects.filter(receipt__hand_in__isnull=False, reversed_by=None).order_by()
    known = sorted(wanted.known("payment"))
    parts = [cash.filter(reported_by_ledger=True)]
    parts += [
        cash.filter(reported_by_ledger=False, pk__in=known[start : start + AT_ONCE])
        for start in range(0, len(known), AT_ONCE)
    ]
    found: dict[int, Decimal] = {}
    for rows in parts:
        for hand_in, total in rows.values_list("receipt__hand_in").annotate(total=MoneySum("amount")):
            found[hand_in] = found.get(hand_in, ZERO) + total
    return found


TARGET = ("due_item__customer", "due_item__invoice", "charge__customer", "charge__due_item__invoice")


def _settled(row: Allocation, wanted: Wanted) -> tuple[Any, str, date, bool]:
    """Whose due item or charge it is, of which invoice, and from which day it counts."""
    charge = row.charge
    if charge is None:
        item: Any = row.due_item
        return item.customer, item.invoice.number, row.applies_on, True
    day, is_counted = _booked(charge, row.applies_on, wanted)
    return charge.customer, charge.due_item.invoice.number, day, is_counted


def _booked(charge: Charge, day: date, wanted: Wanted) -> tuple[date, bool]:
    booked_on = charge.booked_on
    return max(day, booked_on or wanted.up_to), booked_on is not None and booked_on <= wanted.up_to


def _event(
    noun: str,
    row: Any,
    *,
    day: date,
    customer: Any,
    number: str,
    text: str,
    bookings: Bookings,
    currency: str = "",
    ending: str = "",
    is_counted: bool = True,
) -> Event:
    return Event(
        noun=noun,
        key=row.pk,
        counts_on=day,
        customer_code=customer.code if customer else "",
        document_number=number[:140],
        currency=currency or row.currency,
        text=text[:200],
        bookings=bookings,
        ending=ending,
        is_counted=is_counted,
    )
