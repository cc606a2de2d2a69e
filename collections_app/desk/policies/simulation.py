"""What another policy would change on a day: who moves where, money per standing, and whose visit lists.

`outlook` looks and writes nothing; `simulate` keeps what it finds with the version.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from audit.services import Actor
from collections_app.desk.policies import statement
from collections_app.desk.policies.statement import RANK
from collections_app.policy import document, queries
from collections_app.policy import services as policy
from collections_app.policy.models import Simulation, Version
from collections_app.policy.thresholds import Policy
from collections_app.standings import queries as standings
from collections_app.visits.planning import money_on
from common import money
from common.money import ZERO
from customers.models import Customer
from receivables.queries import base_currency
from staff.models import User

MOST = 500  # customers that are named; how many more there are is counted
WEEK = 7
ONE_PLACE = Decimal("0.1")
STANDINGS = ("unpaid", "overdue", "quasi-bad", "bad", "dormant")
OF_RANK = {rank: standing for standing, rank in RANK.items()}


def simulate(*, version: Version, as_of: date, by: Actor) -> Simulation:
    """Try the version on a day, and keep what it would change: it may then be put in force."""
    now = Version.objects.filter(pk=version.pk).first() or version
    result = outlook(now.policy, as_of=as_of)
    return policy.keep_simulation(version=now, digest=now.digest, as_of=as_of, result=result, by=by)


def outlook(after: Policy, *, as_of: date) -> dict[str, Any]:
    """As a JSON document, beside the policy in force on the day. Reads in one statement and writes nothing."""
    standings.check_known(as_of)
    in_force = queries.version_in_force(as_of)
    before = in_force.policy if in_force else Policy()
    rates = money_on(as_of, base_currency()).rates
    wanted = statement.compared(as_of=as_of, before=before, after=after, rates=rates, most=MOST)
    with connection.cursor() as cursor:
        cursor.execute(wanted.sql, wanted.params)
        rows = [_row(row) for row in cursor.fetchall()]
    found = _Found(rows)
    named = _names(found)
    moves = sorted(found.of(statement.MOVE), key=_by_standing)
    return {
        "as_of": as_of.isoformat(),
        "compared_with": {
            "version": in_force.pk if in_force else None,
            "starts_on": in_force.starts_on.isoformat() if in_force and in_force.starts_on else None,
        },
        "changes": [{"key": key, "from": was, "to": becomes} for key, was, becomes in document.changes(before, after)],
        "moves": [_move(row) for row in moves if row.first != row.second],
        "stays": [_move(row) for row in moves if row.first == row.second],
        "standings": _standings(moves),
        "movers": _movers(found, named, rates),
        "movers_left_out": max(found.count(statement.MOVERS) - MOST, 0),
        "worklists": _worklists(found, named, before, after),
        "worklist_changes": _changed(found, named),
        "worklist_changes_left_out": max(_many_changed(found, before, after) - MOST, 0),
    }


@dataclass(frozen=True, slots=True)
class _Row:
    part: str
    first: str
    second: str
    third: str
    fourth: str
    count: int
    amount: Decimal


def _row(found: Sequence[Any]) -> _Row:
    """SQLite hands sums over as floats: to three places they are exact."""
    part, first, second, third, fourth, count, amount = found
    return _Row(part, first, second, third, fourth, int(count), money.stored(Decimal(str(amount))))


@dataclass(frozen=True, slots=True)
class _Found:
    rows: Sequence[_Row]
    by_part: dict[str, list[_Row]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for row in self.rows:
            self.by_part[row.part].append(row)

    def of(self, part: str) -> list[_Row]:
        return self.by_part[part]

    def count(self, part: str) -> int:
        return sum(row.count for row in self.of(part))


@dataclass(frozen=True, slots=True)
class _Names:
    customers: dict[int, tuple[str, str]]  # code and name
    reps: dict[int, tuple[str, str]]  # user name and name


def _names(found: _Found) -> _Names:
    customers = {int(row.first) for part in (statement.MOVER, statement.CHANGED) for row in found.of(part)}
    reps = {int(row.first) for row in found.of(statement.LIST)}
    return _Names(
        customers={row.pk: (row.code, row.name) for row in Customer.objects.filter(pk__in=customers)},
        reps={row.pk: (row.get_username(), str(row)) for row in User.objects.filter(pk__in=reps)},
    )


def _by_standing(row: _Row) -> tuple[str, int, int]:
    return row.third, STANDINGS.index(row.first), STANDINGS.index(row.second)


def _move(row: _Row) -> dict[str, Any]:
    return {
        "from": row.first,
        "to": row.second,
        "count": row.count,
        "currency": row.third,
        "amount": money.as_text(row.amount, row.third),
    }


def _standings(moves: Iterable[_Row]) -> list[dict[str, Any]]:
    """Per currency and standing, before and after: the rows and the columns of the moves, so that they tie."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for row in moves:
        for side, standing in enumerate((row.first, row.second)):
            counts[row.third, standing][side] += row.count
            sums[row.third, standing][side] += row.amount
    return [
        {
            "standing": standing,
            "currency": currency,
            "count_before": counts[currency, standing][0],
            "amount_before": money.as_text(sums[currency, standing][0], currency),
            "count_after": counts[currency, standing][1],
            "amount_after": money.as_text(sums[currency, standing][1], currency),
        }
        for currency in sorted({currency for currency, _standing in counts})
        for standing in STANDINGS
        if (currency, standing) in counts
    ]


