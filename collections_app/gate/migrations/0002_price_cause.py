from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gate", "0001_gate"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="gatemode",
            name="gate_mode_known",
        ),
        migrations.AlterField(
            model_name="gatemode",
            name="cause",
            field=models.CharField(
                choices=[
                    ("settlement", "Settlement method"),
                    ("limit", "Credit limit"),
                    ("late", "Days late"),
                    ("warning", "Severe warning"),
                    ("execution", "Contract not executed"),
                    ("ramp", "New customer"),
                    ("insurer", "Insurer's limit"),
                    ("ladder", "Supply ladder"),
                    ("price", "Price not as agreed"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="cause",
            field=models.CharField(
                choices=[
                    ("settlement", "Settlement method"),
                    ("limit", "Credit limit"),
                    ("late", "Days late"),
                    ("warning", "Severe warning"),
                    ("execution", "Contract not executed"),
                    ("ramp", "New customer"),
                    ("insurer", "Insurer's limit"),
                    ("ladder", "Supply ladder"),
                    ("price", "Price not as agreed"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="gatemode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "cause__in",
                        ["settlement", "limit", "late", "warning", "execution", "ramp", "insurer", "ladder", "price"],
                    ),
                    ("mode__in", ["off", "observe", "on"]),
                ),
                name="gate_mode_known",
            ),
        ),
    ]
