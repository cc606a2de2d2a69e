"""Askings and what came of them, from logged visits and from the history of items: three queries at any size."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from collections_app.policy import queries as policy
from collections_app.visits.chances import ENOUGH, WITHIN, Asking, askings_of, band_of, looked_at
from collections_app.visits.models import Chances, Outcome
from common.money import ZERO
from receivables.models import Allocation, DueItem, Payment, Receipt

LOOKING_BACK = timedelta(days=730)
AT_MOST = 20_000  # items; of a larger book every n-th customer is taken, with all of its items

Days = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """All askings with a known outcome, and where they come from."""

    source: Chances.Source
    askings: tuple[Asking, ...]


def known(*, as_of: date) -> Known:
    """Of logged visits, or of the history of items while too few visits were logged."""
    visits = of_visits(as_of=as_of)
    if len(visits) >= ENOUGH:
        return Known(Chances.Source.VISITS, tuple(visits))
    return Known(Chances.Source.PAYMENTS, tuple(of_items(as_of=as_of)))


def of_customers(*, as_of: date, customers: Collection[int], source: str) -> dict[int, list[Asking]]:
    """By customer: what is known of it."""
    read = of_visits if source == Chances.Source.VISITS else of_items
    found: dict[int, list[Asking]] = defaultdict(list)
    for asking in read(as_of=as_of, customers=customers):
        found[asking.customer].append(asking)
    return found


def of_items(*, as_of: date, customers: Collection[int] | None = None) -> list[Asking]:
    """Items that fell due in the last two years. What was settled without any money says nothing and is left out."""
    by_money = Allocation.objects.filter(due_item=OuterRef("pk"), payment__isnull=False)
    items = DueItem.objects.filter(due_date__gt=as_of - LOOKING_BACK, due_date__lte=as_of)
    items = items.filter(customer__in=customers) if customers is not None else _of_some(items)
    items = items.filter(Q(settled_on=None) | Exists(by_money)).order_by("customer", "due_date", "pk")
    days = _days(as_of)
    rows = items.values_list("customer", "due_date", "settled_on").iterator(chunk_size=5000)
    return [
        asking
        for customer, due_on, settled_on in rows
        if due_on is not None
        for asking in askings_of(customer, due_on, settled_on, until=as_of, days=days)
    ]


def _of_some(items: Any) -> Any:
    every = -(-items.count() // AT_MOST)
    return items.annotate(rest=F("customer_id") % every).filter(rest=0) if every > 1 else items


def _days(as_of: date) -> Days:
    return looked_at(policy.in_force(as_of).thresholds)


def of_visits(*, as_of: date, customers: Collection[int] | None = None) -> list[Asking]:
    """Visits that took place. Paid is one that brought half of what it asked for, at the door or in two weeks."""
    logged = (
        Outcome.objects.in_force()
        .filter(happened_on__gt=as_of - LOOKING_BACK, happened_on__lte=as_of, stop__ask_amount__gt=0)
        .exclude(kind=Outcome.Kind.COULD_NOT_VISIT)
        .select_related("stop", "receipt")
        .order_by("happened_on", "pk")
    )
    if customers is not None:
        logged = logged.filter(stop__customer__in=customers)
    rows = list(logged)
    received = _received(rows, as_of)
    days = _days(as_of)
    return list(_of_logged(rows, received, as_of, days))


def _of_logged(rows: list[Outcome], received: "_Received", as_of: date, days: Days) -> Iterator[Asking]:
    for row in rows:
        stop, on = row.stop, row.happened_on
        paid_on = _paid_on(row, received.get((stop.customer_id, stop.currency), []))
        last = on + WITHIN
        if paid_on is None and last >= as_of:
            continue
        yield Asking(
            customer=stop.customer_id,
            on=on,
            known_on=paid_on or last + timedelta(days=1),
            standing=stop.standing,
            days_late=band_of(stop.standing, _days_late(stop.reasons), days),
            paid=paid_on is not None,
        )


_Received = dict[
    tuple[int, str], list[tuple[date, Decimal, int | None]]
]  # by customer and currency: day, amount, receipt


def _received(rows: list[Outcome], as_of: date) -> _Received:
    found: _Received = defaultdict(list)
    payments = Payment.objects.filter(
        customer__in={row.stop.customer_id for row in rows},
        received_on__gt=as_of - LOOKING_BACK,
        received_on__lte=as_of,
        reverses=None,
        reversed_by=None,
    ).order_by("received_on", "pk")
    columns = ("customer", "currency", "received_on", "amount", "receipt")
    for customer, currency, on, amount, receipt in payments.values_list(*columns):
        found[customer, currency].append((on, amount, receipt))
    return found


def _paid_on(row: Outcome, payments: list[tuple[date, Decimal, int | None]]) -> date | None:
    """The day on which half of what was asked for had come; None where it did not come in two weeks."""
    wanted = row.stop.ask_amount / 2
    counts = row.receipt is not None and row.receipt.state != Receipt.State.REFUSED
    total = row.amount if counts and row.amount is not None else ZERO
    if total >= wanted:
        return row.happened_on
    for on, amount, receipt in payments:
        if row.happened_on <= on <= row.happened_on + WITHIN and (receipt is None or receipt != row.receipt_id):
            total += amount
            if total >= wanted:
                return on
    return None


def _days_late(reasons: list[dict[str, Any]]) -> int:
    """Of the oldest item, as the stop said it on that day."""
    return next((int(fact["days"]) for fact in reasons if fact.get("because") == "late"), 0)
