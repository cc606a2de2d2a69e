"""Where the stories of the last weeks take their customers from: the same book gives the same ones, and each once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from collections_app.cases.models import Dispute, Promise
from customers.models import Customer
from demo import people, pictured
from receivables.models import DueItem, Receipt
from staff.models import User

AHEAD = 36_500  # days: no due date is later


class Shelf:
    """Customers about whom nothing is going on yet. What is taken is not offered again."""

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        self.finance = User.objects.get(username=people.FINANCE.username)
        self.manager = User.objects.get(username=people.MANAGER.username)
        names = [picture.name for picture in pictured.PICTURES]
        lost = Q(insolvent_on=None, closed_on=None, in_court_on=None, handed_over_on=None, assigned_on=None)
        self._free = Customer.objects.filter(lost).exclude(name__in=names).exclude(owner=None)
        self._taken = {
            *Promise.objects.filter(state=Promise.State.OPEN).values_list("customer", flat=True),
            *Dispute.objects.filter(closed_on=None).values_list("customer", flat=True),
            *Receipt.objects.filter(state=Receipt.State.PROVISIONAL).values_list("customer", flat=True),
        }

    def ago(self, days: int) -> date:
        """A working day about so many days ago."""
        day = self.as_of - timedelta(days)
        return day - timedelta((0, 0, 0, 0, 0, 1, 2)[day.weekday()])

    def ahead(self, days: int) -> date:
        day = self.as_of + timedelta(days)
        return day + timedelta((0, 0, 0, 0, 0, 2, 1)[day.weekday()])

    def customers(self, count: int, **wanted: Any) -> list[Customer]:
        rows = self._free.exclude(pk__in=self._taken).filter(**wanted).select_related("owner").distinct()
        found = list(rows.order_by("code")[:count])
        self._taken.update(customer.pk for customer in found)
        return found

    def items(self, count: int, *, late: tuple[int, int] = (-AHEAD, AHEAD), **wanted: Any) -> list[DueItem]:
        """Open due items, each of another customer; `late` are days late, below zero for days to come."""
        least, most = late
        due = {"due_date__lte": self.as_of - timedelta(least), "due_date__gte": self.as_of - timedelta(most)}
        rows = self._open().filter(**due, **wanted).order_by("due_date", "invoice__number", "pk")
        found: list[DueItem] = []
        for item in rows.iterator(chunk_size=100):
            if len(found) == count:
                break
            if item.customer_id not in self._taken:
                self._taken.add(item.customer_id)
                found.append(item)
        return found

    def several_of_one(self, count: int, *, most: Decimal, **wanted: Any) -> list[DueItem]:
        """So many open items of one customer in one currency, together no more than `most`; none: empty."""
        by_customer: dict[tuple[int, str], list[DueItem]] = {}
        for item in self._open().filter(**wanted).order_by("due_date", "invoice__number", "pk").iterator():
            own = by_customer.setdefault((item.customer_id, item.currency), [])
            own.append(item)
            if len(own) == count and sum(one.open_amount for one in own) <= most:
                self._taken.add(item.customer_id)
                return own
        return []

    def _open(self) -> QuerySet[DueItem]:
        rows = DueItem.objects.open().filter(customer__in=self._free.exclude(pk__in=self._taken))
        return rows.select_related("customer__owner", "invoice")
