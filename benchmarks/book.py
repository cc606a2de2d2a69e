"""A book of N open due items and as many settled ones, row by row, the same every time. Pure.

The week after DAY is quiet: no item and no fact crosses a threshold by itself until DAY + QUIET, so that a benchmark
decides how much a night touches. Days and amounts are texts that both databases read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAY = date(2026, 11, 24)
QUIET = 16  # days after DAY in which time moves nothing
FIRST_DAY = date(2024, 1, 1)
SCATTER = 7919  # a prime: neighbours in time belong to customers far apart
SEGMENTS = {0: "key accounts", 1: "horeca"}
CHANNELS = ("kiosk", "bar", "hotel", "wholesale", "school")
REGIONS = ("North", "East", "South", "West")
CONDITIONS = ("insolvent", "closed", "in court", "handed over")

#: Days late on DAY: from, until, and how much of what is open lies there. Between them lie the quiet days.
LATE = ((-60, -(QUIET + 1), 0.45), (1, 59 - QUIET, 0.35), (61, 179 - QUIET, 0.12), (181, 500, 0.08))

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a model, in the order of its columns."""

    model: str
    columns: tuple[str, ...]
    rows: Iterator[Row]


def ago(days: int) -> str:
    return _TEXT[days] if days in _TEXT else (DAY - timedelta(days=days)).isoformat()


_TEXT = {days: (DAY - timedelta(days=days)).isoformat() for days in range(-200, 1000)}


