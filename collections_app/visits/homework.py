"""What has to be with a customer before it pays anything: our invoice, or a reconciliation. Missing, it becomes a task,
and nobody drives there before it is done.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from audit.services import Actor
from collections_app.cases import to_dos
from collections_app.cases.models import ToDo
from collections_app.visits import asking
from common import days
from common.money import ZERO
from customers import queries as owing
from customers import services as customers
from customers.models import Habit
from receivables.models import DueItem

AHEAD = 5  # working days before it must be there in which somebody is told
OF_KIND = {
    Habit.Kind.RECONCILIATION.value: ToDo.Because.RECONCILE,
    Habit.Kind.INVOICE_TYPE.value: ToDo.Because.SEND_INVOICE,
}


@transaction.atomic
def open_tasks(*, as_of: date, calendar: str, by: Actor) -> int:
    """A to-do for each customer whose next payment wants something that has not been done since its newest invoice.

    Due so many working days before the payment as the customer states. Returns how many were opened.
    """
    wanted = owing.prerequisites(Habit.objects.filter(days_before__isnull=False).values_list("customer", flat=True))
    asked = _asked(wanted, as_of, calendar)
    opened = 0
    for (because, due_on), keys in sorted(_missing(wanted, asked, as_of, calendar).items()):
        customers.lock(keys)
        opened += to_dos.open_for(keys, because=because, due_on=due_on, on=as_of, by=by)
    return opened


def _asked(wanted: Mapping[int, list[owing.Prerequisite]], as_of: date, calendar: str) -> dict[int, tuple[date, date]]:
    """By customer: when the first payment is due of what may still be asked for, and the day of the newest invoice."""
    longest = max((row.days_before for rows in wanted.values() for row in rows), default=0)
    until = days.add_working_days(as_of, longest + AHEAD, calendar)
    items = DueItem.objects.open().filter(customer__in=wanted, due_date__lte=until)
    newest = dict(items.order_by().values_list("customer").annotate(Max("invoice__issued_on")))
    found = {}
    for key, rows in asking.owed(on=until, customers=newest).items():
        due = [row.due_date for row in rows if row.due_date is not None and row.left_amount > ZERO]
        if due:
            found[key] = (min(due), newest[key])
    return found


def _missing(
    wanted: Mapping[int, list[owing.Prerequisite]],
    asked: Mapping[int, tuple[date, date]],
    as_of: date,
    calendar: str,
) -> dict[tuple[str, date], list[int]]:
    """By task and the day on which it is due: the customers with whom it has not been done."""
    done: dict[tuple[int, str], date] = defaultdict(lambda: date.min)
    rows = ToDo.objects.filter(customer__in=asked, because__in=OF_KIND.values(), done_on__isnull=False)
    for key, because, on in rows.order_by().values_list("customer", "because").annotate(Max("done_on")):
        done[key, because] = on
    found: dict[tuple[str, date], list[int]] = defaultdict(list)
    for key, (due_on, issued_on) in asked.items():
        for row in wanted[key]:
            because = OF_KIND.get(row.kind)
            if because is None or done[key, because] >= issued_on:
                continue
            by_day = _working_days_before(due_on, row.days_before, calendar)
            if by_day <= days.add_working_days(as_of, AHEAD, calendar):
                found[because, max(by_day, as_of)].append(key)
    return found


def _working_days_before(day: date, count: int, calendar: str) -> date:
    found = days.roll(day, calendar, forward=False)
    for _ in range(count):
        found = days.roll(found - timedelta(days=1), calendar, forward=False)
    return found
