"""Money in the database, exact on PostgreSQL and on SQLite.

SQLite keeps decimals as floats, also inside SUM, comparisons and CHECK. So computed money is rounded to
three places in SQL before it is compared (`exact`), and sums are rounded when they are read (`MoneySum`).
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Sum
from django.db.models.functions import Coalesce, Round

from common import money


class MoneyField(models.DecimalField):
    """An amount with three places; its currency stands in a column beside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField):
    """An ISO 4217 code in capitals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)


def one_of(column: str, values: Iterable[str], *, name: str) -> models.CheckConstraint:
    """The database knows the choices of a column too: a service that is called with another word stores nothing."""
    return models.CheckConstraint(condition=models.Q(**{f"{column}__in": [str(value) for value in values]}), name=name)


class MoneySum(Sum):
    """SUM of money, exact to three places on both databases. Never across currencies."""

    def __init__(self, expression: Any, **extra: Any) -> None:
        extra.setdefault("output_field", MoneyField())
        super().__init__(expression, **extra)

    def convert_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else money.stored(Decimal(str(value)))

    def get_db_converters(self, connection: Any) -> list[Callable[..., Any]]:
        return [self.convert_value]


def exact(expression: Any) -> Round:
    """Computed money, rounded to three places before anything compares it."""
    return Round(expression, precision=3, output_field=MoneyField())


def sum_or_zero(expression: Any, **extra: Any) -> Coalesce:
    return Coalesce(MoneySum(expression, **extra), models.Value(money.ZERO, output_field=MoneyField()))
