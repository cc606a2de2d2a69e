"""Sums of a past day in a scope, rebuilt from dated rows as one statement: no row of the book comes into memory.

They are those of `past.lines`; a test pins the two to each other.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from collections_app.desk.past import NOT_LATE, rep_test
from collections_app.desk.scope import KNOWN_THEN, NOT_LATE_ONLY, OTHERS, Scope
from collections_app.desk.sources import Group, in_order
from collections_app.policy import queries as policy
from collections_app.standings import lines
from collections_app.standings.seen import seen_by
from collections_app.standings.totals import bucket_case
from common import money
from receivables.buckets import CHARGES, CREDIT_NOTES, UNAPPLIED
from staff.models import User

SUMS = """
    SELECT currency, standing, bucket, rep, COUNT(*), SUM(amount), SUM(disputed), MIN(due_date)
    FROM (
        SELECT l.currency, l.standing, {bucket} AS bucket, o.rep_id AS rep, {amount} AS amount, l.disputed, l.due_date
        FROM ({lines}) l {customers}
        LEFT JOIN customers_ownership o ON o.customer_id = l.customer_id AND o.starts_on <= %(as_of)s
            AND (o.ends_before IS NULL OR o.ends_before > %(as_of)s)
        {seen}
    ) shown WHERE amount <> 0 GROUP BY currency, standing, bucket, rep"""
OWN_BUCKET = (
    f"WHEN 'payment' THEN '{UNAPPLIED}' WHEN 'charge' THEN '{CHARGES}' WHEN 'credit note' THEN '{CREDIT_NOTES}'"
)
AMOUNTS = {"": "l.amount", "without": "ROUND(l.amount - l.disputed, 3)", "only": "l.disputed"}


def groups(scope: Scope, *, user: User, bounds: tuple[int, ...]) -> list[Group]:
    """By currency, standing, bucket and rep of the day. Words are not searched for here: they need the documents."""
    found = [_group(row) for row in _sums(scope, user, bounds)]
    is_wanted_rep = rep_test(scope)
    return in_order([group for group in found if is_wanted_rep(group.rep) and _fits(group, scope)])


def _sums(scope: Scope, user: User, bounds: tuple[int, ...]) -> list[tuple[Any, ...]]:
    day = scope.as_of
    known_on = day if scope.known == KNOWN_THEN else None
    open_then = lines.open_then(as_of=day, policy=policy.in_force(day), known_on=known_on)
    params = dict(open_then.params)
    by_age = bucket_case(params, day, bounds, column=f"l.{scope.due_column}")
    statement = SUMS.format(
        bucket=f"CASE l.kind {OWN_BUCKET} ELSE {by_age} END",
        amount=AMOUNTS[scope.disputed],
        lines=open_then.sql,
        customers=_of_customers(scope, params),
        seen=seen_by(user, "l.customer_id"),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # With its usual 4 MB PostgreSQL sorts and joins the whole book on disk: half as long again.
            cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _of_customers(scope: Scope, params: dict[str, Any]) -> str:
    """The join that leaves the customers of the scope; none where it asks for everybody's."""
    asked = {name: getattr(scope, name) for name in ("region", "channel", "segment") if getattr(scope, name)}
    if scope.customer:
        asked["code"] = scope.customer
    if not asked:
        return ""
    params |= {f"wanted_{name}": value for name, value in asked.items()}
    conditions = "".join(f" AND c.{name} = %(wanted_{name})s" for name in asked)
    return f"JOIN customers_customer c ON c.id = l.customer_id{conditions}"


def _group(row: tuple[Any, ...]) -> Group:
    currency, standing, bucket, rep, count, amount, disputed, oldest = row
    return Group(currency, standing, bucket, rep, count, _money(amount), _money(disputed), _day(oldest))


def _fits(group: Group, scope: Scope) -> bool:
    in_time = scope.late == NOT_LATE_ONLY
    return (
        scope.currency in ("", group.currency)
        and scope.standing in ("", group.standing, "" if group.is_item else OTHERS)
        and scope.bucket in ("", group.bucket)
        and (not scope.late or (group.is_item and (group.bucket in NOT_LATE) == in_time))
    )


def _money(value: object) -> Decimal:
    return money.stored(Decimal(str(value)))


def _day(value: object) -> date | None:
    """SQLite hands days over as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]
