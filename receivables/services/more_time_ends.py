"""How more time ends: kept when paid in time, void at the first miss. Days that have passed stay as they were."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import NIGHT, Actor
from customers import services as customer_services
from receivables import more_time_queries as queries
from receivables.models import DueDateChange, DueItem, Extension, InstalmentPlan, MoreTime
from receivables.more_time_queries import Row
from receivables.more_time_rules import Fate, Outcome
from receivables.services import due_dates
from receivables.services.more_time import BECAUSE


@transaction.atomic
def void_missed(*, as_of: date, customers: Iterable[int] | None = None, by: Actor = NIGHT) -> set[int]:
    """What was missed before this day is void from the day after the miss: the due date it replaced is in force again.

    Returns the customers concerned, who are marked. Run twice it changes nothing more.
    """
    of = _of(customers)
    extensions = Extension.objects.filter(of, state=MoreTime.GRANTED, until__lt=as_of)
    plans = InstalmentPlan.objects.filter(of, state=MoreTime.GRANTED, parts__due_on__lt=as_of).distinct()
    found = set()
    for row, fate in queries.fates(_locked(extensions, plans), as_of=as_of):
        if fate.outcome is Outcome.MISSED:
            _void(row, fate.on, by)
            found.add(row.customer_id)
    customer_services.mark(found, because=BECAUSE, on=as_of)
    return found


def _void(row: Row, on: date, by: Actor) -> None:
    _end(row, MoreTime.VOID, on, by)
    owed = DueItem.objects.filter(pk__in=queries.items_of([row])[row])
    keys = owed.filter(Q(settled_on=None) | Q(settled_on__gte=on)).values_list("pk", flat=True)
    because = _("Extension missed") if isinstance(row, Extension) else _("Instalment plan missed")
    on = max([on, *_changes(row).values_list("applies_on", flat=True)])
    due_dates.put_in_force(queries.dates_without(keys, on), on=on, because=because, **_as_ground(row))


@transaction.atomic
def keep_plans(*, as_of: date, customers: Iterable[int] | None = None, by: Actor = NIGHT) -> set[int]:
    """After money: what was paid in time is kept, and the items of a plan are due with its next unpaid part.

    Money of a day that had passed may show that nothing was missed: where the money of certain customers is looked
    at, what is void stands again, from the day it was void. Returns the customers concerned, who are marked.
    """
    states = [MoreTime.GRANTED] if customers is None else [MoreTime.GRANTED, MoreTime.VOID]
    wanted = _of(customers) & Q(state__in=states)
    rows = _locked(Extension.objects.filter(wanted), InstalmentPlan.objects.filter(wanted))
    found = set()
    for row, fate in queries.fates(rows, as_of=as_of):
        if fate.outcome is not Outcome.MISSED and _carry_on(row, fate, by):
            found.add(row.customer_id)
    customer_services.mark(found, because=BECAUSE, on=as_of)
    return found


def _carry_on(row: Row, fate: Fate, by: Actor) -> bool:
    """Is anything different afterwards?"""
    keys = queries.items_of([row])[row]
    stands_again = row.state == MoreTime.VOID
    if stands_again:
        if queries.taken(keys):
            return False  # the customer was given time anew meanwhile
        _end(row, MoreTime.GRANTED, None, by)
    if fate.outcome is Outcome.KEPT:
        _end(row, MoreTime.KEPT, fate.on, by)
    return _be_due(row, fate, keys) or stands_again or fate.outcome is Outcome.KEPT


def _be_due(row: Row, fate: Fate, keys: Sequence[int]) -> bool:
    """The open items are due with the next part, unless this row's own last word was that. Did any move?"""
    due_on = row.until if isinstance(row, Extension) else queries.parts_of([row])[row.pk][fate.place].due_on
    said = list(_changes(row).values_list("due_item", "due_date", "applies_on"))
    last = {key: day for key, day, _on in said}
    owed = DueItem.objects.filter(pk__in=keys, open_amount__gt=0).values_list("pk", flat=True)
    dates = dict.fromkeys((key for key in owed if last.get(key) != due_on), due_on)
    if not dates:
        return False
    because = _("Paid in time after all") if isinstance(row, Extension) else _("Next part of the instalment plan")
    on = max([fate.on, *(moved_on for _key, _day, moved_on in said)])
    due_dates.put_in_force(dates, on=on, because=because, **_as_ground(row))
    return True


def _changes(row: Row) -> QuerySet[DueDateChange]:
    """Its own moves of due dates, the one that counts last. A later one is never put before it."""
    return row.changes.order_by("applies_on", "pk")


def _end(row: Row, state: MoreTime, on: date | None, by: Actor) -> None:
    before = row.state
    row.state, row.ended_on = state, on
    row.save(update_fields=["state", "ended_on"])
    what = "extension" if isinstance(row, Extension) else "plan"
    audit.record(
        verb=f"receivables.{what}_{'stands_again' if state == MoreTime.GRANTED else state.value}",
        subject=row,
        by=by,
        before={"state": before},
        after={"state": state.value, "on": on},
    )


def _as_ground(row: Row) -> dict[str, Any]:
    return {"extension": row} if isinstance(row, Extension) else {"plan": row}


def _of(customers: Iterable[int] | None) -> Q:
    return Q() if customers is None else Q(customer__in=list(customers))


def _locked(*found: QuerySet[Extension] | QuerySet[InstalmentPlan]) -> list[Row]:
    """The rows as they are once their customers are locked."""
    customer_services.lock({key for rows in found for key in rows.values_list("customer", flat=True)})
    return [row for rows in found for row in rows.order_by("pk")]
