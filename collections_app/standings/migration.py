"""Who moved where between two days: from standing to standing, due item by due item, as one statement.

What an item still owes moves with it; what was paid of it, credited or written off goes to `settled`; what came to
it, and every item that was not open before, comes from `new`. So a row adds up to the first day and a column to the
second one.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from collections_app.policy import queries as policy
from collections_app.standings import statement
from collections_app.standings.models import Night, StandingChoices
from collections_app.standings.seen import seen_by
from collections_app.standings.statement import Statement
from collections_app.standings.totals import OF_NIGHT
from common import money
from common.money import ZERO
from staff.models import User

NEW, SETTLED = "new", "settled"

# Each item once, with its standing and open amount on either day; a side on which it was not open is empty.
ITEMS = """
    SELECT due_item_id, MAX(was) AS was, MAX(becomes) AS becomes, ROUND(SUM(before), 3) AS before,
        ROUND(SUM(after), 3) AS after
    FROM (
        SELECT due_item_id, standing AS was, NULL AS becomes, open_amount AS before, 0 AS after FROM ({first}) f
        UNION ALL
        SELECT due_item_id, NULL, standing, 0, open_amount FROM ({last}) t
    ) sides GROUP BY due_item_id"""

CARRIED = "CASE WHEN m.before < m.after THEN m.before ELSE m.after END"
SUMS = f"""
    SELECT di.currency, m.was, m.becomes, COUNT(*), SUM(m.before), SUM(m.after), SUM({CARRIED})
    FROM ({{items}}) m JOIN receivables_dueitem di ON di.id = m.due_item_id {{seen}}
    GROUP BY di.currency, m.was, m.becomes"""

PIECES = """
    SELECT di.id, di.invoice_id, i.number, c.code, c.name, di.currency, m.was, m.becomes, {piece}
    FROM ({items}) m JOIN receivables_dueitem di ON di.id = m.due_item_id
    JOIN receivables_invoice i ON i.id = di.invoice_id JOIN customers_customer c ON c.id = di.customer_id
    {seen} ORDER BY 9 DESC, di.id"""


@dataclass(frozen=True, slots=True)
class Move:
    """`was` is a standing or "new", `becomes` a standing or "settled". The count is of items that made the move
    whole: a part payment moves money and no item.
    """

    currency: str
    was: str
    becomes: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Migration:
    """`is_stored`: both days as their nights had them; else both rebuilt with all that is known now."""

    from_day: date
    to_day: date
    is_stored: bool
    moves: list[Move]

    def amount(self, *, currency: str, was: str = "", becomes: str = "") -> Decimal:
        return sum((move.amount for move in self._those(currency, was, becomes)), ZERO)

    def count(self, *, currency: str, was: str = "", becomes: str = "") -> int:
        return sum(move.count for move in self._those(currency, was, becomes))

    def _those(self, currency: str, was: str, becomes: str) -> list[Move]:
        return [
            move
            for move in self.moves
            if move.currency == currency and was in ("", move.was) and becomes in ("", move.becomes)
        ]

    @property
    def currencies(self) -> list[str]:
        return sorted({move.currency for move in self.moves})


@dataclass(frozen=True, slots=True)
class Piece:
    """What one due item adds to a move."""

    due_item: int
    invoice: int
    number: str
    customer_code: str
    customer_name: str
    currency: str
    was: str
    becomes: str
    amount: Decimal


def between(from_day: date, to_day: date, user: User | None = None) -> Migration:
    """Every move between the ends of two days, of what the person may see."""
    items, is_stored = _items(from_day, to_day)
    found: dict[tuple[str, str, str], list[Any]] = defaultdict(lambda: [0, ZERO])

    def add(currency: str, was: str, becomes: str, count: int, amount: Decimal) -> None:
        if count or amount:
            cell = found[currency, was, becomes]
            cell[0] += count
            cell[1] += amount

    seen = seen_by(user, "di.customer_id")
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(items=items.sql, seen=seen), items.params)
        for currency, was, becomes, count, *sums in cursor.fetchall():
            before, after, carried = map(_money, sums)
            if was is None:
                add(currency, NEW, becomes, count, after)
            elif becomes is None:
                add(currency, was, SETTLED, count, before)
            else:
                add(currency, was, becomes, count, carried)
                add(currency, was, SETTLED, 0, before - carried)
                add(currency, NEW, becomes, 0, after - carried)
    order = {name: place for place, name in enumerate((*StandingChoices.values, NEW, SETTLED))}
    moves = [Move(currency, was, becomes, count, amount) for (currency, was, becomes), (count, amount) in found.items()]
    moves.sort(key=lambda move: (move.currency, order[move.was], order[move.becomes]))
    return Migration(from_day, to_day, is_stored, moves)


def pieces(
    from_day: date, to_day: date, user: User | None = None, *, currency: str, was: str = "", becomes: str = ""
) -> list[Piece]:
    """The due items that add up to a move, the largest first. Of "new" and "settled" the other side may be left out."""
    items, _is_stored = _items(from_day, to_day)
    piece = CARRIED
    if was == NEW:
        piece = f"ROUND(m.after - ({CARRIED}), 3)"
    elif becomes == SETTLED:
        piece = f"ROUND(m.before - ({CARRIED}), 3)"
    wanted = ["di.currency = %(currency)s", f"{piece} > 0"]
    params = items.params | {"currency": currency}
    if was not in ("", NEW):
        wanted.append("m.was = %(was_wanted)s")
        params["was_wanted"] = was
    if becomes not in ("", SETTLED):
        wanted.append("m.becomes = %(becomes_wanted)s")
        params["becomes_wanted"] = becomes
    seen = seen_by(user, "di.customer_id")
    where = f"{seen} AND {' AND '.join(wanted)}" if seen else f"WHERE {' AND '.join(wanted)}"
    with connection.cursor() as cursor:
        cursor.execute(PIECES.format(items=items.sql, seen=where, piece=piece), params)
        return [
            Piece(key, invoice, number, code, name, currency, before or NEW, then or SETTLED, _money(amount))
            for key, invoice, number, code, name, currency, before, then, amount in cursor.fetchall()
        ]


def _items(from_day: date, to_day: date) -> tuple[Statement, bool]:
    days = (from_day, to_day)
    stored = Night.objects.filter(business_date__in=days, classified_at__isnull=False).count() == len(set(days))
    first, last = (_of_day(day, name, stored=stored) for day, name in zip(days, ("first", "last"), strict=True))
    return Statement(ITEMS.format(first=first.sql, last=last.sql), first.params | last.params), stored


def _of_day(day: date, name: str, *, stored: bool) -> Statement:
    """The due items of a day with their standings, its parameters under names of its own."""
    if stored:
        found = Statement(OF_NIGHT, {"night": day})
    else:
        rules = policy.in_force(day)
        found = statement.classified(as_of=day, thresholds=rules.thresholds, segments=rules.thresholds_by_segment())
    named = re.sub(r"%\((\w+)\)s", rf"%({name}_\1)s", found.sql)
    return Statement(named, {f"{name}_{key}": value for key, value in found.params.items()})


def _money(value: object) -> Decimal:
    return money.stored(Decimal(str(value)))
