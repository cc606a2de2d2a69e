"""The trail knows which invoices were made here from goods; whether the ledger has them, its next list tells."""

from typing import Any

from django.db import migrations

BILLED = ("receivables.shipment_invoiced", "receivables.counted_sales_invoiced")
AT_ONCE = 500


def mark(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("audit", "Entry").objects.filter(verb__in=BILLED, subject_type="receivables.invoice")
    invoices = apps.get_model("receivables", "Invoice").objects
    keys = sorted({int(key) for key in entries.values_list("subject_key", flat=True) if key.isdecimal()})
    for start in range(0, len(keys), AT_ONCE):
        invoices.filter(pk__in=keys[start : start + AT_ONCE]).update(made_here=True)


class Migration(migrations.Migration):
    dependencies = [("receivables", "0010_invoices_made_here"), ("audit", "0001_initial")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
