"""What has a day, and what corrects it: I11, I12."""

from collections.abc import Iterator
from itertools import chain

from django.db.models import F

from collections_app.books.invariants import Invariant, looked
from common import broken_rows
from common.columns import exact
from customers import queries as families
from customers.models import Ownership
from receivables.models import Allocation, Charge, CreditNote, DueItem, Payment, Refund

TWO_OWNERS = """
    SELECT customer_id, starts_on FROM (
        SELECT customer_id, starts_on, LAG(id) OVER before_it AS last, LAG(ends_before) OVER before_it AS ended
        FROM customers_ownership WINDOW before_it AS (PARTITION BY customer_id ORDER BY starts_on, id)
    ) periods WHERE last IS NOT NULL AND (ended IS NULL OR ended > starts_on)"""

# One of two days may be empty: then they differ where the other is not.
MOVED = """
    SELECT id, due_date, moved_to FROM (
        SELECT di.id, di.due_date,
            CASE WHEN moved.due_item_id IS NULL THEN di.agreed_due_date ELSE moved.due_date END AS moved_to
        FROM receivables_dueitem di
        LEFT JOIN (
            SELECT due_item_id, due_date,
                ROW_NUMBER() OVER (PARTITION BY due_item_id ORDER BY applies_on DESC, id DESC) AS from_last
            FROM receivables_duedatechange
        ) moved ON moved.due_item_id = di.id AND moved.from_last = 1
    ) items WHERE due_date <> moved_to OR (due_date IS NULL) <> (moved_to IS NULL)"""


def trail_chain() -> Invariant:
    return Invariant("I11 trail sealed", 0, [], "the trail is written, and not sealed yet")


def corrections_are_reversals() -> Invariant:
    """I12: a reversal takes back exactly its row, and owners' periods do not overlap."""
    checked = Allocation.objects.count() + Ownership.objects.count()
    return looked("I12 corrections are reversals", checked, chain(_other_amounts(), _two_owners()))


def _other_amounts() -> Iterator[str]:
    for model in (Allocation, Charge, CreditNote, Payment, Refund):
        reversals = model._default_manager.filter(reverses__isnull=False).alias(
            both=exact(F("amount") + F("reverses__amount"))
        )
        for (key,) in broken_rows.of(reversals.exclude(both=0).values_list("pk")):
            yield f"{model._meta.verbose_name} {key}"


def _two_owners() -> Iterator[str]:
    for customer, starts_on in broken_rows.rows(TWO_OWNERS):
        yield f"customer {customer} has two owners on {starts_on}"


def due_dates_are_the_last_moved() -> Invariant:
    """I12: the due date in force is the one that was moved last, by its own day, or the agreed one."""
    return looked("I12 due dates as they were moved", DueItem.objects.count(), _moved())


def _moved() -> Iterator[str]:
    for key, due_date, moved_to in broken_rows.rows(MOVED):
        yield f"due item {key}: due on {due_date}, moved last to {moved_to}"


def columns_say_what_runs() -> Invariant:
    """I12: what a customer's row says has befallen it is what its dated conditions say."""
    return looked("I12 customers as their conditions", *families.columns_that_differ())
