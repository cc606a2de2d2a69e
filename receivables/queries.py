"""Reading what the ledger knows beside its rows: rates of a day, the order in which money settles, the journal."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, Max, Model, OuterRef, Q

from common.columns import MoneySum
from common.money import ZERO
from contracts.models import Contract, Shipment
from customers import queries as families
from customers.models import Customer
from receivables.models import (
    Allocation,
    Charge,
    CreditNote,
    DueItem,
    FxDifference,
    Invoice,
    JournalBatch,
    Payment,
    Rate,
    Refund,
)
from staff.models import Business, User

ONE = Decimal(1)
#: Nouns of journal rows whose amounts below zero take something back.
TOLD: tuple[tuple[str, type[Model]], ...] = (
    ("payment", Payment),
    ("credit note", CreditNote),
    ("refund", Refund),
    ("charge", Charge),
    ("allocation", Allocation),
)


@dataclass(frozen=True, slots=True)
class Stated:
    """One unit of a currency in the base currency, and the day of which the rate is."""

    rate: Decimal
    on: date


def proven(invoices: Iterable[int]) -> dict[int, int]:
    """By invoice the shipment whose signed delivery note is on file. One statement."""
    found = Invoice.objects.filter(pk__in=set(invoices), shipment__proof__document__isnull=False).order_by()
    return dict(found.values_list("pk", "shipment"))


def base_currency() -> str:
    return Business.objects.order_by("pk").values_list("base_currency", flat=True).first() or "EUR"


def rates_on(day: date, *, base: str) -> dict[str, Stated]:
    """By currency the newest stated rate not after the day. A currency without one is missing; the base is 1."""
    newest = Rate.objects.filter(on__lte=day).order_by().values_list("currency").annotate(newest=Max("on"))
    wanted = Q(pk__in=[])
    for currency, on in newest:
        wanted |= Q(currency=currency, on=on)
    found = {rate.currency: Stated(rate.rate, rate.on) for rate in Rate.objects.filter(wanted).order_by("pk")}
    return found | {base: Stated(ONE, day)}


def open_amount(customer: Customer, currency: str) -> Decimal:
    """What the customer and the accounts it pays for owe now, in one currency."""
    items = DueItem.objects.filter(customer__in=families.pays_for(customer), currency=currency, open_amount__gt=0)
    return items.aggregate(total=MoneySum("open_amount"))["total"] or ZERO


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A due item as somebody who books its money looks it up."""

    invoice_id: int
    number: str
    account: str  # whose it is, where that is another one than who pays
    due_date: date | None
    open_amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class WhatIsOpen:
    """The oldest rows, how many more there are, and the sums of all of them by currency."""

    rows: tuple[OpenRow, ...]
    more: int
    totals: tuple[tuple[str, Decimal], ...]


def what_is_open(customer: Customer, *, most: int = 30) -> WhatIsOpen:
    """What the customer and the accounts it pays for owe now, in the order in which money settles it."""
    items = DueItem.objects.filter(customer__in=families.pays_for(customer), open_amount__gt=0)
    shown = items.select_related("invoice", "customer").order_by("due_date", "invoice__issued_on", "pk")[:most]
    totals = items.order_by("currency").values_list("currency").annotate(total=MoneySum("open_amount"))
    rows = tuple(
        OpenRow(
            invoice_id=item.invoice_id,
            number=item.invoice.number,
            account="" if item.customer_id == customer.pk else item.customer.name,
            due_date=item.due_date,
            open_amount=item.open_amount,
            currency=item.currency,
        )
        for item in shown
    )
    return WhatIsOpen(rows, items.count() - len(rows), tuple(totals))


def payers(user: User, *, most: int = 500) -> list[tuple[str, str]]:
    """Codes and names of customers to choose from as a payment is booked: those who owe something come first."""
    owes = DueItem.objects.filter(customer=OuterRef("pk"), open_amount__gt=0)
    seen = Customer.objects.visible_to(user).order_by(Exists(owes).desc(), "name", "pk")
    return list(seen.values_list("code", "name")[:most])


def open_numbers(customer: Customer, currency: str) -> list[str]:
    """The numbers of the invoices that a payment of this customer can settle."""
    items = DueItem.objects.filter(customer__in=families.pays_for(customer), currency=currency, open_amount__gt=0)
    return list(items.order_by("invoice__number").values_list("invoice__number", flat=True))


def orders_of(customers: Iterable[int]) -> dict[tuple[int, str], list[str]]:
    """By customer and currency, the numbers of goods that wait: money may be meant for them before they are billed."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    waiting = Shipment.objects.filter(customer__in=set(customers), state__in=Shipment.WAITS).order_by("asked_on", "pk")
    for customer, currency, number in waiting.values_list("customer", "currency", "number"):
        found[customer, currency].append(number)
    return found


def charges_first(customer: Customer, on: date) -> bool:
    """Does money settle cost and interest before principal? The contract decides, else the law of the place."""
    return orders([customer.pk])(customer.pk, on)


def orders(customers: Iterable[int]) -> Callable[[int, date], bool]:
    """The same for many customers and days, in two queries."""
    agreed: dict[int, list[Contract]] = defaultdict(list)
    said = Contract.objects.filter(customer__in=set(customers), state=Contract.State.ACTIVE).exclude(charges_first=None)
    for contract in said.order_by("-starts_on", "-pk"):
        agreed[contract.customer_id].append(contract)
    ours = Business.objects.order_by("pk").values_list("charges_first", flat=True).first()

    def of(customer: int, on: date) -> bool:
        for one in agreed[customer]:
            if one.starts_on <= on and (one.ends_before is None or one.ends_before > on):
                return bool(one.charges_first)
        return True if ours is None else ours

    return of


@dataclass(frozen=True, slots=True)
class KindTotal:
    """Rows of one kind in a batch of the journal, and what they come to: what is taken back counts against it."""

    currency: str
    kind: str
    count: int
    amount: Decimal


def journal_totals(batch: JournalBatch) -> list[KindTotal]:
    """By currency and kind, how many rows a batch has and what their amounts come to.

    A row has an amount above zero, whichever way it goes: it takes something back where what it books is below zero,
    and the other way round in a batch that takes another batch back.
    """
    rows = batch.rows.order_by().values_list("currency", "kind").annotate(count=Count("pk"), amount=MoneySum("amount"))
    totals = {(currency, kind): (count, amount) for currency, kind, count, amount in rows}
    back = _taking_back()
    told = batch.rows.order_by().values_list("currency", "kind", "subject", "amount")
    for currency, kind, subject, amount in told.iterator() if back else ():
        if subject in back:
            count, total = totals[currency, kind]
            totals[currency, kind] = count, total - 2 * amount
    sign = -1 if batch.reverses_id is not None else 1
    return [KindTotal(*key, count, sign * total) for key, (count, total) in sorted(totals.items())]


def _taking_back() -> set[str]:
    """Subjects of journal rows that book the end of something."""
    found = {f"exchange {key} reversed" for key in FxDifference.objects.values_list("pk", flat=True)}
    for noun, model in TOLD:
        below_zero = model._default_manager.filter(amount__lt=0).values_list("pk", flat=True)
        found |= {f"{noun} {key}" for key in below_zero.iterator()}
    return found
