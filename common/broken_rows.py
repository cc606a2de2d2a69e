"""Rows that break a rule, as the database finds them: read a few at a time, however many there are."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from common import money
from common.money import ZERO

AT_ONCE = 500

# A cursor lets PostgreSQL plan for its first rows. Of a book in order there are none, and that plan would look the
# whole book up row by row to find it out: what is materialised is planned for all of it.
WHOLE = "WITH broken AS MATERIALIZED ({sql}) SELECT * FROM broken ORDER BY 1"


def rows(sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """What the statement finds, by its first column; amounts and days as this database hands them over."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(WHOLE.format(sql=sql), params)
        while some := cursor.fetchmany(AT_ONCE):
            yield from some


def of(found: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """The same of `values_list`."""
    try:
        sql, params = found.order_by().query.sql_with_params()
    except EmptyResultSet:
        return
    yield from rows(sql, params)


def amount(value: object) -> Decimal:
    """Money of such a row; zero where there was nothing to sum."""
    return ZERO if value is None else money.stored(Decimal(str(value)))
