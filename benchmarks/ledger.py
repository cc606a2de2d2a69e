"""Ageing, allocation, pages and `check_books` over a book of a million due items, on PostgreSQL.

    .venv/bin/python -m tests.on_services .venv/bin/python -m benchmarks.ledger --json

Makes a database of its own beside the one of DATABASE_URL, fills it with set-based SQL, and drops it at the end.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from benchmarks.own_database import machine, own_database, ready, timed

FIRST_DAY, TODAY = date(2023, 1, 1), date(2026, 6, 30)
CUSTOMERS = 5_000
LARGE = 10_000  # open items of the one large customer
LINES = 500
ASKED = {  # seconds
    "ageing of today": None,
    "ageing of a past day": 10,
    "ageing of a past day by rep and standing": None,
    "ageing of a past day as it was known then": None,
    "one payment over 500 items": 1,
    "one allocation over 500 items": 1,
    "page of a customer with 10,000 open items": 1,
    "list of 10,000 open items of one customer": 1,
    "check_books": None,
}

# A customer is paid four invoices at a time; the large one has open items only.
FILL = """
CREATE TEMPORARY TABLE bill AS
    SELECT g AS id,
        CASE WHEN g <= %(large)s THEN 1 WHEN g <= %(open)s THEN 2 + g %% (%(customers)s - 1)
            ELSE 2 + (g - %(open)s - 1) / 4 %% (%(customers)s - 1) END AS customer,
        CASE WHEN g > %(open)s THEN (g - %(open)s - 1) / 4 + 1 END AS payment,
        (100 + g::bigint * 7919 %% 90000) / 100.0 AS amount,
        %(first)s::date + (CASE WHEN g > %(open)s THEN (g - %(open)s - 1) / 4 * 31 %% 1200
            ELSE 700 + g::bigint * 7919 %% 570 END)::int AS issued
    FROM generate_series(1, %(items)s) g;
INSERT INTO receivables_invoice (id, customer_id, number, amount, currency, issued_on, entered_at, segment, terms_text,
        made_here)
    SELECT id, customer, 'INV-' || id, amount, 'EUR', issued, issued + time '18:00', '', '', FALSE FROM bill;
INSERT INTO receivables_payment (id, customer_id, method, reference, named, amount, currency, received_on, counts_on,
        entered_at, reported_by_ledger, unapplied_amount)
    SELECT payment, MIN(customer), 'transfer', 'P' || payment, '', SUM(amount), 'EUR', MIN(issued) + 45,
        MIN(issued) + 45,
        MIN(issued) + 45 + time '18:00', FALSE, 0
    FROM bill WHERE payment IS NOT NULL GROUP BY payment;
INSERT INTO receivables_dueitem (id, invoice_id, customer_id, currency, position, agreed_due_date, due_date, amount,
        open_amount, claim_amount, settled_on)
    SELECT b.id, b.id, b.customer, 'EUR', 1, issued + 30, issued + 30, b.amount,
        CASE WHEN p.id IS NULL THEN b.amount ELSE 0 END, 0, p.counts_on
    FROM bill b LEFT JOIN receivables_payment p ON p.id = b.payment;
INSERT INTO receivables_allocation (due_item_id, payment_id, amount, applies_on, entered_at)
    SELECT b.id, p.id, b.amount, p.counts_on, p.entered_at FROM bill b JOIN receivables_payment p ON p.id = b.payment;
