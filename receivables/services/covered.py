"""Money in hand covers what is owed: receipts that wait for finance, and papers. The same amount is not covered twice
without a question.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.money import ZERO
from common.templatetags.ui import money_text
from customers.models import Customer
from receivables.models import DueItem, Paper, PaperLine, Receipt, ReceiptLine
from receivables.services import checks

MOST = 3  # receipts and papers that are named


class Covered(checks.Refused):
    """More money over an amount that money in hand covers already. Confirmed, it is taken."""


def by_item(items: Collection[int]) -> dict[int, Decimal]:
    """How much of each due item receipts and papers in hand are meant for."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    parts = [*_receipts(items).values_list("due_item", "amount"), *_papers(items).values_list("due_item", "amount")]
    for key, part in parts:
        found[key] += part
    return found


def check_room(customer: Customer, currency: str, amount: Decimal, lines: Sequence[tuple[DueItem, Decimal]]) -> None:
    """Is there something left for this money, beside the money in hand? The caller holds the customer's lock.

    Money in advance covers nothing, so more of it is no second money.
    """
    items = {item.pk: item for item, _part in lines}
    if sum((part for _item, part in lines), ZERO) < amount:
        items |= checks.open_items([customer.pk], currency)
    covered = by_item(items)
    left = {key: max(item.open_amount + item.claim_amount - covered[key], ZERO) for key, item in items.items()}
    twice = sum((max(part - left[item.pk], ZERO) for item, part in lines), ZERO)
    beyond = max(amount - sum(left.values(), ZERO), ZERO)
    again = max(twice, min(beyond, sum(covered.values(), ZERO)))
    if again:
        raise Covered(
            _("Money in hand (%(numbers)s) already covers %(amount)s of this. If it came on top, tick the box.")
            % {"numbers": ", ".join(_numbers(items)), "amount": money_text(again, currency)}
        )


def _receipts(items: Collection[int]) -> QuerySet[ReceiptLine]:
    return ReceiptLine.objects.filter(due_item__in=items, receipt__state=Receipt.State.PROVISIONAL)


def _papers(items: Collection[int]) -> QuerySet[PaperLine]:
    return PaperLine.objects.filter(due_item__in=items, paper__state__in=Paper.WAITS)


def _numbers(items: Collection[int]) -> list[str]:
    receipts = _receipts(items).values_list("receipt__number", flat=True)
    return sorted({*receipts, *_papers(items).values_list("paper__number", flat=True)})[:MOST]
