"""The due date in force of an item, moved by rows with a day and a reason; the agreed one is never edited."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from contracts.models import Method
from customers import services as customers
from receivables import ledger, more_time_queries
from receivables.models import DueDateChange, DueItem, Extension, InstalmentPlan, Invoice, MoreTime
from receivables.services import checks


class NotCallable(checks.Refused):
    """No part is missed, or the contract does not make the rest callable."""


@transaction.atomic
def move_due_date(*, due_item: DueItem, due_date: date | None, on: date, by: Actor, because: str) -> DueDateChange:
    """From this day on another due date is in force; the agreed one stays."""
    because = checks.check_reason(because)
    checks.check_day(on)
    customers.lock([due_item.customer_id])
    before = DueItem.objects.get(pk=due_item.pk).due_date
    [change] = put_in_force({due_item.pk: due_date}, on=on, because=because)
    item = DueItem.objects.select_related("invoice").get(pk=due_item.pk)
    with ledger.posting(on=on, by=by) as posting:
        posting.hold(item)
    audit.record(
        verb="receivables.due_date_moved",
        subject=item,
        by=by,
        before={"due_date": before},
        after={"due_date": due_date, "because": because},
    )
    return change


@transaction.atomic
def call_rest(*, invoice: Invoice, notice_on: date, due_on: date, by: Actor, reference: str) -> list[DueDateChange]:
    """A part was missed, and the contract makes the rest callable: by a recorded notice what is not due yet is due on
    the notice's day. The agreed dates stay, and so does time that was granted."""
    checks.check_day(notice_on)
    if not reference.strip():
        raise checks.NoReason(_("Name the notice: its number, or how and to whom it was given."))
    if due_on < notice_on:
        raise checks.TooEarly(_("The rest is due on the day of the notice or later. Choose a later day."))
    customers.lock([invoice.customer_id])
    owed = list(_callable(invoice).filter(open_amount__gt=0).order_by("position"))
    if not any(item.due_date and item.due_date < notice_on for item in owed):
        raise NotCallable(_("No part of invoice %(number)s is missed on that day.") % {"number": invoice.number})
    granted = more_time_queries.taken([item.pk for item in owed], states=[MoreTime.GRANTED])
    later = [item for item in owed if item.due_date and item.due_date > due_on and item.pk not in granted]
    if not later:
        raise checks.AlreadyDone(_("Everything on invoice %(number)s is due by then.") % {"number": invoice.number})
    because = _("The rest was called by notice %(reference)s") % {"reference": reference.strip()}
    changes = put_in_force({item.pk: due_on for item in later}, on=notice_on, because=because)
    with ledger.posting(on=notice_on, by=by) as posting:
        for item in later:
            posting.hold(item)
    audit.record(
        verb="receivables.rest_called",
        subject=invoice,
        by=by,
        before={"due_dates": ", ".join(str(item.due_date) for item in later)},
        after={"due_date": due_on, "notice": reference.strip()},
    )
    return changes


def _callable(invoice: Invoice) -> QuerySet[DueItem]:
    """Its due items, where its contract is one of instalments whose rest can be called."""
    items = DueItem.objects.filter(invoice=invoice).select_related("invoice")
    found = items.filter(
        invoice__shipment__contract__method=Method.INSTALMENTS, invoice__shipment__contract__rest_callable=True
    )
    if not found.exists():
        raise NotCallable(
            _("Invoice %(number)s has no instalment contract that makes the rest callable. Its dates stay.")
            % {"number": invoice.number}
        )
    return found


def put_in_force(
    dates: Mapping[int, date | None],
    *,
    on: date,
    because: str,
    extension: Extension | None = None,
    plan: InstalmentPlan | None = None,
) -> list[DueDateChange]:
    """Write the moves of these due items (by key), under the lock of their customers, in the caller's transaction.

    In force is what moved last by its own day: a move of an earlier day, entered now, does not undo a later one.
    """
    now = clock.now()
    changes = DueDateChange.objects.bulk_create(
        [
            DueDateChange(
                due_item_id=key,
                due_date=due_date,
                because=because[:200],
                applies_on=on,
                entered_at=now,
                extension=extension,
                plan=plan,
            )
            for key, due_date in sorted(dates.items())
        ]
    )
    moved = DueDateChange.objects.filter(due_item__in=dates).order_by("applies_on", "pk")
    for key, due_date in dict(moved.values_list("due_item", "due_date")).items():
        DueItem.objects.filter(pk=key).update(due_date=due_date)
    return changes