"""
SERIAL = ("receivables_invoice", "receivables_payment", "receivables_dueitem")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=200_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(options.items, options.open)))
        return
    if options.open < LARGE or options.items < options.open:
        parser.error(f"--open is at least {LARGE}, and --items no less than that.")
    with own_database("ledger", needs_postgresql=True) as stage:
        result = stage(["--items", str(options.items), "--open", str(options.open)])
    print(json.dumps(result, indent=2) if options.json else as_text(result))
    missed = [name for name, one in result["figures"].items() if one["asked"] and one["seconds"] > one["asked"]]
    sys.exit(f"Slower than asked: {', '.join(missed)}." if missed else 0)


def as_text(result: dict[str, Any]) -> str:
    lines = [f"{result['items']:,} due items, {result['open']:,} open; {result['machine']}"]
    for name, one in result["figures"].items():
        asked = f"asked: below {one['asked']} s" if one["asked"] else ""
        lines.append(f"{name:45} {one['seconds']:8.2f} s   {asked}")
    return "\n".join(lines)


def measure(items: int, open_items: int) -> dict[str, Any]:
    ready(is_new=True)
    from unittest import mock

    from django.test.utils import setup_test_environment

    from common import clock

    setup_test_environment()
    started = time.perf_counter()
    with mock.patch.object(clock, "business_today", return_value=TODAY):
        fill(items, open_items)
        filled = time.perf_counter() - started
        seconds = {name: round(took, 3) for name, took in figures().items()}
    return {
        "items": items,
        "open": open_items,
        "machine": machine(),
        "seconds_to_fill": round(filled, 1),
        "figures": {name: {"seconds": seconds[name], "asked": asked} for name, asked in ASKED.items()},
    }


def fill(items: int, open_items: int) -> None:
    """The book, and the night that has classified it."""
    from django.db import connection, transaction

    from collections_app.standings import services as standings
    from collections_app.standings.models import Night
    from common import clock
    from customers import services as customers
    from customers.models import Customer
    from staff.models import BankAccount, Business, Role, User

    now = clock.now()
    reps = User.objects.bulk_create([User(username=f"rep{place}", role=Role.REP) for place in range(50)])
    shops = [
        Customer(pk=place, code=f"C{place:06d}", name=f"Shop {place}", owner=reps[place % 50], entered_at=now)
        for place in range(1, CUSTOMERS + 1)
    ]
    customers.add_many(shops, owned_from=FIRST_DAY)
    sizes: dict[str, int | date] = {
        "items": items,
        "open": open_items,
        "large": LARGE,
        "customers": CUSTOMERS,
        "first": FIRST_DAY,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FILL, sizes)
        for table in SERIAL:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}")  # noqa: S608
        cursor.execute("DROP TABLE bill")
    business = Business.objects.create(name="Brightwater Drinks Ltd", country="IE", calendar="IE")
    BankAccount.objects.create(business=business, currency="EUR", bank_name="AIB", iban="IE29AIBK93115212345678")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    Night.objects.create(business_date=TODAY, known_until=now, started_at=now, done_at=now)
    standings.classify(as_of=TODAY)
    standings.note_movements(as_of=TODAY)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def figures() -> dict[str, float]:
    from django.test import Client
    from django.urls import reverse

    from audit.services import COMMAND
    from collections_app import books
    from collections_app.standings import queries as standings
    from customers.models import Customer
    from receivables import services
    from receivables.models import DueItem
    from staff.models import Role, User

    past = TODAY - timedelta(days=400)
    large = Customer.objects.get(pk=1)
    desk = Client()
    desk.force_login(User.objects.create(username="finance", role=Role.FINANCE))

    def page(url: str) -> Callable[[], None]:
        def read() -> None:
            answer = desk.get(url, secure=True)
            if answer.status_code != 200:
                raise RuntimeError(f"{url}: {answer.status_code}")

        return read

    def lines() -> list[tuple[int, Decimal]]:
        found = DueItem.objects.filter(customer=large, open_amount__gt=0).order_by("due_date", "pk")[:LINES]
        return list(found.values_list("pk", "open_amount"))

    def pay(wanted: list[tuple[int, Decimal]] | None) -> Any:
        return services.record_payment(
            customer=large,
            amount=sum((amount for _, amount in lines()), Decimal(0)),
            currency="EUR",
            method="transfer",
            received_on=TODAY,
            by=COMMAND,
            lines=wanted,
        )

    def allocate() -> Callable[[], Any]:
        source, wanted = pay([]), lines()
        return lambda: services.allocate(source=source, lines=wanted, on=TODAY, by=COMMAND)

    def known() -> None:
        standings.ageing(as_of=past, known_on=past)

    return {
        "ageing of today": timed(lambda: standings.ageing(as_of=TODAY)),
        "ageing of a past day": timed(lambda: standings.ageing(as_of=past)),
        "ageing of a past day by rep and standing": timed(lambda: standings.ageing(as_of=past, by=("rep", "standing"))),
        "ageing of a past day as it was known then": timed(known),
        "page of a customer with 10,000 open items": timed(page(reverse("desk:customer", args=[large.code]))),
        "list of 10,000 open items of one customer": timed(
            page(reverse("desk:receivables") + f"?customer={large.code}")
        ),
        "one payment over 500 items": timed(lambda: pay(None)),
        "one allocation over 500 items": statistics.median(timed(allocate(), times=1) for _ in range(3)),
        "check_books": timed(lambda: books.check(as_of=TODAY), times=1),
    }


if __name__ == "__main__":
    main()
