from django.db import migrations, models


class Migration(migrations.Migration):
    """Nights that were counted before stay without: their board shows the bucket of the oldest item."""

    dependencies = [
        ("standings", "0004_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="nightgrouptotal",
            name="oldest",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="nighttotal",
            name="oldest",
            field=models.DateField(blank=True, null=True),
        ),
    ]
