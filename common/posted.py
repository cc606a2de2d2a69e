"""Posted rows never change. On PostgreSQL a trigger says so to whoever asks, past the services as well.

Used by migrations alone. SQLite, which is for trying the product out, has no such trigger.
"""

from collections.abc import Sequence
from typing import Any


def refuse_changes(schema_editor: Any, table: str, columns: Sequence[str], *, done: str = "") -> None:
    """No row of the table is deleted, and none of these columns is written anew. Once `done` has a value, no column.

    The columns stand in the trigger's function and not in its condition, so that their types can still be changed.
    """
    if schema_editor.connection.vendor != "postgresql":
        return
    changed = [f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns]
    closed = [f"OLD.{done} IS NOT NULL"] if done else []
    schema_editor.execute(
        f"""
        CREATE FUNCTION {table}_posted() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION '{table} % is posted and stays; a second row takes it back', OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            ELSIF {" OR ".join([*closed, *changed])} THEN
                RAISE EXCEPTION '{table} % is posted and never changes; a second row takes it back', OLD.id
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $body$
        """,
        params=None,
    )
    schema_editor.execute(
        f"CREATE TRIGGER {table}_posted BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_posted()",
        params=None,
    )


def allow_changes(schema_editor: Any, table: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_posted ON {table}", params=None)
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_posted()", params=None)
