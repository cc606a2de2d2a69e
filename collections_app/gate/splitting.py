"""An order that is larger than the room that is left: what is offered instead of a bare no."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from collections_app.cases.models import Dispute
from collections_app.gate import credit, queries, split_rules
from collections_app.gate.credit_sums import LEFT
from collections_app.gate.split_rules import Expected, OrderLine, Proposal
from common import money
from common.columns import MoneySum
from common.money import ZERO
from contracts import terms
from contracts.basis import Basis
from contracts.models import Contract, Shipment, ShipmentLine
from customers import queries as families
from customers.models import Customer
from receivables import queries as ledger
from receivables.models import DueItem

PAST_SALES = timedelta(days=365)
FORESEEN = 100  # payments; whoever owes more is not helped by a longer list


@dataclass(frozen=True, slots=True)
class Offer:
    """The proposal for one waiting shipment, with the lines that its quantities are of. Amounts are in its currency."""

    shipment: Shipment
    lines: tuple[ShipmentLine, ...]
    room: Decimal
    proposal: Proposal


def offers(customer: Customer, shipments: Sequence[Shipment], *, as_of: date) -> list[Offer]:
    """For each of the customer's waiting shipments that does not fit the room that its credit leaves.

    None for one in a currency without a rate: nobody can say what fits. None either for one kept by something that a
    smaller quantity does not cure, say a refused credit check: its parts would be held as well. Payments of this
    customer and of the accounts it pays for make room, on the day they are due; what is late is expected today, what
    is disputed not at all.
    """
    room = credit.credit_of(customer, as_of).room
    if room is None or not shipments:
        return []
    base = ledger.base_currency()
    rates = {code: stated.rate for code, stated in ledger.rates_on(as_of, base=base).items()}
    rooms = {code: _down(room / rate, code) for code, rate in rates.items()}
    too_large = [one for one in shipments if one.currency in rooms and one.amount > rooms[one.currency]]
    answered = queries.answers(too_large, as_of=as_of)
    too_large = [one for one in too_large if all(held.kind in split_rules.CURED for held in answered[one.pk].holds)]
    if not too_large:
        return []
    payments, sold, lines = _payments(customer, rates), _sold(customer, as_of), _lines(too_large)
    found = []
    for shipment in too_large:
        code, own = shipment.currency, lines.get(shipment.pk, [])
        proposal = split_rules.propose(
            _order(own, sold.get(code, {})),
            room=rooms[code],
            payments=[Expected(day, _down(amount / rates[code], code), number) for day, amount, number in payments],
            on=as_of,
            currency=code,
            settled_after=_settled_after(shipment.contract),
        )
        found.append(Offer(shipment, tuple(own), rooms[code], proposal))
    return found


def _down(amount: Decimal, currency: str) -> Decimal:
    """Never more than there is: the next smaller amount of the currency."""
    near = money.rounded(amount, currency)
    return near if near <= amount else near - money.quantum(currency)


def _payments(customer: Customer, rates: dict[str, Decimal]) -> list[tuple[date, Decimal, str]]:
    """Due day, amount in base currency and invoice of what is open, the earliest first."""
    items = list(
        DueItem.objects.open()
        .filter(customer__in=families.pays_for(customer), currency__in=rates, due_date__isnull=False)
        .select_related("invoice")
        .order_by("due_date", "pk")[:FORESEEN]
    )
    open_disputes = Dispute.objects.filter(due_item__in=[item.pk for item in items], closed_on=None).order_by()
    disputed = dict(open_disputes.values_list("due_item").annotate(total=MoneySum("amount")))
    found = []
    for item in items:
        amount = item.open_amount - disputed.get(item.pk, ZERO)
        if item.due_date is not None and amount > ZERO:
            found.append((item.due_date, amount * rates[item.currency], item.invoice.number))
    return found


def _sold(customer: Customer, as_of: date) -> dict[str, dict[int, Decimal]]:
    """By currency and product: its part of what the customer got in the last year."""
    lines = ShipmentLine.objects.filter(
        shipment__customer=customer, shipment__state__in=LEFT, shipment__asked_on__gt=as_of - PAST_SALES
    )
    amounts: dict[str, dict[int, Decimal]] = {}
    rows = lines.order_by().values_list("shipment__currency", "product").annotate(total=MoneySum("amount"))
    for currency, product, amount in rows:
        amounts.setdefault(currency, {})[product] = amount
    return {
        currency: {product: amount / total for product, amount in of.items()}
        for currency, of in amounts.items()
        if (total := sum(of.values(), ZERO))
    }


def _lines(shipments: Sequence[Shipment]) -> dict[int, list[ShipmentLine]]:
    found: dict[int, list[ShipmentLine]] = {}
    for line in ShipmentLine.objects.filter(shipment__in=shipments).select_related("product").order_by("pk"):
        found.setdefault(line.shipment_id, []).append(line)
    return found


def _order(lines: Sequence[ShipmentLine], shares: dict[int, Decimal]) -> list[OrderLine]:
    return [
        OrderLine(line.product.code, line.quantity, line.unit_price, shares.get(line.product_id, ZERO))
        for line in lines
    ]


def _settled_after(contract: Contract | None) -> Callable[[date], date | None]:
    """When goods that leave on a day are paid by the terms; None where they have no day, or there are none."""

    def last_due_day(day: date) -> date | None:
        if contract is None:
            return None
        try:
            dues = terms.schedule(contract.method, contract.parameters, Basis(day, day))
        except terms.NotComputable:
            return None
        due_days = [due.due_on for due in dues if due.due_on is not None]
        return max(due_days) if len(due_days) == len(dues) else None

    return last_due_day
