"""Control totals that the books are held against: the newest of each currency, and those that nothing has proved yet.

A total is of the end of its day, and the night comes before it: the total of a day is first looked at a night later.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from collections_app.standings import queries, tie
from common.money import ZERO
from receivables.models import ControlTotal
from staff.models import Business

LOOKED_BACK = timedelta(days=31)  # so long a total that does not tie is said again every night


@dataclass(frozen=True, slots=True)
class Looked:
    """Totals that our book of their day ties to, by key, and the others, each as a sentence."""

    tied: tuple[int, ...]
    broken: tuple[str, ...]


def look(*, as_of: date) -> Looked:
    """Each total beside our book of its own day. What we had not told the ledger by then is no break: the tie line
    names it."""
    by_day: dict[date, list[ControlTotal]] = defaultdict(list)
    for row in _to_look_at(as_of):
        by_day[row.on].append(row)
    tied: list[int] = []
    broken: list[str] = []
    for on, rows in sorted(by_day.items()):
        ours = {total.currency: total.amount for total in queries.ageing(as_of=on, by=("currency",)).totals}
        differences = {row.currency: ours.get(row.currency, ZERO) - row.amount for row in rows}
        left = tie.not_told(on=on, differences=differences)
        tied += [row.pk for row in rows if left[row.currency] == ZERO]
        broken += [_said(row, ours.get(row.currency, ZERO)) for row in rows if left[row.currency] != ZERO]
    return Looked(tuple(tied), tuple(broken))


def _to_look_at(as_of: date) -> list[ControlTotal]:
    rows = ControlTotal.objects.filter(on__lte=as_of).order_by("currency", "on")
    opening_on = Business.objects.order_by("pk").values_list("opening_on", flat=True).first()
    if opening_on is not None:
        rows = rows.filter(on__gte=opening_on)
    newest = {row.currency: row for row in rows}
    unproved = rows.filter(on__gt=as_of - LOOKED_BACK, proved_at=None)
    return list({row.pk: row for row in (*newest.values(), *unproved)}.values())


def _said(row: ControlTotal, ours: Decimal) -> str:
    return f"{row.currency} on {row.on.isoformat()}: ageing {ours}, control total {row.amount}"
