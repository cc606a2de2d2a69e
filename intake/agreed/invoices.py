"""Which invoice bills which shipment of a file: one invoice bills one shipment here."""

from intake.agreed.plan import Plan
from intake.agreed.rows import Goods
from receivables.models import Invoice


def of_shipment(goods: Goods, currency: str, plan: Plan) -> Invoice | None:
    """The invoice that the file names, if it is here."""
    row = goods.first
    if not row.invoice or not row.customer:
        return None
    invoice = plan.here.invoices.get((row.customer, row.invoice))
    if invoice is None:
        plan.note(
            row,
            "invoice_number",
            f"no invoice {row.invoice} of {row.customer} is here, so these goods count as not billed; "
            "import the receivables first",
        )
        return None
    if invoice.shipment is not None and invoice.shipment.number != row.number:
        plan.wrong(row, "invoice_number", f"invoice {row.invoice} bills shipment {invoice.shipment.number} already")
    if currency and invoice.currency != currency:
        plan.wrong(
            row, "invoice_number", f"invoice {row.invoice} is in {invoice.currency}, the goods are in {currency}"
        )
    return invoice


def check_once(plan: Plan) -> None:
    """Two shipments of the file on one invoice: neither is taken, or one would count as not billed for good."""
    first: dict[int, Goods] = {}
    for goods, invoice in [
        *((new.goods, new.invoice) for new in (*plan.delivered, *plan.planned)),
        *((more.goods, more.invoice) for more in plan.more),
    ]:
        if invoice is None:
            continue
        other = first.setdefault(invoice.pk, goods)
        if other is not goods:
            plan.wrong(
                goods.first,
                "invoice_number",
                f"invoice {invoice.number} bills shipment {other.first.number} on line {other.first.line} too; here an "
                "invoice bills one shipment, so leave out what is billed together",
            )
            plan.refused.update(line.line for one in (goods, other) for line in one.lines)
    drop_refused(plan)


def drop_refused(plan: Plan) -> None:
    plan.delivered = [new for new in plan.delivered if plan.is_good(new.goods.first)]
    plan.planned = [new for new in plan.planned if plan.is_good(new.goods.first)]
    plan.more = [more for more in plan.more if plan.is_good(more.goods.first)]
