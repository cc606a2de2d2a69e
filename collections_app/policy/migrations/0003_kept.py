"""An active version never changes, nor does what was simulated: on PostgreSQL the database itself says so.

As `common.posted` does for posted rows; here a draft still changes, and goes when it is discarded.
"""

from typing import Any

from django.db import migrations

VERSION, SIMULATION = "policy_version", "policy_simulation"
REFUSED = "USING ERRCODE = 'integrity_constraint_violation'"


def put(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    _trigger(
        schema_editor,
        VERSION,
        f"""IF OLD.state = 'active' THEN
            RAISE EXCEPTION 'policy version % is active and never changes; a new version follows it', OLD.id {REFUSED};
        END IF;""",
    )
    _trigger(
        schema_editor,
        SIMULATION,
        f"""IF TG_OP = 'UPDATE' OR EXISTS (
            SELECT 1 FROM {VERSION} v WHERE v.id = OLD.version_id AND v.state = 'active'
        ) THEN
            RAISE EXCEPTION 'policy simulation % never changes', OLD.id {REFUSED};
        END IF;""",  # noqa: S608
    )


def _trigger(schema_editor: Any, table: str, body: str) -> None:
    schema_editor.execute(
        f"""
        CREATE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            {body}
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $body$
        """,
        params=None,
    )
    schema_editor.execute(
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept()",
        params=None,
    )


def take(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in (VERSION, SIMULATION):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_kept ON {table}", params=None)
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_kept()", params=None)


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_versions_and_simulations")]

    operations = [migrations.RunPython(put, take)]
