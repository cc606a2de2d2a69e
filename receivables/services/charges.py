"""Interest, fixed sums and fees as items of their own kind: claimed, waived by event, reversed."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from customers import queries as families
from customers import services as customers
from receivables import ledger
from receivables.models import Allocation, Charge, Code, DueItem
from receivables.services import checks, going_back, write_offs


class NoBasis(checks.Refused):
    """A charge that no clause and no act allows."""


@transaction.atomic
def claim(*, due_item: DueItem, kind: str, amount: Decimal, basis: str, on: date, by: Actor) -> Charge:
    """Claim interest, a fixed sum or a fee on a late due item, in the item's currency, on the stated basis.

    The fixed sum is claimed once per late due item. A charge bears no interest itself.
    """
    if not basis.strip():
        raise NoBasis(_("Name the clause or the act that allows this charge."))
    if kind not in Charge.Kind.values:
        raise NoBasis(_("Choose what is claimed: interest, a fixed sum or a fee."))
    checks.check_amount(amount, due_item.currency)
    checks.check_day(on)
    customers.lock([due_item.customer_id])
    item = DueItem.objects.select_related("invoice").get(pk=due_item.pk)
    if item.due_date is None or on <= item.due_date:
        raise NoBasis(_("This item is not late on that day; nothing can be claimed on it."))
    if kind == Charge.Kind.FIXED_SUM and _live(item, kind):
        raise checks.AlreadyDone(_("The fixed sum of this item is claimed already; it is due once."))
    charge = Charge(
        due_item=item,
        customer_id=item.customer_id,
        kind=kind,
        amount=amount,
        currency=item.currency,
        basis=basis.strip()[:200],
        claimed_on=on,
        entered_at=clock.now(),
    )
    with ledger.posting(on=on, by=by) as book:
        book.claim(charge)
    audit.record(verb="receivables.claimed", subject=charge, by=by, after={"amount": amount, "kind": kind})
    return charge


@transaction.atomic
def waive(*, charge: Charge, amount: Decimal, because: str, on: date, by: Actor) -> None:
    """Let go of what is open of a charge, or a part of it, from this day on."""
    because = checks.check_reason(because)
    checks.check_amount(amount, charge.currency)
    checks.check_day(on, not_before=charge.claimed_on)
    customers.lock([charge.customer_id])
    charge = Charge.objects.get(pk=charge.pk)
    if amount > charge.open_amount:
        raise checks.OverAllocated(_("More than is open cannot be waived. Lower the amount."))
    with ledger.posting(on=on, by=by) as book:
        write_offs.give_up(book, target=charge, amount=amount, code=Code.WAIVED, rule=because[:100], on=on, by=by)
    audit.record(verb="receivables.waived", subject=charge, by=by, after={"amount": amount, "because": because})


@transaction.atomic
def reverse_charge(*, charge: Charge, because: str, on: date, by: Actor) -> None:
    """It was claimed wrongly: money on it is unapplied again, and a second row takes it back."""
    because = checks.check_reason(because)
    checks.check_day(on, not_before=charge.claimed_on)
    customers.lock(families.family(charge.customer))
    charge = Charge.objects.get(pk=charge.pk)
    if charge.reverses_id or Charge.objects.filter(reverses=charge).exists():
        raise checks.AlreadyDone(_("This charge is reversed already."))
    checks.check_free(on, charge)
    rows = going_back.live(Allocation.objects.filter(charge=charge))
    with ledger.posting(on=on, by=by) as book:
        book.hold(charge)
        book.take_back(rows, on=on)
        going_back.end_with_charge(book, charge, by=by, because=because)
        book.unclaim(charge, on=on)
    audit.record(verb="receivables.charge_reversed", subject=charge, by=by, after={"because": because, "on": on})


def _live(item: DueItem, kind: str) -> bool:
    return Charge.objects.filter(due_item=item, kind=kind, reverses=None, reversed_by=None).exists()
