from django.db import migrations


def lent(apps, schema_editor):
    """Who was pinned to a colleague before is lent to him."""
    wishes = apps.get_model("visits", "Wish").objects.filter(kind="pin", rep__isnull=False).select_related("customer")
    loans = apps.get_model("customers", "Loan")
    loans.objects.bulk_create(
        [
            loans(customer_id=wish.customer_id, rep_id=wish.rep_id, on=wish.on)
            for wish in wishes
            if wish.rep_id != wish.customer.owner_id
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0007_loan"),
        ("visits", "0002_planner"),
    ]

    operations = [migrations.RunPython(lent, migrations.RunPython.noop)]
