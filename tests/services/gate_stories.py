"""Customers, batches and money: what the tests of the gate tell stories with."""

from datetime import date, timedelta
from decimal import Decimal

from collections_app.gate import modes, services
from collections_app.gate.models import CauseChoices
from contracts import services as contracts
from contracts.models import Contract, Shipment
from tests import factories as make

TUESDAY = date(2026, 11, 24)


def switch_on(*causes, segment="", mode="on"):
    for cause in causes or set(CauseChoices.values) - {"ramp"}:
        modes.set_mode(cause=cause, segment=segment, mode=mode, starts_on=TUESDAY, on=TUESDAY, by=make.BY)


def agreed(customer, method="two_deliveries", **values):
    parameters = {"two_deliveries": {"max_days": 30}, "net": {"days": 30}, "in_advance": {"share": "1"}}
    return contracts.agree(
        contract=Contract(
            **{
                "customer": customer,
                "number": f"C-{customer.code}",
                "state": "active",
                "starts_on": date(2024, 1, 1),
                "currency": "EUR",
                "method": method,
                "parameters": parameters.get(method, {}),
                "settlement_clause": "6.2",
                "execution": "signature",
                "terms_accepted_on": date(2024, 1, 1),
                "terms_accepted_by": "Lucía Ortega",
            }
            | values
        ),
        by=make.BY,
    )


def delivered(contract, amount=1240, *, on=TUESDAY - timedelta(days=10), due_date=None, invoiced=True):
    """A batch that has left, usually with its invoice."""
    number = f"S-{Shipment.objects.count() + 1}"
    [shipment] = services.take_over(
        shipments=[
            Shipment(
                customer=contract.customer, contract=contract, number=number, asked_on=on, delivered_on=on,
                currency="EUR", amount=Decimal(amount), batch=contract.shipments.count() + 1,
            )
        ],
        by=make.BY,
    )  # fmt: skip
    if invoiced:
        make.invoice(
            contract.customer, amount, due_date=due_date or on + timedelta(days=30), issued_on=on,
            number=f"INV-{number}", shipment=shipment.pk,
        )  # fmt: skip
    return shipment


def planned(contract, amount=1000, *, on=TUESDAY):
    return Shipment.objects.create(
        customer=contract.customer,
        contract=contract,
        number=f"S-{Shipment.objects.count() + 1}",
        asked_on=on,
        currency="EUR",
        amount=Decimal(amount),
        batch=contract.shipments.count() + 1,
    )


def release(shipment):
    return services.release(shipment=shipment, on=TUESDAY, by=make.BY)


def state(shipment):
    shipment.refresh_from_db()
    return shipment.state


def pay(customer, amount, **values):
    return make.payment(customer, amount, received_on=TUESDAY, **values)
