"""What was found here goes back to the company's ledger: in numbered batches, each event once, reversible."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, documents, money, numbers
from common.tables import as_csv
from receivables import journal_events
from receivables import journal_rules as rules
from receivables.models import Charge, JournalBatch, JournalRow, LedgerAccount
from receivables.services import checks

SERIES = "journal"
COLUMNS = (
    "batch",
    "row",
    "date",
    "kind",
    "customer",
    "document",
    "debit",
    "credit",
    "amount",
    "vat_amount",
    "currency",
    "text",
    "subject",
    "takes_back",
)


class NotAnAccount(checks.Refused):
    """A kind that no row has, or a number that no ledger can have."""


@transaction.atomic
def export_journal(*, up_to: date, by: Actor) -> JournalBatch | None:
    """Everything of this day or earlier that the ledger has not got, as the next batch; None where there is nothing.

    Charges that go out count from this day on, because the ledger has them now.
    """
    checks.check_day(up_to)
    [number] = numbers.take(SERIES)  # holds the series to the end: two exports at once come one after the other
    events = journal_events.waiting(up_to=up_to)
    if not events:
        transaction.set_rollback(True)  # the number is given back
        return None
    batch = JournalBatch.objects.create(number=number, up_to=up_to, made_at=clock.now(), made_by=by.get_username())
    accounts = _Chart()
    rows = [
        JournalRow(
            batch=batch,
            position=position,
            kind=booking.kind,
            subject=event.subject,
            counts_on=event.counts_on,
            customer_code=event.customer_code,
            document_number=event.document_number,
            debit=accounts.number(booking.debit, event.currency),
            credit=accounts.number(booking.credit, event.currency),
            amount=booking.amount,
            vat_amount=booking.vat_amount,
            currency=event.currency,
            text=event.text,
        )
        for position, (event, booking) in enumerate(
            ((event, booking) for event in events for booking in event.bookings), start=1
        )
    ]
    JournalRow.objects.bulk_create(rows, batch_size=1000)
    _book_charges([event.key for event in events if event.noun == "charge"], up_to)
    _keep_file(batch, rows)
    audit.record(verb="receivables.journal_exported", subject=batch, by=by, after={"number": number, "rows": len(rows)})
    return batch


@transaction.atomic
def reverse_journal(*, batch: JournalBatch, because: str, by: Actor) -> JournalBatch:
    """Take a whole batch back by a new one with every row turned round; what it told may go out again."""
    because = checks.check_reason(because)
    [number] = numbers.take(SERIES)
    batch = JournalBatch.objects.get(pk=batch.pk)
    if batch.reverses_id is not None:
        raise checks.NotPermitted(
            _("Batch %(number)s takes another batch back; it is not taken back itself. Export again instead.")
            % {"number": batch.number}
        )
    if JournalBatch.objects.filter(reverses=batch).exists():
        raise checks.AlreadyDone(_("Batch %(number)s is taken back already.") % {"number": batch.number})
    back = JournalBatch.objects.create(
        number=number, up_to=batch.up_to, made_at=clock.now(), made_by=by.get_username(), reverses=batch
    )
    told = list(batch.rows.order_by("position"))
    rows = [_turned(row, back) for row in told]
    JournalRow.objects.bulk_create(rows, batch_size=1000)
    batch.rows.update(is_taken_back=True)
    _book_charges([int(row.subject.split()[1]) for row in told if row.kind == rules.CHARGE], None)
    _keep_file(back, rows)
    audit.record(
        verb="receivables.journal_reversed", subject=batch, by=by, after={"because": because, "number": number}
    )
    return back


@transaction.atomic
def map_account(*, kind: str, currency: str, number: str, by: Actor) -> None:
    """Say which account of the ledger a kind of line goes to, in one currency or ("") in all of them.

    An empty number takes the mapping back: the wider one holds again, in the end the sample chart.
    """
    number = number.strip()
    if kind not in rules.SAMPLE_CHART:
        raise NotAnAccount(_("%(kind)s is not a kind of account. Choose one of the list.") % {"kind": kind})
    if currency and not money.is_known(currency):
        raise NotAnAccount(_("%(currency)s is not a currency code; expected one like EUR.") % {"currency": currency})
    if len(number) > 40 or not number.isprintable():
        raise NotAnAccount(_("An account number has at most 40 letters, digits and signs."))
    known = LedgerAccount.objects.filter(kind=kind, currency=currency).first()
    before = known.number if known else ""
    if number == before:
        return
    if number:
        row, _made = LedgerAccount.objects.update_or_create(kind=kind, currency=currency, defaults={"number": number})
    else:
        row = LedgerAccount(pk=known.pk if known else None, kind=kind, currency=currency)
        LedgerAccount.objects.filter(kind=kind, currency=currency).delete()
    audit.record(
        verb="receivables.account_mapped",
        subject=row,
        by=by,
        before={"kind": kind, "currency": currency, "number": before},
        after={"kind": kind, "currency": currency, "number": number},
    )


class _Chart:
    """The numbers in force: of the currency, else of all currencies, else of the sample chart."""

    def __init__(self) -> None:
        self._mapped = {(row.kind, row.currency): row.number for row in LedgerAccount.objects.all()}

    def number(self, kind: str, currency: str) -> str:
        return self._mapped.get((kind, currency)) or self._mapped.get((kind, "")) or rules.SAMPLE_CHART[kind]


def _turned(row: JournalRow, back: JournalBatch) -> JournalRow:
    return JournalRow(
        batch=back,
        position=row.position,
        kind=row.kind,
        subject=row.subject,
        counts_on=row.counts_on,
        customer_code=row.customer_code,
        document_number=row.document_number,
        debit=row.credit,
        credit=row.debit,
        amount=row.amount,
        vat_amount=row.vat_amount,
        currency=row.currency,
        text=row.text,
        reverses=row,
    )


def _book_charges(keys: Sequence[int], on: date | None) -> None:
    for start in range(0, len(keys), 500):
        Charge.objects.filter(pk__in=keys[start : start + 500]).update(booked_on=on)


def _keep_file(batch: JournalBatch, rows: Iterable[JournalRow]) -> None:
    batch.document = documents.store(
        as_file(batch, rows), name=file_name(batch.number), content_type="text/csv; charset=utf-8"
    )
    batch.save(update_fields=["document"])


def file_name(number: int) -> str:
    return f"journal-{number:05d}.csv"


def as_file(batch: JournalBatch | None, rows: Iterable[JournalRow]) -> bytes:
    """The file of a batch: its columns are told in docs/journal.md. Text that a sheet would run is made inert."""
    lines = [
        (
            batch.number if batch else "",
            row.position,
            row.counts_on,
            row.kind,
            row.customer_code,
            row.document_number,
            row.debit,
            row.credit,
            money.rounded(row.amount, row.currency),
            money.rounded(row.vat_amount, row.currency),
            row.currency,
            row.text,
            row.subject,
            f"{batch.reverses.number}/{row.position}" if batch and batch.reverses else "",
        )
        for row in rows
    ]
    return as_csv([COLUMNS, *lines])
