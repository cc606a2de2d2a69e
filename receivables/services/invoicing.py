"""From goods to invoices: a shipment is billed once, consigned goods as they are counted as sold.

The contract's method says when each part is due. Goods that have left are always billed, whatever the gate thinks.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import money
from common.columns import sum_or_zero
from common.money import ZERO
from common.templatetags import ui
from contracts import consigned, terms
from contracts import queries as agreements
from contracts.basis import Basis
from contracts.models import Contract, Count, Method, Shipment
from contracts.parameters import NotComputable, Parameters
from contracts.terms import Due
from customers import services as customers
from receivables import book, ledger
from receivables.models import DueDateChange, Invoice
from receivables.services import checks
from receivables.services.books import record_book
from receivables.services.due_dates import put_in_force
from staff.models import Business

STATUTORY = "statutory"
USUAL = {"days": 30}  # neither a date was agreed, nor is the law of the place known here
USUAL_NAME = "NET30"
LONGEST_NUMBER = 60
LEFT = (Shipment.State.RELEASED, Shipment.State.DELIVERED)


class NotBillable(checks.Refused):
    """Goods that have not left, came back, were billed before, or are billed by their counts."""


class NotAnInvoiceNumber(checks.Refused):
    """Each invoice of a customer has a number of its own."""


# A shipment


@transaction.atomic
def invoice_shipment(
    *, shipment: Shipment, number: str, issued_on: date, by: Actor, vat_amount: Decimal | None = None
) -> Invoice:
    """Bill what left; an order to be paid in advance is billed before it leaves, as its pro forma.

    `vat_amount` is the tax inside the amount.
    """
    checks.check_day(issued_on)
    customers.lock([shipment.customer_id])
    row = Shipment.objects.select_related("contract", "customer").get(pk=shipment.pk)
    _check_billable(row)
    if vat_amount is not None and not (ZERO <= vat_amount < row.amount and money.is_exact(vat_amount, row.currency)):
        raise checks.NotAnAmount(
            _("The tax is a part of %(amount)s, with the decimals of the currency.")
            % {"amount": ui.money_text(row.amount, row.currency)}
        )
    rule, dues = _due(row, issued_on)
    invoice = _book(
        row,
        number=number,
        amount=row.amount,
        parts=_parts(row, dues, row.amount),
        rule=rule,
        issued_on=issued_on,
        by=by,
        vat_amount=vat_amount,
    )
    audit.record(
        verb="receivables.shipment_invoiced",
        subject=invoice,
        by=by,
        after={"shipment": row.number, "amount": row.amount, "currency": row.currency, "terms": rule},
    )
    return invoice


def _check_billable(row: Shipment) -> None:
    facts = {"number": row.number}
    billed = Invoice.objects.filter(shipment=row).order_by("pk").first()
    if row.contract is not None and row.contract.method == Method.CONSIGNMENT:
        raise NotBillable(
            _("Shipment %(number)s is on consignment: what a count finds sold is billed. Record a count.") % facts
        )
    if billed is not None:
        raise NotBillable(
            _("Shipment %(number)s is billed already: invoice %(invoice)s.") % {**facts, "invoice": billed.number}
        )
    if row.state in (Shipment.State.RETURNED, Shipment.State.CANCELLED):
        raise NotBillable(_("Shipment %(number)s came back or was cancelled: there is nothing to bill.") % facts)
    if row.state not in LEFT and not _is_in_advance(row):
        raise NotBillable(
            _("Shipment %(number)s has not left. Only orders paid in advance are billed before that.") % facts
        )
    if row.amount <= ZERO:
        raise NotBillable(_("Shipment %(number)s comes to nothing: there is nothing to bill.") % facts)


def _is_in_advance(row: Shipment) -> bool:
    return row.contract is not None and row.contract.method == Method.IN_ADVANCE


def _due(row: Shipment, issued_on: date) -> tuple[str, list[Due]]:
    """The name of the rule, and the days that follow from it."""
    basis = Basis(issued_on, row.delivered_on, issued_on)
    if row.contract is None:
        return _without_contract(row, basis)
    parameters = _with_next(row, row.contract)
    try:
        return row.contract.method, terms.schedule(row.contract.method, parameters, basis)
    except NotComputable as why:
        raise NotBillable(
            _("No due date follows from contract %(number)s: %(why)s.") % {"number": row.contract.number, "why": why}
        ) from why


def _without_contract(row: Shipment, basis: Basis) -> tuple[str, list[Due]]:
    place = row.customer.country or Business.objects.order_by("pk").values_list("country", flat=True).first() or ""
    try:
        return STATUTORY, terms.statutory(basis, place)
    except NotComputable:
        return USUAL_NAME, terms.schedule(Method.NET, USUAL, basis)


def _with_next(row: Shipment, contract: Contract) -> Parameters:
    """Under two deliveries, one settlement: when the delivery was asked for that had to wait for this one.

    The rests of split orders are not asked for anew.
    """
    if contract.method != Method.TWO_DELIVERIES:
        return contract.parameters
    later = Shipment.objects.filter(contract=contract, batch__gt=row.batch or 0, split_from=None)
    asked = later.exclude(state=Shipment.State.CANCELLED).order_by("batch").values_list("asked_on", flat=True)
    may_be_open = int(contract.parameters.get("open_batches", 1))
    waited = list(asked[may_be_open - 1 : may_be_open])
    return {**contract.parameters, "next_asked_on": waited[0]} if waited else contract.parameters


def _parts(row: Shipment, dues: Sequence[Due], amount: Decimal) -> tuple[book.Part, ...]:
    """What is due when. What is to be paid after the delivery has no day before there is one."""
    waits = row.state not in LEFT
    amounts = terms.amounts(dues, amount, row.currency)
    return tuple(
        book.Part(
            due_date=None if waits and place else due.due_on,
            amount=part,
            discount_until=due.discount_until,
            discount_share=due.discount_share,
        )
        for place, (due, part) in enumerate(zip(dues, amounts, strict=True))
        if part
    )


@transaction.atomic
def date_by_delivery(*, shipment: Shipment, by: Actor) -> list[DueDateChange]:
    """Goods that were billed before they were delivered: what counts from the delivery gets its day now.

    Days that were moved since stay as they are, and so does an invoice that came with terms of its own.
    """
    customers.lock([shipment.customer_id])
    row = Shipment.objects.select_related("contract", "customer").get(pk=shipment.pk)
    invoice = Invoice.objects.filter(shipment=row).order_by("pk").first()
    if invoice is None or row.delivered_on is None:
        return []
    rule, dues = _due(row, invoice.issued_on)
    parts = _parts(row, dues, invoice.amount)
    items = list(invoice.due_items.prefetch_related("due_date_changes").order_by("position"))
    if invoice.terms_text != rule or [item.amount for item in items] != [part.amount for part in parts]:
        return []
    moved = {
        item.pk: part.due_date
        for item, part in zip(items, parts, strict=True)
        if item.due_date != part.due_date and not item.due_date_changes.all()
    }
    if not moved:
        return []
    on = max(row.delivered_on, invoice.issued_on)
    changes = put_in_force(moved, on=on, because=_("Delivered on %(day)s") % {"day": ui.day(row.delivered_on)})
    with ledger.posting(on=on, by=by) as posting:
        for item in invoice.due_items.filter(pk__in=moved).select_related("invoice"):
            posting.hold(item)
    days = ", ".join(str(change.due_date) for change in changes)
    audit.record(verb="receivables.dated_by_delivery", subject=invoice, by=by, after={"due_dates": days})
    return changes


# Consigned goods


@transaction.atomic
def book_counted_sales(*, count: Count, number: str, issued_on: date, by: Actor) -> Invoice | None:
    """Bill what a count found sold beyond what is billed of the batch already; None where that is nothing.

    The rest that the customer buys on the last day counts as sold from then on.
    """
    checks.check_day(issued_on, not_before=count.counted_on)
    shipment = Shipment.objects.get(pk=count.shipment_id)
    customers.lock([shipment.customer_id])
    row = Shipment.objects.select_related("contract", "customer").get(pk=shipment.pk)
    contract, delivered_on = row.contract, row.delivered_on
    if contract is None or delivered_on is None or contract.method != Method.CONSIGNMENT:
        raise NotBillable(_("Shipment %(number)s is not on consignment. Bill it as a whole.") % {"number": row.number})
    is_bought = agreements.is_rest_bought(contract, delivered_on, count.counted_on)
    amount = _sold(count, row.currency, is_bought=is_bought) - _billed(row)
    if amount <= ZERO:
        return None
    due_on = _due_after_count(contract, delivered_on, count.counted_on)
    invoice = _book(
        row,
        number=number,
        amount=amount,
        parts=(book.Part(due_date=due_on, amount=amount),),
        rule=contract.method,
        issued_on=issued_on,
        by=by,
    )
    audit.record(
        verb="receivables.counted_sales_invoiced",
        subject=invoice,
        by=by,
        after={"shipment": row.number, "counted_on": count.counted_on, "amount": amount, "currency": row.currency},
    )
    return invoice


def _sold(count: Count, currency: str, *, is_bought: bool) -> Decimal:
    """Everything sold of the batch since its delivery, at the line prices, rounded once a line: counts add up."""
    total = ZERO
    for row in count.lines.select_related("line"):
        figures = consigned.Counted(row.sold, row.returned, row.on_hand, row.lost)
        quantity = consigned.to_bill(figures, is_bought=is_bought)
        whole = quantity == row.line.quantity
        total += row.line.amount if whole else money.rounded(quantity * row.line.unit_price, currency)
    return total


def _billed(row: Shipment) -> Decimal:
    """Net of tax, as the line prices are."""
    sums = Invoice.objects.filter(shipment=row).aggregate(amount=sum_or_zero("amount"), tax=sum_or_zero("vat_amount"))
    return sums["amount"] - sums["tax"]


def _due_after_count(contract: Contract, delivered_on: date, counted_on: date) -> date | None:
    """So many days after the count (`due_days`), moved where nobody works; what is bought counts from the last day."""
    parameters = dict(contract.parameters)
    due_days = timedelta(parameters.pop("due_days", 0))
    if agreements.is_rest_bought(contract, delivered_on, counted_on):
        counted_on = min(counted_on, consigned.last_day(delivered_on, parameters["max_days"]))
    sold = {"on": counted_on + due_days, "share": "1"}
    parameters |= {"rest": "returned", "counted": [sold]}
    [due] = terms.schedule(Method.CONSIGNMENT, parameters, Basis(counted_on, delivered_on))
    return due.due_on


# Booking


def _book(
    row: Shipment,
    *,
    number: str,
    amount: Decimal,
    parts: tuple[book.Part, ...],
    rule: str,
    issued_on: date,
    by: Actor,
    vat_amount: Decimal | None = None,
) -> Invoice:
    """Through the book, so that the ledger stays the one writer and what follows money follows."""
    number = _free_number(row, number)
    checks.check_amount(amount, row.currency)
    billed = book.NewInvoice(
        customer=row.customer_id,
        number=number,
        amount=amount,
        currency=row.currency,
        issued_on=issued_on,
        parts=parts,
        segment=row.customer.segment,
        terms_text=rule,
        shipment=row.pk,
        vat_amount=vat_amount,
        made_here=True,
    )
    record_book(rows=book.Book(invoices=[billed]), on=issued_on, by=by)
    return Invoice.objects.get(customer=row.customer_id, number=number)


def _free_number(row: Shipment, number: str) -> str:
    number = number.strip()
    if not number or len(number) > LONGEST_NUMBER:
        raise NotAnInvoiceNumber(_("An invoice has a number of at most 60 characters."))
    if Invoice.objects.filter(customer=row.customer_id, number=number).exists():
        raise NotAnInvoiceNumber(
            _("%(customer)s has an invoice %(number)s already. Choose another number.")
            % {"customer": row.customer.name, "number": number}
        )
    return number
