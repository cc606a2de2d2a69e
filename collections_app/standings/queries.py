"""Ageing of any day, by bucket, standing, currency, rep or customer; exact to the cent on both databases."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from collections_app.policy import queries as policy
from collections_app.standings import lines
from collections_app.standings.lines import CREDIT_STANDING
from collections_app.standings.migration import Migration, between
from collections_app.standings.models import Night, NightTotal, StandingChoices
from collections_app.standings.seen import seen_by
from common import money
from common.columns import MoneySum
from common.money import ZERO
from common.refusals import Refused
from common.templatetags import ui
from customers.models import Customer
from receivables import buckets as ageing_buckets
from receivables.buckets import CHARGES, CREDIT_NOTES, UNAPPLIED
from staff.models import Business, User

DIMENSIONS = ("standing", "bucket", "currency", "rep", "customer")
EFFECTIVE, AGREED = "effective", "original"  # by which due date something is aged


class NotKnown(Refused):
    """A day before this book was taken over."""


def check_known(as_of: date) -> None:
    """Refuse a day before the take-over: what was open then stands in the company's ledger alone."""
    opening_on = Business.objects.order_by("pk").values_list("opening_on", flat=True).first()
    if opening_on is not None and as_of < opening_on:
        raise NotKnown(
            _("What was open on %(day)s is not known: this book begins on %(first)s. Choose that day or a later one.")
            % {"day": ui.day(as_of), "first": ui.day(opening_on)}
        )


