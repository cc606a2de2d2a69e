"""On PostgreSQL posted rows are kept by the database itself, past the services; what is left of them is written on."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from collections_app.letters.models import Letter, Run
from common import clock
from common.models import Document
from receivables import services
from receivables.models import Allocation, Charge, CreditNote, DueItem, Invoice, Payment, Refund, WriteOff
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
DUE, DAY = date(2026, 1, 10), date(2026, 3, 2)

OTHER = {
    **dict.fromkeys(("integer", "bigint", "smallint", "numeric"), "COALESCE({0}, 0) + 1"),
    "date": "{0} + 1",
    "character varying": "overlay({0} placing 'Q' from 1)",
    "jsonb": "'{{\"another\": 1}}'::jsonb",
}

POSTED = {
    Invoice: ("customer_id", "number", "amount", "vat_amount", "currency", "issued_on"),
    DueItem: ("invoice_id", "customer_id", "position", "amount", "currency"),
    Charge: ("due_item_id", "customer_id", "kind", "amount", "currency", "claimed_on"),
    Payment: ("customer_id", "amount", "currency", "received_on", "counts_on", "reverses_id"),
    CreditNote: ("customer_id", "number", "amount", "currency", "issued_on", "reverses_id"),
    Refund: ("payment_id", "amount", "paid_on", "reverses_id"),
    WriteOff: ("customer_id", "due_item_id", "code", "amount", "vat_amount", "currency"),
    Allocation: ("due_item_id", "payment_id", "write_off_id", "amount", "applies_on", "reverses_id"),
    Letter: ("customer_id", "currency", "level", "series", "year", "number", "total_amount", "pay_by", "frozen"),
}


@pytest.fixture
def book(db):
    make.business()
    item = make.due_item(make.customer(), 100, due_date=DUE)
    payment = make.payment(item.customer, 50, received_on=DAY, lines=[(item.pk, Decimal(30))])
    services.refund(source=payment, amount=Decimal(5), paid_on=DAY, by=make.BY, because="Too much")
    services.ask_write_off(target=item, amount=Decimal(10), code="price", because="So", on=DAY, by=make.BY)
    services.claim(due_item=item, kind="fee", amount=Decimal(4), basis="Clause 9", on=DAY, by=make.BY)
    make.credit_note(item.customer, 7, issued_on=DAY)
    run = Run.objects.create(as_of=DAY, issued_at=clock.now(), issued_by="niamh")
    Letter.objects.create(
        run=run, customer=item.customer, currency="EUR", language="en", level=1, year=2026, number=1, total_amount=70,
        pay_by=DAY, frozen={},
    )  # fmt: skip
    return item


def types(model):
    sql = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [model._meta.db_table])
        return dict(cursor.fetchall())


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_no_posted_column_is_written_anew(book):
    for model, columns in POSTED.items():
        kinds = types(model)
        for column in columns:
            other = OTHER[kinds[column]].format(column)
            with pytest.raises(IntegrityError, match=r"is posted and never changes; a second row takes it back"):
                run(f"UPDATE {model._meta.db_table} SET {column} = {other}")


def test_no_posted_row_is_deleted(book):
    for model in POSTED:
        with pytest.raises(IntegrityError, match="is posted and stays; a second row takes it back"):
            run(f"DELETE FROM {model._meta.db_table}")


def test_what_is_left_of_a_row_is_written_on(book):
    payment = Payment.objects.get()
    services.reverse_refund(refund=Refund.objects.get(), on=DAY, by=make.BY, because="It came back")
    services.reverse_payment(payment=payment, on=DAY, by=make.BY, because="Bounced")

    book.refresh_from_db()
    assert (book.open_amount, Payment.objects.count()) == (Decimal(100), 2)


def test_a_letter_takes_its_bytes_once_and_is_closed_from_then_on(book):
    document = Document.objects.create(
        sha256="0" * 64, name="letter.pdf", content_type="application/pdf", content=b"%PDF", stored_at=clock.now()
    )
    Letter.objects.update(document=document, sha256=document.sha256, rendered_at=clock.now())

    for values in ({"rendered_at": None}, {"document": None, "sha256": ""}, {"language": "es"}):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            Letter.objects.update(**values)
