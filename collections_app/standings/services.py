"""Writing standings: the whole book in the night, a few customers right after their money moved."""

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from collections_app.policy import queries as policy
from collections_app.standings import statement
from collections_app.standings.models import Standing

# Only new and changed rows are sent: a bare upsert would lock and log every row, even where nothing changes.
CHANGED = """
    SELECT n.due_item_id, n.customer_id, n.standing, n.rule,
        CASE WHEN s.standing = n.standing THEN s.since ELSE %(as_of)s END,
        n.open_amount, n.disputed_amount, n.claim_amount
    FROM ({classified}) n
    LEFT JOIN standings_standing s ON s.due_item_id = n.due_item_id
    WHERE s.due_item_id IS NULL OR s.standing <> n.standing OR s.rule <> n.rule
        OR ROUND(s.open_amount, 3) <> n.open_amount OR ROUND(s.disputed_amount, 3) <> n.disputed_amount
        OR ROUND(s.claim_amount, 3) <> n.claim_amount"""

UPSERT = """
    INSERT INTO standings_standing
        (due_item_id, customer_id, standing, rule, since, open_amount, disputed_amount, claim_amount)
    {changed}
    ON CONFLICT (due_item_id) DO UPDATE SET standing = excluded.standing, rule = excluded.rule,
        since = excluded.since, open_amount = excluded.open_amount,
        disputed_amount = excluded.disputed_amount, claim_amount = excluded.claim_amount"""

GONE = """
    DELETE FROM standings_standing WHERE {of} due_item_id NOT IN (
        SELECT id FROM receivables_dueitem WHERE open_amount > 0)"""

MOVED = """
    INSERT INTO standings_lastmovement (customer_id, "on")
    SELECT m.customer_id, m.moved_on FROM ({movement}) m
    LEFT JOIN standings_lastmovement l ON l.customer_id = m.customer_id
    WHERE l.customer_id IS NULL OR l."on" <> m.moved_on
    ON CONFLICT (customer_id) DO UPDATE SET "on" = excluded."on" """


@transaction.atomic
def classify(*, as_of: date, customers: Sequence[int] | None = None) -> int:
    """Give every open due item its standing on the day; settled ones have none. Returns the rows that changed.

    `customers` limits it to these keys (sorted by the caller's lock). Run twice for a day, it changes nothing.
    """
    if customers is not None and not customers:
        return 0
    wanted = statement.classified(as_of=as_of, thresholds=policy.in_force(as_of).thresholds, customers=customers)
    changed = CHANGED.format(classified=wanted.sql)
    with connection.cursor() as cursor:
        cursor.execute(UPSERT.format(changed=changed), wanted.params)
        rows = max(cursor.rowcount, 0)
        rows += _remove_settled(cursor, wanted, customers)
    return rows


def _remove_settled(cursor: object, wanted: statement.Statement, customers: Sequence[int] | None) -> int:
    names = [f"%(customer_{place})s" for place in range(len(customers or ()))]
    of = f"customer_id IN ({', '.join(names)}) AND" if customers is not None else ""
    cursor.execute(GONE.format(of=of), wanted.params)  # type: ignore[attr-defined]
    return max(cursor.rowcount, 0)  # type: ignore[attr-defined]


@transaction.atomic
def note_movements(*, as_of: date) -> int:
    """Keep the last movement of every customer beside it, for pages. Returns the rows that changed."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED.format(movement=statement.MOVEMENT.format(of="")), {"as_of": as_of})
        return max(cursor.rowcount, 0)


def count_open() -> int:
    """How many due items have a standing."""
    return Standing.objects.count()