@dataclass(frozen=True, slots=True)
class Line:
    """Something open on the day. `kind` is due item, charge, credit note or payment; credit is negative."""

    kind: str
    key: int
    customer: int
    currency: str
    due_date: date | None
    agreed_due_date: date | None
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
    due: str = EFFECTIVE,
    user: User | None = None,
) -> AgeingReport:
    """What was open at the end of a day, per currency, in groups. Credit notes and unapplied money are negative.

    `user` limits it to what this person may see; `known_on` to what was entered by the end of that day. `due` says
    by which due date it is aged: the one in force then, or the one first agreed. Reps are those of the day.
    """
    unknown = set(by) - set(DIMENSIONS)
    if unknown:
        raise ValueError(f"Unknown group: {', '.join(sorted(unknown))}. Choose from {', '.join(DIMENSIONS)}.")
    wanted = [name for name in DIMENSIONS if name in by or name == "currency"]
    open_then = lines.open_then(as_of=as_of, policy=policy.in_force(as_of), known_on=known_on)
    params = dict(open_then.params)
    columns = {
        "standing": "l.standing",
        "bucket": _bucket_case(params, as_of, buckets, credits_apart=credits_apart, due=due),
        "currency": "l.currency",
        "rep": "COALESCE(u.username, '')",
        "customer": "c.code",
    }
    chosen = ", ".join(f"{columns[name]} AS {name}" for name in wanted)
    joins = REP_THEN if "rep" in wanted else ""
    joins += " JOIN customers_customer c ON c.id = l.customer_id" if "customer" in wanted else ""
    sql = f"""SELECT {chosen}, COUNT(*), SUM(l.amount) FROM ({open_then.sql}) l{joins}
        {seen_by(user, "l.customer_id")} GROUP BY {", ".join(str(place) for place in range(1, len(wanted) + 1))}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    rows = []
    totals: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for *names, count, amount in found:
        group = dict(zip(wanted, names, strict=True))
        row = Row(
            standing=group.get("standing"),
            bucket=group.get("bucket"),
            currency=group["currency"],
            rep=group.get("rep"),
            customer=group.get("customer"),
            count=count,
            amount=_money(amount),
        )
        totals[row.currency][0] += count
        totals[row.currency][1] += row.amount
        rows.append(row)
    order = _order(buckets)
    rows.sort(key=lambda row: _place(row, order))
    return AgeingReport(
        as_of,
        rows,
        [Total(currency, int(count), amount) for currency, (count, amount) in sorted(totals.items())],
    )


# Who answered for the customer on the day; nobody is "".
REP_THEN = """
    LEFT JOIN customers_ownership o ON o.customer_id = l.customer_id AND o.starts_on <= %(as_of)s
        AND (o.ends_before IS NULL OR o.ends_before > %(as_of)s)
    LEFT JOIN staff_user u ON u.id = o.rep_id"""


def _place(row: Row, order: dict[str, int]) -> tuple[str, int, int, str, str]:
    return (
        row.currency,
        order.get(row.standing or "", 0),
        order.get(row.bucket or "", 0),
        row.rep or "",
        row.customer or "",
    )


def _bucket_case(params: dict[str, Any], as_of: date, bounds: tuple[int, ...], *, credits_apart: bool, due: str) -> str:
    """The bucket as SQL over dates; its bounds become parameters. The same reading as `bucket_of_line`."""
    column = "l.due_date" if due == EFFECTIVE else "l.agreed_due_date"
    whens = [f"WHEN l.kind = 'payment' THEN '{UNAPPLIED}'", f"WHEN l.kind = 'charge' THEN '{CHARGES}'"]
    if credits_apart:
        whens.append(f"WHEN l.kind = 'credit note' THEN '{CREDIT_NOTES}'")
    whens.append(f"WHEN {column} IS NULL THEN '{ageing_buckets.NO_DUE_DATE}'")
    for place, bucket in enumerate(ageing_buckets.buckets(as_of=as_of, bounds=bounds)):
        if bucket.due_after is None:
            break
        params[f"bucket_{place}"] = bucket.due_after
        whens.append(f"WHEN {column} > %(bucket_{place})s THEN '{bucket.name}'")
    return f"CASE {' '.join(whens)} ELSE '{ageing_buckets.names(bounds)[-2]}' END"


def bucket_of_line(
    line: Line, *, as_of: date, bounds: tuple[int, ...], credits_apart: bool = False, due: str = EFFECTIVE
) -> str:
    """The bucket of one line; the same reading as the SQL of `ageing`."""
    if line.kind == "payment":
        return UNAPPLIED
    if line.kind == "charge":
        return CHARGES
    if line.kind == "credit note" and credits_apart:
        return CREDIT_NOTES
    aged_by = line.due_date if due == EFFECTIVE else line.agreed_due_date
    return ageing_buckets.bucket_of(aged_by, as_of=as_of, bounds=bounds)


def _order(bounds: tuple[int, ...]) -> dict[str, int]:
    names = (*ageing_buckets.names(bounds), CHARGES, CREDIT_NOTES, UNAPPLIED)
    standings = ("unpaid", "overdue", "quasi-bad", "bad", "dormant", CHARGES, CREDIT_STANDING, UNAPPLIED)
    return {name: place for place, name in enumerate((*standings, *names))}


def open_lines(*, as_of: date, known_on: date | None = None, user: User | None = None) -> Iterable[Line]:
    """Due items, credit notes and unapplied payments open at the end of the day."""
    customers = None
    if user is not None and not user.sees_everything:
        customers = set(Customer.objects.visible_to(user).values_list("pk", flat=True))
    for line in _all_lines(as_of, known_on):
        if customers is None or line.customer in customers:
            yield line


def _all_lines(as_of: date, known_on: date | None) -> Iterable[Line]:
    found = lines.open_then(as_of=as_of, policy=policy.in_force(as_of), known_on=known_on)
    with connection.cursor() as cursor:
        cursor.execute(found.sql, found.params)
        for row in cursor.fetchall():
            yield line_of(row)


def line_of(row: tuple[Any, ...]) -> Line:
    """A row of `lines.open_then` with its amounts and days as values."""
    kind, key, customer, currency, due, agreed, amount, standing, disputed = row
    return Line(kind, key, customer, currency, _day(due), _day(agreed), _money(amount), standing, _money(disputed))


def _day(value: object) -> date | None:
    """SQLite hands days over as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value  # type: ignore[return-value]


def _money(value: object) -> Decimal:
    return money.stored(Decimal(str(value)))


def night_totals(as_of: date) -> list[Row]:
    """Due items per standing and currency: as the night of the day stored them, else rebuilt from the rows."""
    night = Night.objects.filter(business_date=as_of, classified_at__isnull=False).first()
    if night is None:
        found = ageing(as_of=as_of, by=("standing",)).rows
        return [row for row in found if row.standing not in (CREDIT_STANDING, UNAPPLIED, CHARGES)]
    stored = NightTotal.objects.filter(night=night, standing__in=[kind.value for kind in StandingChoices])
    rows = stored.order_by().values_list("standing", "currency")
    totals = rows.annotate(items=Sum("count"), amount=MoneySum("open_amount"))
    found = [Row(standing, None, currency, None, None, count, amount) for standing, currency, count, amount in totals]
    order = _order((30,))
    return sorted(found, key=lambda row: (row.currency, order[row.standing or ""]))


def migration(from_day: date, to_day: date, user: User | None = None) -> Migration:
    """Who moved from which standing to which between the ends of two days: as their nights had it where both are
    stored, else rebuilt. Rows add up to the first day, columns to the second.
    """
    return between(from_day, to_day, user)
