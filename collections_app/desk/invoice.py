"""One invoice: its due items, what settled them, and the goods it bills."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from collections_app.cases.models import Dispute
from collections_app.desk.customer import Owed, owed
from common.columns import MoneySum
from common.money import ZERO
from contracts.models import ShipmentLine
from receivables.models import Allocation, DueItem, Invoice


@dataclass(frozen=True, slots=True)
class Applied:
    """Money or credit on a due item, from a day; a reversal is negative."""

    applies_on: date
    source: str
    amount: Decimal
    is_reversal: bool


@dataclass(frozen=True, slots=True)
class InvoicePage:
    invoice: Invoice
    open: Decimal
    due_items: list[Owed]
    applied: list[Applied]
    lines: list[ShipmentLine]
    open_items: list[DueItem]  # of which an amount can be given up, or a charge claimed where they are late
    as_of: date


def invoice_page(invoice: Invoice, *, as_of: date) -> InvoicePage:
    items = list(invoice.due_items.select_related("invoice__shipment__contract", "standing").order_by("position"))
    disputes = Dispute.objects.filter(due_item__invoice=invoice, closed_on=None).order_by()
    disputed = dict(disputes.values_list("due_item").annotate(total=MoneySum("amount")))
    rows = Allocation.objects.filter(due_item__invoice=invoice).select_related("payment", "credit_note", "write_off")
    shipment = invoice.shipment
    return InvoicePage(
        invoice=invoice,
        open=sum((item.open_amount for item in items), ZERO),
        due_items=[owed(item, disputed.get(item.pk) or ZERO, "", as_of) for item in items],
        applied=[_applied(row) for row in rows.order_by("applies_on", "pk")],
        open_items=[item for item in items if item.open_amount],
        as_of=as_of,
        lines=list(shipment.lines.select_related("product").order_by("pk")) if shipment else [],
    )


def _applied(row: Allocation) -> Applied:
    if row.write_off is not None:
        source = _("Write-off: %(code)s") % {"code": row.write_off.get_code_display()}
    elif row.payment is not None:
        source = _("%(method)s %(reference)s") % {
            "method": row.payment.get_method_display(),
            "reference": row.payment.reference,
        }
    else:
        source = _("Credit note %(number)s") % {"number": row.credit_note.number if row.credit_note else ""}
    return Applied(row.applies_on, source.strip(), row.amount, row.reverses_id is not None)
