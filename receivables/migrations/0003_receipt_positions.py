from django.db import migrations


def read_positions(apps, schema_editor):
    """A receipt's place in its series stood only in its number so far: R7-0012 is the twelfth of person 7."""
    receipts = apps.get_model("receivables", "Receipt").objects
    for pk, number in receipts.filter(position=None).values_list("pk", "number"):
        last = number.rpartition("-")[2]
        if last.isdigit():
            receipts.filter(pk=pk).update(position=int(last))


class Migration(migrations.Migration):
    dependencies = [("receivables", "0002_whole_ledger")]
    operations = [migrations.RunPython(read_positions, migrations.RunPython.noop, elidable=True)]
