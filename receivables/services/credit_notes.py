"""Credit notes that are written here: free, or for an invoice."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from common.money import ZERO
from customers import queries as families
from customers import services as customers
from customers.models import Customer
from receivables import ledger
from receivables.models import CreditNote, DueItem, Invoice
from receivables.services import checks, claims, payments


@transaction.atomic
def record_credit_note(
    *,
    customer: Customer,
    number: str,
    amount: Decimal,
    currency: str,
    issued_on: date,
    by: Actor,
    lines: payments.Lines = (),
    invoice: int | None = None,
    due_date: date | None = None,
) -> CreditNote:
    """A credit note, free or linked: linked to an invoice it settles the invoice's open items, first due first."""
    checks.check_amount(amount, currency)
    checks.check_day(issued_on)
    reach = families.family(customer)
    customers.lock(reach)
    if CreditNote.objects.filter(customer=customer, number=number).exists():
        raise checks.AlreadyDone(
            _("Credit note %(number)s of this customer is here already. Check the number.") % {"number": number}
        )
    if Invoice.objects.filter(customer=customer, number=number).exists():
        raise checks.AlreadyDone(
            _("%(number)s is the number of an invoice of this customer. Enter the number of the credit note.")
            % {"number": number}
        )
    if invoice is not None:
        _check_same_currency(Invoice.objects.get(pk=invoice), currency)
    items = checks.open_items(reach, currency)
    if invoice is not None and not lines:
        linked = [item for item in items.values() if item.invoice_id == invoice and item.open_amount]
        lines = _shared_out(amount, sorted(linked, key=lambda item: item.position))
    wanted = payments.parts_of(items, lines, {}, (), amount)
    note = CreditNote(
        customer=customer,
        number=number,
        invoice_id=invoice,
        amount=amount,
        currency=currency,
        issued_on=issued_on,
        due_date=due_date,
        entered_at=clock.now(),
    )
    with ledger.posting(on=issued_on, by=by) as book:
        book.credit(note)
        claims.release(book, wanted)
        book.post(note, wanted, applies_on=issued_on)
    audit.record(verb="receivables.credited", subject=note, by=by, after={"amount": amount, "currency": currency})
    return note


def _check_same_currency(invoice: Invoice, currency: str) -> None:
    if invoice.currency != currency:
        raise checks.ForeignItem(
            _("Invoice %(number)s is in %(its)s, the credit note in %(currency)s. Use one currency.")
            % {"number": invoice.number, "its": invoice.currency, "currency": currency}
        )


def _shared_out(amount: Decimal, items: Sequence[DueItem]) -> list[tuple[int, Decimal]]:
    lines = []
    for item in items:
        part = min(amount, item.open_amount)
        if part > ZERO:
            lines.append((item.pk, part))
            amount -= part
    return lines
