"""The day of every rep side by side: visits planned and done, money asked for and in so far."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from collections_app.visits.models import Outcome, Stop
from common.columns import MoneySum
from common.money import ZERO
from receivables.models import Receipt
from staff.models import User

VISITS = (Stop.State.PLANNED, Stop.State.DONE)


@dataclass(frozen=True, slots=True)
class Sum:
    """Of one currency, as the rep's own day shows it; what is in is provisional or verified."""

    currency: str
    asked_amount: Decimal
    in_amount: Decimal


@dataclass(frozen=True, slots=True)
class RepDay:
    name: str
    url: str
    done_url: str
    done_count: int
    stop_count: int
    sums: tuple[Sum, ...]


def day_of(reps: Iterable[User], *, on: date) -> list[RepDay]:
    """One row a rep, in the order given; three statements at any number of reps."""
    people = list(reps)
    counts: dict[tuple[int, str], int] = defaultdict(int)
    asked: dict[tuple[int, str], Decimal] = {}
    received: dict[tuple[int, str], Decimal] = {}
    stops = Stop.objects.filter(plan__rep__in=people, plan__on=on, state__in=VISITS).order_by()
    for rep, state, count in stops.values_list("plan__rep", "state").annotate(count=Count("pk")):
        counts[rep, state] = count
    for rep, currency, total in stops.values_list("plan__rep", "currency").annotate(total=MoneySum("ask_amount")):
        asked[rep, currency] = total
    paid = (
        Outcome.objects.in_force()
        .filter(stop__plan__rep__in=people, stop__plan__on=on, receipt__isnull=False)
        .exclude(receipt__state=Receipt.State.REFUSED)
        .order_by()
        .values_list("stop__plan__rep", "receipt__currency")
        .annotate(total=MoneySum("receipt__amount"))
    )
    for rep, currency, total in paid:
        received[rep, currency] = total
    currencies = sorted({currency for _rep, currency in (*asked, *received)})
    return [
        RepDay(
            name=str(rep),
            url=_day_url(rep, on),
            done_url=_day_url(rep, on) + "#done",
            done_count=counts[rep.pk, Stop.State.DONE],
            stop_count=counts[rep.pk, Stop.State.DONE] + counts[rep.pk, Stop.State.PLANNED],
            sums=tuple(
                Sum(code, asked.get((rep.pk, code), ZERO), received.get((rep.pk, code), ZERO))
                for code in currencies
                if (rep.pk, code) in asked or (rep.pk, code) in received
            ),
        )
        for rep in people
    ]


def _day_url(rep: User, on: date) -> str:
    return f"{reverse('visits:today')}?{urlencode({'rep': rep.pk, 'date': on.isoformat()})}"
