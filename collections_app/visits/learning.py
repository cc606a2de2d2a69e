"""Rhythms of many customers read from the book, kept in a row of each kind: a few statements for a range of customers.

A customer's payments are the money that settled its items or was sent by it, dated by when it let go of it: the day
of the receipt or of the paper it gave, else the day on which it told its bank, else the day on which the money came.
Direct debits are left out: their day is ours.
Learned again is whoever has paid, bought or got an invoice since it was learned last, and everybody once a month.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, Max, Min, Model, OuterRef, Q
from django.db.models.functions import Coalesce

from collections_app.cases.models import Dispute
from collections_app.cases.warning_facts import Range, ranges
from collections_app.visits import learned as learned_habits
from collections_app.visits import rhythm
from collections_app.visits.models import LearnedHabit
from collections_app.visits.rhythm import Learned, Paid
from common import clock
from contracts.models import Shipment
from customers.models import Customer
from receivables.models import Allocation, Invoice, Payment, PaymentMethod, Receipt, ReceiptLine
from staff.models import Business

AT_ONCE = 500  # customers that are learned together
BACK = timedelta(days=730)  # older payments and deliveries say nothing of today
AFRESH = timedelta(days=28)  # everybody is learned again after so long
CUSTOMERS_OWN = tuple(method for method in PaymentMethod.values if method != PaymentMethod.DIRECT_DEBIT)


def pieces() -> list[int]:
    """The night's pieces: the first customer of each."""
    return [piece.first for piece in ranges(None, AT_ONCE)]


def learn_piece(*, as_of: date, first: int) -> int:
    """One of these pieces, by its first customer; nothing where customers have come or gone since it was listed."""
    return sum(_learn(piece, as_of) for piece in ranges(None, AT_ONCE) if piece.first == first)


def learn(*, as_of: date, customers: Iterable[int] | None = None) -> int:
    """All customers, or these. Learned again for the day they leave the same rows. Returns the rows changed."""
    return sum(_learn(piece, as_of) for piece in ranges(customers, AT_ONCE))


@transaction.atomic
def _learn(some: Range, as_of: date) -> int:
    stale = _stale(some, as_of)
    if not stale:
        return 0
    wanted = Range(stale[0], stale[-1], tuple(stale))
    paid, delivered = _paid(wanted, as_of), _delivered(wanted, as_of)
    country = Business.objects.values_list("calendar", flat=True).first() or ""
    learned = {
        key: rhythm.learn(paid.get(key, ()), delivered.get(key, ()), as_of=as_of, country=country) for key in stale
    }
    return _store(learned, as_of)


# Who is looked at


def _stale(some: Range, as_of: date) -> list[int]:
    """Those who were never learned, or have paid or bought since, or not for long; in ascending order.

    A night of a past day does not undo what a later one has learned.
    """
    found = LearnedHabit.objects.filter(some.of()).order_by().values_list("customer").annotate(at=Min("computed_on"))
    learned, moved = dict(found), _moved_on(some, as_of)
    keys = Customer.objects.filter(some.of("pk")).order_by("pk").values_list("pk", flat=True)
    return [key for key in keys if key not in learned or _is_stale(key, learned[key], moved.get(key), as_of)]


def _is_stale(key: int, learned_on: date, moved_on: date | None, as_of: date) -> bool:
    """Customers that were learned in one night are learned afresh in several."""
    if learned_on > as_of:
        return False
    long_ago = as_of - AFRESH + timedelta(key % 7)
    return learned_on <= long_ago or (moved_on is not None and moved_on >= learned_on)


def _moved_on(some: Range, as_of: date) -> dict[int, date]:
    """By customer: the day on which money, goods or an invoice of it were last entered; of long ago it is missing."""
    found: dict[int, date] = {}
    since = clock.end_of(as_of - AFRESH)
    sources: tuple[tuple[type[Model], str, str], ...] = (
        (Payment, "customer", "entered_at"),
        (Receipt, "customer", "entered_at"),
        (Receipt, "customer", "decided_at"),
        (Invoice, "customer", "entered_at"),
        (Allocation, "due_item__customer", "entered_at"),
    )
    for model, path, column in sources:
        rows = model._default_manager.filter(some.of(path), **{f"{column}__gte": since}).order_by()
        for key, moment in rows.values_list(path).annotate(last=Max(column)):
            found[key] = max(found.get(key, date.min), clock.business_day(moment))
    goods = Shipment.objects.filter(some.of(), delivered_on__gt=as_of - AFRESH).order_by()
    for key, day in goods.values_list("customer").annotate(last=Max("delivered_on")):
        found[key] = max(found.get(key, date.min), day)
    return found


# What they paid


class _Money(NamedTuple):
    """A payment, or a receipt that waits for finance: when it was given, and what time the receipt says."""

    customer: int
    on: date
    at: time | None


def _paid(some: Range, as_of: date) -> dict[int, list[Paid]]:
    given = _payments(some, as_of)
    settled = _settled(some, as_of)
    found: dict[int, list[Paid]] = defaultdict(list)
    for payment, money in given.items():
        due = settled.get((payment, money.customer), [])
        found[money.customer].append(Paid(money.on, tuple(sorted(due)), money.at))
    for (payment, customer), due in settled.items():
        if payment in given and given[payment].customer != customer:  # somebody else paid for it
            found[customer].append(Paid(given[payment].on, tuple(sorted(due)), given[payment].at))
    for money, due in _waiting(some, as_of):
        found[money.customer].append(Paid(money.on, tuple(sorted(due)), money.at))
    return found


