"""Reading the rows themselves: what they say is open or left, what a day's ageing is, and whether anything changed."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.db import connection

from collections_app.letters.accounts import queries as accounts
from collections_app.letters.accounts.movements import Movements
from collections_app.standings import queries as standings
from customers.models import Customer
from receivables.models import Allocation, Charge, CreditNote, DueItem, Payment, WriteOff
from tests.ledger.expected import Line, Owed, Source

THREE_PLACES = Decimal("0.001")


def of(source: Source) -> Payment | CreditNote:
    model = Payment if source.kind == "payment" else CreditNote
    return model.objects.select_related("customer").get(pk=source.key)


def target(row: Owed) -> DueItem | Charge:
    return (DueItem if row.is_item else Charge).objects.get(pk=row.key)


def allocation(line: Line) -> Allocation:
    """The row of a line: the same ends, day and amount, and of several alike the one as live as it is."""
    ends = {f"{line.source.kind.replace(' ', '_')}": line.source.key}
    ends |= {"due_item" if line.target.is_item else "charge": line.target.key}
    found = Allocation.objects.filter(**ends, amount=line.amount, applies_on=line.on)
    return found.filter(reversed_by__isnull=line.back is None).order_by("pk")[0]


def ageing(day: date, **values):
    found = standings.ageing(as_of=day, by=("bucket", "currency", "customer"), credits_apart=True, **values).rows
    keys = dict(Customer.objects.values_list("code", "pk"))
    return {(keys[row.customer or ""], row.currency, row.bucket): row.amount for row in found}


def by_currency(ageing_of_all, customer: int):
    """One customer's balances out of an ageing."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for (owner, currency, _bucket), amount in ageing_of_all.items():
        if owner == customer:
            found[currency] += amount
    return {currency: amount for currency, amount in found.items() if amount}


def account(customer: Customer, day: date):
    """The balances that the customer's account shows at the end of a day."""
    found = accounts.account(customer, as_of=day, most=1).currencies
    return {one.currency: one.balance for one in found if one.balance}


def moved(customer: Customer, day: date):
    """The balances that the movements of the account come to."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in Movements(customer, as_of=day):
        found[row.currency] += row.amount
    return {currency: amount for currency, amount in found.items() if amount}


AMOUNTS = """
    SELECT 'due item', id, customer_id, currency, open_amount FROM receivables_dueitem
    UNION ALL SELECT 'claim', id, 0, currency, claim_amount FROM receivables_dueitem
    UNION ALL SELECT 'charge', id, customer_id, currency, open_amount FROM receivables_charge WHERE reverses_id IS NULL
    UNION ALL SELECT 'payment', id, customer_id, currency, unapplied_amount FROM receivables_payment
        WHERE reverses_id IS NULL
    UNION ALL SELECT 'credit note', id, customer_id, currency, unapplied_amount FROM receivables_creditnote
        WHERE reverses_id IS NULL"""
SIGNS = {"due item": 1, "charge": 1, "payment": -1, "credit note": -1, "claim": 0}


def amounts():
    """What the rows say is open or left, and the balances that this makes: Σ open − unapplied − free credits."""
    stored: dict[tuple[str, int], Decimal] = {}
    balances: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    with connection.cursor() as cursor:
        cursor.execute(AMOUNTS)
        for kind, key, customer, currency, amount in cursor.fetchall():
            stored[kind, key] = Decimal(str(amount)).quantize(THREE_PLACES)
            balances[customer, currency] += SIGNS[kind] * stored[kind, key]
    return stored, {name: amount for name, amount in balances.items() if amount}


def given_up() -> dict[int, str]:
    """Write-offs that wait or stand."""
    return dict(WriteOff.objects.filter(state__in=("asked", "granted")).values_list("pk", "state"))


# What the amounts do not show: how many rows there are, and the states of those that have one.
DIGEST = " UNION ALL ".join(
    [f"SELECT '{name}' AS what, COUNT(*) AS a, MAX(id) AS b, '' AS c FROM {name}" for name in (
        "receivables_invoice", "receivables_dueitem", "receivables_duedatechange", "receivables_payment",
        "receivables_creditnote", "receivables_allocation", "receivables_refund", "receivables_charge",
        "receivables_writeoff", "receivables_fxdifference", "receivables_receipt", "receivables_receiptline",
        "receivables_paper", "receivables_paperline", "receivables_journalrow", "audit_entry", "customers_mark",
        "standings_night",
    )]
    + [f"SELECT '{name}', id, 0, state FROM receivables_{name}" for name in ("receipt", "paper", "writeoff")]
    + ["SELECT name, last, 0, '' FROM common_series"]
)  # fmt: skip


def everything():
    """What a refusal must leave as it was."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST)
        return sorted(cursor.fetchall(), key=repr), amounts()
