"""Documents of a file into rows of the ledger's book."""

from collections.abc import Iterator, Mapping
from operator import attrgetter

from intake.comparing import Comparison, Update
from intake.documents import Document
from intake.open_items import Fall, Findings
from receivables.book import Book, NewCreditNote, NewInvoice, Paid, Settled

OPENING = "opening"  # paid before the take-over
AT_ONCE = 4_000  # documents in one book: bounds the memory, not the transaction


def books(comparison: Comparison, keys: Mapping[str, int]) -> Iterator[Book]:
    """The file in books of bearable size, customers in the order of their keys, as they are locked."""
    new = sorted(comparison.new, key=lambda document: keys[document.customer])
    for start in range(0, len(new), AT_ONCE):
        some = new[start : start + AT_ONCE]
        yield Book(
            invoices=[_invoice(row, keys[row.customer]) for row in some if row.kind == "invoice"],
            credit_notes=[_credit_note(row, keys[row.customer]) for row in some if row.kind == "credit_note"],
        )
    updates = sorted(comparison.updates, key=attrgetter("booked.customer"))
    for start in range(0, len(updates), AT_ONCE):
        part = updates[start : start + AT_ONCE]
        yield Book(
            settled_invoices=[_settled(row) for row in part if row.booked.kind == "invoice"],
            settled_credit_notes=[_settled(row) for row in part if row.booked.kind == "credit_note"],
        )


def _invoice(document: Document, customer: int) -> NewInvoice:
    paid: tuple[Paid, ...] = ()
    if document.paid_amount and document.settled_on:
        method = OPENING if document.is_opening else "transfer"
        paid = (Paid(document.paid_amount, document.settled_on, method=method),)
    return NewInvoice(
        customer=customer,
        number=document.number,
        amount=document.amount,
        currency=document.currency,
        issued_on=document.issued_on,
        parts=document.parts,
        paid=paid,
        segment=document.segment,
        terms_text=document.terms,
        vat_amount=document.vat_amount,
    )


def _credit_note(document: Document, customer: int) -> NewCreditNote:
    return NewCreditNote(
        customer=customer,
        number=document.number,
        amount=document.amount,
        currency=document.currency,
        issued_on=document.issued_on,
        due_date=document.due_on,
        refunded_on=document.settled_on,
        segment=document.segment,
        refunded_amount=document.paid_amount or None,
    )


def _settled(update: Update) -> Settled:
    assert update.document.settled_on is not None  # noqa: S101  an update always has its day
    return Settled(
        key=update.booked.key,
        on=update.document.settled_on,
        amount=None if update.settles else update.amount,
    )


def falls(findings: Findings) -> Iterator[Book]:
    """What only the ledger knew of: payments, and credit that was used or refunded, on the day of its list."""
    fallen = sorted(findings.falls, key=attrgetter("here.booked.customer"))
    for start in range(0, len(fallen), AT_ONCE):
        part = fallen[start : start + AT_ONCE]
        yield Book(
            settled_invoices=[_fallen(fall, findings) for fall in part if fall.here.booked.kind == "invoice"],
            settled_credit_notes=[_fallen(fall, findings) for fall in part if fall.here.booked.kind == "credit_note"],
        )


def _fallen(fall: Fall, findings: Findings) -> Settled:
    return Settled(key=fall.here.booked.key, on=findings.day, amount=fall.amount)
