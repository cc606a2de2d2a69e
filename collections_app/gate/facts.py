"""What the gate knows about waiting shipments of one customer on a day: read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from collections_app.cases import warning_queries
from collections_app.cases.models import Dispute, EarlyWarning, ToDo
from collections_app.gate import credit, ladder
from collections_app.gate.rules import Batch, Facts, LateItem, Mispriced
from collections_app.policy.thresholds import Policy
from common import money
from common.columns import MoneySum
from common.money import ZERO
from contracts import execution
from contracts import queries as agreements
from contracts.models import Contract, Method, Shipment
from customers.models import Customer
from receivables import queries as ledger
from receivables.models import Allocation, DueItem, Payment, PaymentMethod, Receipt, ReceiptLine
from staff.models import Business

LEFT = (Shipment.State.RELEASED, Shipment.State.DELIVERED)
ON_PAPER = (PaymentMethod.CHEQUE, PaymentMethod.BILL)  # opens the gate only when honoured


@dataclass(frozen=True, slots=True)
class Book:
    """What is open with the customer, read once for all of its waiting shipments."""

    items: Sequence[DueItem]
    left: dict[int, Decimal]  # by due item: open less disputed, less what policy lets provisional cash do
    batches: dict[int, list[Shipment]]  # by contract: what has left, in the order of the batches
    paid: set[int]  # cash goods that have left and were paid for before, by verified money under their number


def facts_of(shipments: Sequence[Shipment], *, as_of: date, policy: Policy) -> dict[int, Facts]:
    """By key of the shipment. All of them belong to one customer."""
    if not shipments:
        return {}
    customer = Customer.objects.select_related("group").get(pk=shipments[0].customer_id)
    base = ledger.base_currency()
    rates = ledger.rates_on(as_of, base=base)
    book = _book(customer, {shipment.contract_id for shipment in shipments}, policy, rates)
    cure_by = _cure_by(customer)
    severe = _severe_warnings(customer, as_of)
    prepaid = _prepaid(customer, shipments)
    standing_credit = credit.for_gate(customer, shipments, as_of=as_of, policy=policy)
    step = ladder.standing_on(customer)
    mispriced = _mispriced(shipments)
    over_rung = ladder.over_rungs(step, shipments, as_of=as_of, policy=policy.ladder)
    place = customer.country or Business.objects.values_list("country", flat=True).first() or ""
    found = {}
    for shipment in shipments:
        contract = shipment.contract
        rate = rates.get(shipment.currency)
        found[shipment.pk] = Facts(
            amount=shipment.amount,
            amount_in_base=money.rounded(shipment.amount * rate.rate, base) if rate else None,
            currency=shipment.currency,
            method=contract.method if contract else "",
            share=_share(contract),
            prepaid=prepaid[shipment.pk],
            open_batches=int((contract.parameters if contract else {}).get("open_batches", 1)),
            earlier=_earlier(shipment, book),
            unreceipted=_unreceipted(shipment, book),
            late=_late(book, as_of),
            lost_because=_lost(customer, as_of),
            severe_warnings=severe,
            is_executed=contract is None
            or execution.is_executed(contract.execution, has_authority=contract.has_authority, place=place),
            has_accepted_terms=contract is None or contract.terms_accepted_on is not None,
            cure_by=cure_by,
            has_contract=contract is not None,
            limits=standing_credit.limits(shipment),
            ramp=standing_credit.ramp(shipment),
            rung=step.rung if step else 0,
            over_rung=over_rung.get(shipment.pk, ""),
            mispriced=mispriced.get(shipment.pk, ()),
        )
    return found


def _share(contract: Contract | None) -> Decimal:
    if contract is None or contract.method != Method.IN_ADVANCE:
        return Decimal(1)
    return Decimal(str(contract.parameters.get("share", "1")))


def _book(customer: Customer, contracts: Iterable[int | None], policy: Policy, rates: dict[str, ledger.Stated]) -> Book:
    items = list(
        DueItem.objects.open().filter(customer=customer).select_related("invoice__shipment").order_by("due_date", "pk")
    )
    left = {item.pk: item.open_amount for item in items}
    disputes = Dispute.objects.filter(due_item__in=left, closed_on=None).order_by()
    for key, amount in disputes.values_list("due_item").annotate(total=MoneySum("amount")):
        left[key] = max(ZERO, left[key] - amount)
    for key, amount in _provisional(customer, Decimal(policy.gate.provisional), rates).items():
        if key in left:
            left[key] = max(ZERO, left[key] - amount)
    batches: dict[int, list[Shipment]] = defaultdict(list)
    gone = Shipment.objects.filter(contract__in=[key for key in contracts if key], state__in=LEFT)
    for shipment in (
        gone.select_related("contract").prefetch_related("invoices", "receipts").order_by("batch", "asked_on", "pk")
    ):
        batches[shipment.contract_id or 0].append(shipment)
    return Book(items, left, batches, _paid_before(customer, batches))


def _paid_before(customer: Customer, batches: dict[int, list[Shipment]]) -> set[int]:
    cash = [one for several in batches.values() for one in several if _is_cash(one.contract)]
    if not cash:
        return set()
    paid = _prepaid(customer, cash)
    return {shipment.pk for shipment in cash if paid[shipment.pk] >= shipment.amount > ZERO}


def _is_cash(contract: Contract | None) -> bool:
    return contract is not None and contract.method == Method.CASH_ON_DELIVERY


def _provisional(customer: Customer, allowed: Decimal, rates: dict[str, ledger.Stated]) -> dict[int, Decimal]:
    """What unverified field cash may do at the gate: by due item, up to the policy's amount per rep (base currency)."""
    if allowed <= ZERO:
        return {}
    spent: dict[int, Decimal] = defaultdict(lambda: ZERO)
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    lines = ReceiptLine.objects.filter(receipt__customer=customer, receipt__state=Receipt.State.PROVISIONAL)
    for line in lines.exclude(receipt__method__in=ON_PAPER).select_related("receipt").order_by("pk"):
        rate = rates.get(line.receipt.currency)
        if rate is None:
            continue
        part = min(line.amount, (allowed - spent[line.receipt.rep_id]) / rate.rate)
        if part > ZERO:
            spent[line.receipt.rep_id] += part * rate.rate
            found[line.due_item_id] += money.rounded(part, line.receipt.currency)
    return found


