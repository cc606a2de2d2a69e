"""Doing a whole verb again where two of them stood in each other's way. Used by doors, outside of any transaction."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction

REPEATS = 3
SERIALISATION_FAILURE, DEADLOCK = "40001", "40P01"  # of PostgreSQL; SQLite has neither
Result = TypeVar("Result")


def again(deed: Callable[[], Result]) -> Result:
    """The deed's result, in one transaction. After a deadlock or a serialisation failure the database has undone
    everything, and it is done once more, three times at most; anything else rises."""
    for _ in range(REPEATS):
        try:
            return _whole(deed)
        except OperationalError as error:
            if not was_in_the_way(error) or transaction.get_connection().in_atomic_block:
                raise
    return _whole(deed)


def was_in_the_way(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in (SERIALISATION_FAILURE, DEADLOCK)


def _whole(deed: Callable[[], Result]) -> Result:
    with transaction.atomic():
        return deed()
