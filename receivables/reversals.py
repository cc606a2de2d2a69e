"""When something of a row was last taken back.

What was used until then and came free again cannot be used a second time for the days in between: on those days both
uses would stand, and more would have been settled than there was. So new uses count from that day on.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Max, Model, Q

from receivables.models import Allocation, Charge, CreditNote, DueItem, Payment, Refund, WriteOff

COLUMNS: dict[type[Model], str] = {
    DueItem: "due_item",
    Charge: "charge",
    Payment: "payment",
    CreditNote: "credit_note",
    WriteOff: "write_off",
}
AT_ONCE = 500
Key = tuple[type[Model], int]


def latest(rows: Iterable[Model]) -> dict[Key, date]:
    """The day by row, of those of which anything was taken back."""
    found: dict[Key, date] = {}
    for model, keys in _by_model(rows).items():
        column = COLUMNS[model]
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            _note(found, model, Allocation.objects.filter(_among(column, some)), column, "applies_on")
            if model in (Payment, CreditNote):
                _note(found, model, Refund.objects.filter(_among(column, some)), column, "paid_on")
    return found


def last(row: Model) -> date | None:
    """The day of one row."""
    return latest([row]).get((type(row), row.pk))


def _by_model(rows: Iterable[Model]) -> dict[type[Model], list[int]]:
    found: dict[type[Model], list[int]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row.pk)
    return found


def _among(column: str, keys: list[int]) -> Q:
    return Q(**{f"{column}__in": keys}, reverses__isnull=False)


def _note(found: dict[Key, date], model: type[Model], rows: Any, column: str, day: str) -> None:
    for key, on in rows.order_by().values_list(column).annotate(last=Max(day)):
        found[model, key] = max(on, found.get((model, key), on))
