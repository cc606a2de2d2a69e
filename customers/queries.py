"""Reading who belongs together, and what has befallen whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db.models import Q

from audit.models import Entry
from common import clock
from customers.models import Condition, Customer, Habit

PAYER_SET = "customers.payer_set"  # the verb of the trail

#: The column of the customer that repeats the running condition of a kind.
CONDITION_COLUMNS = {
    Condition.Kind.INSOLVENT.value: "insolvent_on",
    Condition.Kind.CLOSED.value: "closed_on",
    Condition.Kind.IN_COURT.value: "in_court_on",
    Condition.Kind.HANDED_OVER.value: "handed_over_on",
    Condition.Kind.ASSIGNED.value: "assigned_on",
}
#: Whose debts somebody else sees to: neither visited nor dunned, and money that still reaches us is reported.
IN_OTHER_HANDS = (Condition.Kind.INSOLVENT, Condition.Kind.HANDED_OVER, Condition.Kind.ASSIGNED)


def pays_for(customer: Customer) -> list[int]:
    """Keys of the accounts whose money this customer sends: its own and those that name it as their payer."""
    return sorted({customer.pk, *Customer.objects.filter(payer=customer).values_list("pk", flat=True)})


def family(customer: Customer) -> list[int]:
    """Keys of the accounts between which money may go: one payer, or one group."""
    root = customer.payer_id or customer.pk
    together = Q(pk=root) | Q(payer=root) | Q(pk=customer.pk)
    if customer.group_id is not None:
        together |= Q(group=customer.group_id)
    return sorted(Customer.objects.filter(together).values_list("pk", flat=True))


def relatives(customers: Iterable[int]) -> set[int]:
    """Keys of the other accounts that share a payer or a group with these; two statements at any size."""
    keys = set(customers)
    ties = list(Customer.objects.filter(pk__in=keys).values_list("payer", "group"))
    roots = keys | {payer for payer, _group in ties if payer is not None}
    groups = {group for _payer, group in ties if group is not None}
    together = Q(pk__in=roots) | Q(payer__in=roots) | Q(group__in=groups)
    return set(Customer.objects.filter(together).values_list("pk", flat=True)) - keys


def paid_for_ever(accounts: Iterable[int] | None = None) -> set[tuple[int, int]]:
    """Pairs of a payer and an account it pays for, or has paid for: money that went between them stays right.

    Of all accounts, or of these.
    """
    paid, changed = Customer.objects.exclude(payer=None), Entry.objects.filter(verb=PAYER_SET)
    if accounts is not None:
        keys = set(accounts)
        paid, changed = paid.filter(pk__in=keys), changed.filter(subject_key__in=[str(key) for key in keys])
    now, then = paid.values_list("payer", "pk"), changed.values_list("before", "subject_key")
    return {*now, *((before["payer"], int(key)) for before, key in then if before.get("payer"))}


def runs(day: date, *, known_on: date | None = None) -> Q:
    """Conditions that run on a day; with `known_on` by what was known at the end of that one.

    A begin that was entered later is not known yet, nor an end.
    """
    lasts = Q(ends_before=None) | Q(ends_before__gt=day)
    if known_on is None:
        return Q(starts_on__lte=day) & lasts
    then = clock.end_of(known_on)
    return Q(starts_on__lte=day, entered_at__lt=then) & (lasts | Q(ended_at__gte=then))


def columns_that_differ() -> tuple[int, list[str]]:
    """How many customers something has befallen, and whose columns say another day than the running condition."""
    running: dict[int, dict[str, date]] = {}
    rows = Condition.objects.filter(ends_before=None)
    for customer, kind, day in rows.values_list("customer_id", "kind", "starts_on").iterator():
        running.setdefault(customer, {})[kind] = day
    any_column = Q(conditions__ends_before=None, conditions__isnull=False)
    for column in CONDITION_COLUMNS.values():
        any_column |= Q(**{f"{column}__isnull": False})
    checked, found = 0, []
    for pk, *days in Customer.objects.filter(any_column).distinct().values_list("pk", *CONDITION_COLUMNS.values()):
        checked += 1
        for kind, day in zip(CONDITION_COLUMNS, days, strict=True):
            runs_since = running.get(pk, {}).get(kind)
            if day != runs_since:
                found.append(f"customer {pk}: {kind} since {day} in its row, since {runs_since} by its conditions")
    return checked, found


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """Without this a customer pays nothing: our invoice of a type, or a reconciliation, so many working days before."""

    kind: str
    rule: str
    days_before: int

    @classmethod
    def of(cls, habit: Habit) -> Self:
        return cls(habit.kind, habit.rule, habit.days_before or 0)


def prerequisites(customers: Iterable[int]) -> dict[int, list[Prerequisite]]:
    """By customer, the longest before first; those without any are missing. One statement."""
    found: dict[int, list[Prerequisite]] = {}
    rows = Habit.objects.filter(customer__in=set(customers), days_before__isnull=False)
    for row in rows.order_by("customer", "-days_before", "pk"):
        found.setdefault(row.customer_id, []).append(Prerequisite.of(row))
    return found
