"""What stands against limits and what was settled on time, for any number of customers in the same few queries.

Exposure is what stands now; `as_of` decides which counts and settlements are looked at.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count as Counted
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from collections_app.gate.credit_limits import Keys, narrowed
from collections_app.gate.credit_rules import Part
from common import money
from common.columns import MoneySum
from common.money import ZERO
from contracts.models import CountLine, Method, Shipment, ShipmentLine
from customers.models import Customer
from receivables.models import Allocation, DueItem, Invoice

LEFT = (Shipment.State.RELEASED, Shipment.State.DELIVERED)
Sums = dict[int, dict[Part, dict[str, Decimal]]]  # by customer, part and currency


# What stands against a limit


def exposures(keys: Keys, *, as_of: date, without: int | None = None) -> Sums:
    """Open due items, goods that have left and are not invoiced, consigned stock; `without` leaves out a shipment."""
    found: Sums = defaultdict(lambda: {part: defaultdict(lambda: ZERO) for part in Part})
    items = narrowed(DueItem.objects.open(), keys).order_by().values_list("customer", "currency")
    for customer, currency, amount in items.annotate(total=MoneySum("open_amount")):
        found[customer][Part.OPEN][currency] += amount
    gone = narrowed(Shipment.objects.filter(state__in=LEFT), keys)
    if without is not None:
        gone = gone.exclude(pk=without)
    consigned = Q(contract__method=Method.CONSIGNMENT, contract__isnull=False)
    plain = gone.exclude(consigned).filter(~Exists(Invoice.objects.filter(shipment=OuterRef("pk"))))
    for customer, currency, amount in (
        plain.order_by().values_list("customer", "currency").annotate(total=MoneySum("amount"))
    ):
        found[customer][Part.ON_THE_WAY][currency] += amount
    for batch in _consigned(gone.filter(consigned), as_of):
        found[batch.customer][Part.CONSIGNED][batch.currency] += batch.stock
        found[batch.customer][Part.ON_THE_WAY][batch.currency] += batch.sold
    return found


@dataclass(slots=True)
class Consigned:
    """A batch at line prices: what is still stock, and what is counted as sold and not billed yet."""

    customer: int
    currency: str
    stock: Decimal = ZERO
    sold: Decimal = ZERO

    def bill(self, amount: Decimal) -> None:
        """What is billed is an open item already. Billed beyond the count: it was sold after it."""
        beyond = max(ZERO, amount - self.sold)
        self.sold = max(ZERO, self.sold - amount)
        self.stock = max(ZERO, self.stock - beyond)


def _consigned(shipments: QuerySet[Shipment], as_of: date) -> list[Consigned]:
    """By the newest count of each batch; before the first count everything is stock."""
    counted = CountLine.objects.filter(line=OuterRef("pk"), count__counted_on__lte=as_of).order_by("-count__counted_on")
    lines = ShipmentLine.objects.filter(shipment__in=shipments).annotate(
        on_hand=Subquery(counted.values("on_hand")[:1]), sold=Subquery(counted.values("sold")[:1])
    )
    batches: dict[int, Consigned] = {}
    for line in lines.select_related("shipment").order_by("pk"):
        shipment = line.shipment
        batch = batches.setdefault(shipment.pk, Consigned(shipment.customer_id, shipment.currency))
        if line.on_hand is None:
            batch.stock += line.amount
        else:
            batch.stock += money.rounded(line.on_hand * line.unit_price, shipment.currency)
            batch.sold += money.rounded(line.sold * line.unit_price, shipment.currency)
    if not batches:
        return []
    billed = Invoice.objects.filter(shipment__in=shipments).order_by().values_list("shipment")
    for key, gross, tax in billed.annotate(gross=MoneySum("amount"), tax=MoneySum("vat_amount")):
        if key in batches:  # one without lines has nothing to bill
            batches[key].bill(gross - (tax or ZERO))
    return list(batches.values())


# What a new customer has earned


def first_invoices(keys: Keys) -> dict[int, date | None]:
    first = Invoice.objects.filter(customer=OuterRef("pk")).order_by("issued_on").values("issued_on")[:1]
    rows = narrowed(Customer.objects.annotate(first=Subquery(first)), keys, "pk")
    return dict(rows.order_by("pk").values_list("pk", "first"))


def settled_on_time(keys: Collection[int], *, as_of: date) -> dict[int, int]:
    """Due items paid by their due date; without one none is late. Written off or credited away is not settled."""
    if not keys:
        return {}
    paid = Allocation.objects.filter(due_item=OuterRef("pk"), payment__isnull=False, reverses=None, reversed_by=None)
    in_time = Q(due_date=None) | Q(settled_on__lte=F("due_date"))
    items = narrowed(DueItem.objects.filter(in_time, settled_on__lte=as_of, open_amount=0), keys)
    rows = items.filter(Exists(paid)).order_by().values_list("customer").annotate(count=Counted("pk"))
    return dict(rows)
