"""A hand in the tables: what somebody can do who has the rights of the database's owner."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def past_the_triggers() -> Iterator[None]:
    """On PostgreSQL posted rows are kept by triggers; who owns the database gets past them. Checks of columns stay."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET LOCAL session_replication_role = origin")
