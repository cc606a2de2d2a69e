"""Numbers without gaps: taken inside the transaction that uses them, so a failure gives them back."""

from django.db import transaction

from common.models import Series


def take(name: str, *, year: int = 0, count: int = 1) -> range:
    """The next `count` numbers of a series. Must be called inside a transaction; locks the series to its end."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Numbers are taken inside the transaction that uses them.")
    Series.objects.bulk_create([Series(name=name, year=year)], ignore_conflicts=True)
    row = Series.objects.select_for_update().get(name=name, year=year)
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return range(first, row.last + 1)


def raise_to(name: str, number: int, *, year: int = 0) -> None:
    """A number was given elsewhere (on a device): this series goes on after it. Locks like `take`."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Numbers are taken inside the transaction that uses them.")
    Series.objects.bulk_create([Series(name=name, year=year)], ignore_conflicts=True)
    row = Series.objects.select_for_update().get(name=name, year=year)
    if row.last < number:
        row.last = number
        row.save(update_fields=["last"])
