"""Unapplied money beside what it is probably meant for, as a page shows it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import ZERO
from common.templatetags.ui import money_text
from customers.models import Customer
from receivables import allocation, proposals, queries, short_pay
from receivables.allocation import Kind
from receivables.models import Charge, Code, CreditNote, DueItem, Payment, ReceiptLine
from receivables.proposals import Candidate, Proposal, Reason
from receivables.services import payments
from receivables.services.short import BY_RULE
from staff.models import BankAccount

REASONS = {
    Reason.NAMED: gettext_lazy("The payer named these invoices."),
    Reason.REFERENCE: gettext_lazy("The reference names these invoices."),
    Reason.EXACT: gettext_lazy("The amount is exactly what this item owes."),
    Reason.COMBINATION: gettext_lazy("These items together are exactly the amount."),
    Reason.DISCOUNT: gettext_lazy("The amount is what is open less the cash discount in time."),
    Reason.TOLERANCE: gettext_lazy("The difference is within the tolerance."),
    Reason.LATE_DISCOUNT: gettext_lazy(
        "The amount is what is open less a cash discount that came too late: a second person decides on the rest."
    ),
    Reason.OLDEST: gettext_lazy("In the agreed order: what is due before the rest, the oldest first."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a proposal with the document it settles; `kind` names a charge, and is empty for the invoice itself."""

    number: str
    invoice_id: int
    customer: str
    due_on: date | None
    open: Decimal
    amount: Decimal
    kind: str
    proven: int | None = None  # the shipment, where its signed delivery note is on file


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal in words. `digest` names it: accepted, it must still be the same."""

    currency: str
    reason: str
    rows: tuple[Row, ...]
    rest: str
    digest: str
    proposal: Proposal

    @property
    def documents(self) -> str:
        return ", ".join(row.number for row in self.rows)

    @property
    def lines(self) -> list[tuple[int, Decimal]]:
        return [(line.key, line.amount) for line in self.proposal.lines if line.kind == Kind.PRINCIPAL]

    @property
    def charges(self) -> list[tuple[int, Decimal]]:
        return [(line.key, line.amount) for line in self.proposal.lines if line.kind != Kind.PRINCIPAL]

    @property
    def shorts(self) -> list[tuple[int, Decimal, str]]:
        return [(short.key, short.amount, short.code) for short in self.proposal.shorts]


def shown(source: Payment | CreditNote) -> list[Shown]:
    """Every proposal for one payment or credit note."""
    return of_all([source])[source.pk]


SAID = (Reason.NAMED, Reason.REFERENCE)  # by the payer, in so many words


def named_by(
    reference: str, named: Sequence[str], *, customer: Customer, amount: Decimal, currency: str, on: date
) -> Shown | None:
    """What money that is about to be booked is meant for, if the payer's list or its reference says so."""
    money = Payment(
        customer=customer,
        amount=amount,
        unapplied_amount=amount,
        currency=currency,
        reference=reference,
        named="\n".join(named),
        received_on=on,
    )
    return next((one for one in shown(money) if one.proposal.reason in SAID), None)


def of_all(sources: Sequence[Payment | CreditNote]) -> dict[int, list[Shown]]:
    """By key of the source: its proposals, best first. Few queries, however many sources."""
    payers = {source.customer_id for source in sources}
    reach = Q(customer__in=payers) | Q(customer__payer__in=payers)
    items: dict[tuple[int, str], list[DueItem]] = defaultdict(list)
    rows = DueItem.objects.open().filter(reach).select_related("invoice", "customer").order_by("due_date", "pk")
    for item in rows:
        _file(items, item)
    claimed: dict[tuple[int, str], list[Charge]] = defaultdict(list)
    open_charges = Charge.objects.filter(reach, open_amount__gt=0).select_related("due_item__invoice", "customer")
    for charge in open_charges.order_by("claimed_on", "pk"):
        _file(claimed, charge)
    tolerances = dict(BankAccount.objects.values_list("currency", "tolerance"))
    charges_first = queries.orders(payers)
    orders = queries.orders_of(payers)
    on_receipts = _on_receipts(sources)
    found = {}
    for source in sources:
        key = (source.customer_id, source.currency)
        found[source.pk] = _shown(
            source,
            items[key],
            claimed[key],
            named=_named(source, on_receipts),
            orders=orders.get(key, ()) if isinstance(source, Payment) else (),
            tolerance=tolerances.get(source.currency) or ZERO,
            charges_first=charges_first(source.customer_id, _arrived(source)),
        )
    shown = [one for several in found.values() for one in several]
    proven = queries.proven(row.invoice_id for one in shown for row in one.rows)
    return {key: [_with_proofs(one, proven) for one in several] for key, several in found.items()}


def _with_proofs(one: Shown, proven: dict[int, int]) -> Shown:
    return replace(one, rows=tuple(replace(row, proven=proven.get(row.invoice_id)) for row in one.rows))


