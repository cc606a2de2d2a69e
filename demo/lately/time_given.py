"""More time: an extension that runs, one that waits for a decision, and a plan in instalments."""

from decimal import Decimal

from django.db import transaction

from common import money
from common.money import ZERO
from demo.lately.shelf import Shelf
from receivables import services

MOST = Decimal(3_500)  # a manager may grant so much, in any of the three currencies


@transaction.atomic
def extend(shelf: Shelf) -> None:
    items = shelf.items(2, late=(-6, 8), open_amount__lt=MOST)
    for place, item in enumerate(items):
        asked = services.ask_extension(
            due_item=item, until=shelf.ahead(21), because="Its own customer, a hotel, pays at the end of the season",
            on=shelf.ago(3), by=item.customer.owner or shelf.finance,
        )  # fmt: skip
        if not place:
            services.grant_extension(extension=asked, on=shelf.ago(2), by=shelf.manager)


@transaction.atomic
def plan(shelf: Shelf) -> None:
    """Two late items in three monthly parts, the first in ten days."""
    late = {"due_date__lt": shelf.ago(5), "due_date__gte": shelf.ago(330)}
    items = shelf.several_of_one(2, most=MOST, **late)
    if not items:
        return
    open_now = sum((item.open_amount for item in items), ZERO)
    amounts = money.split(open_now, [Decimal("0.4"), Decimal("0.3"), Decimal("0.3")], items[0].currency)
    asked = services.ask_plan(
        customer=items[0].customer, currency=items[0].currency, items=[item.pk for item in items],
        parts=[(shelf.ahead(10 + 30 * place), amount) for place, amount in enumerate(amounts)],
        because="The terrace was closed for two months", on=shelf.ago(6), by=items[0].customer.owner or shelf.finance,
    )  # fmt: skip
    services.grant_plan(plan=asked, on=shelf.ago(5), by=shelf.manager)


DEEDS = (plan, extend)
