"""Ageing of any day, by bucket, standing, currency, rep or customer; exact to the cent on both databases."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from collections_app.policy import queries as policy
from collections_app.standings import statement
from collections_app.standings.models import Night, Standing
from common import money
from common.columns import MoneySum
from common.money import ZERO
from customers.models import Customer, Ownership
from receivables import buckets as ageing_buckets
from receivables.buckets import CREDIT_NOTES, UNAPPLIED
from staff.models import User

DIMENSIONS = ("standing", "bucket", "currency", "rep", "customer")
CREDIT_STANDING = "credit"
Group = tuple[str | None, str | None, str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Line:
    """Something open on the day. `kind` is due item, credit note or payment; credit is negative."""

    kind: str
    key: int
    customer: int
    currency: str
    due_date: date | None
    amount: Decimal
    standing: str
    disputed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Row:
    """One group of the ageing; dimensions that were not asked for are None."""

    standing: str | None
    bucket: str | None
    currency: str
    rep: str | None
    customer: str | None
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    currency: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AgeingReport:
    as_of: date
    rows: list[Row] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)


def ageing(
    *,
    as_of: date,
    buckets: tuple[int, ...] = (30, 60, 90),
    by: Sequence[str] = ("bucket", "currency"),
    credits_apart: bool = False,
    known_on: date | None = None,
    user: User | None = None,
) -> AgeingReport:
    """What was open at the end of a day, per currency, in groups. Credit notes and unapplied money are negative.

    `user` limits it to what this person may see; `known_on` to what was entered by the end of that day.
    """
    unknown = set(by) - set(DIMENSIONS)
    if unknown:
        raise ValueError(f"Unknown group: {', '.join(sorted(unknown))}. Choose from {', '.join(DIMENSIONS)}.")
    groups = tuple(by)
    reps = rep_names(as_of) if "rep" in groups else {}
    codes = dict(Customer.objects.values_list("pk", "code")) if "customer" in groups else {}
    counted: dict[Group, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    totals: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for line in open_lines(as_of=as_of, known_on=known_on, user=user):
        bucket = bucket_of_line(line, as_of=as_of, bounds=buckets, credits_apart=credits_apart)
        key = (
            line.standing if "standing" in groups else None,
            bucket if "bucket" in groups else None,
            line.currency,
            reps.get(line.customer, "") if "rep" in groups else None,
            codes[line.customer] if "customer" in groups else None,
        )
        for entry in (counted[key], totals[line.currency]):
            entry[0] += 1
            entry[1] += line.amount
    order = _order(buckets)
    rows = [
        Row(standing, bucket, currency, rep, customer, int(count), amount)
        for (standing, bucket, currency, rep, customer), (count, amount) in counted.items()
    ]
    rows.sort(
        key=lambda row: (
            row.currency,
            order.get(row.standing or "", 0),
            order.get(row.bucket or "", 0),
            row.rep or "",
            row.customer or "",
        )
    )
    return AgeingReport(
        as_of,
        rows,
        [Total(currency, int(count), amount) for currency, (count, amount) in sorted(totals.items())],
    )


def bucket_of_line(line: Line, *, as_of: date, bounds: tuple[int, ...], credits_apart: bool = False) -> str:
    if line.kind == "payment":
        return UNAPPLIED
    if line.kind == "credit note" and credits_apart:
        return CREDIT_NOTES
    return ageing_buckets.bucket_of(line.due_date, as_of=as_of, bounds=bounds)


def _order(bounds: tuple[int, ...]) -> dict[str, int]:
    names = (*ageing_buckets.names(bounds), CREDIT_NOTES, UNAPPLIED)
    standings = ("unpaid", "overdue", "quasi-bad", "bad", "dormant", "credit", "unapplied")
    return {name: place for place, name in enumerate((*standings, *names))}


def rep_names(on: date) -> dict[int, str]:
    """By customer: the user name of the rep who answered for it on the day."""
    return dict(Ownership.objects.on(on).values_list("customer_id", "rep__username"))


def open_lines(*, as_of: date, known_on: date | None = None, user: User | None = None) -> Iterable[Line]:
    """Due items, credit notes and unapplied payments open at the end of the day."""
    customers = None
    if user is not None and not user.sees_everything:
        customers = set(Customer.objects.visible_to(user).values_list("pk", flat=True))
    for line in _all_lines(as_of, known_on):
        if customers is None or line.customer in customers:
            yield line


def _all_lines(as_of: date, known_on: date | None) -> Iterable[Line]:
    thresholds = policy.in_force(as_of).thresholds
    items = statement.classified(as_of=as_of, thresholds=thresholds, known_on=known_on)
    params: dict[str, Any] = {"as_of": as_of} | ({"known_until": statement.known_until(known_on)} if known_on else {})
    with connection.cursor() as cursor:
        cursor.execute(items.sql, items.params)
        for key, customer, currency, due, amount, disputed, _claim, standing, _rule in cursor.fetchall():
            yield Line("due item", key, customer, currency, _day(due), _money(amount), standing, _money(disputed))
        cursor.execute(_known(CREDIT, known_on), params)
        for key, customer, currency, due, amount in cursor.fetchall():
            yield Line("credit note", key, customer, currency, _day(due), -_money(amount), CREDIT_STANDING)
        cursor.execute(_known(FREE_MONEY, known_on), params)
        for key, customer, currency, amount in cursor.fetchall():
            yield Line("payment", key, customer, currency, None, -_money(amount), UNAPPLIED)


# What is left of a source of credit: {amount} of it less what was allocated and refunded by the day.
REST = """ROUND({amount} - COALESCE((
        SELECT SUM(a.amount) FROM receivables_allocation a
        WHERE a.{source} = s.id AND a.applies_on <= %(as_of)s{a_known}), 0)
    - COALESCE((SELECT SUM(r.amount) FROM receivables_refund r
        WHERE r.{source} = s.id AND r.paid_on <= %(as_of)s{r_known}), 0), 3)"""

CREDIT = (
    """
    SELECT id, customer_id, currency, due_date, rest FROM (
        SELECT s.id, s.customer_id, s.currency, s.due_date, {rest} AS rest
        FROM receivables_creditnote s WHERE s.issued_on <= %(as_of)s{s_known}
    ) notes WHERE rest > 0""".replace("{rest}", REST)
    .replace("{amount}", "s.amount")
    .replace("{source}", "credit_note_id")
)

# A payment that was reversed by the day has nothing left: its reversal is a negative row of its own.
NOT_REVERSED = """s.amount + COALESCE((
        SELECT v.amount FROM receivables_payment v
        WHERE v.reverses_id = s.id AND v.counts_on <= %(as_of)s{v_known}), 0)"""

FREE_MONEY = (
    """
    SELECT id, customer_id, currency, rest FROM (
        SELECT s.id, s.customer_id, s.currency, {rest} AS rest
        FROM receivables_payment s WHERE s.reverses_id IS NULL AND s.counts_on <= %(as_of)s{s_known}
    ) payments WHERE rest > 0""".replace("{rest}", REST)
    .replace("{amount}", NOT_REVERSED)
    .replace("{source}", "payment_id")
)


def _known(sql: str, known_on: date | None) -> str:
    """Leave out rows entered later, where the question is what was known then."""
    for alias in ("a", "r", "s", "v"):
        condition = f" AND {alias}.entered_at < %(known_until)s" if known_on else ""
        sql = sql.replace(f"{{{alias}_known}}", condition)
    return sql


def _day(value: object) -> date | None:
    """SQLite hands days over as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


def _money(value: object) -> Decimal:
    return money.stored(Decimal(str(value)))


def night_totals(as_of: date) -> list[Row]:
    """Due items per standing and currency: as stored, or rebuilt for a day before the latest night."""
    if Night.objects.filter(business_date__gt=as_of).exists():
        found = ageing(as_of=as_of, by=("standing",)).rows
        return [row for row in found if row.standing not in (CREDIT_STANDING, UNAPPLIED)]
    rows = (
        Standing.objects.order_by()
        .values_list("standing", "due_item__currency")
        .annotate(count=Count("pk"), amount=MoneySum("open_amount"))
    )
    found = [Row(standing, None, currency, None, None, count, amount) for standing, currency, count, amount in rows]
    order = _order((30,))
    return sorted(found, key=lambda row: (row.currency, order[row.standing or ""]))
