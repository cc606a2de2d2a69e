"""Whom a night looks at: the only due items whose standing can have moved since the last one.

Time alone moves exactly those whose due date, or whose customer's facts, cross a threshold between the two nights;
everything else that happened has left a mark. Each is one indexed range.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from collections_app.policy.thresholds import Thresholds
from collections_app.standings import services
from collections_app.standings.models import Candidate, Night
from collections_app.standings.statement import Scope
from customers.models import Mark
from receivables.models import DueItem, Invoice

FULL_FROM = 0.12  # of what is open: where more is touched, looking at everything is cheaper
RANGE = 100_000  # open items in one piece of work
KNOWN_FROM = 10_000  # candidates of which PostgreSQL is told how many there are; fewer are looked up one by one anyway

LIST = """
    INSERT INTO standings_candidate (night, due_item, customer)
    SELECT %(night)s, found.id, found.customer_id FROM ({found}) found WHERE 1 = 1
    ON CONFLICT (night, due_item) DO NOTHING"""
OPEN = "SELECT di.id, di.customer_id FROM receivables_dueitem di WHERE di.open_amount > 0 AND {chosen}"

# Items whose own days lie after the last night and not after this one.
OF_ITEM = """di.id IN (
        SELECT due_item_id FROM cases_dispute WHERE {opened_on}
        UNION SELECT due_item_id FROM cases_dispute WHERE {closed_on}
        UNION SELECT due_item_id FROM cases_standingoverride WHERE {starts_on}
        UNION SELECT due_item_id FROM cases_standingoverride WHERE {ends_before}
        UNION SELECT due_item_id FROM cases_standingoverride WHERE {lifted_on}
        UNION SELECT due_item_id FROM receivables_duedatechange WHERE {applies_on}
        UNION SELECT due_item_id FROM receivables_allocation WHERE {applies_on} AND due_item_id IS NOT NULL
        UNION SELECT item.id FROM receivables_dueitem item JOIN receivables_invoice i ON i.id = item.invoice_id
            WHERE i.{issued_on})"""

# Customers of whom something begins, ends, or leaves its window.
OF_CUSTOMER = """di.customer_id IN (
        SELECT customer_id FROM customers_condition WHERE {starts_on}
        UNION SELECT customer_id FROM customers_condition WHERE {ends_before}
        UNION SELECT customer_id FROM cases_earlywarning WHERE {reported_on}
        UNION SELECT customer_id FROM cases_earlywarning WHERE {expires_on}
        UNION SELECT customer_id FROM cases_earlywarning WHERE {seconded_on}
        UNION SELECT customer_id FROM cases_earlywarning WHERE {dismissed_on}
        UNION SELECT customer_id FROM cases_confirmation WHERE {answered_on}
        UNION SELECT customer_id FROM cases_promise WHERE state = 'broken' AND {settled_on}
        UNION SELECT customer_id FROM receivables_invoice WHERE {issued_on})"""

# What has a standing and is settled now: money of a large file, and money dated ahead.
SETTLED = """SELECT s.due_item_id, s.customer_id FROM standings_standing s
    JOIN receivables_dueitem di ON di.id = s.due_item_id WHERE di.open_amount <= 0 AND {chosen}"""
SETTLED_SINCE = "di.settled_on > %(since)s AND di.settled_on <= %(on)s"


@transaction.atomic
def fill(night: Night, *, since: date, general: Thresholds, segments: Mapping[str, Thresholds]) -> int:
    """List the candidates of a night after the night of `since`, and do away with the marks that led to them.

    The marks' keys are copied before anything is read, and exactly those are deleted: one that comes in between
    stays. Returns how many due items are listed.
    """
    Candidate.objects.filter(night=night.pk).delete()
    seen = dict(Mark.objects.values_list("pk", "customer_id"))
    marked = sorted(set(seen.values()))
    with connection.cursor() as cursor:
        count = _list_of_time(cursor, night, since, [general, *segments.values()])
        for start in range(0, len(marked), 500):
            count += _list_marked(cursor, night, marked[start : start + 500])
        if count > KNOWN_FROM and connection.vendor == "postgresql":
            cursor.execute("ANALYZE standings_candidate")
    _note_movements(marked, since, night.business_date)
    take_away(list(seen))
    return count


def _list_of_time(cursor: CursorWrapper, night: Night, since: date, thresholds: list[Thresholds]) -> int:
    """What the days between the two nights can have moved, in one statement. Returns how many were new."""
    chosen, values = _ranges(since, night.business_date, thresholds)
    found = [OPEN.format(chosen=one) for one in chosen] + [SETTLED.format(chosen=SETTLED_SINCE)]
    cursor.execute(LIST.format(found=" UNION ALL ".join(found)), values | {"night": night.pk})
    return max(cursor.rowcount, 0)


def _list_marked(cursor: CursorWrapper, night: Night, customers: list[int]) -> int:
    keys = ", ".join(map(str, customers))
    found = [OPEN.format(chosen=f"di.customer_id IN ({keys})"), SETTLED.format(chosen=f"s.customer_id IN ({keys})")]
    cursor.execute(LIST.format(found=" UNION ALL ".join(found)), {"night": night.pk})
    return max(cursor.rowcount, 0)


def _note_movements(marked: list[int], since: date, on: date) -> None:
    """A last movement changes only where something was marked, or where an invoice was dated ahead."""
    billed = Invoice.objects.filter(issued_on__gt=since, issued_on__lte=on).values_list("customer", flat=True)
    keys = sorted({*marked, *billed})
    for start in range(0, len(keys), 500):
        services.note_movements(as_of=on, scope=Scope(customers=tuple(keys[start : start + 500])))


def take_away(marks: list[int]) -> None:
    """Delete exactly these marks."""
    for start in range(0, len(marks), 500):
        Mark.objects.filter(pk__in=marks[start : start + 500]).delete()


def _ranges(since: date, on: date, thresholds: list[Thresholds]) -> tuple[list[str], dict[str, Any]]:
    """Conditions on a due item, and the values of all of them."""
    values: dict[str, Any] = {"since": since, "on": on}
    columns = [
        "opened_on",
        "closed_on",
        "starts_on",
        "ends_before",
        "lifted_on",
        "applies_on",
        "issued_on",
        "reported_on",
        "expires_on",
        "seconded_on",
        "dismissed_on",
        "answered_on",
        "settled_on",
    ]
    within = {name: f"{name} > %(since)s AND {name} <= %(on)s" for name in columns}
    found = [OF_ITEM.format(**within), OF_CUSTOMER.format(**within)]

    def crossing(column: str, days: int) -> str:
        """A day that came to be so many days ago between the two nights."""
        values[f"after_{days}"] = since - timedelta(days=days)
        values[f"until_{days}"] = on - timedelta(days=days)
        return f"{column} > %(after_{days})s AND {column} <= %(until_{days})s"

    late = {1} | {days for one in thresholds for days in (one.quasi_bad, one.bad)}
    found += [crossing("di.due_date", days) for days in sorted(late)]
    for days in sorted({one.dormant for one in thresholds}):
        silent = crossing('"on"', days)
        found.append(f"di.customer_id IN (SELECT customer_id FROM standings_lastmovement WHERE {silent})")
    for days in sorted({one.broken_within for one in thresholds}):
        left = crossing("settled_on", days)
        found.append(f"di.customer_id IN (SELECT customer_id FROM cases_promise WHERE state = 'broken' AND {left})")
    return found, values


def is_more_than(touched: int, share: float) -> bool:
    """Is that more than this share of all that is open? Counts no further than it takes to tell."""
    enough = int(touched / share) + 1
    return DueItem.objects.filter(open_amount__gt=0)[:enough].count() < enough


def count_open() -> int:
    """How many due items are open now."""
    return DueItem.objects.filter(open_amount__gt=0).count()


RANGES = """
    SELECT MIN(customer), MAX(customer) FROM (
        SELECT customer, CAST(SUM(items) OVER (ORDER BY customer) - items AS bigint) / %(size)s AS place
        FROM ({items}) by_customer
    ) placed GROUP BY place ORDER BY 1"""


def ranges(night: Night, *, everything: bool, size: int = RANGE) -> list[tuple[int, int]]:
    """Keys of customers that together hold about so many items each: the pieces of the night.

    Of everything, or of the night's candidates. The last range of everything has no end.
    """
    if everything:
        items = """SELECT customer, SUM(items) AS items FROM (
                SELECT customer_id AS customer, COUNT(*) AS items FROM receivables_dueitem
                WHERE open_amount > 0 GROUP BY customer_id
                UNION ALL SELECT customer_id, 0 FROM standings_standing GROUP BY customer_id
            ) held GROUP BY customer"""
    else:
        items = f"""SELECT customer, COUNT(*) AS items FROM standings_candidate
            WHERE night = {night.pk} GROUP BY customer"""
    with connection.cursor() as cursor:
        cursor.execute(RANGES.format(items=items), {"size": size})
        found = [(int(first), int(last)) for first, last in cursor.fetchall()]
    if everything:
        found = [(0, END)] if not found else [*found[:-1], (found[-1][0], END)]
    return found


END = 2**62
