"""Writing standings: ranges of the whole book in the night, a few customers right after something happened to them.

The present standings are one narrow table; what a row was before it changed goes to the past as a closed period of
nights. Whoever writes takes the gate of `_taking_turns` first: a range of the night alone, a few customers together.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from collections_app.policy import queries as policy
from collections_app.standings import facts, statement
from collections_app.standings.models import Night, Standing
from collections_app.standings.statement import EVERYBODY, Scope

COLUMNS = "due_item_id, customer_id, standing, rule, since, from_night, open_amount, disputed_amount, claim_amount"

FIRST = """
    INSERT INTO standings_standing ({columns})
    SELECT due_item_id, customer_id, standing, rule, %(as_of)s, %(from_night)s,
        open_amount, disputed_amount, claim_amount
    FROM ({classified}) n"""

# Only new and changed rows are written: a bare upsert would lock and log every row, even where nothing changes.
# They are kept aside first, because the old row goes to the past before the new one takes its place.
CHANGED = """
    INSERT INTO standings_change ({columns})
    SELECT n.due_item_id, n.customer_id, n.standing, n.rule,
        CASE WHEN s.standing = n.standing THEN s.since ELSE %(as_of)s END,
        %(from_night)s, n.open_amount, n.disputed_amount, n.claim_amount
    FROM ({classified}) n
    LEFT JOIN standings_standing s ON s.due_item_id = n.due_item_id
    WHERE {differs}"""
DIFFERS = """(s.due_item_id IS NULL OR s.standing <> n.standing OR s.rule <> n.rule
        OR ROUND(s.open_amount, 3) <> n.open_amount OR ROUND(s.disputed_amount, 3) <> n.disputed_amount
        OR ROUND(s.claim_amount, 3) <> n.claim_amount)"""
# Of candidates the settled ones are told as well, with nothing open: they lose their standing.
DIFFERS_OR_GONE = f"(n.open_amount > 0 AND {DIFFERS} OR n.open_amount <= 0 AND s.due_item_id IS NOT NULL)"

PAST = """
    INSERT INTO standings_paststanding ({columns}, to_night)
    SELECT {columns}, %(to_night)s FROM standings_standing s
    WHERE from_night <= %(to_night)s AND due_item_id IN ({gone_or_changed})
    ON CONFLICT (due_item_id, from_night) DO UPDATE SET to_night = excluded.to_night"""

UPSERT = """
    INSERT INTO standings_standing ({columns})
    SELECT {columns} FROM standings_change WHERE open_amount > 0
    ON CONFLICT (due_item_id) DO UPDATE SET standing = excluded.standing, rule = excluded.rule,
        since = excluded.since, from_night = excluded.from_night, open_amount = excluded.open_amount,
        disputed_amount = excluded.disputed_amount, claim_amount = excluded.claim_amount"""

LOSE = """
    DELETE FROM standings_standing
    WHERE due_item_id IN (SELECT due_item_id FROM standings_change WHERE open_amount <= 0)"""

# What was not open at the end of the day has no standing.
GONE = """
    SELECT s.due_item_id FROM standings_standing s
    LEFT JOIN (SELECT di.id, {opened} AS open_amount FROM receivables_dueitem di{joins}
        WHERE {wanted}{of_item}) di ON di.id = s.due_item_id
    WHERE COALESCE(di.open_amount, 0) <= 0{of_standing}"""

MOVED = """
    INSERT INTO standings_lastmovement (customer_id, "on")
    SELECT m.customer_id, m.moved_on FROM ({movement}) m
    LEFT JOIN standings_lastmovement l ON l.customer_id = m.customer_id
    WHERE l.customer_id IS NULL OR l."on" <> m.moved_on
    ON CONFLICT (customer_id) DO UPDATE SET "on" = excluded."on" """

TURN = 0x5374616E  # key of the lock on PostgreSQL


def _taking_turns(cursor: CursorWrapper, *, alone: bool) -> None:
    """A range of the night waits for whoever writes after money, and they for it; among themselves they do not.

    So a night never stores what a payment has just outdated: the payment's own look comes after it, or was before
    it began to read. SQLite lets one write at a time anyway.
    """
    if connection.vendor == "postgresql":
        suffix = "" if alone else "_shared"
        cursor.execute(f"SELECT pg_advisory_xact_lock{suffix}(%s)", [TURN])


@transaction.atomic
def classify(*, as_of: date, customers: Sequence[int] | None = None) -> int:
    """Give every open due item its standing on the day; settled ones have none. Returns the rows that changed.

    `customers` limits it to these keys (sorted by the caller's lock). Run twice for a day, it changes nothing. The
    rows count from the next night on: those of the nights before stay as they were.
    """
    if customers is not None and not customers:
        return 0
    scope = EVERYBODY if customers is None else Scope(customers=tuple(customers))
    with connection.cursor() as cursor:
        _taking_turns(cursor, alone=customers is None)
        _note_movements(cursor, as_of, scope)
        return _write(cursor, as_of=as_of, from_night=next_night(as_of), scope=scope)


@transaction.atomic
def classify_range(*, as_of: date, scope: Scope) -> int:
    """The night's way: a range of customers, or its candidates in it, as rows of the night of the day.

    The last movements have been noted before. Returns the rows that changed.
    """
    with connection.cursor() as cursor:
        _taking_turns(cursor, alone=True)
        return _write(cursor, as_of=as_of, from_night=as_of, scope=scope)


def _write(cursor: CursorWrapper, *, as_of: date, from_night: date, scope: Scope) -> int:
    rules = policy.in_force(as_of)
    wanted = statement.classified(
        as_of=as_of,
        thresholds=rules.thresholds,
        segments=rules.thresholds_by_segment(),
        scope=scope,
        noted_movements=True,
    )
    params = wanted.params | {"from_night": from_night, "to_night": from_night - timedelta(days=1)}
    of_candidates = scope.night is not None
    if not of_candidates and not _has_any(cursor, scope, params):
        cursor.execute(FIRST.format(columns=COLUMNS, classified=wanted.sql), params)
        return max(cursor.rowcount, 0)
    differs = DIFFERS_OR_GONE if of_candidates else DIFFERS
    cursor.execute(CHANGED.format(columns=COLUMNS, classified=wanted.sql, differs=differs), params)
    changed = max(cursor.rowcount, 0)
    if changed:
        ours = "SELECT due_item_id FROM standings_change"
        cursor.execute(PAST.format(columns=COLUMNS, gone_or_changed=ours), params)
        cursor.execute(UPSERT.format(columns=COLUMNS))
        if of_candidates:
            cursor.execute(LOSE)
        cursor.execute("DELETE FROM standings_change")
    return changed if of_candidates else changed + _remove_settled(cursor, as_of, scope, params)


def _has_any(cursor: CursorWrapper, scope: Scope, params: dict[str, Any]) -> bool:
    cursor.execute(f"SELECT 1 FROM standings_standing WHERE 1 = 1{scope.of('customer_id')} LIMIT 1", params)
    return cursor.fetchone() is not None


def _remove_settled(cursor: CursorWrapper, as_of: date, scope: Scope, params: dict[str, Any]) -> int:
    parts = statement.open_parts(as_of, None, scope)
    gone = GONE.format(
        opened=parts.opened,
        joins=parts.joins,
        wanted=parts.wanted,
        of_item=scope.of_listed("di.customer_id"),
        of_standing=scope.of_listed("s.customer_id"),
    )
    cursor.execute(gone, params)
    keys = [key for (key,) in cursor.fetchall()]
    for start in range(0, len(keys), 500):
        some = ", ".join(map(str, keys[start : start + 500]))
        cursor.execute(PAST.format(columns=COLUMNS, gone_or_changed=some), params)
        cursor.execute(f"DELETE FROM standings_standing WHERE due_item_id IN ({some})")
    return len(keys)


@transaction.atomic
def note_movements(*, as_of: date, scope: Scope = EVERYBODY) -> int:
    """Keep the last movement of every customer beside it. Returns the rows that changed."""
    with connection.cursor() as cursor:
        return _note_movements(cursor, as_of, scope)


def _note_movements(cursor: CursorWrapper, as_of: date, scope: Scope) -> int:
    movement = facts.written(facts.MOVEMENT, of=scope.of, is_known_then=False)
    cursor.execute(MOVED.format(movement=movement), {"as_of": as_of} | scope.params)
    return max(cursor.rowcount, 0)


def next_night(as_of: date) -> date:
    """The first night that will have what is written now: the one after the last night that has classified."""
    last = Night.objects.filter(classified_at__isnull=False).order_by("-business_date").first()
    return as_of if last is None else last.business_date + timedelta(days=1)


def reopen(night: Night) -> None:
    """The night is done again: what came after it has been part of it, and nothing has been closed by it.

    Inside the caller's transaction, in which the night is said to be open again.
    """
    wait_alone()
    day, before = night.business_date, night.business_date - timedelta(days=1)
    with connection.cursor() as cursor:
        values = {"day": day, "before": before, "after": day + timedelta(days=1)}
        cursor.execute("DELETE FROM standings_paststanding WHERE from_night = %(day)s AND to_night = %(day)s", values)
        cursor.execute("UPDATE standings_paststanding SET to_night = %(before)s WHERE to_night = %(day)s", values)
        cursor.execute("UPDATE standings_standing SET from_night = %(day)s WHERE from_night = %(after)s", values)


def count_rows() -> None:
    """Tell PostgreSQL how the tables of standings have grown, before anything reads the whole night."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE standings_standing, standings_paststanding, standings_lastmovement")


def wait_alone() -> None:
    """Nobody else writes standings until the end of this transaction."""
    with connection.cursor() as cursor:
        _taking_turns(cursor, alone=True)


def count_open() -> int:
    """How many due items have a standing."""
    return Standing.objects.count()
