"""A customer's account at the end of any day: what was open, in which bucket, and what it comes to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max

from collections_app.policy import queries as policy
from collections_app.standings import lines, queries
from collections_app.standings.queries import AGREED, EFFECTIVE
from collections_app.standings.statement import Statement
from common.money import ZERO
from customers.models import Customer
from receivables import buckets as ageing_buckets
from receivables.models import Charge, CreditNote, DueItem, Payment


@dataclass(frozen=True, slots=True)
class Document:
    """What a line is about: its number, what was delivered with it, its day and its full amount."""

    number: str
    issued_on: date
    amount: Decimal
    invoice: int | None = None
    delivery: str = ""
    batch: int | None = None
    position: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Something open at the end of the day; credit and unapplied money are negative and are never late."""

    kind: str
    key: int
    document: Document
    due_date: date | None
    days_late: int
    open: Decimal

    @property
    def amount(self) -> Decimal:
        return self.document.amount

    @property
    def paid(self) -> Decimal:
        return self.amount - self.open


@dataclass(frozen=True, slots=True)
class InCurrency:
    """One currency of the account. `balance` = open items − unapplied money − free credits.

    `items` and `credits` are the first lines, oldest first; the counts and amounts are of all of them.
    """

    currency: str
    items: tuple[OpenLine, ...]
    credits: tuple[OpenLine, ...]
    item_count: int
    credit_count: int
    open: Decimal
    credit: Decimal
    buckets: tuple[tuple[str, Decimal], ...]

    @property
    def balance(self) -> Decimal:
        return self.open + self.credit

    @property
    def more(self) -> int:
        """How many lines stand beyond those that are shown."""
        return self.item_count + self.credit_count - len(self.items) - len(self.credits)


@dataclass(frozen=True, slots=True)
class Account:
    customer: Customer
    as_of: date
    currencies: tuple[InCurrency, ...]


def account(
    customer: Customer,
    *,
    as_of: date,
    known_on: date | None = None,
    bounds: tuple[int, ...] = (30, 60, 90),
    due: str = EFFECTIVE,
    most: int,
) -> Account:
    """What the account held at the end of the day; `known_on` leaves out what was entered later.

    Totals are those of the whole account; of each currency at most so many items and so many credits are listed.
    """
    wanted = lines.open_then(as_of=as_of, policy=policy.in_force(as_of), known_on=known_on, customers=[customer.pk])
    first = _first(wanted, as_of, due, most)
    sums = _sums(wanted, as_of, bounds, due)
    return Account(customer, as_of, tuple(_in_currency(sums[code], first, bounds) for code in sorted(sums)))


@dataclass(slots=True)
class _Sums:
    currency: str
    item_count: int = 0
    credit_count: int = 0
    open: Decimal = ZERO
    credit: Decimal = ZERO
    buckets: dict[str, Decimal] | None = None


SUMS = """
    SELECT kind, MIN(key), MIN(customer_id), currency, due_date, agreed_due_date, SUM(amount), '', 0, COUNT(*)
    FROM ({lines}) l GROUP BY kind, currency, due_date, agreed_due_date, CASE WHEN amount > 0 THEN 1 ELSE 0 END"""

FIRST = """
    SELECT kind, key, customer_id, currency, due_date, agreed_due_date, amount, standing, disputed FROM (
        SELECT l.*, ROW_NUMBER() OVER (
            PARTITION BY currency, CASE WHEN amount > 0 THEN 1 ELSE 0 END
            ORDER BY CASE WHEN {due} IS NULL THEN 1 ELSE 0 END, {due}, kind, key) AS place
        FROM ({lines}) l) numbered
    WHERE place <= %(most)s ORDER BY place"""


