"""Reading the evidence about due items, row by row: the reference beside the night's statement (`standings.facts`)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db.models import Q

from collections_app.cases.models import (
    Confirmation,
    ContactMade,
    Dispute,
    EarlyWarning,
    Promise,
    StandingOverride,
)
from collections_app.standings.evidence import Answered, Broken, Decided, Evidence, Movement, Ran, Severe
from collections_app.standings.rules import Standing
from common import clock
from contracts.models import Shipment
from customers.models import Condition
from receivables.models import Allocation, DueDateChange, DueItem, Invoice, Payment, Receipt

NEVER = date.max

# What counts as a movement of the customer: the rows of a customer, the day that counts, and what is left out.
MOVEMENTS: tuple[tuple[str, Any, str, Q], ...] = (
    ("invoice", Invoice, "issued_on", Q(shipment=None)),  # where no delivery is known
    ("delivery", Shipment, "delivered_on", Q(delivered_on__isnull=False)),
    ("payment", Payment, "counts_on", Q(reverses=None)),
    ("promise", Promise, "made_on", Q()),
    ("dispute", Dispute, "opened_on", Q()),
    ("confirmation", Confirmation, "answered_on", Q(is_signed=True)),
    ("contact", ContactMade, "made_on", Q(reached=True)),
)


def evidence(items: Sequence[DueItem], *, as_of: date, known_on: date | None = None) -> dict[int, Evidence]:
    """By key of the due item what decides about it on a day: what had happened by then and, with `known_on`, was known
    at the end of that day. `items` come with their invoice. Fifteen statements at any size.
    """
    then = clock.end_of(known_on) if known_on is not None else None
    keys, customers = [item.pk for item in items], sorted({item.customer_id for item in items})
    due_dates, applied = _due_dates(keys, as_of, then), _applied(keys, as_of, then)
    overrides = _overrides(keys, as_of, then)
    movements, conditions = _movements(customers, as_of, then), _conditions(customers, as_of, then)
    broken, severe = _broken(customers, as_of, then), _severe(customers, as_of, then)
    answers = _answers(customers, as_of, then)
    return {
        item.pk: Evidence(
            issued_on=item.invoice.issued_on,
            amount=item.amount,
            agreed_due_date=item.agreed_due_date,
            due_dates=tuple(due_dates[item.pk]),
            applied=tuple(applied[item.pk]),
            movements=movements.get(item.customer_id, ()),
            conditions=tuple(conditions[item.customer_id]),
            broken=tuple(broken[item.customer_id]),
            severe=tuple(severe[item.customer_id]),
            answers=tuple(answers[item.customer_id]),
            overrides=tuple(overrides[item.pk]),
        )
        for item in items
    }


def _known(then: datetime | None, column: str = "entered_at") -> Q:
    return Q(**{f"{column}__lt": then}) if then is not None else Q()


def _grouped(rows: Iterable[Mapping[str, Any]], by: str, make: Callable[[Mapping[str, Any]], Any]) -> Any:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[by]].append(make(row))
    return found


def _due_dates(keys: Sequence[int], as_of: date, then: datetime | None) -> dict[int, list[tuple[date, date | None]]]:
    rows = DueDateChange.objects.filter(_known(then), due_item__in=keys, applies_on__lte=as_of)
    ordered = rows.order_by("applies_on", "pk").values("due_item_id", "applies_on", "due_date")
    return _grouped(ordered, "due_item_id", lambda row: (row["applies_on"], row["due_date"]))


def _applied(keys: Sequence[int], as_of: date, then: datetime | None) -> dict[int, list[Any]]:
    rows = Allocation.objects.filter(_known(then), due_item__in=keys, applies_on__lte=as_of)
    ordered = rows.order_by("applies_on", "pk").values("due_item_id", "applies_on", "amount")
    return _grouped(ordered, "due_item_id", lambda row: (row["applies_on"], row["amount"]))


def _movements(customers: Sequence[int], as_of: date, then: datetime | None) -> dict[int, tuple[Movement, ...]]:
    """By customer in the order of their days: one tuple for all its items."""
    found: dict[int, list[Movement]] = defaultdict(list)
    for kind, model, column, which in MOVEMENTS:
        # goods carry no moment of entry: a delivery counts as known from its day on
        known = Q() if kind == "delivery" else _known(then)
        rows = model.objects.filter(which, known, customer__in=customers, **{f"{column}__lte": as_of})
        for customer, day, key in rows.values_list("customer_id", column, "pk"):
            found[customer].append(Movement(day, kind, key))
    was_there = ~Q(state=Receipt.State.REFUSED)
    if then is not None:
        was_there |= Q(decided_at__gte=then)
    receipts = Receipt.objects.filter(was_there, _known(then), customer__in=customers, received_on__lte=as_of)
    for customer, day, key in receipts.values_list("customer_id", "received_on", "pk"):
        found[customer].append(Movement(day, "receipt", key))
    return {customer: tuple(sorted(rows, key=attrgetter("on"))) for customer, rows in found.items()}


def _conditions(customers: Sequence[int], as_of: date, then: datetime | None) -> dict[int, list[Ran]]:
    rows = Condition.objects.filter(_known(then), customer__in=customers, starts_on__lte=as_of)

    def made(row: Mapping[str, Any]) -> Ran:
        end = row["ends_before"]
        if end is not None and (end > as_of or (then is not None and row["ended_at"] >= then)):
            end = None  # later than the day, or not known yet: it ran
        return Ran(row["kind"], row["starts_on"], end, row["reference"], row["pk"])

    columns = ("customer_id", "kind", "starts_on", "ends_before", "ended_at", "reference", "pk")
    return _grouped(rows.order_by("starts_on", "pk").values(*columns), "customer_id", made)


def _broken(customers: Sequence[int], as_of: date, then: datetime | None) -> dict[int, list[Broken]]:
    known = (Q(settled_at=None) | Q(settled_at__lt=then)) if then is not None else Q()
    rows = Promise.objects.filter(known, customer__in=customers, state=Promise.State.BROKEN, settled_on__lte=as_of)
    ordered = rows.order_by("settled_on", "pk").values("customer_id", "settled_on", "pk")
    return _grouped(ordered, "customer_id", lambda row: Broken(row["settled_on"], row["pk"]))


def _severe(customers: Sequence[int], as_of: date, then: datetime | None) -> dict[int, list[Severe]]:
    """Severe warnings that count fully: from the field only once somebody else has seen it too."""
    seconded = Q(seconded_on__lte=as_of) & _known(then, "seconded_at")
    counts = ~Q(source=EarlyWarning.Source.FIELD) | seconded
    rows = EarlyWarning.objects.filter(
        counts, _known(then), customer__in=customers, severity=EarlyWarning.Severity.SEVERE, reported_on__lte=as_of
    )

    def made(row: Mapping[str, Any]) -> Severe:
        gone = row["dismissed_on"]
        if gone is not None and (gone > as_of or (then is not None and row["dismissed_at"] >= then)):
            gone = None
        first = row["reported_on"]
        if row["source"] == EarlyWarning.Source.FIELD:
            first = max(first, row["seconded_on"])
        return Severe(first, min(row["expires_on"], gone or NEVER), row["pk"])

    columns = (
        "customer_id",
        "source",
        "reported_on",
        "seconded_on",
        "expires_on",
        "dismissed_on",
        "dismissed_at",
        "pk",
    )
    return _grouped(rows.order_by("reported_on", "pk").values(*columns), "customer_id", made)


def _answers(customers: Sequence[int], as_of: date, then: datetime | None) -> dict[int, list[Answered]]:
    rows = Confirmation.objects.filter(_known(then), customer__in=customers, answered_on__lte=as_of)
    refused = Confirmation.Answer.REFUSED
    return _grouped(
        rows.order_by("answered_on", "pk").values("customer_id", "answered_on", "answer", "pk"),
        "customer_id",
        lambda row: Answered(row["answered_on"], row["answer"] == refused, row["pk"]),
    )


def _overrides(keys: Sequence[int], as_of: date, then: datetime | None) -> dict[int, list[Decided]]:
    rows = StandingOverride.objects.filter(_known(then), due_item__in=keys, starts_on__lte=as_of)

    def made(row: Mapping[str, Any]) -> Decided:
        end, lifted = row["ends_before"], row["lifted_on"]
        if lifted is not None and lifted <= as_of and not (then is not None and row["lifted_at"] >= then):
            end = min(end, lifted)
        return Decided(Standing(row["standing"]), row["starts_on"], end, row["pk"])

    columns = ("due_item_id", "standing", "starts_on", "ends_before", "lifted_on", "lifted_at", "pk")
    return _grouped(rows.order_by("pk").values(*columns), "due_item_id", made)
