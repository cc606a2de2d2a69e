"""Random books on and around every threshold, with every fact that a standing can hang on."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from collections_app.cases.models import Confirmation, Dispute, EarlyWarning, Promise, StandingOverride
from common import clock
from customers.models import Condition, Customer
from receivables.models import DueItem
from tests import factories as make

EDGES = (-8, -1, 0, 1, 2, 58, 59, 60, 61, 178, 179, 180, 181, 364, 365, 366, 367)
AROUND = (-400, -181, -180, -179, -60, -5, -1, 0, 1, 2, 5)
KINDS = ("insolvent", "closed", "in court", "handed over", "assigned")
STANDINGS = ("unpaid", "overdue", "quasi-bad", "bad", "dormant")


def book(dice: random.Random, on: date, *, customers: int = 12, items: int = 4) -> list[Customer]:
    """Customers with items late by every edge, silent for every edge, and facts that begin and end around the day."""
    made = []
    for _ in range(customers):
        customer = make.customer(segment=dice.choice(["", "kiosk", "wholesale"]))
        silent = dice.choice([0, 30, 363, 364, 365, 366, 367])
        for _ in range(items):
            late = dice.choice(EDGES)
            due_date = on - timedelta(days=late) if dice.random() < 0.95 else None
            issued_on = on - timedelta(days=max(silent, late, 0))
            make.invoice(customer, dice.randint(10, 9999), due_date=due_date, issued_on=issued_on)
        for _ in range(dice.randint(0, 3)):
            befall(dice, customer, on)
        made.append(customer)
    return made


def befall(dice: random.Random, customer: Customer, on: date) -> None:
    """One thing happens to a customer, on a day around the day, entered now."""
    dice.choice((_condition, _broken_promise, _warning, _confirmation, _override, _dispute))(dice, customer, on)


def _day(dice: random.Random, on: date) -> date:
    return on + timedelta(days=dice.choice(AROUND))


def _condition(dice: random.Random, customer: Customer, on: date) -> None:
    kind, starts_on = dice.choice(KINDS), _day(dice, on)
    ends: dict[str, Any] = {}
    if dice.random() < 0.5 or customer.conditions.filter(kind=kind, ends_before=None).exists():
        ends = {"ends_before": starts_on + timedelta(days=dice.choice([0, 1, 5, 400])), "ended_at": clock.now()}
    Condition.objects.create(customer=customer, kind=kind, starts_on=starts_on, entered_at=clock.now(), **ends)


def _broken_promise(dice: random.Random, customer: Customer, on: date) -> None:
    for _ in range(2):
        settled_on = _day(dice, on)
        made_on = settled_on - timedelta(days=5)
        Promise.objects.create(
            customer=customer, amount=1, currency="EUR", made_on=made_on, promised_on=made_on, grace_until=made_on,
            state="broken", settled_on=settled_on, settled_at=clock.now(), entered_at=clock.now(),
        )  # fmt: skip


def _warning(dice: random.Random, customer: Customer, on: date) -> None:
    reported_on = _day(dice, on)
    source = dice.choice(["book", "field", "desk"])
    kind = dice.choice(EarlyWarning.Kind.values)
    if EarlyWarning.objects.filter(customer=customer, kind=kind, source=source, reported_on=reported_on).exists():
        return
    values: dict[str, Any] = {}
    if dice.random() < 0.5:
        values |= {"seconded_on": max(reported_on, _day(dice, on)), "seconded_at": clock.now()}
    if dice.random() < 0.3:
        dismissed_on = max(reported_on, _day(dice, on))
        values |= {"dismissed_on": dismissed_on, "dismissed_at": clock.now(), "dismissed_because": "Seen"}
    EarlyWarning.objects.create(
        customer=customer, kind=kind, source=source, severity=dice.choice(["severe", "severe", "marked"]),
        reported_on=reported_on, expires_on=reported_on + timedelta(days=dice.choice([1, 5, 60, 200])),
        entered_at=clock.now(), **values,
    )  # fmt: skip


def _confirmation(dice: random.Random, customer: Customer, on: date) -> None:
    answered_on = _day(dice, on)
    Confirmation.objects.create(
        customer=customer, balance_on=answered_on, currency="EUR", amount=100, answered_on=answered_on,
        answer=dice.choice(["refused", "refused", "agreed"]), is_signed=dice.random() < 0.5, entered_at=clock.now(),
    )  # fmt: skip


def _override(dice: random.Random, customer: Customer, on: date) -> None:
    item = _item(dice, customer)
    if item is None:
        return
    starts_on = _day(dice, on)
    values: dict[str, Any] = {}
    if dice.random() < 0.3:
        values |= {"lifted_on": starts_on + timedelta(days=dice.choice([0, 1, 5])), "lifted_at": clock.now()}
    StandingOverride.objects.create(
        customer=customer, due_item=item, standing=dice.choice(STANDINGS), because="The owner is ill",
        starts_on=starts_on, ends_before=starts_on + timedelta(days=dice.choice([1, 5, 60])),
        entered_at=clock.now(), entered_by="manager", **values,
    )  # fmt: skip


def _dispute(dice: random.Random, customer: Customer, on: date) -> None:
    item = _item(dice, customer)
    if item is None:
        return
    opened_on = min(_day(dice, on), on)
    values: dict[str, Any] = {}
    if dice.random() < 0.4:
        values |= {"closed_on": opened_on + timedelta(days=dice.choice([0, 1, 5])), "closed_at": clock.now()}
    Dispute.objects.create(
        customer=customer, due_item=item, amount=Decimal(dice.randint(1, 10)), reason="price", opened_on=opened_on,
        review_on=opened_on, entered_at=clock.now(), **values,
    )  # fmt: skip


def _item(dice: random.Random, customer: Customer) -> DueItem | None:
    items = list(DueItem.objects.filter(customer=customer, open_amount__gt=0).order_by("pk"))
    return dice.choice(items) if items else None