def _sums(wanted: Statement, as_of: date, bounds: tuple[int, ...], due: str) -> dict[str, _Sums]:
    """By currency; the database sums by due date, so that a bucket is the sum of its days."""
    found: dict[str, _Sums] = {}
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(lines=wanted.sql), wanted.params)
        for *row, count in cursor.fetchall():
            line = queries.line_of(tuple(row))
            own = found.setdefault(line.currency, _Sums(line.currency))
            if line.amount > ZERO:
                own.item_count += count
                own.open += line.amount
            else:
                own.credit_count += count
                own.credit += line.amount
            bucket = queries.bucket_of_line(line, as_of=as_of, bounds=bounds, due=due)
            own.buckets = own.buckets or {}
            own.buckets[bucket] = own.buckets.get(bucket, ZERO) + line.amount
    return found


def _first(wanted: Statement, as_of: date, due: str, most: int) -> list[tuple[str, OpenLine]]:
    """The oldest lines of each currency, with the currency."""
    column = "agreed_due_date" if due == AGREED else "due_date"
    with connection.cursor() as cursor:
        cursor.execute(FIRST.format(lines=wanted.sql, due=column), wanted.params | {"most": most})
        found = [queries.line_of(row) for row in cursor.fetchall()]
    documents = _documents(found)
    return [(line.currency, _line(line, documents[line.kind, line.key], as_of, due)) for line in found]


def _line(line: queries.Line, document: Document, as_of: date, due: str) -> OpenLine:
    due_date = line.agreed_due_date if due == AGREED else line.due_date
    is_item = line.kind == "due item" and due_date is not None
    late = max(0, (as_of - due_date).days) if is_item and due_date else 0
    return OpenLine(line.kind, line.key, document, due_date, late, line.amount)


def _in_currency(sums: _Sums, first: Sequence[tuple[str, OpenLine]], bounds: tuple[int, ...]) -> InCurrency:
    """All ageing buckets stand in their order, also empty ones; the others only where something is in them."""
    own = [line for code, line in first if code == sums.currency]
    filled = sums.buckets or {}
    buckets = dict.fromkeys(ageing_buckets.names(bounds)[:-1], ZERO) | filled
    return InCurrency(
        sums.currency,
        tuple(line for line in own if line.open > ZERO),
        tuple(line for line in own if line.open < ZERO),
        sums.item_count,
        sums.credit_count,
        sums.open,
        sums.credit,
        tuple(buckets.items()),
    )


def _documents(found: Iterable[queries.Line]) -> dict[tuple[str, int], Document]:
    """What the lines are about: one query for each kind, and one for invoices in several parts."""
    keys: dict[str, list[int]] = defaultdict(list)
    for line in found:
        keys[line.kind].append(line.key)
    named = {("due item", key): document for key, document in _of_items(keys["due item"])}
    others: tuple[tuple[str, Any, str, str, int], ...] = (
        ("charge", Charge, "due_item__invoice__number", "claimed_on", 1),
        ("credit note", CreditNote, "number", "issued_on", -1),
        ("payment", Payment, "reference", "counts_on", -1),
    )
    for kind, model, number, on, sign in others:
        rows = model.objects.filter(pk__in=keys[kind]).values_list("pk", number, on, "amount") if keys[kind] else ()
        named |= {(kind, pk): Document(said or "", day, sign * amount) for pk, said, day, amount in rows}
    return named


def _of_items(keys: list[int]) -> Iterable[tuple[int, Document]]:
    rows = DueItem.objects.filter(pk__in=keys).values_list(
        "pk",
        "invoice__number",
        "invoice__issued_on",
        "amount",
        "invoice_id",
        "invoice__shipment__number",
        "invoice__shipment__batch",
        "position",
    )
    found = list(rows)
    several = DueItem.objects.filter(invoice__in={row[4] for row in found}, position__gt=1).order_by()
    parts = dict(several.values_list("invoice_id").annotate(last=Max("position")))
    for pk, number, on, amount, invoice, delivery, batch, position in found:
        yield pk, Document(number, on, amount, invoice, delivery or "", batch, position, parts.get(invoice, 1))
