"""Batches count the deliveries of a contract: those that a file names keep their number, others get the next ones."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from intake.agreed.invoices import drop_refused
from intake.agreed.plan import NewShipment, Plan


def number_batches(plan: Plan) -> None:
    """What was delivered comes first, in the order of its days; what is planned counts on from there."""
    _check_once(plan)
    drop_refused(plan)
    last: dict[int, int] = defaultdict(int)
    last |= {key: max(numbers, default=0) for key, numbers in plan.here.batches.items()}
    for new in [*plan.delivered, *plan.planned]:
        if new.contract is not None and new.batch is not None:
            last[new.contract.pk] = max(last[new.contract.pk], new.batch)
    plan.delivered = [_numbered(new, last) for new in sorted(plan.delivered, key=_order)]
    plan.planned = [_numbered(new, last) for new in sorted(plan.planned, key=_order)]


def _order(new: NewShipment) -> tuple[date, int, str]:
    row = new.goods.first
    return row.delivered_on or row.asked_on or date.max, new.batch or 0, row.number


def _check_once(plan: Plan) -> None:
    first: dict[tuple[int, int], NewShipment] = {}
    for new in [*plan.delivered, *plan.planned]:
        if new.contract is None or new.batch is None:
            continue
        key = new.contract.pk, new.batch
        other = first.setdefault(key, new)
        number = plan.here.batches.get(new.contract.pk, {}).get(new.batch)
        if other is not new:
            number = other.goods.first.number
            plan.refused.update(line.line for line in other.goods.lines)
        if number is not None:
            words = f"batch {new.batch} of contract {new.contract.number} is shipment {number} already"
            plan.wrong(new.goods.first, "batch", words)
            plan.refused.update(line.line for line in new.goods.lines)


def _numbered(new: NewShipment, last: dict[int, int]) -> NewShipment:
    if new.contract is None or new.batch is not None:
        return new
    last[new.contract.pk] += 1
    return replace(new, batch=last[new.contract.pk])
