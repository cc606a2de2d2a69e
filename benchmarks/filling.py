"""Rows of `benchmarks.book` into the tables: streamed with COPY on PostgreSQL, in batches on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from benchmarks import book
from benchmarks.own_database import on_postgresql, settle
from staff.models import BankAccount, Business, Role, User

AT_ONCE = 10_000


def fill(open_items: int) -> None:
    """An empty database becomes the book; nobody has looked at it yet."""
    reps = [User(pk=key, username=f"rep{key}", role=Role.REP) for key in range(1, book.reps_of(open_items) + 1)]
    User.objects.bulk_create(reps)
    business = Business.objects.create(name="Brightwater Drinks Ltd", country="IE", calendar="IE")
    BankAccount.objects.create(business=business, currency="EUR", bank_name="AIB", iban="IE29AIBK93115212345678")
    models = {apps.get_model(table.model) for table in book.tables(1)}
    names = sorted(model._meta.db_table for model in models)
    with transaction.atomic(), _without_indexes(names):
        for table in book.tables(open_items):
            _store(apps.get_model(table.model), table.columns, table.rows)
        _go_on_counting({*models, User})
    settle()


def _store(model: type[Model], given: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    """What the rows do not say is as the model has it by default."""
    others = [
        field
        for field in model._meta.concrete_fields
        if field.column not in given and not field.null and not field.primary_key
    ]
    rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    columns = [*given, *(field.column for field in others)]
    named = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if on_postgresql():
            with cursor.copy(f"COPY {model._meta.db_table} ({named}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row + rest)
            return
        gaps = ", ".join(["%s"] * len(columns))
        insert = f"INSERT INTO {model._meta.db_table} ({named}) VALUES ({gaps})"  # noqa: S608  names are our models'
        while some := [row + rest for row in islice(rows, AT_ONCE)]:
            cursor.executemany(insert, some)


@contextmanager
def _without_indexes(tables: list[str]) -> Iterator[None]:
    """PostgreSQL makes an index, and looks foreign keys up, much faster over rows that are there."""
    if not on_postgresql():
        yield
        return
    again = []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait for the end that looks at these tables
        for table in tables:
            cursor.execute(CONSTRAINTS, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                again.append(
                    (definition.startswith("FOREIGN"), f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
                )
            cursor.execute(INDEXES, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")
                again.append((False, definition))
        yield
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _is_foreign, statement in sorted(again):
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


CONSTRAINTS = """
    SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND (contype = 'f' OR contype = 'u' AND NOT EXISTS (
        SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = pg_constraint.conindid))"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT indisprimary
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"""


def _go_on_counting(models: set[type[Model]]) -> None:
    """Rows came with their keys; the next one follows the last."""
    if not on_postgresql():
        return
    with connection.cursor() as cursor:
        for table in sorted(model._meta.db_table for model in models):
            last = f"(SELECT COALESCE(MAX(id), 1) FROM {table})"  # noqa: S608  our own names
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")
