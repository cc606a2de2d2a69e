"""A round as it is stored: a plan with its frame, stops with their cards, somebody left out."""

from datetime import date, time
from decimal import Decimal
from typing import Any

from collections_app.visits.models import Plan, Stop
from customers.models import Customer
from staff.models import User
from tests import factories as make

TUESDAY = date(2026, 11, 24)
FRAME = {
    "starts_at": 540, "ends_at": 1050, "lunch": [810, 870], "start": ["39.469900", "-0.376300"],
    "end": ["39.469900", "-0.376300"], "off": "", "home_at": 735, "home_minutes": 6, "home_metres": 600,
    "is_estimated": False,
}  # fmt: skip


def plan_of(rep: User, on: date = TUESDAY, *, frame: dict[str, Any] | None = None, **values: Any) -> Plan:
    return Plan.objects.create(
        rep=rep, on=on, input_hash="x", made_at="2026-11-23T22:00Z", frame=FRAME | (frame or {}), **values
    )


def stop_of(plan: Plan, customer: Customer, *, at: int = 9, number: int = 0, **values: Any) -> Stop:
    """He arrives at the full hour, waits half an hour and stays 25 minutes; the window is open for two hours."""
    position = number or plan.stops.count() + 1
    card = {
        "who": [{"name": "Lucía Ortega", "role": "owner", "from": "", "until": "12:00"}],
        "papers": ["VAT invoice"],
        "place": [f"39.4{position % 100:02d}000", "-0.376300"],
        "address": "Calle del Puerto 18, Valencia",
        "phone": "+34 600 555 019",
        "say": {"contract": "", "batches": [], "invoices": ["INV-7"], "whole": False},
        "commitment": "promise",
    } | values.pop("card", {})
    return Stop.objects.create(
        **{
            "plan": plan, "customer": customer, "position": position, "arrive_at": time(at), "start_at": time(at, 30),
            "leave_at": time(at, 55), "opens_at": time(at, 30), "closes_at": time(at + 2), "travel_minutes": 20,
            "kilometres": Decimal("3.5"), "currency": "EUR", "ask_amount": Decimal(500), "late_amount": Decimal(500),
            "total_amount": Decimal(900), "standing": "overdue", "worth": Decimal(321), "card": card,
            "reasons": [{"because": "late", "days": 40, "batch": None, "invoice": "INV-7"}], "is_commitment": True,
        }
        | values
    )  # fmt: skip


def round_of(rep: User, names: tuple[str, ...] = ("Bar Sol", "Casa Luna"), on: date = TUESDAY) -> Plan:
    """A stop an hour, and somebody who did not fit."""
    plan = plan_of(rep, on)
    for hour, name in enumerate(names, start=9):
        stop_of(plan, make.customer(rep, name=name), at=hour)
    plan.left_out.create(
        customer=make.customer(rep, name="Pub Zoe"), worth=Decimal(77), reason={"because": "day full"},
        phone="+34 600 111 222",
    )  # fmt: skip
    return plan


def many_stops(plan: Plan, number: int) -> None:
    """So many more stops, each at a customer of its own."""
    first = plan.stops.count() + 1
    customers = Customer.objects.bulk_create(
        Customer(code=f"MANY-{place}", name=f"Bar {place}", owner=plan.rep, entered_at=plan.made_at)
        for place in range(first, first + number)
    )
    Stop.objects.bulk_create(
        Stop(
            plan=plan, customer=customer, position=place, arrive_at=time(9), start_at=time(9, 10), leave_at=time(10),
            currency="EUR", ask_amount=Decimal(10), worth=Decimal(10), card={"place": ["39.4", "-0.37"]},
            reasons=[{"because": "late", "days": 40, "batch": None, "invoice": "INV-7"}],
        )
        for place, customer in enumerate(customers, start=first)
    )  # fmt: skip
