"""Proof of the stored nights: each equals its day by what had been entered until it closed, and its totals its rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

from django.db import connection

from collections_app.policy.document import policy_of
from collections_app.policy.thresholds import Policy
from collections_app.standings import statement, totals
from collections_app.standings.models import Night
from common import broken_rows

AT_THE_CLOSE = timedelta(minutes=1)  # money in the middle of being booked when the night closed belongs to either side

# Rows that only one side has: of equal ones there are two.
DIFFERING = """
    SELECT due_item_id, MIN(side) FROM (
        SELECT due_item_id, standing, rule, ROUND(open_amount, 3) AS opened, ROUND(disputed_amount, 3) AS disputed,
            'stored' AS side FROM ({stored}) s
        UNION ALL
        SELECT due_item_id, standing, rule, ROUND(open_amount, 3), ROUND(disputed_amount, 3), 'ruled'
            FROM ({ruled}) r
    ) both_sides GROUP BY due_item_id, standing, rule, opened, disputed HAVING COUNT(*) <> 2
        AND due_item_id NOT IN ({being_booked})"""
BEING_BOOKED = """
    SELECT due_item_id FROM receivables_allocation
    WHERE entered_at >= %(close_begins)s AND entered_at < %(close_ends)s AND due_item_id IS NOT NULL"""

UNTRUE_TOTALS = """
    SELECT COALESCE(t.currency, r.currency), COALESCE(t.standing, r.standing), COALESCE(t.open, 0), COALESCE(r.open, 0)
    FROM ({one}) {a} LEFT JOIN ({other}) {b} ON t.currency = r.currency AND t.standing = r.standing
    WHERE {b}.currency IS NULL OR t.count <> r.count OR ROUND(t.open, 3) <> ROUND(r.open, 3)"""


@dataclass(frozen=True, slots=True)
class Proof:
    """`broken` is looked for while it is read, and read once."""

    checked: int
    broken: Iterable[str]


def prove(night: Night) -> Proof:
    """Recompute a night that has classified; reads only."""
    version = night.policy
    rules = Policy() if version is None else policy_of(version.document)
    ruled = statement.classified(
        as_of=night.business_date,
        thresholds=rules.thresholds,
        segments=rules.thresholds_by_segment(),
        known_until=night.known_until,
    )
    params = ruled.params | {
        "night": night.business_date,
        "key": night.pk,
        "close_begins": statement.as_stored(night.known_until - AT_THE_CLOSE),
        "close_ends": statement.as_stored(night.known_until + AT_THE_CLOSE),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({totals.OF_NIGHT}) n", params)
        checked = cursor.fetchone()[0]
    return Proof(checked, chain(_differing(night, ruled.sql, params), _untrue_totals(night, params)))


def _differing(night: Night, ruled: str, params: dict[str, Any]) -> Iterator[str]:
    sql = DIFFERING.format(stored=totals.OF_NIGHT, ruled=ruled, being_booked=BEING_BOOKED)
    for due_item, side in broken_rows.rows(sql, params):
        yield f"night {night}: due item {due_item} is only {side} so"


def _untrue_totals(night: Night, params: dict[str, Any]) -> Iterator[str]:
    """The totals of due items beside the sums of the night's rows."""
    total = """SELECT currency, standing, SUM(count) AS count, SUM(open_amount) AS open FROM standings_nighttotal
        WHERE night_id = %(key)s AND standing IN ('unpaid', 'overdue', 'quasi-bad', 'bad', 'dormant')
        GROUP BY currency, standing"""
    rows = f"""SELECT di.currency, n.standing, COUNT(*) AS count, SUM(n.open_amount) AS open
        FROM ({totals.OF_NIGHT}) n JOIN receivables_dueitem di ON di.id = n.due_item_id
        GROUP BY di.currency, n.standing"""
    if not night.steps.filter(name="totals", done_at__isnull=False).exists():
        return
    found = set()
    for one, other, a, b in ((total, rows, "t", "r"), (rows, total, "r", "t")):
        found |= set(broken_rows.rows(UNTRUE_TOTALS.format(one=one, other=other, a=a, b=b), params))
    for currency, standing, said, summed in sorted(found, key=str):
        yield f"night {night}: total of {standing} in {currency} is {said}, its rows come to {summed}"