def customers_of(open_items: int) -> int:
    return max(200, open_items // 10)


def reps_of(open_items: int) -> int:
    return min(40, max(4, customers_of(open_items) // 400))


def customer_of(place: int, customers: int) -> int:
    return place * SCATTER % customers + 1


def is_silent(customer: int) -> bool:
    """One of fifty has neither bought nor paid for more than a year."""
    return customer % 50 == 7


def condition_of(customer: int) -> str:
    """One of a hundred has failed or been handed over; "" for the others."""
    return CONDITIONS[customer // 100 % len(CONDITIONS)] if customer % 100 == 21 else ""


def days_late(place: int, open_items: int, customer: int) -> int | None:
    """How late the open item is on DAY; the first places are the oldest. None: it has no due date."""
    if place % 200 == 17:
        return None
    if is_silent(customer):
        return 420 + place % 280
    share = 1 - (place + 0.5) / open_items
    for first, last, part in LATE:
        if share < part:
            return first + int(share / part * (last - first + 1))
        share -= part
    return LATE[-1][1]


def cents(place: int) -> int:
    return 1_000 + place * SCATTER % 90_000


def money(of_cents: int) -> str:
    return f"{of_cents // 100}.{of_cents % 100:02d}"


def tables(open_items: int) -> Iterator[Table]:
    """In an order in which each row finds what it refers to."""
    yield from _people(open_items)
    yield from _bills(open_items)
    yield from _cases(open_items)


def _people(open_items: int) -> Iterator[Table]:
    count, reps = customers_of(open_items), reps_of(open_items)
    keys = range(1, count + 1)
    since = FIRST_DAY.isoformat()
    befallen = [f"{kind.replace(' ', '_')}_on" for kind in CONDITIONS]
    yield Table(
        "customers.Customer",
        ("id", "code", "name", "owner_id", "segment", "channel", "region", "entered_at", *befallen),
        (
            (
                *(key, f"C{key:06d}", f"Shop {key}", key % reps + 1, SEGMENTS.get(key % 10, "")),
                *(CHANNELS[key % 5], REGIONS[key % reps % 4], f"{since} 08:00:00"),
                *(ago(90) if condition_of(key) == kind else None for kind in CONDITIONS),
            )
            for key in keys
        ),
    )
    yield Table(
        "customers.Ownership",
        ("customer_id", "rep_id", "starts_on", "entered_at"),
        ((key, key % reps + 1, since, f"{since} 08:00:00") for key in keys),
    )
    yield Table(
        "customers.Condition",
        ("customer_id", "kind", "starts_on", "entered_at"),
        ((key, condition_of(key), ago(90), f"{ago(90)} 09:00:00") for key in keys if condition_of(key)),
    )
    yield Table(
        "customers.Site",
        ("customer_id", "street", "city", "country", "latitude", "longitude", "precision", "pays_here"),
        (
            (
                *(key, f"{key % 90 + 1} Strand Road", "Cork", "IE"),
                *(
                    f"51.{800000 + key * SCATTER % 150000:06d}",
                    f"-8.{400000 + key * 104729 % 200000:06d}",
                    "exact",
                    True,
                ),
            )
            for key in keys
        ),
    )
    yield Table(
        "contracts.Contract",
        ("customer_id", "number", "state", "starts_on", "currency", "method", "parameters"),
        ((key, f"SC-{key:06d}", "active", since, "EUR", "net", '{"days": 30}') for key in keys),
    )


def _bills(open_items: int) -> Iterator[Table]:
    """An open and a settled item for each place, one after the other, so that neither lies together in its table."""
    bill = ("id", "customer_id", "number", "amount", "currency", "issued_on", "entered_at")
    yield Table("receivables.Invoice", bill, (row[0] for row in _both(open_items)))
    paid = ("id", "customer_id", "method", "reference", "amount", "currency", "received_on", "counts_on")
    yield Table(
        "receivables.Payment",
        (*paid, "entered_at", "unapplied_amount"),
        (
            (place + 1, buyer, "transfer", f"P{place + 1}", amount, "EUR", on, on, f"{on} 18:00:00", "0")
            for place, buyer, amount, _issued, _due, on in _settled(open_items)
        ),
    )
    item = ("id", "invoice_id", "customer_id", "currency", "agreed_due_date", "due_date", "amount", "open_amount")
    yield Table("receivables.DueItem", (*item, "settled_on"), (row[1] for row in _both(open_items)))
    yield Table(
        "receivables.Allocation",
        ("due_item_id", "payment_id", "amount", "applies_on", "entered_at"),
        (
            (2 * place + 1, place + 1, amount, on, f"{on} 18:00:00")
            for place, _buyer, amount, _issued, _due, on in _settled(open_items)
        ),
    )
    yield from _credit(open_items)


def _both(open_items: int) -> Iterator[tuple[Row, Row]]:
    customers = customers_of(open_items)
    for place, buyer, paid, billed, due, on in _settled(open_items):
        key = 2 * place + 1
        yield (
            (key, buyer, f"INV-{key}", paid, "EUR", billed, f"{billed} 18:00:00"),
            (key, key, buyer, "EUR", due, due, paid, "0", on),
        )
        key += 1
        customer = customer_of(place, customers)
        late = days_late(place, open_items, customer)
        issued = ago(3 + place % 40 if late is None else late + (62 if late < 0 else 30))
        due_date = None if late is None else ago(late)
        amount = money(cents(place))
        yield (
            (key, customer, f"INV-{key}", amount, "EUR", issued, f"{issued} 18:00:00"),
            (key, key, customer, "EUR", due_date, due_date, amount, amount, None),
        )


def _settled(open_items: int) -> Iterator[tuple[int, int, str, str, str, str]]:
    """Place, customer, amount, issued on, due on, paid on."""
    customers = customers_of(open_items)
    for place in range(open_items):
        buyer = customer_of(place + open_items // 3, customers)
        due = 500 + place % 200 if is_silent(buyer) else 20 + place * 3 % 600
        yield place, buyer, money(cents(place + 11)), ago(due + 30), ago(due), ago(max(due - place % 19, 1))


def _credit(open_items: int) -> Iterator[Table]:
    """Money that no invoice has used yet: of one customer in a hundred each."""
    keys = range(1, customers_of(open_items) + 1)
    some = [key for key in keys if key % 100 == 31]
    paid = ("customer_id", "method", "reference", "amount", "currency", "received_on", "counts_on", "entered_at")
    free = ("unapplied_amount",)
    yield Table(
        "receivables.Payment",
        ("id", *paid, *free),
        (
            (open_items + 1 + at, key, "transfer", "", "75.50", "EUR", ago(20), ago(20), f"{ago(20)} 18:00:00", "75.50")
            for at, key in enumerate(some)
        ),
    )
    yield Table(
        "receivables.CreditNote",
        ("customer_id", "number", "amount", "currency", "issued_on", "due_date", "entered_at", *free),
        (
            (key, f"CN-{key}", "40.25", "EUR", ago(25), ago(25), f"{ago(25)} 18:00:00", "40.25")
            for key in keys
            if key % 100 == 41
        ),
    )


def _cases(open_items: int) -> Iterator[Table]:
    """What people have entered: each of it is about few customers or few items."""
    customers = customers_of(open_items)
    keys = [key for key in range(1, customers + 1) if not is_silent(key)]
    promise = ("customer_id", "amount", "currency", "made_on", "promised_on", "grace_until", "state", "settled_on")
    yield Table(
        "cases.Promise",
        (*promise, "settled_at", "entered_at"),
        (row for key in keys for row in _promises(key)),
    )
    yield Table(
        "cases.EarlyWarning",
        ("customer_id", "kind", "source", "severity", "reported_on", "expires_on", "entered_at"),
        (
            (key, "demolition", "desk", severity, ago(15), ago(-90), f"{ago(15)} 09:00:00")
            for key in keys
            for severity, at in (("severe", 13), ("marked", 14))
            if key % 100 == at
        ),
    )
    answer = ("customer_id", "balance_on", "currency", "amount", "answer", "answered_on", "is_signed", "entered_at")
    yield Table(
        "cases.Confirmation",
        answer,
        (
            (key, ago(40), "EUR", "100", "refused" if key % 200 == 11 else "agreed", ago(30), 0, f"{ago(30)} 09:00:00")
            for key in keys
            if key % 200 in (11, 12)
        ),
    )
    yield Table(
        "cases.ContactMade",
        ("customer_id", "channel", "reached", "made_on", "entered_at"),
        ((key, "call", 1, ago(12), f"{ago(12)} 09:00:00") for key in keys if key % 5 == 2),
    )
    places = range(open_items)
    opened = f"{ago(20)} 09:00:00"
    yield Table(
        "cases.Dispute",
        ("customer_id", "due_item_id", "amount", "reason", "opened_on", "review_on", "entered_at"),
        (
            (customer_of(at, customers), 2 * at + 2, money(cents(at) // 2), "price", ago(20), ago(-60), opened)
            for at in places
            if at % 50 == 3
        ),
    )
    decided = f"{ago(20)} 10:00:00"
    yield Table(
        "cases.StandingOverride",
        ("customer_id", "due_item_id", "standing", "because", "starts_on", "ends_before", "entered_at", "entered_by"),
        (
            (customer_of(at, customers), 2 * at + 2, "overdue", "Agreed by phone", ago(20), ago(-60), decided, "niamh")
            for at in places
            if at % 1000 == 5
        ),
    )


def _promises(key: int) -> Iterator[Row]:
    """Three of a hundred customers have broken two; two of a hundred have one that is open."""
    if key % 33 == 5:
        for days in (40, 80):
            moment = f"{ago(days)} 05:00:00"
            yield (
                *(key, "250", "EUR", ago(days + 20), ago(days + 5), ago(days + 3), "broken", ago(days)),
                *(moment, f"{ago(days + 20)} 09:00:00"),
            )
    if key % 50 == 9:
        yield key, "90", "EUR", ago(5), ago(-40), ago(-42), "open", None, None, f"{ago(5)} 09:00:00"
