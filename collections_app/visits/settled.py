"""Keeping planned stops true when money, a promise or a dispute changes what they ask for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from collections_app.visits import asking, candidates
from collections_app.visits.asking import Owed
from collections_app.visits.models import Stop
from common.money import ZERO

OPEN_STATES = (Stop.State.PLANNED, Stop.State.CANCELLED)


def cancel_settled(*, customers: Iterable[int], on: date) -> int:
    """Make the open stops of that day and later ask for what is left to ask; whoever has nothing left is left alone.

    Called inside the transaction of the money, with the customers locked; returns how many stops changed. A stop
    that was cancelled and has something to ask again (money went back) is planned again.
    """
    stops = list(
        Stop.objects.filter(customer__in=list(customers), plan__on__gte=on, state__in=OPEN_STATES)
        .select_related("plan")
        .order_by("plan__on", "pk")
    )
    by_day: dict[date, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_day[stop.plan.on].append(stop)
    changed = []
    for day, rows in by_day.items():
        owed = asking.owed(on=day, customers={row.customer_id for row in rows})
        changed += [row for row in rows if _asks_for(row, owed.get(row.customer_id, []))]
    Stop.objects.bulk_update(
        changed,
        ["state", "currency", "ask_amount", "late_amount", "total_amount", "standing", "reasons", "card"],
        batch_size=200,
    )
    return len(changed)


def _asks_for(stop: Stop, items: Sequence[Owed]) -> bool:
    """Set the stop's amounts and what it says of them; a cancelled one keeps both. True where something changed."""
    currency = stop.currency
    sums = asking.sums(items, currency)
    if not sums.ask_amount:  # what is left may be in another currency
        currency = next((item.currency for item in items if item.ask_amount > ZERO), currency)
        sums = asking.sums(items, currency)
    before = _said(stop)
    if sums.ask_amount:
        stop.state, stop.currency, stop.ask_amount = Stop.State.PLANNED, currency, sums.ask_amount
        stop.late_amount, stop.total_amount, stop.standing = sums.late_amount, sums.total_amount, sums.standing
        known = stop.card
        spoken = candidates.speak(items, currency, why=known.get("why", {}))
        stop.reasons, stop.card = list(spoken.reasons), known | spoken.card
    else:
        stop.state = Stop.State.CANCELLED
    return before != _said(stop)


def _said(stop: Stop) -> tuple[Any, ...]:
    amounts = (stop.ask_amount, stop.late_amount, stop.total_amount)
    return stop.state, stop.currency, stop.standing, amounts, stop.reasons, stop.card