def _movers(found: _Found, named: _Names, rates: Any) -> list[dict[str, Any]]:
    """The largest first, by what moves in base currency."""

    def order(row: _Row) -> tuple[Decimal, int, str, str, str]:
        return -row.amount * rates.get(row.fourth, ZERO), int(row.first), row.second, row.third, row.fourth

    return [
        {
            "customer": named.customers[int(row.first)][0],
            "name": named.customers[int(row.first)][1],
            "from": row.second,
            "to": row.third,
            "count": row.count,
            "currency": row.fourth,
            "amount": money.as_text(row.amount, row.fourth),
        }
        for row in sorted(found.of(statement.MOVER), key=order)
    ]


@dataclass(slots=True)
class _List:
    """The visit list of one rep: customers, and visits a week by the rhythm of their standings."""

    before: int = 0
    after: int = 0
    enter: int = 0
    leave: int = 0
    week_before: Decimal = ZERO
    week_after: Decimal = ZERO


def _worklists(found: _Found, named: _Names, before: Policy, after: Policy) -> list[dict[str, Any]]:
    lists: dict[int, _List] = defaultdict(_List)
    for row in found.of(statement.LIST):
        one = lists[int(row.first)]
        was, becomes = (_weekly(side, row.second, rank) for side, rank in ((before, row.third), (after, row.fourth)))
        one.before += row.count if was is not None else 0
        one.after += row.count if becomes is not None else 0
        one.enter += row.count if was is None and becomes is not None else 0
        one.leave += row.count if was is not None and becomes is None else 0
        one.week_before += row.count * (was or ZERO)
        one.week_after += row.count * (becomes or ZERO)
    return [
        {
            "rep": named.reps[key][0],
            "name": named.reps[key][1],
            "before": one.before,
            "after": one.after,
            "enter": one.enter,
            "leave": one.leave,
            "visits_per_week_before": f"{one.week_before.quantize(ONE_PLACE)}",
            "visits_per_week_after": f"{one.week_after.quantize(ONE_PLACE)}",
        }
        for key, one in sorted(lists.items(), key=lambda pair: named.reps[pair[0]])
    ]


def _weekly(side: Policy, segment: str, rank: str) -> Decimal | None:
    """Visits a week of one customer; None where its standing calls for no visit by the rep."""
    efforts = side.for_segment(segment).efforts
    standing = OF_RANK[int(rank)]
    if not efforts.of(standing).is_visit_by_rep:
        return None
    rhythm = efforts.of(standing).rhythm
    return Decimal(WEEK) / rhythm if rhythm else ZERO


def _many_changed(found: _Found, before: Policy, after: Policy) -> int:
    return sum(
        row.count
        for row in found.of(statement.LIST)
        if (_weekly(before, row.second, row.third) is None) != (_weekly(after, row.second, row.fourth) is None)
    )


def _changed(found: _Found, named: _Names) -> list[dict[str, Any]]:
    """Customers that enter or leave the list of their rep, the largest first."""
    return [
        {
            "rep": named.reps[int(row.second)][0],
            "customer": named.customers[int(row.first)][0],
            "name": named.customers[int(row.first)][1],
            "change": "enters" if row.count else "leaves",
            "from": OF_RANK[int(row.third)],
            "to": OF_RANK[int(row.fourth)],
        }
        for row in sorted(found.of(statement.CHANGED), key=lambda row: (-row.amount, int(row.first)))
    ]
