"""Customers in breach, their deliveries and their steps: what the tests of the supply ladder tell stories with."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from collections_app.gate import ladder, ladder_services, modes, services
from collections_app.gate.models import LadderStep
from contracts.models import Contract, Shipment
from customers.models import Customer
from receivables.models import Payment
from staff.models import User
from tests import factories as make

TUESDAY = date(2026, 11, 24)


def only_the_ladder_holds() -> None:
    make.business()
    for cause in ("settlement", "limit", "late", "execution", "ramp", "insurer", "price"):
        modes.set_mode(cause=cause, segment="", mode="off", starts_on=TUESDAY, on=TUESDAY, by=make.BY)
    modes.set_mode(cause="ladder", segment="", mode="on", starts_on=TUESDAY, on=TUESDAY, by=make.BY)


def late_by(days: int, amount: Any = 1000, of: Customer | None = None, **values: Any) -> Customer:
    """A customer with one late item."""
    customer = of or make.customer(country="IE")
    make.due_item(customer, amount, due_date=TUESDAY - timedelta(days=days), **values)
    return customer


def climbs(customer: Customer, rung: int, by: User, **values: Any) -> LadderStep:
    said = {"because": "Answers no call", "clause": "Sale of Goods Act 1893, ss. 39-43", "lost_margin": Decimal(100)}
    return ladder_services.climb(customer=customer, rung=rung, by=by, **{"on": TUESDAY, **said, **values})


def asks(customer: Customer, rung: int, by: User) -> None:
    """Rungs are left out: somebody asks for it, and another person climbs."""
    because = "Cheque of another supplier bounced"
    ladder_services.ask(customer=customer, rung=rung, because=because, clause="Clause 9", on=TUESDAY, by=by)


def stands(customer: Customer) -> int:
    step = ladder.standing_on(customer)
    return step.rung if step else 0


def sold(contract: Contract, *amounts: Any, every: int = 20) -> None:
    """Batches delivered lately, the newest last."""
    for place, amount in enumerate(reversed(amounts), start=1):
        day = TUESDAY - timedelta(days=every * place)
        make.shipment(contract, [(make.product(), 1, amount)], asked_on=day, delivered_on=day)


def asked(contract: Contract, *lines: Any, release: bool = True) -> Shipment:
    shipment = make.shipment(contract, list(lines), asked_on=TUESDAY)
    if release:
        services.release(shipment=shipment, on=TUESDAY, by=make.BY)
    shipment.refresh_from_db()
    return shipment


def state(shipment: Shipment) -> str:
    shipment.refresh_from_db()
    return shipment.state


def settle(customer: Customer, amount: Any = 1000) -> Payment:
    return make.payment(customer, amount, received_on=TUESDAY)


def leave(*customers: Customer) -> set[int]:
    return ladder_services.leave_settled(customers=[one.pk for one in customers], on=TUESDAY, by=make.BY)
