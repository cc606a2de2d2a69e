"""Reading extensions and instalment plans: what runs, how often, what it would cost, and whether it was kept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q

from common import money
from common.money import ZERO
from customers.models import Customer
from receivables import more_time_rules as rules
from receivables import queries
from receivables.models import (
    Allocation,
    DueDateChange,
    DueItem,
    Extension,
    InstalmentPart,
    InstalmentPlan,
    MoreTime,
    Paper,
    PaperLine,
    PlanItem,
    Receipt,
    ReceiptLine,
)
from receivables.more_time_rules import Fate, Part
from staff.models import Business

Row = Extension | InstalmentPlan
WAITS_OR_RUNS = (MoreTime.ASKED, MoreTime.GRANTED)
WAS_GRANTED = (MoreTime.GRANTED, MoreTime.KEPT, MoreTime.VOID)
AT_ONCE = 500  # rows that one set of statements looks at
Moves = list[tuple[date, Decimal]]


def business() -> Business:
    """Its limits, or the usual ones where no business is set up yet."""
    return Business.objects.order_by("pk").first() or Business()


def running(customer: Customer, as_of: date) -> list[Row]:
    """Extensions and plans that lived on a day, by the day they were granted on."""
    lived = Q(customer=customer, state__in=WAS_GRANTED, decided_on__lte=as_of)
    lived &= Q(ended_on=None) | Q(ended_on__gt=as_of)
    rows: list[Row] = [*Extension.objects.filter(lived), *InstalmentPlan.objects.filter(lived)]
    return sorted(rows, key=lambda row: (row.decided_on or as_of, row.pk))


def count_this_year(customer: Customer, year: int) -> int:
    """How often the customer was granted more time in a calendar year, whatever came of it."""
    granted = Q(customer=customer, state__in=WAS_GRANTED, decided_on__year=year)
    return Extension.objects.filter(granted).count() + InstalmentPlan.objects.filter(granted).count()


def taken(due_items: Iterable[int], states: Sequence[str] = WAITS_OR_RUNS) -> set[int]:
    """Which of these items have an extension or a plan that waits or runs: there is no second one at a time."""
    keys = list(due_items)
    extended = Extension.objects.filter(due_item__in=keys, state__in=states)
    planned = PlanItem.objects.filter(due_item__in=keys, plan__state__in=states)
    return {*extended.values_list("due_item", flat=True), *planned.values_list("due_item", flat=True)}


def in_base(amount: Decimal, currency: str, on: date) -> Decimal | None:
    """In base currency at the newest rate not after the day; None without one."""
    base = queries.base_currency()
    stated = queries.rates_on(on, base=base).get(currency)
    return money.rounded(amount * stated.rate, base) if stated else None


def items_of(rows: Sequence[Row]) -> dict[Row, list[int]]:
    """The due items of each, by key, of a plan in its order."""
    plans = [row.pk for row in rows if isinstance(row, InstalmentPlan)]
    planned: dict[int, list[int]] = defaultdict(list)
    for plan, item in PlanItem.objects.filter(plan__in=plans).order_by("position").values_list("plan", "due_item"):
        planned[plan].append(item)
    return {row: [row.due_item_id] if isinstance(row, Extension) else planned[row.pk] for row in rows}


def dates_without(due_items: Iterable[int], on: date) -> dict[int, date | None]:
    """The due dates that were in force on a day, had nobody been given more time: moved by the ledger, or agreed."""
    keys = list(due_items)
    found = dict(DueItem.objects.filter(pk__in=keys).values_list("pk", "agreed_due_date"))
    moved = DueDateChange.objects.filter(due_item__in=keys, extension=None, plan=None, applies_on__lte=on)
    return found | dict(moved.order_by("applies_on", "pk").values_list("due_item", "due_date"))


def parts_of(plans: Iterable[InstalmentPlan]) -> dict[int, list[Part]]:
    """By plan, in their order."""
    found: dict[int, list[Part]] = defaultdict(list)
    rows = InstalmentPart.objects.filter(plan__in=list(plans)).order_by("position")
    for plan, due_on, amount in rows.values_list("plan", "due_on", "amount"):
        found[plan].append(Part(due_on, amount))
    return found


def fates(rows: Sequence[Row], *, as_of: date) -> list[tuple[Row, Fate]]:
    """How granted extensions and plans stand at the end of a day, by the money known now."""
    found = []
    for start in range(0, len(rows), AT_ONCE):
        found += _fates(rows[start : start + AT_ONCE], as_of)
    return found


def _fates(rows: Sequence[Row], as_of: date) -> list[tuple[Row, Fate]]:
    of_row = items_of(rows)
    parts = parts_of([row for row in rows if isinstance(row, InstalmentPlan)])
    keys = {key for items in of_row.values() for key in items}
    left = dict(DueItem.objects.filter(pk__in=keys).values_list("pk", "open_amount"))
    paid, covered = _paid(keys, _since(rows)), _covered(keys, as_of)
    found = []
    for row, items in of_row.items():
        since = row.decided_on or as_of
        came = [move for key in items for move in paid.get(key, ()) if move[0] >= since]
        still = sum((left[key] for key in items), ZERO)
        wanted, rest = _wanted(row, parts, still + sum((amount for _day, amount in came), ZERO))
        fate = rules.fate_of(
            parts=wanted,
            granted_on=since,
            paid=[(since, rest), *came],
            as_of=as_of,
            covered=[move for key in items for move in covered.get(key, ())],
        )
        found.append((row, fate))
    return found


def _since(rows: Sequence[Row]) -> date:
    return min((row.decided_on for row in rows if row.decided_on), default=date.max)


def _wanted(row: Row, parts: dict[int, list[Part]], owed: Decimal) -> tuple[list[Part], Decimal]:
    """What was to be paid, and what had come of it before the moves of its own time: of a plan the difference to what
    was owed when it began, for money of earlier days that was entered later; an extension is about what was owed."""
    if isinstance(row, Extension):
        return [Part(row.until, owed)], ZERO
    planned = parts[row.pk]
    return planned, sum((part.amount for part in planned), ZERO) - owed


def _paid(keys: Iterable[int], since: date) -> dict[int, Moves]:
    found: dict[int, Moves] = defaultdict(list)
    rows = Allocation.objects.filter(due_item__in=keys, applies_on__gte=since)
    for key, day, amount in rows.values_list("due_item", "applies_on", "amount"):
        found[key].append((day, amount))
    return found


def _covered(keys: Iterable[int], as_of: date) -> dict[int, Moves]:
    """By item: what provisional receipts and papers in hand cover, since the day they were given."""
    receipts = ReceiptLine.objects.filter(due_item__in=keys, receipt__state=Receipt.State.PROVISIONAL)
    papers = PaperLine.objects.filter(due_item__in=keys, paper__state__in=Paper.WAITS, paper__matures_on__gte=as_of)
    found: dict[int, Moves] = defaultdict(list)
    for rows, day in ((receipts, "receipt__received_on"), (papers, "paper__received_on")):
        for key, given_on, amount in rows.values_list("due_item", day, "amount"):
            found[key].append((given_on, amount))
    return found
