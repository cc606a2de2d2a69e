"""What was posted never changes: only what is left of it, and where it hangs, is written after its insert."""

from typing import Any

from django.db import migrations

from common import posted

POSTED = {
    "receivables_invoice": ("customer_id", "number", "amount", "vat_amount", "currency", "issued_on"),
    "receivables_dueitem": ("invoice_id", "customer_id", "position", "amount", "currency"),
    "receivables_charge": ("due_item_id", "customer_id", "kind", "amount", "currency", "claimed_on", "reverses_id"),
    "receivables_payment": ("customer_id", "amount", "currency", "received_on", "counts_on", "reverses_id"),
    "receivables_creditnote": ("customer_id", "number", "amount", "currency", "issued_on", "reverses_id"),
    "receivables_refund": ("payment_id", "credit_note_id", "amount", "paid_on", "reverses_id"),
    "receivables_writeoff": ("customer_id", "due_item_id", "charge_id", "code", "amount", "vat_amount", "currency"),
    "receivables_allocation": (
        *("due_item_id", "charge_id", "payment_id", "credit_note_id", "write_off_id"),
        *("amount", "applies_on", "reverses_id"),
    ),
}


def put(apps: Any, schema_editor: Any) -> None:
    for table, columns in POSTED.items():
        posted.refuse_changes(schema_editor, table, columns)


def take(apps: Any, schema_editor: Any) -> None:
    for table in POSTED:
        posted.allow_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("receivables", "0008_known_to_ledger")]

    operations = [migrations.RunPython(put, take)]
