"""What was learned of a customer, between its rows in the database and the figures of `visits.rhythm`."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, time
from typing import Any

from collections_app.visits.models import LearnedHabit
from collections_app.visits.payout_days import Payout
from collections_app.visits.rhythm import Figure, Hours, Learned

Kind = LearnedHabit.Kind


def known(customers: Iterable[int]) -> dict[int, Learned]:
    """What is learned, by customer; one statement. Somebody who never paid nor bought is missing."""
    rows: dict[int, list[LearnedHabit]] = defaultdict(list)
    for row in LearnedHabit.objects.filter(customer__in=set(customers)):
        rows[row.customer_id].append(row)
    return {key: as_learned(some) for key, some in rows.items()}


def as_learned(rows: Iterable[LearnedHabit]) -> Learned:
    """The rows of one customer."""
    found: dict[str, LearnedHabit] = {row.kind: row for row in rows}
    payout = found.get(Kind.PAYOUT)
    last = payout.value.get("last") if payout else ""
    return Learned(
        payout=_figure(payout, lambda said: Payout(tuple(said["rules"]), said["lag"], said["forward"])),
        hours=_figure(found.get(Kind.HOURS), _hours),
        delay=_figure(found.get(Kind.DELAY), lambda said: said["days"]),
        cycle=_figure(found.get(Kind.CYCLE), lambda said: said["days"]),
        restock_on=_figure(found.get(Kind.RESTOCK), lambda said: date.fromisoformat(said["on"])),
        last_paid_on=date.fromisoformat(last) if last else None,
    )


def _figure(row: LearnedHabit | None, read: Callable[[dict[str, Any]], Any]) -> Figure[Any]:
    if row is None:
        return Figure()
    return Figure(read(row.value) if row.value else None, row.observations, row.drift_since)


def _hours(said: dict[str, Any]) -> Hours:
    return Hours(time.fromisoformat(said["from"]), time.fromisoformat(said["until"]))


def as_rows(learned: Learned) -> dict[str, Figure[dict[str, Any]]]:
    """By kind the figure as it is kept: with a value that JSON can hold. Without observations nothing is."""
    payout, hours, delay = learned.payout.value, learned.hours.value, learned.delay.value
    cycle, restock, last = learned.cycle.value, learned.restock_on.value, learned.last_paid_on
    values: dict[str, tuple[Figure[Any], dict[str, Any]]] = {
        Kind.PAYOUT: (
            learned.payout,
            {"rules": list(payout.rules), "lag": payout.lag, "forward": payout.forward, "last": f"{last or ''}"}
            if payout
            else {},
        ),
        Kind.HOURS: (
            learned.hours,
            {"from": f"{hours.starts_at:%H:%M}", "until": f"{hours.ends_at:%H:%M}"} if hours else {},
        ),
        Kind.DELAY: (learned.delay, {} if delay is None else {"days": delay}),
        Kind.CYCLE: (learned.cycle, {} if cycle is None else {"days": cycle}),
        Kind.RESTOCK: (learned.restock_on, {} if restock is None else {"on": restock.isoformat()}),
    }
    return {
        kind: Figure(value, figure.observations, figure.drift_since)
        for kind, (figure, value) in values.items()
        if figure.observations
    }
