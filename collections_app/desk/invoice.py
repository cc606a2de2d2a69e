"""One invoice: its due items, what settled them, and the goods it bills."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from collections_app.cases.models import Dispute
from collections_app.desk.contracts.rest import CALLS, Rest, callable_rests
from collections_app.desk.customer import Owed, owed
from collections_app.desk.derivation import STATUTORY, Applied, Derivation, applied, derivations
from collections_app.standings.explaining import Explanation
from common.columns import MoneySum
from common.money import ZERO
from contracts.models import Method, Proof, ShipmentLine
from receivables.models import Allocation, DueItem, Invoice
from staff.models import Role, User


@dataclass(frozen=True, slots=True)
class InvoicePage:
    invoice: Invoice
    terms: str
    open: Decimal
    due_items: list[Owed]
    applied: list[Applied]
    derivations: list[Derivation]
    proof: Proof | None
    has_paper: bool  # the signed delivery note is on file
    lines: list[ShipmentLine]
    open_items: list[DueItem]  # of which an amount can be given up, or a charge claimed where they are late
    rest: Rest | None  # what this person may call, because a part is missed
    as_of: date


def invoice_page(
    invoice: Invoice, *, user: User, as_of: date, told: Mapping[int, Explanation] | None = None
) -> InvoicePage:
    """`told` explains its items: where a mark still waits, the newest standing is theirs."""
    explained = told or {}
    items = list(invoice.due_items.select_related("invoice__shipment__contract", "standing").order_by("position"))
    disputes = Dispute.objects.filter(due_item__invoice=invoice, closed_on=None).order_by()
    disputed = dict(disputes.values_list("due_item").annotate(total=MoneySum("amount")))
    rows = Allocation.objects.filter(due_item__invoice=invoice).select_related("payment", "credit_note", "write_off")
    shipment = invoice.shipment
    proof = getattr(shipment, "proof", None)
    return InvoicePage(
        invoice=invoice,
        terms=_terms(invoice.terms_text),
        open=sum((item.open_amount for item in items), ZERO),
        due_items=[owed(item, disputed.get(item.pk) or ZERO, "", as_of, explained.get(item.pk)) for item in items],
        applied=[applied(row, links=user.role != Role.REP) for row in rows.order_by("applies_on", "pk")],
        derivations=derivations(invoice.due_items.order_by("position"), user=user),
        has_paper=proof is not None and proof.document_id is not None,
        proof=proof,
        open_items=[item for item in items if item.open_amount],
        rest=next(iter(callable_rests(Invoice.objects.filter(pk=invoice.pk), as_of=as_of)), None)
        if user.role in CALLS
        else None,
        as_of=as_of,
        lines=list(shipment.lines.select_related("product").order_by("pk")) if shipment else [],
    )


def _terms(text: str) -> str:
    """The terms code of the file that it came from, or what it was billed by here."""
    if text == STATUTORY:
        return _("By law")
    return str(Method(text).label) if text in Method.values else text
