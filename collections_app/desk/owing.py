"""What a customer owes: all of it summed by the database, and the few items of it that are read in full."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, Count, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from collections_app.desk.lists import SEVERITY
from collections_app.standings.explaining import Explanation
from collections_app.standings.models import Standing
from common.columns import sum_or_zero
from common.money import ZERO
from customers.models import Customer
from receivables.models import DueItem

MOST = 100  # so many open items of a currency are shown on the page; the list has all of them


class Owing(NamedTuple):
    """Open due items of a currency and standing, summed by the database; a row that is shown is read in full."""

    currency: str
    standing: str | None
    number: int
    amount: Decimal
    open_amount: Decimal
    late: Decimal


def summed(items: QuerySet[DueItem], as_of: date) -> list[Owing]:
    """One query, whatever there is."""
    late = sum_or_zero("open_amount", filter=Q(due_date__lt=as_of))
    by_standing = items.order_by().values("currency", "standing__standing")
    sums = by_standing.annotate(
        items=Count("pk"), whole=sum_or_zero("amount"), left=sum_or_zero("open_amount"), late=late
    )
    return [Owing(*row) for row in sums.values_list("currency", "standing__standing", "items", "whole", "left", "late")]


def due_by(items: QuerySet[DueItem], day: date) -> dict[str, Decimal]:
    """By currency what falls due by a day; what has no due date does not."""
    sums = items.filter(due_date__lte=day).order_by("currency").values("currency")
    return dict(sums.annotate(left=sum_or_zero("open_amount")).values_list("currency", "left"))


def shown(items: QuerySet[DueItem]) -> list[int]:
    """The rows of the page: the first of each currency, in order."""
    place = Window(RowNumber(), partition_by="currency", order_by=["due_date", "pk"])
    first = items.annotate(place=place).filter(place__lte=MOST)
    return list(first.order_by("currency", "place").values_list("pk", flat=True))


def worst(items: QuerySet[DueItem]) -> list[int]:
    """The item in the worst standing that is stored, the oldest of several; none where nothing has one."""
    severity = Case(*(When(standing__standing=name, then=place) for name, place in SEVERITY.items()))
    ranked = items.filter(standing__isnull=False).order_by(severity.desc(), "due_date", "pk")
    return list(ranked.values_list("pk", flat=True)[:1])


def as_told(new: Iterable[DueItem], told: Mapping[int, Explanation]) -> Iterator[Owing]:
    """What was booked a moment ago waits for its mark: until then it has the standing that its facts give it."""
    for item in new:
        yield Owing(item.currency, None, 0, ZERO, -item.open_amount, ZERO)
        yield Owing(item.currency, told[item.pk].standing, 0, ZERO, item.open_amount, ZERO)


def worst_told(items: Iterable[DueItem], told: Mapping[int, Explanation]) -> Explanation | None:
    def order(item: DueItem) -> tuple[int, date, int]:
        found = standing_of(item)
        return -SEVERITY[found.standing if found else told[item.pk].standing], item.due_date or date.max, item.pk

    worst = min((item for item in items if told[item.pk].standing), key=order, default=None)
    return told[worst.pk] if worst else None


def whole(keys: list[int], customer: Customer) -> dict[int, DueItem]:
    rows = DueItem.objects.select_related("invoice__shipment__contract", "invoice__shipment__proof", "standing")
    found = rows.in_bulk(keys)
    for item in found.values():
        item.customer = customer
    return found


def standing_of(item: DueItem) -> Standing | None:
    return getattr(item, "standing", None)
