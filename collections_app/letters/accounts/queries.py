"""A customer's account on any day, from dated rows: what was open, what moved, and what it comes to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils.translation import gettext as _

from collections_app.policy import queries as policy
from collections_app.standings import lines, queries
from collections_app.standings.queries import EFFECTIVE
from common import clock, money
from common.money import ZERO
from customers.models import Customer
from receivables.models import Allocation, Charge, CreditNote, DueItem, Invoice, Payment, Refund


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Something open at the end of the day; credit and unapplied money are negative and have no days late."""

    kind: str
    key: int
    document: str
    delivery: str
    issued_on: date
    due_date: date | None
    amount: Decimal
    open: Decimal
    bucket: str

    @property
    def paid(self) -> Decimal:
        return self.amount - self.open


@dataclass(frozen=True, slots=True)
class InCurrency:
    """One currency of the account. `balance` = open items − unapplied money − free credits."""

    currency: str
    items: tuple[OpenLine, ...]
    credits: tuple[OpenLine, ...]
    buckets: tuple[tuple[str, Decimal], ...]

    @property
    def open(self) -> Decimal:
        return sum((line.open for line in self.items), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((line.open for line in self.credits), ZERO)

    @property
    def balance(self) -> Decimal:
        return self.open + self.credit


@dataclass(frozen=True, slots=True)
class Account:
    customer: Customer
    as_of: date
    currencies: tuple[InCurrency, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of the ledger on the day on which it counts. `balance` is the running one of its currency."""

    on: date
    entered_on: date
    what: str
    document: str
    currency: str
    amount: Decimal
    balance: Decimal = field(default=ZERO)


def account(
    customer: Customer,
    *,
    as_of: date,
    known_on: date | None = None,
    bounds: tuple[int, ...] = (30, 60, 90),
    due: str = EFFECTIVE,
) -> Account:
    """What the account held at the end of the day; `known_on` leaves out what was entered later."""
    wanted = lines.open_then(
        as_of=as_of, thresholds=policy.in_force(as_of).thresholds, known_on=known_on, customers=[customer.pk]
    )
    with connection.cursor() as cursor:
        cursor.execute(wanted.sql, wanted.params)
        found = [queries.line_of(row) for row in cursor.fetchall()]
    named = _documents(found)
    by_currency: dict[str, list[tuple[queries.Line, OpenLine]]] = defaultdict(list)
    for line in found:
        bucket = queries.bucket_of_line(line, as_of=as_of, bounds=bounds, due=due)
        number, delivery, issued_on, amount = named[line.kind, line.key]
        shown = OpenLine(line.kind, line.key, number, delivery, issued_on, line.due_date, amount, line.amount, bucket)
        by_currency[line.currency].append((line, shown))
    return Account(
        customer,
        as_of,
        tuple(_in_currency(code, [one for _line, one in rows]) for code, rows in sorted(by_currency.items())),
    )


def _in_currency(currency: str, found: Sequence[OpenLine]) -> InCurrency:
    ordered = sorted(found, key=lambda one: (one.due_date or date.max, one.document, one.key))
    buckets: dict[str, Decimal] = {}
    for one in ordered:
        buckets[one.bucket] = buckets.get(one.bucket, ZERO) + one.open
    return InCurrency(
        currency,
        tuple(one for one in ordered if one.open > ZERO),
        tuple(one for one in ordered if one.open < ZERO),
        tuple(buckets.items()),
    )


def _documents(found: Iterable[queries.Line]) -> dict[tuple[str, int], tuple[str, str, date, Decimal]]:
    """Number, delivery, day and full amount of each line: one query for each kind."""
    keys: dict[str, list[int]] = defaultdict(list)
    for line in found:
        keys[line.kind].append(line.key)
    columns: dict[str, tuple[Any, tuple[str, str, str], int]] = {
        "due item": (DueItem, ("invoice__number", "invoice__shipment__number", "invoice__issued_on"), 1),
        "charge": (Charge, ("due_item__invoice__number", "basis", "claimed_on"), 1),
        "credit note": (CreditNote, ("number", "invoice__number", "issued_on"), -1),
        "payment": (Payment, ("reference", "receipt__number", "counts_on"), -1),
    }
    named = {}
    for kind, wanted in keys.items():
        model, names, sign = columns[kind]
        rows = model._default_manager.order_by()
        if len(wanted) <= 10_000:
            rows = rows.filter(pk__in=wanted)
        for pk, number, other, on, amount in rows.values_list("pk", *names, "amount"):
            named[kind, pk] = (number or "", other or "", on, sign * amount)
    return named


def movements(customer: Customer, *, as_of: date, known_on: date | None = None) -> list[Movement]:
    """Everything that moved the account up to the day, oldest first, with its running balance per currency.

    Money of a payer that settles another account leaves his and enters the other, on the day it applies.
    """
    known = Q() if known_on is None else Q(entered_at__lt=clock.end_of(known_on))
    rows = sorted(_rows(customer, as_of, known), key=lambda row: (row.on, row.entered_on, row.what, row.document))
    balances: dict[str, Decimal] = defaultdict(lambda: ZERO)
    found = []
    for row in rows:
        balances[row.currency] += row.amount
        found.append(
            Movement(row.on, row.entered_on, row.what, row.document, row.currency, row.amount, balances[row.currency])
        )
    return found


def _rows(customer: Customer, as_of: date, known: Q) -> Iterator[Movement]:
    own = Q(customer=customer) & known
    applied = Allocation.objects.filter(known, applies_on__lte=as_of).order_by()
    given_up = applied.filter(write_off__isnull=False)
    here = Q(due_item__customer=customer) | Q(charge__customer=customer)
    from_here = Q(payment__customer=customer) | Q(credit_note__customer=customer)
    with_money = applied.filter(write_off=None)
    money_of = ("payment__reference", "payment__currency")
    sources: tuple[tuple[Any, str, str, str, str, int], ...] = (
        (Invoice.objects.filter(own, issued_on__lte=as_of), _("Invoice"), "number", "issued_on", "currency", 1),
        (CreditNote.objects.filter(own, issued_on__lte=as_of), _("Credit note"), "number", "issued_on", "currency", -1),
        (
            Payment.objects.filter(own, counts_on__lte=as_of, reverses=None),
            _("Payment"), "reference", "counts_on", "currency", -1,
        ),
        (
            Payment.objects.filter(own, counts_on__lte=as_of, reverses__isnull=False),
            _("Payment taken back"), "reference", "counts_on", "currency", -1,
        ),
        (
            Refund.objects.filter(known, payment__customer=customer, paid_on__lte=as_of),
            _("Refund"), money_of[0], "paid_on", money_of[1], 1,
        ),
        (
            Refund.objects.filter(known, credit_note__customer=customer, paid_on__lte=as_of),
            _("Refund"), "credit_note__number", "paid_on", "credit_note__currency", 1,
        ),
        (
            given_up.filter(due_item__customer=customer),
            _("Write-off"), "due_item__invoice__number", "applies_on", "due_item__currency", -1,
        ),
        (
            Charge.objects.filter(own, reverses=None, booked_on__lte=as_of),
            _("Charge"), "due_item__invoice__number", "booked_on", "currency", 1,
        ),
        (
            Charge.objects.filter(own, reverses__booked_on__lte=as_of, claimed_on__lte=as_of),
            _("Charge taken back"), "due_item__invoice__number", "claimed_on", "currency", 1,
        ),
        (
            given_up.filter(charge__customer=customer, charge__booked_on__lte=as_of),
            _("Waived"), "charge__due_item__invoice__number", "applies_on", "charge__currency", -1,
        ),
        (
            with_money.filter(due_item__customer=customer).exclude(from_here),
            _("Paid by another account"), "due_item__invoice__number", "applies_on", "due_item__currency", -1,
        ),
        (
            with_money.filter(from_here, due_item__isnull=False).exclude(here),
            _("Paid for another account"), "due_item__invoice__number", "applies_on", "due_item__currency", 1,
        ),
    )  # fmt: skip
    for rows, what, document, on, currency, sign in sources:
        values = rows.order_by().annotate(said=F(document), code=F(currency), day=F(on))
        for said, code, day, entered_at, amount in values.values_list("said", "code", "day", "entered_at", "amount"):
            yield Movement(day, clock.business_day(entered_at), what, said or "", code, sign * money.stored(amount))
