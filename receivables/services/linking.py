"""Which goods an invoice bills, where the invoice came from the ledger before the goods were known here."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import bulk
from contracts.models import Shipment
from customers import services as customers
from receivables.models import Invoice
from receivables.services import checks, prepayments


class NotItsBill(checks.Refused):
    """An invoice of another customer or currency, or one that bills other goods already."""


@transaction.atomic
def link_shipments(*, links: Sequence[tuple[Invoice, Shipment]], on: date, by: Actor) -> None:
    """From now on each invoice bills its shipment: the goods count as billed, and as settled with it. Money that waits
    for the order settles the invoice.
    """
    customers.lock(shipment.customer_id for _invoice, shipment in links)
    now = Invoice.objects.in_bulk([invoice.pk for invoice, _shipment in links])
    rows = []
    for invoice, shipment in links:
        row = now[invoice.pk]
        same = (row.customer_id, row.currency) == (shipment.customer_id, shipment.currency)
        if not same or row.shipment_id not in (None, shipment.pk):
            raise NotItsBill(
                _("Invoice %(invoice)s does not bill shipment %(shipment)s. Nothing was changed.")
                % {"invoice": row.number, "shipment": shipment.number}
            )
        row.shipment = shipment
        rows.append(row)
    bulk.write(rows, ["shipment"])
    audit.record_many(
        verb="receivables.shipment_linked",
        subjects=rows,
        by=by,
        after=[{"shipment": shipment.number} for _invoice, shipment in links],
    )
    prepayments.settle_billed(invoices=rows, on=on, by=by)
