import django.db.models.deletion
from django.db import migrations, models

import common.columns

COPIED = {
    "paststanding": "due_item_id, customer_id, standing, rule, since, from_night, to_night, open_amount, "
    "disputed_amount, claim_amount",
    "candidate": "night, due_item, customer",
}


def copied(apps, schema_editor):
    """What there is moves over: years of history, and the list of a night that is not done. No night writes meanwhile."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("LOCK TABLE standings_paststanding, standings_candidate IN ACCESS EXCLUSIVE MODE")
    _copy(schema_editor, "standings_{}", "standings_new{}")


def copied_back(apps, schema_editor):
    _copy(schema_editor, "standings_new{}", "standings_{}")


def _copy(schema_editor, source, target):
    for name, columns in COPIED.items():
        schema_editor.execute(
            f"INSERT INTO {target.format(name)} ({columns}) SELECT {columns} FROM {source.format(name)}"
        )


def as_it_was(apps, schema_editor):
    """Without a log, as before, and with keys named after their tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE standings_candidate SET UNLOGGED")
        for name in COPIED:
            schema_editor.execute(f"ALTER INDEX standings_new{name}_pkey RENAME TO standings_{name}_pkey")


def named_back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in COPIED:
            schema_editor.execute(f"ALTER INDEX standings_{name}_pkey RENAME TO standings_new{name}_pkey")


class Migration(migrations.Migration):
    """A row of history and a candidate have no key of their own any more, and no index that repeats another."""

    dependencies = [
        ("customers", "0006_postcode"),
        ("receivables", "0013_payments_since"),
        ("standings", "0005_oldest_of_a_total"),
    ]

    operations = [
        migrations.CreateModel(
            name="NewCandidate",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "night", "due_item", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("night", models.BigIntegerField()),
                ("due_item", models.BigIntegerField()),
                ("customer", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="NewPastStanding",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "due_item_id", "from_night", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("unpaid", "Unpaid"),
                            ("overdue", "Overdue"),
                            ("quasi-bad", "Quasi-bad"),
                            ("bad", "Bad"),
                            ("dormant", "Dormant"),
                        ],
                        max_length=10,
                    ),
                ),
                ("rule", models.CharField(max_length=30)),
                ("since", models.DateField()),
                ("from_night", models.DateField()),
                ("open_amount", common.columns.MoneyField(decimal_places=3, max_digits=18)),
                ("disputed_amount", common.columns.MoneyField(decimal_places=3, default=0, max_digits=18)),
                ("claim_amount", common.columns.MoneyField(decimal_places=3, default=0, max_digits=18)),
                ("to_night", models.DateField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="past_standings",
                        to="customers.customer",
                    ),
                ),
                (
                    "due_item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="past_standings",
                        to="receivables.dueitem",
                    ),
                ),
            ],
        ),
        migrations.RunPython(copied, copied_back),
        migrations.DeleteModel(name="Candidate"),
        migrations.DeleteModel(name="PastStanding"),
        migrations.RenameModel("NewCandidate", "Candidate"),
        migrations.RenameModel("NewPastStanding", "PastStanding"),
        migrations.AddConstraint(
            model_name="paststanding",
            constraint=models.CheckConstraint(
                condition=models.Q(to_night__gte=models.F("from_night")), name="past_standing_in_order"
            ),
        ),
        migrations.AddIndex(
            model_name="paststanding",
            index=models.Index(fields=["to_night", "from_night"], name="past_standing_of_a_night"),
        ),
        migrations.RunPython(as_it_was, named_back),
    ]