def _earlier(shipment: Shipment, book: Book) -> list[Batch]:
    """Batches of the contract that have left and are not settled; goods not invoiced yet are open in full."""
    if shipment.contract is None or shipment.contract.method != Method.TWO_DELIVERIES:
        return []
    found = []
    for batch in book.batches[shipment.contract.pk]:
        invoices = list(batch.invoices.all())
        if not invoices:
            found.append(Batch(batch.pk, batch.number, "", batch.amount))
            continue
        numbers = {invoice.pk: invoice.number for invoice in invoices}
        open_amount = sum((book.left[item.pk] for item in book.items if item.invoice_id in numbers), ZERO)
        if open_amount > ZERO:
            found.append(Batch(batch.pk, batch.number, ", ".join(numbers.values()), open_amount))
    return found


def _unreceipted(shipment: Shipment, book: Book) -> str:
    """A batch of the contract that has left, for the road already, without receipt, settlement or return."""
    if shipment.contract is None or not _is_cash(shipment.contract):
        return ""
    owed = {item.invoice_id for item in book.items}
    for batch in book.batches[shipment.contract.pk]:
        invoices = list(batch.invoices.all())
        is_settled = bool(invoices) and not any(invoice.pk in owed for invoice in invoices)
        has_receipt = any(receipt.state != Receipt.State.REFUSED for receipt in batch.receipts.all())
        if batch.pk != shipment.pk and batch.pk not in book.paid and not is_settled and not has_receipt:
            return batch.number
    return ""


def _mispriced(shipments: Sequence[Shipment]) -> dict[int, list[Mispriced]]:
    """By shipment. Where no price was agreed there is none to differ from, and a gift has none."""
    found: dict[int, list[Mispriced]] = defaultdict(list)
    for one in agreements.differing(shipments):
        if one.agreed is not None and one.stated:
            found[one.line.shipment_id].append(Mispriced(one.product.name, one.stated, one.agreed))
    return found


def _late(book: Book, as_of: date) -> list[LateItem]:
    return [
        LateItem(item.invoice.number, book.left[item.pk], item.currency, (as_of - item.due_date).days)
        for item in book.items
        if item.due_date is not None and item.due_date < as_of and book.left[item.pk] > ZERO
    ]


def _lost(customer: Customer, as_of: date) -> str:
    ends = (
        ("insolvent", customer.insolvent_on),
        ("closed", customer.closed_on),
        ("in court", customer.in_court_on),
        ("handed over", customer.handed_over_on),
    )
    return next((name for name, day in ends if day is not None and day <= as_of), "")


def _severe_warnings(customer: Customer, as_of: date) -> list[str]:
    active = EarlyWarning.objects.filter(warning_queries.live(as_of), customer=customer)
    severe = warning_queries.with_weight(active, as_of=as_of).filter(weight=EarlyWarning.Severity.SEVERE)
    return sorted(set(severe.values_list("kind", flat=True)))


def _cure_by(customer: Customer) -> date | None:
    waits = ToDo.objects.filter(customer=customer, because=ToDo.Because.NO_CONTRACT, done_on=None)
    return waits.values_list("due_on", flat=True).first()


def _prepaid(customer: Customer, shipments: Sequence[Shipment]) -> dict[int, Decimal]:
    """Verified money for the very order: on its pro forma invoice, or unapplied under its number."""
    keys = [shipment.pk for shipment in shipments]
    settled = Allocation.objects.filter(due_item__invoice__shipment__in=keys, payment__isnull=False).order_by()
    found = dict.fromkeys(keys, ZERO)
    found |= dict(settled.values_list("due_item__invoice__shipment").annotate(total=MoneySum("amount")))
    named = Q(reference__in=[shipment.number for shipment in shipments])
    free = Payment.objects.filter(named, customer=customer, unapplied_amount__gt=0).order_by("pk")
    by_number = {(shipment.number, shipment.currency): shipment.pk for shipment in shipments}
    for reference, currency, amount in free.values_list("reference", "currency", "unapplied_amount"):
        key = by_number.get((reference, currency))
        if key is not None:
            found[key] += amount
    return found
