"""Pages of shipments as text, and deeds on them: what several tests of them share."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

from collections_app.gate import modes
from collections_app.gate import services as gate
from contracts.models import Shipment
from receivables import services as receivables
from tests import factories as make

TODAY = make.TODAY
PDF = b"%PDF-1.7\nsigned for"


def switch(cause, mode="on"):
    modes.set_mode(cause=cause, segment="", mode=mode, starts_on=TODAY, on=TODAY, by=make.BY)


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def page_of(client, shipment):
    return text_of(client.get(f"/shipments/{shipment.pk}/"))


def do(client, shipment, deed, key="1", **words):
    """A deed on the page of a shipment; the answer, after its redirect."""
    return client.post(f"/shipments/{shipment.pk}/{deed}/", {"key": f"{deed} {key}"} | words, follow=True)


def two_deliveries(customer):
    """A batch that is open, and one that waits for it."""
    contract = make.contract(customer, "two_deliveries", {"max_days": 30}, number="C-31", settlement_clause="6.2")
    first = make.shipment(contract, delivered_on=date(2026, 11, 3))
    receivables.invoice_shipment(shipment=first, number="INV-88", issued_on=date(2026, 11, 3), by=make.BY)
    second = gate.ask_next(contract=contract, lines=[("WATER", Decimal(12), Decimal("2.5"))], on=TODAY, by=make.BY)
    return first, second


def state(shipment):
    return Shipment.objects.get(pk=shipment.pk).state
