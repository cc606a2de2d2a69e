from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("receivables", "0009_posted_rows")]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="made_here",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="invoice",
            name="listed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(condition=models.Q(("made_here", True)), fields=["issued_on"], name="invoice_made_here"),
        ),
    ]
