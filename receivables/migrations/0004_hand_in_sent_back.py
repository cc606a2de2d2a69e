from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("receivables", "0003_receipt_positions")]
    operations = [
        migrations.AlterField(
            model_name="handin",
            name="state",
            field=models.CharField(
                choices=[
                    ("handed in", "Handed in"),
                    ("received", "Received by finance"),
                    ("closed", "On the bank account"),
                    ("sent back", "Sent back to be counted again"),
                ],
                default="handed in",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="handin", name="hand_in_signed_by_both"),
        migrations.AddConstraint(
            model_name="handin",
            constraint=models.CheckConstraint(
                condition=Q(state__in=("handed in", "sent back")) | Q(received_at__isnull=False),
                name="hand_in_signed_by_both",
            ),
        ),
    ]
