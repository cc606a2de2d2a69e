"""A letter is as it was issued: its bytes come once, and from then on nothing of it changes."""

from typing import Any

from django.db import migrations

from common import posted

TABLE = "letters_letter"
FROZEN = (
    *("run_id", "customer_id", "currency", "language", "level", "series", "year", "number"),
    *("total_amount", "pay_by", "frozen"),
)


def put(apps: Any, schema_editor: Any) -> None:
    posted.refuse_changes(schema_editor, TABLE, FROZEN, done="document_id")


def take(apps: Any, schema_editor: Any) -> None:
    posted.allow_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]

    operations = [migrations.RunPython(put, take)]