def _payments(some: Range, as_of: date) -> dict[int, _Money]:
    """By key; those that paid for an item of these customers too. What was taken back has never been."""
    given_on = Coalesce("receipt__received_on", "paper__received_on", "instructed_on", "received_on")
    ours = Q(some.of()) | Q(pk__in=_allocations(some, as_of).values("payment"))
    rows = (
        Payment.objects.filter(ours, reverses=None, reversed_by=None, method__in=CUSTOMERS_OWN)
        .annotate(given_on=given_on)
        .filter(given_on__gt=as_of - BACK, given_on__lte=as_of)
        .order_by("given_on", "pk")
        .values_list("pk", "customer", "given_on", "receipt__entered_at", "receipt__received_on")
    )
    return {pk: _Money(customer, day, _hour(entered, on)) for pk, customer, day, entered, on in rows}


def _allocations(some: Range, as_of: date) -> Any:
    """Money on items of these customers; a contested one is left out: its delay is not the customer's."""
    contested = Dispute.objects.filter(due_item=OuterRef("due_item"), opened_on__lte=as_of)
    return Allocation.objects.filter(
        some.of("due_item__customer"),
        ~Exists(contested),
        payment__isnull=False,
        amount__gt=0,
        reversed_by=None,
        applies_on__gt=as_of - BACK,
        applies_on__lte=as_of,
    )


def _settled(some: Range, as_of: date) -> dict[tuple[int, int], list[date]]:
    """By payment and customer: the agreed due days of the items that it settled, with the last of their money.

    A payment of which a part alone went to an item has settled nothing of it.
    """
    last = _allocations(some, as_of).filter(due_item__settled_on=F("applies_on"))
    found: dict[tuple[int, int], list[date]] = defaultdict(list)
    columns = ("payment", "due_item__customer", "due_item__agreed_due_date")
    for payment, customer, due_on in last.order_by("pk").values_list(*columns):
        if due_on is not None:
            found[payment, customer].append(due_on)
    return found


def _waiting(some: Range, as_of: date) -> Iterator[tuple[_Money, list[date]]]:
    """Receipts that finance has not verified yet."""
    receipts = Receipt.objects.filter(
        some.of(), state=Receipt.State.PROVISIONAL, received_on__gt=as_of - BACK, received_on__lte=as_of
    ).order_by("received_on", "pk")
    due: dict[int, list[date]] = defaultdict(list)
    lines = ReceiptLine.objects.filter(receipt__in=receipts, amount=F("due_item__open_amount"))
    for receipt, due_on in lines.order_by("pk").values_list("receipt", "due_item__agreed_due_date"):
        if due_on is not None:
            due[receipt].append(due_on)
    for row in receipts:
        yield _Money(row.customer_id, row.received_on, _hour(row.entered_at, row.received_on)), due[row.pk]


def _hour(entered_at: Any, on: date | None) -> time | None:
    """A receipt that was written on its day was written there and then."""
    if entered_at is None or clock.business_day(entered_at) != on:
        return None
    return clock.local(entered_at).time()


# What they bought


def _delivered(some: Range, as_of: date) -> dict[int, list[date]]:
    """Deliveries; of customers whose goods are not known here, the days of their invoices."""
    found: dict[int, list[date]] = defaultdict(list)
    goods = Shipment.objects.filter(some.of(), delivered_on__gt=as_of - BACK, delivered_on__lte=as_of)
    billed = Invoice.objects.filter(some.of(), issued_on__gt=as_of - BACK, issued_on__lte=as_of)
    for rows, column in ((goods, "delivered_on"), (billed, "issued_on")):
        with_goods = set(found)
        for customer, day in rows.order_by("customer", column).values_list("customer", column).distinct():
            if customer not in with_goods:
                found[customer].append(day)
    return found


# What is kept


def _store(learned: Mapping[int, Learned], as_of: date) -> int:
    """A statement for what is new, for what is no more, for what has changed. Returns how many rows changed."""
    before = {(row.customer_id, row.kind): row for row in LearnedHabit.objects.filter(customer__in=list(learned))}
    new: list[LearnedHabit] = []
    changed: list[LearnedHabit] = []
    for customer, found in learned.items():
        for kind, figure in learned_habits.as_rows(found).items():
            said = (figure.value, figure.observations, figure.drift_since)
            row = before.pop((customer, kind), None)
            if row is None:
                row = LearnedHabit(customer_id=customer, kind=kind, computed_on=as_of)
                new.append(row)
            elif (row.value, row.observations, row.drift_since) != said:
                changed.append(row)
            row.value, row.observations, row.drift_since = said
    LearnedHabit.objects.filter(pk__in=[row.pk for row in before.values()]).delete()
    LearnedHabit.objects.bulk_create(new, batch_size=1000)
    LearnedHabit.objects.bulk_update(changed, ["value", "observations", "drift_since"], batch_size=200)
    LearnedHabit.objects.filter(customer__in=list(learned)).exclude(computed_on=as_of).update(computed_on=as_of)
    return len(new) + len(changed) + len(before)
