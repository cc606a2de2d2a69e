"""What the book says of many customers on a day, as the rules of warnings want it: a few statements for a range.

Sums are made by the database; only facts of the day or before are read. A contested item, and one that a receipt or a
paper in hand covers, is left out of how the customer pays: the delay is not its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, Value, When

from collections_app.cases.models import ContactMade, Dispute, Promise
from collections_app.cases.warning_watch import (
    PERIOD,
    PERIODS,
    Due,
    Facts,
    FirstOrder,
    Purchases,
    Watch,
)
from common import days
from common.columns import MoneySum
from common.money import ZERO
from customers.models import Customer, Limit
from receivables.models import (
    Allocation,
    DueItem,
    Extension,
    InstalmentPlan,
    Invoice,
    Paper,
    PaperLine,
    Payment,
    Receipt,
    ReceiptLine,
)

AT_ONCE = 500  # keys named in one statement
PEERS = 1000  # the newest first orders, of which the usual one is made
FIRST_DAYS = timedelta(days=30)  # what a customer takes in so many days is its first order
ASKED_BACK = 365
PARTS_BACK = 455  # the newest ninety days and the year before
EARLY = 90  # days before it is due that an item may be paid
WHOLE = Decimal("0.9")  # a payment of more than that is short, not a part
SPOKEN = ("call", "visit")  # nobody is expected to answer a letter


@dataclass(frozen=True, slots=True)
class Peers:
    """What others began with, by channel and currency: the middle, and how many they are."""

    usual: Mapping[tuple[str, str], tuple[Decimal, int]]
    known_since: date | None


@dataclass(frozen=True, slots=True)
class Range:
    """Customers by key, from and to, both in it; `only` names some of them."""

    first: int
    last: int
    only: tuple[int, ...] = ()

    def of(self, path: str = "customer") -> Q:
        if self.only:
            return Q(**{f"{path}__in": self.only})
        return Q(**{f"{path}__gte": self.first, f"{path}__lte": self.last})


def ranges(customers: Iterable[int] | None, size: int) -> Iterator[Range]:
    """All customers, or these, in pieces of a size."""
    named = customers is not None
    keys = sorted(set(customers or ())) if named else _all_keys()
    size = min(size, AT_ONCE) if named else size
    for start in range(0, len(keys), size):
        piece = keys[start : start + size]
        yield Range(piece[0], piece[-1], tuple(piece) if named else ())


def _all_keys() -> list[int]:
    return list(Customer.objects.order_by("pk").values_list("pk", flat=True))


def facts(some: Range, *, as_of: date, watch: Watch, peers: Peers | None = None) -> dict[int, Facts]:
    """By customer; one of whom nothing is known is missing."""
    bought, due = _purchases(some, as_of), _due(some, as_of, watch)
    parts, asked = _parts(some, as_of), _asked(some, as_of)
    silent = _unanswered(some, as_of)
    first = _first_orders(some, bought, as_of, watch, peers)
    nothing: dict[str, Any] = {}
    return {
        key: Facts(
            as_of=as_of,
            purchases=bought.get(key, ()),
            due=tuple(due.get(key, ())),
            in_parts=tuple(parts.get(key, ())),
            asked=tuple(asked.get(key, ())),
            first=first.get(key),
            **silent.get(key, nothing),
        )
        for key in sorted({*bought, *due, *parts, *asked, *silent})
    }


def _purchases(some: Range, as_of: date) -> dict[int, tuple[Purchases, ...]]:
    """Sums and numbers of invoices by currency and period. The periods are days made here: no arithmetic in SQL."""
    starts = [as_of - timedelta(PERIOD * (place + 1)) for place in range(PERIODS)]
    period = Case(
        *(When(issued_on__gt=start, then=Value(place)) for place, start in enumerate(starts)),
        output_field=IntegerField(),
    )
    rows = (
        Invoice.objects.filter(some.of(), issued_on__gt=starts[-1], issued_on__lte=as_of)
        .annotate(period=period)
        .order_by()
        .values_list("customer", "currency", "period")
        .annotate(total=MoneySum("amount"), number=Count("pk"))
    )
    found: dict[tuple[int, str], tuple[list[Decimal], list[int]]] = {}
    for customer, currency, place, total, number in rows:
        sums, orders = found.setdefault((customer, currency), ([ZERO] * PERIODS, [0] * PERIODS))
        sums[place], orders[place] = total, number
    by_customer: dict[int, list[Purchases]] = defaultdict(list)
    for (customer, currency), (sums, orders) in sorted(found.items()):
        by_customer[customer].append(Purchases(currency, tuple(sums), tuple(orders)))
    return {customer: tuple(rows) for customer, rows in by_customer.items()}


def _due(some: Range, as_of: date, watch: Watch) -> dict[int, list[Due]]:
    """By the day it was agreed to be paid: an extension makes nobody prompt."""
    window = Q(agreed_due_date__gt=as_of - timedelta(watch.drift_memory), agreed_due_date__lte=as_of + timedelta(EARLY))
    known = Q(agreed_due_date__lte=as_of) | Q(settled_on__lte=as_of)
    rows = DueItem.objects.filter(some.of(), window, known, ~_is_contested(as_of), ~_is_covered(as_of))
    found: dict[int, list[Due]] = defaultdict(list)
    for customer, due_on, settled_on in rows.order_by("agreed_due_date", "pk").values_list(
        "customer", "agreed_due_date", "settled_on"
    ):
        if due_on is not None:
            found[customer].append(Due(due_on, settled_on if settled_on and settled_on <= as_of else None))
    return found


def _is_contested(as_of: date, item: str = "pk") -> Exists:
    return Exists(Dispute.objects.filter(due_item=OuterRef(item), opened_on__lte=as_of))


def _is_covered(as_of: date) -> Q:
    """Open, but given: finance has not verified the receipt yet, or the paper has not matured."""
    receipts = ReceiptLine.objects.filter(due_item=OuterRef("pk"), receipt__state=Receipt.State.PROVISIONAL)
    papers = PaperLine.objects.filter(
        due_item=OuterRef("pk"), paper__state__in=Paper.WAITS, paper__matures_on__gte=as_of
    )
    return Q(open_amount__gt=0) & (Q(Exists(receipts)) | Q(Exists(papers)))


def _parts(some: Range, as_of: date) -> dict[int, list[date]]:
    """The day of the first money on an item that left a rest open. Short payments, and parts of a plan, are none."""
    left_open = Q(due_item__settled_on=None) | Q(due_item__settled_on__gt=F("applies_on"))
    rows = Allocation.objects.filter(
        some.of("due_item__customer"),
        left_open,
        ~_is_contested(as_of, "due_item"),
        ~Q(due_item__plan_items__plan__decided_on__lte=as_of),
        ~Exists(Allocation.objects.filter(reverses=OuterRef("pk"))),  # as a join it is taken to leave one row
        payment__isnull=False,
        amount__gt=0,
        applies_on__gt=as_of - timedelta(PARTS_BACK),
        applies_on__lte=as_of,
    )
    first: dict[int, tuple[int, date]] = {}
    columns = ("due_item__customer", "due_item", "applies_on", "amount", "due_item__amount")
    for customer, item, day, amount, whole in rows.order_by("applies_on", "pk").values_list(*columns):
        if amount < whole * WHOLE:
            first.setdefault(item, (customer, day))
    return _days(first.values())


def _asked(some: Range, as_of: date) -> dict[int, list[date]]:
    asked = Q(some.of(), asked_on__gt=as_of - timedelta(ASKED_BACK), asked_on__lte=as_of)
    found: set[tuple[int, date]] = set()
    for model in (Extension, InstalmentPlan):
        found |= set(model.objects.filter(asked).values_list("customer", "asked_on"))
    return _days(found)


def _days(rows: Iterable[tuple[int, date]]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for customer, day in sorted(rows, key=lambda row: row[1]):
        found[customer].append(day)
    return found


def _unanswered(some: Range, as_of: date) -> dict[int, dict[str, Any]]:
    """Calls and visits since money, a promise or anybody was heard of, and how often others reached somebody."""
    made: dict[int, list[tuple[date, bool]]] = defaultdict(list)
    spoken = ContactMade.objects.filter(
        some.of(), channel__in=SPOKEN, made_on__lte=as_of, made_on__gt=as_of - timedelta(2 * 365)
    )
    for customer, day, reached in spoken.order_by("made_on", "pk").values_list("customer", "made_on", "reached"):
        made[customer].append((day, reached))
    waiting = [key for key, rows in made.items() if not rows[-1][1]]
    heard = _heard(waiting, as_of)
    found = {}
    for key in waiting:
        rows = made[key]
        since = max([heard.get(key, days.FIRST), *(day for day, reached in rows if reached)])
        silent = tuple(day for day, reached in rows if not reached and day > since)
        if silent:
            before = [reached for day, reached in rows if silent[0] - timedelta(365) <= day < silent[0]]
            found[key] = {"unreached": silent, "contacts": len(before), "reached": sum(before)}
    return found


def _heard(customers: Collection[int], as_of: date) -> dict[int, date]:
    """The last money or promise of each."""
    found: dict[int, date] = {}
    keys = sorted(customers)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        money = Payment.objects.filter(customer__in=some, counts_on__lte=as_of, reverses=None, reversed_by=None)
        said = Promise.objects.filter(customer__in=some, made_on__lte=as_of)
        for rows, day in ((money, "counts_on"), (said, "made_on")):
            for customer, last in rows.order_by().values_list("customer").annotate(last=Max(day)):
                found[customer] = max(last, found.get(customer, last))
    return found


# First orders


def peers(*, as_of: date) -> Peers:
    """What customers took on credit in their first thirty days, of those whose beginning the book has seen."""
    known_since = Invoice.objects.filter(issued_on__lte=as_of).aggregate(first=Min("issued_on"))["first"]
    if known_since is None:
        return Peers({}, None)
    begun = (
        Invoice.objects.filter(issued_on__lte=as_of)
        .order_by()
        .values_list("customer", "customer__channel")
        .annotate(first=Min("issued_on"))
        .filter(first__gte=known_since + timedelta(Watch().first_known))
        .order_by("-first", "customer")[:PEERS]
    )
    begins = {customer: (channel, first) for customer, channel, first in begun}
    amounts: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for (customer, currency), amount in _first_amounts({key: day for key, (_c, day) in begins.items()}, as_of).items():
        amounts[begins[customer][0], currency].append(amount)
    return Peers({key: (Decimal(median(rows)), len(rows)) for key, rows in amounts.items()}, known_since)


def _first_amounts(begins: Mapping[int, date], as_of: date) -> dict[tuple[int, str], Decimal]:
    """By customer and currency: what was billed on credit in the first thirty days."""
    found: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    in_order = sorted(begins, key=lambda key: (begins[key], key))
    for start in range(0, len(in_order), AT_ONCE):
        some = in_order[start : start + AT_ONCE]
        until = min(as_of, begins[some[-1]] + FIRST_DAYS)
        rows = DueItem.objects.filter(
            customer__in=some,
            invoice__issued_on__gte=begins[some[0]],
            invoice__issued_on__lte=until,
            agreed_due_date__gt=F("invoice__issued_on"),
        )
        columns = ("customer", "currency", "invoice__issued_on", "amount")
        for customer, currency, day, amount in rows.values_list(*columns):
            if day < begins[customer] + FIRST_DAYS:
                found[customer, currency] += amount
    return dict(found)


def _first_orders(
    some: Range, bought: Mapping[int, tuple[Purchases, ...]], as_of: date, watch: Watch, peers: Peers | None
) -> dict[int, FirstOrder]:
    """Of those who bought in the newest two periods and never before."""
    if peers is None or peers.known_since is None:
        return {}
    new = [key for key, rows in bought.items() if all(not sum(row.orders[2:]) for row in rows)]
    begins: dict[int, date] = {}
    for start in range(0, len(new), AT_ONCE):
        rows = Invoice.objects.filter(customer__in=new[start : start + AT_ONCE], issued_on__lte=as_of)
        first = rows.order_by().values_list("customer").annotate(first=Min("issued_on"))
        begins |= {key: day for key, day in first if (as_of - day).days <= watch.first_within}
    channels = dict(Customer.objects.filter(pk__in=list(begins)).values_list("pk", "channel")) if begins else {}
    limits = _limits(list(begins), as_of)
    found: dict[int, FirstOrder] = {}
    for (key, currency), amount in sorted(_first_amounts(begins, as_of).items()):
        usual, number = peers.usual.get((channels[key], currency), (ZERO, 0))
        if key not in found or amount > found[key].amount:
            found[key] = FirstOrder(
                begins[key], amount, currency, usual, number, limits.get((key, currency)), peers.known_since
            )
    return found


def _limits(customers: Collection[int], as_of: date) -> dict[tuple[int, str], Decimal]:
    running = Q(ends_before=None) | Q(ends_before__gt=as_of)
    rows = Limit.objects.filter(running, customer__in=customers, starts_on__lte=as_of, insurer="")
    found: dict[tuple[int, str], Decimal] = {}
    for customer, currency, amount in rows.order_by("starts_on", "pk").values_list("customer", "currency", "amount"):
        if customer is not None:
            found[customer, currency] = amount
    return found