def _on_receipts(sources: Sequence[Payment | CreditNote]) -> dict[int, list[str]]:
    """By receipt, the invoices that its customer paid at the door."""
    receipts = [one.receipt_id for one in sources if isinstance(one, Payment) and one.receipt_id]
    lines = ReceiptLine.objects.filter(receipt__in=receipts).order_by("pk") if receipts else ReceiptLine.objects.none()
    found: dict[int, list[str]] = defaultdict(list)
    for receipt, number in lines.values_list("receipt", "due_item__invoice__number"):
        found[receipt].append(number)
    return found


def _named(source: Payment | CreditNote, on_receipts: dict[int, list[str]]) -> list[str]:
    """What the payer named: in the list that came with the money, or on the receipt that was given for it."""
    if not isinstance(source, Payment):
        return []
    return [*source.named.splitlines(), *(on_receipts.get(source.receipt_id, []) if source.receipt_id else [])]


def _arrived(source: Payment | CreditNote) -> date:
    return source.received_on if isinstance(source, Payment) else source.issued_on


def _file(into: dict[tuple[int, str], list[Any]], row: DueItem | Charge) -> None:
    """Under the customer that owes it, and under the one that pays for it."""
    into[row.customer_id, row.currency].append(row)
    if row.customer.payer_id is not None:
        into[row.customer.payer_id, row.currency].append(row)


def _shown(
    source: Payment | CreditNote,
    items: Sequence[DueItem],
    claimed: Sequence[Charge],
    *,
    named: Sequence[str],
    orders: Sequence[str],
    tolerance: Decimal,
    charges_first: bool,
) -> list[Shown]:
    on = _arrived(source)
    reference = source.reference if isinstance(source, Payment) else ""
    candidates = [_item(item, on) for item in items] + [_charge(charge) for charge in claimed]
    found = proposals.proposals(
        source.unapplied_amount,
        candidates,
        reference=reference,
        named=named,
        orders=orders,
        on=on,
        charges_first=charges_first,
        tolerance=tolerance,
    )
    by_item = {item.pk: item for item in items}
    by_charge = {charge.pk: charge for charge in claimed}
    return [_words(one, by_item, by_charge, source.currency) for one in found]


def _item(item: DueItem, on: date) -> Candidate:
    owed = allocation.Owed(item.pk, item.due_date, item.invoice.issued_on, item.open_amount)
    if item.open_amount != item.amount:  # whoever has paid a part keeps no discount on the rest unasked
        return Candidate(owed, item.invoice.number)
    agreed = short_pay.discount_agreed(item.amount, share=item.discount_share, currency=item.currency)
    allowed = short_pay.discount_allowed(
        item.amount, share=item.discount_share, until=item.discount_until, paid_on=on, currency=item.currency
    )
    return Candidate(owed, item.invoice.number, discount=allowed, late_discount=agreed - allowed)


def _charge(charge: Charge) -> Candidate:
    kind = payments.CHARGE_KINDS.get(Charge.Kind(charge.kind), Kind.COST)
    owed = allocation.Owed(charge.pk, charge.claimed_on, charge.claimed_on, charge.open_amount, kind)
    return Candidate(owed, charge.due_item.invoice.number)


def _words(one: Proposal, items: dict[int, DueItem], claimed: dict[int, Charge], currency: str) -> Shown:
    rows = []
    for line in one.lines:
        if line.kind == Kind.PRINCIPAL:
            item = items[line.key]
            invoice, due_on, open_amount, kind = item.invoice, item.due_date, item.open_amount, ""
            customer = item.customer.name
        else:
            charge = claimed[line.key]
            invoice, due_on, open_amount = charge.due_item.invoice, charge.claimed_on, charge.open_amount
            kind, customer = str(Charge.Kind(charge.kind).label), charge.customer.name
        rows.append(Row(invoice.number, invoice.pk, customer, due_on, open_amount, line.amount, kind))
    said = (one.reason, one.lines, one.left, one.shorts, one.order)
    digest = hashlib.sha256(repr(said).encode()).hexdigest()[:24]
    return Shown(currency, _why(one), tuple(rows), " ".join(_rest(one, currency)), digest, one)


def _why(one: Proposal) -> str:
    if one.order and not one.lines:
        return _("The payer named order %(number)s.") % {"number": one.order}
    return str(REASONS[one.reason])


def _rest(one: Proposal, currency: str) -> Iterable[str]:
    for short in one.shorts:
        said = {"amount": money_text(short.amount, currency), "code": Code(short.code).label}
        if short.code in BY_RULE:
            yield _("%(amount)s is closed: %(code)s.") % said
        else:
            yield _("%(amount)s stays open until a second person decides: %(code)s.") % said
    if one.left and one.order:
        yield _("%(amount)s stays unapplied and waits for order %(number)s.") % {
            "amount": money_text(one.left, currency),
            "number": one.order,
        }
    elif one.left:
        yield _("%(amount)s stays unapplied.") % {"amount": money_text(one.left, currency)}
