"""Claims that outlive a write-off: money on one first reverses the write-off by that amount; waived, it is gone."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.money import ZERO
from customers import services as customers
from receivables import ledger
from receivables.ledger import Posting
from receivables.models import Allocation, Charge, DueItem, WriteOff
from receivables.services import checks


@transaction.atomic
def waive_claim(*, due_item: DueItem, because: str, on: date, by: Actor) -> Decimal:
    """Let a dormant claim go for good: from this day on money on it settles nothing. Returns how much it was.

    Never by a person who asked for one of its write-offs.
    """
    because = checks.check_reason(because)
    customers.lock([due_item.customer_id])
    item = DueItem.objects.get(pk=due_item.pk)
    amount = item.claim_amount
    if not amount:
        raise checks.AlreadyDone(_("Nothing is claimed on this item any more."))
    offs = list(_living(item).order_by("pk"))
    if by.get_username() in {off.asked_by for off in offs}:
        raise checks.NotPermitted(
            _("Whoever asked for the write-off does not waive its claim. A second person has to.")
        )
    checks.check_day(on, not_before=max(off.decided_on or off.asked_on for off in offs))
    with ledger.posting(on=on, by=by) as book:
        book.waive_claim(item)
    WriteOff.objects.filter(pk__in=[off.pk for off in offs]).update(claim_waived_on=on)
    for off in offs:
        audit.record(verb="receivables.claim_waived", subject=off, by=by, after={"because": because, "on": on})
    return amount


def _living(item: DueItem) -> QuerySet[WriteOff]:
    """Granted write-offs of the item whose claim somebody could still pay."""
    return WriteOff.objects.filter(due_item=item, keeps_claim=True, claim_waived_on=None, state=WriteOff.State.GRANTED)


def release(book: Posting, wanted: Sequence[tuple[DueItem | Charge, Decimal]], *, on: date | None = None) -> None:
    """Open again what the lines want beyond the open amounts, out of the write-offs of those items, latest first."""
    short: dict[int, tuple[DueItem, Decimal]] = {}
    for target, amount in wanted:
        if isinstance(target, DueItem):
            item, before = short.get(target.pk, (target, ZERO))
            short[target.pk] = (item, before + amount)
    for item, amount in short.values():
        missing = amount - item.open_amount
        if missing > ZERO:
            _open_again(book, item, missing, on or book.on)


def _open_again(book: Posting, item: DueItem, missing: Decimal, on: date) -> None:
    book.hold(item)
    rows = Allocation.objects.filter(
        due_item=item, write_off__keeps_claim=True, write_off__claim_waived_on=None, reverses=None, reversed_by=None
    )
    for row in rows.select_related("due_item__invoice", "write_off").order_by("-pk"):
        if missing <= ZERO:
            return
        back = min(row.amount, missing)
        missing -= back
        book.take_back([row], on=on)
        if row.amount > back and row.write_off is not None:
            book.post(row.write_off, [(item, row.amount - back)], applies_on=max(on, row.applies_on))
