"""Shipments of a file beside what is here: goods that were delivered, goods to come, and what may be added to them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from common import money
from contracts import queries as agreements
from contracts.models import Contract, Shipment
from intake.agreed import here, invoices
from intake.agreed.batches import number_batches
from intake.agreed.plan import MoreOfShipment, NewShipment, Plan, check_customer, contract_of
from intake.agreed.reading import AgreedReading, said
from intake.agreed.rows import Goods, GoodsRow
from receivables.models import Invoice

HANDED_OVER = (Shipment.State.DELIVERED, Shipment.State.RETURNED)


def compare(read: AgreedReading) -> Plan:
    plan = Plan(read, here.of_goods(read))
    for goods in read.goods:
        shipment = plan.here.shipments.get(goods.first.number)
        has_customer = check_customer(goods.first, plan)
        contract = contract_of(goods.first, goods.first.contract, plan) if has_customer else None
        if contract is not None and shipment is None:
            _check_contract(goods.first, contract, plan)
        currency = contract.currency if contract is not None else goods.first.currency
        for line in goods.lines:
            _check_line(line, currency, plan)
        invoice = invoices.of_shipment(goods, currency, plan)
        if not _is_whole(goods, plan):
            continue
        if shipment is None:
            _add(goods, contract, currency, invoice, plan)
        else:
            _compare(goods, shipment, currency, invoice, plan)
    invoices.check_once(plan)
    number_batches(plan)
    return plan


def _is_whole(goods: Goods, plan: Plan) -> bool:
    """A shipment is taken with all of its lines or not at all."""
    if all(plan.is_good(line) for line in goods.lines):
        return True
    plan.refused.update(line.line for line in goods.lines)
    return False


def _check_line(line: GoodsRow, currency: str, plan: Plan) -> None:
    if line.product and line.product not in plan.here.products:
        plan.wrong(line, "product", "no such product is here; import the price lines first, they bring the products")
    if line.amount is not None and currency and not money.is_exact(line.amount, currency) and plan.is_good(line):
        plan.wrong(line, "amount", f"more decimals than {currency} has ({money.digits(currency)})")


def _check_contract(row: GoodsRow, contract: Contract, plan: Plan) -> None:
    """Goods can be asked for while the contract holds; what is planned needs one that is active."""
    shown = "asked_on" if row.cells.get("asked_on") else "delivered_on"
    number, first, end = contract.number, contract.starts_on, contract.ends_before
    if row.asked_on is not None and row.asked_on < first:
        plan.wrong(row, shown, f"before contract {number} starts, on {first.isoformat()}")
    if row.asked_on is not None and end is not None and row.asked_on >= end:
        plan.wrong(row, shown, f"contract {number} holds until before {end.isoformat()}")
    if contract.state == Contract.State.DRAFT or (contract.state != Contract.State.ACTIVE and not row.delivered_on):
        plan.wrong(row, "contract", f"contract {number} is not active but {contract.state}")
    if row.currency and row.currency != contract.currency:
        plan.wrong(row, "currency", f"contract {number} is in {contract.currency}; use one currency")


def _add(goods: Goods, contract: Contract | None, currency: str, invoice: Invoice | None, plan: Plan) -> None:
    if goods.amount_in(currency) >= money.LIMIT:
        plan.wrong(goods.first, "quantity", "an amount of a million million or more; check the shipment")
        plan.refused.update(line.line for line in goods.lines)
        return
    customer = plan.here.customers[goods.first.customer]
    new = NewShipment(goods, customer, contract, currency, goods.first.batch, invoice)
    (plan.planned if goods.first.delivered_on is None else plan.delivered).append(new)
    if contract is not None:
        _note_prices(goods, contract, plan)


def _note_prices(goods: Goods, contract: Contract, plan: Plan) -> None:
    """A line that differs from the contract is told before anything is sent, and of goods that are there already before
    they are billed. Where no price was agreed, only goods to come can still wait for one.
    """
    lines = plan.here.prices[contract.pk]
    for line in goods.lines:
        product = plan.here.products[line.product].pk
        own = [one for one in lines if one.product_id == product]
        agreed = agreements.price_beside(line.unit_price, own, goods.asked_on)
        name = "unit_price" if line.cells.get("unit_price") else "amount"
        if agreed is None and goods.first.delivered_on is not None:
            continue
        if agreed is None:
            plan.note(line, name, f"no price of {line.product} is agreed in contract {contract.number}")
        elif agreed != line.unit_price:
            plan.note(line, name, f"at {said(line.unit_price)}, agreed in contract {contract.number}: {said(agreed)}")


# --- a number that is here already --------------------------------------------------------------


def _compare(goods: Goods, shipment: Shipment, currency: str, invoice: Invoice | None, plan: Plan) -> None:
    row = goods.first
    for name, words in [*_differences(row, shipment, currency), *_state_differs(row, shipment)]:
        plan.wrong(row, name, f"changed: shipment {shipment.number} is here already, {words}")
    for line, words in _lines_differ(goods, shipment):
        plan.wrong(line, "quantity", f"changed: shipment {shipment.number} is here already, {words}")
    if not _is_whole(goods, plan):
        return
    proof = getattr(shipment, "proof", None)
    is_signed = proof is None and shipment.state in HANDED_OVER and bool(row.signed_by)
    new_invoice = invoice if invoice is not None and invoice.shipment_id is None else None
    if is_signed or new_invoice is not None:
        plan.more.append(MoreOfShipment(shipment, goods, is_signed, new_invoice))
    else:
        plan.unchanged += 1


def _differences(row: GoodsRow, shipment: Shipment, currency: str) -> Iterator[tuple[str, str]]:
    contract = shipment.contract.number if shipment.contract is not None else ""
    proof = getattr(shipment, "proof", None)
    compared: tuple[tuple[str, bool, str], ...] = (
        ("customer_number", row.customer != shipment.customer.code, f"customer {shipment.customer.code}'s"),
        ("contract", row.contract != contract, f"under contract {contract}" if contract else "without a contract"),
        ("batch", row.batch not in (None, shipment.batch), f"as batch {said(shipment.batch)}"),
        ("asked_on", row.asked_on != shipment.asked_on, f"asked for on {shipment.asked_on.isoformat()}"),
        ("currency", currency != shipment.currency, f"in {shipment.currency}"),
        (
            "signed_by",
            proof is not None and bool(row.signed_by) and row.signed_by != proof.signed_by,
            f"signed for by {proof.signed_by}" if proof else "",
        ),
    )
    for name, differs, words in compared:
        if differs:
            yield name, f"{words}; correct the file, or the shipment on its page"


def _state_differs(row: GoodsRow, shipment: Shipment) -> Iterator[tuple[str, str]]:
    """Goods leave through the gate: a file that says they have left does not let them go."""
    if shipment.state == Shipment.State.CANCELLED:
        yield "number", "cancelled; goods that are wanted again need a new number"
    elif row.delivered_on == shipment.delivered_on:
        return
    elif shipment.delivered_on is None:
        yield "delivered_on", f"{shipment.state} and not delivered; release it at the gate and note its delivery there"
    else:
        yield "delivered_on", f"delivered on {shipment.delivered_on.isoformat()}; correct the file"


def _lines_differ(goods: Goods, shipment: Shipment) -> Iterator[tuple[GoodsRow, str]]:
    """Lines are the same by product, quantity and price, whatever their order."""
    ours = Counter((line.product.code, line.quantity, line.unit_price) for line in shipment.lines.all())
    strangers: list[GoodsRow] = []
    for line in goods.lines:
        same = (line.product, line.quantity, line.unit_price)
        if ours[same]:
            ours[same] -= 1
        else:
            strangers.append(line)
    left = sorted((code, quantity, price) for code, quantity, price in ours.elements())
    for line in strangers:
        other = next((one for one in left if one[0] == line.product), None) or (left[0] if left else None)
        if other is None:
            yield line, "without this line; correct the file, or the shipment on its page"
        else:
            left.remove(other)
            yield line, f"with {_line_said(other)}; correct the file, or the shipment on its page"
    for other in left:
        yield goods.first, f"also with {_line_said(other)}; correct the file, or the shipment on its page"


def _line_said(line: Sequence[object]) -> str:
    code, quantity, price = line
    return f"{said(quantity)} {code} at {said(price)}"
