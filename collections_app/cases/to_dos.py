"""The same to-do for many customers at once: the night's way, a few statements whatever their number."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from audit import services as audit
from audit.services import Actor
from collections_app.cases.models import ToDo
from common import clock

AT_ONCE = 900  # keys in one statement: below the limit of every database


@transaction.atomic
def open_for(customers: Collection[int], *, because: str, due_on: date, on: date, by: Actor) -> int:
    """One for each customer (locked by the caller) who has none open for this cause. Returns how many were opened."""
    opened = 0
    keys = sorted(set(customers))
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        open_ones = ToDo.objects.filter(customer__in=some, because=because, done_on=None, about="")
        has_one = set(open_ones.values_list("customer", flat=True))
        made = ToDo.objects.bulk_create(
            [
                ToDo(customer_id=key, because=because, due_on=due_on, opened_on=on, entered_at=clock.now())
                for key in some
                if key not in has_one
            ]
        )
        audit.record_many(
            verb="cases.to_do_opened", subjects=made, by=by, after=[{"because": because, "about": ""}] * len(made)
        )
        opened += len(made)
    return opened


@transaction.atomic
def close_for(customers: Collection[int], *, because: str, on: date, by: Actor) -> int:
    """What is open for this cause with these customers (locked by the caller) is done. Returns how many were."""
    closed = 0
    keys = sorted(set(customers))
    for start in range(0, len(keys), AT_ONCE):
        waits = ToDo.objects.filter(customer__in=keys[start : start + AT_ONCE], because=because, done_on=None, about="")
        rows = list(waits.order_by("pk"))
        closed += waits.update(done_on=on, done_by=by.get_username())
        audit.record_many(
            verb="cases.to_do_done",
            subjects=rows,
            by=by,
            after=[{"because": because, "about": "", "on": on}] * len(rows),
        )
    return closed
