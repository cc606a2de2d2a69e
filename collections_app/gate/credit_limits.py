"""Which limits are in force, whose debts count against each, and what an insurer asks about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from audit.services import NIGHT
from collections_app.cases.models import ToDo
from collections_app.gate.credit_rules import InsuredTerms, OpenItem
from customers.models import Customer, Limit
from receivables.models import DueItem, InstalmentPart, MoreTime

MANY = 5_000  # up to here customers are named in the query; more than that and the whole book is read
Keys = Collection[int] | None  # None: everybody
Holder = tuple[str, int]  # "customer" or "group", and its key


def narrowed(rows: QuerySet[Any], keys: Keys, column: str = "customer") -> QuerySet[Any]:
    if keys is None or len(keys) > MANY:
        return rows
    return rows.filter(**{f"{column}__in": keys})


# Whose debts count


@dataclass(frozen=True, slots=True)
class Account:
    key: int
    name: str
    payer: int | None
    group: int | None
    group_name: str


@dataclass(frozen=True, slots=True)
class Families:
    """Accounts by what they have in common. The limit of a payer counts those it pays for, a group's all its own."""

    accounts: dict[int, Account]
    pays_for: dict[int, list[int]]
    members: dict[int, list[int]]

    def of(self, holder: Holder) -> list[int]:
        kind, key = holder
        return self.members.get(key, []) if kind == "group" else [key, *self.pays_for.get(key, [])]


def families(keys: Keys) -> Families:
    """These customers, with everybody whose debts count against the same limits."""
    found = _accounts(narrowed(Customer.objects.all(), keys, "pk"))
    if keys is not None and len(keys) <= MANY:
        payers = {account.payer for account in found.values()} - {None}
        groups = {account.group for account in found.values()} - {None}
        related = Q(pk__in=payers) | Q(payer__in={*payers, *found}) | Q(group__in=groups)
        found |= _accounts(Customer.objects.filter(related))
    pays_for: dict[int, list[int]] = defaultdict(list)
    members: dict[int, list[int]] = defaultdict(list)
    for account in found.values():
        if account.payer is not None:
            pays_for[account.payer].append(account.key)
        if account.group is not None:
            members[account.group].append(account.key)
    return Families(found, pays_for, members)


def _accounts(rows: QuerySet[Customer]) -> dict[int, Account]:
    values = rows.order_by("pk").values_list("pk", "name", "payer", "group", "group__name")
    return {key: Account(key, name, payer, group, called or "") for key, name, payer, group, called in values}


# Limits in force


def holder_of(limit: Limit) -> Holder:
    return ("group", limit.group_id) if limit.group_id is not None else ("customer", limit.customer_id or 0)


def in_force(known: Families, *, as_of: date) -> dict[Holder, list[Limit]]:
    """By holder our own limit and the insured one: of each kind the last that has started.

    One that has ended stays, since nothing has come in its place; an insured one only until a newer limit of our own
    says that somebody has decided to go on without it.
    """
    started = Limit.objects.filter(starts_on__lte=as_of).order_by("starts_on", "pk")
    if len(known.accounts) <= MANY:
        started = started.filter(Q(customer__in=known.accounts) | Q(group__in=known.members))
    own: dict[Holder, Limit] = {}
    insured: dict[Holder, Limit] = {}
    for limit in started:
        (insured if limit.insurer else own)[holder_of(limit)] = limit
    found: dict[Holder, list[Limit]] = {}
    for holder in sorted(own.keys() | insured.keys()):
        ours, theirs = own.get(holder), insured.get(holder)
        if theirs is not None and _is_given_up(theirs, ours):
            theirs = None
        found[holder] = [limit for limit in (ours, theirs) if limit is not None]
    return found


def _is_given_up(insured: Limit, own: Limit | None) -> bool:
    return own is not None and insured.ends_before is not None and own.starts_on >= insured.ends_before


# What an insurer asks


def terms_of(limit: Limit) -> InsuredTerms:
    """One without an end cannot be stored."""
    return InsuredTerms(limit.ends_before or date.max, limit.largest_extension_days, limit.notify_after_days)


def covered_items(
    limits: Sequence[Limit], known: Families, *, as_of: date, ahead: int = 0
) -> dict[int, list[OpenItem]]:
    """By customer: open items that one of these insured limits covers, and that are extended, or of which the insurer
    must be told by now or within the days ahead.
    """
    keys = {key for limit in limits for key in known.of(holder_of(limit))}
    if not keys:
        return {}
    parts = InstalmentPart.objects.filter(plan__state=MoreTime.GRANTED, plan__items__due_item=OuterRef("pk"))
    last = parts.order_by().values("plan__state").annotate(last=Max("due_on")).values("last")[:1]
    late = Q(due_date__lte=_last_due_date(limits, as_of + timedelta(days=ahead)))
    extended = Q(due_date__gt=F("agreed_due_date")) | Q(plan_ends_on__isnull=False)
    rows = narrowed(DueItem.objects.open(), keys).annotate(plan_ends_on=Subquery(last)).filter(late | extended)
    known_to_him = set(narrowed(told(), keys).values_list("customer", "about"))
    found: dict[int, list[OpenItem]] = defaultdict(list)
    for customer, number, agreed, due_date, plan_ends_on in rows.order_by("due_date", "pk").values_list(
        "customer", "invoice__number", "agreed_due_date", "due_date", "plan_ends_on"
    ):
        latest = max((day for day in (due_date, plan_ends_on) if day is not None), default=None)
        found[customer].append(OpenItem(customer, number, agreed, due_date, latest, (customer, number) in known_to_him))
    return found


def _last_due_date(limits: Iterable[Limit], day: date) -> date:
    """Due by then, an item's notification day under one of the limits has come by this day."""
    within = [limit.notify_after_days for limit in limits if limit.notify_after_days is not None]
    return day - timedelta(days=min(within, default=0))


def told() -> QuerySet[ToDo]:
    """What somebody has told an insurer. What the night closed, since the invoice was paid, told him nothing."""
    done = ToDo.objects.filter(because=ToDo.Because.INSURER, done_on__isnull=False)
    return done.exclude(done_by=NIGHT.get_username())
