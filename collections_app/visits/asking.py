"""What is asked of whom on a day: open amounts less what is disputed, promised or covered by a receipt."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collections_app.cases import queries as cases
from collections_app.cases.models import PromiseItem
from collections_app.cases.queries import Suppressed
from collections_app.policy.thresholds import Thresholds
from collections_app.standings.rules import Facts, standing_of
from collections_app.visits import worth
from collections_app.visits.models import Outcome
from common.money import ZERO
from contracts.models import Method
from receivables import allocation
from receivables.models import DueItem, Receipt

KINDS = {Method.INSTALMENTS.value: worth.INSTALMENT, Method.CONSIGNMENT.value: worth.CONSIGNED}
WORST_FIRST = ("bad", "quasi-bad", "dormant", "overdue", "unpaid")


@dataclass(frozen=True, slots=True)
class Owed:
    """An open due item on a day. Amounts in its currency; `ask_amount` is what a visit asks for, often nothing."""

    key: int
    customer: int
    currency: str
    invoice: str
    issued_on: date
    due_date: date | None
    days_late: int
    standing: str
    open_amount: Decimal
    left_amount: Decimal  # not disputed, promised for later or covered by a receipt
    ask_amount: Decimal
    promised_today: Decimal
    batch: int | None = None
    contract: str = ""
    why_not: tuple[object, ...] = ()  # lazy texts: why part of it is not asked for
    invoice_key: int = 0
    shipment_key: int | None = None
    kind: str = worth.INVOICE


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one customer and currency."""

    ask_amount: Decimal
    late_amount: Decimal
    total_amount: Decimal
    standing: str


def owed(*, on: date, customers: Iterable[int], as_if_undone: Outcome | None = None) -> dict[int, list[Owed]]:
    """Open due items by customer, oldest due date first. Six queries at any size.

    With `as_if_undone` as they would be asked for if that outcome were taken back.
    """
    keys = list(customers)
    items = list(
        DueItem.objects.open()
        .filter(customer__in=keys)
        .select_related("invoice", "invoice__shipment", "invoice__shipment__contract", "standing")
        .order_by("due_date", "invoice__issued_on", "pk")
    )
    suppressions = cases.suppressed(as_of=on, customers=keys, at_the_door=True)
    back = _given_back(as_if_undone, on) if as_if_undone else []
    left = cases.askable(items, [*back, *suppressions])
    left = {item.pk: min(left[item.pk], item.open_amount) for item in items}
    why_not: dict[int, list[object]] = defaultdict(list)
    for row in suppressions:
        if row.reason not in why_not[row.due_item_id]:
            why_not[row.due_item_id].append(row.reason)
    promised: dict[int, Decimal] = defaultdict(Decimal)
    for key, amount in PromiseItem.objects.filter(
        promise__customer__in=keys, promise__state="open", promise__promised_on=on
    ).values_list("due_item_id", "amount"):
        promised[key] += amount
    found: dict[int, list[Owed]] = defaultdict(list)
    for item in items:
        found[item.customer_id].append(_owed(item, on, left[item.pk], promised[item.pk], tuple(why_not[item.pk])))
    return found


def _given_back(outcome: Outcome, on: date) -> list[Suppressed]:
    """What the outcome keeps from being asked for now, as amounts below zero: they go first and give it back."""
    parts: list[tuple[int, Decimal]] = []
    if outcome.receipt is not None and outcome.receipt.state == Receipt.State.PROVISIONAL:
        parts += outcome.receipt.lines.values_list("due_item_id", "amount")
    if outcome.promise is not None and outcome.promise.state == "open" and outcome.promise.promised_on != on:
        parts += outcome.promise.items.values_list("due_item_id", "amount")
    parts += outcome.disputes.filter(closed_on=None).values_list("due_item_id", "amount")
    return [Suppressed(key, outcome.stop.customer_id, -amount, "", None) for key, amount in parts]


def _owed(item: DueItem, on: date, left: Decimal, promised: Decimal, why_not: tuple[object, ...]) -> Owed:
    is_due = item.due_date is not None and item.due_date <= on
    shipment = item.invoice.shipment
    contract = shipment.contract if shipment else None
    return Owed(
        key=item.pk,
        customer=item.customer_id,
        currency=item.currency,
        invoice=item.invoice.number,
        invoice_key=item.invoice_id,
        shipment_key=item.invoice.shipment_id,
        issued_on=item.invoice.issued_on,
        due_date=item.due_date,
        days_late=max((on - item.due_date).days, 0) if item.due_date else 0,
        standing=_standing(item, on),
        open_amount=item.open_amount,
        left_amount=left,
        ask_amount=left if is_due else min(left, promised),
        promised_today=min(left, promised),
        batch=shipment.batch if shipment else None,
        contract=contract.number if contract else "",
        why_not=why_not,
        kind=KINDS.get(contract.method, worth.INVOICE) if contract else worth.INVOICE,
    )


def _standing(item: DueItem, on: date) -> str:
    """As the night said; before the first night, as the days say."""
    stored = getattr(item, "standing", None)
    if stored is not None:
        return str(stored.standing)
    facts = Facts(due_date=item.due_date, last_movement_on=on)
    return standing_of(facts, as_of=on, thresholds=Thresholds()).standing.value


def sums(items: Sequence[Owed], currency: str) -> Sums:
    """What is asked for, late and open in one currency, and the worst standing of what is asked for."""
    rows = [item for item in items if item.currency == currency]
    asked = [item for item in rows if item.ask_amount > ZERO]
    return Sums(
        ask_amount=sum((item.ask_amount for item in rows), ZERO),
        late_amount=sum((item.open_amount for item in rows if item.days_late > 0), ZERO),
        total_amount=sum((item.open_amount for item in rows), ZERO),
        standing=min((item.standing for item in asked or rows), key=_rank, default=""),
    )


def rank(item: Owed) -> int:
    """The worst standing comes first."""
    return _rank(item.standing)


def _rank(standing: str) -> int:
    return WORST_FIRST.index(standing) if standing in WORST_FIRST else len(WORST_FIRST)


def lines_for(amount: Decimal, items: Sequence[Owed], currency: str, on: date) -> list[tuple[int, Decimal]]:
    """Which items an amount at the door settles: those asked for, oldest first, then what is not due yet.

    What exceeds everything that is left stays without a line.
    """
    rows = [item for item in items if item.currency == currency]
    asked, left = allocation.oldest_first(amount, _of(rows, asked=True), on=on)
    more, _ = allocation.oldest_first(left, _of(rows, asked=False), on=on)
    parts: dict[int, Decimal] = defaultdict(Decimal)
    for line in (*asked, *more):
        parts[line.key] += line.amount
    return list(parts.items())


def _of(rows: Sequence[Owed], *, asked: bool) -> list[allocation.Owed]:
    return [
        allocation.Owed(
            row.key, row.due_date, row.issued_on, row.ask_amount if asked else row.left_amount - row.ask_amount
        )
        for row in rows
    ]


def rest_of(items: Sequence[Owed], currency: str, paid: Mapping[int, Decimal]) -> list[tuple[int, Decimal]]:
    """What is asked for and not covered by these parts, item by item."""
    return [
        (row.key, row.ask_amount - paid.get(row.key, ZERO))
        for row in items
        if row.currency == currency and row.ask_amount > paid.get(row.key, ZERO)
    ]
