"""Claims that outlive a write-off: money on one first reverses the write-off by that amount."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from common.money import ZERO
from receivables.ledger import Posting
from receivables.models import Allocation, Charge, DueItem


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
