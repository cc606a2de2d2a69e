"""Writing many rows at once, each with values of its own."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model

AT_ONCE = 500


def write(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Store these fields of rows that are there, in one statement for 500 rows.

    `bulk_update` says the same with a CASE for every row and field, and takes a second for it.
    """
    for start in range(0, len(rows), AT_ONCE):
        _write(rows[start : start + AT_ONCE], fields)


def _write(rows: Sequence[Model], fields: Sequence[str]) -> None:
    meta = rows[0]._meta
    by_name = {column.name: column for column in meta.concrete_fields}
    columns = [by_name[name] for name in fields]
    quote = connection.ops.quote_name
    table, key = quote(meta.db_table), quote(str(meta.pk.column))
    names = [quote(str(column.column)) for column in columns]
    # PostgreSQL takes bare values for text; SQLite gives them the type of the column in which they are stored.
    typed = connection.vendor == "postgresql"
    sets = ", ".join(
        f"{name} = CAST(v.{name} AS {column.db_type(connection)})" if typed else f"{name} = v.{name}"
        for name, column in zip(names, columns, strict=True)
    )
    places = ", ".join([f"({', '.join(['%s'] * (1 + len(columns)))})"] * len(rows))
    values = []
    for row in rows:
        values.append(row.pk)
        values += [column.get_db_prep_save(getattr(row, column.attname), connection) for column in columns]
    sql = (
        f"WITH v({', '.join([key, *names])}) AS (VALUES {places}) "  # noqa: S608  our own names, values are parameters
        f"UPDATE {table} SET {sets} FROM v WHERE {table}.{key} = v.{key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
