"""Reading the supply ladder: who stands on which rung, what of a batch it does not allow, what is late and undisputed.

Whatever asks about many customers asks a fixed number of queries; keys None: about everybody.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Min, QuerySet, Window
from django.db.models.functions import RowNumber

from collections_app.cases import queries as cases
from collections_app.cases.models import Dispute
from collections_app.gate import ladder_rules as rules
from collections_app.gate.credit_limits import Keys, narrowed
from collections_app.gate.ladder_rules import Batch, Breach, Line, Usual
from collections_app.gate.models import LadderStep
from collections_app.policy.thresholds import Ladder
from common import money
from common.columns import MoneySum
from common.money import ZERO
from contracts.models import Shipment, ShipmentLine
from customers.models import Customer
from receivables import queries as ledger
from receivables.models import DueItem

# Who stands where


def standing_on(customer: Customer) -> LadderStep | None:
    return LadderStep.objects.filter(customer=customer, left_on=None).first()


def standings(keys: Keys) -> dict[int, LadderStep]:
    """By customer: the step in force."""
    steps = narrowed(LadderStep.objects.filter(left_on=None), keys).select_related("customer", "notice")
    return {step.customer_id: step for step in steps.defer("notice__content").order_by("pk")}


# What a rung does not allow


def over_rungs(
    step: LadderStep | None, shipments: Sequence[Shipment], *, as_of: date, policy: Ladder
) -> dict[int, str]:
    """By key of the shipment: what of it the rung of its customer does not allow; shipments it allows are left out."""
    if step is None:
        return {}
    usual = usuals([step.customer_id], as_of=as_of, policy=policy)[step.customer_id]
    found = {}
    for shipment, batch in batches(shipments):
        kind = rules.over(step.rung, batch, usual.get(shipment.currency, Usual()))
        if kind:
            found[shipment.pk] = kind
    return found


def batches(shipments: Iterable[Shipment]) -> list[tuple[Shipment, Batch]]:
    """Shipments with their lines, as the rules look at them."""
    rows = list(shipments)
    lines: dict[int, list[Line]] = defaultdict(list)
    found = ShipmentLine.objects.filter(shipment__in=[row.pk for row in rows]).order_by("pk")
    for key, product, unit_price, amount in found.values_list("shipment", "product", "unit_price", "amount"):
        lines[key].append(Line(product, unit_price, amount))
    return [(row, Batch(row.amount, lines[row.pk])) for row in rows]


def usuals(keys: Collection[int], *, as_of: date, policy: Ladder) -> dict[int, dict[str, Usual]]:
    """By customer and currency: what it usually takes, from its deliveries up to a day."""
    sold = _sold(keys, as_of)
    best = {key: rules.best_sellers(products, policy.best_sellers) for key, products in sold.items()}
    share = Decimal(policy.batch_share)
    found: dict[int, dict[str, Usual]] = defaultdict(dict)
    for (key, currency), amounts in _last_amounts(keys, as_of).items():
        largest = rules.largest(amounts, share=share, currency=currency)
        found[key][currency] = Usual(largest, best.get(key, frozenset()))
    return found


def delivered(keys: Collection[int], as_of: date) -> QuerySet[Shipment]:
    known = Shipment.objects.filter(state=Shipment.State.DELIVERED, delivered_on__lte=as_of)
    return narrowed(known, keys)


def _last_amounts(keys: Collection[int], as_of: date) -> dict[tuple[int, str], list[Decimal]]:
    """Of the last batches of each customer and currency, the newest first."""
    newest = Window(
        RowNumber(),
        partition_by=[F("customer"), F("currency")],
        order_by=[F("delivered_on").desc(), F("pk").desc()],
    )
    rows = delivered(keys, as_of).annotate(place=newest).filter(place__lte=rules.TELLING)
    found: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for key, currency, amount in rows.order_by("customer", "place").values_list("customer", "currency", "amount"):
        found[key, currency].append(amount)
    return found


def _sold(keys: Collection[int], as_of: date) -> dict[int, dict[int, Decimal]]:
    """By customer: how much of each product was delivered in the window. What was given away is no seller."""
    lately = delivered(keys, as_of).filter(delivered_on__gt=as_of - timedelta(days=rules.WINDOW))
    lines = ShipmentLine.objects.filter(shipment__in=lately, unit_price__gt=0).order_by()
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    # A quantity has three places, like money.
    for key, product, quantity in lines.values_list("shipment__customer", "product").annotate(MoneySum("quantity")):
        found[key][product] = quantity
    return found


# What is late


@dataclass(frozen=True, slots=True)
class LateItem:
    """A late due item, and what of it nothing speaks for."""

    item: DueItem
    days_late: int
    left: Decimal


def late_items(customer: Customer, *, as_of: date) -> list[LateItem]:
    """What the breach of one customer consists of, the oldest first."""
    late = list(_late(as_of, [customer.pk]).select_related("invoice").order_by("due_date", "pk"))
    left = cases.askable(late, cases.suppressed(as_of=as_of, customers=[customer.pk]))
    return [
        LateItem(item, (as_of - item.due_date).days, left[item.pk]) for item in late if item.due_date and left[item.pk]
    ]


def breaches(keys: Keys, *, as_of: date) -> dict[int, Breach]:
    """By customer: what it owes late that nothing speaks for; whoever owes nothing of the kind is left out."""
    base = ledger.base_currency()
    rates = {code: stated.rate for code, stated in ledger.rates_on(as_of, base=base).items()}
    sums: dict[int, list[tuple[str, Decimal, date]]] = defaultdict(list)
    late = _late(as_of, keys).order_by().values_list("customer", "currency")
    for key, currency, amount, since in late.annotate(MoneySum("open_amount"), Min("due_date")):
        sums[key].append((currency, amount, since))
    spoken_for = cases.suppressed(as_of=as_of, customers=keys)
    # Only where something speaks for an amount are the items looked at one by one.
    looked_at = {row.customer_id for row in spoken_for} & sums.keys()
    items = list(_late(as_of, looked_at))
    left = cases.askable(items, spoken_for)
    sums |= {key: [] for key in looked_at}
    for item in items:
        if item.customer_id in looked_at and item.due_date and left[item.pk]:
            sums[item.customer_id].append((item.currency, left[item.pk], item.due_date))
    return {key: _breach(rows, rates, base, as_of) for key, rows in sums.items() if rows}


def _breach(rows: Sequence[tuple[str, Decimal, date]], rates: dict[str, Decimal], base: str, as_of: date) -> Breach:
    late = sum((money.rounded(amount * rates[code], base) for code, amount, _since in rows if code in rates), ZERO)
    missing = tuple(sorted({code for code, _amount, _since in rows if code not in rates}))
    return Breach((as_of - min(since for _code, _amount, since in rows)).days, late, missing)


def settled(keys: Collection[int], *, on: date) -> set[int]:
    """Of these customers, those with nothing late any more but what is disputed. Neither an unverified receipt nor a
    paper in hand settles anything."""
    late = list(_late(on, keys).order_by("pk"))
    left = {item.pk: item.open_amount for item in late}
    disputed = Dispute.objects.filter(due_item__in=left, closed_on=None).order_by().values_list("due_item")
    for key, amount in disputed.annotate(MoneySum("amount")):
        left[key] -= amount
    owed: dict[int, list[Decimal]] = defaultdict(list)
    for item in late:
        owed[item.customer_id].append(left[item.pk])
    return {key for key in keys if rules.is_over(owed[key])}


def _late(as_of: date, keys: Keys) -> QuerySet[DueItem]:
    return narrowed(DueItem.objects.open().filter(due_date__lt=as_of), keys)
