"""Writing what a plan says, through the verbs of the floors to which the rows belong. The customers are locked."""

from copy import copy
from datetime import date

from audit.services import Actor
from collections_app.gate import services as gate
from common import clock
from contracts import services as contracts
from contracts.models import Contract, PriceLine, Proof, Shipment, ShipmentLine
from customers import services as customers
from intake.agreed.plan import ContractChange, NewShipment, Plan
from intake.agreed.rows import GoodsRow
from receivables import services as receivables


def write(plan: Plan, *, on: date, by: Actor) -> None:
    _write_contracts(plan, on=on, by=by)
    _write_prices(plan, by=by)
    _write_goods(plan, on=on, by=by)


# --- contracts ----------------------------------------------------------------------------------


def _write_contracts(plan: Plan, *, on: date, by: Actor) -> None:
    keys = plan.here.customers
    new = [
        Contract(customer_id=keys[row.customer], number=row.number, state=row.state, **row.stated)
        for row in plan.new_contracts
    ]
    contracts.record_contracts(contracts=new, on=on, by=by)
    for change in plan.contract_changes:
        _change(change, on=on, by=by)


def _change(change: ContractChange, *, on: date, by: Actor) -> None:
    """Each deed by its own verb, so that the trail says what became of the contract."""
    contract, stated = change.contract, change.row.stated
    if change.drafted:
        contract = contracts.change_draft(contract=contract, by=by, **change.drafted)
    if change.clause:
        contract = contracts.state_clause(contract=contract, on=on, by=by, **change.clause)
    now = copy(contract)
    for name, value in stated.items():
        setattr(now, name, value)
    if change.executes:
        contracts.execute(
            contract=contract,
            execution=now.execution,
            signed_by=now.signed_by,
            has_authority=now.has_authority,
            on=now.signed_on or on,
            by=by,
        )
    if change.accepts:
        contracts.accept_terms(
            contract=contract, accepted_by=now.terms_accepted_by, on=now.terms_accepted_on or on, by=by
        )
    if change.activates:
        contracts.activate(contract=contract, on=on, by=by)


# --- price lines --------------------------------------------------------------------------------


def _write_prices(plan: Plan, *, by: Actor) -> None:
    products = plan.here.products | contracts.record_products(products=list(plan.products.values()))
    new = [
        PriceLine(
            contract=one.contract,
            product=products[one.row.product],
            unit_price=one.row.unit_price,
            credit_days=one.row.credit_days,
            starts_on=one.starts_on,
            ends_before=one.ends_before,
        )
        for one in plan.new_prices
    ]
    changed = []
    for change in plan.price_changes:
        now = copy(change.line)
        now.unit_price, now.ends_before = change.unit_price, change.ends_before
        changed.append((change.line, now))
    contracts.record_prices(new=new, changed=changed, by=by)


# --- shipments ----------------------------------------------------------------------------------


def _write_goods(plan: Plan, *, on: date, by: Actor) -> None:
    """What was delivered is taken over by the gate; what is to come is planned, and waits at the gate as ever."""
    delivered = gate.take_over(shipments=[_shipment(new) for new in plan.delivered], by=by)
    planned = contracts.record_planned(shipments=[_shipment(new) for new in plan.planned], by=by)
    new = list(zip([*delivered, *planned], [*plan.delivered, *plan.planned], strict=True))
    signed = [(shipment, one.goods.first) for shipment, one in new if one.goods.first.signed_by]
    signed += [(more.shipment, more.goods.first) for more in plan.more if more.is_signed]
    contracts.record_goods(
        lines=[line for shipment, one in new for line in _lines(shipment, one, plan)],
        proofs=[_proof(shipment, row, on=on, by=by) for shipment, row in signed],
    )
    links = [(one.invoice, shipment) for shipment, one in new]
    links += [(more.invoice, more.shipment) for more in plan.more]
    found = [(invoice, shipment) for invoice, shipment in links if invoice is not None]
    receivables.link_shipments(links=found, on=on, by=by)
    # Now that it is known what the goods before them still owe, and who never had any.
    gate.note_planned(shipments=planned, on=on, by=by)
    customers.mark({shipment.customer_id for _invoice, shipment in links}, because="goods", on=on)


def _shipment(new: NewShipment) -> Shipment:
    row = new.goods.first
    return Shipment(
        customer_id=new.customer,
        contract=new.contract,
        number=row.number,
        batch=new.batch,
        asked_on=new.goods.asked_on,
        delivered_on=row.delivered_on,
        currency=new.currency,
        amount=new.goods.amount_in(new.currency),
    )


def _lines(shipment: Shipment, new: NewShipment, plan: Plan) -> list[ShipmentLine]:
    return [
        ShipmentLine(
            shipment=shipment,
            product=plan.here.products[line.product],
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount_in(new.currency),
        )
        for line in sorted(new.goods.lines, key=lambda line: (line.position or 0, line.line))
    ]


def _proof(shipment: Shipment, row: GoodsRow, *, on: date, by: Actor) -> Proof:
    return Proof(
        shipment=shipment,
        signed_by=row.signed_by,
        signed_on=row.signed_on or on,
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
