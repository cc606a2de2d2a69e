"""The tie line: our balance of a day beside the ledger's control total, and what explains a difference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from collections_app.policy import queries as policy
from collections_app.standings import lines, queries, tie_lacking
from collections_app.standings.tie_rules import Cause, Explanation, Lacking, explain, lacking, total
from common import money
from common.money import ZERO
from receivables.models import ControlTotal, CreditNote, DueItem, Invoice, Payment, Refund
from receivables.models.methods import OPENING

DAYS_LOOKED_BACK = 7  # what the ledger may have booked on another day than we
NOTHING = Lacking()
BILLED_HERE, LISTED = tie_lacking.BILLED_HERE, tie_lacking.LISTED
OPEN_ITEM, INVOICE, REPORTED_PAYMENT, REPORTED_CREDIT, REFUNDED = (
    "open item",
    "invoice",
    "reported payment",
    "reported credit note",
    "refunded credit note",
)


@dataclass(frozen=True, slots=True)
class Tie:
    """A currency on a day. `difference` is ours less the ledger's; None where the ledger's total is not stated."""

    currency: str
    on: date
    ours: Decimal
    ledger: Decimal | None
    explanation: Explanation | None = None

    @property
    def difference(self) -> Decimal | None:
        return None if self.ledger is None else self.ours - self.ledger

    @property
    def is_tied(self) -> bool:
        return self.difference == ZERO


def ties(*, on: date) -> list[Tie]:
    """Every currency that we or the ledger have on the day, differences explained."""
    ours = {total.currency: total.amount for total in queries.ageing(as_of=on).totals}
    stated = dict(ControlTotal.objects.filter(on=on).values_list("currency", "amount"))
    found = explanations(
        on=on, differences={currency: ours.get(currency, ZERO) - amount for currency, amount in stated.items()}
    )
    return [
        Tie(currency, on, ours.get(currency, ZERO), stated.get(currency), found.get(currency))
        for currency in sorted(ours.keys() | stated.keys())
    ]


def not_told(*, on: date, differences: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """By currency, what is left of a difference that is not just what the ledger did not have from us at its end."""
    left = dict(differences)
    if any(left.values()):
        known = tie_lacking.on(on)
        left = {code: lacking(amount, known.get(code, NOTHING)).left for code, amount in differences.items()}
    return left


def explanations(*, on: date, differences: Mapping[str, Decimal]) -> dict[str, Explanation]:
    """By currency, why our balance of the day differs from the control total by so much."""
    found = {currency: Explanation((), ZERO) for currency in differences}
    wanted = {currency: amount for currency, amount in differences.items() if amount != ZERO}
    if not wanted:
        return found
    known = tie_lacking.on(on)
    for currency, difference in wanted.items():
        own = known.get(currency, NOTHING)
        found[currency] = lacking(difference, own)
        if found[currency].left != ZERO:
            amounts = {difference, *(difference - total(some) for some in own.wholes())}
            others = [*_open_lines(currency, on, amounts), *_recent(currency, on)]
            found[currency] = explain(difference, own, others=others)
    return found


def _open_lines(currency: str, on: date, wanted: set[Decimal]) -> list[Cause]:
    """Whatever is open with exactly one of these amounts: the ledger may have it settled."""
    found = lines.open_then(as_of=on, policy=policy.in_force(on))
    params = dict(found.params) | {"currency": currency}
    tests = []
    for place, amount in enumerate(sorted(wanted - {ZERO})):
        params[f"wanted_{place}"] = str(money.stored(amount))
        tests.append(f"ABS(l.amount - CAST(%(wanted_{place})s AS NUMERIC)) < 0.0005")
    sql = f"""SELECT l.kind, l.key, c.code, l.amount FROM ({found.sql}) l
        JOIN customers_customer c ON c.id = l.customer_id
        WHERE l.currency = %(currency)s AND ({" OR ".join(tests)}) ORDER BY l.kind, l.key LIMIT 20"""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    numbers = _numbers([(kind, key) for kind, key, _code, _amount in rows])
    return [
        Cause(OPEN_ITEM, numbers.get((kind, key), f"{kind} {key}"), code, money.stored(Decimal(str(amount))))
        for kind, key, code, amount in rows
    ]


def _numbers(wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What people call these rows."""

    def keys(kind: str) -> list[int]:
        return [key for found, key in wanted if found == kind]

    items = DueItem.objects.filter(pk__in=keys("due item")).values_list("pk", "invoice__number")
    notes = CreditNote.objects.filter(pk__in=keys("credit note")).values_list("pk", "number")
    payments = Payment.objects.filter(pk__in=keys("payment")).exclude(reference="").values_list("pk", "reference")
    return {
        (kind, key): number
        for kind, rows in (("due item", items), ("credit note", notes), ("payment", payments))
        for key, number in rows
    }


def _recent(currency: str, on: date) -> list[Cause]:
    """What the ledger told us for the last days, newest first: it may have moved it to another day."""
    since = on - timedelta(days=DAYS_LOOKED_BACK)
    billed = Invoice.objects.filter(currency=currency, issued_on__gt=since, issued_on__lte=on)
    paid = Payment.objects.filter(
        currency=currency, counts_on__gt=since, counts_on__lte=on, reported_by_ledger=True
    ).order_by("-counts_on", "-pk")
    paid = paid.exclude(method=OPENING[0])  # both books begin with these
    credited = CreditNote.objects.filter(
        currency=currency, issued_on__gt=since, issued_on__lte=on, reported_by_ledger=True
    ).order_by("-issued_on", "-pk")
    refunded = Refund.objects.filter(
        credit_note__currency=currency, credit_note__reported_by_ledger=True, paid_on__gt=since, paid_on__lte=on
    ).order_by("-paid_on", "-pk")
    found = [
        (INVOICE, 1, billed.order_by("-issued_on", "-pk").values_list("number", "customer__code", "amount")),
        (REPORTED_PAYMENT, -1, paid.values_list("reference", "customer__code", "amount")),
        (REPORTED_CREDIT, -1, credited.values_list("number", "customer__code", "amount")),
        (REFUNDED, 1, refunded.values_list("credit_note__number", "credit_note__customer__code", "amount")),
    ]
    return [
        Cause(what, number or what, code, sign * amount) for what, sign, rows in found for number, code, amount in rows
    ]
